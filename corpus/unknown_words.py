"""Words of the records that the vocabulary does not know, each with the known value it is most like. Nothing is applied by guess."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from corpus import schema, vocabulary_store
from corpus.text import fold
from corpus.vocabulary import Vocabulary

if TYPE_CHECKING:
    from corpus.library import Library

#: The least likeness (0..1, share of characters in common whatever the order of the words) at which a value is suggested.
_LIKENESS = 0.8


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word the vocabulary does not know: where it stands (a facet, or `keywords`), in how many records, and the nearest known value.

    `facet`, `value` and `spelling` name that value and the spelling that is like the word; "" where none is. `likeness` is in 0..1, higher is nearer;
    1.0 = the same words but for their endings and order.
    """

    where: str
    word: str
    records: int
    facet: str = ""
    value: str = ""
    spelling: str = ""
    likeness: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """As `vocabulary suggest --json` prints it."""
        return asdict(self) | {"likeness": round(self.likeness, 3)}


def unknown_words(library: Library, *, at_least: int = 1) -> list[UnknownWord]:
    """Every facet value and keyword that the vocabulary does not know and that at least so many records have, most frequent first."""
    with library.reading() as connection:
        vocabulary = vocabulary_store.current(connection)
        value, link = schema.facet_value, schema.review_facet
        query = sa.select(value.c.facet, value.c.value, sa.func.count()).join(link, link.c.value_number == value.c.number)
        query = query.where(value.c.facet.in_(list(vocabulary.values))).group_by(value.c.facet, value.c.value)
        found = [(facet, word, n) for facet, word, n in connection.execute(query)]
        words = [("keywords", word, n) for word, n in _keywords(connection).items()]
    unknown = [(name, value, n) for name, value, n in found if vocabulary.canonical(name, value) is None and n >= at_least]
    unknown += [(name, word, n) for name, word, n in words if not vocabulary.facets_of(word) and n >= at_least]
    made = nearest_values(vocabulary, [(name if name != "keywords" else "", word) for name, word, _ in unknown])
    listed = [UnknownWord(name, word, n, *near) for (name, word, n), near in zip(unknown, made, strict=True)]
    return sorted(listed, key=lambda entry: (-entry.records, entry.where, fold(entry.word), entry.word))


def nearest_values(vocabulary: Vocabulary, words: Sequence[tuple[str, str]]) -> list[tuple[str, str, str, float]]:
    """For each (facet or "" for any, word) the (facet, value, spelling, likeness) of the nearest spelling, or ("", "", "", 0.0)."""
    from rapidfuzz import fuzz, process

    spellings = [(facet, value, word) for facet, values in vocabulary.values.items() for value in values for word in vocabulary.spellings(facet, value)]
    keys = [_key(word) for _, _, word in spellings]
    by_facet = {name: [at for at, (facet, _, _) in enumerate(spellings) if name in ("", facet)] for name in {facet for facet, _ in words}}
    found: list[tuple[str, str, str, float]] = []
    for name, word in words:
        places = by_facet[name]
        best = process.extractOne(_key(word), [keys[at] for at in places], scorer=fuzz.ratio, score_cutoff=100 * _LIKENESS) if places else None
        found.append((*spellings[places[best[2]]], best[1] / 100) if best else ("", "", "", 0.0))
    return found


def _keywords(connection: sa.Connection) -> Counter[str]:
    """Every keyword with the number of records that have it."""
    document = schema.review.c.document
    if connection.dialect.name == "sqlite":
        query = "SELECT k.value, count(DISTINCT review.id) FROM review, json_each(review.document, '$.keywords') AS k GROUP BY k.value"
        return Counter({str(word): int(n) for word, n in connection.exec_driver_sql(query)})
    counted: Counter[str] = Counter()
    for text in connection.execute(sa.select(document)).scalars():
        counted.update(set(json.loads(text).get("keywords", ())))
    return counted


def _key(text: str) -> str:
    """The words of a text in alphabetical order, without their plural endings: what two spellings are compared by."""
    return " ".join(sorted(map(_singular, re.findall(r"\w+", fold(text)))))


def _singular(word: str) -> str:
    """Harman's S stemmer ("How effective is suffixing?", JASIS 42, 1991): only plurals are taken back, so that "anxious" stays what it is."""
    for ending, but, to in (("ies", ("eies", "aies"), "y"), ("es", ("aes", "ees", "oes"), "e"), ("s", ("us", "ss"), "")):
        if word.endswith(ending):
            return word if word.endswith(but) or len(word) <= 3 else word[: -len(ending)] + to
    return word
