"""Trains the choice of sentences in quotes mode, and measures answers against sentences labelled by hand.

Usage: PYTHONPATH=. python benchmarks/train_quotes.py SHARED_DATA [--write] [--cache FILE.npz]
Data: benchmarks/data/quote_labels.jsonl (what a curator stated: the sample collection), quote_labels_pubmedqa.jsonl and quote_labels_fulltext.jsonl
(running text: abstracts of PubMedQA and full texts, both from SHARED_DATA); see benchmarks/data/README.md. What is stated and what is running text
have each a table of weights. Weights and thresholds are set on all but `held`, and the figures are of questions held out in turn (six folds); `held`
is only reported. A sentence that nobody labelled counts as not good and is reported as such.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from train_checker import RememberingEncoder
from train_decide import Collection, pubmedqa, sample_questions

from assistant import quotes
from assistant.evidence import EvidenceSentence, Question, Weighed
from assistant.scope import tells_of_scope

ROOT = Path(__file__).parent.parent
DATA = ROOT / "benchmarks" / "data"
QUESTIONS = ("sample_questions", "sample_training", "short_questions", "fulltext_questions")
OUT = ROOT / "assistant" / "data" / "quotes.json"
#: Inverse strength of the penalty on large weights, and what the choice asks of a sentence: both by cross-validation over the questions of training.
_STRENGTH = 0.3
_CHOICE = {"threshold": 0.05, "keep": 0.4, "again": 0.35}
_FOLDS = 6
#: What headings tell is left out in a copy of each abstract, so that the weights hold for abstracts without headings too.
_BY_HEADINGS = ("aim", "method", "finding")
#: The collections of running text; their names stand for the split, which they have none of.
RUNNING_TEXT = ("pubmedqa", "fulltext")
Place = tuple[str, str, int]


@dataclass(frozen=True)
class Asked:
    """A question with its weighed evidence; `labels` by place."""

    id: str
    split: str
    question: Question
    weighed: Weighed
    labels: dict[Place, str]

    @property
    def kind(self) -> str:
        """Which table its evidence is weighed by."""
        return "text" if self.split in RUNNING_TEXT else "stated"

    def label(self, sentence: EvidenceSentence) -> str:
        """A sentence's label for this question."""
        return self.labels.get((sentence.review.id, sentence.field, sentence.start), "unlabelled")

    def answerable(self) -> bool:
        """Whether some sentence of the evidence is labelled as answering."""
        return any(self.label(sentence) == "good" for sentence in self.weighed.sentences)


def labels(name: str, split: str) -> dict[tuple[str, str], dict[Place, str]]:
    """Question id and split -> place -> good, neutral or off."""
    table: dict[tuple[str, str], dict[Place, str]] = {}
    for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        table.setdefault((row["question"], row.get("split", split)), {})[row["review_id"], row["field"], row["start"]] = row["label"]
    return table


def asked_of(collection: Collection, texts: dict[str, str], name: str, split: str = "") -> list[Asked]:
    """The labelled questions over a collection."""
    looked = ((number, own, known, collection.look_up(texts[number], [])) for (number, own), known in labels(name, split).items())
    return [Asked(number, own, question, weighed, known) for number, own, known, (question, _, weighed) in looked]


