"""`Anchor`: an address of words, found again after an edit or said to be gone; never moved by guess."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus import Anchor, InputError, NotFoundError, Review, find_again
from corpus.anchor import CONTEXT
from corpus.text import normalise
from tests.corpus.making import nasty, review

FEW = st.text("ab .", max_size=12)  # a few letters, so that words repeat and overlap


def abstract(text: str) -> Review:
    return review("r", "T", abstract=text)


def findings(*texts: str) -> Review:
    return review("r", "T", findings=texts)


def places(text: str, quote: str) -> list[int]:
    return [at for at in range(len(text)) if text.startswith(quote, at)]


@st.composite
def anchors(draw: st.DrawFn, text: st.SearchStrategy[str]) -> tuple[Review, Anchor]:
    record = abstract(draw(text))
    assume(record.abstract)
    start = draw(st.integers(0, len(record.abstract) - 1))
    return record, Anchor.to(record, "abstract", start, draw(st.integers(start + 1, len(record.abstract))))


@given(anchors(nasty()))
def test_an_anchor_holds_the_words_and_their_neighbours(made: tuple[Review, Anchor]) -> None:
    record, anchor = made
    assert record.abstract[anchor.start : anchor.end] == anchor.quote
    assert record.abstract[: anchor.start].endswith(anchor.prefix)
    assert record.abstract[anchor.end :].startswith(anchor.suffix)
    assert max(len(anchor.prefix), len(anchor.suffix)) <= CONTEXT
    assert Anchor(**anchor.as_dict()) == anchor


def test_offsets_count_code_points() -> None:
    anchor = Anchor.to(abstract("😀 naïve \U0001d4b3 rats"), "abstract", 10, 14)
    assert (anchor.quote, anchor.prefix) == ("rats", "😀 naïve \U0001d4b3 ")


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 2), (-1, 2), (0, 99), (99, 100)])
def test_a_span_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(InputError, match="not inside the text"):
        Anchor.to(abstract("short"), "abstract", start, end)


def test_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFoundError):
        Anchor.to(abstract("short"), "findings[0]", 0, 1)


@given(anchors(st.one_of(nasty(), FEW)))
def test_nothing_moves_in_an_unchanged_record(made: tuple[Review, Anchor]) -> None:
    record, anchor = made
    assert find_again(anchor, record) == anchor


@given(anchors(st.one_of(nasty(), FEW)), st.one_of(nasty(4), FEW), st.one_of(nasty(4), FEW))
def test_any_edit_that_keeps_the_quote_once_is_survived(made: tuple[Review, Anchor], before: str, after: str) -> None:
    _, anchor = made
    edited = abstract(before + anchor.quote + after)
    where = places(edited.abstract, anchor.quote)
    assume(len(where) == 1)
    found = find_again(anchor, edited)
    assert found == Anchor.to(edited, "abstract", where[0], where[0] + len(anchor.quote))


@given(anchors(FEW), FEW)
def test_what_is_found_is_the_quote_and_was_the_only_choice_where_it_moved(made: tuple[Review, Anchor], text: str) -> None:
    _, anchor = made
    edited = abstract(text)
    found = find_again(anchor, edited)
    if found is None:
        assert len(places(edited.abstract, anchor.quote)) != 1
        return
    assert edited.abstract[found.start : found.end] == found.quote == anchor.quote
    if found.start != anchor.start:
        framed = places(edited.abstract, anchor.prefix + anchor.quote + anchor.suffix)
        assert places(edited.abstract, anchor.quote) == [found.start] or framed == [found.start - len(anchor.prefix)]


@given(st.lists(nasty(3).map(lambda text: normalise(text).strip()), min_size=2, max_size=5, unique=True), st.data())
def test_a_whole_list_item_is_found_wherever_it_moved(texts: list[str], data: st.DataObject) -> None:
    record = findings(*texts)
    assume(record.findings)
    which = data.draw(st.integers(0, len(record.findings) - 1))
    quote = record.findings[which]
    assume(sum(len(places(text, quote)) for text in record.findings) == 1)
    anchor = Anchor.to(record, f"findings[{which}]", 0, len(quote))
    moved = findings(*data.draw(st.permutations(record.findings)))
    found = find_again(anchor, moved)
    assert found is not None
    assert (moved.field_text(found.field), found.start) == (quote, 0)


def test_words_that_stand_twice_are_told_apart_by_their_context() -> None:
    anchor = Anchor.to(abstract("Ketamine worked in mice. Ketamine failed in rats."), "abstract", 25, 33)
    edited = abstract("In sum: Ketamine worked in mice. Ketamine failed in rats.")
    found = find_again(anchor, edited)
    assert found is not None
    assert edited.abstract[found.start :] == "Ketamine failed in rats."


def test_the_same_words_at_the_same_place_are_not_taken_for_those_whose_context_moved() -> None:
    anchor = Anchor.to(abstract("Ketamine worked in mice. Ketamine failed in rats."), "abstract", 0, 8)
    edited = abstract("Ketamine failed in rats, we read. Ketamine worked in mice. Ketamine failed in rats.")
    found = find_again(anchor, edited)
    assert found is not None
    assert edited.abstract[found.start :].startswith("Ketamine worked")


def test_words_that_stand_twice_without_their_context_are_detached() -> None:
    anchor = Anchor.to(abstract("Once ketamine was used."), "abstract", 5, 13)
    assert find_again(anchor, abstract("They gave ketamine, and ketamine only.")) is None


def test_words_that_overlap_themselves_are_detached() -> None:
    anchor = Anchor.to(abstract("so haha!"), "abstract", 3, 7)
    assert find_again(anchor, abstract("then they hahaha and more")) is None


def test_a_word_in_a_list_item_follows_its_item_when_others_hold_the_word_too() -> None:
    record = findings("Ketamine reduced depression at once.", "Esketamine reduced depression later.", "No change in anxiety.")
    anchor = Anchor.to(record, "findings[0]", 17, 27)
    moved = findings("Esketamine reduced depression later.", "No change in anxiety.", "Ketamine reduced depression at once.")
    found = find_again(anchor, moved)
    assert found is not None
    assert (found.field, found.quote) == ("findings[2]", "depression")


def test_a_word_whose_list_item_is_gone_is_not_looked_for_in_the_others_by_guess() -> None:
    anchor = Anchor.to(findings("Ketamine reduced depression at once.", "Esketamine reduced depression later.", "LSD: depression fell."), "findings[0]", 17, 27)
    assert find_again(anchor, findings("Esketamine reduced depression later.", "LSD: depression fell.")) is None


def test_words_that_moved_to_another_field_are_detached() -> None:
    anchor = Anchor.to(review("r", "T", summary="It helped.", abstract="None."), "summary", 3, 9)
    assert find_again(anchor, review("r", "T", summary="Nothing to say.", abstract="It helped.")) is None
    assert find_again(anchor, review("r", "T", abstract="It helped.")) is None


def test_a_title_can_be_pointed_into() -> None:
    anchor = Anchor.to(review("r", "Ketamine for pain"), "title", 13, 17)
    found = find_again(anchor, review("r", "On ketamine for pain"))
    assert found is not None
    assert (found.field, found.start) == ("title", 16)
