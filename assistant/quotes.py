"""Quotes mode: an answer made of the collection's own sentences, chosen so that they answer, stand alone and do not repeat."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.evidence import EvidenceSentence, Question, Weighed, telling_words
from assistant.scope import tells_of_scope, tells_what_is_wanted
from assistant.sections import Section, section_of
from assistant.table_rules import find_direction

#: Sentences in an answer at most.
MOST = 4
_SAME = 0.88  # cosine from which two sentences say the same
_SAME_WORDS = 0.75  # share of a sentence's telling words that another of its record holds, from which it repeats it
_LEFT = 0.3  # what is left of the fit of a sentence that is taken only where nothing else says as much
_MODEL = Path(__file__).parent / "data" / "quotes.json"
_OWN_NAME = r"(?:\w+ ){0,4}(?:review|meta-analysis|study|paper|article|analysis|overview)"
#: A sentence that leans on the one before it, behind a heading too ("CONCLUSION: These …").
_DANGLING = re.compile(
    r"(?:[A-Z][A-Z /&,()-]+:\s*)?(?i:these|those|it|its|they|their|he|she|his|her|that|such|the former|the latter|the same|another"
    rf"|(?:in )?this (?!{_OWN_NAME})|(?:of|in|for|among) (?:these|those)|(?:at|by) this"
    r"|however|moreover|furthermore|additionally|in addition|also|therefore|thus|hence|so|and|but|consequently|as a result|as expected"
    r"|conversely|in contrast|on the other hand|nevertheless|nonetheless|similarly|likewise|respectively"
    r"|both (?!\w+ and )|finally|first|second|third)\b"
)
#: What begins in the middle: behind a bracket of figures, or with a small word.
_BROKEN = re.compile(r"\([^)]*\)\s*[;,.]|[a-z]{3,}\s|[;,.)]")
_ASKS_METHOD = re.compile(
    r"\b(?:search(?:ed)?|databases?|method\w*|how many (?:studies|trials|papers|articles|participants)|included|quality|criteria|what (?:is"
    r"|was) .{0,60}\babout)\b",
    re.IGNORECASE,
)
_ASKS_WANTED = re.compile(r"\b(?:future|next|needed|recommend\w*|should|gaps?|open questions?)\b", re.IGNORECASE)
_ASKS_WHETHER = re.compile(r"\s*(?:does|do|did|is|are|was|were|can|could|has|have|should|must|will|would|may|might)\b", re.IGNORECASE)
_ASKS_LIMITS = re.compile(r"\b(limit\w*|weak\w*|uncertain\w*|caveat\w*|bias\w*|unknown|problem\w*|gap\w*|quality|shortcoming\w*|wrong)\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence chosen for the answer, and the estimated probability (0..1) that it answers."""

    sentence: EvidenceSentence
    fit: float


