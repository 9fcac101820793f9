"""Work that takes a while, started from the page: what it tells meanwhile, and the way to stop it. Holds a stop per browser tab while it runs."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from corpus import FlorilegiumError, Role
from ui.texts import say
from ui.web.people import require
from ui.web.rendering import escape

#: (step, done, total), as everywhere.
Progress = Callable[[str, int, int], None]
_EVERY = 0.2  # seconds between two looks at how far it is


class StoppedError(FlorilegiumError):
    """Whoever started the work stopped it; nothing of it is kept."""


@dataclass(frozen=True)
class Told:
    """Where work stands: a step of it, or its end with what it `made` or the `fault`, one line."""

    step: str = ""
    done: int = 0
    total: int = 0
    ended: bool = False
    made: Any = None
    fault: str = ""


class Jobs:
    """The work under way, at most one in a browser tab. Leaving the page does not end it: what it makes is kept in the library."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._stops: dict[str, threading.Event] = {}

    def stop(self, session: str) -> None:
        """Stop the work of a tab, if there is some."""
        with self._guard:
            stop = self._stops.get(session)
        if stop:
            stop.set()

    def work(self, session: str, act: Callable[[Progress], Any]) -> Iterator[Told]:
        """Do `act` in a thread of its own; where it stands, now and then, and at last how it ended."""
        told: queue.Queue[Told] = queue.Queue()
        stop = threading.Event()
        with self._guard:
            if session in self._stops:
                yield Told(ended=True, fault=say("lab.busy"))
                return
            self._stops[session] = stop

        def progress(step: str, done: int, total: int) -> None:
            if stop.is_set():
                raise StoppedError(say("lab.stopped"))
            told.put(Told(step, done, total))

        def run() -> None:
            try:
                told.put(Told(ended=True, made=act(progress)))
            except FlorilegiumError as error:
                told.put(Told(ended=True, fault=str(error)))
            except Exception as error:
                told.put(Told(ended=True, fault=say("lab.broke", fault=type(error).__name__)))
                raise
            finally:
                with self._guard:
                    self._stops.pop(session, None)

        context = contextvars.copy_context()  # in whose language the work speaks
        threading.Thread(target=context.run, args=(run,), name="lab", daemon=True).start()
        yield Told("start")
        while True:
            last = _last(told)
            yield last
            if last.ended:
                return


def _last(told: queue.Queue[Told]) -> Told:
    """The newest of what was told, so that a fast step does not flood the page; an end is never passed over."""
    last = told.get()
    try:
        while not last.ended:
            last = told.get(timeout=_EVERY) if not last.step else told.get_nowait()
    except queue.Empty:
        pass
    return last


def stopper(jobs: Jobs) -> Callable[..., None]:
    """A handler that stops the work of the tab it is called from."""

    def stop(request: gr.Request) -> None:
        require(request, Role.LIBRARIAN)
        jobs.stop(str(request.session_hash))

    return stop


def progress_html(told: Told) -> str:
    """Where work stands, for those who see a bar and those who hear a number."""
    share = 100 * told.done / told.total if told.total else 0
    step = f"lab.step_{told.step}" if told.step in _STEPS else "lab.step_start"
    text = say(step, done=told.done, total=told.total)
    return f'<div class="fl-progress" role="status"><p class="fl-note">{escape(text)}</p><div class="fl-bar"><i style="width:{share:.1f}%"></i></div></div>'


_STEPS = frozenset({"start", "embed", "repair", "queries", "settings", "configurations", "questions"})
