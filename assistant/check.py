"""Checking a sentence against the words it rests on: the protocol every checker follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.answer import Support


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a checker says. `score` in 0..1, higher is better supported; `start` and `end` are the span of the evidence that carries the
    claim best; `reasons` name what was not found there (words, figures, a turned direction)."""

    support: Support
    score: float
    start: int
    end: int
    reasons: tuple[str, ...] = ()


class Checker(Protocol):
    """Scores claims against evidence."""

    def check(self, claim: str, evidence: Sequence[str]) -> list[Verdict]:
        """One verdict for the claim against each piece of evidence, in order."""
        ...

    def check_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """One verdict for each (claim, evidence), in order."""
        ...
