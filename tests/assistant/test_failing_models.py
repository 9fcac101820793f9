"""A server that speaks the OpenAI protocol and does everything a language model's server can do wrong, asked through the Assistant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from assistant import Answer, Assistant, Support
from assistant.models import open_chat_model
from assistant.models.scripted import Reply, ScriptedServer
from corpus import Library
from tests.assistant.test_assistant import holds

QUESTION = "How large is the effect of psilocybin on depression?"
Sample = tuple[Library, Assistant]
Ask = Callable[[Reply], Answer]


@pytest.fixture(scope="module")
def prepared(sample: Sample) -> Any:
    return sample[1].prepare(QUESTION)


@pytest.fixture
def ask(sample: Sample, prepared: Any, tmp_path: Any) -> Iterator[Ask]:
    """Ask once, with a server that answers so."""

    def ask_once(reply: Reply) -> Answer:
        with ScriptedServer([reply]) as server, open_chat_model(server.url, models_folder=tmp_path, max_tokens=200, timeout_seconds=1.5) as opened:
            answer = sample[1].draft(prepared, opened.model(), opened.label)
        holds(answer, sample[0])
        return answer

    return ask_once


def told(answer: Answer) -> str:
    return " ".join(answer.notices)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply("", status=429), "limits how often"),
        (Reply("", status=500), "its server failed (HTTP 500)"),
        (Reply("", status=401), "refused the key"),
        (Reply("late", delay_seconds=4.0), "took too long"),
        (Reply("Psilocybin is", drop_after=0), "connection was lost"),
        (Reply(""), "wrote nothing;"),
        (Reply("NOT IN EVIDENCE"), "found no answer in the evidence"),
        (Reply("I'm sorry, but I can't help with that."), "wrote nothing that the evidence carries"),
        (Reply("Psilocybin is good and good " + "and good " * 60), "repeat itself"),
        (Reply("The effect of the moon is very large. " * 8), "repeat itself"),
        (Reply('{"answer": "The moon is made of green cheese", "sources": [1, 2]}'), "wrote nothing that the evidence carries"),
        (Reply("Everyone was cured for ever [E77]. All of them were cured [E0]."), "wrote nothing that the evidence carries"),
        (Reply("The effect of psilocybin was so", finish="length"), "cut off by its length limit"),
        (Reply("The moon is large. The sun is larger still", drop_after=6), "broke off (the connection was lost)"),
    ],
)
def test_quotes_stay_and_the_reader_is_told(ask: Ask, prepared: Any, reply: Reply, words: str) -> None:
    answer = ask(reply)
    assert answer.model == "quotes"
    assert answer.sentences == prepared.answer.sentences
    assert words in told(answer)


@pytest.mark.parametrize(
    ("ending", "reply", "words"),
    [
        ("length", {"finish": "length"}, "cut off"),
        ("dropped", {"drop_after": 400}, ""),
    ],
)
def test_what_came_before_the_end_is_kept(sample: Sample, ask: Ask, prepared: Any, ending: str, reply: dict[str, Any], words: str) -> None:
    line = sample[1].evidence_lines(prepared)["E1"]
    answer = ask(Reply(f"{line.text} [E1] And then it was found that", **reply))
    assert answer.sentences[0].text == line.text
    assert words in told(answer)
    assert not any("And then" in sentence.text for sentence in answer.sentences)


def test_sentences_are_shown_as_each_passes(sample: Sample, prepared: Any, tmp_path: Any) -> None:
    from dataclasses import replace

    from assistant.run import Event, Run
    from assistant.steps import Writer

    lines = list(sample[1].evidence_lines(prepared).items())[:2]
    text = " ".join(f"{line.text} [{key}]" for key, line in lines)
    events: list[Event] = []
    with ScriptedServer([text]) as server, open_chat_model(server.url, models_folder=tmp_path, max_tokens=200, timeout_seconds=5) as opened:
        answer = sample[1].drafting.invoke(replace(prepared, writer=Writer(lambda: (opened.model, opened.label))), Run(events.append))
    passed = [number for number, event in enumerate(events) if event.kind == "passed"]
    last_words = max(number for number, event in enumerate(events) if event.kind == "words")
    assert passed
    assert passed[0] < last_words, "the first sentence is checked while the model still writes"
    first = events[passed[0]].answer
    assert first is not None
    holds(first, sample[0])
    assert first.sentences[0].text == lines[0][1].text
    assert answer.sentences[0].support == Support.VERBATIM
    marks = [(event.text, event.support) for event in events if event.kind == "checked"]
    assert [text for text, _ in marks] == [sentence.text for sentence in answer.draft], "each sentence is checked once and gets one mark"
    assert {support for _, support in marks} == {Support.VERBATIM}


def test_what_a_small_context_leaves_out_is_told_with_its_number(sample: Sample, prepared: Any, tmp_path: Any) -> None:
    whole = len(sample[1].evidence_lines(prepared))
    with (
        ScriptedServer(["NOT IN EVIDENCE"], context_tokens=1_100) as server,
        open_chat_model(server.url, models_folder=tmp_path, max_tokens=50, timeout_seconds=5) as opened,
    ):
        answer = sample[1].draft(prepared, opened.model(), opened.label)
        given = re.findall(r"^\[E\d+\]", server.requests[0]["messages"][-1]["content"], re.MULTILINE)
    assert 1 <= len(given) < whole
    left = whole - len(given)
    assert f"{left} sentence{' of evidence was' if left == 1 else 's of evidence were'} not given to the language model, for lack of room" in told(answer)
