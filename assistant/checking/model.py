"""The small fixed model: two heads over the features, joined to one calibrated probability."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.checking.alignment import Rarity
from assistant.checking.pairing import Tables
from assistant.checking.vectors import Background, WordVectors

#: Written by `benchmarks/train_checker.py`.
DATA = Path(__file__).parent.parent / "data"
COEFFICIENTS = DATA / "checker.json"
WORDS = DATA / "checker_words.npz"


#: How the two answers are joined: the logit of "related" times the first, P(same stance) to the power of the second. Stance is the less certain answer
#: of the two, most of all in texts unlike those it was trained on. Chosen on held-out claims and tested on other folds (docs/decisions/0006).
RELATED_SHARPENED, STANCE_POWER = 1.3, 0.85


def joined(related: Any, stance: Any) -> Any:
    """P(related) and P(same stance), numbers or arrays within 0..1, to one score, 0..1, not yet calibrated."""
    yes, no = related**RELATED_SHARPENED, (1 - related) ** RELATED_SHARPENED
    return yes / (yes + no) * stance**STANCE_POWER


def sigmoid(x: float) -> float:
    """Logit to probability, 0..1."""
    return 1.0 / (1.0 + math.exp(-min(max(x, -30.0), 30.0)))


class Head:
    """One yes-or-no question: the mean of a logistic regression and a small boosted forest, as a logit."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.names: list[str] = list(spec["features"])
        self._mean, self._scale, self._coef = (np.array(spec[key]) for key in ("mean", "scale", "coef"))
        self._intercept = float(spec["intercept"])
        self._base = float(spec["base"])
        self._depth = int(spec["depth"])
        trees = spec["trees"]
        size = max(len(tree["feature"]) for tree in trees)

        def table(key: str, fill: float, kind: type) -> Any:
            return np.array([tree[key] + [fill] * (size - len(tree[key])) for tree in trees], dtype=kind)

        self._feature, self._left, self._right = (table(key, fill, int) for key, fill in (("feature", -1), ("left", 0), ("right", 0)))
        self._threshold, self._value = table("threshold", 0.0, float), table("value", 0.0, float)
        self._rows = np.arange(len(trees))

    def __call__(self, features: Mapping[str, float]) -> float:
        """The logit for one pair's features."""
        x = np.array([features[name] for name in self.names])
        linear = float((x - self._mean) / self._scale @ self._coef) + self._intercept
        narrow = x.astype(np.float32)  # the trees were grown on float32
        node = np.zeros(len(self._rows), dtype=int)
        for _ in range(self._depth):
            at = self._feature[self._rows, node]
            left = narrow[np.maximum(at, 0)] <= self._threshold[self._rows, node]
            step = np.where(left, self._left[self._rows, node], self._right[self._rows, node])
            node = np.where(at < 0, node, step)
        return 0.5 * (linear + self._base + float(self._value[self._rows, node].sum()))


@dataclass(frozen=True)
class Thresholds:
    """`supported`: the least score shown as supported. `contradicted_*`: the least P(related) with the greatest P(same stance) that is called
    contradicted without a rule saying so. All 0..1."""

    supported: float
    contradicted_related: float
    contradicted_stance: float


@dataclass(frozen=True)
class Model:
    """`related`: does the evidence speak of what the claim says; `stance`: does it say the same, given that it does."""

    related: Head
    stance: Head
    slope: float
    offset: float
    thresholds: Thresholds

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Model:
        """From the parsed coefficients."""
        calibration = spec["calibration"]
        return cls(Head(spec["related"]), Head(spec["stance"]), calibration["slope"], calibration["offset"], Thresholds(**spec["thresholds"]))

    def probabilities(self, features: Mapping[str, float]) -> tuple[float, float]:
        """P(related) and P(same stance | related)."""
        return sigmoid(self.related(features)), sigmoid(self.stance(features))

    def calibrated(self, related: float, stance: float) -> float:
        """P(supported): Platt scaling of the two joined."""
        raw = min(max(float(joined(related, stance)), 1e-6), 1 - 1e-6)
        return sigmoid(self.slope * math.log(raw / (1 - raw)) + self.offset)


def tables_from(spec: Mapping[str, Any], words: Mapping[str, Any]) -> Tables:
    """The tables made without labels: `spec` from checker.json, `words` from checker_words.npz. Rarities are stored in tenths."""
    rarity = Rarity({stem: value / 10 for stem, value in spec["rarity"]["table"].items()}, spec["rarity"]["unseen"] / 10)
    background = Background(*(np.array(spec["background"][key], dtype=np.float32) for key in ("mean", "axes")))
    names = bytes(words["words"]).decode("utf-8").split("\n")
    return Tables(rarity, background, WordVectors(names, words["rows"], words["mean"], words["axes"]))


@cache
def shipped() -> tuple[Tables, Model]:
    """The tables and the model that come with the program."""
    spec = json.loads(COEFFICIENTS.read_text(encoding="utf-8"))
    with np.load(WORDS, allow_pickle=False) as words:
        return tables_from(spec, words), Model.from_spec(spec)
