"""Records like a record: by the vectors that its passages have already, in one query."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corpus import Library, Review, Status
from index.store import BuiltIndex

_DEPTH = 12  # passages looked at, a record wanted
_LEAST = 0.3  # cosine below which nothing is called like it


@dataclass(frozen=True, slots=True)
class Related:
    """A record, and how like the other one its nearest passage is: cosine with the mean of that one's passages, -1..1."""

    review: Review
    score: float


def related(library: Library, built: BuiltIndex, review_id: str, k: int = 5) -> list[Related]:
    """The `k` current records most like one, best first; none where it has no passages in the index. Nothing is embedded for it."""
    matrix, found = built.rows_of([review_id])
    rows = [row.row for row in found.get(review_id, ())]
    if matrix is None or not rows or max(rows) >= matrix.count():
        return []
    mean = matrix.read(rows).mean(axis=0)
    length = float(np.linalg.norm(mean))
    if not length:
        return []
    nearest = built.nearest(np.asarray(mean / length, dtype=np.float32), _DEPTH * k + len(rows))
    held = built.state.reviews_of([passage_id for passage_id, _ in nearest])
    best: dict[str, float] = {}
    for passage_id, score in nearest:
        if held.get(passage_id, review_id) != review_id and score >= _LEAST:
            best.setdefault(held[passage_id], score)
    reviews = library.get_many(best)
    shown = [Related(reviews[i], score) for i, score in best.items() if i in reviews and reviews[i].id == i and reviews[i].status == Status.CURRENT]
    return shown[:k]
