"""Measures by ir_measures: per query first, the mean after. This is the one file that imports it (https://ir-measur.es)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from corpus import UsageError
from index.lab.beir import Judgements
from index.lab.trec import DEPTH, Rankings

DEFAULT_MEASURES = "nDCG@10 AP RR R@100 P@5 Judged@10"
#: What is said besides where judgements are incomplete: measures that do not take the unjudged for not relevant.
INCOMPLETE_MEASURES = "Bpref infAP"
#: What a comparison tests: those of the default that say something of quality.
COMPARED_MEASURES = "nDCG@10 AP RR R@100 P@5"
_EXAMPLES = "nDCG@10, AP, RR, R@100, P@5, Success@1, Bpref, infAP, AP(rel=2)@100"
_APART = re.compile(r"[\s,]+(?![^()]*\))")
_RESAMPLES, _AT_ONCE = 10_000, 500


class Interval(NamedTuple):
    """A 95 % bootstrap interval: low <= high."""

    low: float
    high: float


@dataclass(frozen=True)
class Measured:
    """`per_query`: by query id and measure, over all judged queries; `means`: by measure (counts such as NumRet are summed)."""

    per_query: Mapping[str, Mapping[str, float]]
    means: Mapping[str, float]

    def values(self, measure: str) -> list[float]:
        """One measure's value of each judged query, in the order of the queries."""
        return [row[measure] for row in self.per_query.values()]


def parse_measures(text: str) -> list[str]:
    """The measures named in `text`, apart by spaces or commas, each as ir_measures writes it, once. Raises UsageError for an unknown one."""
    names = [name for name in _APART.split(text.strip()) if name]
    if not names:
        raise UsageError("no measure is named", remedy=f"Name some, such as {_EXAMPLES}")
    return list(dict.fromkeys(str(_parsed(name)) for name in names))


def measure(rankings: Rankings, judgements: Judgements, names: Sequence[str]) -> Measured:
    """Measure rankings (best first). A judged query without results counts 0; queries without judgements take no part."""
    import ir_measures

    # Scores stand for ranks here: 32-bit scores and ties within the evaluation programs cannot change the order.
    run = {query_id: {found[0]: float(-place) for place, found in enumerate(rankings[query_id][:DEPTH])} for query_id in judgements if rankings.get(query_id)}
    parsed = {name: _parsed(name) for name in names}
    values: dict[str, dict[str, float]] = {query_id: {name: float(one.DEFAULT) for name, one in parsed.items()} for query_id in judgements}
    for metric in ir_measures.iter_calc(list(parsed.values()), {query_id: dict(grades) for query_id, grades in judgements.items()}, run):
        values[metric.query_id][str(metric.measure)] = float(metric.value)
    means = {}
    for name, one in parsed.items():
        total = one.aggregator()
        for row in values.values():
            total.add(row[name])
        means[name] = float(total.result())
    return Measured(values, means)


def mean_interval(values: Sequence[float], seed: int = 0) -> Interval:
    """95 % interval of the mean by the percentile bootstrap over queries, 10,000 resamples (Efron 1979; Sakai, SIGIR 2006). Seeded."""
    table, draw = np.asarray(values, dtype=np.float64), np.random.default_rng(seed)
    means = [table[draw.integers(0, table.size, (_AT_ONCE, table.size))].mean(axis=1) for _ in range(_RESAMPLES // _AT_ONCE)]
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5])
    return Interval(float(low), float(high))


def _parsed(name: str) -> Any:
    import ir_measures

    try:
        parsed = ir_measures.parse_measure(name)
        if ir_measures.DefaultPipeline.supports(parsed):
            return parsed
        reason = f"the measure {name!r} cannot be computed here"
    except (NameError, ValueError, TypeError, KeyError, AssertionError):
        reason = f"there is no measure {name!r}"
    raise UsageError(reason, remedy=f"Write it as ir_measures does, such as {_EXAMPLES}")
