"""The chain as a whole: events, times, the reader's stop, deadlines, and the real LangChain Runnable."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from assistant import Answer, Assistant, Event, LateError, Outcome, Request, Run, StoppedError, Support, Turn, Writer
from assistant.chain import step
from assistant.models import open_chat_model
from assistant.models.scripted import Reply, ScriptedServer
from assistant.run import STEPS
from corpus import Library
from tests.conftest import ROOT

QUESTION = "How large is the effect of psilocybin on depression?"
Sample = tuple[Library, Assistant]


def said_by(model: BaseChatModel, *, strong: bool = False) -> Writer:
    return Writer(lambda: (lambda: model, "a model"), strong=strong)


def saying(*texts: str) -> BaseChatModel:
    return GenericFakeChatModel(messages=iter([AIMessage(text) for text in texts]))


@pytest.fixture
def slow_writer(tmp_path: Any) -> Iterator[Callable[[str], Writer]]:
    """A language model behind a real connection that writes a word a quarter second."""
    open_ones: list[Any] = []

    def make(text: str) -> Writer:
        server = ScriptedServer([Reply(text, pause_seconds=0.25)]).__enter__()
        opened = open_chat_model(f"{server.url}#scripted", models_folder=tmp_path, max_tokens=200, timeout_seconds=20)
        opened.model()
        open_ones.append((server, opened))
        return Writer(lambda: (opened.model, "scripted"))

    yield make
    for server, opened in open_ones:
        opened.close()
        server.__exit__(None, None, None)


# ---- the chain's own rules, on steps made for it


def test_steps_are_joined_timed_and_told() -> None:
    events: list[Event] = []
    run = Run(events.append)
    chain = step("retrieve", lambda value, here: value + 1) | step("check", lambda value, here: str(value))
    assert chain.invoke(1, run) == "2"
    assert [(event.kind, event.step) for event in events] == [("step", "retrieve"), ("step", "check")]
    times = run.times()
    assert set(times) == {"retrieve", "generate", "check", "total"}
    assert times["total"] == pytest.approx(times["retrieve"] + times["generate"] + times["check"])


def test_a_step_that_hangs_is_left_at_its_deadline() -> None:
    ended = threading.Event()

    def hang(value: int, here: Any) -> int:
        try:
            while True:
                time.sleep(0.01)
                here.halt()
        finally:
            ended.set()

    with pytest.raises(LateError) as late:
        step("retrieve", hang).invoke(1, Run(deadlines={"retrieve": 0.1}))
    assert "retrieve" in str(late.value)
    assert ended.wait(5), "the step left behind ends at its next look"
    rescued = step("generate", hang, instead=lambda value, error, so_far: -value)
    assert rescued.invoke(1, Run(deadlines={"generate": 0.1})) == -1


def test_a_stop_is_heeded_before_between_and_inside_steps() -> None:
    stop = threading.Event()
    seen: list[str] = []

    def first(value: int, here: Any) -> int:
        seen.append("first")
        stop.set()
        return value

    chain = step("retrieve", first) | step("decide", lambda value, here: seen.append("second"))
    with pytest.raises(StoppedError):
        chain.invoke(1, Run(cancelled=stop.is_set))
    assert seen == ["first"]
    with pytest.raises(StoppedError):
        chain.invoke(1, Run(cancelled=stop.is_set))
    assert seen == ["first"]

    def deaf(value: int, here: Any) -> int:
        time.sleep(3)
        return value

    began = time.monotonic()
    threading.Timer(0.1, stop.set).start()
    stop.clear()
    with pytest.raises(StoppedError):
        step("retrieve", deaf).invoke(1, Run(cancelled=stop.is_set))
    assert time.monotonic() - began < 2, "also a step that never looks up is left"


def test_an_error_in_a_step_is_the_steps_own() -> None:
    def fail(value: int, here: Any) -> int:
        raise ValueError("of the step")

    with pytest.raises(ValueError, match="of the step"):
        step("retrieve", fail, instead=lambda value, error, so_far: 0).invoke(1)


# ---- the real chain


def test_the_chain_is_a_langchain_runnable(sample: Sample) -> None:
    from langchain_core.runnables import Runnable, RunnableLambda

    runnable = sample[1].chain.as_runnable()
    assert isinstance(runnable, Runnable)
    answers = (runnable | RunnableLambda(lambda answer: answer.outcome)).batch([Request(QUESTION), Request("What is the boiling point of tungsten?")])
    assert answers[0] in (Outcome.ANSWERED, Outcome.PARTLY)
    assert answers[1] == Outcome.NOT_IN_CORPUS


def test_quotes_mode_imports_no_chat_model_library() -> None:
    heavy = ("langchain", "langchain_core", "langgraph", "openai", "torch", "transformers", "py3langid")
    code = f"import sys; from assistant import Assistant; import ui.engine; print([name for name in sys.modules if name.split('.')[0] in {heavy}])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_step_is_told_and_timed(sample: Sample) -> None:
    events: list[Event] = []
    answer = sample[1].answer(Request(QUESTION), Run(events.append))
    assert [event.step for event in events if event.kind == "step"] == list(STEPS)
    assert [event.answer.id for event in events if event.kind == "quotes" and event.answer] == [answer.id]
    assert set(STEPS) - {"store"} <= set(answer.seconds)
    assert Answer.from_dict(json.loads(json.dumps(answer.as_dict()))).as_dict() == answer.as_dict()


def test_stopping_a_model_keeps_the_quotes_and_says_so(sample: Sample, slow_writer: Callable[[str], Writer]) -> None:
    stop = threading.Event()
    heard: list[str] = []

    def hear(event: Event) -> None:
        if event.kind == "words" and event.text:
            heard.append(event.text)
            stop.set()

    began = time.monotonic()
    answer = sample[1].answer(Request(QUESTION, writer=slow_writer("Psilocybin reduced depression in many trials " * 20)), Run(hear, stop.is_set))
    assert time.monotonic() - began < 60
    assert answer.model == "quotes"
    assert any("stopped the language model" in notice for notice in answer.notices)
    after = len(heard)
    time.sleep(0.8)
    assert len(heard) <= after + 1, "the stream is closed, not only unheard"


def test_a_late_model_leaves_what_it_wrote_to_the_check(sample: Sample, slow_writer: Callable[[str], Writer]) -> None:
    answer = sample[1].answer(Request(QUESTION, writer=slow_writer("Bananas are yellow fruits. " * 20)), Run(deadlines={"generate": 1.5}))
    assert answer.model == "quotes"
    assert any("not done within 1.5 s" in notice for notice in answer.notices)
    assert answer.sentences


def test_stopping_a_search_keeps_nothing(sample: Sample) -> None:
    with pytest.raises(StoppedError):
        sample[1].answer(Request(QUESTION), Run(cancelled=lambda: True))


def test_a_late_check_shows_only_what_was_checked(sample: Sample) -> None:
    answer = sample[1].answer(
        Request(QUESTION, writer=said_by(saying("Psilocybin cures. It may. It does. It helps. It works."))), Run(deadlines={"check": 0.0})
    )
    assert answer.model == "quotes"
    assert any("check was not done" in notice for notice in answer.notices)


def test_a_follow_up_refers_to_the_last_question(sample: Sample) -> None:
    answer = sample[1].answer(Request("And for anxiety?", last=Turn("Does psilocybin help with depression?")))
    assert (answer.question, answer.standalone_question, answer.understood.how) == ("And for anxiety?", "Does psilocybin help with anxiety?", "rules")
    edited = sample[1].answer(Request("And for anxiety?", standalone="Does ketamine help with anxiety?"))
    assert (edited.standalone_question, edited.understood.how) == ("Does ketamine help with anxiety?", "reader")


def test_a_strong_model_makes_a_follow_up_stand_alone_and_rules_stand_in_for_it(sample: Sample) -> None:
    last = Turn("Does psilocybin help with depression?")
    answer = sample[1].answer(
        Request("And the elderly?", last=last, writer=said_by(saying("Does psilocybin help elderly people with depression?", ""), strong=True))
    )
    assert (answer.standalone_question, answer.understood.how) == ("Does psilocybin help elderly people with depression?", "model")
    bad = said_by(saying("I cannot do that.", ""), strong=True)
    refusing = sample[1].answer(Request("And for anxiety?", last=last, writer=bad))
    assert (refusing.standalone_question, refusing.understood.how) == ("Does psilocybin help with anxiety?", "rules")


def test_a_counting_question_is_answered_from_the_catalogue(sample: Sample) -> None:
    answer = sample[1].answer(Request("How many systematic reviews of psilocybin since 2020?"))
    assert (answer.kind, answer.outcome, answer.confidence) == ("catalogue", Outcome.ANSWERED, 1.0)
    assert answer.catalogue is not None
    assert answer.catalogue.count == len(answer.catalogue.ids) > 5
    unknown = sample[1].answer(Request("How many reviews of fluoxetine are there?"))
    assert (unknown.kind, unknown.outcome, unknown.missing) == ("catalogue", Outcome.NOT_IN_CORPUS, ("fluoxetine",))
    assert unknown.catalogue is not None
    assert unknown.catalogue.count == 0


def test_both_ways_are_offered_when_it_is_unsure(sample: Sample) -> None:
    answer = sample[1].answer(Request("Which reviews report that ketamine reduced suicidal thoughts?"))
    assert answer.kind == "evidence"
    assert answer.sentences
    assert answer.catalogue is not None
    assert answer.catalogue.count > 0


def test_another_language_is_told_and_is_not_absence(sample: Sample) -> None:
    answer = sample[1].answer(Request("Wie wirkt Psilocybin bei Depressionen?"))
    assert answer.outcome is None
    assert answer.understood.language == "de"
    assert "German" in answer.notices[0]
    assert not answer.sentences


def test_a_question_for_advice_gets_the_note_and_the_harms(sample: Sample) -> None:
    from assistant.understanding import names_harm

    answer = sample[1].answer(Request("Should I use ketamine for my depression?"))
    assert answer.understood.advice
    assert "not medical advice" in answer.notices[0]
    assert any(names_harm(sentence.text) for sentence in answer.sentences)
    assert all(sentence.support == Support.VERBATIM for sentence in answer.sentences)
