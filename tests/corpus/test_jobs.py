"""Jobs: progress, log and end are kept; anybody who may can end one, from any process; one whose process died is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from corpus import CancelledError, InputError, Library, NotFoundError
from corpus.importing import import_files
from corpus.processes import mark_of, runs
from tests.conftest import ROOT, SAMPLE

pytestmark = pytest.mark.both_databases
_HOLD = """
import sys, time
from corpus import Library
with Library(sys.argv[1]).jobs.run("sync", "", "ann") as job:
    job.progress("embed", 3, 9)
    print("holding", flush=True)
    while True:
        job.progress("embed", 4, 9)
        time.sleep(0.05)
"""


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_job_is_seen_while_it_runs_and_after_it(library: Library, library_url: str) -> None:
    other = Library(library_url)  # another process, as far as memory goes
    with library.jobs.run("sync", "default", "ann") as work:
        work.progress("embed", 1, 4)
        assert [(job.state, job.step, job.done, job.total) for job in other.jobs.all()] == [("running", "embed", 1, 4)]
        work.progress("embed", 2, 4)
        work.say("one\nline")
        (job,) = library.jobs.all()
        assert (job.done, job.log.endswith(" one line\n")) == (2, True)
    (job,) = other.jobs.all()
    assert (job.kind, job.title, job.owner, job.state, job.done) == ("sync", "default", "ann", "done", 2)
    assert job.ended >= job.started
    assert other.jobs.last("sync") == job == other.jobs.get(job.number)
    assert other.jobs.last("import") is None
    with pytest.raises(NotFoundError):
        other.jobs.get(job.number + 1)
    with pytest.raises(NotFoundError):
        other.jobs.cancel(job.number)
    other.close()


def test_an_error_ends_a_job_and_goes_on(library: Library) -> None:
    with pytest.raises(InputError), library.jobs.run("import", "a.ris"):
        raise InputError("it is none", remedy="Mend it")
    with pytest.raises(ZeroDivisionError), library.jobs.run("import", "b.ris"):
        raise ZeroDivisionError("by nought")
    found = library.jobs.all()
    assert [job.state for job in found] == ["failed", "failed"]
    assert "ZeroDivisionError: by nought" in found[0].log
    assert "it is none. Mend it" in found[1].log


def test_a_job_is_ended_from_elsewhere(library: Library, library_url: str) -> None:
    other = Library(library_url)

    def work_until_ended(cancel: Callable[[int], None]) -> None:
        with library.jobs.run("run", "set") as work:
            cancel(work.number)
            assert library.jobs.all()[0].cancel
            for done in range(100):
                work.progress("queries", done, 100)
                time.sleep(0.02)

    for cancel in (library.jobs.cancel, other.jobs.cancel):
        with pytest.raises(CancelledError):
            work_until_ended(cancel)
    assert [job.state for job in other.jobs.all()] == ["cancelled", "cancelled"]
    other.close()


def test_an_import_tells_how_far_it_is_though_it_alone_may_write(library: Library) -> None:
    """Its transaction holds the one place of a SQLite writer: its progress, and that of others, is seen all the same, and it can be ended."""
    seen: list[tuple[str, int]] = []
    began = time.monotonic()

    def told(path: str, read: int) -> None:
        work.progress("read", read, 0)
        with_other.progress("embed", read, 120)
        shown = next(job for job in library.jobs.all() if job.number == work.number)
        seen.append((shown.state, shown.done))
        if read and len(seen) == 5:
            library.jobs.cancel(work.number)

    with library.jobs.run("sync", "", "") as with_other, pytest.raises(CancelledError), library.jobs.run("import", "sample") as work:
        import_files(library, [SAMPLE], progress=told)
    assert time.monotonic() - began < 15, "nobody waits for a writer's patience to end"
    assert len(seen) == 5
    assert {state for state, _ in seen} == {"running"}
    assert library.count() == 0
    assert {job.kind: job.state for job in library.jobs.all()} == {"import": "cancelled", "sync": "done"}


def test_an_end_that_cannot_be_written_is_written_later(library: Library, library_url: str) -> None:
    hasty = "timeout=0" if library_url.startswith("sqlite") else "options=-c%20lock_timeout%3D1ms"
    busy = Library(f"{library_url}?{hasty}")
    holding, free = threading.Event(), threading.Event()

    def write_long() -> None:
        with library.change("ann"):
            holding.set()
            free.wait(10)

    writer = threading.Thread(target=write_long)
    with busy.jobs.run("check", "") as work:
        writer.start()
        assert holding.wait(10)
    assert library.jobs.get(work.number).state == "running"
    assert busy.jobs.get(work.number).state == "done"
    free.set()
    writer.join()
    busy.jobs.all()
    assert library.jobs.get(work.number).state == "done"
    busy.close()


def test_a_job_whose_process_died_is_lost(library: Library, library_url: str) -> None:
    holder = subprocess.Popen([sys.executable, "-c", _HOLD, library_url], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline()
        wait_until(lambda: library.jobs.all()[0].done == 4)
        assert library.jobs.all()[0].state == "running"
    finally:
        holder.kill()
        holder.communicate()
    (job,) = library.jobs.all()
    assert (job.state, job.step, job.total) == ("lost", "embed", 9)
    assert job.ended
    assert library.jobs.get(job.number) == job


def test_another_process_with_the_same_number_is_another() -> None:
    own = mark_of(os.getpid())
    assert runs(own)
    number, _, began = own.partition(":")
    if began:
        assert not runs(f"{number}:{int(began) - 1}")
    assert not runs("no number:1")
