"""Running a test set through the `Searcher` of production, over an index of its own that is cached by the set's content."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from corpus import Library
from index.encoder import Encoder
from index.lab.beir import TestSet
from index.lab.collection import Collection
from index.lab.trec import DEPTH, Rankings
from index.passages import PassageSplitter
from index.reranker import Reranker
from index.searcher import Searcher
from index.spec import SearchConfig
from index.store import IndexHome
from index.sync import Syncer, SyncReport
from index.weights import EmbeddingModel

#: (step, done, total) with step one of "embed", "repair" (the index is made), "queries".
Progress = Callable[[str, int, int], None]
#: Each leg's rank by leg, by document id, by query id.
Legs = Mapping[str, Mapping[str, Mapping[str, int]]]
#: Of how many first documents a run keeps what the legs said.
EXPLAINED = 50


@dataclass(frozen=True)
class RunResult:
    """What one configuration found for every query of a set.

    `rankings`: (document id, score) best first, at most 1000, by query id; scores compare within a query only. `seconds`: what each query
    took, encoding included, by query id. `embedded`: how many passages had to be embedded before; `index_seconds`: what making or checking
    the index took.
    """

    config: str
    config_hash: str
    set_name: str
    set_hash: str
    rankings: Rankings
    seconds: Mapping[str, float]
    index_seconds: float
    passages: int
    embedded: int
    legs: Legs = field(default_factory=dict)

    def query_seconds(self, percent: float) -> float:
        """The percentile of the seconds a query took."""
        return float(np.percentile(list(self.seconds.values()), percent))


class Lab:
    """Runs test sets. Their indexes lie below the index folder, under `lab/<content hash>`; nothing goes into the library."""

    def __init__(self, home: IndexHome, model: EmbeddingModel, encoder: Encoder, reranker: Reranker | None = None) -> None:
        self._home = home
        self._model = model
        self._encoder = encoder
        self._reranker = reranker

    def run(self, chosen: TestSet, config: SearchConfig, name: str, progress: Progress | None = None) -> RunResult:
        """Rank every query of the set under a configuration. A set seen before under the same IndexSpec embeds nothing."""
        tell = progress or (lambda step, done, total: None)
        began = time.perf_counter()
        with self.searcher(chosen.collection, config, name, tell) as (searcher, report):
            seconds = time.perf_counter() - began
            return run_queries(chosen.name, chosen.collection.hash, chosen.queries, searcher, report, seconds, tell)

    @contextmanager
    def searcher(self, collection: Collection, config: SearchConfig, name: str, progress: Progress | None = None) -> Iterator[tuple[Searcher, SyncReport]]:
        """A searcher over a collection, and what making or checking its index took."""
        library = cast(Library, collection)  # Syncer and Searcher ask of it only what `Records` names
        splitter = PassageSplitter(config.spec, self._model)
        built = self._home.open(config.spec, namespace=f"lab/{collection.hash[:16]}")
        try:
            report = Syncer(library, built, splitter, self._encoder).sync(progress or (lambda step, done, total: None))
            yield Searcher(library, built, splitter, self._encoder, config, name, self._reranker), report
        finally:
            built.close()


def run_queries(
    name: str,
    content: str,
    queries: Mapping[str, str],
    searcher: Searcher,
    report: SyncReport,
    index_seconds: float,
    tell: Progress,
    standing: Container[str] | None = None,
) -> RunResult:
    """Rank every query; `content` names what was searched. With `standing` other documents are left out, as a search leaves out withdrawn records."""
    rankings: dict[str, list[tuple[str, float]]] = {}
    seconds: dict[str, float] = {}
    legs: dict[str, dict[str, dict[str, int]]] = {}
    searcher.rank("ready", 1)  # what only a process's first question waits for is not a query's time
    for done, (query_id, text) in enumerate(queries.items()):
        tell("queries", done, len(queries))
        query = " ".join(text.split())
        if not query:
            rankings[query_id], seconds[query_id] = [], 0.0
            continue
        began = time.perf_counter()
        found = searcher.ranking(query, DEPTH)
        seconds[query_id] = time.perf_counter() - began  # of what a search does; going on to depth 1000 is for the measures alone
        ranking = searcher.beyond(query, found.pairs, DEPTH)
        rankings[query_id] = ranking if standing is None else [pair for pair in ranking if pair[0] in standing]
        legs[query_id] = found.legs(EXPLAINED)
    tell("queries", len(queries), len(queries))
    return RunResult(
        config=searcher.name,
        config_hash=searcher.config.hash,
        set_name=name,
        set_hash=content,
        rankings=rankings,
        seconds=seconds,
        index_seconds=index_seconds,
        passages=report.total,
        embedded=report.embedded,
        legs=legs,
    )
