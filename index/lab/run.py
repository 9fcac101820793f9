"""Running a test set through the `Searcher` of production, over an index of its own that is cached by the set's content."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
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
            return _run(chosen, searcher, report, time.perf_counter() - began, tell)

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


def _run(chosen: TestSet, searcher: Searcher, report: SyncReport, index_seconds: float, tell: Progress) -> RunResult:
    rankings: dict[str, list[tuple[str, float]]] = {}
    seconds: dict[str, float] = {}
    searcher.rank("ready", 1)  # what only a process's first question waits for is not a query's time
    for done, (query_id, text) in enumerate(chosen.queries.items()):
        tell("queries", done, len(chosen.queries))
        query = " ".join(text.split())
        began = time.perf_counter()
        found = searcher.rank(query, DEPTH) if query else []
        seconds[query_id] = time.perf_counter() - began  # of what a search does; going on to depth 1000 is for the measures alone
        rankings[query_id] = searcher.beyond(query, found, DEPTH) if query else []
    tell("queries", len(chosen.queries), len(chosen.queries))
    return RunResult(
        config=searcher.name,
        config_hash=searcher.config.hash,
        set_name=chosen.name,
        set_hash=chosen.collection.hash,
        rankings=rankings,
        seconds=seconds,
        index_seconds=index_seconds,
        passages=report.total,
        embedded=report.embedded,
    )
