"""Putting together what is to be judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from corpus import UsageError
from corpus.lab import Pool

if TYPE_CHECKING:
    from index.lab.run import Progress
    from ui.engine import Engine


def make_pool(engine: Engine, set_name: str, configs: Sequence[str], depth: int = 10, *, actor: str = "local", progress: Progress | None = None) -> Pool:
    """The first `depth` results of each configuration for every query, drafts included, put together and kept. Nothing says who found what.

    Raises NotFoundError for an unknown set, UsageError for no configuration or no query.
    """
    from index.lab.pool import pool

    library = engine.library
    queries = library.sets.queries(set_name)
    if not configs or not 1 <= depth <= 100:
        raise UsageError("a pool needs configurations, and a depth from 1 to 100", remedy="florilegium lab pool SET --config default --config dense --depth 10")
    if not queries:
        raise UsageError(f"the set {set_name!r} has no query", remedy=f"Add one: `florilegium lab add {set_name!r} TEXT`")
    runs = []
    for done, config in enumerate(configs):
        if progress:
            progress("configurations", done, len(configs))
        found: dict[str, list[str]] = {}
        if any(not query.draft for query in queries.values()):
            run_id = engine.lab_run(set_name, config, "", {}, keep=True, reason="pool", actor=actor, fresh=False, progress=progress)["run"]
            found = {query_id: [one for one, _ in pairs] for query_id, pairs in library.runs.get(run_id)[1].items()}
        for query_id, query in queries.items():
            if query.draft:
                found[query_id] = [hit["review_id"] for hit in engine.search(query.text, depth, [], config)["hits"]]
        runs.append(found)
    if progress:
        progress("configurations", len(configs), len(configs))
    return library.pools.save(set_name, depth, configs, pool(runs, depth, set_name))
