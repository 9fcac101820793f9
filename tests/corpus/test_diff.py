"""A diff loses nothing: kept and added pieces are the newer text, kept and removed ones the older; a record is rebuilt from it."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Piece, Review, diff_reviews, diff_texts
from corpus.diff import field_texts
from tests.corpus.making import nasty, review, reviews

FEW = st.lists(st.sampled_from(["a", "b", "c", " ", ", ", ".", "\n"]), max_size=14).map("".join)
TEXTS = st.one_of(nasty(), FEW)


@given(TEXTS, TEXTS)
def test_the_pieces_give_both_texts_back(older: str, newer: str) -> None:
    pieces = diff_texts(older, newer)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == older
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == newer
    assert all(piece.text for piece in pieces)
    assert all(left.kind != right.kind for left, right in pairwise(pieces))


@given(TEXTS)
def test_a_text_and_itself_have_one_kept_piece(text: str) -> None:
    assert diff_texts(text, text) == ((Piece("kept", text),) if text else ())


def rebuilt(older: Review, newer: Review) -> dict[str, str]:
    found = diff_reviews(older, newer)
    texts = field_texts(older)
    for entry in found:
        if entry.was is not None:
            assert texts[entry.was] == entry.before
    gone = {entry.was for entry in found}
    kept = {field: text for field, text in texts.items() if field not in gone}
    return kept | {entry.now: entry.after for entry in found if entry.now is not None}


@given(reviews(st.just("r")), reviews(st.just("r")))
def test_a_record_is_rebuilt_from_the_older_one_and_the_diff(older: Review, newer: Review) -> None:
    assert rebuilt(older, newer) == field_texts(newer)
    assert diff_reviews(newer, newer) == []


@given(st.lists(FEW, max_size=6), st.lists(FEW, max_size=6))
def test_lists_are_rebuilt_whatever_was_added_moved_or_taken(older: list[str], newer: list[str]) -> None:
    before, after = review("r", "T", findings=older), review("r", "T", findings=newer)
    assert rebuilt(before, after) == field_texts(after)


def test_words_are_marked_and_what_two_sentences_share_by_chance_is_not() -> None:
    assert diff_texts("Ketamine was safe, in short.", "Ketamine was safe in rats.") == (
        Piece("kept", "Ketamine was safe"), Piece("removed", ","), Piece("kept", " in "), Piece("removed", "short"), Piece("added", "rats"), Piece("kept", "."),
    )  # fmt: skip
    assert diff_texts("One two.", "Three four.") == (Piece("removed", "One two"), Piece("added", "Three four"), Piece("kept", "."))


def test_an_inserted_finding_leaves_the_others_unmarked_but_for_their_new_place() -> None:
    before = review("r", "T", findings=["Ketamine acted within hours.", "Effects faded after a week."])
    after = review("r", "T", findings=["A new first finding.", "Ketamine acted within two hours.", "Effects faded after a week."])
    assert [(entry.was, entry.now, len(entry.pieces)) for entry in diff_reviews(before, after)] == [
        (None, "findings[0]", 1),
        ("findings[0]", "findings[1]", 3),
        ("findings[1]", "findings[2]", 1),
    ]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"csl": {"volume": "12"}}, {"csl": {"volume": 12}}),
        ({"csl": {"author": [{"literal": "Doe, J"}]}}, {"csl": {"author": [{"family": "Doe", "given": "J"}]}}),
        ({"csl": {"issued": {"date-parts": [[2018]]}}}, {"csl": {"issued": {"date-parts": [["2018"]]}}}),
        ({"csl": {"note": ""}}, {"csl": {}}),
        ({"status": "current"}, {"status": "retracted"}),
    ],
)
def test_no_difference_is_overlooked(older: dict[str, object], newer: dict[str, object]) -> None:
    assert diff_reviews(Review.model_validate(older), Review.model_validate(newer))


def test_long_texts_are_compared_in_moments() -> None:
    words = [f"word{number % 997}" for number in range(30_000)]
    older, newer = " ".join(words), " ".join("changed" if number % 50 == 7 else word for number, word in enumerate(words))
    began = time.perf_counter()
    pieces = diff_texts(older, newer)
    assert time.perf_counter() - began < 10
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == newer
