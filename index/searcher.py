"""`Searcher`: a question to ranked reviews, each with its best passage and with what every leg said of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from corpus import Filter, Library, Review, Status
from corpus.review import Notice
from index.encoder import TextEncoder
from index.fusion import ordered, reciprocal_rank, weighted_z
from index.lexical import analyse
from index.passages import PassageSplitter, hash_text
from index.spec import SearchConfig
from index.state import PassageRow
from index.store import BuiltIndex

#: Up to so many reviews a filter is handed to the legs; beyond it more is asked of them and filtered afterwards.
_HANDED_DOWN = 3_000
_OTHERS = 4  # further passages shown with a hit


class LegScore(NamedTuple):
    """How one leg ranked a review: rank from 1, score (higher is better; cosine for dense, BM25 for lexical)."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Span:
    """`review[field][start:end] == text`, with the passage's fused score."""

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
    """A review with its best passage, its rank from 1, its fused score (higher is better) and each leg's word on it."""

    rank: int
    review: Review
    best: Span
    score: float
    legs: Mapping[str, LegScore | None]
    others: tuple[Span, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As `search --json` prints it."""
        legs = {name: None if leg is None else {"rank": leg.rank, "score": round(leg.score, 6)} for name, leg in self.legs.items()}
        best = self.best.as_dict() | {"score": round(self.score, 6)}
        head = {"rank": self.rank, "review_id": self.review.id, "title": self.review.title, "year": self.review.year}
        notices: list[Notice] = list(self.review.notices)
        return {**head, **best, "legs": legs, "others": [span.as_dict() for span in self.others], "notices": [n.model_dump() for n in notices]}


@dataclass(frozen=True)
class SearchResult:
    """Hits, and what a reader must know of them. `stale` counts passages dropped because their record is newer than the index."""

    query: str
    hits: tuple[Hit, ...]
    config: str
    revision: int
    stale: int = 0
    left_out: int = 0
    seconds: float = 0.0
    steps: Mapping[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As `search --json` prints it (DESIGN section 8)."""
        return {
            "query": self.query,
            "config": self.config,
            "revision": self.revision,
            "hits": [hit.as_dict() for hit in self.hits],
            "stale": self.stale,
            "left_out": self.left_out,
            "seconds": round(self.seconds, 4),
        }


@dataclass(frozen=True)
class _Legs:
    passages: dict[str, dict[str, float]]
    rows: dict[str, PassageRow]


class Searcher:
    """Searches one built index under one configuration. Safe to use from several threads."""

    def __init__(
        self, library: Library, built: BuiltIndex, splitter: PassageSplitter, encoder: TextEncoder, config: SearchConfig, name: str = "default"
    ) -> None:
        self.config = config
        self.name = name
        self._library = library
        self._built = built
        self._splitter = splitter
        self._encoder = encoder

    def search(self, query: str, k: int = 10, chosen: Filter | None = None) -> SearchResult:
        """The best `k` current reviews that `chosen` lets through. Fewer, or none, where no leg finds more."""
        began = time.monotonic()
        allowed, left_out = self._allowed(chosen)
        permitted = None if allowed is None else set(allowed)
        handed = allowed if allowed is not None and len(allowed) <= _HANDED_DOWN else None
        vector = self._encoder.encode([query])[0]
        encoded = time.monotonic()
        widen = 1
        while True:
            legs = self._ask(query, vector, widen, handed)
            result = self._rank(legs, k, permitted)
            asked = widen * max(self.config.dense_depth, self.config.lexical_depth)
            if len(result[0]) >= k or handed is not None or permitted is None or asked >= self._built.state.count():
                break
            widen *= 4
        hits, stale = result
        ended = time.monotonic()
        steps = {"encode": encoded - began, "search": ended - encoded}
        return SearchResult(query, tuple(hits), self.name, self._library.revision(), stale, left_out, ended - began, steps)

    def why(self, query: str, review: Review, chosen: Filter | None = None) -> dict[str, Any]:
        """Why a record ranks where it does: its rank and score in each leg and after fusion, what removed it, the query words it lacks."""
        allowed, _ = self._allowed(chosen)
        deep = self._built.state.count()
        legs = self._ask(query, self._encoder.encode([query])[0], -(-deep // min(self.config.dense_depth, self.config.lexical_depth)) or 1, None)
        by_review = {name: _best_by_review(scores, legs.rows, None) for name, scores in legs.passages.items()}
        fused = ordered(self._fuse({name: list(scores.items()) for name, scores in by_review.items()}))
        rank = next((position for position, (key, _) in enumerate(fused, 1) if key == review.id), None)
        places: dict[str, dict[str, Any] | None] = {}
        for name, scores in by_review.items():
            at = next(((position, score) for position, (key, score) in enumerate(ordered(scores), 1) if key == review.id), None)
            places[name] = {"rank": at[0], "score": round(at[1], 6)} if at else None
        mine = {pid: max(scores.get(pid, -1e9) for scores in legs.passages.values()) for pid, row in legs.rows.items() if row.review_id == review.id}
        spans, _ = self._spans(review, ordered(mine), legs.rows)
        held = set(analyse(" ".join([review.title, *(text for _, text in review.evidence())])))
        words = {word: analyse(word) for word in query.split()}
        removed = None
        if review.status != Status.CURRENT:
            removed = f"its status is {review.status.value}"
        elif allowed is not None and review.id not in set(allowed):
            failing = [str(c) for c in (chosen.conditions if chosen else ()) if review.id not in self._library.select(Filter((c,))).ids]
            removed = f"the filter {' and '.join(failing) or 'given'}"
        elif not mine and review.id not in self._built.state.records():
            removed = "it is newer than the search data; run `florilegium sync`"
        return {
            "query": query,
            "review_id": review.id,
            "title": review.title,
            "config": self.name,
            "rank": None if removed else rank,
            "of": len(fused),
            "score": round(dict(fused).get(review.id, 0.0), 6) if rank else None,
            "legs": places,
            "removed_by": removed,
            "passage": spans[0].as_dict() if spans else None,
            "matched_words": [word for word, terms in words.items() if terms and all(term in held for term in terms)],
            "missing_words": [word for word, terms in words.items() if terms and not all(term in held for term in terms)],
        }

    def frequencies(self, terms: Sequence[str]) -> tuple[dict[str, int], int]:
        """In how many passages each stemmed term stands, and how many passages there are."""
        lexical = self._built.lexical
        return {term: max(lexical.document_frequency(term), lexical.document_frequency(term, "title")) for term in terms}, lexical.count()

    def _allowed(self, chosen: Filter | None) -> tuple[list[str] | None, int]:
        if chosen is None or not chosen.conditions:
            return None, 0
        selection = self._library.select(chosen)
        return selection.ids, selection.left_out

    def _ask(self, query: str, vector: Any, widen: int, allowed: Sequence[str] | None) -> _Legs:
        config = self.config
        dense = self._built.vectors.search(vector, config.dense_depth * widen, allowed)
        lexical = self._built.lexical.search(query, config.lexical_depth * widen, config.title_boost, allowed) if config.lexical_weight else []
        passages = {"dense": dict(dense), "lexical": dict(lexical)}
        return _Legs(passages, self._built.state.passages([*{*passages["dense"], *passages["lexical"]}]))

    def _rank(self, legs: _Legs, k: int, permitted: set[str] | None) -> tuple[list[Hit], int]:
        by_review = {name: _best_by_review(scores, legs.rows, permitted) for name, scores in legs.passages.items()}
        fused = self._fuse({name: list(scores.items()) for name, scores in by_review.items()})
        ranks = {name: {key: LegScore(rank, score) for rank, (key, score) in enumerate(ordered(scores), 1)} for name, scores in by_review.items()}
        of_passages = self._fuse({name: list(scores.items()) for name, scores in legs.passages.items()})
        own: dict[str, list[tuple[str, float]]] = {}
        for passage_id, score in ordered(of_passages):
            if passage_id in legs.rows:
                own.setdefault(legs.rows[passage_id].review_id, []).append((passage_id, score))
        order = ordered(fused)
        hits: list[Hit] = []
        stale = 0
        for start in range(0, len(order), max(k, 10)):
            part = order[start : start + max(k, 10)]
            reviews = self._library.get_many([review_id for review_id, _ in part])
            for review_id, score in part:
                review = reviews.get(review_id)
                if review is None or review.status != Status.CURRENT:
                    continue
                spans, dropped = self._spans(review, own.get(review_id, []), legs.rows)
                stale += dropped
                if spans:
                    words = {name: ranks[name].get(review_id) for name in ranks}
                    hits.append(Hit(len(hits) + 1, review, spans[0], score, words, tuple(spans[1 : 1 + _OTHERS])))
                if len(hits) == k:
                    return hits, stale
        return hits, stale

    def _fuse(self, legs: Mapping[str, Sequence[tuple[str, float]]]) -> dict[str, float]:
        weights = {"dense": self.config.dense_weight, "lexical": self.config.lexical_weight}
        return reciprocal_rank(legs, weights, self.config.rrf_k) if self.config.fusion == "rrf" else weighted_z(legs, weights)

    def _spans(self, review: Review, scored: Sequence[tuple[str, float]], rows: Mapping[str, PassageRow]) -> tuple[list[Span], int]:
        """The passages whose words still stand in the record; one that no longer does is dropped and counted, never cited."""
        spans: list[Span] = []
        dropped = 0
        title = self._splitter.title_before(review)
        texts = dict(review.evidence()) | {"title": review.title}
        for passage_id, score in scored:
            row = rows[passage_id]
            text = texts.get(row.field, "")[row.start : row.end]
            if hash_text(self._splitter.embedded("" if row.field == "title" else title, text)) == row.text_hash:
                spans.append(Span(row.field, row.start, row.end, text, score))
            else:
                dropped += 1
        return spans, dropped


def _best_by_review(scores: Mapping[str, float], rows: Mapping[str, PassageRow], permitted: set[str] | None) -> dict[str, float]:
    best: dict[str, float] = {}
    for passage_id, score in scores.items():
        row = rows.get(passage_id)
        if row is not None and (permitted is None or row.review_id in permitted):
            best[row.review_id] = max(score, best.get(row.review_id, score))
    return best
