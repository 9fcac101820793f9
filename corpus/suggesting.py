"""What may have been meant by a facet value that no record has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from corpus.filters import FIELDS, Filter, facet_of
from corpus.text import fold
from corpus.vocabulary import Vocabulary

_MOST = 3
_LIKENESS = 80  # of 100, by rapidfuzz


class Suggestion(NamedTuple):
    """A facet value that no record has, and filters near it that would find something, the nearest first."""

    field: str
    value: str
    near: tuple[str, ...]

    def __str__(self) -> str:
        """One line for the reader."""
        line = f"no record has {self.field}={self.value}"
        return f"{line}; near it: {', '.join(self.near)}" if self.near else line


def suggest(chosen: Filter, vocabulary: Vocabulary, used: Iterable[tuple[str, str]]) -> list[Suggestion]:
    """Suggestions for every unknown facet value of a filter; `used` are the (facet, value) pairs that records have."""
    asked = [(condition, value) for condition in chosen.conditions if condition.field not in FIELDS and condition.op != "~" for value in condition.values]
    if not asked:
        return []
    values: dict[str, list[str]] = {}
    for facet, value in used:
        values.setdefault(facet, []).append(value)
    folded = {facet: {fold(value) for value in known} for facet, known in values.items()}
    found = []
    for condition, value in asked:
        facet = facet_of(condition.field)
        if fold(value) not in folded.get(facet, ()):
            elsewhere = [f"{name}={known}" for name in values if name != facet for known in values[name] if fold(known) == fold(value)]
            near = [f"{condition.field}={known}" for known in _nearest(value, facet, values.get(facet, []), vocabulary)]
            found.append(Suggestion(condition.field, value, tuple([*elsewhere, *near][:_MOST])))
    return found


def _nearest(value: str, facet: str, known: list[str], vocabulary: Vocabulary) -> list[str]:
    """The values whose own spelling, or another word for them, is most like what was asked for."""
    from rapidfuzz import fuzz, process

    spelt = {spelling: each for each in known for spelling in vocabulary.spellings(facet, each)}
    best = process.extract(value, list(spelt), scorer=fuzz.WRatio, processor=fold, limit=3 * _MOST, score_cutoff=_LIKENESS)
    return list(dict.fromkeys(spelt[spelling] for spelling, _, _ in best))[:_MOST]
