"""Grids, cross-validation, gates and proposed queries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Library, Review, UsageError
from corpus.lab.propose import propose
from index.lab.gate import check, parse_threshold
from index.lab.sweep import cross_validate, grid


def test_a_grid_has_every_combination_and_is_bounded() -> None:
    assert grid({"a": ["0", "1"], "b": ["x"]}) == [{"a": "0", "b": "x"}, {"a": "1", "b": "x"}]
    for choices in ({}, {"a": []}, {"a": [str(n) for n in range(15)], "b": [str(n) for n in range(15)]}):
        with pytest.raises(UsageError):
            grid(choices)


def test_a_setting_that_is_better_on_every_query_wins_with_its_own_figure() -> None:
    values = {"default": {f"q{n}": 0.1 * (n % 5) for n in range(20)}, "better": {f"q{n}": 0.1 * (n % 5) + 0.2 for n in range(20)}}
    found = cross_validate(values, "default")
    assert (found.best, found.stable, found.chosen) == ("better", True, {"better": 5})
    assert found.held_out == pytest.approx(found.mean)
    assert "a gain of 0.2000" in found.in_words()


def test_among_settings_that_differ_by_luck_the_held_out_figure_is_below_the_best_mean() -> None:
    draw = np.random.default_rng(4)
    values = {f"s{n}": {f"q{q}": float(value) for q, value in enumerate(draw.random(25))} for n in range(40)}
    found = cross_validate(values, "s0")
    assert found.held_out < found.mean - 0.03
    assert found.mean == pytest.approx(max(np.mean(list(row.values())) for row in values.values()))


@given(st.integers(2, 12), st.integers(1, 4), st.integers(0, 99))
def test_every_query_is_held_out_once_and_equal_settings_leave_the_baseline(queries: int, settings: int, seed: int) -> None:
    row = {f"q{n}": n / 10 for n in range(queries)}
    found = cross_validate({f"s{n}": dict(row) for n in range(settings)}, "s0", seed=seed)
    assert (found.best, found.per_query, set(found.chosen)) == ("s0", row, {"s0"})
    with pytest.raises(UsageError):
        cross_validate({"s0": {"q": 1.0}}, "s0")


def test_thresholds_are_absolute_or_against_what_is_in_force() -> None:
    thresholds = [parse_threshold(text) for text in ("nDCG@10>=0.6", "R@100 - 0.02", "AP(rel=2)@100>=.1")]
    assert [str(one) for one in thresholds] == ["nDCG@10>=0.6", "R@100-0.02", "AP(rel=2)@100>=0.1"]
    means, active = {"nDCG@10": 0.6, "R@100": 0.77, "AP(rel=2)@100": 0.05}, {"nDCG@10": 0.7, "R@100": 0.8, "AP(rel=2)@100": 0.0}
    assert [one.passed for one in check(thresholds, means, active)] == [True, False, False]
    for wrong in ("", "nDCG@10", "nDCG@10<=0.5", "soup>=1", "nDCG@10>=x"):
        with pytest.raises(UsageError):
            parse_threshold(wrong)


def test_proposed_queries_are_words_of_the_records_own_and_the_same_each_time(sample_library: Library) -> None:
    records = list(sample_library.iterate())
    found = propose(records)
    assert len(found) > 100
    assert found == propose(records)
    for query, judgement in found:
        own = " ".join([*sample_library.get(judgement.review_id).findings, sample_library.get(judgement.review_id).summary])
        assert all(word in own for word in query.text.split())
        assert (query.synthetic, query.answerable, judgement.judge) == (True, True, "rule")
    assert propose([Review(id="short", findings=("Too short.",))]) == []
