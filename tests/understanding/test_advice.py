"""Questions that ask for advice or a dose are told from questions about what is known."""

from __future__ import annotations

import pytest

from assistant.understanding import asks_for_advice, harm_sentence
from tests.understanding.conftest import Shelf, cases

QUESTIONS = cases("advice.jsonl")


def test_precision_and_recall(capsys: pytest.CaptureFixture[str]) -> None:
    asked = [case for case in QUESTIONS if asks_for_advice(case["question"])]
    good = [case for case in asked if case["advice"]]
    wanted = [case for case in QUESTIONS if case["advice"]]
    precision, recall = len(good) / len(asked), len(good) / len(wanted)
    with capsys.disabled():
        print(f"\nadvice: precision {precision:.2f}, recall {recall:.2f} of {len(wanted)} among {len(QUESTIONS)}")
    assert precision >= 0.9
    assert recall >= 0.9


def test_the_harm_of_a_record_is_its_own_words(shelf: Shelf) -> None:
    review = shelf.library.get("hinkle-2024-adverse-events-studies")
    harm = harm_sentence([review])
    assert harm is not None
    assert review.field_text(harm.field)[harm.start : harm.end] == harm.text
    assert harm_sentence([]) is None
