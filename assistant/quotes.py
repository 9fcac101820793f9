"""Quotes mode: an answer made of the collection's own sentences, chosen so that they answer, stand alone and do not repeat."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.evidence import EvidenceSentence, Question, Weighed, telling_words
from assistant.scope import tells_of_scope, tells_what_is_wanted
from assistant.table_rules import find_direction

#: Sentences in an answer at most.
MOST = 4
_SAME = 0.88  # cosine from which two sentences say the same
_SAME_WORDS = 0.75  # share of a sentence's telling words that another of its record holds, from which it repeats it
_MODEL = Path(__file__).parent / "data" / "quotes.json"
_OWN_NAME = r"(?:\w+ ){0,4}(?:review|meta-analysis|study|paper|article|analysis|overview)"
_DANGLING = re.compile(
    rf"^(?:these|those|it|its|they|their|he|she|his|her|this (?!{_OWN_NAME})|that|however|moreover|furthermore|therefore|thus|hence|also|in addition"
    rf"|additionally"
    r"|conversely|in contrast|on the other hand|similarly|likewise|both (?!\w+ and )|such|the former|the latter|the same|finally|first|second|third"
    r"|another|as a result|consequently|nevertheless"
    r"|nonetheless|and|but|so|of these|of those|in these|for these|among these|in this (?!" + _OWN_NAME + r")|at this|by this|as expected|respectively)\b",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:improv\w+|reduc\w+|increas\w+|decreas\w+|lower\w*|larger?|greater|effects?|associated|significant\w*|better|worse|superior|contradictory"
    r"|mixed|inconclusive"
    r"|conclu\w+|suggest\w*|showed|unclear|no difference|risks?|deaths?|may|response|remission|worked|works)\b",
    re.IGNORECASE,
)
_ASKS_METHOD = re.compile(
    r"\b(?:search(?:ed)?|databases?|method\w*|how many (?:studies|trials|papers|articles|participants)|included|quality|criteria|what (?:is"
    r"|was) .{0,60}\babout)\b",
    re.IGNORECASE,
)
_ASKS_WANTED = re.compile(r"\b(?:future|next|needed|recommend\w*|should|gaps?|open questions?)\b", re.IGNORECASE)
_ASKS_LIMITS = re.compile(r"\b(limit\w*|weak\w*|uncertain\w*|caveat\w*|bias\w*|unknown|problem\w*|gap\w*|quality|shortcoming\w*|wrong)\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence chosen for the answer, and the estimated probability (0..1) that it answers."""

    sentence: EvidenceSentence
    fit: float


def features(question: Question, weighed: Weighed) -> list[dict[str, float]]:
    """What speaks for and against each sentence, in words of its own and against the best of the others; all in bounded ranges."""
    sentences = weighed.sentences
    if not sentences:
        return []
    nearest = max(weighed.cosines)
    places = [sentence.passage_score for sentence in sentences]
    low, high = min(places), max(places)
    asks_figures, asks_method = question.asks_for_figures, bool(_ASKS_METHOD.search(question.text))
    asks_limits, asks_wanted = bool(_ASKS_LIMITS.search(question.text)), bool(_ASKS_WANTED.search(question.text))
    rows = []
    words = weighed.matched @ np.array([weighed.importance.get(word, 0.0) for word in question.written]) if question.written else np.zeros(len(sentences))
    likest = float(words.max())
    for sentence, cosine, matched in zip(sentences, weighed.cosines, words, strict=True):
        figure = bool(_FIGURE.search(sentence.text))
        rows.append(
            {
                "cosine": cosine,
                "cosine_gap": nearest - cosine,
                "matched": float(matched),
                "matched_gap": likest - float(matched),
                "place": (sentence.passage_score - low) / (high - low) if high > low else 1.0,
                "rank": 1.0 / max(1, sentence.hit_rank),
                "figure_asked": float(figure and asks_figures),
                "figure_unasked": float(figure and not asks_figures),
                "result": float(bool(_RESULT.search(sentence.text))),
                "scope": float(not asks_method and tells_of_scope(sentence.text)),
                "wanted": float(not asks_wanted and tells_what_is_wanted(sentence.text)),
                "limits": float(not asks_limits and sentence.field.startswith("limits")),
                "summary": float(sentence.field == "summary"),
                "unreadable": float(unreadable(sentence.text)),
            }
        )
    return rows


def fits(question: Question, weighed: Weighed) -> list[float]:
    """The estimated probability (0..1) of each sentence that it answers the question."""
    model = _model()
    return [_probability(row, model) for row in features(question, weighed)]


def unreadable(text: str) -> bool:
    """Whether a sentence leans on words before it ("These …", "However, …"), or is no whole sentence."""
    return bool(_DANGLING.search(text)) or len(text) < 25


def choose(question: Question, weighed: Weighed, scores: Sequence[float], most: int = MOST) -> list[Chosen]:
    """The sentences that answer: at least one, others only when they are likely enough, few of one review, none twice.

    The best one comes first; what reports a difference and what reports none then stand together. A sentence that only says what a work was about
    stands after those that say more, where one of them is at least half as likely to answer, unless that is what is asked.
    """
    sentences, model = weighed.sentences, _model()
    scope = [not _ASKS_METHOD.search(question.text) and tells_of_scope(sentence.text) for sentence in sentences]
    findings = max((score for score, told in zip(scores, scope, strict=True) if not told), default=0.0)
    waits = [told and findings >= model["scope"] * score for score, told in zip(scores, scope, strict=True)]
    order = sorted(range(len(sentences)), key=lambda i: (waits[i], -scores[i], sentences[i].review.id, sentences[i].field, sentences[i].start))
    picked: list[int] = []
    for i in order:
        if len(picked) == most:
            break
        again = sum(sentences[other].review.id == sentences[i].review.id for other in picked)
        if picked and (scores[i] * model["again"] ** again < model["threshold"] or scores[i] < model["keep"] * scores[picked[0]]):
            continue
        if not any(_repeats(weighed, i, other) for other in picked):
            picked.append(i)
    return [Chosen(sentences[i], scores[i]) for i in _grouped(weighed, picked)]


def _grouped(weighed: Weighed, picked: Sequence[int]) -> list[int]:
    """The picked, those that report a difference together and those that report none together; the best one's kind comes first."""
    if not picked:
        return []
    found = {i: direction[0] if (direction := find_direction(weighed.sentences[i].text)) else None for i in picked}
    kinds = list(dict.fromkeys(found[i] for i in picked))
    return sorted(picked, key=lambda i: kinds.index(found[i]))  # a stable order: best first within a kind


def _repeats(weighed: Weighed, one: int, other: int) -> bool:
    if float(np.dot(weighed.vectors[one], weighed.vectors[other])) >= _SAME:
        return True
    first, second = weighed.sentences[one], weighed.sentences[other]
    if first.review.id != second.review.id:
        return False
    words, others = set(telling_words(first.text)), set(telling_words(second.text))
    return len(words & others) >= _SAME_WORDS * max(1, min(len(words), len(others)))


def _probability(row: dict[str, float], model: dict[str, Any]) -> float:
    raw = model["intercept"] + sum(weight * (row[name] - model["means"][name]) / model["scales"][name] for name, weight in model["weights"].items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, raw))))


@cache
def _model() -> dict[str, Any]:
    return dict(json.loads(_MODEL.read_text(encoding="utf-8")))
