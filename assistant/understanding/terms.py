"""The collection's own terms in a question: the values of its facets, in any spelling the vocabulary knows, longest first."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from corpus import Vocabulary
from corpus.text import fold
from index.lexical import analyse

_PIECE = re.compile(r"[^\W_]+")
#: A value that is worded as a question is no term: a record that carries one would change how questions are read.
_WORDED_AS_A_QUESTION = re.compile(
    r"\s*(?:(?:how|which|what|who|when|list|count|show|newest|oldest|latest)\b"
    r"|(?:reviews?|records?|papers?|articles?|studies) (?:of|on|about)\b)",
    re.IGNORECASE,
)
Piece = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Mention:
    """A term of the collection in a text: `text[start:end] == written` stands for `value` of `facet`."""

    facet: str
    value: str
    start: int
    end: int
    written: str


class Terms:
    """Finds facet values in texts. `values` are those the records have, beside the vocabulary's own."""

    def __init__(self, vocabulary: Vocabulary, values: Mapping[str, Iterable[str]] | None = None) -> None:
        self._sizes: dict[str, int] = {}
        self._known: dict[tuple[str, ...], tuple[str, str]] = {}
        spelled: list[tuple[str, str, str]] = []
        for facet in dict.fromkeys([*vocabulary.values, *(values or {})]):
            own = [value for value in (values or {}).get(facet, ()) if not _WORDED_AS_A_QUESTION.match(value)]
            held = list(dict.fromkeys([*vocabulary.values.get(facet, ()), *own]))
            self._sizes[facet] = len(held)
            spelled += [(value, facet, value) for value in held]  # a value's own name comes before another's synonym
            spelled += [(spelling, facet, value) for value in held for spelling in vocabulary.spellings(facet, value)[1:]]
        for spelling, facet, value in spelled:
            if key := tuple(stem for stem, _, _ in pieces(spelling)):
                self._known.setdefault(key, (facet, value))
        self._longest = max(map(len, self._known), default=0)

    def size(self, facet: str) -> int:
        """How many values a facet has: the fewer, the more its values name things rather than themes."""
        return self._sizes.get(facet, 0)

    def near(self, text: str) -> str | None:
        """The value most like a misspelt word, or None where none is like it."""
        names = {fold(value): value for _, value in self._known.values()}
        close = difflib.get_close_matches(fold(text), names, n=1, cutoff=0.75)
        return names[close[0]] if close else None

    def find(self, text: str) -> list[Mention]:
        """The terms of a text in order, none overlapping another, the longest at each place."""
        found: list[Mention] = []
        split = pieces(text)
        at = 0
        while at < len(split):
            for length in range(min(self._longest, len(split) - at), 0, -1):
                known = self._known.get(tuple(stem for stem, _, _ in split[at : at + length]))
                if known:
                    start, end = split[at][1], split[at + length - 1][2]
                    found.append(Mention(*known, start, end, text[start:end]))
                    at += length
                    break
            else:
                at += 1
        return found


def pieces(text: str) -> list[Piece]:
    """The words of a text, stemmed, with their places; words too common to be stemmed stand folded."""
    return [(_stem(match[0]), match.start(), match.end()) for match in _PIECE.finditer(text)]


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    folded = fold(word)
    if len(folded) > 5 and folded.endswith("sis"):  # analysis and analyses, psychosis and psychoses: the stemmer keeps them apart
        folded = folded[:-2] + "es"
    return " ".join(analyse(folded)) or folded
