"""The lab at size: two configurations over many queries, compared, with a judge's next record beside it; time and memory.

    python benchmarks/bench_lab.py [--queries 1000] [--records 5000] [--judged 20]

The library is synthetic (benchmarks/synthetic.py), the query encoder real. A query is eight words of one record's text, which is graded 3; further
records of the first results are graded 0 or 1 by chance, so that the measures have something to count. Figures say what the lab costs, nothing of
how well anything is found. Writes docs/figures/lab.json and the table to stdout.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from measuring import Parts, SyntheticHome, keep, percentiles
from synthetic import PASSAGES_EACH

from corpus.lab import Judgement, TestQuery
from corpus.lab.queue import next_pair
from ui.engine import LocalEngine
from ui.lab import compare, make_pool, report_html
from ui.settings import load_settings
from ui.wiring import Workshop

_SET = "bench"
_KEYS = 50


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--judged", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = SyntheticHome(Path(folder), Parts())
        home.grow(given.records * PASSAGES_EACH)
        settings = load_settings(Path(folder)).model_copy(update={"model": "quotes"})
        engine = LocalEngine(Workshop(settings, home.library).open(patience=5))
        figures = measured(engine, given.queries, given.judged)
        engine.close()
    figures |= {"records": given.records, "queries": given.queries, "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}
    for name, value in figures.items():
        print(f"{name}: {value}")
    keep("lab", figures)
    return 0


def measured(engine: LocalEngine, queries: int, judged: int) -> dict[str, Any]:
    library, draw = engine.library, random.Random(0)  # noqa: S311 - no secret
    engine.workshop.configurations.create("dense", {"lexical_weight": "0"})
    records = list(library.iterate())
    library.sets.create(_SET)
    chosen = [draw.choice(records) for _ in range(queries)]
    library.sets.put(_SET, [TestQuery(f"q{n}", " ".join(draw.sample(record.abstract.split(), 8))) for n, record in enumerate(chosen)])
    library.judgements.add(_SET, [Judgement(f"q{n}", record.id, 3, "rule") for n, record in enumerate(chosen)])
    baseline = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    runs = {}
    for name in ("dense", "default"):
        began = time.perf_counter()
        done = engine.lab_run(_SET, name, "", {}, reason="compare")
        runs[name] = {"seconds": round(time.perf_counter() - began, 1), "query_p50_ms": round(1000 * done["report"]["seconds"]["query_p50"], 1)}
        for query_id, pairs in library.runs.get(done["run"])[1].items():
            library.judgements.add(
                _SET, [Judgement(query_id, one, draw.randint(0, 1), "rule") for one, _ in pairs[: judged // 2] if one != chosen[int(query_id[1:])].id]
            )
    began = time.perf_counter()
    report = compare(engine, _SET, ["dense", "default"])
    compared = time.perf_counter() - began
    began = time.perf_counter()
    page = report_html(report)
    rendered = time.perf_counter() - began
    make_pool(engine, _SET, ["dense", "default"], depth=20)
    keys = []
    for _ in range(_KEYS):
        began = time.perf_counter()
        pair = next_pair(library, _SET, "ann")
        assert pair is not None
        library.judgements.add(_SET, [Judgement(pair.query.id, pair.review.id, 1, "ann")])
        keys.append(time.perf_counter() - began)
    return {
        "runs": runs,
        "compare_kept_runs_seconds": round(compared, 1),
        "report_seconds": round(rendered, 2),
        "report_kb": len(page) // 1024,
        "judgements": len(library.judgements.of(_SET)),
        "judge_a_record_ms": percentiles(keys),
        "mb_before_the_runs": round(baseline),
    }


if __name__ == "__main__":
    sys.exit(main())
