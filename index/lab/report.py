"""What `lab run` prints as JSON: plain data, so that it passes the loopback API unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from index.lab.judged import Judged
from index.lab.measures import DEFAULT_MEASURES, INCOMPLETE_MEASURES, Interval, Measured, mean_interval, measure
from index.lab.run import RunResult
from index.lab.trec import Rankings

_JUDGED = "Judged@10"
_SAME = 1e-9


def run_report(chosen: Judged, result: RunResult, measures: Sequence[str]) -> dict[str, Any]:
    """A run as DESIGN section 8 has it: `judged` counts judged queries, `per_query` is by query id and measure, seconds are seconds."""
    measured = measure(result.rankings, chosen.judgements, measures)
    per_query = {query_id: dict(row) for query_id, row in measured.per_query.items()}
    return {
        "config": result.config,
        "config_hash": result.config_hash,
        "queries": len(chosen.queries),
        "measures": dict(measured.means),
        "per_query": per_query,
        "judged": len(chosen.judgements),
        "seconds": {
            "index": round(result.index_seconds, 3),
            "query_p50": round(result.query_seconds(50), 5),
            "query_p95": round(result.query_seconds(95), 5),
        },
        "intervals": {name: list(span) for name, span in intervals(measured).items()},
        "by_tag": by_tag(chosen, measured),
    }


def default_measures(chosen: Judged, rankings: Rankings) -> str:
    """The measures a run has when none are asked for; where not all of the first ten are judged those too that need no complete judgements."""
    judged = measure(rankings, chosen.judgements, [_JUDGED]).means[_JUDGED] if chosen.judgements else 1.0
    return f"{DEFAULT_MEASURES} {INCOMPLETE_MEASURES}" if judged < 1 - 1e-9 else DEFAULT_MEASURES


def intervals(measured: Measured) -> dict[str, Interval]:
    """The 95 % interval of each mean; none for what is a sum over queries, such as NumRet."""
    found = {}
    for name, mean in measured.means.items():
        values = measured.values(name)
        if values and abs(mean - sum(values) / len(values)) < _SAME:
            found[name] = mean_interval(values)
    return found


def by_tag(chosen: Judged, measured: Measured) -> dict[str, dict[str, Any]]:
    """{tag: {queries, measures}} over the judged queries that have it, tags in order."""
    tagged: dict[str, list[str]] = {}
    for query_id in measured.per_query:
        for tag in chosen.tags.get(query_id, ()):
            tagged.setdefault(tag, []).append(query_id)
    return {
        tag: {"queries": len(ids), "measures": {name: sum(measured.per_query[one][name] for one in ids) / len(ids) for name in measured.means}}
        for tag, ids in sorted(tagged.items())
    }
