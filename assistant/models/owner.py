"""Run as a child process: run one of this folder's scripts, and end when the process that started it ends, even by kill -9.

Command line: the owner's process id, the script, the script's own arguments. Called by path and not as a module, so that a child
imports neither the rest of the program nor what the rest of the program imports.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys
import threading

_PR_SET_PDEATHSIG = 1
"""Linux, prctl(2): send the caller this signal when the thread that started it ends."""


def tie_to_owner(owner: int) -> None:
    """Tie this process to process `owner`, its parent.

    Two ties, since each has a gap: the kernel's signal (Linux only, but it works while native code holds the interpreter) and the
    end of standard input (everywhere, but a process forked by the owner can hold the other end open).
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != owner:
        os._exit(0)
    threading.Thread(target=_exit_at_end_of_input, name="owner-watchdog", daemon=True).start()


def _exit_at_end_of_input() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    tie_to_owner(int(sys.argv[1]))
    del sys.argv[:2]
    runpy.run_path(sys.argv[0], run_name="__main__")
