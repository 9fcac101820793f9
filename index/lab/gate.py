"""A gate: thresholds that what a configuration finds on a set must pass, in absolute terms or against the configuration in force."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus import UsageError
from index.lab.measures import parse_measures

_THRESHOLD = re.compile(r"^\s*(?P<measure>[A-Za-z][\w@().=,]*?)\s*(?P<op>>=|-)\s*(?P<value>\d*\.?\d+)\s*$")


@dataclass(frozen=True)
class Threshold:
    """`measure>=value`, or, with `relative`, `measure-value`: at most so much below the configuration in force."""

    measure: str
    value: float
    relative: bool

    def __str__(self) -> str:
        return f"{self.measure}{'-' if self.relative else '>='}{self.value:g}"


@dataclass(frozen=True)
class Checked:
    """One threshold held against a run: what it found, what was needed, and whether that is enough."""

    threshold: str
    found: float
    needed: float
    passed: bool

    def as_dict(self) -> dict[str, Any]:
        """As `lab gate --json` prints it."""
        return {"threshold": self.threshold, "found": self.found, "needed": self.needed, "passed": self.passed}


def parse_threshold(text: str) -> Threshold:
    """Read `nDCG@10>=0.6` or `nDCG@10-0.01`. Raises UsageError for anything else and for an unknown measure."""
    match = _THRESHOLD.match(text)
    if not match:
        remedy = 'Write "nDCG@10>=0.6" (at least so much) or "nDCG@10-0.01" (at most so much below the configuration in force)'
        raise UsageError(f"{text!r} is no threshold", remedy=remedy)
    return Threshold(parse_measures(match["measure"])[0], float(match["value"]), match["op"] == "-")


def check(thresholds: Sequence[Threshold], means: Mapping[str, float], active: Mapping[str, float]) -> list[Checked]:
    """Hold a run's means against thresholds; `active` has those of the configuration in force, for relative ones."""
    checked = []
    for one in thresholds:
        needed = active[one.measure] - one.value if one.relative else one.value
        checked.append(Checked(str(one), means[one.measure], needed, means[one.measure] >= needed - 1e-12))
    return checked
