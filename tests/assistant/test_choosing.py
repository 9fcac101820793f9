"""How a sentence is held against a question word by word, and which sentences make an answer of quotes."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.evidence import EvidenceSentence, Question, Weighed, ask_about, weigh
from assistant.quotes import choose
from assistant.signals import signals
from corpus import Review
from index import Encoder

ABOUT = "The review of microdosing examined 14 studies in PubMed."
FOUND = "Microdosing was no better than placebo for mood."
OTHER = "Ketamine relieved pain within hours of an infusion."


def evidence(*texts: str) -> list[EvidenceSentence]:
    return [
        EvidenceSentence(
            Review(id=f"r{number}", csl={"title": "On doses"}, findings=(text,)), "findings[0]", 0, len(text), text, 1.0 / (number + 1), number + 1
        )
        for number, text in enumerate(texts)
    ]


def asked(text: str) -> Question:
    return ask_about(text, lambda terms: (dict.fromkeys(terms, 1), 9))


def test_each_word_of_a_question_is_matched_in_its_context(encoder: Encoder) -> None:
    question = asked("Is microdosing better than placebo?")
    weighed = weigh(question, evidence(FOUND, OTHER), encoder)
    assert weighed.matched.shape == (2, len(question.written))
    assert (weighed.matched[0] > weighed.matched[1]).all()
    assert weighed.matched_all[0] > weighed.matched_all[1]
    found = signals(question, [], weighed)
    assert found["record_words"] == pytest.approx(float(weighed.matched.mean(axis=1).max()))
    assert found["record_least"] <= found["record_words"]


def test_nothing_found_gives_no_signal(encoder: Encoder) -> None:
    for text in ("Is microdosing better?", "and the"):
        question = asked(text)
        assert not any(signals(question, [], weigh(question, [], encoder)).values())


def plain(texts: list[EvidenceSentence]) -> Weighed:
    return Weighed(tuple(texts), np.eye(len(texts), dtype=np.float32), (0.5,) * len(texts), (0.5,) * len(texts))


def test_what_a_work_was_about_stands_after_what_it_found() -> None:
    weighed = plain(evidence(ABOUT, FOUND))
    order = [choice.sentence.text for choice in choose(asked("Is microdosing better than placebo?"), weighed, [0.5, 0.4])]
    assert order == [FOUND, ABOUT]
    order = [choice.sentence.text for choice in choose(asked("How many studies were included?"), weighed, [0.5, 0.4])]
    assert order[0] == ABOUT
    order = [choice.sentence.text for choice in choose(asked("Is microdosing better than placebo?"), weighed, [0.5, 0.01])]
    assert order == [ABOUT]
