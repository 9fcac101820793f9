"""Fusing ranked lists. Each leg's rank and score are kept: explaining a rank is a feature."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

#: A leg's list: (key, score) with higher better, in any order.
Ranking = Sequence[tuple[str, float]]


def ordered(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    """Best first; equal scores by key, so that the order is total."""
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def reciprocal_rank(legs: Mapping[str, Ranking], weights: Mapping[str, float], k: int = 60) -> dict[str, float]:
    """Weighted reciprocal rank fusion: the sum over legs of weight / (k + rank), ranks from 1.

    Source: Cormack, Clarke and Buettcher, SIGIR 2009; k = 60 is theirs.
    """
    fused: dict[str, float] = {}
    for name in sorted(legs):
        for rank, (key, _) in enumerate(ordered(dict(legs[name])), start=1):
            fused[key] = fused.get(key, 0.0) + weights.get(name, 0.0) / (k + rank)
    return fused


def standardised(ranking: Ranking) -> dict[str, float]:
    """Scores as z-scores of their own list (mean 0, standard deviation 1); a list without spread gives zeros."""
    if not ranking:
        return {}
    values = [score for _, score in ranking]
    mean = math.fsum(values) / len(values)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    return {key: (score - mean) / spread if spread > 1e-12 else 0.0 for key, score in ranking}


def weighted_z(legs: Mapping[str, Ranking], weights: Mapping[str, float]) -> dict[str, float]:
    """The weighted sum of z-scores; a key absent from a leg gets that leg's lowest z-score."""
    standard = {name: standardised(ranking) for name, ranking in legs.items() if ranking and weights.get(name, 0.0) > 0}
    floors = {name: min(scores.values()) for name, scores in standard.items()}
    keys = sorted({key for scores in standard.values() for key in scores})
    names = sorted(standard)
    return {key: math.fsum(weights[name] * standard[name].get(key, floors[name]) for name in names) for key in keys}
