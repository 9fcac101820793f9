"""Child processes of this package: the command that starts one, and waiting for one while watching and cancelling."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.models.progress import Cancelled, stop_if_cancelled

_HERE = Path(__file__).resolve().parent
_POLL_SECONDS = 0.2


def child_command(script: str, *arguments: str) -> list[str]:
    """Give the command that runs a script of this folder as a child that ends with this process.

    It needs a pipe as standard input. -P keeps this folder's files from shadowing modules of the same names.
    """
    return [sys.executable, "-P", str(_HERE / "owner.py"), str(os.getpid()), str(_HERE / script), *arguments]


def run_watched(
    command: Sequence[str],
    *,
    environment: dict[str, str],
    log: Path,
    cancelled: Cancelled,
    watch: Callable[[], None] = lambda: None,
    limit_seconds: float = float("inf"),
) -> int | None:
    """Run `command` to its end and return its exit status, or None where it was stopped after `limit_seconds`.

    Its output goes to the file `log`. A few times a second `watch` is called, and `cancelled` asked (raises InstallCancelled).
    The child's standard input closes when this process ends, by which our own children know that they are alone.
    """
    deadline = time.monotonic() + limit_seconds
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=environment) as process,
    ):
        try:
            while True:
                watch()
                stop_if_cancelled(cancelled, str(log.parent))
                if time.monotonic() > deadline:
                    return None
                try:
                    return process.wait(_POLL_SECONDS)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            if process.poll() is None:
                process.kill()


def last_line(log: Path) -> str:
    """Give the last line that says something in a child's log, or an empty text."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    return next((line[:300] for line in reversed(lines) if line), "")
