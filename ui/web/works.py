"""The long works of the served process. Each is a job of the library, so that admins see how far it is, read what became of it, and can end it.

A page that waits for its own work gets told where it stands; leaving the page does not end it, and what it makes is kept in the library.
"""

from __future__ import annotations

import contextvars
import logging
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import gradio as gr

from corpus import CancelledError, FlorilegiumError, JobWork, Role
from ui.texts import say
from ui.web.people import require
from ui.web.rendering import escape

if TYPE_CHECKING:
    from ui.engine import LocalEngine

_log = logging.getLogger("florilegium")
T = TypeVar("T")
#: (step, done, total), as everywhere.
Progress = Callable[[str, int, int], None]
#: Whose the works are that nobody asked for.
SERVER = ""
_EVERY = 0.2  # seconds between two looks at how far it is


@dataclass(frozen=True)
class Work:
    """What is to be done: its kind (`jobs.kind_…` among the texts), what it is done with, and who began it."""

    kind: str
    title: str = ""
    owner: str = SERVER


@dataclass(frozen=True)
class Told:
    """Where work stands: a step of it, or its end with what it `made` or the `fault`, one line."""

    step: str = ""
    done: int = 0
    total: int = 0
    ended: bool = False
    made: Any = None
    fault: str = ""


class Works:
    """Does them. Of pages it holds the work of each browser tab, at most one, while it is under way."""

    def __init__(self, engine: LocalEngine) -> None:
        self.engine = engine
        self.jobs = engine.library.jobs
        self._guard = threading.Lock()
        self._of_tabs: dict[str, JobWork | None] = {}

    def do(self, work: Work, act: Callable[[Progress], T], heard: Progress | None = None) -> T:
        """Do it here and now; `heard` hears of its progress too. Raises CancelledError when somebody ended it, and what `act` raises."""
        with self.jobs.run(work.kind, work.title, work.owner) as job:
            return act(_both(job.progress, heard))

    def start(self, kind: str, act: Callable[[], object]) -> None:
        """Do what is a job by itself (`do`, `sync`, `doctor`) in a thread of its own; how it ended stands in the job."""

        def run() -> None:
            try:
                act()
            except FlorilegiumError as error:
                _log.warning("%s: %s", kind, error)
            except Exception:
                _log.exception("%s failed", kind)

        _thread(run, kind)

    def follow(self, tab: str, work: Work, act: Callable[[Progress], Any]) -> Iterator[Told]:
        """Do it in a thread of its own for a browser tab; where it stands, now and then, and at last how it ended."""
        told: queue.Queue[Told] = queue.Queue()
        with self._guard:
            if tab in self._of_tabs:
                yield Told(ended=True, fault=say("lab.busy"))
                return
            self._of_tabs[tab] = None

        def end(**how: Any) -> None:
            with self._guard:
                self._of_tabs.pop(tab, None)
            told.put(Told(ended=True, **how))

        def run() -> None:
            try:
                with self.jobs.run(work.kind, work.title, work.owner) as job:
                    with self._guard:
                        self._of_tabs[tab] = job
                    made = act(_both(job.progress, lambda step, done, total: told.put(Told(step, done, total))))
                end(made=made)
            except CancelledError:
                end(fault=say("lab.stopped"))
            except FlorilegiumError as error:
                end(fault=str(error))
            except Exception as error:
                end(fault=say("lab.broke", fault=type(error).__name__))
                raise

        _thread(run, work.kind)
        yield Told("start")
        while True:
            last = _last(told)
            yield last
            if last.ended:
                return

    def stop(self, tab: str) -> None:
        """Stop the work of a tab, if there is some."""
        with self._guard:
            job = self._of_tabs.get(tab)
        if job:
            job.cancel()

    # ---- what is asked of the engine

    def sync(self, config: str | None = None, *, owner: str = SERVER, heard: Progress | None = None, engine: str = "local") -> dict[str, Any]:
        """See Engine.sync."""
        return self.do(Work("sync", config or "", owner), lambda tell: self.engine.sync(config, tell, engine=engine), heard)

    def doctor(self, *, rebuild: bool = False, owner: str = SERVER) -> list[dict[str, Any]]:
        """See Engine.doctor; each finding stands in the job's log."""
        with self.jobs.run("check", "", owner) as job:
            found = self.engine.doctor(rebuild=rebuild, progress=job.progress)
            for one in found:
                job.say(f"{'ok' if one['ok'] else 'fault'} {one['check']}: {one['detail']}{'. ' + one['remedy'] if one['remedy'] else ''}")
        return found

    def lab_run(self, target: str, config: str | None, reason: str = "asked", actor: str = SERVER, **more: Any) -> dict[str, Any]:
        """See Engine.lab_run. A run for a sweep is part of the sweep's own job (ui/lab/sweeping.py)."""
        asked: Mapping[str, Any] = {"target": target, "config": config, "reason": reason, "actor": actor, **more}
        if reason == "sweep":
            return self.engine.lab_run(**asked)
        return self.do(Work("run", named(target, config), actor), lambda tell: self.engine.lab_run(**asked, progress=tell))

    def lab_after_sync(self) -> list[dict[str, Any]]:
        """See Engine.lab_after_sync; a job only where a set asks for it."""
        wanted = [entry.name for entry in self.engine.library.sets.all() if entry.after_sync]
        return self.do(Work("run", named(*wanted)), self.engine.lab_after_sync) if wanted else []

    def lab_answers(self, **asked: Any) -> dict[str, Any]:
        """See Engine.lab_answers."""
        return self.do(Work("answers", named(asked["config"])), lambda tell: self.engine.lab_answers(**asked, progress=tell))


