"""`Searcher`: a question to ranked reviews, each with its best passage and with what every leg said of it."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from corpus import Filter, Library, Review, Status
from index.candidates import Scored, score
from index.encoder import TextEncoder, Vectors
from index.fusion import Scores, fused
from index.lexical import QueryTerms, analyse
from index.passages import PassageSplitter, hash_text
from index.reranker import Reranker, reranked
from index.spec import SearchConfig
from index.state import PassageRow
from index.store import BuiltIndex
from index.synonyms import synonyms_of

#: Up to so many reviews a filter is handed to the legs; beyond it more is asked of them and filtered afterwards.
_HANDED_DOWN = 3_000
_DEEP = 4  # passages asked for by a reading to great depth, a review
_OTHERS = 4  # further passages shown with a hit
_MARKS = "?!.,;:\"“”'"  # around a query's words, where they are shown
#: The lexical leg is asked here while the query is being encoded: neither holds Python's lock for long.
_beside = ThreadPoolExecutor(max_workers=4, thread_name_prefix="lexical")
#: Searches at once in one process; more would only take the processors from each other, and the first one asked would be as late as the last.
_room = threading.BoundedSemaphore(max(4, 2 * (os.cpu_count() or 1)))
_TRIES = 5  # readings of the library in one search, should it change in between


class LegScore(NamedTuple):
    """How one leg ranked a review among the candidates: rank from 1, score (higher is better)."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Span:
    """`review[field][start:end] == text`, with the passage's cosine with the query (centred)."""

    field: str
    start: int
    end: int
    text: str
    score: float

    def as_dict(self) -> dict[str, Any]:
        """As data."""
        return {"field": self.field, "start": self.start, "end": self.end, "text": self.text, "score": round(self.score, 6)}


@dataclass(frozen=True, slots=True)
class Hit:
    """A review with its best passage, its rank from 1, its fused score (higher is better) and each leg's word on it.

    Legs: `dense` (the best passage's cosine with the query, -1..1, centred), `lexical` (BM25; None where no word matches) and `neighbours`
    (the mean fused score of the candidates most like it). `cosine` is the best passage's plain cosine, -1..1.
    """

    rank: int
    review: Review
    best: Span
    score: float
    legs: Mapping[str, LegScore | None]
    others: tuple[Span, ...] = ()
    cosine: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """As `search --json` prints it."""
        legs = {name: None if leg is None else {"rank": leg.rank, "score": round(leg.score, 6)} for name, leg in self.legs.items()}
        head = {"rank": self.rank, "review_id": self.review.id, "title": self.review.title, "year": self.review.year}
        best = self.best.as_dict() | {"score": round(self.score, 6)}
        notices = [notice.model_dump() for notice in self.review.notices]
        return {**head, **best, "legs": legs, "others": [span.as_dict() for span in self.others], "notices": notices}


