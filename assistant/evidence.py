"""Evidence: the sentences of what was found, each with its place in its record, and how well each fits the question."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from assistant.checking.model import shipped
from corpus import Anchor, Review
from corpus.text import fold
from index.encoder import TokenEncoder, Tokens, Vectors
from index.lexical import analyse
from index.searcher import Hit
from index.segment import sentence_spans

#: Sentences weighed for one answer; encoding them is the largest part of a quotes answer's time.
MOST = 48
#: Of so many hits, what stands around the best passage is read too, so many characters before and behind it.
_READ_WHOLE, _NEAR = 3, 2_000
_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?")
_STOP = frozenset(
    """
    a about after all also an and any are as at be been being both but by can could did do does doing done during each
    evidence find for found from had has have having he her his how however i if in into is it its itself just known may me
    might more most much my no nor not of off on once only or other our out over own people per research review reviews same
    say says she should show shows so some studies study such tell than that the their them then there there's these they
    this those through to too under until up upon use used using very via was we were what what's when where whether which
    while who whom whose why will with within without would you your
    """.split()
)


@dataclass(frozen=True, slots=True)
class EvidenceSentence:
    """A sentence of a record: `review[field][start:end] == text`. `passage_score` is the fused score of the passage it stands in."""

    review: Review
    field: str
    start: int
    end: int
    text: str
    passage_score: float
    hit_rank: int

    def anchor(self) -> Anchor:
        """The citation of the whole sentence."""
        return Anchor.to(self.review, self.field, self.start, self.end)


@dataclass(frozen=True)
class Question:
    """A question with its telling words (stemmed, stop words out), how rare each is in the collection, and how each was written."""

    text: str
    rarity: dict[str, float]
    written: dict[str, str] = field(default_factory=dict)

    @cached_property
    def asks_for_figures(self) -> bool:
        """Whether a number is wanted: how large, how many, what dose, how long, …."""
        return bool(_FIGURE_WORDS.search(self.text))

    def coverage(self, *texts: str) -> float:
        """The share (0..1) of the question's rarity-weighted words that stand in any of the texts."""
        total = sum(self.rarity.values())
        if not total:
            return 0.0
        held = stems(" ".join(texts))
        return sum(weight for word, weight in self.rarity.items() if word in held) / total

    def without(self, word: str) -> str:
        """The question with one of its telling words (given stemmed) left out."""
        return re.sub(rf"\b{re.escape(self.written[word])}\b", " ", self.text).strip() or "?"

    def missing(self, *texts: str) -> list[str]:
        """The question's telling words (stemmed) that stand in none of the texts, rarest first."""
        held = stems(" ".join(texts))
        return sorted((word for word in self.rarity if word not in held), key=lambda word: (-self.rarity[word], word))


_FIGURE_WORDS = re.compile(
    r"\bhow (?:much|many|large|big|strong|long|often|soon|quickly|common|likely|frequent)\b"
    r"|\bwhat (?:dose|doses|dosage|percentage|proportion|rate|share|effect size|size)\b"
    r"|\b(?:rates?|percent|prevalence|incidence|number of|effect sizes?|magnitude)\b",
    re.IGNORECASE,
)


def telling_words(text: str) -> dict[str, str]:
    """The words of a text that carry its meaning: stemmed form -> as written, in order."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text):
        if fold(word) not in _STOP:
            for term in analyse(fold(word)):
                if len(term) > 1 or term.isdigit():
                    found.setdefault(term, word)
    return found


def stems(text: str) -> set[str]:
    """Every word of a text, folded and stemmed."""
    return set(analyse(fold(text)))


def ask_about(text: str, frequencies: Callable[[Sequence[str]], tuple[dict[str, int], int]]) -> Question:
    """A question with its words weighed by how rare they are in the collection; `frequencies` is the searcher's."""
    written = telling_words(text)
    frequency, total = frequencies(list(written))
    return Question(text, rarities(written, frequency, total), written)


