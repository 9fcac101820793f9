"""Citations kept from earlier: their words are found again after edits or shown as detached, with the status and notices of today."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Anchor, Library, Notice, Standing, Status, find_again, standings
from corpus.notices import take_notices
from tests.corpus.making import put, review

pytestmark = pytest.mark.both_databases

FIRST, SECOND, THIRD = "Ketamine acted within two hours.", "Effects faded after a week.", "Most trials were small."
DOE = review("doe", "A title", doi="10.1000/x", abstract="An abstract of words.", findings=[FIRST, SECOND, THIRD])


def cited(library: Library, field: str = "findings[1]") -> Anchor:
    record = library.get("doe")
    return Anchor.to(record, field, 0, len(record.field_text(field)))


def after(library: Library, *findings: str) -> Standing:
    anchor = cited(library)
    library.edit("doe", {"findings": findings}, base_revision=library.get("doe").revision)
    (found,) = standings(library, [anchor])
    return found


@pytest.mark.parametrize(
    ("findings", "place"),
    [
        ([FIRST, SECOND, THIRD, "New."], "findings[1]"),
        (["New.", FIRST, SECOND, THIRD], "findings[2]"),
        ([SECOND, THIRD], "findings[0]"),
        ([THIRD, FIRST, SECOND], "findings[2]"),
        ([FIRST, f"Later: {SECOND} So they say.", THIRD], "findings[1]"),
    ],
)
def test_a_cited_finding_is_followed_when_others_are_added_taken_or_moved(library: Library, findings: list[str], place: str) -> None:
    put(library, DOE)
    found = after(library, *findings)
    assert found.now is not None
    assert (found.now.field, found.now.quote, found.now.revision, found.is_evidence) == (place, SECOND, 2, True)


@pytest.mark.parametrize(
    "findings",
    [
        [FIRST, THIRD],  # gone
        [FIRST, "Effects faded after a month.", THIRD],  # changed
        [FIRST, THIRD, SECOND + " Again.", "And: " + SECOND],  # twice, neither where it was
    ],
)
def test_words_that_are_gone_or_could_be_two_places_are_detached_and_never_guessed(library: Library, findings: list[str]) -> None:
    put(library, DOE)
    found = after(library, *findings)
    assert (found.now, found.detached, found.is_evidence, found.status) == (None, True, False, Status.CURRENT)
    assert found.cited.quote == SECOND  # what was cited stays readable at its revision
    assert library.get("doe", found.cited.revision).field_text(found.cited.field) == SECOND


ITEMS = st.lists(st.sampled_from([FIRST, SECOND, THIRD, "New.", "Effects faded", SECOND + " " + SECOND]), max_size=5)


@given(ITEMS, ITEMS)
def test_whatever_is_done_to_a_list_the_words_found_are_the_cited_ones(before: list[str], items: list[str]) -> None:
    record = review("doe", "T", findings=[*before, SECOND])
    anchor = Anchor.to(record, f"findings[{len(before)}]", 0, len(SECOND))
    edited = review("doe", "T", findings=items)
    found = find_again(anchor, edited)
    if found is not None:
        assert edited.field_text(found.field)[found.start : found.end] == SECOND
    elif items.count(SECOND) == 1:
        assert sum(item.count(SECOND) for item in items) > 1


def test_a_notice_and_a_status_that_came_later_show_on_what_was_cited_before(library: Library) -> None:
    put(library, DOE)
    anchor = cited(library, "abstract")
    assert standings(library, [anchor])[0].notices == ()
    take_notices(library, b"doi,type,date,text\n10.1000/x,concern,2024-05-01,Doubts\n")
    (found,) = standings(library, [anchor])
    assert (found.notices, found.is_evidence) == ((Notice(type="concern", date="2024-05-01", text="Doubts"),), True)
    library.set_status("doe", Status.RETRACTED)
    (found,) = standings(library, [anchor])
    assert (found.status, found.is_evidence, found.detached, len(found.notices)) == (Status.RETRACTED, False, False, 2)


def test_a_record_that_is_not_there_is_said_to_be_gone(library: Library) -> None:
    put(library, DOE)
    anchor = cited(library)
    missing = Anchor(**{**anchor.as_dict(), "review_id": "nobody"})
    assert [(found.status, found.detached) for found in standings(library, [missing, anchor])] == [(None, True), (Status.CURRENT, False)]
