"""Jobs: work that lasts, with its progress, its log, and the wish to end it. Each is written by whoever does the work and seen by admins."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.database import Database
from corpus.errors import FlorilegiumError, NotFoundError
from corpus.people import LOCAL
from corpus.processes import alive

_KEPT = 500  # finished jobs
_LOG_CHARACTERS = 20_000
_SECONDS = 0.5  # between two writes of one job's progress


class CancelledError(FlorilegiumError):
    """Somebody wished the job to end."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job. `state` is running, done, failed, cancelled, or lost (its process ended before it); `done` of `total` steps of `step`, 0 where unknown."""

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
    """A job as its worker holds it. Its calls may come from several threads."""

    def __init__(self, database: Database, number: int) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._told = 0.0
        self.number = number

    def progress(self, step: str, done: int, total: int) -> None:
        """Tell how far it is; written twice a second at most. Raises CancelledError when somebody wished it to end."""
        with self._guard:
            due = done >= total or time.monotonic() - self._told >= _SECONDS
            if due:
                self._told = time.monotonic()
        if due:
            self._write(step=step[:60], done=done, total=total)
        if due and self.cancelled():
            raise CancelledError("the job was cancelled")

    def say(self, line: str) -> None:
        """Put a line into its log."""
        table = schema.job
        with self._database.write() as connection:
            text = connection.execute(sa.select(table.c.log).where(table.c.number == self.number)).scalar() or ""
            text = (text + f"{now()} {' '.join(line.split())}\n")[-_LOG_CHARACTERS:]
            connection.execute(sa.update(table).where(table.c.number == self.number).values(log=text))

    def cancelled(self) -> bool:
        """Whether somebody wished it to end."""
        with self._database.read() as connection:
            return bool(connection.execute(sa.select(schema.job.c.cancel).where(schema.job.c.number == self.number)).scalar())

    def _write(self, **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(sa.update(schema.job).where(schema.job.c.number == self.number).values(**values))

    def _end(self, state: str) -> None:
        self._write(state=state, ended=now())


class Jobs:
    """The jobs of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
        try:
            yield work
        except CancelledError:
            work._end("cancelled")
            raise
        except BaseException as error:
            work.say(f"{type(error).__name__}: {error}" if not isinstance(error, FlorilegiumError) else str(error))
            work._end("failed")
            raise
        work._end("done")

    def all(self, limit: int = 50) -> list[Job]:
        """Jobs, running ones first, then the newest."""
        table = schema.job
        with self._database.read() as connection:
            rows = connection.execute(sa.select(table).order_by(sa.case((table.c.state == "running", 0), else_=1), table.c.number.desc()).limit(limit))
            return [_job(row) for row in rows]

    def get(self, number: int) -> Job:
        """A job. Raises NotFoundError."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(schema.job).where(schema.job.c.number == number)).first()
        if row is None:
            raise NotFoundError(f"there is no job {number}")
        return _job(row)

    def cancel(self, number: int) -> None:
        """Wish a job to end; it does at its next step. Raises NotFoundError for one that is not running."""
        table = schema.job
        with self._database.write() as connection:
            if not connection.execute(sa.update(table).where(table.c.number == number, table.c.state == "running").values(cancel=True)).rowcount:
                raise NotFoundError(f"no job {number} is running")

    def clear_lost(self) -> int:
        """Mark jobs of this machine whose process is gone; how many that were."""
        table, lost = schema.job, 0
        with self._database.write() as connection:
            for row in connection.execute(sa.select(table.c.number, table.c.worker).where(table.c.state == "running")).all():
                host, _, pid = row.worker.rpartition(":")
                if host == socket.gethostname() and not alive(int(pid)):
                    connection.execute(sa.update(table).where(table.c.number == row.number).values(state="lost", ended=now()))
                    lost += 1
        return lost


def _job(row: Any) -> Job:
    return Job(
        row.number, row.kind, row.title, row.owner, row.state, row.step, row.done, row.total, bool(row.cancel), row.started, row.ended or "", row.log
    )  # fmt: skip


def _worker() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
