"""Warm `search` against query encoding and a bare Chroma query over the same vectors, and what each part of the default costs and gains.

    python benchmarks/bench_search.py [SHARED] [--passages 10000] [--queries 60] [--rounds 3]

Every query is asked of each way before the next one is, so that all ways meet the same machine. The first round, in which caches fill, is not
counted. Passages are synthetic (benchmarks/synthetic.py), queries and their encoder real. "Plain fusion" is the configuration with neither
smoothing nor centring. The bare query asks Chroma for 10 passages with their distances. SHARED is not used; the gains in nDCG@10 are those of
docs/figures/retrieval.json (means over cranfield, cisi and med). Writes docs/figures/search.json and .svg, and the table to stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from measuring import FIGURES, Parts, SyntheticHome, keep, percentiles, plot, questions

from index import IndexHome

_PLAIN: dict[str, Any] = {"smoothing": 0, "centring": 0}
#: Settings by the name their row has in docs/figures/retrieval.json.
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "default": {},
    "without smoothing": {"smoothing": 0},
    "without centring": {"centring": 0},
    "without either (z-scores 0.55/0.45 alone)": _PLAIN,
    "reciprocal rank fusion (60), alone": {**_PLAIN, "fusion": "rrf", "dense_weight": 1, "lexical_weight": 1},
    "dense leg alone": {**_PLAIN, "dense_weight": 1, "lexical_weight": 0},
    "lexical leg alone": {**_PLAIN, "dense_weight": 0, "lexical_weight": 1},
    "depths halved (100 passages, 50 records)": {"dense_depth": 100, "candidates": 50},
    "depths doubled (400 passages, 200 records)": {"dense_depth": 400, "candidates": 200},
}
BARE, PLAIN = "query encoding + bare Chroma query", "without either (z-scores 0.55/0.45 alone)"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?")
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    parts = Parts()
    with tempfile.TemporaryDirectory() as name:
        home = SyntheticHome(Path(name), parts)
        home.grow(given.passages)
        indexes = IndexHome(home.folder / "index")
        asked = indexes.open(parts.spec).vectors
        searchers = {key: parts.searcher(home.library, indexes, **settings) for key, settings in CONFIGURATIONS.items()}
        ways: dict[str, Callable[[str], Any]] = {
            "query encoding": lambda query: parts.encoder.encode([query]),
            BARE: lambda query: asked.bare_query(parts.encoder.encode([query])[0], 10),
            **{key: searcher.search for key, searcher in searchers.items()},
        }
        seconds = timed(ways, questions(given.queries), given.rounds)
        indexes.close()
        home.library.close()
    rows = {key: {**percentiles(values), "ratio_p50": 0.0, "ratio_p95": 0.0} for key, values in seconds.items()}
    for row in rows.values():
        row.update(ratio_p50=round(row["p50"] / rows[BARE]["p50"], 2), ratio_p95=round(row["p95"] / rows[BARE]["p95"], 2))
    print_table(rows, gains())
    print(f"\nplain fusion p95 {rows[PLAIN]['ratio_p95']} x bare (wanted: 1.5); default p95 {rows['default']['ratio_p95']} x bare (wanted: 3)")
    keep("search", {"passages": given.passages, "queries": given.queries, "rounds": given.rounds, "milliseconds": rows})
    plot("search", f"Warm search, {given.passages:,} passages", [("milliseconds, p95", {"": [row["p95"] for row in rows.values()]}, list(rows))], bars=True)
    return 0


def timed(ways: dict[str, Callable[[str], Any]], queries: list[str], rounds: int) -> dict[str, list[float]]:
    """Seconds of each way for each query, in every round but the first."""
    found: dict[str, list[float]] = {key: [] for key in ways}
    for turn in range(rounds + 1):
        for query in queries:
            for key, way in ways.items():
                began = time.perf_counter()
                way(query)
                if turn:
                    found[key].append(time.perf_counter() - began)
    return found


def gains() -> dict[str, float]:
    """Mean nDCG@10 over the three classic collections, by configuration, as last measured."""
    path = FIGURES / "retrieval.json"
    table = json.loads(path.read_text()) if path.is_file() else {}
    sets = ("cranfield", "cisi", "med")
    return {
        key: sum(row[one]["measures"]["nDCG@10"] for one in sets) / 3 for key, row in table.items() if isinstance(row, dict) and all(s in row for s in sets)
    }


def print_table(rows: dict[str, dict[str, float]], ndcg: dict[str, float]) -> None:
    print("| way | nDCG@10 | against default | ms p50 | ms p95 | p50 / bare | p95 / bare |\n|---|---:|---:|---:|---:|---:|---:|")
    for key, row in rows.items():
        gain = f"{ndcg[key]:.4f} | {ndcg[key] - ndcg['default']:+.4f}" if key in ndcg else " | "
        print(f"| {key} | {gain} | {row['p50']:.1f} | {row['p95']:.1f} | {row['ratio_p50']:.2f} | {row['ratio_p95']:.2f} |")


if __name__ == "__main__":
    sys.exit(main())
