"""What a sentence denies, which way it points, and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.checking.lexicon import GENERIC
from assistant.checking.opposites import DIRECTION
from assistant.checking.patterns import MINUS, MODAL, NEGATION, NULL, SOFT, STRONG, UNKNOWN
from assistant.checking.words import Word, stem

_CLAUSE = re.compile(r"[;:,()]|\b(?:but|however|although|though|whereas|while|and|which|because|despite)\b", re.I)
_PARTS = re.compile(r";|,?\s*\b(?:whereas|while|but|although|though|however)\b|, and\b", re.I)
#: A negation reaches this many words at most, to the end of its clause.
_REACH = 8
#: Words this far from a word of direction are what it speaks of.
_NEAR = 6


@dataclass(frozen=True, slots=True)
class Turn:
    """A word of direction: its axis, its sign here (+1 or -1, negation counted), and the stems of the telling words near it."""

    axis: str
    sign: int
    near: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stance:
    """How a sentence says what it says. `minus` counts words that take away, for parity: "loss of an inhibitor" is a gain."""

    turns: tuple[Turn, ...]
    negations: int
    modal: bool
    soft: bool
    unknown: bool
    strong: bool
    null: bool
    minus: int


def stance_of(text: str, words: Sequence[Word]) -> Stance:
    """The stance of a plain sentence whose words have been marked by `negated`."""
    return Stance(
        turns=_turns(words),
        negations=len(NEGATION.findall(text)),
        modal=bool(MODAL.search(text)),
        soft=bool(SOFT.search(text)),
        unknown=bool(UNKNOWN.search(text)),
        strong=bool(STRONG.search(text)),
        null=bool(NULL.search(text)),
        minus=len(MINUS.findall(text)),
    )


def negated(text: str, words: list[Word]) -> list[Word]:
    """The words, those in the reach of a negation marked; a second negation takes the mark away."""
    marks = list(NEGATION.finditer(text))
    if not marks:
        return words
    breaks = [m.start() for m in _CLAUSE.finditer(text)]
    flags = [False] * len(words)
    for mark in marks:
        stop = min((b for b in breaks if b > mark.end() + 1), default=len(text))  # "could not, in this account, be revised": past the comma
        reached = [i for i, w in enumerate(words) if mark.end() <= w.start < stop][:_REACH]
        for i in reached:
            flags[i] = not flags[i]
    return [replace(w, negated=True) if flag else w for w, flag in zip(words, flags, strict=True)]


def direction(word: Word) -> tuple[str, int] | None:
    """Axis and sign of a word of direction as it stands, negation not counted; None for any other word."""
    return DIRECTION.get(stem(word.norm))


def _turns(words: Sequence[Word]) -> tuple[Turn, ...]:
    signs = [direction(w) for w in words]
    out = []
    for i, (word, found) in enumerate(zip(words, signs, strict=True)):
        if found is None:
            continue
        axis, sign = found
        following = signs[i + 1] if i + 1 < len(words) else None
        if word.norm in ("more", "less", "most", "least") and following is not None:  # "less effective" points one way, not two
            if word.norm in ("less", "least"):
                out.append(Turn(following[0], -following[1] * (-1 if word.negated else 1), frozenset()))
            continue
        around = range(max(0, i - _NEAR), min(len(words), i + 1 + _NEAR))
        near = frozenset(words[j].stem for j in around if j != i and words[j].content and words[j].norm not in GENERIC and signs[j] is None)
        out.append(Turn(axis, -sign if word.negated else sign, near))
    return tuple(out)


def shared_part(text: str, words: Sequence[Word], stems: frozenset[str]) -> str:
    """The part of a sentence that holds nearly all of the given stems it has, if one part does; else the whole."""
    cuts = [0, *(m.start() for m in _PARTS.finditer(text)), len(text)]
    shared = [w for w in words if w.stem in stems]
    all_stems = {w.stem for w in shared}
    for a, b in pairwise(cuts):
        if shared and len({w.stem for w in shared if a <= w.start < b}) >= 0.9 * len(all_stems):
            return text[a:b]
    return text
