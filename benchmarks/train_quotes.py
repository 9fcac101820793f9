"""Trains the choice of sentences in quotes mode, and measures answers against sentences labelled by hand.

Usage: PYTHONPATH=. python benchmarks/train_quotes.py [--write]
Data: benchmarks/data/quote_labels.jsonl (see benchmarks/data/README.md). Weights and thresholds are set on the `tune` half alone; the `held`
half is only reported. A sentence that nobody labelled counts as not good and is reported as such.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from train_decide import Collection, sample_questions

from assistant import quotes
from assistant.evidence import EvidenceSentence, Question, Weighed

ROOT = Path(__file__).parent.parent
LABELS = ROOT / "benchmarks" / "data" / "quote_labels.jsonl"
OUT = ROOT / "assistant" / "data" / "quotes.json"
#: Inverse strength of the penalty on large weights, and what the choice asks of a sentence: both by cross-validation over the `tune` questions.
_STRENGTH = 0.03
_CHOICE = {"threshold": 0.05, "keep": 0.3, "again": 0.2, "scope": 0.5}
Place = tuple[str, str, int]


@dataclass(frozen=True)
class Asked:
    """A question with its weighed evidence; `labels` by place."""

    id: str
    split: str
    relevant: tuple[str, ...]
    question: Question
    weighed: Weighed
    labels: dict[Place, str]

    def label(self, sentence: EvidenceSentence) -> str:
        """A sentence's label for this question."""
        return self.labels.get(place(sentence), "unlabelled")


def place(sentence: EvidenceSentence) -> Place:
    """Where a sentence stands."""
    return sentence.review.id, sentence.field, sentence.start


def labels() -> dict[str, dict[Place, str]]:
    """Question id -> place -> good, neutral or off."""
    table: dict[str, dict[Place, str]] = {}
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        table.setdefault(row["question"], {})[row["review_id"], row["field"], row["start"]] = row["label"]
    return table


def sample(folder: Path) -> list[Asked]:
    """The labelled questions over the sample collection."""
    collection, known = Collection(folder, [ROOT / "corpus" / "sample"]), labels()
    asked = []
    for entry in sample_questions():
        if entry["id"] in known:
            question, _, weighed = collection.look_up(entry["question"], [])
            asked.append(Asked(entry["id"], entry["split"], tuple(entry["relevant"]), question, weighed, known[entry["id"]]))
    return asked


def table(asked: list[Asked]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Features and whether each sentence is good."""
    rows = [list(row.values()) for one in asked for row in quotes.features(one.question, one.weighed)]
    return np.array(rows), np.array([one.label(sentence) == "good" for one in asked for sentence in one.weighed.sentences])


def train(asked: list[Asked]) -> dict[str, Any]:
    """The model's table."""
    names = list(quotes.features(asked[0].question, asked[0].weighed)[0])
    x, y = table(asked)
    means, scales = x.mean(0), np.maximum(x.std(0), 0.05)
    fitted = LogisticRegression(C=_STRENGTH, max_iter=3000).fit((x - means) / scales, y)
    made: dict[str, Any] = {"intercept": round(float(fitted.intercept_[0]), 4)}
    for key, values in {"weights": fitted.coef_[0], "means": means, "scales": scales}.items():
        made[key] = {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}
    return made | _CHOICE


def measure(name: str, asked: list[Asked], answers: list[list[EvidenceSentence]]) -> None:
    """Print how good the answers are."""
    marks = [[one.label(sentence) for sentence in answer] for one, answer in zip(asked, answers, strict=True)]
    total, count = sum(map(len, marks)), len(marks)
    said = {label: sum(m.count(label) for m in marks) / total for label in ("good", "neutral", "off", "unlabelled")}
    first = sum(mark[0] == "good" for mark in marks) / count
    lead = sum(answer[0].review.id in one.relevant for one, answer in zip(asked, answers, strict=True)) / count
    scope = sum(quotes.tells_of_scope(sentence.text) for answer in answers for sentence in answer) / total
    some = sum("good" in mark for mark in marks) / count
    print(
        f"{name:<28} {count} answers, {total / count:.2f} sentences each: good {said['good']:.2f}, neutral {said['neutral']:.2f}, off {said['off']:.2f}, "
        f"unlabelled {said['unlabelled']:.2f}; a good one first {first:.2f}, some good {some:.2f}; a relevant record first {lead:.2f}; scope {scope:.2f}"
    )


def chosen(asked: list[Asked]) -> list[list[EvidenceSentence]]:
    """The answers of the shipped weights."""
    return [[choice.sentence for choice in quotes.choose(one.question, one.weighed, quotes.fits(one.question, one.weighed))] for one in asked]


def main(write: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asked = sample(Path(folder))
        tune, held = ([one for one in asked if one.split == split] for split in ("tune", "held"))
        if write:
            OUT.write_text(json.dumps(train(tune), indent=1) + "\n", encoding="utf-8")
    for name, part in (("tune", tune), ("held", held)):
        measure(name, part, chosen(part))


if __name__ == "__main__":
    main("--write" in sys.argv)
