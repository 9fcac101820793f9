"""One owner of an embedded store, readers included: a file lock taken before the store is opened.

Measured with Chroma 1.5.9: readers beside a writer crashed, and one run left the store unreadable for good (docs/decisions/0002).
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from types import TracebackType

from corpus import LockedError

#: Seconds a command waits for another one to finish.
PATIENCE = 10.0


class OwnerLock:
    """An exclusive `flock` on a file that holds the owner's process number. The system frees it when the process ends, however it ends."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._file: int | None = None

    def acquire(self, patience: float | None = None) -> None:
        """Take the lock. Raises LockedError, naming the owner's pid, when it is not free within `patience` seconds."""
        patience = self._patience if patience is None else patience
        if self._file is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    pid = _read_pid(file)
                    os.close(file)
                    who = f"process {pid}" if pid else "another process"
                    raise LockedError(
                        f"the search data is in use by {who}", pid=pid, where=str(self._path), remedy="Wait until it has finished, or stop it"
                    ) from None
                time.sleep(0.05)
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def __enter__(self) -> OwnerLock:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


class WriterLock:
    """Held by whoever changes a built index: one thread of one process at a time. Entered again by its holder, it counts.

    An embedded store has one owner anyway; with a Chroma server several processes work on one home, and several homes on one collection: `homes`
    makes a block that one of them at a time is in. Raises LockedError on entering when another process does not finish within `patience` seconds.
    """

    def __init__(self, path: Path, patience: float = PATIENCE, homes: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._threads = threading.RLock()
        self._processes = OwnerLock(path)
        self._patience = patience
        self._homes = homes
        self._held = ExitStack()
        self._depth = 0

    def __enter__(self) -> None:
        self._threads.acquire()
        if self._depth == 0:
            try:
                self._processes.acquire(self._patience)
                try:
                    self._held.enter_context(self._homes())
                except BaseException:
                    self._processes.release()
                    raise
            except BaseException:
                self._threads.release()
                raise
        self._depth += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._depth -= 1
        try:
            if self._depth == 0:
                self._held.close()
        finally:
            if self._depth == 0:
                self._processes.release()
            self._threads.release()


def _read_pid(file: int) -> int | None:
    text = os.pread(file, 20, 0).decode(errors="replace").strip()
    return int(text) if text.isdigit() else None
