"""Finding measured on the shared test sets, with each part of the default configuration switched off: quality and milliseconds side by side.

    FLORILEGIUM_HOME=/tmp/labhome python benchmarks/bench_retrieval.py ../shared > table.md

Runs what `florilegium lab run` runs. Writes the table section of docs/retrieval.md to stdout as Markdown, and the figures behind it to
docs/figures/retrieval.json. Without the shared data it says so and ends.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

# One thread for numpy's small products: on two busy cores OpenBLAS's two threads wait for each other (smoothing 24 ms instead of 0.4).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from index import SearchConfig
from index.lab import COMPARED_MEASURES, Lab, Measured, RunResult, measure, parse_measures, read_set
from index.lab.compare import randomisation_test
from ui.settings import load_settings
from ui.wiring import Workshop, open_library

ROOT = Path(__file__).parent.parent
FIGURES = ROOT / "docs" / "figures" / "retrieval.json"
MAIN = ("cranfield", "cisi", "med")
SETS = (*MAIN, "pubmedqa")
_PLAIN = {"smoothing": "0", "centring": "0"}  # rarity stays: it costs no time
_DENSE, _LEXICAL = {"lexical_weight": "0", "dense_weight": "1"}, {"dense_weight": "0", "lexical_weight": "1"}
#: What is changed in the default configuration, by the row's name. The last two need an index of their own.
VARIANTS: dict[str, dict[str, str]] = {
    "default": {},
    "without smoothing": {"smoothing": "0"},
    "without centring": {"centring": "0"},
    "without rarity (BM25's own idf alone)": {"rarity": "0"},
    "full centring": {"centring": "1"},
    "without either (z-scores 0.55/0.45 alone)": _PLAIN,
    "reciprocal rank fusion (60), alone": {**_PLAIN, "fusion": "rrf", "dense_weight": "1", "lexical_weight": "1"},
    "reciprocal rank fusion (60), smoothed": {"centring": "0", "fusion": "rrf", "dense_weight": "1", "lexical_weight": "1"},
    "dense leg alone": {**_PLAIN, **_DENSE},
    "dense leg, centred and smoothed": _DENSE,
    "lexical leg alone": {**_PLAIN, **_LEXICAL},
    "lexical leg, smoothed": _LEXICAL,
    "5 neighbours": {"neighbours": "5"},
    "20 neighbours": {"neighbours": "20"},
    "depths halved (100 passages, 50 records)": {"dense_depth": "100", "candidates": "50"},
    "depths doubled (400 passages, 200 records)": {"dense_depth": "400", "candidates": "200"},
    "title once in the lexical index": {"title_times": "1"},
    "no title before the passages": {"title_rule": "none"},
}
#: The variants run on the sets beside the main ones too (pubmedqa has a thousand queries).
CORE = (*list(VARIANTS)[:7], "dense leg alone", "lexical leg alone", "title once in the lexical index")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?", type=Path, default=ROOT.parent / "shared", help="the shared folder")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS), help="at least one of the first three")
    parser.add_argument("--fast", action="store_true", help="leave out the variants that need an index of their own")
    given = parser.parse_args()
    folder = given.shared / "data" / "retrieval"
    if not folder.is_dir():
        print(f"No shared data in {folder}: nothing was measured.", file=sys.stderr)
        return 0
    settings = load_settings()
    library = open_library(settings, create=True)
    workshop = Workshop(settings, library).open(patience=60)
    try:
        rows = measured(workshop, [folder / name for name in given.sets], fast=given.fast)
    finally:
        workshop.close()
        library.close()
    print_tables(rows, given.sets)
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(as_data(rows), indent=1) + "\n")
    return 0


Rows = dict[str, dict[str, tuple[RunResult, Measured]]]


def measured(workshop: Workshop, folders: list[Path], *, fast: bool) -> Rows:
    """Each variant on each set; variants of one index follow each other."""
    workshop.encoder.query.encode(["ready"])
    lab = Lab(workshop.index_home, workshop.configurations.packaged_model, workshop.encoder)
    default, names = workshop.configurations.default().search, parse_measures(COMPARED_MEASURES)
    rows: Rows = {name: {} for name in VARIANTS}
    for folder in folders:
        chosen = read_set(folder)
        for name, settings in VARIANTS.items():
            config: SearchConfig = default.changed(settings)
            if (fast and config.spec != default.spec) or (folder.name not in MAIN and name not in CORE):
                continue
            began = time.monotonic()
            result = lab.run(chosen, config, name)
            rows[name][folder.name] = (result, measure(result.rankings, chosen.judgements, names))
            ndcg = rows[name][folder.name][1].means["nDCG@10"]
            print(f"{folder.name:<10} {name:<45} {ndcg:.4f}  {result.embedded:>5} embedded  {time.monotonic() - began:6.1f} s", file=sys.stderr, flush=True)
    return {name: row for name, row in rows.items() if row}


def print_tables(rows: Rows, sets: list[str]) -> None:
    default = rows["default"]
    main_sets = [name for name in MAIN if name in sets]
    cores, load = os.cpu_count(), os.getloadavg()[2]
    print("nDCG@10, and milliseconds a query took, encoding included (mean over the sets the mean is of; one query at a time).")
    print(f"The machine had {cores} cores and other work beside this: its load average was {load:.1f}.\n")
    print(f"| configuration | {' | '.join(sets)} | mean of {len(main_sets)} | against default | ms p50 | ms p95 |")
    print("|---|" + "---:|" * (len(sets) + 4))
    base = mean_of(default, main_sets)
    for name, row in rows.items():
        cells = [f"{row[one][1].means['nDCG@10']:.4f}{mark(default[one][1], row[one][1])}" if one in row else "" for one in sets]
        mean = mean_of(row, main_sets)
        p50, p95 = (sum(row[one][0].query_seconds(percent) for one in main_sets) / len(main_sets) * 1000 for percent in (50, 95))
        print(f"| {name} | {' | '.join(cells)} | {mean:.4f} | {mean - base:+.4f} | {p50:.1f} | {p95:.1f} |")
    print("\n`*`: differs from the default (p <= 0.05, paired randomisation test over queries, 10,000 sign flips, not corrected for the number of rows).\n")
    print("The default configuration:\n")
    measures = list(next(iter(default.values()))[1].means)
    print(f"| set | queries | passages | {' | '.join(measures)} | ms p50 | ms p95 |\n|---|" + "---:|" * (len(measures) + 4))
    for one in sets:
        result, found = default[one]
        figures = " | ".join(f"{found.means[name]:.4f}" for name in measures)
        p50, p95 = (result.query_seconds(percent) * 1000 for percent in (50, 95))
        print(f"| {one} | {len(result.rankings):,} | {result.passages:,} | {figures} | {p50:.1f} | {p95:.1f} |")


def mean_of(row: dict[str, tuple[RunResult, Measured]], sets: list[str]) -> float:
    return sum(row[name][1].means["nDCG@10"] for name in sets) / len(sets)


def mark(default: Measured, other: Measured) -> str:
    differences = [b - a for a, b in zip(default.values("nDCG@10"), other.values("nDCG@10"), strict=True)]
    return " *" if randomisation_test(differences) <= 0.05 else ""


def as_data(rows: Rows) -> dict[str, object]:
    """Every figure of the tables, and the configurations' hashes."""
    return {
        name: {
            one: {
                "config": result.config_hash,
                "set": result.set_hash,
                "passages": result.passages,
                "measures": found.means,
                "query_p50": round(result.query_seconds(50), 5),
                "query_p95": round(result.query_seconds(95), 5),
            }
            for one, (result, found) in row.items()
        }
        for name, row in rows.items()
    }


if __name__ == "__main__":
    sys.exit(main())
