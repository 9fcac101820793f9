"""What a reader is shown where nothing answers: the nearest records, and of each the sentence that comes nearest."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer import ReviewRef, Sentence
from assistant.evidence import EvidenceSentence
from assistant.understanding import names_harm
from assistant.writing import quote
from index.searcher import Hit

_MOST = 3
#: Confidence from which on the evidence has something of the question; how likely a sentence must be to answer it, to be shown: by itself, and as a
#: share of the likeliest one's.
_SOMETHING, _LIKELY, _SHARE = 0.05, 0.15, 0.5


def nearest(
    hits: Sequence[Hit], sentences: Sequence[EvidenceSentence], fits: Sequence[float], confidence: float, *, advice: bool = False
) -> tuple[tuple[ReviewRef, ...], tuple[Sentence, ...]]:
    """Three records, and the sentences of them that were nearest to an answer, at most one of each.

    Records with such a sentence come first, likeliest first; then those that the search found first. A question that has nothing to do with the
    collection gets records alone: any sentence beside it would look like a wrong answer. To a question for `advice` only words on harm are shown.
    """
    best: dict[str, EvidenceSentence] = {}
    if confidence >= _SOMETHING:
        least = max(_LIKELY, _SHARE * max(fits, default=0.0))
        for fit, sentence in sorted(zip(fits, sentences, strict=True), key=lambda pair: -pair[0]):
            if fit >= least and len(best) < _MOST and (names_harm(sentence.text) or not advice):
                best.setdefault(sentence.review.id, sentence)
    reviews = {sentence.review.id: sentence.review for sentence in best.values()}
    reviews |= {hit.review.id: hit.review for hit in hits if hit.review.id not in reviews}
    return tuple(ReviewRef.of(review, 0) for review in list(reviews.values())[:_MOST]), tuple(quote(sentence) for sentence in best.values())
