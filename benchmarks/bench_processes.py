"""Commands as whole processes over 10,000 passages: cold `search`, `search` through a live `serve`, and `sync` of an unchanged library.

    python benchmarks/bench_processes.py [SHARED] [--passages 10000] [--times 5] [--port 7899]

The baseline, taking turns with them, is a process that does nothing but import Chroma. Peak memory is that of the process (of `serve`: its own).
SHARED is not used. Writes docs/figures/processes.json and .svg.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from measuring import Parts, SyntheticHome, keep, plot, questions

_FLORILEGIUM = [sys.executable, "-c", "from ui.cli import main; main()"]
_SERVE_PATIENCE = 300.0
_LOOK = 0.01  # seconds between looks at a running process
BARE, COLD, RESYNC, LIVE = "import chromadb", "search, cold", "sync, nothing changed", "search through serve"
WANTED = {COLD: 3.0, RESYNC: 3.0, LIVE: 1.0}


class Ran(NamedTuple):
    """A finished process: seconds, peak memory in bytes, what it printed."""

    seconds: float
    peak: int
    printed: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?")
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--port", type=int, default=7899)
    given = parser.parse_args()
    runs: dict[str, list[Ran]] = {BARE: [], COLD: [], RESYNC: [], LIVE: []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = SyntheticHome(folder, Parts())
        home.grow(given.passages)
        home.library.close()
        for query in questions(given.times):
            runs[BARE].append(run([sys.executable, "-c", "import chromadb"]))
            runs[COLD].append(run([*_FLORILEGIUM, "--home", name, "search", query, "--json"]))
            runs[RESYNC].append(run([*_FLORILEGIUM, "--home", name, "sync", "--json"]))
            assert json.loads(runs[RESYNC][-1].printed)["passages"]["embedded"] == 0
        serve = subprocess.Popen([*_FLORILEGIUM, "--home", name, "serve", "--port", str(given.port)], stdout=subprocess.DEVNULL)
        try:
            wait_for(folder / "run" / "serve.json", serve)
            for query in questions(given.times):
                runs[LIVE].append(run([*_FLORILEGIUM, "--home", name, "search", query, "--json"]))
            peak = peak_of(serve.pid)
        finally:
            serve.terminate()
            serve.wait()
    rows = {
        key: {"seconds": [round(each.seconds, 3) for each in values], "peak_mb": round(max(each.peak for each in values) / 1e6)} for key, values in runs.items()
    }
    bare = sorted(rows[BARE]["seconds"])[given.times // 2]
    for key, row in rows.items():
        middle = sorted(row["seconds"])[given.times // 2]
        wanted = f" (wanted: {WANTED[key]:.0f} s)" if key in WANTED else ""
        print(f"{key}: median {middle:.2f} s, {middle / bare:.2f} x importing Chroma alone, peak {row['peak_mb']} MB{wanted}")
    print(f"serve: peak {peak / 1e6:.0f} MB")
    keep("processes", {"passages": given.passages, "processes": rows, "serve_peak_mb": round(peak / 1e6)})
    medians = [sorted(row["seconds"])[given.times // 2] for row in rows.values()]
    panels = [("seconds, median", {"": medians}, list(rows)), ("peak MB", {"": [row["peak_mb"] for row in rows.values()]}, list(rows))]
    plot("processes", f"Commands as whole processes, {given.passages:,} passages", panels, bars=True)
    return 0


def run(command: list[str]) -> Ran:
    """Run a command to its end; its time from start to end, and its peak memory (looked at while it runs: rusage would count this process's own)."""
    began, peak = time.perf_counter(), 0
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(command, stdout=printed, cwd=Path(__file__).parent.parent)
        while process.poll() is None:
            with contextlib.suppress(OSError, StopIteration):
                peak = max(peak, peak_of(process.pid))
            time.sleep(_LOOK)
        seconds = time.perf_counter() - began
        assert process.returncode == 0, command
        printed.seek(0)
        return Ran(seconds, peak, printed.read())


def wait_for(note: Path, serve: subprocess.Popen[bytes]) -> None:
    """Wait until a `serve` says where it is."""
    deadline = time.monotonic() + _SERVE_PATIENCE
    while not note.is_file():
        assert serve.poll() is None, "serve ended"
        assert time.monotonic() < deadline, "serve did not start"
        time.sleep(0.2)
    time.sleep(5)  # it goes on to load what the first question would wait for


def peak_of(pid: int) -> int:
    """Peak memory of a running process, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    sys.exit(main())
