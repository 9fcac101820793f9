"""`Review`: fields and their addresses, whose it is in a few words, and the shape that `show --json` prints."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from pydantic import ValidationError

from corpus import EVIDENCE_FIELDS, Name, NotFoundError, Review, Status
from tests.corpus.making import review, reviews

FULL = review(
    "doe-2020-trial",
    "A trial of something",
    year=2020,
    authors=["Doe", "Roe", "Poe"],
    doi="10.1000/x",
    pmid="123",
    journal="J",
    summary=" Sum\r\nmary ",
    abstract="Abstract",
    findings=["one", " ", "two"],
    limits=["few"],
    sections=["Intro text", "", "More"],
    section_titles=["Intro", "Empty", "More"],
    keywords=["k"],
    facets={"topics": ["a", "a", "b"], "empty": []},
)


def test_every_address_gives_its_text() -> None:
    assert dict(FULL.evidence()) == {
        "summary": "Sum\nmary", "abstract": "Abstract", "findings[0]": "one", "findings[1]": "two", "limits[0]": "few",
        "sections[0]": "Intro text", "sections[2]": "More",
    }  # fmt: skip
    assert FULL.field_text("title") == "A trial of something"
    assert FULL.field_text("sections[1]") == ""


@given(reviews())
def test_evidence_is_what_its_addresses_say_in_reading_order(record: Review) -> None:
    found = list(record.evidence())
    assert all(text and record.field_text(field) == text for field, text in found)
    order = [EVIDENCE_FIELDS.index(field.partition("[")[0]) for field, _ in found]
    assert order == sorted(order)
    assert len(dict(found)) == len(found)


@pytest.mark.parametrize(
    "field", ["findings[2]", "findings", "findings[-1]", "findings[x]", "summary[0]", "keywords[0]", "id", "", "sections[9]", "findings[0] ", "source"]
)
def test_an_address_that_is_none_is_refused_naming_the_record(field: str) -> None:
    with pytest.raises(NotFoundError, match="doe-2020-trial"):
        FULL.field_text(field)


@pytest.mark.parametrize(
    ("authors", "partial", "byline"),
    [([], False, ""), (["Doe"], False, "Doe"), (["Doe"], True, "Doe et al."), (["Doe", "Roe"], False, "Doe & Roe"), (["Doe", "Roe"], True, "Doe et al."),
     (["Doe", "Roe", "Poe"], False, "Doe et al."), ([], True, "")],
)  # fmt: skip
def test_bylines(authors: list[str], partial: bool, byline: str) -> None:
    assert review("x", "T", authors=authors, authors_partial=partial).byline() == byline


def test_a_label_is_byline_or_short_title_or_id_and_the_year_where_known() -> None:
    assert FULL.label() == "Doe et al., 2020"
    assert review("x", "T", authors=["Doe"]).label() == "Doe"
    assert review("the-id").label() == "the-id"
    long = review("x", "Efficacy of a treatment that has an uncommonly long name: a systematic review", year=1999)
    assert long.label() == "Efficacy of a treatment that has an uncommonly long name: a …, 1999"


@given(reviews())
def test_a_short_title_is_short(record: Review) -> None:
    assert len(record.short_title(40)) <= max(42, len(record.id))


def test_names_keep_their_particles_and_bodies_stay_in_one_piece() -> None:
    csl = {"author": [{"family": "Meer", "given": "Pim", "non-dropping-particle": "van der"}, {"literal": "World Health Organization"}, {"given": "Plato"}]}
    assert Review(csl=csl).authors == (Name("van der Meer", "Pim"), Name("World Health Organization"), Name("", "Plato"))


@pytest.mark.parametrize(
    ("issued", "year"),
    [({"date-parts": [[2018, 5, 1]]}, 2018), ({"date-parts": [["2018"]]}, 2018), ({"date-parts": [[]]}, None), ({"date-parts": []}, None),
     ({"literal": "in press"}, None), ({}, None), (None, None), ({"date-parts": [["n.d."]]}, None), ({"date-parts": "2018"}, None)],
)  # fmt: skip
def test_the_year_is_the_first_part_of_the_date_of_issue(issued: object, year: int | None) -> None:
    assert Review(csl={"issued": issued}).year == year


def test_lists_are_cleaned_and_a_single_text_is_a_list_of_one() -> None:
    assert FULL.findings == ("one", "two")
    assert FULL.sections[1] == ""
    assert FULL.facets == {"topics": ("a", "b")}
    single = Review.model_validate({"findings": "One finding.", "keywords": "word", "facets": {"topics": "depression", "kind": ["", " "]}})
    assert (single.findings, single.keywords, single.facets) == (("One finding.",), ("word",), {"topics": ("depression",)})


@pytest.mark.parametrize("bad", [{"titel": "x"}, {"status": "gone"}, {"access": "secret"}, {"notices": [{"type": "praise", "text": "x"}]}, {"summary": 3},
                                 {"csl": {"issued": "2018"}}, {"csl": {"author": "Doe"}}, {"csl": {"author": ["Doe"]}}])  # fmt: skip
def test_unknown_fields_and_values_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Review.model_validate(bad)


def test_a_record_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError):
        FULL.summary = "other"  # type: ignore[misc]


def test_the_public_shape_has_every_key_that_the_contract_names() -> None:
    shape = FULL.public()
    texts = "title summary abstract findings limits sections section_titles keywords facets csl"
    assert {*texts.split(), *"id revision status notices authors year journal doi pmid url".split()} <= set(shape)
    assert shape["authors"] == [{"family": name, "given": ""} for name in ("Doe", "Roe", "Poe")]
    assert [shape[key] for key in ("year", "journal", "doi", "pmid", "url", "status")] == [2020, "J", "10.1000/x", "123", "", "current"]
    assert shape["findings"] == ["one", "two"]
    assert shape["csl"]["title"] == shape["title"] == FULL.title


@given(reviews())
def test_the_public_shape_is_json_and_loses_no_evidence(record: Review) -> None:
    shape = json.loads(json.dumps(record.public()))
    assert tuple(shape["findings"]) == record.findings
    assert tuple(shape["sections"]) == record.sections
    assert Status(shape["status"]) is record.status
    assert shape["authors"] == [name._asdict() for name in record.authors]
