"""Claim and evidence compared word piece by word piece, each as its sentence means it (late interaction: Khattab & Zaharia 2020).

Every piece of the claim is held against the piece most like it in the evidence, by cosine (-1..1). Names ending in `_b` speak of the best sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from assistant.checking.alignment import Rarity
from assistant.checking.opposites import turned
from assistant.checking.pairing import Pair
from assistant.checking.reading import ReadSentence
from assistant.checking.words import Word
from index.encoder import Tokens, Vectors

Floats = npt.NDArray[np.float64]


def in_context(pair: Pair, rarity: Rarity, tokens: Mapping[str, Tokens]) -> dict[str, float]:
    """The features of a pair that rest on word pieces; `tokens` has those of its sentences and of the turned ones. All 0 where a side has none."""
    claim = [(sentence, tokens[sentence.text]) for sentence in pair.claim.sentences if tokens[sentence.text].spans]
    evidence = [tokens[sentence.text].vectors for sentence in pair.evidence.sentences]
    if not claim or not any(map(len, evidence)):
        return dict.fromkeys(NAMES, 0.0)
    nearest = [_nearest_in(own.vectors, evidence) for _, own in claim]
    near = np.concatenate(nearest)
    by_sentence = near.mean(axis=0)
    closest = evidence[int(by_sentence.argmax())]
    anywhere, in_best, weights = _by_word(claim, near, pair.best_index, rarity)
    turn_all, turn_b, turned_b = _turning(pair, claim, nearest, evidence, tokens)
    return {
        "ctx_all": float(near.max(axis=1).mean()),
        "ctx_best": float(by_sentence.max()),
        "ctx_b": float(by_sentence[pair.best_index]),
        "ctx_top2": float(near[:, np.argsort(-by_sentence, kind="stable")[:2]].max(axis=1).mean()),
        "ctx_words": float(anywhere @ weights),
        "ctx_words_b": float(in_best @ weights),
        "ctx_least": float(anywhere.min()),
        "ctx_least_b": float(in_best.min()),
        "ctx_spread": float(anywhere.std()),
        "ctx_back": _mean_nearest(closest, np.concatenate([own.vectors for _, own in claim])),
        "ctx_turn_all": turn_all,
        "ctx_turn_b": turn_b,
        "ctx_turned_b": turned_b,
    }


NAMES = (
    *("ctx_all", "ctx_best", "ctx_b", "ctx_top2", "ctx_words", "ctx_words_b", "ctx_least", "ctx_least_b", "ctx_spread", "ctx_back"),
    *("ctx_turn_all", "ctx_turn_b", "ctx_turned_b"),
)


def _nearest_in(claim: Vectors, evidence: Sequence[Vectors]) -> Vectors:
    """Shape (pieces, sentences): each piece's greatest cosine in each sentence."""
    return np.stack([(claim @ own.T).max(axis=1, initial=-1.0) if len(own) else np.zeros(len(claim), dtype=np.float32) for own in evidence], axis=1)


def _mean_nearest(pieces: Vectors, others: Vectors) -> float:
    """The mean of each piece's greatest cosine with any of the others; 0 where a side is empty."""
    return float((pieces @ others.T).max(axis=1).mean()) if len(pieces) and len(others) else 0.0


def _by_word(claim: Sequence[tuple[ReadSentence, Tokens]], near: Vectors, best: int, rarity: Rarity) -> tuple[Floats, Floats, Floats]:
    """For each word of the claim that carries meaning: the mean of its pieces' nearest anywhere, that in the best sentence, and its share of the weight."""
    rows = list(_words(claim))
    if not rows:
        return np.zeros(1), np.zeros(1), np.ones(1)
    anywhere = near.max(axis=1)
    weights = np.array([rarity(word) for word, _ in rows])
    means = [np.array([column[own].mean() for _, own in rows], dtype=np.float64) for column in (anywhere, near[:, best])]
    return means[0], means[1], weights / (weights.sum() or 1.0)


def _words(claim: Sequence[tuple[ReadSentence, Tokens]]) -> Iterator[tuple[Word, list[int]]]:
    """Words with the places of their pieces among all of the claim's; those past the encoder's limit are left out."""
    at = 0
    for sentence, own in claim:
        for word in sentence.content:
            places = [at + i for i, (start, end) in enumerate(own.spans) if start < word.end and end > word.start]
            if places:
                yield word, places
        at += len(own.spans)


def _turning(
    pair: Pair, claim: Sequence[tuple[ReadSentence, Tokens]], nearest: Sequence[Vectors], evidence: Sequence[Vectors], tokens: Mapping[str, Tokens]
) -> tuple[float, float, float]:
    """How much nearer the evidence, and the best sentence of it, is to the claim than to the claim turned round; and the claim to that sentence than to it
    turned round. `nearest` has `_nearest_in` of each of the claim's sentences."""
    everything, best = np.concatenate(evidence), evidence[pair.best_index]
    about_all = about_best = about_turned = 0.0
    other = tokens[turned(pair.best.text)].vectors if pair.near and len(best) else None
    for (sentence, own), near in zip(claim, nearest, strict=True):
        against = tokens[turned(sentence.text)].vectors
        to_best = float(near[:, pair.best_index].mean())
        about_all += float(near.max(axis=1).mean()) - _mean_nearest(against, everything)
        about_best += to_best - _mean_nearest(against, best)
        about_turned += to_best - _mean_nearest(own.vectors, other) if other is not None else 0.0
    return about_all / len(claim), about_best / len(claim), about_turned / len(claim)
