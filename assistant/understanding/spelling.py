"""Slips of the keyboard in a question's words, mended where the collection has the word that was meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from corpus.text import fold
from index.lexical import analyse

#: Shorter words are left alone: too many others are one slip away.
_LEAST = 6
_WORD = re.compile(r"[A-Za-z][a-z]{5,}")
Frequencies = Callable[[Sequence[str]], tuple[dict[str, int], int]]


def respell(text: str, frequencies: Frequencies, common: Callable[[str], bool]) -> str:
    """The question with words that no record has put as records spell them, where a single slip explains the difference.

    Slips are two neighbouring letters changed about, a letter doubled or not, i for y, and an e too few or too many at the end. Any other letter is
    left as it is: names of substances differ by one, and so do words that the collection has only by their stems. A word that is `common` in the
    language is meant as it stands. `frequencies` is the searcher's.
    """

    def meant(found: re.Match[str]) -> str:
        word = found[0]
        folded = fold(word)
        if len(folded) < _LEAST or _records(folded, frequencies) or common(folded):
            return word
        options = {option: _records(option, frequencies) for option in dict.fromkeys(_slips(folded))}
        best = max(options.values(), default=0)
        stems = {tuple(analyse(option)) for option, count in options.items() if count == best}
        if not best or len(stems) > 1:
            return word
        chosen = next(option for option, count in options.items() if count == best)
        return chosen.capitalize() if word[0].isupper() else chosen

    return _WORD.sub(meant, text)


def _slips(word: str) -> Iterator[str]:
    """What may have been meant by a word; its first letter stays."""
    for i in range(1, len(word)):
        if i + 1 < len(word) and word[i] != word[i + 1]:
            yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        if word[i] == word[i - 1]:
            yield word[:i] + word[i + 1 :]
        else:
            yield word[:i] + word[i - 1] + word[i:]
        if word[i] in "iy":
            yield word[:i] + ("y" if word[i] == "i" else "i") + word[i + 1 :]
    yield word[:-1] if word.endswith("e") else word + "e"
    yield word + word[-1]


def _records(word: str, frequencies: Frequencies) -> int:
    """In how many records at most a word stands; none where it is too common to be searched for."""
    stems = analyse(word)
    return min(frequencies(stems)[0].values(), default=0) if stems else 0
