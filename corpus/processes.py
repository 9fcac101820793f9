"""Other processes of this machine."""

from __future__ import annotations

import os
from pathlib import Path


def alive(pid: int) -> bool:
    """Whether a process with this number runs, whoever it belongs to."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def mark_of(pid: int) -> str:
    """A process by its number and, where the system tells it, when it began: numbers are used again, in a container at once."""
    try:
        began = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        began = ""
    return f"{pid}:{began}"


def runs(mark: str) -> bool:
    """Whether the process of a mark still runs."""
    pid, _, began = mark.partition(":")
    return pid.isdecimal() and alive(int(pid)) and (not began or mark_of(int(pid)) == mark)
