"""Known-item queries written by rule from records' own findings: a start for a set, marked as synthetic, never a substitute for readers' questions."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from corpus.lab.judgements import Judgement
from corpus.lab.sets import TestQuery
from corpus.review import Review, Status
from corpus.text import fold

#: Who "judged" a proposed query: nobody did, the rule knows where its words came from.
JUDGE = "rule"
_GRADE = 3
_WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]|[^\W\d_]")
_FEWEST = 4  # words a query needs to mean one record


def propose(reviews: Iterable[Review], *, words: int = 7, most: int | None = None) -> list[tuple[TestQuery, Judgement]]:
    """For each current record one query of the `words` rarest words of its most telling finding, in their order, and the record as its answer.

    Rarity is over the records given (inverse document frequency). Records without a finding of at least four telling words give none.
    The same records give the same queries.
    """
    held = [review for review in reviews if review.status is Status.CURRENT]
    frequency = Counter(word for review in held for word in set(map(fold, _WORD.findall(" ".join(_texts(review))))))
    found: list[tuple[TestQuery, Judgement]] = []
    for review in held if most is None else held[:most]:
        texts = _texts(review)
        best = max(texts, key=lambda text: sum(_rarity(word, frequency, len(held)) for word in _telling(text, words, frequency)), default="")
        chosen = _telling(best, words, frequency)
        if len(chosen) >= _FEWEST:
            query_id = f"known-{review.id}"
            query = TestQuery(
                query_id, " ".join(chosen), f"The record {review.id}, by words of its own.", ("known item",), True, synthetic=True, origin={"review": review.id}
            )
            found.append((query, Judgement(query_id, review.id, _GRADE, JUDGE)))
    return found


def _texts(review: Review) -> list[str]:
    return [text for text in (*review.findings, review.summary) if text]


def _telling(text: str, most: int, frequency: Counter[str]) -> Sequence[str]:
    """The rarest words of a text, in their order."""
    words = list(dict.fromkeys(word for word in _WORD.findall(text) if len(word) > 3))
    kept = set(sorted(words, key=lambda word: (frequency[fold(word)], word))[:most])
    return [word for word in words if word in kept]


def _rarity(word: str, frequency: Counter[str], total: int) -> float:
    return math.log((total + 1) / (frequency[fold(word)] + 0.5))
