"""Scoring one set of candidates exactly by both legs, fusing and smoothing: numbers only, no stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.fusion import Scores, fused, smoothed, unit
from index.spec import SearchConfig
from index.state import PassageRow

#: Beyond so many digits a final score is rounding noise of float32: equal records get equal scores, and their order is that of their ids.
_DIGITS = 6
_TINY = 1e-9


@dataclass(frozen=True)
class Scored:
    """The candidates' scores, one each in the order of `ids`; higher is better everywhere.

    `dense`: the best passage's cosine with the query after centring, `cosine`: the same without; `lexical`: BM25; `mixed`: both fused;
    `around`: the mean mixed score of the nearest candidates; `final`: what the order follows. `rows` has each candidate's passages, `similar`
    their centred cosines, those of candidate i from `begins[i]` on; `reranked` the reranker's scores where there is one, NaN for those it was
    not asked about.
    """

    ids: tuple[str, ...]
    dense: Scores
    cosine: Scores
    lexical: Scores
    mixed: Scores
    around: Scores
    final: Scores
    rows: tuple[Sequence[PassageRow], ...]
    similar: Vectors
    begins: npt.NDArray[np.int64]
    reranked: Scores | None = None

    def passages(self, i: int) -> list[tuple[PassageRow, float]]:
        """The passages of candidate i with their centred cosine, best first."""
        begin = self.begins[i]
        own = [(row, float(self.similar[begin + offset])) for offset, row in enumerate(self.rows[i])]
        return sorted(own, key=lambda pair: (-pair[1], pair[0].id))


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
        return Scored((), none, none, none, none, none, none, (), np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64))
    counts = np.array([len(rows[review_id]) for review_id in ids])
    begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
    centre = mean if mean is not None else np.zeros_like(query)
    plain = vectors @ query
    similar = _centred(vectors, plain, query, config.centring * centre) if config.centring > 0 and mean is not None else plain
    dense = np.maximum.reduceat(similar, begins).astype(np.float64)
    cosine = np.maximum.reduceat(plain, begins).astype(np.float64)
    words = np.array([lexical.get(review_id, 0.0) for review_id in ids])
    mixed = fused(config.fusion, config.rrf_k, [(config.dense_weight, dense), (config.lexical_weight, words)])
    final = around = mixed
    if config.smoothing > 0 and config.neighbours > 0:
        records = unit(np.add.reduceat(unit(vectors - centre), begins, axis=0))
        final, around = smoothed(mixed, records, config.neighbours, config.smoothing)
    return Scored(ids, dense, cosine, words, mixed, around, final.round(_DIGITS), tuple(rows.values()), similar, begins)


def _centred(vectors: Vectors, plain: Vectors, query: Vectors, centre: Vectors) -> Vectors:
    """Cosines after `centre` is taken out of unit vectors and of the query, from the plain cosines: no copy of the vectors is made."""
    along, size = vectors @ centre, float(centre @ centre)
    towards = float(query @ centre)
    lengths = np.sqrt(np.maximum(1.0 - 2.0 * along + size, _TINY) * max(1.0 - 2.0 * towards + size, _TINY))
    return np.asarray((plain - along - towards + size) / lengths, dtype=np.float32)
