"""How latency, memory, disk and sync time grow with the number of passages.

    python benchmarks/bench_growth.py [SHARED] [--sizes 1000 10000 100000] [--queries 60]

One synthetic home (benchmarks/synthetic.py) grows from size to size; sync seconds are those of the records added, without embedding. Each size is
searched under the default configuration by a fresh process, whose peak memory is its own; beside it, in turns, goes the bare Chroma query with
query encoding. The largest size of docs/figures, 300,000, takes some ten minutes more: name it in --sizes. SHARED is not used.
Writes docs/figures/growth.json and .svg.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from bench_search import timed
from measuring import Parts, SyntheticHome, disk_bytes, keep, machine, percentiles, plot, questions

from corpus import Library
from index import IndexHome

BARE, SEARCH = "query encoding + bare Chroma query", "search, default configuration"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measured(given.measure, given.queries)))
        return 0
    rows = []
    with tempfile.TemporaryDirectory() as name:
        home = SyntheticHome(Path(name), Parts())
        for size in sorted(given.sizes):
            report = home.grow(size)
            command = [sys.executable, __file__, "--measure", name, "--queries", str(given.queries)]
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            disk = {"library_mb": round(disk_bytes(home.folder) / 1e6), "index_mb": round(disk_bytes(home.folder / "index") / 1e6)}
            disk["library_mb"] -= disk["index_mb"]
            rows.append(
                {"passages": report.total, "added": report.embedded, "sync_seconds": round(report.seconds, 2), **disk, **found, "load": machine()["load"]}
            )
            print(json.dumps(rows[-1]), flush=True)
        home.library.close()
    keep("growth", {"queries": given.queries, "rows": rows})
    draw(rows)
    return 0


def draw(rows: list[dict[str, Any]]) -> None:
    """The plot of the rows of docs/figures/growth.json."""
    places = [row["passages"] for row in rows]
    latency = {f"{key}, {part}": [row["milliseconds"][key][part] for row in rows] for key in (BARE, SEARCH) for part in ("p50", "p95")}
    size = {"memory of a searching process": [row["peak_mb"] for row in rows], "search data on disk": [row["index_mb"] for row in rows]}
    each = {"sync": [row["added"] / row["sync_seconds"] for row in rows]}
    panels = [("milliseconds", latency, places), ("MB", size, places), ("passages stored a second, without embedding", each, places)]
    plot("growth", "Growth with the number of passages", panels)


def measured(folder: Path, queries: int) -> dict[str, Any]:
    """Milliseconds over a home, and the peak memory of this process."""
    parts = Parts()
    library, indexes = Library(f"sqlite:///{folder / 'library.sqlite'}"), IndexHome(folder / "index")
    searcher, vectors = parts.searcher(library, indexes), indexes.open(parts.spec).vectors
    ways = {BARE: lambda query: vectors.bare_query(parts.encoder.encode([query])[0], 10), SEARCH: searcher.search}
    seconds = timed(ways, questions(queries), 1)
    indexes.close()
    library.close()
    return {
        "milliseconds": {key: percentiles(values) for key, values in seconds.items()},
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000,
    }


if __name__ == "__main__":
    sys.exit(main())