def labelled(folder: Path, shared: Path, encoder: RememberingEncoder) -> list[Asked]:
    """All labelled questions with their evidence."""
    texts = {entry["id"]: entry["question"] for name in QUESTIONS for entry in sample_questions(name)}
    lines = (shared / "retrieval" / "pubmedqa" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    texts |= {entry["_id"]: entry["text"] for entry in map(json.loads, lines)}
    sample = Collection(folder / "sample", [ROOT / "corpus" / "sample"], encoder)
    full = Collection(folder / "fulltext", sorted((shared / "fulltext").glob("*.nxml")), encoder)
    return [
        *asked_of(sample, texts, "quote_labels"),
        *asked_of(pubmedqa(folder, shared, encoder), texts, "quote_labels_pubmedqa", "pubmedqa"),
        *asked_of(full, texts, "quote_labels_fulltext", "fulltext"),
    ]


def fitted(asked: Sequence[Asked]) -> dict[str, Any]:
    """One table of weights."""
    rows = [(row, one.label(sentence) == "good") for one in asked for row, sentence in zip(features(one), one.weighed.sentences, strict=True)]
    if asked[0].kind == "text":
        rows += [(row | dict.fromkeys(_BY_HEADINGS, 0.0), good) for row, good in rows]
    x, y = np.array([list(row.values()) for row, _ in rows]), np.array([good for _, good in rows])
    means, scales = x.mean(0), np.maximum(x.std(0), 0.05)
    model = LogisticRegression(C=_STRENGTH, max_iter=3000).fit((x - means) / scales, y)
    made: dict[str, Any] = {"intercept": round(float(model.intercept_[0]), 4)}
    for key, values in {"weights": model.coef_[0], "means": means, "scales": scales}.items():
        made[key] = {name: round(float(value), 4) for name, value in zip(rows[0][0], values, strict=True)}
    return made


def features(one: Asked) -> list[dict[str, float]]:
    """The features of its sentences."""
    return quotes.features(one.question, one.weighed)


def train(asked: Iterable[Asked]) -> dict[str, Any]:
    """The shipped model: a table for each kind of text."""
    asked = list(asked)
    return {kind: fitted([one for one in asked if one.kind == kind]) for kind in ("stated", "text")} | _CHOICE


def held_out(asked: Sequence[Asked]) -> list[list[EvidenceSentence]]:
    """The answers when each question is left out of training with its fold."""
    fold = np.random.default_rng(0).permutation(len(asked)) % _FOLDS
    models = [train(one for one, other in zip(asked, fold, strict=True) if other != k) for k in range(_FOLDS)]
    return [answer(one, models[k]) for one, k in zip(asked, fold.tolist(), strict=True)]


def answer(one: Asked, model: dict[str, Any] | None = None) -> list[EvidenceSentence]:
    """The sentences of an answer; by the shipped weights unless others are given."""
    return [chosen.sentence for chosen in quotes.choose(one.question, one.weighed, quotes.fits(one.question, one.weighed, model))]


def measure(name: str, asked: Sequence[Asked], answers: Sequence[list[EvidenceSentence]]) -> None:
    """Print how good the answers are."""
    marks = [[one.label(sentence) for sentence in sentences] for one, sentences in zip(asked, answers, strict=True)]
    total, count = sum(map(len, marks)), len(marks)
    said = {label: sum(m.count(label) for m in marks) / total for label in ("good", "neutral", "off", "unlabelled")}
    first = sum(mark[0] == "good" for mark in marks) / count
    scope = sum(tells_of_scope(sentence.text) for sentences in answers for sentence in sentences) / total
    some = sum("good" in mark for mark in marks) / count
    print(
        f"{name:<34} {count} answers, {total / count:.2f} sentences each: good {said['good']:.2f}, neutral {said['neutral']:.2f}, off {said['off']:.2f}, "
        f"unlabelled {said['unlabelled']:.2f}; a good one first {first:.2f}, some good {some:.2f}; scope {scope:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--cache", type=Path, help="keep vectors in this file, for the next run")
    given = parser.parse_args()
    encoder = RememberingEncoder(given.cache)
    with tempfile.TemporaryDirectory() as folder:
        asked = labelled(Path(folder), given.shared, encoder)
    encoder.save()
    training = [one for one in asked if one.split != "held" and one.answerable()]
    if given.write:
        OUT.write_text(json.dumps(train(training), indent=1) + "\n", encoding="utf-8")
    answers = held_out(training)
    parts = {
        "stated, six-fold": "train tune",
        "  tune": "tune",
        "  train": "train",
        "abstracts (PubMedQA), six-fold": "pubmedqa",
        "full texts, six-fold": "fulltext",
    }
    for name, splits in parts.items():
        part = [i for i, one in enumerate(training) if one.split in splits.split()]
        measure(name, [training[i] for i in part], [answers[i] for i in part])
    held = [one for one in asked if one.split == "held"]
    measure("stated, held, as shipped", held, [answer(one) for one in held])


if __name__ == "__main__":
    main()
