"""Child processes of this package: where they import from, and waiting for one while watching and cancelling."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.models.progress import Cancelled, stop_if_cancelled

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_POLL_SECONDS = 0.2


def module_command(module: str, *arguments: str) -> list[str]:
    """Give the command that runs `module` of this program; -P keeps the working folder from shadowing it."""
    return [sys.executable, "-P", "-m", module, *arguments]


def module_environment(**extra: str) -> dict[str, str]:
    """Give this process's environment with `extra`, in which `module_command` finds this program's packages."""
    paths = [str(_PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **extra}


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
                stop_if_cancelled(cancelled, " ".join(command[-1:]))
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
