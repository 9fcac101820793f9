"""What `lab run` and `lab compare` print as JSON: plain data, so that it passes the loopback API unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from index.lab.beir import TestSet
from index.lab.compare import compare
from index.lab.measures import mean_interval, measure
from index.lab.run import RunResult
from index.lab.trec import Rankings

#: How far the share of judged documents among the first ten may fall before a comparison warns of it.
_JUDGED_GAP = 0.05
_JUDGED = "Judged@10"


def run_report(chosen: TestSet, result: RunResult, measures: Sequence[str]) -> dict[str, Any]:
    """A run as DESIGN section 8 has it: `judged` counts judged queries, `per_query` is by query id and measure, seconds are seconds."""
    measured = measure(result.rankings, chosen.judgements, measures)
    return {
        "config": result.config,
        "config_hash": result.config_hash,
        "queries": len(chosen.queries),
        "measures": dict(measured.means),
        "per_query": {query_id: dict(row) for query_id, row in measured.per_query.items()},
        "judged": len(chosen.judgements),
        "seconds": {
            "index": round(result.index_seconds, 3),
            "query_p50": round(result.query_seconds(50), 5),
            "query_p95": round(result.query_seconds(95), 5),
        },
    }


def intervals(report: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """The 95 % interval of each mean of a run's report."""
    rows = list(report["per_query"].values())
    return {name: mean_interval([row[name] for row in rows]) for name in report["measures"]}


def compare_report(chosen: TestSet, a: tuple[str, Rankings], b: tuple[str, Rankings], measures: Sequence[str]) -> dict[str, Any]:
    """A comparison of two named rankings over one set: per measure means, difference (B - A), p-values, wins, losses, and words."""
    sides = [measure(rankings, chosen.judgements, measures) for _, rankings in (a, b)]
    judged = [measure(rankings, chosen.judgements, [_JUDGED]).means[_JUDGED] for _, rankings in (a, b)]
    notes = chosen.notes()
    for name, rankings in (a, b):
        if unknown := sum(query_id not in chosen.queries for query_id in rankings):
            notes.append(f"{unknown} queries of {name} are not in the set and were left out.")
        if strange := sum(document_id not in chosen.collection for ranking in rankings.values() for document_id, _ in ranking):
            notes.append(f"{strange} documents of {name} are not in the set; they count as not relevant.")
    if abs(judged[1] - judged[0]) > _JUDGED_GAP:
        shares = f"{judged[0]:.0%} of A's first ten are judged and {judged[1]:.0%} of B's"
        notes.append(f"{shares}: what is not judged counts as not relevant, so part of the difference may be missing judgements.")
    differences = compare(sides[0], sides[1])
    return {"a": a[0], "b": b[0], "queries": len(chosen.queries), "judged": len(chosen.judgements), "measures": differences.as_dict(), "notes": notes}
