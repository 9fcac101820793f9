"""What speaks for and against that evidence answers a question, as numbers that a small model can weigh."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assistant.checking.model import shipped
from assistant.checking.words import name_of, plain, split_words
from assistant.evidence import Question, Weighed, stems
from corpus.text import fold
from index.searcher import Hit

Floats = npt.NDArray[np.float64]

#: Hits looked at, and those of them whose words are compared by their vectors.
HITS, _COMPARED = 10, 6
#: Cosine of two word vectors from which on one begins to count as found in the other's place, how much more makes it count 1, and the most it may count.
_ALIKE, _RANGE, _MOST = 0.35, 0.45, 0.9


def signals(question: Question, hits: Sequence[Hit], weighed: Weighed) -> dict[str, float]:
    """Each in a bounded range; a word's weight is its rarity times how much of the question's meaning goes with it, as a share of all words'.

    - `sentence`: the best cosine of a single sentence with the question;
    - `sentence_words`: the best of any sentence's matches with the question's words, mean over all of them;
    - `meaning`: the best share of the question's meaning whose words, or words like them, one hit holds;
    - `dense_gap`: how far the best record stands out among the first ten, by cosine;
    - `record_words`: the best of any review's matches with the telling words, each in its best sentence, mean by rarity;
    - `record_gap`: how far the best review's matches, by weight, stand above the others' mean;
    - `record_least`: the best of any review's least match.
    """
    hits = hits[:HITS]
    words = list(question.written)
    meaning = np.array([weighed.importance.get(word, 0.0) for word in words])
    weights = meaning * np.array([question.rarity[word] for word in words])
    weights = weights / (weights.sum() or 1.0)
    return {
        "sentence": max(weighed.cosines, default=0.0),
        "sentence_words": max(weighed.matched_all, default=0.0),
        "meaning": float((likeness(question, hits, weighed) @ meaning).max(initial=0.0)),
        "dense_gap": _gap([hit.cosine for hit in hits]),
        **_matched(question, weights, weighed),
    }


def _matched(question: Question, weights: Floats, weighed: Weighed) -> dict[str, float]:
    """The signals made of `Weighed.matched`, word by word."""
    places = _places(weighed)
    if not places or not weights.size:
        return dict.fromkeys(("record_words", "record_gap", "record_least"), 0.0)
    rarity = np.array([question.rarity[word] for word in question.written])
    by_record = np.array([weighed.matched[own].max(axis=0) for own in places.values()])
    return {
        "record_words": float((by_record @ (rarity / (rarity.sum() or 1.0))).max()),
        "record_gap": _gap((by_record @ weights).tolist()),
        "record_least": float(by_record.min(axis=1).max()),
    }


def _places(weighed: Weighed) -> dict[str, list[int]]:
    """Review id -> the positions of its sentences."""
    places: dict[str, list[int]] = {}
    for i, sentence in enumerate(weighed.sentences):
        places.setdefault(sentence.review.id, []).append(i)
    return places


def likeness(question: Question, hits: Sequence[Hit], weighed: Weighed) -> Floats:
    """Shape (hits, words): 1 where a hit holds a word of the question, less (0 and up) where it only holds one like it."""
    words = list(question.written)
    table = shipped()[0].word_vectors
    names = [name_of(fold(question.written[word])) for word in words]
    out = np.zeros((len(hits), len(words)))
    for row, hit in zip(out, hits, strict=True):
        text = " ".join([hit.review.title, hit.best.text, *(span.text for span in hit.others)])
        held = stems(text)
        row[:] = [word in held for word in words]
        if hit.rank <= _COMPARED:
            theirs = {word.norm: word for word in split_words(plain(text))}
            known = {word.stem for word in theirs.values()}
            near = (weighed.words @ table.of(list(theirs), {}).T).max(axis=1, initial=0.0)
            row[:] = np.maximum(row, np.clip((near - _ALIKE) / _RANGE, 0.0, _MOST))
            row[:] = np.maximum(row, [name in known for name in names])
    return out


def _gap(scores: Sequence[float]) -> float:
    """The best score less the mean of the others."""
    ranked = sorted(scores, reverse=True)
    return ranked[0] - sum(ranked[1:]) / (len(ranked) - 1) if len(ranked) > 1 else (ranked[0] if ranked else 0.0)