@dataclass(frozen=True)
class SearchResult:
    """Hits, and what a reader must know of them. `stale` counts passages dropped because their record is newer than the index."""

    query: str
    hits: tuple[Hit, ...]
    config: str
    config_hash: str
    revision: int
    stale: int = 0
    left_out: int = 0
    seconds: float = 0.0
    steps: Mapping[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As `search --json` prints it (DESIGN section 8)."""
        made = {"config": self.config, "config_hash": self.config_hash, "revision": self.revision}
        return {
            "query": self.query,
            **made,
            "hits": [hit.as_dict() | made for hit in self.hits],
            "stale": self.stale,
            "left_out": self.left_out,
            "seconds": round(self.seconds, 4),
        }


class Ranking(NamedTuple):
    """(review id, score), best first; `legs` tells how each leg ranked the first of them."""

    pairs: list[tuple[str, float]]
    scored: Scored

    def legs(self, first: int) -> dict[str, dict[str, int]]:
        """Each leg's rank (from 1, among the candidates) of the first `first` reviews; a leg that did not find a review is absent."""
        places = {review_id: i for i, review_id in enumerate(self.scored.ids)}
        return {
            review_id: {name: leg.rank for name, leg in _legs(self.scored, places[review_id]).items() if leg is not None}
            for review_id, _ in self.pairs[:first]
            if review_id in places
        }


class Searcher:
    """Searches one built index under one configuration. Safe to use from several threads, also while a sync runs."""

    def __init__(
        self,
        library: Library,
        built: BuiltIndex,
        splitter: PassageSplitter,
        encoder: TextEncoder,
        config: SearchConfig,
        name: str = "default",
        reranker: Reranker | None = None,
    ) -> None:
        self.config = config
        self.name = name
        self._library = library
        self._built = built
        self._splitter = splitter
        self._encoder = encoder
        self._reranker = reranker

    def search(self, query: str, k: int = 10, chosen: Filter | None = None) -> SearchResult:
        """The best `k` current reviews that `chosen` lets through. Fewer, or none, where no leg finds more."""
        with _room:
            return self._search(query, k, chosen)

    def _search(self, query: str, k: int, chosen: Filter | None) -> SearchResult:
        began = time.monotonic()
        allowed, left_out = self._allowed(chosen)
        asked = _beside.submit(self._worded, query, k, allowed)
        vector = self._encoder.encode([query])[0]
        encoded = time.monotonic()
        terms, first = asked.result()
        candidates, words = self._candidates(vector, terms, k, allowed, first)
        indexed = self._built.state.revisions(candidates)  # before the passages, so that a record found at it later has not changed in between
        scored = self._rerank(query, self._score(vector, terms, candidates, words))
        hits, stale, revision = self._hits_at(scored, k, indexed)
        ended = time.monotonic()
        steps = {"encode": encoded - began, "search": ended - encoded}
        return SearchResult(query, tuple(hits), self.name, self.config.hash, revision, stale, left_out, ended - began, steps)

    def rank(self, query: str, depth: int) -> list[tuple[str, float]]:
        """(review id, score), best first, at most `depth`: the order alone, as the lab measures it, without asking the library."""
        return self.ranking(query, depth).pairs

    def ranking(self, query: str, depth: int) -> Ranking:
        """As `rank`, with what the legs said."""
        vector, terms = self._encoder.encode([query])[0], self._terms(query)
        scored = self._rerank(query, self._score(vector, terms, *self._candidates(vector, terms, 0, None)))
        return Ranking([(scored.ids[i], float(scored.final[i])) for i in _order(scored)[:depth]], scored)

    def beyond(self, query: str, ranking: Sequence[tuple[str, float]], depth: int) -> list[tuple[str, float]]:
        """A ranking by `rank`, continued to `depth` by what lies beyond the candidates, in the order of both legs' plain scores.

        For runs that are measured to great depth; every score added is below the ranking's last.
        """
        vector, terms, config = self._encoder.encode([query])[0], self._terms(query), self.config
        missing, ranked = depth - len(ranking), {review_id for review_id, _ in ranking}
        if missing <= 0:
            return list(ranking)
        nearest = self._built.nearest(vector, _DEEP * depth) if config.dense_weight > 0 else []
        held = self._built.state.reviews_of([passage_id for passage_id, _ in nearest])
        dense: dict[str, float] = {}
        for passage_id, similar in nearest:
            if passage_id in held:
                dense.setdefault(held[passage_id], similar)
        words = dict(self._built.lexical.search(terms, depth, rarity=config.rarity)) if config.lexical_weight > 0 else {}
        ids = sorted({*dense, *words} - ranked)
        least = min(dense.values(), default=0.0)
        legs = [(config.dense_weight, [dense.get(i, least) for i in ids]), (config.lexical_weight, [words.get(i, 0.0) for i in ids])]
        plain = fused(config.fusion, config.rrf_k, legs)
        best, last = float(plain.max(initial=0.0)), ranking[-1][1] if ranking else 0.0
        order = sorted(zip(ids, plain, strict=True), key=lambda pair: (-pair[1], pair[0]))[:missing]
        return [*ranking, *((review_id, last - 1.0 - (best - float(value))) for review_id, value in order)]

    def why(self, query: str, review: Review, chosen: Filter | None = None) -> dict[str, Any]:
        """Why a record ranks where it does: rank and score in each leg and after fusion, what removed it, the query words it lacks.

        A record that no leg proposed is scored beside the candidates, and has no rank.
        """
        allowed, _ = self._allowed(chosen)
        vector, terms = self._encoder.encode([query])[0], self._terms(query)
        proposed, words = self._candidates(vector, terms, 10, allowed)
        scored = self._rerank(query, self._score(vector, terms, sorted({*proposed, review.id}), words))
        place = scored.ids.index(review.id) if review.id in scored.ids else None
        hits = self._hits(scored, len(scored.ids), {})[0] if review.id in proposed else []
        rank = next((hit.rank for hit in hits if hit.review.id == review.id), None)
        legs = {name: leg and leg._asdict() for name, leg in _legs(scored, place).items()} if place is not None else {}
        spans, _ = self._spans(review, scored.passages(place)) if place is not None else ([], 0)
        held = set(analyse(" ".join([review.title, *(text for _, text in review.evidence())])))
        asked = {word.strip(_MARKS): analyse(word) for word in query.split()}
        removed = self._removed(review, chosen, allowed, indexed=place is not None)
        return {
            "query": query,
            "review_id": review.id,
            "title": review.title,
            "config": self.name,
            "config_hash": self.config.hash,
            "revision": self._library.revision(),
            "rank": None if removed else rank,
            "of": len(proposed),
            "score": float(scored.final[place]) if place is not None else None,
            "proposed": review.id in proposed,
            "legs": legs,
            "removed_by": removed,
            "passage": spans[0].as_dict() if spans else None,
            "matched_words": [word for word, parts in asked.items() if parts and all(part in held for part in parts)],
            "missing_words": [word for word, parts in asked.items() if parts and not all(part in held for part in parts)],
        }

    def frequencies(self, terms: Sequence[str]) -> tuple[dict[str, int], int]:
        """In how many reviews each stemmed term stands, and how many reviews there are."""
        lexical = self._built.lexical
        return {term: lexical.document_frequency(term) for term in terms}, lexical.count()

    # ---- steps

    def _terms(self, query: str) -> QueryTerms:
        """The query's words, widened by the vocabulary of whatever is searched."""
        return synonyms_of(self._library.vocabulary).widen(analyse(query), self.config.synonyms)

    def _allowed(self, chosen: Filter | None) -> tuple[list[str] | None, int]:
        if chosen is None or not chosen.conditions:
            return None, 0
        selection = self._library.select(chosen)
        return selection.ids, selection.left_out

    def _worded(self, query: str, k: int, allowed: Sequence[str] | None) -> tuple[QueryTerms, dict[str, float]]:
        """The query's terms, and what the lexical leg proposes at first."""
        terms = self._terms(query)
        return terms, self._lexical(terms, self._widening(k), _handed(allowed))

    def _widening(self, k: int) -> int:
        """How many times the configured depths are asked for, so that `k` reviews can be found."""
        return max(1, -(-k // self.config.candidates))

    def _lexical(self, terms: Counter[str], widen: int, allowed: Sequence[str] | None) -> dict[str, float]:
        config = self.config
        return dict(self._built.lexical.search(terms, config.candidates * widen, allowed, config.rarity)) if config.lexical_weight > 0 else {}

    def _candidates(
        self, vector: Vectors, terms: Counter[str], k: int, allowed: Sequence[str] | None, first: dict[str, float] | None = None
    ) -> tuple[list[str], dict[str, float]]:
        """The reviews either leg proposes, sorted by id, and the BM25 of those that the lexical leg does; `first` is what it has proposed already.

        With a filter too wide to hand down, more is asked until enough pass it.
        """
        permitted = None if allowed is None else set(allowed)
        handed = _handed(allowed)
        widen = self._widening(k)
        while True:
            words = self._lexical(terms, widen, handed) if first is None else first
            found, first = self._propose(vector, words, widen, handed), None
            kept = [review_id for review_id in found if permitted is None or review_id in permitted]
            enough = permitted is None or handed is not None or len(kept) >= max(k, self.config.candidates)
            if enough or widen * self.config.dense_depth >= self._built.state.count():
                return sorted(kept), words
            widen *= 4

    def _propose(self, vector: Vectors, words: Mapping[str, float], widen: int, allowed: Sequence[str] | None) -> set[str]:
        config, depth = self.config, self.config.candidates * widen
        proposed: dict[str, None] = {}
        if config.dense_weight > 0:
            nearest = self._built.nearest(vector, config.dense_depth * widen, allowed)
            held = self._built.state.reviews_of([passage_id for passage_id, _ in nearest])
            for passage_id, _ in nearest:
                if passage_id in held and len(proposed) < depth:
                    proposed.setdefault(held[passage_id])
        return {*proposed, *words}

    def _score(self, vector: Vectors, terms: Counter[str], candidates: Sequence[str], words: Mapping[str, float]) -> Scored:
        """Score candidates by both legs; `words` has the BM25 known already."""
        matrix, found = self._built.rows_of(candidates)
        room = matrix.count() if matrix is not None else 0
        rows = {review_id: own for review_id in candidates if (own := [row for row in found.get(review_id, ()) if row.row < room])}
        if matrix is None or not rows:
            return score(self.config, vector, None, {}, np.zeros((0, vector.size), dtype=np.float32), {})
        vectors = matrix.read([row.row for own in rows.values() for row in own])
        others = [review_id for review_id in rows if review_id not in words] if self.config.lexical_weight > 0 else []
        return score(self.config, vector, self._built.mean, rows, vectors, {**words, **self._built.lexical.scores(terms, others, self.config.rarity)})

    def _rerank(self, query: str, scored: Scored) -> Scored:
        """With a reranker, the first candidates ordered anew by what it says of each one's best passage that still stands in its record."""
        if self._reranker is None or not scored.ids:
            return scored
        first = _order(scored)[: self.config.rerank_depth]
        reviews = self._library.get_many(scored.ids[i] for i in first)
        asked: list[int] = []
        texts: list[str] = []
        for i in first:
            review = reviews.get(scored.ids[i])
            spans = self._spans(review, scored.passages(i))[0] if review is not None and review.status == Status.CURRENT else []
            if review is not None and spans:
                asked.append(i)
                texts.append(self._splitter.embedded(self._splitter.title_before(review), spans[0].text))
        return reranked(scored, self.config, asked, self._reranker.score(query, texts))

    def _hits_at(self, scored: Scored, k: int, indexed: Mapping[str, int]) -> tuple[list[Hit], int, int]:
        """Hits, stale passages, and the library revision at which all their words stand: read again when the library went on meanwhile."""
        for _ in range(_TRIES):
            hits, stale, revisions = self._hits(scored, k, indexed)
            if len(revisions) <= 1:
                break
        return hits, stale, revisions.pop() if revisions else self._library.revision()

    def _hits(self, scored: Scored, k: int, indexed: Mapping[str, int]) -> tuple[list[Hit], int, set[int]]:
        """The first `k` hits, the stale passages met, and the library's revisions at which records were read."""
        order = _order(scored)
        hits: list[Hit] = []
        stale, revisions = 0, set()
        for start in range(0, len(order), max(k, 10)):
            part = order[start : start + max(k, 10)]
            revision, reviews = self._library.view([scored.ids[i] for i in part])
            revisions.add(revision)
            for i in part:
                review = reviews.get(scored.ids[i])
                if review is None or review.id != scored.ids[i] or review.status != Status.CURRENT:
                    continue  # withdrawn, or merged into a record that stands for itself
                spans, dropped = self._spans(review, scored.passages(i), unchanged=indexed.get(review.id) == review.revision)
                stale += dropped
                if spans:
                    others = tuple(spans[1 : 1 + _OTHERS])
                    hits.append(Hit(len(hits) + 1, review, spans[0], float(scored.final[i]), _legs(scored, i), others, float(scored.cosine[i])))
                if len(hits) == k:
                    return hits, stale, revisions
        return hits, stale, revisions

    def _spans(self, review: Review, passages: Sequence[tuple[PassageRow, float]], *, unchanged: bool = False) -> tuple[list[Span], int]:
        """The passages whose words still stand in the record; one that no longer does is dropped and counted, never cited.

        `unchanged`: the record is at the revision that was indexed, so all of them do.
        """
        spans: list[Span] = []
        dropped = 0
        title = "" if unchanged else self._splitter.title_before(review)
        texts = dict(review.evidence()) | {"title": review.title}
        for row, similar in passages:
            text = texts.get(row.field, "")[row.start : row.end]
            if unchanged or hash_text(self._splitter.embedded("" if row.field == "title" else title, text)) == row.text_hash:
                spans.append(Span(row.field, row.start, row.end, text, similar))
            else:
                dropped += 1
        return spans, dropped

    def _removed(self, review: Review, chosen: Filter | None, allowed: Sequence[str] | None, *, indexed: bool) -> str | None:
        if review.status != Status.CURRENT:
            return f"its status is {review.status.value}"
        if chosen is not None and allowed is not None and review.id not in set(allowed):
            failing = [str(condition) for condition in chosen.conditions if review.id not in self._library.select(Filter((condition,))).ids]
            return f"the filter {' and '.join(failing)}"
        return None if indexed else "it is newer than the search data; run `florilegium sync`"


def _handed(allowed: Sequence[str] | None) -> Sequence[str] | None:
    """What of a filter is handed down to the legs."""
    return allowed if allowed is not None and len(allowed) <= _HANDED_DOWN else None


def _order(scored: Scored) -> list[int]:
    """Positions, best first; equal scores by id."""
    return sorted(range(len(scored.ids)), key=lambda i: (-float(scored.final[i]), scored.ids[i]))


def _legs(scored: Scored, i: int) -> dict[str, LegScore | None]:
    def placed(scores: Scores) -> LegScore:
        return LegScore(int((scores > scores[i]).sum()) + 1, float(scores[i]))

    legs = {"dense": placed(scored.dense), "lexical": placed(scored.lexical) if scored.lexical[i] > 0 else None, "neighbours": placed(scored.around)}
    if scored.reranked is not None:
        legs["reranker"] = None if np.isnan(scored.reranked[i]) else placed(scored.reranked)
    return legs
