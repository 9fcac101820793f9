"""Whose question a language model works at next: a queue with an end, in which persons take turns."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from corpus import UnavailableError

#: Questions that may wait for one model.
MOST_WAITING = 64
#: Seconds a question waits at most before it is left with its quotes.
PATIENCE = 300.0
_LOOK = 0.1  # seconds between looks at the reader's stop


class BusyError(UnavailableError):
    """So many questions wait that no more are taken."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} questions wait for the language model already", remedy="Ask again in a few minutes")


class _Ticket:
    """A question in the queue, or at the model."""

    def __init__(self, person: str) -> None:
        self.person = person
        self.called = False


class Turns:
    """The queue before one model. `at_once` questions are at it together; the others wait, each person's in order and the persons by turns.

    Whoever asks ten questions is served once before each of the others is, and not ten times.
    """

    def __init__(self, at_once: int = 1, most_waiting: int = MOST_WAITING) -> None:
        self._at_once = at_once
        self._most = most_waiting
        self._busy = 0
        self._waiting: OrderedDict[str, deque[_Ticket]] = OrderedDict()  # in the order of the persons' turns
        self._changed = threading.Condition()

    @property
    def waiting(self) -> int:
        """How many questions wait."""
        with self._changed:
            return sum(map(len, self._waiting.values()))

    @contextmanager
    def turn(self, person: str, halt: Callable[[], None] = lambda: None, told: Callable[[int], None] = lambda place: None) -> Iterator[None]:
        """A block in which the model works for this person. Until then `told` hears each new place in the queue (1 is next), and `halt` may raise.

        Raises BusyError where the queue is full.
        """
        ticket = self._join(person)
        try:
            self._wait(ticket, halt, told)
            yield
        finally:
            self._leave(ticket)

    def _join(self, person: str) -> _Ticket:
        with self._changed:
            waiting = sum(map(len, self._waiting.values()))
            if waiting >= self._most:
                raise BusyError(waiting)
            ticket = _Ticket(person)
            self._waiting.setdefault(person, deque()).append(ticket)
            self._call()
            return ticket

    def _wait(self, ticket: _Ticket, halt: Callable[[], None], told: Callable[[int], None]) -> None:
        last = 0
        while True:
            with self._changed:
                if not ticket.called:
                    self._changed.wait(_LOOK if last else 0.0)
                place = 0 if ticket.called else self._place(ticket)
            if not place:
                return
            halt()
            if place != last:
                last = place
                told(place)

    def _leave(self, ticket: _Ticket) -> None:
        with self._changed:
            if ticket.called:
                self._busy -= 1
            else:
                own = self._waiting[ticket.person]
                own.remove(ticket)
                if not own:
                    del self._waiting[ticket.person]
            self._call()
            self._changed.notify_all()

    def _call(self) -> None:
        """Call whoever is next while there is room."""
        while self._waiting and self._busy < self._at_once:
            person, own = next(iter(self._waiting.items()))
            own.popleft().called = True
            self._busy += 1
            del self._waiting[person]
            if own:
                self._waiting[person] = own  # behind everybody else
            self._changed.notify_all()

    def _place(self, ticket: _Ticket) -> int:
        """How many turns it is until this question's: 1 is the next one."""
        own = self._waiting[ticket.person].index(ticket)
        before, ahead = True, own
        for person, questions in self._waiting.items():
            if person == ticket.person:
                before = False
            else:
                ahead += min(len(questions), own + before)
        return ahead + 1
