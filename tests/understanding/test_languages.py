"""Questions in other languages are noticed; no English question is ever refused, however short or odd."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding import language_of
from tests.conftest import ROOT
from tests.understanding.conftest import Shelf, cases

QUESTIONS = cases("languages.jsonl")


def test_no_english_question_is_refused_and_others_are_found(shelf: Shelf, capsys: pytest.CaptureFixture[str]) -> None:
    judged = [(case["language"], language_of(case["question"], shelf.known), case["question"]) for case in QUESTIONS]
    english = [(found, question) for language, found, question in judged if language == "en"]
    others = [(language, found) for language, found, _ in judged if language != "en"]
    recall = sum(found != "en" for _, found in others) / len(others)
    named = sum(language == found for language, found in others) / len(others)
    with capsys.disabled():
        refused = sum(found != "en" for found, _ in english)
        print(f"\nlanguages: {refused} of {len(english)} English questions refused; {recall:.2f} of {len(others)} others noticed, {named:.2f} named rightly")
    assert len(english) >= 60
    assert len(others) >= 40
    assert len({language for language, _ in others}) >= 12
    assert [question for found, question in english if found != "en"] == []
    assert recall >= 0.9


def test_the_labelled_questions_are_english(shelf: Shelf) -> None:
    import json

    lines = (ROOT / "benchmarks" / "data" / "sample_questions.jsonl").read_text(encoding="utf-8").splitlines()
    assert [question for line in lines if language_of(question := json.loads(line)["question"], shelf.known) != "en"] == []


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=40))
def test_never_fails(text: str) -> None:
    assert language_of(text)
