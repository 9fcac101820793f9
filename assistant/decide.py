"""Whether the evidence answers the question: several signals, joined by a logistic model trained on labelled questions."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assistant.evidence import Question, Weighed
from assistant.signals import HITS, likeness, signals
from assistant.understanding import Part
from index.searcher import SearchResult

#: A word that carries at least this share of the question's meaning is named as missing where no hit holds it, nor one this much like it.
_MISSED, _LIKE_ENOUGH = 0.2, 0.6
_COEFFICIENTS = Path(__file__).parent / "data" / "decide.json"


@dataclass(frozen=True)
class Decision:
    """`confidence`: estimated probability (0..1) that the evidence answers; `answers`: it is above the shipped threshold. `part`: what of the question
    was asked alone, None for the whole."""

    confidence: float
    answers: bool
    partly: bool
    missing: tuple[str, ...]
    signals: Mapping[str, float]
    part: Part | None = None


def decide(question: Question, result: SearchResult, weighed: Weighed) -> Decision:
    """Join the signals. Empty evidence, or a question without a telling word, is never an answer."""
    found = signals(question, result.hits, weighed)
    if not weighed.sentences or not question.rarity:
        return Decision(0.0, False, False, tuple(question.written.values()), found)
    model = _model()
    raw = model["intercept"] + sum(model["weights"][name] * (found[name] - model["means"][name]) / model["scales"][name] for name in model["weights"])
    confidence = 1 / (1 + math.exp(-max(-30.0, min(30.0, raw))))
    held = likeness(question, result.hits[:HITS], weighed).max(axis=0, initial=0.0)
    lost = {word for word, found_there in zip(question.written, held, strict=True) if found_there < _LIKE_ENOUGH}
    missing = tuple(question.written[word] for word in question.written if word in lost and weighed.importance.get(word, 0.0) >= _MISSED)
    answers = confidence >= model["threshold"]
    return Decision(confidence, answers, answers and bool(missing), missing, found)


@cache
def _model() -> dict[str, Any]:
    return dict(json.loads(_COEFFICIENTS.read_text(encoding="utf-8")))
