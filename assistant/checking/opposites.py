"""Opposites: words of direction with their sign, listed pairs, and a claim turned round by rule."""

from __future__ import annotations

import re

from assistant.checking.opposites_lexicon import ANTONYMS, DIRECTIONS, SWAPS
from assistant.checking.words import name_of, stem

#: Stem of a word of direction -> (axis, sign).
DIRECTION = {stem(word): sign for sign, words in DIRECTIONS.items() for word in words.split()}


def _table() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for pair in ANTONYMS:
        a, b = map(name_of, pair.split())
        table[a] = table.get(a, frozenset()) | {b}
        table[b] = table.get(b, frozenset()) | {a}
    return table


_OPPOSITES = _table()
_PREFIXES = ("un", "in", "non", "im", "dis")


def opposed(word: str, others: frozenset[str]) -> bool:
    """Whether `others` hold the opposite of a stem, listed or made by prefix (stable, unstable)."""
    if not _OPPOSITES.get(word, frozenset()).isdisjoint(others):
        return True
    if len(word) <= 4:
        return False
    return any(p + word in others or (word.startswith(p) and len(word) - len(p) > 4 and word[len(p) :] in others) for p in _PREFIXES)


_TURNED = {**{b: a for a, b in reversed(SWAPS)}, **dict(reversed(SWAPS))}
_UNDO = re.compile(r"\b(?:(?P<aux>do|does|did|is|are|was|were|can|could|may|might|will|would|has|have|had) not|(?P<aux2>can)not|no)\b", re.I)
_AUX = re.compile(r"\b(is|are|was|were|can|could|may|might|will|would|has|have|had|does|do|did)\b", re.I)


#: How a text begins that no rule could turn.
UNTURNED = "It is not true that "


def turned(text: str) -> str:
    """The text saying the opposite, by rule: the first word of direction swapped, else a negation taken out, else one put in."""
    done = False

    def turn(m: re.Match[str]) -> str:
        nonlocal done
        to = None if done else _TURNED.get(m.group().lower())
        if to is None:
            return m.group()
        done = True
        return to

    out = re.sub(r"[A-Za-z]+", turn, text)
    if done:
        return out
    out, count = _UNDO.subn(lambda m: m["aux"] or m["aux2"] or "a", text, count=1)
    if count:
        return out
    out, count = _AUX.subn(lambda m: m.group() + " not", text, count=1)
    return out if count else UNTURNED + text
