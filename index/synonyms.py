"""What else a query's words are called: the lexical leg looks for the other spellings of a vocabulary's value too, with less weight.

The dense leg needs none of it: it compares meanings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from corpus import Vocabulary
from index.lexical import Alternatives, QueryTerms, analyse

_DISTINCTIVE = 10  # letters of an analysed word that few records hold by chance


class Synonyms:
    """The spellings of one vocabulary as the analyser's terms."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        groups = [[tuple(analyse(word)) for word in vocabulary.spellings(facet, value)] for facet, values in vocabulary.values.items() for value in values]
        self._groups: dict[tuple[str, ...], list[list[tuple[str, ...]]]] = {}
        for group in groups:
            for spelling in filter(None, group):
                self._groups.setdefault(spelling, []).append(group)
        self._longest = max(map(len, self._groups), default=0)

    def widen(self, terms: Sequence[str], weight: float) -> QueryTerms:
        """The query's terms, and for each spelling among them the others of its value that share no term with the query."""
        said, found = QueryTerms(Counter(terms)), []
        at = 0
        while weight > 0 and at < len(terms):
            length = next((n for n in range(min(self._longest, len(terms) - at), 0, -1) if tuple(terms[at : at + n]) in self._groups), 0)
            for group in self._groups.get(tuple(terms[at : at + length]), ()):
                others = sorted({spelling for spelling in group if _tells(spelling) and not said.keys() & set(spelling)})
                if others:
                    found.append(Alternatives(tuple(others), weight))
            at += max(length, 1)
        said.alternatives = tuple(dict.fromkeys(found))
        return said


def _tells(spelling: Sequence[str]) -> bool:
    """Whether a record that holds these terms, anywhere, is likely to mean it.

    "Special K" and "S-ketamine" are no more than a common word and a stray letter; "3,4-methylenedioxymethamphetamine" is told by its long word.
    """
    whole = [term for term in spelling if len(term) > 1]
    return bool(whole) and (len(whole) == len(spelling) or len(whole) > 1 or len(whole[0]) >= _DISTINCTIVE)


_made: list[Synonyms] = []


def synonyms_of(vocabulary: Vocabulary) -> Synonyms:
    """The synonyms of a vocabulary; made anew only when it is another one (the library gives the same object as long as nobody changes it)."""
    held = next((each for each in _made if each.vocabulary is vocabulary), None)
    if held is None:
        held = Synonyms(vocabulary)
        _made[:] = [held]  # a cache of one: every question makes a searcher of its own
    return held
