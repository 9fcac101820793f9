"""Jobs: work that lasts, with its progress, its log, and the wish to end it. Each is written by whoever does the work and seen by admins."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.database import Database
from corpus.errors import FlorilegiumError, NotFoundError, UnavailableError
from corpus.people import LOCAL
from corpus.processes import mark_of, runs

_KEPT = 500  # finished jobs
_LOG_CHARACTERS = 20_000
_SECONDS = 0.5  # between two writes of one job's progress


class CancelledError(FlorilegiumError):
    """Somebody wished the job to end."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job. `state` is running, done, failed, cancelled, or lost (its process ended before it); `done` of `total` steps of `step`, 0 where unknown.

    `owner` is whoever began it, "" for the server itself. `cancel` says that somebody wished it to end; `started` and `ended` are moments in UTC.
    """

    number: int
    kind: str
    title: str
    owner: str
    state: str
    step: str
    done: int
    total: int
    cancel: bool
    started: str
    ended: str
    log: str


class JobWork:
    """A job as its worker holds it. Its calls may come from several threads.

    What it tells is held in memory and written whenever nobody else is writing: an import is one long transaction, and neither may its own
    progress wait for it nor that of others.
    """

    def __init__(self, database: Database, number: int) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._wish = threading.Event()
        self._told = 0.0
        self._held: dict[str, Any] = {"step": "", "done": 0, "total": 0, "log": ""}
        self.number = number

    def progress(self, step: str, done: int, total: int) -> None:
        """Tell how far it is. Raises CancelledError when somebody wished it to end."""
        with self._guard:
            self._held |= {"step": step[:60], "done": done, "total": total}
            due = time.monotonic() - self._told >= _SECONDS
            if due:
                self._told = time.monotonic()
        if due:
            with suppress(UnavailableError):
                self._write(wait=False)
            with self._database.read() as connection:
                if connection.execute(sa.select(schema.job.c.cancel).where(schema.job.c.number == self.number)).scalar():
                    self._wish.set()
        if self.wished:
            raise CancelledError("the job was cancelled")

    def say(self, line: str) -> None:
        """Put a line into its log."""
        with self._guard:
            self._held["log"] = f"{self._held['log']}{now()} {' '.join(line.split())}\n"[-_LOG_CHARACTERS:]

    def cancel(self) -> None:
        """Wish it to end; it does at its next step."""
        self._wish.set()

    @property
    def wished(self) -> bool:
        """Whether somebody wished it to end, as far as its last `progress` knew."""
        return self._wish.is_set()

    def _seen(self, job: Job) -> Job:
        """The job as it is now, whatever of it has been written."""
        with self._guard:
            return replace(job, **self._held, cancel=job.cancel or self._wish.is_set())

    def _end(self, state: str) -> None:
        with self._guard:
            self._held |= {"state": state, "ended": now()}

    def _ended(self) -> bool:
        with self._guard:
            return "state" in self._held

    def _write(self, *, wait: bool) -> None:
        with self._guard:
            held = dict(self._held)
        with self._database.write() if wait else self._database.write_now() as connection:
            connection.execute(sa.update(schema.job).where(schema.job.c.number == self.number).values(held))


class Jobs:
    """The jobs of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._live: dict[int, JobWork] = {}  # of this process: those that run, and those whose end could not be written yet

    @contextmanager
    def run(self, kind: str, title: str, owner: str = LOCAL) -> Iterator[JobWork]:
        """Do a job in the block: it ends as done, as failed by an error, or as cancelled by CancelledError; the error goes on."""
        table = schema.job
        row = {"kind": kind, "title": title, "owner": owner, "state": "running", "step": "", "done": 0, "total": 0, "cancel": False}
        with self._database.write() as connection:
            made = connection.execute(table.insert().values(row | {"worker": _worker(), "started": now(), "log": ""}))
            number = int(made.inserted_primary_key[0])  # type: ignore[index]
            connection.execute(sa.delete(table).where(table.c.state != "running", table.c.number <= number - _KEPT))
        work = JobWork(self._database, number)
        with self._guard:
            self._live[number] = work
        try:
            yield work
        except CancelledError:
            self._end(work, "cancelled")
            raise
        except BaseException as error:
            work.say(f"{type(error).__name__}: {error}" if not isinstance(error, FlorilegiumError) else str(error))
            self._end(work, "failed")
            raise
        self._end(work, "done")

    def all(self, limit: int = 50) -> list[Job]:
        """Jobs, running ones first, then the newest."""
        self._settle()
        table = schema.job
        with self._database.read() as connection:
            rows = connection.execute(sa.select(table).order_by(sa.case((table.c.state == "running", 0), else_=1), table.c.number.desc()).limit(limit)).all()
        return self._shown(rows)

    def get(self, number: int) -> Job:
        """A job. Raises NotFoundError."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(schema.job).where(schema.job.c.number == number)).all()
        if not rows:
            raise NotFoundError(f"there is no job {number}")
        return self._shown(rows)[0]

    def last(self, kind: str) -> Job | None:
        """The newest job of a kind that is done."""
        table = schema.job
        query = sa.select(table).where(table.c.kind == kind, table.c.state == "done").order_by(table.c.number.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else self._shown([row])[0]

    def cancel(self, number: int) -> None:
        """Wish a job to end, whichever process does it; it does at its next step. Raises NotFoundError for one that is not running."""
        with self._guard:
            work = self._live.get(number)
        if work is not None and not work._ended():
            work.cancel()
            return
        table = schema.job
        with self._database.write() as connection:
            if not connection.execute(sa.update(table).where(table.c.number == number, table.c.state == "running").values(cancel=True)).rowcount:
                raise NotFoundError(f"no job {number} is running")

    def _end(self, work: JobWork, state: str) -> None:
        work._end(state)
        with suppress(UnavailableError):  # somebody has been writing for long: it is written when the jobs are looked at
            work._write(wait=True)
            with self._guard:
                self._live.pop(work.number, None)

    def _settle(self) -> None:
        """Write ends that could not be written."""
        with self._guard:
            ended = [work for work in self._live.values() if work._ended()]
        for work in ended:
            with suppress(UnavailableError):
                work._write(wait=False)
                with self._guard:
                    self._live.pop(work.number, None)

    def _shown(self, rows: Sequence[Any]) -> list[Job]:
        """The jobs of rows as they are now; one of this machine whose process is gone is lost from now on."""
        with self._guard:
            live = dict(self._live)
        jobs = {row.number: live[row.number]._seen(_job(row)) if row.number in live else _job(row) for row in rows}
        lost = [row.number for row in rows if row.state == "running" and row.number not in live and _gone(row.worker)]
        if lost:
            at, table = now(), schema.job
            jobs |= {number: replace(jobs[number], state="lost", ended=at) for number in lost}
            with suppress(UnavailableError), self._database.write_now() as connection:
                connection.execute(sa.update(table).where(table.c.number.in_(lost), table.c.state == "running").values(state="lost", ended=at))
        return list(jobs.values())


def _job(row: Any) -> Job:
    return Job(
        row.number, row.kind, row.title, row.owner, row.state, row.step, row.done, row.total, bool(row.cancel), row.started, row.ended or "", row.log
    )  # fmt: skip


def _worker() -> str:
    return f"{socket.gethostname()}:{mark_of(os.getpid())}"


def _gone(worker: str) -> bool:
    """Whether the process that did a job has ended; of another machine's nobody knows."""
    host, _, mark = worker.partition(":")
    return host == socket.gethostname() and not runs(mark)
