"""How far judges agree beyond chance: Cohen's and Fleiss' kappa, Krippendorff's alpha. 1 is full agreement, 0 that of chance, below 0 worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np

#: Grades by judge of each thing judged (a record for a query); judges who said nothing of it are absent.
Units = Sequence[Mapping[str, int]]
Level = Literal["nominal", "ordinal", "interval"]


@dataclass(frozen=True)
class Agreement:
    """Agreement over a set: of each pair of judges (Cohen, quadratic weights), of all (Fleiss; None unless each unit has as many judges), and alpha.

    `units` counts what at least two judges graded; values are None where they are not defined (no such unit, or no variation at all).
    """

    judges: tuple[str, ...]
    units: int
    exact: float | None
    cohen: Mapping[tuple[str, str], float | None]
    fleiss: float | None
    alpha: float | None

    def as_dict(self) -> dict[str, Any]:
        """As `lab agreement --json` prints it."""
        pairs = [{"judges": list(pair), "kappa": value} for pair, value in self.cohen.items()]
        return {"judges": list(self.judges), "units": self.units, "exact": self.exact, "cohen": pairs, "fleiss": self.fleiss, "alpha": self.alpha}


def agreement(units: Units) -> Agreement:
    """All coefficients of a set. Grades are taken as ordered; Fleiss' kappa, which knows no order, as names."""
    shared = [unit for unit in units if len(unit) > 1]
    judges = tuple(sorted({judge for unit in units for judge in unit}))
    pairs = {pair: cohen_kappa([(unit[pair[0]], unit[pair[1]]) for unit in shared if pair[0] in unit and pair[1] in unit]) for pair in combinations(judges, 2)}
    exact = float(np.mean([len(set(unit.values())) == 1 for unit in shared])) if shared else None
    return Agreement(judges, len(shared), exact, pairs, fleiss_kappa(shared), krippendorff_alpha(shared))


def cohen_kappa(pairs: Sequence[tuple[int, int]], *, weighted: bool = True) -> float | None:
    """Kappa of two judges over pairs of grades, disagreement weighed by its square (Cohen, Psychological Bulletin 1968), or all alike (1960)."""
    if not pairs:
        return None
    grades = sorted({grade for pair in pairs for grade in pair})
    place = {grade: at for at, grade in enumerate(grades)}
    seen = np.zeros((len(grades), len(grades)))
    for a, b in pairs:
        seen[place[a], place[b]] += 1
    chance = np.outer(seen.sum(1), seen.sum(0)) / len(pairs)
    values = np.array(grades, dtype=float)
    weight = np.subtract.outer(values, values) ** 2 if weighted else (np.subtract.outer(values, values) != 0).astype(float)
    expected = float((weight * chance).sum())
    return None if expected == 0 else 1.0 - float((weight * seen).sum()) / expected


def fleiss_kappa(units: Units) -> float | None:
    """Kappa of as many judges on every unit (Fleiss, Psychological Bulletin 1971); None where their number differs between units."""
    sizes = {len(unit) for unit in units}
    if len(sizes) != 1 or (judges := sizes.pop()) < 2:
        return None
    counts = [Counter(unit.values()) for unit in units]
    total = sum(counts, Counter())
    observed = float(np.mean([(sum(n * n for n in one.values()) - judges) / (judges * (judges - 1)) for one in counts]))
    chance = sum((n / (judges * len(units))) ** 2 for n in total.values())
    return None if chance == 1 else float((observed - chance) / (1 - chance))


def krippendorff_alpha(units: Units, level: Level = "ordinal") -> float | None:
    """Alpha for any number of judges, gaps allowed (Krippendorff, Content Analysis, 2004, chapter 11); None where all grades are the same."""
    shared = [list(unit.values()) for unit in units if len(unit) > 1]
    grades = sorted({grade for unit in shared for grade in unit})
    if len(grades) < 2:
        return None
    place = {grade: at for at, grade in enumerate(grades)}
    coincident = np.zeros((len(grades), len(grades)))
    for unit in shared:
        for i, a in enumerate(unit):
            for j, b in enumerate(unit):
                if i != j:
                    coincident[place[a], place[b]] += 1 / (len(unit) - 1)
    margins = coincident.sum(1)
    distance = _DISTANCES[level](np.array(grades, dtype=float), margins)
    expected = float((distance * np.outer(margins, margins)).sum()) / (margins.sum() - 1)
    return float(1.0 - (distance * coincident).sum() / expected)


def _ordinal(values: np.ndarray[Any, Any], margins: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    before = np.concatenate([[0.0], np.cumsum(margins)])
    middle = before[:-1] + margins / 2
    return np.asarray(np.subtract.outer(middle, middle) ** 2)


_DISTANCES: dict[str, Callable[[np.ndarray[Any, Any], np.ndarray[Any, Any]], np.ndarray[Any, Any]]] = {
    "nominal": lambda values, margins: (np.subtract.outer(values, values) != 0).astype(float),
    "ordinal": _ordinal,
    "interval": lambda values, margins: np.subtract.outer(values, values) ** 2,
}
