"""Comparing: the tests are scipy's, the corrections hold, and the words fit the figures."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from corpus import UsageError
from index.lab import Measured, Side, compare, compare_all, compare_report, read_set
from index.lab.compare import effect_size, holm_correction, queries_needed, randomisation_test, t_test
from tests.lab.conftest import Write

_DIFFERENCES = st.lists(st.floats(-1, 1, allow_nan=False).map(lambda value: round(value, 3)), min_size=1, max_size=40)


def measured(values: list[float], name: str = "nDCG@10") -> Measured:
    return Measured({f"q{i}": {name: value} for i, value in enumerate(values)}, {name: float(np.mean(values))})


def reference(differences: list[float], resamples: float) -> float:
    result = stats.permutation_test(
        (differences, [0.0] * len(differences)), lambda x, y, axis: (x - y).mean(axis=axis), permutation_type="samples", n_resamples=resamples, rng=1
    )
    return float(result.pvalue)


@pytest.mark.parametrize("seed", range(5))
def test_exact_for_few_queries_as_in_scipy(seed: int) -> None:
    differences = np.random.default_rng(seed).normal(0.1, 0.3, 11).round(4).tolist()
    assert randomisation_test(differences) == pytest.approx(reference(differences, math.inf), abs=1e-12)
    assert randomisation_test([*differences, 0.0, 0.0]) == randomisation_test(differences)


@pytest.mark.parametrize("seed", range(5))
def test_drawn_for_many_queries_as_in_scipy(seed: int) -> None:
    differences = np.random.default_rng(seed).normal(0.03, 0.2, 80).tolist()
    ours = randomisation_test(differences)
    assert ours == pytest.approx(reference(differences, 10_000), abs=0.025)
    assert ours == randomisation_test(differences)
    assert 1 / 10_001 <= ours <= 1


@pytest.mark.parametrize("seed", range(10))
def test_the_t_test_is_scipys(seed: int) -> None:
    draw = np.random.default_rng(seed)
    a, b = draw.random(30), draw.random(30)
    assert t_test(b - a) == pytest.approx(stats.ttest_rel(b, a).pvalue, abs=1e-12)


@given(_DIFFERENCES)
def test_probabilities_and_symmetry(differences: list[float]) -> None:
    mirrored = [-value for value in differences]
    for test in (randomisation_test, t_test):
        assert 0 <= test(differences) <= 1
        assert test(mirrored) == pytest.approx(test(differences), abs=0.03 if test is randomisation_test else 1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm(p_values: list[float]) -> None:
    corrected = holm_correction(p_values)
    assert all(p <= c <= 1 for p, c in zip(p_values, corrected, strict=True))
    assert min(corrected) == pytest.approx(min(1, len(p_values) * min(p_values)))
    by_p = [c for _, c in sorted(zip(p_values, corrected, strict=True))]
    assert by_p == sorted(by_p)


def test_holm_by_hand() -> None:
    assert holm_correction([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@pytest.mark.parametrize("effect", [0.1, 0.2, 0.5, 0.8, -0.3, 1.2])
def test_the_power_estimate_is_that_of_the_noncentral_t(effect: float) -> None:
    def power(n: int) -> float:
        critical = stats.t.ppf(0.975, n - 1)
        return float(stats.nct.sf(critical, n - 1, abs(effect) * math.sqrt(n)) + stats.nct.cdf(-critical, n - 1, abs(effect) * math.sqrt(n)))

    exact = next(n for n in range(2, 2000) if power(n) >= 0.8)
    found = queries_needed(effect)
    assert found is not None
    assert abs(found - exact) <= 1


def test_no_effect_needs_no_number() -> None:
    assert queries_needed(None) is None
    assert queries_needed(0.0) is None
    assert effect_size([0.2, 0.2, 0.2]) is None
    assert effect_size([0.3]) is None
    assert effect_size([0.1, 0.3]) == pytest.approx(0.2 / np.std([0.1, 0.3], ddof=1))


def test_wins_losses_and_every_query() -> None:
    found = compare(measured([0.1, 0.5, 0.5, 0.2]), measured([0.3, 0.4, 0.5, 0.9])).differences["nDCG@10"]
    assert (found.wins, found.losses, found.ties) == (2, 1, 1)
    assert found.difference == pytest.approx(found.mean_b - found.mean_a) == pytest.approx(0.2)
    assert found.interval.low <= found.difference <= found.interval.high
    assert found.per_query == pytest.approx({"q0": 0.2, "q1": -0.1, "q2": 0.0, "q3": 0.7})
    assert "per_query" in found.as_dict()


def test_the_words_fit() -> None:
    draw = np.random.default_rng(0)
    base = draw.random(60) / 2

    def words(b: np.ndarray) -> str:
        return compare(measured(base.tolist()), measured(b.tolist())).differences["nDCG@10"].in_words()

    better = words(base + 0.1 + draw.normal(0, 0.02, 60))
    assert better.startswith("60 queries: B is better than A by 0.1")
    assert "p below 0.001" in better
    assert words(base - 0.2 + draw.normal(0, 0.02, 60)).startswith("60 queries: B is worse than A by 0.2")
    assert words(base) == "60 queries: no difference in nDCG@10 on any of them."
    few = compare(measured(base[:6].tolist()), measured((base[:6] + np.array([0.1, -0.1, 0.12, -0.02, 0.05, -0.01])).tolist())).differences["nDCG@10"]
    assert few.in_words().startswith("6 queries: too few to tell a difference of 0.023 in nDCG@10; about ")
    assert few.queries_needed is not None
    assert few.queries_needed > 6


def test_a_report_warns_of_missing_judgements(write_set: Write) -> None:
    chosen = read_set(write_set())
    known = {query: [(document, -float(place)) for place, document in enumerate(grades)] for query, grades in chosen.judgements.items()}
    strangers = {query: [("d7", 1.0), ("d6", 0.5)] for query in chosen.judgements}
    report = compare_report(chosen, [Side("known", known), Side("strangers", strangers)], ["nDCG@10", "AP"])
    assert list(report["measures"]) == ["nDCG@10", "AP"]
    assert report["measures"]["AP"]["losses"] == 3
    assert report["measures"]["AP"]["p_value"] == 0.25  # exact: 2 of 8 signs reach it
    assert report["notes"][-1].startswith("100% of A's first ten are judged and 0% of B's")
    assert json.loads(json.dumps(report)) == report


def test_runs_over_other_queries_are_refused() -> None:
    with pytest.raises(UsageError, match="same queries"):
        compare(measured([0.1, 0.2]), measured([0.1]))
    with pytest.raises(UsageError, match="same queries"):
        compare(measured([0.1], "AP"), measured([0.1]))


def test_several_runs_are_each_compared_with_the_first_and_corrected_together() -> None:
    draw = np.random.default_rng(1)
    base = draw.random(20).tolist()
    others = [(np.array(base) + draw.normal(shift, 0.1, 20)).tolist() for shift in (0.05, 0.0, 0.1)]
    together = compare_all(measured(base), [measured(other) for other in others])
    alone = [compare(measured(base), measured(other)).differences["nDCG@10"] for other in others]
    for one, own in zip(together, alone, strict=True):
        assert one.differences["nDCG@10"].p_value == own.p_value
    assert [one.differences["nDCG@10"].p_value_holm for one in together] == pytest.approx(holm_correction([own.p_value for own in alone]))


def test_rankings_side_by_side_say_what_moved_and_which_leg_did_it(write_set: Write) -> None:
    chosen = read_set(write_set())
    a = Side("dense", {"q1": [("d4", 3.0), ("d1", 2.0), ("d7", 1.0)]}, {"q1": {"d4": {"dense": 1}, "d1": {"dense": 2}, "d7": {"dense": 3}}}, "run", "r1")
    b = Side(
        "both",
        {"q1": [("d1", 3.0), ("d3", 2.0), ("d4", 1.0)]},
        {"q1": {"d1": {"dense": 2, "lexical": 1}, "d3": {"dense": 9, "lexical": 2}, "d4": {"dense": 1}}},
    )
    report = compare_report(chosen, [a, b], ["nDCG@10"], lambda ids: dict.fromkeys(ids, "A title"))
    rows = {row["review_id"]: row for row in report["changes"]["q1"]["rows"]}
    assert {one: (row["move"], row["ranks"], row["grade"]) for one, row in rows.items()} == {
        "d4": ("down", [1, 3], 0),
        "d1": ("up", [2, 1], 2),
        "d7": ("lost", [3, None], None),
        "d3": ("new", [None, 2], 4),
    }
    assert rows["d1"]["reason"] == "words (lexical): not found → 1"
    assert rows["d3"]["reason"] == "far down before; ranks now: meaning (dense) 9, words (lexical) 2"
    assert rows["d4"]["reason"].startswith("the legs rank it no worse than before")
    assert (rows["d1"]["title"], rows["d1"]["by"]) == ("A title", 1)
    assert list(report["changes"]) == ["q1"]
    with pytest.raises(UsageError, match="from 2 to 26"):
        compare_report(chosen, [a], ["nDCG@10"])
