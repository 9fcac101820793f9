"""Edits as people type them, reverts and statuses: every one a revision with its author, none lost, wrong ones refused in one line."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import ConflictError, FlorilegiumError, InputError, Library, Notice, Review, Status, UsageError
from corpus.editing import changes_from_markdown, changes_of, read_step
from corpus.importing import markdown
from corpus.validation import date_fault, doi_fault, issn_fault, pmid_fault, year_fault
from tests.corpus.making import nasty, opened, put, review, reviews

pytestmark = pytest.mark.both_databases

FACETS = ("topics", "kind")
DOE = review(
    "doe", "A title", year=2018, authors=["Doe"], doi="10.1000/x", summary="One.", findings=["First.", "Second."], keywords=["k1", "k2"],
    facets={"topics": ["safety"]},
)  # fmt: skip


def edited(*texts: str, record: Review = DOE) -> Review:
    """The record after steps like "set summary=Two."."""
    steps = [read_step(*text.split(" ", 1), read_text=lambda name: f"text of {name}") for text in texts]  # type: ignore[arg-type, call-arg]
    return Review.model_validate({**record.model_dump(), **changes_of(record, steps, FACETS)})


@pytest.mark.parametrize(
    ("typed", "field", "value"),
    [
        ("set summary=Two = 2.", "summary", "Two = 2."),
        ("set abstract=@long.txt", "abstract", "text of long.txt"),
        ("set title=New", "title", "New"),
        ("set year=2020", "year", 2020),
        ("set doi=https://doi.org/10.1000/ABC", "doi", "10.1000/abc"),
        ("set pmid=PMID: 123", "pmid", "123"),
        ("set journal=Brain", "journal", "Brain"),
        ("set findings[1]=Changed.", "findings", ("First.", "Changed.")),
        ("set findings=One.\nTwo.\n", "findings", ("One.", "Two.")),
        ('set findings=["One\\nline."]', "findings", ("One\nline.",)),
        ("add findings=Third.", "findings", ("First.", "Second.", "Third.")),
        ("add findings[0]=Zeroth.", "findings", ("Zeroth.", "First.", "Second.")),
        ("remove findings[0]", "findings", ("Second.",)),
        ("remove findings", "findings", ()),
        ("remove summary", "summary", ""),
        ("set keywords=a|b c", "keywords", ("a", "b c")),
        ("remove keywords=k1", "keywords", ("k2",)),
        ("add topics=anxiety", "facets", {"topics": ("safety", "anxiety")}),
        ("set topics=anxiety|OCD", "facets", {"topics": ("anxiety", "OCD")}),
        ("remove topics=safety", "facets", {}),
        ("set facets.colour=red", "facets", {"topics": ("safety",), "colour": ("red",)}),
        ("set authors=Roe, Ann; van der Meer, P; et al.", "authors", (("Roe", "Ann"), ("van der Meer", "P"))),
        ("set authors=Roe, Ann; et al.", "authors_partial", True),
        ("add authors=Roe, Ann", "authors", (("Doe", ""), ("Roe", "Ann"))),
        ("set authors_partial=yes", "authors_partial", True),
        ("add notices=concern 2024-05-01: Data.", "notices", (Notice(type="concern", date="2024-05-01", text="Data."),)),
        ("set extra.AN=1|2", "extra", {"AN": ["1", "2"]}),
    ],
)
def test_an_edit_as_typed_gives(typed: str, field: str, value: Any) -> None:
    assert getattr(edited(typed), field) == value


def test_csl_variables_are_set_and_taken_away() -> None:
    record = edited("set csl.collection-title=Series", "set volume=12", "set issn=2434561x", "remove doi")
    assert {key: record.csl.get(key) for key in ("collection-title", "volume", "ISSN", "DOI")} == {
        "collection-title": "Series", "volume": "12", "ISSN": "2434-561X", "DOI": None,
    }  # fmt: skip
    assert edited('set csl.accessed={"date-parts": [[2020]]}').csl["accessed"] == {"date-parts": [[2020]]}


def test_steps_follow_one_another() -> None:
    assert edited("remove findings[0]", "remove findings[0]", "add findings=New.").findings == ("New.",)


@pytest.mark.parametrize(
    "typed",
    ["set tpoics=x", "set id=new", "set status=retracted", "set revision=3", "set findings[2]=x", "remove findings[9]", "add summary=x", "set summary[0]=x",
     "remove keywords=none", "set year=soon", "set authors_partial=perhaps", "add notices=praise: good", 'set csl.accessed={"x', "set", "set =x",
     "remove summary=x", "set findings[x]=y", "set year=2020-13-01"],
)  # fmt: skip
def test_a_wrong_edit_is_refused_in_one_line(typed: str) -> None:
    with pytest.raises(FlorilegiumError) as caught:
        edited(typed if " " in typed else typed + " ")
    assert caught.value.exit_code in (1, 2)
    assert "\n" not in str(caught.value)


_FALSE_YEARS = ({"issued": {"date-parts": [[20018]]}}, {"issued": {"date-parts": [["x"]]}})


@pytest.mark.parametrize("csl", [{"DOI": "no doi"}, {"DOI": "10.1000/ABC"}, {"PMID": "12a"}, {"ISSN": "1234-5678"}, *_FALSE_YEARS])
def test_a_false_identifier_is_refused_by_the_library(library: Library, csl: dict[str, Any]) -> None:
    put(library, DOE)
    with pytest.raises(InputError):
        library.edit("doe", {"csl": {**DOE.csl, **csl}}, base_revision=1)
    assert library.revision() == 1


def test_a_false_identifier_that_came_in_does_not_stand_in_the_way_of_other_edits(library: Library) -> None:
    put(library, review("r", "T", doi="not a doi"))
    assert library.edit("r", {"summary": "New."}, base_revision=1).summary == "New."


def test_identifiers_true_and_false() -> None:
    assert not any([doi_fault("10.1016/(sici)1-2"), pmid_fault("29803629"), issn_fault("0028-0836"), issn_fault("2434-561X"), year_fault(2024)])
    assert all([doi_fault("doi:10.1/x"), pmid_fault("0"), issn_fault("0028-0837"), issn_fault("00280836"), year_fault(20)])
    assert [bool(date_fault(text)) for text in ("2024", "2024-02-29", "2023-02-29", "May", "2024-5")] == [False, False, True, True, True]


@given(st.integers(0, 10**7 - 1), st.integers(0, 9))
def test_exactly_one_check_digit_makes_an_issn_true(number: int, other: int) -> None:
    stem = f"{number:07}"
    good = [digit for digit in "0123456789X" if not issn_fault(f"{stem[:4]}-{stem[4:]}{digit}")]
    assert len(good) == 1
    swapped = stem[:3] + str(other) + stem[4:]  # a check digit finds every single wrong digit
    assert swapped == stem or issn_fault(f"{swapped[:4]}-{swapped[4:]}{good[0]}")


@given(reviews(st.just("doe")), reviews(st.just("doe")))
def test_a_record_taken_out_as_markdown_and_put_back_is_the_same(one: Review, two: Review) -> None:
    assert changes_from_markdown(one, markdown.write(one)) == {}
    given_back = two.model_copy(update={"status": one.status, "notices": one.notices})
    after = Review.model_validate({**one.model_dump(), **changes_from_markdown(one, markdown.write(given_back))})
    assert after.model_dump() == given_back.model_dump()


@pytest.mark.parametrize("text", ["", "no record", "---\ntitle: a\n---\n---\ntitle: b\n---\n", "---\ntitle: [\n---\n", "---\nid: other\ntitle: a\n---\n",
                                  "---\ntitle: a\nstatus: retracted\n---\n"])  # fmt: skip
def test_a_file_that_is_not_this_one_record_is_refused(text: str) -> None:
    with pytest.raises((InputError, UsageError)):
        changes_from_markdown(DOE, text)


def test_a_retraction_is_noted_and_its_being_taken_back_too(library: Library) -> None:
    concern = Notice(type="concern", text="Doubts.")
    put(library, DOE.model_copy(update={"notices": (concern,)}))
    retracted = library.set_status("doe", Status.RETRACTED, note="Bad data.", date="2024-05-01", actor="ann")
    assert retracted.notices == (concern, Notice(type="retraction", text="Bad data.", date="2024-05-01"))
    assert library.set_status("doe", Status.RETRACTED).revision == retracted.revision
    assert library.set_status("doe", Status.CURRENT, note="A mistake.").notices == (concern,)
    assert [(version.action, version.actor, version.note) for version in library.history("doe")] == [
        ("current", "local", "A mistake."), ("retracted", "ann", "Bad data."), ("import", "local", ""),
    ]  # fmt: skip
    with pytest.raises(InputError, match="no date"):
        library.set_status("doe", Status.RETRACTED, date="soon")


def test_a_revert_from_an_older_text_is_refused(library: Library) -> None:
    put(library, DOE)
    for text in ("Two.", "Three."):
        library.edit("doe", {"summary": text}, base_revision=library.revision())
    with pytest.raises(ConflictError):
        library.revert("doe", 1, base_revision=2)
    assert library.revert("doe", 3).revision == 3
    assert library.revert("doe", 1, base_revision=3, actor="bob").summary == "One."
    assert library.history("doe")[0][1:3] == ("revert", "bob")


STEPS = st.one_of(
    st.tuples(st.just("summary"), nasty(3)),
    st.tuples(st.just("findings"), st.lists(nasty(3), max_size=3)),
    st.tuples(st.just("status"), st.sampled_from(list(Status))),
    st.tuples(st.just("revert"), st.integers(0, 20)),
)


@settings(max_examples=25)
@given(st.lists(STEPS, max_size=8))
def test_any_sequence_of_edits_statuses_and_reverts_gives_the_expected_record_and_a_whole_history(steps: list[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as library:
        put(library, DOE)
        states = {1: DOE.model_copy(update={"revision": 1})}  # the model: every state by its revision
        for number, (what, value) in enumerate(steps):
            now = states[max(states)]
            if what == "revert":
                to = sorted(states)[value % len(states)]
                expected = states[to]
                found = library.revert("doe", to, actor=f"p{number}")
            elif what == "status":
                retracted = (Notice(type="retraction", text="Retracted"),)
                held = tuple(notice for notice in now.notices if notice.type == "retraction")
                notices = held or retracted if value == "retracted" else () if (value, now.status) == ("current", "retracted") else now.notices
                expected = now.model_copy(update={"status": value, "notices": notices})
                found = library.set_status("doe", value, actor=f"p{number}")
            else:
                expected = Review.model_validate({**now.model_dump(), what: value})
                found = library.edit("doe", {what: value}, base_revision=now.revision, actor=f"p{number}")
            same = expected.model_copy(update={"revision": 0}) == now.model_copy(update={"revision": 0})
            assert found == expected.model_copy(update={"revision": now.revision if same else now.revision + 1})
            states[found.revision] = found
        assert library.get("doe") == states[max(states)]
        assert [version.revision for version in library.history("doe")] == sorted(states, reverse=True)
        assert {revision: library.get("doe", revision) for revision in states} == states
