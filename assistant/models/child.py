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
from assistant.models.processes import module_command, module_environment
from corpus.errors import UnavailableError

ALIAS = "embedded"
_STOP_SECONDS = 2.0
_HEALTH_SECONDS = 5.0
_MOST_THREADS = 8


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
            if child is not None and child.address and not child.ended.is_set():
                return self._address_of(child)
            if child is not None and child.ended.is_set() and not child.asked_to_stop and child.address:
                self._backoff.crashed(child.reason())
            self._child = None
            time.sleep(self._backoff.pause_seconds())
            self._child = child = self._start()
            return self._address_of(child)

    def stop(self) -> None:
        """End the child, also while it is starting; a later `endpoint()` starts another."""
        child = self._child
        if child is not None:
            child.stop()

    def _start(self) -> _Child:
        _check_file(self.gguf)
        command = module_command(
            "assistant.models.serve_gguf",
            f"--owner={os.getpid()}",
            f"--gguf={self.gguf.absolute()}",
            f"--alias={ALIAS}",
            f"--context-tokens={self._context_tokens}",
            f"--threads={self._threads}",
        )
        self._child = child = _Child(command, secrets.token_urlsafe(32), self._log)
        child.start()
        in_time = child.settled.wait(self._start_seconds)
        if child.address and _answers(child.address):
            return child
        reason = child.failure or (child.reason() if in_time else f"no answer within {self._start_seconds:.0f} s")
        child.stop()
        if child.stopped_by_owner_before_ready:
            raise UnavailableError("The embedded model was stopped while it started", where=str(self.gguf))
        self._backoff.crashed(reason)
        remedy = "If the file is damaged, run `florilegium model install embedded` again; else try a smaller model"
        raise UnavailableError(f"The embedded model could not be started: {reason}", where=str(self.gguf), remedy=remedy)

    def _address_of(self, child: _Child) -> Endpoint:
        return Endpoint(f"{child.address}/v1", child.key, ALIAS)