def features(question: Question, weighed: Weighed) -> list[dict[str, float]]:
    """What speaks for and against each sentence, in words of its own and against the best of the others; all in bounded ranges.

    - `cosine_gap`: how far its cosine with the question falls short of the best one;
    - `matched`, `matched_all`, `matched_least`: its matches with the question's words, mean by their share of the meaning, over all words, the least;
    - `rare_gap`: how far its matches, mean by rarity, fall short of the best;
    - `record_gap`: how far the best `matched_all` of its record falls short of that of the best record;
    - `place`, `rank`: where its passage and its record stand among what was found;
    - `direction`: 1 where it tells of a difference, or of none, and the question asks whether there is one;
    - `early`: how far before the end of its abstract it stands; `aim`, `method`, `finding`: the part of its work, as headings tell;
    - `section`: 1 in a full text;
    - the others are 1 where a sentence is of that kind and the question does not ask for it (`figure_asked`: and it does).
    """
    sentences = weighed.sentences
    if not sentences:
        return []
    words = list(question.written)
    by_meaning = _mean_match(weighed, [weighed.importance.get(word, 0.0) for word in words])
    by_rarity = _mean_match(weighed, [question.rarity[word] for word in words])
    least = weighed.matched.min(axis=1) if words else by_meaning
    of_record: dict[str, float] = {}
    for sentence, matched in zip(sentences, weighed.matched_all, strict=True):
        of_record[sentence.review.id] = max(matched, of_record.get(sentence.review.id, matched))
    nearest, likest, rarest = max(weighed.cosines), max(weighed.matched_all), float(by_rarity.max())
    places = [sentence.passage_score for sentence in sentences]
    low, high = min(places), max(places)
    asks_figures, asks_method = question.asks_for_figures, bool(_ASKS_METHOD.search(question.text))
    asks_whether = bool(_ASKS_WHETHER.match(question.text))
    asks_limits, asks_wanted = bool(_ASKS_LIMITS.search(question.text)), bool(_ASKS_WANTED.search(question.text))
    rows = []
    for i, sentence in enumerate(sentences):
        figure = bool(_FIGURE.search(sentence.text))
        section = section_of(sentence.review, sentence.field, sentence.start)
        rows.append(
            {
                "cosine_gap": nearest - weighed.cosines[i],
                "matched": float(by_meaning[i]),
                "matched_all": weighed.matched_all[i],
                "matched_least": float(least[i]),
                "rare_gap": rarest - float(by_rarity[i]),
                "record_gap": likest - of_record[sentence.review.id],
                "place": (sentence.passage_score - low) / (high - low) if high > low else 1.0,
                "rank": 1.0 / max(1, sentence.hit_rank),
                "figure_asked": float(figure and asks_figures),
                "figure_unasked": float(figure and not asks_figures),
                "aim": float(section == Section.AIM),
                "method": float(section == Section.METHOD and not asks_method),
                "finding": float(section in (Section.FINDING, Section.CONCLUSION)),
                "section": float(sentence.field.startswith("sections")),
                "early": 1 - sentence.start / len(sentence.review.abstract) if sentence.field == "abstract" else 0.0,
                "direction": float(asks_whether and find_direction(sentence.text) is not None),
                "scope": float(not asks_method and tells_of_scope(sentence.text)),
                "wanted": float(not asks_wanted and tells_what_is_wanted(sentence.text)),
                "limits": float(not asks_limits and sentence.field.startswith("limits")),
                "summary": float(sentence.field == "summary"),
            }
        )
    return rows


def _mean_match(weighed: Weighed, weights: Sequence[float]) -> npt.NDArray[np.float64]:
    """The mean of each sentence's matches by the words' weights; zeros where the question has no telling word."""
    total = sum(weights)
    if not total:
        return np.zeros(len(weighed.sentences))
    return np.asarray(weighed.matched, dtype=np.float64) @ (np.array(weights) / total)


def fits(question: Question, weighed: Weighed, model: Mapping[str, Any] | None = None) -> list[float]:
    """The estimated probability (0..1) of each sentence that it answers the question; by the shipped model unless another is given.

    What a curator stated and running text (an abstract, a full text) are weighed by tables of their own: the former is worded like a question,
    the latter hardly ever, and there its aim is what is most like the question.
    """
    tables = model or _model()
    kinds = [kind_of(sentence.field) for sentence in weighed.sentences]
    found = [_probability(row, tables[kind]) for row, kind in zip(features(question, weighed), kinds, strict=True)]
    return [fit * (_LEFT if _last_resort(sentence) else 1.0) for fit, sentence in zip(found, weighed.sentences, strict=True)]


def kind_of(field: str) -> str:
    """Which table weighs a field's sentences: `text` for an abstract or a section of a full text, `stated` for what a curator wrote."""
    return "text" if field == "abstract" or field.startswith("sections") else "stated"


def unreadable(text: str) -> bool:
    """Whether a sentence leans on words before it ("These …", "However, …"), or is no whole sentence: too short, or begun in the middle."""
    return bool(_DANGLING.match(text) or _BROKEN.match(text)) or len(text) < 25


def _last_resort(sentence: EvidenceSentence) -> bool:
    """Whether a sentence leans on the one before it, or stands apart from what a work tells (its registration, its sponsors)."""
    return unreadable(sentence.text) or section_of(sentence.review, sentence.field, sentence.start) == Section.APART


def choose(question: Question, weighed: Weighed, scores: Sequence[float], most: int = MOST) -> list[Chosen]:
    """The sentences that answer: at least one, others only when they are likely enough, few of one review, none twice.

    The best one comes first; what reports a difference and what reports none then stand together.
    """
    sentences, model = weighed.sentences, _model()
    order = sorted(range(len(sentences)), key=lambda i: (-scores[i], sentences[i].review.id, sentences[i].field, sentences[i].start))
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


def _probability(row: Mapping[str, float], model: Mapping[str, Any]) -> float:
    raw = model["intercept"] + sum(weight * (row[name] - model["means"][name]) / model["scales"][name] for name, weight in model["weights"].items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, raw))))


@cache
def _model() -> dict[str, Any]:
    return dict(json.loads(_MODEL.read_text(encoding="utf-8")))
