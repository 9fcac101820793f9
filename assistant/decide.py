"""Whether the evidence answers the question: several signals, joined by a logistic model trained on labelled questions."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assistant.evidence import Question, Weighed, stems
from index.searcher import SearchResult

#: A word that carries at least this share of the question's meaning, and that no hit holds, is named as missing.
_MISSED = 0.2
_COEFFICIENTS = Path(__file__).parent / "data" / "decide.json"


@dataclass(frozen=True)
class Decision:
    """`confidence`: estimated probability (0..1) that the evidence answers; `answers`: it is above the shipped threshold."""

    confidence: float
    answers: bool
    partly: bool
    missing: tuple[str, ...]
    signals: Mapping[str, float]


def signals(question: Question, result: SearchResult, weighed: Weighed) -> dict[str, float]:
    """What speaks for and against, each in a bounded range:

    - `dense_top`, `dense_mean3`: the dense leg's best cosine, and the mean of its best three;
    - `sentence_top`: the best cosine of a single sentence with the question;
    - `cover_hit`: the best share of the question's rarity-weighted words that one hit's passages and title hold;
    - `cover_sentence`: the same for one sentence with its title;
    - `meaning_hit`: the best share of the question's meaning (its words weighed by what is lost without them) that one hit holds;
    - `meaning_lost`: the share of its meaning whose words stand in none of the hits;
    - `unknown`: the rarity-weighted share of words the collection does not know at all;
    - `agreement`: the share of the dense leg's first five reviews among the lexical leg's first ten.
    """
    hits = result.hits[:10]
    dense = sorted((hit.cosine for hit in hits), reverse=True)
    texts = [" ".join([hit.review.title, hit.best.text, *(span.text for span in hit.others)]) for hit in hits]
    cover = sorted((question.coverage(text) for text in texts), reverse=True)
    cover_sentence = max((question.coverage(s.text, s.review.title) for s in weighed.sentences), default=0.0)
    missing_everywhere = question.missing(*texts)
    total = sum(question.rarity.values()) or 1.0
    held = [stems(text) for text in texts]
    meaning = [sum(share for word, share in weighed.importance.items() if word in words) for words in held]
    everything = set().union(*held)
    by_dense = {hit.review.id for hit in hits if (leg := hit.legs.get("dense")) and leg.rank <= 5}
    by_lexical = {hit.review.id for hit in hits if (leg := hit.legs.get("lexical")) and leg.rank <= 10}
    return {
        "dense_top": dense[0] if dense else 0.0,
        "dense_mean3": sum(dense[:3]) / 3,
        "sentence_top": max(weighed.cosines, default=0.0),
        "cover_hit": cover[0] if cover else 0.0,
        "cover_sentence": cover_sentence,
        "meaning_hit": max(meaning, default=0.0),
        "meaning_lost": sum(share for word, share in weighed.importance.items() if word not in everything),
        "unknown": sum(question.rarity[word] for word in missing_everywhere) / total,
        "agreement": len(by_dense & by_lexical) / 5,
    }


def decide(question: Question, result: SearchResult, weighed: Weighed) -> Decision:
    """Join the signals. Empty evidence, or a question without a telling word, is never an answer."""
    found = signals(question, result, weighed)
    if not weighed.sentences or not question.rarity:
        return Decision(0.0, False, False, tuple(question.written.values()), found)
    model = _model()
    raw = model["intercept"] + sum(model["weights"][name] * (found[name] - model["means"][name]) / model["scales"][name] for name in model["weights"])
    confidence = 1 / (1 + math.exp(-max(-30.0, min(30.0, raw))))
    texts = [" ".join([hit.review.title, hit.best.text, *(span.text for span in hit.others)]) for hit in result.hits[:10]]
    missing = tuple(question.written[word] for word in question.missing(*texts) if weighed.importance.get(word, 0.0) >= _MISSED)
    answers = confidence >= model["threshold"]
    return Decision(confidence, answers, answers and bool(missing), missing, found)


@cache
def _model() -> dict[str, Any]:
    return dict(json.loads(_COEFFICIENTS.read_text(encoding="utf-8")))
