"""Quotes mode: an answer made of the collection's own sentences, chosen so that they answer, stand alone and do not repeat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.evidence import EvidenceSentence, Question, Weighed

#: Sentences in an answer at most.
MOST = 4
_SAME = 0.88  # cosine from which two sentences say the same
_KEEP = 0.72  # share of the best sentence's score that another must reach
_OWN_NAME = r"(?:\w+ ){0,4}(?:review|meta-analysis|study|paper|article|analysis|overview)"
_DANGLING = re.compile(
    rf"^(?:these|those|it|they|he|she|this (?!{_OWN_NAME})|that|however|moreover|furthermore|therefore|thus|hence|also|in addition|additionally"
    r"|conversely|in contrast|similarly|both|such|the former|the latter|finally|first|second|third|another)\b",
    re.IGNORECASE,
)
_METHOD = re.compile(
    r"\b(?:search(?:es|ed)?|databases?|pubmed|medline|embase|scopus|web of science|eligib\w*|inclusion criteria|prisma|registered|identified|screened"
    r"|described|discusse[sd]|examine[sd]|reviewed|covered|asked (?:how|what|whether|if))\b",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"^[^.]{0,100}\b(?:took in|included|comprised|covered|drew on|rested on|analysed|pooled|used|identified|came from)\b[^.]{0,60}"
    r"\b(?:participants|studies|trials|patients|articles|papers|records|reports)\b",
    re.IGNORECASE,
)
_SCOPE = re.compile(
    r"\b(?:was|were) (?:compared with|the subject|the main outcomes?|the topics?|given a)|\bthe (?:\w+ ){0,4}review (?:\w+ ){0,6}"
    r"(?:gave|makes?|arranged|set out|looked at|took up|dealt with|considered|goes|went|includes?|included)\b",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:improv\w+|reduc\w+|increas\w+|decreas\w+|lower\w*|larger?|greater|effects?|associated|significant\w*|better|worse|superior|contradictory|mixed|inconclusive"
    r"|conclu\w+|suggest\w*|showed|unclear|no difference|risks?|deaths?|may|response|remission|worked|works)\b",
    re.IGNORECASE,
)
_ASKS_METHOD = re.compile(
    r"\b(?:search(?:ed)?|databases?|method\w*|how many (?:studies|trials|papers|articles|participants)|included|quality|criteria)\b", re.IGNORECASE
)
_ASKS_LIMITS = re.compile(r"\b(limit\w*|weak\w*|uncertain\w*|caveat\w*|bias\w*|unknown|problem\w*|gap\w*|quality|shortcoming\w*)\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence chosen for the answer, and how well it fits (0..1)."""

    sentence: EvidenceSentence
    fit: float


def fits(question: Question, weighed: Weighed) -> list[float]:
    """How well each sentence answers the question, about 0..1: closeness, words, the passage it stands in, the kind of answer asked for."""
    sentences = weighed.sentences
    if not sentences:
        return []
    best = max(sentence.passage_score for sentence in sentences)
    worst = min(sentence.passage_score for sentence in sentences)
    scores = []
    for sentence, cosine, cover in zip(sentences, weighed.cosines, weighed.covered, strict=True):
        place = (sentence.passage_score - worst) / (best - worst) if best > worst else 1.0
        score = 0.52 * max(0.0, cosine) + 0.36 * cover + 0.12 * place
        if question.asks_for_figures and _FIGURE.search(sentence.text):
            score += 0.08
        if _RESULT.search(sentence.text):
            score += 0.05
        if not _ASKS_METHOD.search(question.text) and (_METHOD.search(sentence.text) or _SIZE.search(sentence.text) or _SCOPE.search(sentence.text)):
            score -= 0.13
        if sentence.field.startswith("limits") and not _ASKS_LIMITS.search(question.text):
            score -= 0.05
        if sentence.field == "summary":
            score -= 0.02
        if _DANGLING.search(sentence.text) or len(sentence.text) < 25:
            score -= 0.15
        scores.append(max(0.0, min(1.0, score)))
    return scores


def choose(weighed: Weighed, scores: Sequence[float], most: int = MOST) -> list[Chosen]:
    """The best sentences, from different reviews where possible, without near repeats, best first."""
    sentences = weighed.sentences
    order = sorted(range(len(sentences)), key=lambda i: (-scores[i], sentences[i].review.id, sentences[i].field, sentences[i].start))
    candidates = [i for i in order if scores[i] >= _KEEP * scores[order[0]]]
    picked: list[int] = []
    for allowed in (1, 2):
        for i in candidates:
            if len(picked) == most or (allowed == 2 and len(picked) >= 2):
                break
            same_review = sum(sentences[other].review.id == sentences[i].review.id for other in picked)
            nearest = max((float(np.dot(weighed.vectors[i], weighed.vectors[other])) for other in picked), default=-1.0)
            if i not in picked and same_review < allowed and nearest < _SAME:
                picked.append(i)
    return [Chosen(sentences[i], scores[i]) for i in picked]
