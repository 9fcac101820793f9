"""The dense leg's proposals: every vector compared in a small index, Chroma's graph in a large one, and both say the same."""

from __future__ import annotations

import numpy as np
import pytest

from corpus import Status
from index import Vectors, store
from tests.index.workbench import MADE, Bench, fill, invented


def queries(made: Bench, most: int = 6) -> list[Vectors]:
    return [made.encoder.encode([f"{word} and relapse"])[0] for word in ("ketamine", "lithium", "sleep", "nothing", "autism", "dose")[:most]]


@pytest.mark.parametrize("depth", [1, 7, 40, 10_000])
def test_both_ways_find_the_same(made: Bench, monkeypatch: pytest.MonkeyPatch, depth: int) -> None:
    allowed = sorted(made.built.state.review_ids())[::3]
    for vector in queries(made):
        for within in (None, allowed, ["nobody"], []):
            monkeypatch.setattr(store, "EXACT", 20_000)
            exact = made.built.nearest(vector, depth, within)
            monkeypatch.setattr(store, "EXACT", 0)
            graph = made.built.nearest(vector, min(depth, made.built.state.count()), within)
            assert [passage_id for passage_id, _ in exact] == [passage_id for passage_id, _ in graph]
            np.testing.assert_allclose([cosine for _, cosine in exact], [cosine for _, cosine in graph], atol=1e-5)
            assert len(exact) <= depth


def test_what_came_in_and_what_left_is_seen_at_once(made: Bench) -> None:
    vector = queries(made)[0]
    before = made.built.nearest(vector, 10_000)
    made.library.set_status("invented-0000", Status.WITHDRAWN)
    fill(made.library, [invented(MADE)])
    made.syncer.sync()
    after = made.built.nearest(vector, 10_000)
    assert {passage_id for passage_id, _ in after} == made.built.state.ids() != {passage_id for passage_id, _ in before}
    assert made.built.nearest(vector, 5, ["invented-0000"]) == []
    assert made.built.nearest(vector, 5, [f"invented-{MADE:04}"]) != []
