"""What speaks for and against that evidence answers a question, as numbers that a small model can weigh."""

from __future__ import annotations

import re
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
#: What all words of a question found in a review add to the cosine of its best sentence.
_JOINT = 0.5
#: BM25 of a term cannot pass (k1 + 1) times its rarity.
_BM25_MOST = 2.2
#: Reviews, best first by their best sentence, in which names are looked for.
_FIRST = 3
_SENTENCE_END = re.compile(r"[.?!:]\s*$")


def signals(question: Question, hits: Sequence[Hit], weighed: Weighed) -> dict[str, float]:
    """Each in a bounded range; a word's weight is its rarity times how much of the question's meaning goes with it, as a share of all words'.

    - `sentence`: the best cosine of a single sentence with the question;
    - `joint`: the best of any review's best cosine with half the weighed share of the words that its sentences and title hold added;
    - `meaning`: the best share of the question's meaning whose words, or words like them, one hit holds;
    - `lost`: the greatest weight of a word that no hit holds, nor any word like it;
    - `dense_gap`, `lexical_gap`: how far the best record stands out among the first ten, by cosine and as a share of the greatest possible BM25;
    - `names_lost`: the weight of names (capitals, codes) that are not in the review that has most of them; `name_lost`: whether any is lost.
    """
    hits = hits[:HITS]
    words = list(question.written)
    meaning = np.array([weighed.importance.get(word, 0.0) for word in words])
    weights = meaning * np.array([question.rarity[word] for word in words])
    weights = weights / (weights.sum() or 1.0)
    found = likeness(question, hits, weighed)
    anywhere = found.max(axis=0, initial=0.0)
    joint, held = _by_review(words, weights, weighed)
    names = [i for i, word in enumerate(words) if _is_name(question, word)]
    lost = min((float(weights[names] @ ~has[names]) for has in held), default=0.0) if names else 0.0
    return {
        "sentence": max(weighed.cosines, default=0.0),
        "joint": joint,
        "meaning": float((found @ meaning).max(initial=0.0)),
        "lost": float((weights * (1 - anywhere)).max(initial=0.0)),
        "dense_gap": _gap([hit.cosine for hit in hits]),
        "lexical_gap": _gap([leg.score if (leg := hit.legs.get("lexical")) else 0.0 for hit in hits]) / (_BM25_MOST * sum(question.rarity.values()) or 1.0),
        "names_lost": lost,
        "name_lost": float(bool(names) and all(not has[names].all() for has in held)),
    }


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


def _by_review(words: Sequence[str], weights: Floats, weighed: Weighed) -> tuple[float, list[npt.NDArray[np.bool_]]]:
    """The best `joint` value, and which words each of the first reviews holds."""
    places: dict[str, list[int]] = {}
    for i, sentence in enumerate(weighed.sentences):
        places.setdefault(sentence.review.id, []).append(i)
    best = {key: max(weighed.cosines[i] for i in own) for key, own in places.items()}
    joint = 0.0
    first: list[npt.NDArray[np.bool_]] = []
    for key in sorted(places, key=lambda key: (-best[key], key)):
        held = stems(" ".join([weighed.sentences[places[key][0]].review.title, *(weighed.sentences[i].text for i in places[key])]))
        has = np.array([word in held for word in words], dtype=bool)
        joint = max(joint, best[key] + _JOINT * float(weights @ has))
        if len(first) < _FIRST:
            first.append(has)
    return joint, first


def _gap(scores: Sequence[float]) -> float:
    """The best score less the mean of the others."""
    ranked = sorted(scores, reverse=True)
    return ranked[0] - sum(ranked[1:]) / (len(ranked) - 1) if len(ranked) > 1 else (ranked[0] if ranked else 0.0)


def _is_name(question: Question, word: str) -> bool:
    """Capitals inside a sentence, capitals all through, or letters with digits: what nothing else can stand for."""
    written = question.written[word]
    at = question.text.find(written)
    inside = written[:1].isupper() and at > 0 and not _SENTENCE_END.search(question.text[:at])
    code = any(c.isdigit() for c in written) and not written.isdigit()
    return inside or code or (written.isupper() and len(written) > 1)
