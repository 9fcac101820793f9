"""The queue before a language model: bounded, fair between persons, left at once by whoever stops, and told to the reader."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Answer, Assistant, BusyError, Event, Request, Run, Turns, Writer
from assistant.models import OpenedModel, open_chat_model
from assistant.models.scripted import Reply, ScriptedServer
from corpus import Library

QUESTION = "How large is the effect of psilocybin on depression?"
Sample = tuple[Library, Assistant]


class Asked:
    """A question in a thread of its own; `places` is what it was told while it waited."""

    def __init__(self, turns: Turns, person: str, served: list[str], hold: threading.Event | None = None) -> None:
        self.places: list[int] = []
        self.stopped = threading.Event()
        self.error: BaseException | None = None
        self._work = (turns, person, served, hold)
        self.thread = threading.Thread(target=self._ask)
        before = turns.waiting
        self.thread.start()
        deadline = time.monotonic() + 5
        while turns.waiting == before and self.thread.is_alive() and not (hold and served) and time.monotonic() < deadline:
            time.sleep(0.001)

    def _ask(self) -> None:
        turns, person, served, hold = self._work
        try:
            with turns.turn(person, self._halt, self.places.append):
                served.append(person)
                if hold is not None:
                    hold.wait(10)
        except BaseException as error:
            self.error = error

    def _halt(self) -> None:
        if self.stopped.is_set():
            raise InterruptedError


@settings(max_examples=40)
@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=9))
def test_persons_take_turns_and_each_ones_questions_stay_in_order(persons: list[str]) -> None:
    turns, served, free = Turns(1), list[str](), threading.Event()
    first = Asked(turns, "first", served, free)
    others = [Asked(turns, person, served) for person in persons]
    places = {number: turns._place(ticket) for number, ticket in enumerate(ticket for own in turns._waiting.values() for ticket in own)}
    assert sorted(places.values()) == list(range(1, len(persons) + 1)), "no place is held by two, and none is free"
    free.set()
    for each in (first, *others):
        each.thread.join(10)
    ring = list(dict.fromkeys(persons))
    expected = [person for turn in range(len(persons)) for person in ring if persons.count(person) > turn]
    assert served == ["first", *expected]
    assert turns.waiting == 0


def test_the_first_place_told_is_the_number_of_turns_before_it() -> None:
    turns, served, free = Turns(1), list[str](), threading.Event()
    asked = [Asked(turns, "greedy", served, free), *(Asked(turns, "greedy", served) for _ in range(4)), Asked(turns, "modest", served)]
    deadline = time.monotonic() + 10
    while not asked[-1].places and time.monotonic() < deadline:
        time.sleep(0.001)
    free.set()
    for each in asked:
        each.thread.join(10)
    assert asked[-1].places[0] == 2, "after one of the four of the other one"
    assert asked[0].places == []
    assert served == ["greedy", "greedy", "modest", "greedy", "greedy", "greedy"]


def test_no_more_than_so_many_are_at_the_model_and_none_is_lost() -> None:
    turns, at_once, most, guard, done = Turns(3), [0], [0], threading.Lock(), list[int]()

    def ask(number: int) -> None:
        with turns.turn(f"p{number % 7}"):
            with guard:
                at_once[0] += 1
                most[0] = max(most[0], at_once[0])
            time.sleep(0.002)
            with guard:
                at_once[0] -= 1
                done.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (most[0], sorted(done), turns.waiting) == (3, list(range(60)), 0)


def test_a_full_queue_takes_no_more_and_a_stopped_question_leaves_it() -> None:
    turns, served, free = Turns(1, most_waiting=2), list[str](), threading.Event()
    first, second, third = Asked(turns, "a", served, free), Asked(turns, "b", served), Asked(turns, "c", served)
    fourth = Asked(turns, "d", served)
    fourth.thread.join(5)
    assert isinstance(fourth.error, BusyError)
    assert "2 questions wait" in str(fourth.error)
    second.stopped.set()
    second.thread.join(5)
    assert isinstance(second.error, InterruptedError)
    assert turns.waiting == 1
    free.set()
    for each in (first, third):
        each.thread.join(5)
    assert served == ["a", "c"]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenedModel]:
    """A language model that writes a word a tenth of a second."""
    reply = Reply("Psilocybin reduced depression in the trials that were pooled here. " * 9, pause_seconds=0.1)
    with (
        ScriptedServer([reply]) as server,
        open_chat_model(f"{server.url}#scripted", models_folder=tmp_path, max_tokens=200, timeout_seconds=20) as model,
    ):
        model.model()
        yield model


def answered(sample: Sample, opened: OpenedModel, turns: Turns, person: str, run: Run) -> Answer:
    return sample[1].answer(Request(QUESTION, writer=Writer(lambda: (opened.model, "scripted"), turns=turns, person=person)), run)


def test_a_question_that_waits_has_its_quotes_and_is_told_its_place(sample: Sample, opened: OpenedModel) -> None:
    turns, free, events = Turns(1), threading.Event(), list[Event]()
    holder = Asked(turns, "other", [], free)

    def hear(event: Event) -> None:
        events.append(event)
        if event.kind == "waiting":
            threading.Timer(3.0, free.set).start()

    answer = answered(sample, opened, turns, "me", Run(hear, deadlines={"generate": 2.5}))
    holder.thread.join(5)
    kinds = [event.kind for event in events]
    assert {"quotes", "waiting", "words"} <= set(kinds), (kinds, answer.notices)
    assert kinds.index("quotes") < kinds.index("waiting") < kinds.index("words")
    assert [event.place for event in events if event.kind == "waiting"] == [1]
    assert answer.seconds["queue"] > 2.5
    assert answer.sentences
    assert "was not done within 2.5 s" in " ".join(answer.notices), "its own time began with its turn"


def test_a_full_queue_and_a_stop_in_it_leave_the_quotes(sample: Sample, opened: OpenedModel) -> None:
    turns, free = Turns(1, most_waiting=1), threading.Event()
    holder, waiter = Asked(turns, "other", [], free), Asked(turns, "another", [])
    full = answered(sample, opened, turns, "me", Run())
    assert full.model == "quotes"
    assert "1 questions wait for the language model already" in full.notices[-1]
    waiter.stopped.set()
    waiter.thread.join(5)
    stop = threading.Event()

    def hear(event: Event) -> None:
        if event.kind == "waiting":
            stop.set()

    stopped = answered(sample, opened, turns, "me", Run(hear, stop.is_set))
    assert stopped.model == "quotes"
    assert stopped.sentences
    assert "stopped the language model" in stopped.notices[-1]
    free.set()
    holder.thread.join(5)
    assert turns.waiting == 0
    with turns.turn("me"):
        pass  # nobody holds it any more
