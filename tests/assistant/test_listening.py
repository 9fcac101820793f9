"""Listening to a model: sentences as they become whole, loops, cut-offs, and what the reader is told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.budget import count_tokens, fit_evidence, left_out_notice, room_for
from assistant.draft import parse_draft
from assistant.faults_told import told_of
from assistant.listening import Listener

KEYS = ["E1", "E2", "E3"]
TEXT = "Ketamine lowered the scores [E1].\nIt lasted for seven days [E2]. Nobody knows why it did that [E3]."


def heard(text: str, size: int) -> tuple[Listener, list[str]]:
    listener = Listener(KEYS)
    given = [sentence.text for at in range(0, len(text), size) for sentence in listener.take(text[at : at + size])]
    return listener, given


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_sentences_come_as_they_become_whole(size: int) -> None:
    listener, given = heard(TEXT, size)
    assert given == [sentence.text for sentence in parse_draft(TEXT, KEYS).sentences][: len(given)]
    assert len(given) >= 2
    assert listener.ended(cut=False) == parse_draft(TEXT, KEYS)


def test_an_unfinished_sentence_is_left_out_when_cut() -> None:
    listener, _ = heard("Ketamine lowered the scores [E1]. It lasted for sev", 5)
    assert [sentence.text for sentence in listener.ended(cut=True).sentences] == ["Ketamine lowered the scores."]


@pytest.mark.parametrize("text", ["The same thing was said again. " * 4, "very good and " * 30, "na " * 100])
def test_a_loop_is_noticed(text: str) -> None:
    assert heard(text, 4)[0].looping


def test_plain_text_is_no_loop() -> None:
    assert not heard(TEXT * 2, 4)[0].looping


@settings(deadline=None)
@given(st.lists(st.sampled_from(["[E1]", "[E9]", ". ", "\n", "Ketamine helped them", " not", "(E2)"]) | st.text(max_size=12), max_size=20))
def test_whatever_comes_is_taken(pieces: list[str]) -> None:
    listener = Listener(KEYS)
    for piece in pieces:
        for sentence in listener.take(piece):
            assert set(sentence.keys) <= set(KEYS)
    assert listener.text == "".join(pieces)
    listener.ended(cut=True)


class RateLimitError(Exception):
    status_code = 429


class ReadTimeout(Exception):  # noqa: N818 - as the client library calls it
    pass


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RateLimitError("slow down"), "limits how often"),
        (ReadTimeout("timed out"), "too long"),
        (ConnectionResetError("peer"), "connection was lost"),
        (ValueError("This model's maximum context length is 2048 tokens"), "longer than it can read"),
        (KeyError("odd"), "KeyError"),
    ],
)
def test_faults_are_told_in_words(error: Exception, words: str) -> None:
    assert words in told_of(error)


def test_the_cause_is_told_and_not_its_wrapping() -> None:
    wrapped = RuntimeError("request failed")
    wrapped.__cause__ = RateLimitError("429")
    assert "limits how often" in told_of(wrapped)


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=10), st.text(min_size=1, max_size=200)), min_size=1, max_size=30), st.integers(1_000, 4_000))
def test_evidence_is_whole_lines_within_the_room(lines: list[tuple[str, str]], context: int) -> None:
    room = room_for(context)
    kept = fit_evidence(lines, room)
    assert kept == lines[: len(kept)]
    assert len(kept) == 1 or sum(count_tokens(f"[E00] ({label}) {text}\n") for label, text in kept) <= room


def test_what_was_left_out_is_told_with_its_number() -> None:
    assert left_out_notice(0) == ""
    assert left_out_notice(1).startswith("1 sentence ")
    assert left_out_notice(7).startswith("7 sentences ")
