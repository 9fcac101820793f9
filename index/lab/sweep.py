"""Many settings at once: the grid, and cross-validation over queries, so that the winner is not luck."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpus import UsageError

MOST_SETTINGS = 200
FOLDS = 5


@dataclass(frozen=True)
class Validated:
    """`best`: the setting with the highest mean over all queries, `mean` that mean: an optimistic figure, for it was chosen on them.

    `held_out`: the mean over queries that took no part in choosing (each fold judged by the setting that was best on the others): what the best
    setting of a grid like this is worth on new queries. `chosen`: how many folds chose each setting; `baseline`: the mean of the setting compared with.
    """

    best: str
    mean: float
    held_out: float
    baseline: float
    chosen: Mapping[str, int]
    per_query: Mapping[str, float]

    @property
    def stable(self) -> bool:
        """Whether most folds chose the same setting as all queries together."""
        return 2 * self.chosen.get(self.best, 0) > sum(self.chosen.values())

    def in_words(self) -> str:
        """What a librarian should make of it."""
        gain = self.held_out - self.baseline
        picked = f"{self.best} is best on all queries together ({self.mean:.4f})"
        trust = "most parts of the queries agree on it" if self.stable else "different parts of the queries choose different settings, so it may be luck"
        said = f"a gain of {gain:.4f}" if gain > 0 else f"no gain ({gain:+.4f})"
        return f"{picked}; {trust}. On queries that took no part in choosing, the choice gives {self.held_out:.4f}: {said} over {self.baseline:.4f}."

    def as_dict(self) -> dict[str, Any]:
        """As `lab sweep --json` prints it."""
        head = {"best": self.best, "mean": self.mean, "held_out": self.held_out, "baseline": self.baseline, "chosen": dict(self.chosen)}
        return head | {"stable": self.stable, "words": self.in_words()}


def grid(choices: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Every combination of the values given for each setting, in order. Raises UsageError for none, or for more than 200."""
    settings = [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]
    if not choices or not settings:
        raise UsageError("the grid names no setting", remedy="Name some: --set smoothing=0,0.25,0.5")
    if len(settings) > MOST_SETTINGS:
        raise UsageError(f"the grid has {len(settings):,} settings; {MOST_SETTINGS} is the most", remedy="Give fewer values, or fewer settings at once")
    return settings


def cross_validate(values: Mapping[str, Mapping[str, float]], baseline: str, *, folds: int = FOLDS, seed: int = 0) -> Validated:
    """Choose among settings by their per-query values (setting -> query -> value, the same queries for each).

    Queries are dealt into folds at random (seeded); each fold is judged by the setting with the highest mean on the others (the baseline where equal,
    else the first). Raises UsageError where there are fewer than two queries.
    """
    names = [baseline, *(name for name in values if name != baseline)]
    queries = list(values[baseline])
    if len(queries) < 2:
        raise UsageError("there are too few judged queries to cross-validate", remedy="Judge at least two")
    table = np.array([[values[name][query] for query in queries] for name in names])
    fold_of = np.random.default_rng(seed).permutation(len(queries)) % min(folds, len(queries))
    chosen = {fold: int(table[:, fold_of != fold].mean(axis=1).argmax()) for fold in range(int(fold_of.max()) + 1)}
    per_query = {query: float(table[chosen[int(fold)], at]) for at, (query, fold) in enumerate(zip(queries, fold_of, strict=True))}
    means = table.mean(axis=1)
    counts: dict[str, int] = {}
    for at in chosen.values():
        counts[names[at]] = counts.get(names[at], 0) + 1
    best = int(means.argmax())
    return Validated(names[best], float(means[best]), float(np.mean(list(per_query.values()))), float(means[0]), counts, per_query)
