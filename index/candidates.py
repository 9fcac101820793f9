"""Scoring one set of candidates exactly by both legs, fusing and smoothing: numbers only, no stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.encoder import Vectors
from index.fusion import Scores, reciprocal_ranks, smoothed, standardised, unit
from index.spec import SearchConfig
from index.state import PassageRow

#: Beyond so many digits a final score is rounding noise of float32: equal records get equal scores, and their order is that of their ids.
_DIGITS = 6


@dataclass(frozen=True)
class Scored:
    """The candidates' scores, one each in the order of `ids`; higher is better everywhere.

    `dense`: the best passage's cosine with the query after centring, `cosine`: the same without; `lexical`: BM25; `mixed`: both fused;
    `around`: the mean mixed score of the nearest candidates; `final`: what the order follows. `passages` has each candidate's passages with
    their centred cosine, best first; `reranked` the reranker's scores where there is one, NaN for those it was not asked about.
    """

    ids: tuple[str, ...]
    dense: Scores
    cosine: Scores
    lexical: Scores
    mixed: Scores
    around: Scores
    final: Scores
    passages: tuple[tuple[tuple[PassageRow, float], ...], ...]
    reranked: Scores | None = None


def score(
    config: SearchConfig,
    query: Vectors,
    mean: Vectors | None,
    rows: Mapping[str, Sequence[PassageRow]],
    vectors: Vectors,
    lexical: Mapping[str, float],
) -> Scored:
    """Score candidates. `rows` has each candidate's passages, `vectors` their vectors in that same order, `lexical` the BM25 found."""
    ids = tuple(rows)
    if not ids:
        none = np.zeros(0)
        return Scored((), none, none, none, none, none, none, ())
    counts = np.array([len(rows[review_id]) for review_id in ids])
    begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
    centre = mean if mean is not None else np.zeros_like(query)
    similar = unit(vectors - config.centring * centre) @ unit(query - config.centring * centre)
    dense = np.maximum.reduceat(similar, begins).astype(np.float64)
    cosine = np.maximum.reduceat(vectors @ query, begins).astype(np.float64)
    words = np.array([lexical.get(review_id, 0.0) for review_id in ids])
    if config.fusion == "rrf":
        mixed = config.dense_weight * reciprocal_ranks(dense, config.rrf_k) + config.lexical_weight * reciprocal_ranks(words, config.rrf_k)
    else:
        mixed = config.dense_weight * standardised(dense) + config.lexical_weight * standardised(words)
    records = unit(np.add.reduceat(unit(vectors - centre), begins, axis=0))
    final, around = smoothed(mixed, records, config.neighbours, config.smoothing)
    passages = []
    for review_id, begin in zip(ids, begins, strict=True):
        own = [(row, float(similar[begin + offset])) for offset, row in enumerate(rows[review_id])]
        passages.append(tuple(sorted(own, key=lambda pair: (-pair[1], pair[0].id))))
    return Scored(ids, dense, cosine, words, mixed, around, final.round(_DIGITS), tuple(passages))