def collect(hits: Sequence[Hit]) -> list[EvidenceSentence]:
    """The sentences of the hits' passages, each once, at most `MOST`. Titles are no evidence.

    The first hits' come first, with the end of their abstracts and what stands around their best passage, since an answer is rarely worded like its
    question; then the others', best passages first.
    """
    found: dict[tuple[str, str, int], EvidenceSentence] = {}

    def take(hit: Hit, field: str, begin: int, text: str, score: float) -> None:
        for start, end in sentence_spans(text):
            at = begin + start
            key = (hit.review.id, field, at)
            if key not in found:
                found[key] = EvidenceSentence(hit.review, field, at, begin + end, text[start:end], score, hit.rank)

    for hit in hits[:_READ_WHOLE]:
        spans = [span for span in (hit.best, *hit.others) if span.field != "title"]
        for span in spans:
            take(hit, span.field, span.start, span.text, span.score)
        if spans:
            best, abstract = spans[0], hit.review.abstract
            for field, start, end in (("abstract", len(abstract), len(abstract)), (best.field, best.start, best.end)):
                text = hit.review.field_text(field)
                begin, stop = _around(text, start, end)
                take(hit, field, begin, text[begin:stop], spans[-1].score)
    rest = [(hit, span) for hit in hits[_READ_WHOLE:] for span in (hit.best, *hit.others) if span.field != "title"]
    for hit, span in sorted(rest, key=lambda pair: (-pair[1].score, pair[0].rank)):
        take(hit, span.field, span.start, span.text, span.score)
    return list(found.values())[:MOST]


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentences around a passage, up to `_NEAR` characters before and behind it."""
    spans = [(first, last) for first, last in sentence_spans(text) if first >= start - _NEAR and last <= end + _NEAR]
    return (spans[0][0], spans[-1][1]) if spans else (start, end)


@dataclass(frozen=True)
class Weighed:
    """Evidence sentences with their vectors, their cosine with the question, and the share of its words they hold.

    `importance` says for each of the question's telling words how much of its meaning goes when the word is left out; the values sum to 1.
    `words` has a unit vector for each of these words by itself, in the space of `checking.vectors.WordVectors`. `matched`, shape
    (sentences, words), has the cosine of each of these words, as the question means it, with the word of the sentence most like it there;
    `matched_all` the mean of that over every word of the question (late interaction: Khattab & Zaharia 2020).
    """

    sentences: tuple[EvidenceSentence, ...]
    vectors: Vectors
    cosines: tuple[float, ...]
    covered: tuple[float, ...]
    importance: Mapping[str, float] = field(default_factory=dict)
    words: Vectors = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    matched: Vectors = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    matched_all: tuple[float, ...] = ()

    def meaning_in(self, text: str) -> float:
        """The share (0..1) of the question's meaning that a text's words carry."""
        held = telling_words(text)
        return sum(share for word, share in self.importance.items() if word in held)


def weigh(question: Question, sentences: Sequence[EvidenceSentence], encoder: TokenEncoder, *, remember: bool = False) -> Weighed:
    """Hold each sentence against the question; its record's title counts for coverage, since it says what "it" is.

    `remember` the sentences' vectors for other questions, which is for those of the collection alone.
    """
    words = list(question.written)
    table = shipped()[0].word_vectors
    forms = [fold(question.written[word]) for word in words]
    rare = table.unknown(forms)
    asked, asked_tokens = encoder.encode_tokens([question.text, *(question.without(word) for word in words), *rare])
    whole, parts = asked[0], asked[1:]
    vectors, tokens = encoder.encode_tokens([sentence.text for sentence in sentences], remember=remember)
    lost = np.maximum(1.0 - parts[: len(words)] @ whole, 1e-6)
    by_themselves = table.of(forms, dict(zip(rare, parts[len(words) :], strict=True)))
    cosines = tuple(float(value) for value in vectors @ whole)
    matched, matched_all = _matches(question, asked_tokens[0], tokens)
    covered = tuple(0.75 * question.coverage(s.text) + 0.25 * question.coverage(s.text, s.review.title) for s in sentences)
    importance = {word: float(share) for word, share in zip(words, lost / lost.sum(), strict=True)} if words else {}
    return Weighed(tuple(sentences), vectors, cosines, covered, importance, by_themselves, matched, matched_all)


def _matches(question: Question, asked: Tokens, sentences: Sequence[Tokens]) -> tuple[Vectors, tuple[float, ...]]:
    """`matched` and `matched_all` of `Weighed`. A word past the encoder's limit is like none."""
    places = [(at, at + len(written)) for written in question.written.values() for at in (question.text.find(written),)]
    pieces = [[i for i, (start, end) in enumerate(asked.spans) if start < to and end > begin] for begin, to in places]
    out = np.zeros((len(sentences), len(places)), dtype=np.float32)
    means = []
    for row, sentence in zip(out, sentences, strict=True):
        nearest = (asked.vectors @ sentence.vectors.T).max(axis=1, initial=0.0)
        row[:] = [nearest[own].mean() if own else 0.0 for own in pieces]
        means.append(float(nearest.mean()) if len(nearest) else 0.0)
    return out, tuple(means)


def rarities(words: Iterable[str], frequency: Mapping[str, int], total: int) -> dict[str, float]:
    """Inverse document frequency of words: log(1 + (N - n + 0.5) / (n + 0.5)), BM25's (Robertson & Zaragoza 2009)."""
    return {word: math.log(1 + (max(total, n) - n + 0.5) / (n + 0.5)) for word in words for n in (frequency.get(word, 0),)}
