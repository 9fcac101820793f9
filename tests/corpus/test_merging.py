"""Joining two descriptions of one work: gaps are filled, nothing is overwritten, differences are listed, and doing it twice changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Review
from corpus.merging import fill, same_work
from corpus.text import fold, words_of
from tests.corpus.making import review, reviews

TWO = reviews(st.just("same")), reviews(st.just("same"))
OURS = review(
    "doe", "On mice", year=2001, authors=["Doe", "Roe"], journal="Mice", summary="Ours.", findings=["One."], keywords=["mice"],
    facets={"topics": ["safety"]}, extra={"N1": ["a note"]},
)  # fmt: skip


def held(record: Review) -> dict[str, Any]:
    """Every value a record has, by name; those of the CSL item by their own names."""
    fields = record.model_dump(include={"summary", "abstract", "findings", "limits", "sections"})
    return {name: value for name, value in {**fields, **record.csl}.items() if value}


def same(one: str, other: str) -> bool:
    return one == other or (words_of(one) == words_of(other) != [])


@settings(max_examples=40)
@given(*TWO)
def test_filling_twice_is_filling_once(kept: Review, other: Review) -> None:
    filled = fill(kept, other)
    assert fill(filled, other) is filled


@settings(max_examples=40)
@given(reviews())
def test_a_record_has_nothing_new_for_itself(record: Review) -> None:
    assert fill(record, record) is record


@settings(max_examples=40)
@given(*TWO)
def test_filling_never_overwrites(kept: Review, other: Review) -> None:
    filled = fill(kept, other)
    assert {name: held(filled)[name] for name in held(kept)} == held(kept)
    assert (filled.id, filled.revision, filled.status, filled.source) == (kept.id, kept.revision, kept.status, kept.source)
    assert filled.keywords[: len(kept.keywords)] == kept.keywords
    assert filled.notices[: len(kept.notices)] == kept.notices
    for ours, before in ((filled.facets, kept.facets), (filled.extra, kept.extra), (filled.alternatives, kept.alternatives)):
        assert all(list(ours[name])[: len(values)] == list(values) for name, values in before.items())


@settings(max_examples=40)
@given(*TWO)
def test_nothing_that_the_other_says_is_lost(kept: Review, other: Review) -> None:
    filled = fill(kept, other)
    listed = filled.alternatives
    for name in ("summary", "abstract"):
        value = getattr(other, name)
        assert not value or any(same(value, known) for known in [getattr(filled, name), *listed.get(name, [])])
    for name in ("findings", "limits"):
        assert all(any(same(value, known) for known in [*getattr(filled, name), *listed.get(name, [])]) for value in getattr(other, name))
    for name in ("title", "container-title", "volume", "page", "DOI", "PMID"):
        value = other.csl.get(name)
        assert not value or any(same(value, str(known)) for known in [filled.csl.get(name), *listed.get(name, [])])
    assert other.year in (None, filled.year) or str(other.year) in listed["year"]
    assert {fold(word) for word in other.keywords} <= {fold(word) for word in filled.keywords}
    assert all(set(values) <= set(filled.extra[name]) for name, values in other.extra.items())
    assert set(other.notices) <= set(filled.notices)


@settings(max_examples=40)
@given(reviews(st.just("same")))
def test_an_empty_record_takes_everything(other: Review) -> None:
    filled = fill(Review(id="same", csl={"type": other.csl["type"]}), other)
    of_both = {"status", "authors_partial", "access", "keywords", "facets", "extra", "alternatives"}
    assert filled.model_dump(exclude=of_both) == other.model_dump(exclude=of_both)


def test_gaps_are_filled_and_differences_listed() -> None:
    theirs = review(
        "", "On Mice!", year=2002, authors=["Doe", "Poe"], journal="Journal of Mice", doi="10.1000/x", summary="Theirs.", abstract="Abstract.",
        findings=["one", "Two."], limits=["Few."], keywords=["Mice", "rats"], facets={"topics": ["Safety", "history"], "kind": ["theory"]},
        extra={"N1": ["another note"], "N2": ["x"]},
    )  # fmt: skip
    filled = fill(OURS, theirs)
    assert filled.alternatives == {
        "summary": ["Theirs."], "findings": ["Two."], "container-title": ["Journal of Mice"], "year": ["2002"], "authors": ["Doe; Poe"],
    }  # fmt: skip
    assert (filled.title, filled.year, filled.doi, filled.abstract, filled.limits) == ("On mice", 2001, "10.1000/x", "Abstract.", ("Few.",))
    assert filled.keywords == ("mice", "rats")
    assert filled.facets == {"topics": ("safety", "history"), "kind": ("theory",)}
    assert filled.extra == {"N1": ["a note", "another note"], "N2": ["x"]}


def test_a_third_opinion_joins_the_list_and_a_known_one_does_not() -> None:
    filled = fill(fill(fill(OURS, review("", summary="Theirs.")), review("", summary="THEIRS")), review("", summary="Another."))
    assert filled.alternatives == {"summary": ["Theirs.", "Another."]}


def test_what_the_other_lists_itself_is_listed_too() -> None:
    assert fill(OURS, review("", summary="Ours.", alternatives={"summary": ["Old.", "ours"], "year": ["2001", "1999"]})).alternatives == {
        "summary": ["Old."],
        "year": ["1999"],
    }


@pytest.mark.parametrize(
    ("authors", "partial", "listed"),
    [(["Doe"], True, {}), (["DOE", "Roe"], False, {}), (["Doe"], False, {"authors": ["Doe"]}), (["Doe", "Zoe"], True, {"authors": ["Doe; Zoe"]})],
)
def test_a_partial_list_of_the_same_authors_is_no_difference(authors: list[str], partial: bool, listed: dict[str, list[str]]) -> None:
    assert fill(OURS, review("", authors=authors, authors_partial=partial)).alternatives == listed


def test_authors_come_with_whether_they_are_all() -> None:
    filled = fill(review("doe", "On mice"), review("", authors=["Doe"], authors_partial=True))
    assert (filled.byline(), filled.authors_partial) == ("Doe et al.", True)
    assert not fill(OURS, review("", authors=["Doe"], authors_partial=True)).authors_partial


def test_full_text_comes_with_its_titles_and_who_may_read_it() -> None:
    text = review("", sections=["Text."], section_titles=["Intro"], access="members")
    filled = fill(OURS, text)
    assert (filled.sections, filled.section_titles, filled.access) == (("Text.",), ("Intro",), "members")
    assert fill(filled, review("", sections=["Other."], section_titles=["X"])) is filled


@pytest.mark.parametrize(
    ("one", "other", "by_key", "same"),
    [
        ({"doi": "10.1/a"}, {"doi": "10.1/a"}, False, True),
        ({"doi": "10.1/a", "pmid": "1"}, {"doi": "10.1/b", "pmid": "1"}, True, False),
        ({"doi": "10.1/a", "pmid": "1"}, {"pmid": "1"}, False, True),
        ({"pmid": "1"}, {"pmid": "2"}, True, False),
        ({"doi": "10.1/a"}, {"pmid": "2"}, True, True),
        ({"doi": "10.1/a"}, {"pmid": "2"}, False, False),
    ],
)
def test_the_doi_decides_then_the_pmid_then_the_rest(one: dict[str, str], other: dict[str, str], by_key: bool, same: bool) -> None:
    assert same_work(review("", "T", **one), review("", "T", **other), by_key=by_key) is same
