"""The embedded model's child process, seen from its owner: a crash or lack of memory in native code stays over there."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from assistant.models.backoff import Backoff
from assistant.models.processes import child_command
from assistant.models.serve_gguf import KEY_VARIABLE
from corpus.errors import UnavailableError

ALIAS = "embedded"
_STOP_SECONDS = 2.0
_HEALTH_SECONDS = 5.0
_MOST_THREADS = 8
_ENVIRONMENT = {"OMP_WAIT_POLICY": "PASSIVE"}
"""Threads that have to wait for each other sleep and do not spin. Measured on two busy cores: 8.7 tokens/s, and 0.6 with spinning."""


@dataclass(frozen=True)
class Endpoint:
    """Where an OpenAI-compatible server answers: `base_url` ends in /v1, `model` is the name to ask for."""

    base_url: str
    api_key: str = field(repr=False)
    model: str


class EmbeddedServer:
    """Serves one GGUF file from a child process that is started on first use, restarted after a crash, and ends with its owner.

    `context_tokens` is the room for prompt and answer together; `threads` None means one for each processor this process may use
    (at most 8). `log` takes the child's warnings (nowhere when None). `start_seconds` bounds a start, loading included.
    All methods may be called from any thread.
    """

    def __init__(
        self,
        gguf: Path,
        *,
        context_tokens: int = 4096,
        threads: int | None = None,
        log: Path | None = None,
        start_seconds: float = 60.0,
    ) -> None:
        self.gguf = gguf
        self._context_tokens = context_tokens
        self._threads = threads or min(_MOST_THREADS, _processors())
        self._log = log
        self._start_seconds = start_seconds
        self._starting = threading.Lock()
        self._backoff = Backoff()
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        """Give itself; nothing is started yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop the child."""
        self.stop()

    @property
    def pid(self) -> int | None:
        """The child's process id, or None where none runs."""
        child = self._child
        return child.pid if child is not None and not child.ended.is_set() else None

    def endpoint(self) -> Endpoint:
        """Give the address of a server that answers, starting it where needed (seconds). It changes with each start.

        Raises UnavailableError when the file is missing or damaged, the start takes too long, or it crashed too often.
        """
        with self._starting:
            child = self._child
            if child is not None and not child.ended.is_set():
                return _endpoint_of(child)
            if child is not None and not child.asked_to_stop:
                self._backoff.crashed(child.end())
            self._child = None
            time.sleep(self._backoff.pause_seconds())
            return _endpoint_of(self._start())

    def stop(self) -> None:
        """End the child, also while it is starting; a later `endpoint()` starts another."""
        child = self._child
        if child is not None:
            child.stop()

    def _start(self) -> _Child:
        _check_file(self.gguf)
        command = child_command(
            "serve_gguf.py",
            f"--gguf={self.gguf.absolute()}",
            f"--alias={ALIAS}",
            f"--context-tokens={self._context_tokens}",
            f"--threads={self._threads}",
        )
        self._child = child = _Child(command, secrets.token_urlsafe(32), self._log)
        in_time = child.settled.wait(self._start_seconds)
        if child.address and _answers(child.address):
            return child
        stopped_by_owner = child.asked_to_stop
        child.stop()
        self._child = None
        if stopped_by_owner:
            raise UnavailableError("The embedded model was stopped while it started", where=str(self.gguf))
        reason = (child.failure or child.end()) if in_time else f"no answer within {self._start_seconds:.0f} s"
        self._backoff.crashed(reason)
        remedy = "If the file is damaged, run `florilegium model install embedded` again; else choose a smaller model"
        raise UnavailableError(f"The embedded model could not be started: {reason}", where=str(self.gguf), remedy=remedy)


class _Child:
    """One life of the child process.

    A thread of its own starts it and waits for its end, because Linux counts the starting *thread* as the parent whose end the
    child is to follow: started from a passing request's thread, it would end with that request.
    """

    def __init__(self, command: list[str], key: str, log: Path | None) -> None:
        self.key = key
        self.pid: int | None = None
        self.address = ""
        self.failure = ""
        self.asked_to_stop = False
        self.settled = threading.Event()  # it answers, or it never will
        self.ended = threading.Event()
        self._status: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Lock()
        threading.Thread(target=self._live, args=(command, log), name="embedded-model", daemon=True).start()

    def stop(self) -> None:
        """Ask the process to end by closing its input, and kill it where it does not."""
        self.asked_to_stop = True
        with self._stopping:
            process = self._process
            if process is None:  # not started yet: the thread sees the wish
                return
            with contextlib.suppress(OSError):
                _pipe(process.stdin).close()
            if not self.ended.wait(_STOP_SECONDS):
                process.kill()
                self.ended.wait(_STOP_SECONDS)

    def end(self) -> str:
        """Say in a few words how the process ended."""
        if self._status is None:
            return self.failure or "the process did not start"
        if self._status < 0:
            hint = "; perhaps memory ran out" if -self._status == signal.SIGKILL else ""
            return f"the process was ended by {signal.Signals(-self._status).name}{hint}"
        return f"the process ended with status {self._status}"

    def _live(self, command: list[str], log: Path | None) -> None:
        try:
            with contextlib.ExitStack() as stack:
                errors: IO[bytes] | int = stack.enter_context(log.open("ab")) if log else subprocess.DEVNULL
                self._process = process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env={**os.environ, **_ENVIRONMENT, KEY_VARIABLE: self.key},
                    start_new_session=True,  # Ctrl-C goes to the owner, which then ends the child in order
                )
            self.pid = process.pid
            with process:
                self._talk(process)
                self._status = process.wait()
        except (OSError, ValueError) as error:  # ValueError: the answer is no JSON
            self.failure = self.failure or str(error)
        finally:
            self.ended.set()
            self.settled.set()

    def _talk(self, process: subprocess.Popen[bytes]) -> None:
        """Take the one line that the child answers with."""
        if self.asked_to_stop:
            process.kill()
            return
        line = _pipe(process.stdout).readline()
        answer = json.loads(line) if line.strip() else {}
        self.failure = answer.get("failed", "")
        self.address = answer.get("url", "")
        if self.address:
            self.settled.set()


def _endpoint_of(child: _Child) -> Endpoint:
    return Endpoint(f"{child.address}/v1", child.key, ALIAS)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise OSError("the child has no pipe")
    return stream


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _check_file(gguf: Path) -> None:
    """Refuse at once what cannot be a model file. Raises UnavailableError."""
    try:
        with gguf.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        remedy = "Check the path, or run `florilegium model install embedded`"
        raise UnavailableError(f"The model file cannot be read: {error.strerror}", where=str(gguf), remedy=remedy) from error
    if magic != b"GGUF":
        remedy = "Give the path of a GGUF file, or run `florilegium model install embedded` again"
        raise UnavailableError("The model file is damaged or not a GGUF file", where=str(gguf), remedy=remedy)


def _answers(address: str) -> bool:
    """Whether the server says that it is well. Proxies from the environment are not for this machine's own loopback."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/health", timeout=_HEALTH_SECONDS) as response:
            return bool(response.status == 200)
    except OSError:
        return False
