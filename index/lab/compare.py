"""Comparing two runs query by query: is the difference more than luck, how large is it, and how many queries would be needed to see it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus import UsageError
from index.lab.measures import Interval, Measured, mean_interval

#: Sign flips drawn; with so few differing queries that there are no more than these, all are looked at.
FLIPS = 10_000
ALPHA, POWER = 0.05, 0.80
_Z_ALPHA, _Z_POWER = 1.959963984540054, 0.8416212335729143  # normal quantiles at 1 - ALPHA / 2 and POWER
_AT_ONCE = 1_000
_SAME = 1e-12
Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Difference:
    """One measure of two runs A and B over the same queries; differences are B - A, so a positive one says that B is better.

    `p_value`: paired randomisation test, two-sided; `p_value_holm`: the same after Holm's correction over the measures compared;
    `p_value_t`: paired t-test, two-sided. `interval`: 95 % bootstrap interval of the difference. `effect_size`: mean difference by its
    standard deviation (Cohen's d of paired values), None where all differences are equal. `wins`, `losses`, `ties`: queries on which B is
    better, worse, equal. `queries_needed`: how many queries would show this difference (alpha 0.05, power 0.8), None where there is none.
    """

    measure: str
    mean_a: float
    mean_b: float
    difference: float
    interval: Interval
    p_value: float
    p_value_holm: float
    p_value_t: float
    effect_size: float | None
    wins: int
    losses: int
    ties: int
    queries_needed: int | None
    per_query: Mapping[str, float]

    @property
    def sure(self) -> bool:
        """Whether the difference is significant at 0.05 after Holm's correction."""
        return self.p_value_holm <= ALPHA

    def in_words(self, b: str = "B") -> str:
        """The finding in a sentence that a librarian can act on; `b` is what run B is called in it."""
        queries, size = len(self.per_query), abs(self.difference)
        counted = f"{queries} quer{'y' if queries == 1 else 'ies'}"
        if not self.wins and not self.losses:
            return f"{counted}: no difference in {self.measure} on any of them."
        amount = f"{size:.3f}" if size >= 0.0005 else f"{size:.1e}"
        if self.sure:
            which = "better" if self.difference > 0 else "worse"
            detail = f"better on {self.wins}, worse on {self.losses}, equal on {self.ties}; p {_p_text(self.p_value_holm)}"
            return f"{counted}: {b} is {which} than A by {amount} in {self.measure} ({detail}), more than luck explains."
        if self.queries_needed is None:
            return f"{counted}: on average no difference in {self.measure} (better on {self.wins}, worse on {self.losses})."
        if self.queries_needed <= queries:
            return f"{counted}: a difference of {amount} in {self.measure} that is not sure once all measures compared are counted."
        return f"{counted}: too few to tell a difference of {amount} in {self.measure}; about {_rounded(self.queries_needed):,} would be needed."

    def as_dict(self, b: str = "B") -> dict[str, Any]:
        """As `lab compare --json` prints it under the measure's name; `b` is what run B is called in words."""
        table = asdict(self)
        del table["measure"], table["per_query"]
        return table | {"interval": list(self.interval), "words": self.in_words(b), "per_query": dict(self.per_query)}


@dataclass(frozen=True)
class Comparison:
    """The differences of run B from run A, by measure in the order asked."""

    differences: Mapping[str, Difference]

    def as_dict(self, b: str = "B") -> dict[str, Any]:
        """As data, by measure."""
        return {name: difference.as_dict(b) for name, difference in self.differences.items()}


def compare(a: Measured, b: Measured, seed: int = 0) -> Comparison:
    """Compare two runs measured over the same judged queries. Raises UsageError where queries or measures differ."""
    return compare_all(a, [b], seed)[0]


def compare_all(a: Measured, others: Sequence[Measured], seed: int = 0) -> list[Comparison]:
    """Each of the others with A; Holm's correction is over all tests of all of them. Raises UsageError where queries or measures differ."""
    for b in others:
        if list(a.per_query) != list(b.per_query) or list(a.means) != list(b.means):
            raise UsageError("the two runs were not measured over the same queries", remedy="Measure both on one set with the same measures")
    tables = [{name: np.subtract(b.values(name), a.values(name)) for name in a.means} for b in others]
    tests = [randomisation_test(values, seed) for table in tables for values in table.values()]
    holm = iter(zip(tests, holm_correction(tests), strict=True))
    return [Comparison({name: _difference(name, (a.values(name), b.values(name)), list(a.per_query), next(holm), seed) for name in a.means}) for b in others]


def _difference(name: str, sides: tuple[list[float], list[float]], queries: Sequence[str], tested: tuple[float, float], seed: int) -> Difference:
    values = np.subtract(sides[1], sides[0])
    effect = effect_size(values)
    return Difference(
        measure=name,
        mean_a=float(np.mean(sides[0])),
        mean_b=float(np.mean(sides[1])),
        difference=float(values.mean()),
        interval=mean_interval(values.tolist(), seed),
        p_value=tested[0],
        p_value_holm=tested[1],
        p_value_t=t_test(values),
        effect_size=effect,
        wins=int((values > _SAME).sum()),
        losses=int((values < -_SAME).sum()),
        ties=int((np.abs(values) <= _SAME).sum()),
        queries_needed=queries_needed(effect),
        per_query=dict(zip(queries, values.tolist(), strict=True)),
    )


def randomisation_test(differences: Sequence[float] | Values, seed: int = 0) -> float:
    """Two-sided p of the paired randomisation test: how often random signs give a mean at least as far from zero.

    Exact over all signs while there are at most 10,000 ways, else (count + 1) / (10,000 + 1) over seeded draws. Source: Smucker, Allan and
    Carterette, CIKM 2007; the + 1: Phipson and Smyth, 2010.
    """
    values = np.asarray(differences, dtype=np.float64)
    values = values[np.abs(values) > _SAME]
    if not values.size:
        return 1.0
    reached = abs(values.sum()) * (1 - 1e-9) - _SAME
    if values.size < math.log2(FLIPS):
        signs = 1.0 - 2.0 * ((np.arange(2**values.size)[:, None] >> np.arange(values.size)) & 1)
        return float((np.abs(signs @ values) >= reached).mean())
    draw, count = np.random.default_rng(seed), 0
    for _ in range(FLIPS // _AT_ONCE):
        signs = 1.0 - 2.0 * draw.integers(0, 2, (_AT_ONCE, values.size))
        count += int((np.abs(signs @ values) >= reached).sum())
    return (count + 1) / (FLIPS + 1)


def t_test(differences: Sequence[float] | Values) -> float:
    """Two-sided p of Student's paired t-test; 1 where no query differs or there is one query only, 0 where all differ by the same."""
    values = np.asarray(differences, dtype=np.float64)
    if values.size < 2 or np.abs(values).max() <= _SAME:
        return 1.0
    spread = float(values.std(ddof=1))
    if spread <= _SAME:
        return 0.0
    from scipy.special import stdtr  # type: ignore[import-untyped]

    return float(2 * stdtr(values.size - 1, -abs(values.mean()) / spread * math.sqrt(values.size)))


def holm_correction(p_values: Sequence[float]) -> list[float]:
    """p-values corrected for how many were asked at once (Holm 1979); in the order given, each in 0..1."""
    corrected, largest = [0.0] * len(p_values), 0.0
    for place, i in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[i]))
        corrected[i] = largest
    return corrected


def effect_size(differences: Sequence[float] | Values) -> float | None:
    """Mean difference by the standard deviation of the differences (Cohen 1988, d of paired values); None without spread."""
    values = np.asarray(differences, dtype=np.float64)
    spread = float(values.std(ddof=1)) if values.size > 1 else 0.0
    return float(values.mean()) / spread if spread > _SAME else None


def queries_needed(effect: float | None) -> int | None:
    """How many queries a paired t-test needs to show this effect at alpha 0.05 with power 0.8; None for no effect.

    Normal approximation with Guenther's correction: ((z_alpha + z_power) / d)^2 + z_alpha^2 / 2 (Guenther, The American Statistician 1981).
    """
    if effect is None or abs(effect) < 1e-6:
        return None
    return max(2, math.ceil(((_Z_ALPHA + _Z_POWER) / effect) ** 2 + _Z_ALPHA**2 / 2))


def _p_text(p: float) -> str:
    return f"= {p:.3f}" if p >= 0.001 else "below 0.001"


def _rounded(count: int) -> int:
    """Two significant digits: an estimate is not better than that."""
    step: int = 10 ** max(0, len(str(count)) - 2)
    return -(-count // step) * step