def named(*parts: str | None) -> str:
    """What a work is done with, in a line: the first few of the names there are."""
    there = [" ".join(part.split()) for part in parts if part]
    return (", ".join(there[:3]) + (" …" if len(there) > 3 else ""))[:200]


def stopper(works: Works) -> Callable[..., None]:
    """A handler that stops the work of the tab it is called from."""

    def stop(request: gr.Request) -> None:
        require(request, Role.LIBRARIAN)
        works.stop(str(request.session_hash))

    return stop


def progress_html(told: Told) -> str:
    """Where work stands, for those who see a bar and those who hear a number."""
    return bar_html(step_said(told.step, told.done, told.total), told.done, told.total, status=True)


def bar_html(text: str, done: int, total: int, *, status: bool = False) -> str:
    """A line, and a bar where the total is known; `status` has it read out when it changes."""
    bar = f'<div class="fl-bar"><i style="width:{100 * done / total:.1f}%"></i></div>' if total else ""
    role = ' role="status"' if status else ""
    return f'<div class="fl-progress"{role}><p class="fl-note">{escape(text)}</p>{bar}</div>'


def step_said(step: str, done: int, total: int) -> str:
    """A step in words."""
    return say(f"lab.step_{step if step in _STEPS else 'start'}", done=done, total=total)


_STEPS = frozenset({"start", "embed", "repair", "queries", "settings", "configurations", "questions", "read", "pairs", "fetch", "export", "mails"})


def _both(own: Progress, other: Progress | None) -> Progress:
    def tell(step: str, done: int, total: int) -> None:
        own(step, done, total)
        if other is not None:
            other(step, done, total)

    return tell


def _last(told: queue.Queue[Told]) -> Told:
    """The newest of what was told, so that a fast step does not flood the page; an end is never passed over."""
    last = told.get()
    try:
        while not last.ended:
            last = told.get(timeout=_EVERY) if not last.step else told.get_nowait()
    except queue.Empty:
        pass
    return last


def _thread(run: Callable[[], None], name: str) -> None:
    context = contextvars.copy_context()  # in whose language the work speaks
    threading.Thread(target=context.run, args=(run,), name=name, daemon=True).start()
