"""Run inside a child process: end when the process that started it ends, even by kill -9."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading

_PR_SET_PDEATHSIG = 1
"""Linux, prctl(2): send the caller this signal when the thread that started it ends."""


def tie_to_owner(owner: int) -> threading.Thread:
    """Tie this process to process `owner`, its parent, and give the thread that waits for the owner's end.

    Two ties, since each has a gap: the kernel's signal (Linux only, but it works while native code holds the interpreter) and the
    end of standard input (everywhere, but a process forked by the owner can hold the other end open).
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != owner:
        os._exit(0)
    watchdog = threading.Thread(target=_exit_at_end_of_input, name="owner-watchdog", daemon=True)
    watchdog.start()
    return watchdog


def _exit_at_end_of_input() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)
