"""Short forms: those a text explains ("long form (LF)"), and capitals that spell the words beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.checking.lexicon import STOP
from assistant.checking.words import Word, name_of

_EXPLAINED = re.compile(r"\(([A-Za-z][A-Za-z0-9-]{1,9})(?:[;,][^)]*)?\)")
_REACH = 120


def abbreviations(text: str) -> dict[str, tuple[str, ...]]:
    """Stem of each explained short form -> stems of its long form: letters of the short form found in order in the words before it."""
    out: dict[str, tuple[str, ...]] = {}
    for match in _EXPLAINED.finditer(text):
        short = match[1]
        letters = [c.lower() for c in short.rstrip("s") if c.isalpha()]
        if sum(c.isupper() for c in short) < 2 or not letters:
            continue
        before = text[max(0, match.start() - _REACH) : match.start()].strip()
        words = [w for w in re.split(r"[\s\-/]+", before) if w]
        for size in range(1, min(len(letters) + 4, len(words)) + 1):
            chunk = [w.strip(".,;:()").lower() for w in words[-size:]]
            if _spells(chunk, letters):
                stems = tuple(name_of(w) for w in chunk if w and w not in STOP)
                if stems:
                    out[_code(short)] = stems
                break
    return out


def _spells(chunk: Sequence[str], letters: Sequence[str]) -> bool:
    if not chunk[0] or chunk[0][0] != letters[0]:
        return False
    k = 0
    for word in chunk:
        if k < len(letters) and word and word[0] == letters[k]:
            k += 1
            for c in word[1:]:
                if k < len(letters) and c == letters[k] and len(chunk) < len(letters):
                    k += 1
    return k >= len(letters)


def _code(short: str) -> str:
    lower = short.replace("-", "").lower()
    return name_of(lower.rstrip("s") if short[-1:] == "s" and short[:-1].isupper() else lower)


def spelt_by(word: str, words: Sequence[Word]) -> bool:
    """Whether an all-capitals word is spelt by the first letters of consecutive words."""
    return len(word) >= 3 and word.lower() in "".join(w.norm[0] for w in words)


def is_capitals(word: Word) -> bool:
    """Whether a word may be an initialism: three to six capitals."""
    return word.text.isupper() and 3 <= len(word.text) <= 6
