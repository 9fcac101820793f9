"""Words: what is written, its stem with known synonyms folded, and whether it says anything."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from assistant.checking.lexicon import FRACTION, SAME, STOP, UNIT_WORDS, UNITS

WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_SUFFIXES = tuple(
    "izations ization ational fulness ousness iveness ations ation ities ments ment ness ingly edly ically ical ives ive ions ion"
    " ity ies ied ing ers ed er es ly al ic s".split()
)
_BRITISH = (
    (re.compile(r"our$"), "or"),
    (re.compile(r"our(?=s$|ed$|ing$|al$)"), "or"),
    (re.compile(r"ae"), "e"),
    (re.compile(r"oe(?=[dms])"), "e"),
    (re.compile(r"is(?=e[sd]?$|ing$|ations?$)"), "iz"),
    (re.compile(r"ys(?=e[sd]?$|ing$)"), "yz"),
)
_PLAIN = str.maketrans(
    {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "µ": "u", "μ": "u", "’": "'", "–": "-", "−": "-", "‐": "-", "‑": "-", "·": "."}
    | {"\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u202f": " "}
)


_SAYS_NOTHING = STOP | UNITS.keys() | FRACTION.keys() | UNIT_WORDS


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a sentence. `start` and `end` count in the sentence's plain text; `content` says that it carries meaning;
    `negated` that it stands in the reach of a negation."""

    text: str
    norm: str
    stem: str
    start: int
    end: int
    content: bool
    negated: bool = False


def plain(text: str) -> str:
    """The text with Greek letters spelt and dashes, quotes and spaces made plain. Its offsets are its own: never cite by them."""
    return text.translate(_PLAIN)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A light English stem of a lower-case word: plural, tense, common derivations, British spelling; never shorter than four letters."""
    w = word
    if len(w) > 4 and w.isalpha():
        for pattern, to in _BRITISH:
            w = pattern.sub(to, w)
        w = _without_suffixes(w)
        if len(w) > 4 and w[-1] in "eiy":
            w = w[:-1]
        if len(w) > 4 and w[-1] == w[-2] and w[-1] not in "ls":
            w = w[:-1]
    elif len(w) == 4 and w.endswith("s") and w[2] not in "sui":
        w = w[:-1]
    return w


def _without_suffixes(w: str) -> str:
    for turn in range(2):
        for suffix in _SUFFIXES:
            if turn and suffix in ("s", "es"):
                continue
            if w.endswith(suffix) and len(w) - len(suffix) >= 4 and not (suffix == "s" and w.endswith(("ss", "us", "is"))):
                w = w[: -len(suffix)] + ("y" if suffix in ("ies", "ied") else "")
                break
        else:
            break
    return w


def _aliases(groups: Iterable[str]) -> dict[str, str]:
    table: dict[str, str] = {}
    for group in groups:
        names = group.split()
        for name in names:
            table.setdefault(stem(name), stem(names[0]))
    return table


_ALIAS = _aliases(SAME)


def name_of(word: str) -> str:
    """The stem of a lower-case word, or of what stands for its group of synonyms."""
    known = stem(word)
    return _ALIAS.get(known, known)


def split_words(text: str) -> list[Word]:
    """The words of a plain text, hyphenated ones in their parts; a code such as 5-HT2A is one word. Bare figures are left out."""
    out: list[Word] = []
    for match in WORD.finditer(text):
        raw, start = match.group(), match.start()
        if _is_code(raw):
            pieces = [(raw.replace("-", ""), start, match.end())]
        else:
            pieces, at = [], start
            for part in raw.split("-"):
                pieces.append((part, at, at + len(part)))
                at += len(part) + 1
        for piece, begin, end in pieces:
            norm = piece.lower().removesuffix("'s")
            if norm and not norm.isdigit():
                out.append(Word(piece, norm, name_of(norm), begin, end, _says_something(norm)))
    return out


def _is_code(raw: str) -> bool:
    parts = raw.split("-")
    if not (any(c.isdigit() for c in raw) and any(c.isalpha() for c in raw)):
        return False
    return not (parts[0].isdigit() and len(parts) > 1 and parts[1].isalpha() and len(parts[1]) > 2)  # 12-week, 20-item


def _says_something(norm: str) -> bool:
    return len(norm) > 1 and "'" not in norm and norm not in _SAYS_NOTHING
