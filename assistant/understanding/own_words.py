"""A question in the collection's own words: the records' names for a drug, a way of giving it, a condition, where a reader says it otherwise.

A phrase is replaced only where the records use the other name more than the reader's, so a question in the records' own words stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.understanding.lay_words import LAY_WORDS
from corpus import Vocabulary
from corpus.text import fold
from index.lexical import analyse

#: The facets whose other names are names of the very same thing; elsewhere a synonym may be narrower ("chronic pain: fibromyalgia").
_SAME_THING = ("substances",)
Frequencies = Callable[[Sequence[str]], tuple[dict[str, int], int]]
Names = dict[str, tuple[str, ...]]


def own_words(text: str, vocabulary: Vocabulary, frequencies: Frequencies) -> str:
    """The question with such phrases replaced, the longest where several begin. `frequencies` is the searcher's."""
    names, folded = _names_of(vocabulary), fold(text)
    phrases = sorted((phrase for phrase in names if phrase in folded), key=lambda phrase: (-len(phrase), phrase))
    if not phrases:
        return text

    def better(found: re.Match[str]) -> str:
        others = names.get(fold(found[0]), ())
        best = max(others, key=lambda other: _records(other, frequencies), default=found[0])
        return best if _records(best, frequencies) > _records(found[0], frequencies) and fold(best) not in folded else found[0]

    return re.sub(rf"(?<![\w-])(?:{'|'.join(map(re.escape, phrases))})(?![\w-])", better, text, flags=re.IGNORECASE)


def _records(phrase: str, frequencies: Frequencies) -> int:
    """In how many records at most a phrase stands: those with its rarest word."""
    return min(frequencies(analyse(fold(phrase)))[0].values(), default=0)


def _initials(phrase: str) -> str:
    return "".join(word[0] for word in re.findall(r"[^\W_]+", phrase)).upper()


def _same(one: str, other: str) -> bool:
    """Whether one is the other's abbreviation: its initials, in capitals."""
    return (one.isupper() and one == _initials(other)) or (other.isupper() and other == _initials(one))


_made: list[tuple[Vocabulary, Names]] = []


def _names_of(vocabulary: Vocabulary) -> Names:
    """Each spelling (folded) with the other names of the same thing; made anew only for another vocabulary."""
    if not (_made and _made[0][0] is vocabulary):
        names: Names = dict(LAY_WORDS)
        for facet, values in vocabulary.values.items():
            for value in values:
                group = vocabulary.spellings(facet, value)
                for spelling in group:
                    others = [other for other in group if other != spelling and _same(spelling, other)]
                    if facet in _SAME_THING and spelling != value and value not in others:
                        others.append(value)
                    if others:
                        names[fold(spelling)] = tuple(others)
        _made[:] = [(vocabulary, names)]
    return _made[0][1]
