"""Follow-ups are made stand-alone by rules; what stands alone is left as typed. A question counts as right when it has every word that it
needs (and none that it must not keep)."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.understanding import Resolved, Turn, resolve
from tests.understanding.conftest import Shelf, cases

DIALOGUES = cases("dialogues.jsonl")


def right(case: dict[str, Any], made: Resolved) -> bool:
    if case.get("same"):
        return made == Resolved(case["question"])
    said = f"{made.question} ".casefold()
    return made.how == "rules" and all(word.casefold() in said for word in case["has"]) and not any(word.casefold() in said for word in case.get("lacks", ()))


def test_dialogues(shelf: Shelf, capsys: pytest.CaptureFixture[str]) -> None:
    made = [(case, resolve(case["question"], Turn(case["last"]), shelf.terms)) for case in DIALOGUES]
    wrong = [(case["question"], resolved.question) for case, resolved in made if not right(case, resolved)]
    with capsys.disabled():
        print(f"\nfollow-ups made stand-alone: {len(made) - len(wrong)} of {len(made)} right")
    assert len(made) >= 40
    assert len(wrong) <= 0.05 * len(made), wrong


@pytest.mark.parametrize("question", [case["question"] for case in DIALOGUES if case.get("same")])
def test_a_question_that_stands_alone_is_never_changed(shelf: Shelf, question: str) -> None:
    assert resolve(question, Turn("Does psilocybin help with depression?"), shelf.terms).question == question


def test_without_a_last_question_nothing_is_changed(shelf: Shelf) -> None:
    assert resolve("And for anxiety?", None, shelf.terms) == Resolved("And for anxiety?")


def test_a_resolved_question_stands_alone(shelf: Shelf) -> None:
    """Follow-ups of follow-ups: the stand-alone question is what the next one refers to."""
    first = resolve("And for anxiety?", Turn("Does psilocybin help with depression?"), shelf.terms).question
    second = resolve("How long does it last?", Turn(first), shelf.terms).question
    assert "psilocybin" in second
    assert "anxiety" in second
