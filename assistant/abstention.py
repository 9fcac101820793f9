"""Measuring answers on labelled questions: does the assistant abstain where it should, and what are its sentences worth?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.answer import Answer, Outcome
from assistant.steps import clean_question
from corpus import InputError

_RESAMPLES = 2_000
_BINS = 10
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LabelledQuestion:
    """A question with its label: whether the collection answers it once the records `without` are taken out. `kind` groups questions; may be empty."""

    question: str
    answerable: bool
    without: tuple[str, ...] = ()
    kind: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As data; the reverse is `LabelledQuestion.from_dict`."""
        return {"question": self.question, "answerable": self.answerable, "without": list(self.without), "kind": self.kind}

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> LabelledQuestion:
        """From a line of a file. Raises ValueError that says what is wrong with it."""
        for key, kind, name in (("question", str, "a text"), ("answerable", bool, "true or false")):
            if not isinstance(table.get(key), kind):
                raise ValueError(f'"{key}" is missing' if key not in table else f'"{key}" is not {name}')
        without, group = table.get("without") or [], table.get("kind") or ""
        if not isinstance(without, list) or not all(isinstance(each, str) for each in without):
            raise ValueError('"without" is not a list of record ids')
        if not isinstance(group, str):
            raise ValueError('"kind" is not a text')
        try:
            question = clean_question(table["question"])
        except InputError as error:
            raise ValueError(error.message) from error
        return cls(question, table["answerable"], tuple(dict.fromkeys(without)), group)


def outcome_of(labelled: LabelledQuestion, answer: Answer) -> dict[str, Any]:
    """What became of a question, as data: `sentences` counts those shown by support, `draft` all that a model wrote; `cited` are ids of records."""
    return {
        **labelled.as_dict(),
        "outcome": answer.outcome.value if answer.outcome else None,
        "confidence": round(answer.confidence, 6),
        "missing": list(answer.missing),
        "sentences": dict(Counter(sentence.support.value for sentence in answer.sentences)),
        "draft": dict(Counter(sentence.support.value for sentence in answer.draft)),
        "cited": list(dict.fromkeys(citation.anchor.review_id for sentence in answer.sentences for citation in sentence.citations)),
        "seconds": round(answer.seconds.get("total", 0.0), 4),
    }


def abstention_report(results: Sequence[Mapping[str, Any]], resamples: int = _RESAMPLES) -> dict[str, Any]:
    """Figures over results of `outcome_of`: abstaining is calling a question not answered.

    Precision: of those abstained from, the share not answerable; recall: of those not answerable, the share abstained from; AUROC: of the confidence,
    answerable against not. None where a figure has no meaning. Intervals are 95 %, by resampling questions.
    """
    label = np.array([bool(row["answerable"]) for row in results])
    abstained = np.array([row["outcome"] == Outcome.NOT_IN_CORPUS.value for row in results])
    confidence = np.array([float(row["confidence"]) for row in results])
    figures: dict[str, Callable[[npt.NDArray[np.int64]], float | None]] = {
        "precision": lambda rows: _share(~label[rows], abstained[rows]),
        "recall": lambda rows: _share(abstained[rows], ~label[rows]),
        "auroc": lambda rows: auroc(label[rows], confidence[rows]),
    }
    seconds = [float(row["seconds"]) for row in results]
    return {
        "questions": len(results),
        "answerable": int(label.sum()),
        "abstained": int(abstained.sum()),
        "abstention": {name: _with_interval(figure, len(results), resamples) for name, figure in figures.items()},
        "sentences": _shares(row["sentences"] for row in results),
        "draft": _shares(row["draft"] for row in results),
        "kinds": _by_kind(results, abstained),
        "calibration": _reliability(label, confidence),
        "seconds": {"p50": round(float(np.percentile(seconds, 50)), 4), "p95": round(float(np.percentile(seconds, 95)), 4)} if seconds else None,
    }


def auroc(label: Flags, score: Floats) -> float | None:
    """Area under the ROC curve: the chance that a true one scores higher than a false one, ties counting half. None without both."""
    positive, negative = score[label], np.sort(score[~label])
    if not len(positive) or not len(negative):
        return None
    below = np.searchsorted(negative, positive, side="left")
    not_above = np.searchsorted(negative, positive, side="right")
    return float((below + not_above).sum() / (2 * len(positive) * len(negative)))


def _share(true: Flags, among: Flags) -> float | None:
    return float(true[among].mean()) if among.any() else None


def _with_interval(figure: Callable[[npt.NDArray[np.int64]], float | None], count: int, resamples: int) -> dict[str, Any]:
    value = figure(np.arange(count))
    if value is None:
        return {"value": None, "interval": None}
    rng = np.random.default_rng(0)
    drawn = [found for _ in range(resamples) if (found := figure(rng.integers(0, count, count))) is not None]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"value": round(value, 4), "interval": [round(float(low), 4), round(float(high), 4)]}


def _shares(counts: Iterable[Mapping[str, int]]) -> dict[str, Any]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    number = sum(total.values())
    return {"number": number, "shares": {support: round(count / number, 4) for support, count in sorted(total.items())}}


def _by_kind(results: Sequence[Mapping[str, Any]], abstained: Flags) -> dict[str, dict[str, int]]:
    """For each kind named in the file: how many questions, how many answerable, how many abstained from, how many rightly judged."""
    kinds: dict[str, Counter[str]] = {}
    for row, held_back in zip(results, abstained, strict=True):
        if row["kind"]:
            kind = kinds.setdefault(row["kind"], Counter(questions=0, answerable=0, abstained=0, right=0))
            kind.update(questions=1, answerable=int(row["answerable"]), abstained=int(held_back), right=int(bool(held_back) != row["answerable"]))
    return {kind: dict(counts) for kind, counts in sorted(kinds.items())}


def _reliability(label: Flags, confidence: Floats) -> list[dict[str, Any]]:
    """By tenths of the confidence: how many questions, their mean confidence, the share of them that is answerable."""
    tenth = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    return [
        {"from": each / _BINS, "questions": int(m.sum()), "confidence": round(float(confidence[m].mean()), 4), "answerable": round(float(label[m].mean()), 4)}
        for each in range(_BINS)
        if (m := tenth == each).any()
    ]
