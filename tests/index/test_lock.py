"""One owner of an embedded store, shown with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from corpus import LockedError
from index import OwnerLock

HOLD = """
import sys, time
from pathlib import Path
from index.lock import OwnerLock
lock = OwnerLock(Path(sys.argv[1]))
lock.acquire(float(sys.argv[2]))
print("held", flush=True)
sys.stdin.readline()
lock.release()
print("released", flush=True)
sys.stdin.readline()
"""


@contextmanager
def owner(path: Path, patience: float = 5) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that holds the lock; a line to it makes it let go, another makes it end."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, path, str(patience)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def tell(process: subprocess.Popen[str]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "index" / "owner.lock"


def test_a_second_owner_waits_its_patience_and_is_told_the_pid(path: Path) -> None:
    with owner(path) as process:
        began = time.monotonic()
        with pytest.raises(LockedError, match=str(process.pid)) as caught:
            OwnerLock(path).acquire(0.5)
        assert 0.5 <= time.monotonic() - began < 5
        assert caught.value.pid == process.pid
        assert caught.value.exit_code == 3
        assert caught.value.remedy
        assert str(path) in str(caught.value)


def test_a_waiting_one_gets_it_when_the_first_lets_go(path: Path) -> None:
    with owner(path) as process:
        letting_go = threading.Timer(0.5, tell, [process])
        letting_go.start()
        lock = OwnerLock(path)
        lock.acquire(30)
        letting_go.join()
        with pytest.raises(LockedError, match=str(os.getpid())):
            OwnerLock(path).acquire(0)
        lock.release()


def test_a_killed_owner_frees_it_and_is_no_longer_named(path: Path) -> None:
    with owner(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        began = time.monotonic()
        lock = OwnerLock(path)
        lock.acquire(10)
        assert time.monotonic() - began < 5
        with pytest.raises(LockedError) as caught:
            OwnerLock(path).acquire(0)
        assert caught.value.pid == os.getpid()
        lock.release()


def test_no_pid_is_named_that_has_let_go(path: Path) -> None:
    with owner(path) as process:
        assert tell(process) == "released\n"
        assert path.read_text() == ""
        with owner(path) as other, pytest.raises(LockedError) as caught:
            OwnerLock(path).acquire(0)
        assert caught.value.pid == other.pid


def test_of_several_processes_at_once_only_one_holds_it_at_a_time(path: Path) -> None:
    code = """
import sys, time, pathlib
from index.lock import OwnerLock
for _ in range(5):
    with OwnerLock(pathlib.Path(sys.argv[1])):
        mark = pathlib.Path(sys.argv[2])
        mark.mkdir()
        time.sleep(0.01)
        mark.rmdir()
"""
    with ExitStack() as stack:
        arguments = [sys.executable, "-c", code, str(path), str(path.parent.parent / "mark")]
        path.parent.mkdir(parents=True)
        started = [stack.enter_context(subprocess.Popen(arguments, stderr=subprocess.PIPE)) for _ in range(4)]
        for process in started:
            assert process.wait(60) == 0, process.stderr.read().decode() if process.stderr else ""


def test_a_program_started_by_the_owner_does_not_inherit_it(path: Path) -> None:
    with OwnerLock(path):
        child = subprocess.Popen(["sleep", "60"])
    try:
        OwnerLock(path).acquire(0)
    finally:
        child.kill()
        child.wait()


def test_taking_twice_and_giving_back_twice_does_no_harm(path: Path) -> None:
    lock = OwnerLock(path)
    lock.acquire()
    lock.acquire(0)
    lock.release()
    lock.release()
    with OwnerLock(path):
        assert path.read_text() == f"{os.getpid()}\n"
        assert path.stat().st_mode & 0o077 == 0
