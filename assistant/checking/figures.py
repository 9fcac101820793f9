"""Figures: a number with what it counts, and when a figure of the evidence bears out a figure of a claim."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}
_MILLIGRAMS = {"ug": 1e-3, "mg": 1.0, "g": 1e3}
#: Two units of time or mass agree within this share: a month is not exactly 30.4 days.
_UNIT_TOLERANCE = 0.02
#: A share worked out from counts, or a third, agrees within two thirds of a percentage point: "a third" = 33 %.
_SHARE_TOLERANCE = 0.0067


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as meant: percentages and fractions as a share of one, the rest as written.

    `kind` is percent, derived (a share worked out from "9 of 12"), n, p, effect, fold, year, count, count:study, time:week …, dose:mg …;
    `places` are the decimals of the value as stored, for rounding; `start` and `end` count in the sentence's plain text; `negative` is a
    minus before it, which counts for effect sizes only ("fell by 3" is -3).
    """

    value: float
    kind: str
    places: int
    start: int
    end: int
    text: str
    negative: bool = False

    @property
    def family(self) -> str:
        """The kind without its unit."""
        return self.kind.partition(":")[0]

    @property
    def unit(self) -> str:
        """The unit, or nothing."""
        return self.kind.partition(":")[2]


def borne_out(claim: Figure, evidence: Sequence[Figure]) -> bool:
    """Whether any figure of the evidence bears out the claim's."""
    return any(same_figure(claim, other) for other in evidence)


def same_figure(claim: Figure, other: Figure) -> bool:
    """Equal, or equal once rounded as the claim rounds: 0.5 = 50 % = half = 6 of 12; 12 weeks = 84 days; 7.3 bears out 7, not the reverse."""
    a, b = claim.value, other.value
    if claim.family == other.family and claim.kind != other.kind and claim.family in ("time", "dose"):
        table = _DAYS if claim.family == "time" else _MILLIGRAMS
        known = claim.unit in table and other.unit in table
        return known and math.isclose(a * table[claim.unit], b * table[other.unit], rel_tol=_UNIT_TOLERANCE)
    if not comparable(claim, other) or (claim.kind == other.kind == "effect" and claim.negative != other.negative):
        return False
    if math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12):
        return True
    if other.family == "derived" or "third" in claim.text.lower() or "third" in other.text.lower():
        return abs(a - b) < _SHARE_TOLERANCE
    if claim.places < other.places and claim.family not in ("p", "year"):
        return math.isclose(round(b, claim.places), a, abs_tol=1e-9) and a != 0
    return False


def comparable(a: Figure, b: Figure) -> bool:
    """Whether two figures may speak of the same kind of thing; a bare count may be anything but a share worked out."""
    if a.kind == b.kind:
        return True
    families = {a.family, b.family}
    if families <= {"percent", "derived"}:
        return True
    if "percent" in families:  # 0.5 = 50 %
        other = b if a.family == "percent" else a
        return other.family in ("count", "effect") and 0 < other.value < 1 and other.places > 0
    if len(families) == 1 and families <= {"dose", "time", "count"}:
        return "count" in (a.kind, b.kind)
    return "count" in families and "derived" not in families
