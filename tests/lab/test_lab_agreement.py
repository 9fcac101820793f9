"""Agreement coefficients against reference implementations, and against what they must be by definition."""

from __future__ import annotations

import math

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from index.lab.agreement import agreement, cohen_kappa, fleiss_kappa, krippendorff_alpha
from index.lab.pool import pool

UNITS = st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3), max_size=4), min_size=2, max_size=12)
PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=15)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@given(units=UNITS)
def test_alpha_is_that_of_the_reference(level: str, units: list[dict[str, int]]) -> None:
    found = krippendorff_alpha(units, level)  # type: ignore[arg-type]
    assume(found is not None)
    table = [[unit.get(judge, np.nan) for unit in units] for judge in "abcd"]
    assert found == pytest.approx(krippendorff.alpha(reliability_data=table, level_of_measurement=level), abs=1e-9)


@given(PAIRS)
def test_cohens_kappa_is_that_of_the_reference(pairs: list[tuple[int, int]]) -> None:
    for weighted, weights in ((True, "quadratic"), (False, None)):
        found = cohen_kappa(pairs, weighted=weighted)
        assume(found is not None)
        first, second = zip(*pairs, strict=True)
        assert found == pytest.approx(cohen_kappa_score(first, second, weights=weights, labels=[0, 1, 2, 3]), abs=1e-9)


def test_fleiss_kappa_of_two_judges_is_scotts_pi() -> None:
    pairs = [(0, 0), (0, 1), (1, 1), (2, 2), (2, 0), (1, 1), (0, 0)]
    flat = [grade for pair in pairs for grade in pair]
    chance = sum((flat.count(grade) / len(flat)) ** 2 for grade in set(flat))
    expected = (sum(a == b for a, b in pairs) / len(pairs) - chance) / (1 - chance)
    assert fleiss_kappa([{"x": a, "y": b} for a, b in pairs]) == pytest.approx(expected)


def test_agreement_of_a_set_says_what_is_not_defined() -> None:
    alike = agreement([{"x": 1, "y": 1}, {"x": 1, "y": 1}])
    assert (alike.exact, alike.alpha, alike.fleiss, alike.cohen["x", "y"]) == (1.0, None, None, None)
    alone = agreement([{"x": 1}, {"y": 2}])
    assert (alone.units, alone.exact, alone.alpha, alone.fleiss) == (0, None, None, None)
    full = agreement([{"x": 0, "y": 0, "z": 0}, {"x": 3, "y": 3, "z": 3}])
    assert full.units == 2
    assert all(value is not None and math.isclose(value, 1.0) for value in (full.alpha, full.fleiss, *full.cohen.values()))


@given(st.lists(st.dictionaries(st.sampled_from(["q1", "q2"]), st.lists(st.sampled_from("abcdefgh"), unique=True)), min_size=1, max_size=3), st.integers(0, 5))
def test_a_pool_holds_the_first_of_each_run_in_an_order_that_names_no_run(runs: list[dict[str, list[str]]], depth: int) -> None:
    found = pool(runs, depth, "seed")
    for query_id, ids in found.items():
        assert set(ids) == {one for run in runs for one in run.get(query_id, [])[:depth]}
        assert len(ids) == len(set(ids))
    assert found == {key: found[key] for key in pool(runs[::-1], depth, "seed")}
    wider = pool(runs, depth + 1, "seed")
    assert all([one for one in wider[key] if one in ids] == ids for key, ids in found.items())
