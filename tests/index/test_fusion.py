"""Fusing the legs: against slow and plain versions of the same formulas, whatever the order of the candidates."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index import IndexSpec, SearchConfig, Vectors
from index.candidates import Scored, score
from index.fusion import Scores, ordered, reciprocal_ranks, smoothed, standardised, unit
from index.state import PassageRow

some_scores = arrays(np.float64, st.integers(0, 25), elements=st.one_of(st.sampled_from([0.0, 1.0, -0.5, 2.5]), st.floats(-50, 50)))


@given(st.dictionaries(st.text(max_size=3), st.sampled_from([0.0, 0.5, 0.5, 1.0, -1.0])), st.randoms(use_true_random=False))
def test_the_order_is_total_and_does_not_depend_on_the_order_of_input(scores: dict[str, float], rng: Any) -> None:
    items = list(scores.items())
    rng.shuffle(items)
    order = ordered(dict(items))
    assert order == ordered(scores)
    for (one, high), (other, low) in itertools.pairwise(order):
        assert high > low or (high == low and one < other)


@given(some_scores)
def test_standardised_is_mean_zero_deviation_one_or_silent(scores: Scores) -> None:
    mean = math.fsum(scores) / max(1, len(scores))
    spread = math.sqrt(math.fsum((x - mean) ** 2 for x in scores) / max(1, len(scores)))
    assume(spread == 0 or spread > 1e-6)
    np.testing.assert_allclose(standardised(scores), [(x - mean) / spread if spread else 0.0 for x in scores], atol=1e-6)


@given(some_scores, st.integers(1, 100))
def test_reciprocal_ranks_are_those_of_the_formula(scores: Scores, k: int) -> None:
    expected = [1 / (k + 1 + sum(other > x for other in scores)) if x > 0 else 0.0 for x in scores]
    np.testing.assert_allclose(reciprocal_ranks(scores, k), expected)


def unit_rows(count: int, seed: int, dimension: int = 6) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32))


def slowly_smoothed(scores: Scores, records: Vectors, neighbours: int, share: float) -> list[float]:
    final = []
    for i, own in enumerate(scores):
        likeness = {j: max(float(records[i] @ records[j]), 0.0) for j in range(len(scores)) if j != i}
        nearest = sorted(likeness, key=lambda j: -likeness[j])[:neighbours]
        total = sum(likeness[j] for j in nearest)
        around = sum(likeness[j] * scores[j] for j in nearest) / total if total > 1e-9 else own
        final.append((1 - share) * own + share * around)
    return final


@given(st.integers(2, 20), st.integers(0, 10_000), st.integers(1, 12), st.floats(0.01, 1))
def test_smoothing_mixes_each_score_with_those_of_its_nearest(count: int, seed: int, neighbours: int, share: float) -> None:
    scores, records = np.random.default_rng(seed + 1).normal(size=count), unit_rows(count, seed)
    final, _ = smoothed(scores, records, neighbours, share)
    np.testing.assert_allclose(final, slowly_smoothed(scores, records, neighbours, share), atol=1e-5)


@pytest.mark.parametrize(("count", "neighbours", "share"), [(0, 10, 0.5), (1, 10, 0.5), (5, 0, 0.5), (5, 10, 0.0)])
def test_without_neighbours_or_share_scores_stay(count: int, neighbours: int, share: float) -> None:
    scores = np.arange(count, dtype=np.float64)
    final, around = smoothed(scores, unit_rows(count, 1), neighbours, share)
    np.testing.assert_array_equal(final, scores)
    np.testing.assert_array_equal(around, scores)


def test_a_row_of_zeros_has_no_direction_and_makes_no_noise() -> None:
    rows = unit(np.array([[3.0, 4.0], [0.0, 0.0]], dtype=np.float32))
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0.0, 0.0]], atol=1e-6)


class Candidates:
    """Random candidates with one to four passages each, and BM25 scores of some of them."""

    def __init__(self, count: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.ids = [f"r{i:02d}" for i in range(count)]
        self.vectors = {review_id: unit_rows(int(rng.integers(1, 5)), seed + i) for i, review_id in enumerate(self.ids)}
        self.query, self.mean = unit_rows(1, seed + 500)[0], unit_rows(1, seed + 501)[0] * 0.4
        self.lexical = {review_id: float(rng.uniform(0.5, 20)) for review_id in self.ids if rng.random() < 0.6}

    def score(self, order: list[str], **settings: Any) -> Scored:
        """What `score` makes of them, given in this order."""
        rows = {i: [PassageRow(f"{i}-{n}", i, "abstract", n, n + 1, "x", n) for n in range(len(self.vectors[i]))] for i in order}
        vectors = np.concatenate([self.vectors[i] for i in order]) if order else np.zeros((0, 6), dtype=np.float32)
        config = SearchConfig(spec=IndexSpec(weights_sha256="w"), **settings)
        return score(config, self.query, self.mean, rows, vectors, self.lexical)


@settings(max_examples=60)
@given(st.integers(0, 15), st.integers(0, 10_000), st.data(), st.sampled_from(["zscore", "rrf"]))
def test_a_candidates_score_does_not_depend_on_where_it_stands(count: int, seed: int, data: st.DataObject, fusion: str) -> None:
    made = Candidates(count, seed)
    straight = made.score(made.ids, fusion=fusion)
    shuffled = made.score(data.draw(st.permutations(made.ids)), fusion=fusion)
    assert sorted(shuffled.ids) == made.ids
    for name in ("dense", "cosine", "lexical", "mixed", "around", "final"):
        values = dict(zip(shuffled.ids, getattr(shuffled, name), strict=True))
        np.testing.assert_allclose([values[review_id] for review_id in straight.ids], getattr(straight, name), atol=1e-5)


@given(st.integers(1, 12), st.integers(0, 10_000))
def test_dense_is_the_best_passages_cosine_and_passages_are_sorted_by_it(count: int, seed: int) -> None:
    made = Candidates(count, seed)
    scored = made.score(made.ids, centring=0.0)
    for i, review_id in enumerate(scored.ids):
        cosines = [float(vector @ made.query) for vector in made.vectors[review_id]]
        assert scored.dense[i] == pytest.approx(max(cosines), abs=1e-5)
        assert scored.cosine[i] == pytest.approx(max(cosines), abs=1e-5)
        assert [similar for _, similar in scored.passages(i)] == pytest.approx(sorted(cosines, reverse=True), abs=1e-5)
        assert scored.lexical[i] == made.lexical.get(review_id, 0.0)


@given(st.integers(2, 12), st.integers(0, 10_000))
def test_weights_decide_whose_order_is_followed(count: int, seed: int) -> None:
    made = Candidates(count, seed)
    for fusion in ("zscore", "rrf"):
        dense = made.score(made.ids, fusion=fusion, dense_weight=1, lexical_weight=0, smoothing=0, centring=0)
        lexical = made.score(made.ids, fusion=fusion, dense_weight=0, lexical_weight=1, smoothing=0)
        found = lexical.lexical > 0
        assert np.all(np.diff(lexical.final[np.argsort(lexical.lexical)]) >= -1e-9)
        if fusion == "zscore":
            assert np.all(np.diff(dense.final[np.argsort(dense.dense)]) >= -1e-9)
        elif found.any():
            assert lexical.final[found].min() > lexical.final[~found].max(initial=0.0) == 0.0


@given(st.integers(2, 12), st.integers(0, 10_000), st.floats(0.1, 10))
def test_only_the_proportion_of_the_weights_matters_to_the_order(count: int, seed: int, factor: float) -> None:
    made = Candidates(count, seed)
    one = made.score(made.ids, dense_weight=0.6, lexical_weight=0.4)
    scaled = made.score(made.ids, dense_weight=0.6 * factor, lexical_weight=0.4 * factor)
    np.testing.assert_allclose(scaled.final, one.final * factor, atol=1e-5 * max(1.0, factor))


def test_a_leg_that_found_nothing_has_no_say() -> None:
    made = Candidates(8, 3)
    made.lexical = {}
    np.testing.assert_allclose(made.score(made.ids, dense_weight=0.6, lexical_weight=0.4).final, made.score(made.ids, dense_weight=0.6, lexical_weight=0).final)
