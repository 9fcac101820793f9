"""A question that asks several things: its parts, and that the part which the collection answers is answered and the rest named as missing."""

from __future__ import annotations

import pytest

from assistant import Answer, Assistant, Outcome, Request
from assistant.understanding import parts_of
from corpus import Library


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Does ketamine harm the bladder and does it clear up?", [("Does ketamine harm the bladder?", "does it clear up")]),
        ("S-ketamine or R-ketamine: which is stronger, and by what factor?", [("S-ketamine or R-ketamine: which is stronger?", "by what factor")]),
        ("Is the network what makes therapy work, or just a side show?", [("Is the network what makes therapy work?", "just a side show")]),
        (
            "Does lithium lower mania? How large is the effect?",
            [("Does lithium lower mania?", "How large is the effect"), ("How large is the effect?", "Does lithium lower mania")],
        ),
        ("I am a nurse. What are the risks of ibogaine?", [("What are the risks of ibogaine?", "I am a nurse")]),
        ("Metered-dose inhalers. Do they work?", []),
        ("What are the risks and benefits of ketamine?", []),
        ("Does psilocybin help with depression and anxiety?", []),
        ("ketamine and depression", []),
        ("and how?", []),
        ("?", []),
        ("", []),
    ],
)
def test_the_parts_that_can_be_asked_alone(question: str, parts: list[tuple[str, str]]) -> None:
    assert [(part.text, part.rest) for part in parts_of(question)] == parts


def asked(assistant: Assistant, text: str) -> Answer:
    return assistant.answer(Request(text))


def test_what_is_answered_alone_is_answered_in_part_and_the_rest_is_named(sample: tuple[Library, Assistant]) -> None:
    _, assistant = sample
    alone = asked(assistant, "Can heavy ketamine use mess up your bladder?")
    both = asked(assistant, "Can heavy ketamine use mess up your bladder and does it clear up when you quit?")
    assert both.outcome == Outcome.PARTLY
    assert any("Not looked for by itself: “does it clear up when you quit”" in notice for notice in both.notices)
    assert [sentence.text for sentence in both.sentences] == [sentence.text for sentence in alone.sentences] != []
    assert both.standalone_question.endswith("does it clear up when you quit?")


def test_parts_that_nothing_answers_leave_the_whole_unanswered(sample: tuple[Library, Assistant]) -> None:
    _, assistant = sample
    answer = asked(assistant, "What is the boiling point of tungsten, and who measured it first?")
    assert answer.outcome == Outcome.NOT_IN_CORPUS
    assert answer.sentences == ()
