"""Fusing what the legs say of one set of candidates. Each leg's rank and score are kept: explaining a rank is a feature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors

Scores = npt.NDArray[np.float64]
_TINY = 1e-9


def ordered(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    """Best first; equal scores by key, so that the order is total."""
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def standardised(scores: Scores) -> Scores:
    """z-scores (mean 0, standard deviation 1); scores without spread give zeros, so that a silent leg has no say."""
    spread = float(scores.std()) if scores.size else 0.0
    return (scores - scores.mean()) / spread if spread > _TINY else np.zeros_like(scores)


def reciprocal_ranks(scores: Scores, k: int = 60) -> Scores:
    """1 / (k + rank), ranks from 1, equal scores sharing the better rank; a score of zero or less counts as not found.

    Source: Cormack, Clarke and Buettcher, SIGIR 2009; k = 60 is theirs.
    """
    better = (scores[None, :] > scores[:, None]).sum(1)
    return np.where(scores > 0, 1.0 / (k + 1 + better), 0.0)


def fused(fusion: str, k: int, legs: Sequence[tuple[float, Sequence[float] | Scores]]) -> Scores:
    """The legs' scores of one set of candidates joined, each leg with its weight: reciprocal ranks where `fusion` is "rrf", else z-scores."""
    joined = [weight * (reciprocal_ranks(np.asarray(scores), k) if fusion == "rrf" else standardised(np.asarray(scores))) for weight, scores in legs]
    return np.asarray(sum(joined), dtype=np.float64)


def unit(vectors: Vectors) -> Vectors:
    """Rows brought to length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, _TINY), dtype=np.float32)


def smoothed(scores: Scores, records: Vectors, neighbours: int, share: float) -> tuple[Scores, Scores]:
    """(final, around): each score mixed with the mean score of its nearest candidates, weighted by likeness.

    `records` are unit vectors, one a candidate. The cluster hypothesis: what is like good records is good (Jardine and van Rijsbergen 1971;
    score regularisation, Diaz, CIKM 2005). A candidate like no other keeps its score.
    """
    count = scores.size
    k = min(neighbours, count - 1)
    if k < 1 or share <= 0:
        return scores, scores
    alike = np.maximum(records @ records.T, 0.0).astype(np.float64)
    np.fill_diagonal(alike, 0.0)
    floor = np.partition(alike, count - k, axis=1)[:, count - k : count - k + 1]
    alike[alike < floor] = 0.0
    total = alike.sum(1)
    around = np.where(total > _TINY, (alike @ scores) / np.maximum(total, _TINY), scores)
    return (1.0 - share) * scores + share * around, around
