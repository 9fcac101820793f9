"""What is to be judged: the first results of several configurations put together, in an order that tells nobody who found what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corpus.lab.pools import shuffled

#: Review ids, best first, by query id: what one configuration found.
Found = Mapping[str, Sequence[str]]


def pool(runs: Sequence[Found], depth: int, seed: str) -> dict[str, list[str]]:
    """For each query the records any run has among its first `depth`, in an order that depends on `seed`, query and record alone.

    The same records in other runs, or the runs in another order, give the same sequence, so that a judge who goes on later meets no gap.
    """
    queries = list(dict.fromkeys(query_id for run in runs for query_id in run))
    return {query_id: shuffled(seed, query_id, (review_id for run in runs for review_id in run.get(query_id, ())[:depth])) for query_id in queries}
