"""A question under way for the page: its events in order, and the reader's stop. Holds a stop per browser tab while it runs, and nothing else."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus import LOCAL, FlorilegiumError
from ui.texts import locale_now, say

if TYPE_CHECKING:
    from assistant import Answer, Run
    from corpus import Filter
    from ui.engine import LocalEngine


@dataclass(frozen=True)
class Asked:
    """A question as the page has it. `after` is the id of the answer before it, `standalone` how the reader wants it understood; its answer is `owner`'s.

    With `notes` the owner's own notes are searched too; `before` are the questions it follows where there is no answer before it, oldest first;
    `model` is the language model to draft with, None for the one in force.
    """

    text: str
    filters: tuple[str, ...] = ()
    after: str = ""
    standalone: str = ""
    owner: str = LOCAL
    notes: bool = False
    before: tuple[str, ...] = ()
    model: str | None = None


class Asking:
    """The questions under way, so that Stop reaches the one of its own tab."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._stops: dict[str, threading.Event] = {}

    def stop(self, session: str) -> None:
        """Stop the question of a tab, if one is under way."""
        with self._guard:
            stop = self._stops.get(session)
        if stop:
            stop.set()

    def events(self, engine: LocalEngine, asked: Asked, session: str) -> Iterator[tuple[str, Any]]:
        """("event", Event) as things happen, at last ("answer", Answer) or ("fault", what to tell). Leaving the iterator stops the question."""
        from assistant import Run

        happened: queue.Queue[tuple[str, Any]] = queue.Queue()
        stop = threading.Event()
        locale = locale_now()
        with self._guard:
            earlier = self._stops.get(session)
            self._stops[session] = stop
        if earlier:
            earlier.set()

        def work() -> None:
            try:
                run = Run(lambda event: happened.put(("event", event)), stop.is_set)
                chosen = engine.filter(asked.filters)
                happened.put(("answer", _answered(engine, asked, chosen, run)))
            except FlorilegiumError as error:
                happened.put(("fault", error))
            except Exception as error:
                happened.put(("fault", say("ask.failed", locale, fault=type(error).__name__)))
                raise

        threading.Thread(target=contextvars.copy_context().run, args=(work,), name="ask", daemon=True).start()  # with the number of the request
        try:
            while True:
                event = happened.get()
                yield event
                if event[0] != "event":
                    return
        finally:
            stop.set()
            with self._guard:
                if self._stops.get(session) is stop:
                    del self._stops[session]


def _answered(engine: LocalEngine, asked: Asked, chosen: Filter, run: Run) -> Answer:
    head = (asked.text, asked.model, chosen, None)
    after = asked.after or None
    return engine.answer(*head, after=after, standalone=asked.standalone, run=run, owner=asked.owner, notes=asked.notes, before=asked.before)
