"""The judging queue: which record comes next for which query, how much is left, and what judges differ on.

Judging is blind (nothing here knows who found a record) and shuffled, each judge's order being their own. Records that are withdrawn,
retracted or merged away never come up.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from corpus import schema
from corpus.aliases import aliases_of
from corpus.errors import NotFoundError
from corpus.lab.grades import grades
from corpus.lab.pools import shuffled
from corpus.lab.sets import TestQuery, set_number
from corpus.review import Review, Status

if TYPE_CHECKING:
    from corpus.library import Library

_PAUSE = 300.0  # seconds without a judgement that count as having been away
_PACE_OF = 50  # judgements the pace is told from
_MANY = 500
#: (query id, review id)
Place = tuple[str, str]


class Pair(NamedTuple):
    """A record to be judged for a query: the `number`-th of `of` for this judge."""

    query: TestQuery
    review: Review
    number: int
    of: int


class JudgingProgress(NamedTuple):
    """How far a judge is. `seconds_each`: the median time of one judgement, None before there are two; `seconds_left` what that makes of the rest."""

    judged: int
    left: int
    cannot_tell: int
    seconds_each: float | None
    seconds_left: float | None

    def in_words(self) -> str:
        """Said to the judge."""
        said = f"{self.judged:,} judged, {self.left:,} left"
        if self.seconds_left is None or not self.left:
            return said
        minutes = max(1, round(self.seconds_left / 60))
        return f"{said}, about {minutes // 60} h {minutes % 60} min" if minutes >= 90 else f"{said}, about {minutes} min"


class Dispute(NamedTuple):
    """A record that judges graded differently for a query, and nobody has decided."""

    query: TestQuery
    review: Review
    grades: Mapping[str, int]


class Desk(NamedTuple):
    """What one judge has before them in a set: by query the records to be judged, in no order yet, and what was said."""

    judge: str
    queries: Mapping[str, TestQuery]
    asked: Mapping[str, set[str]]
    done: Mapping[Place, int | None]
    moments: Sequence[str]

    @property
    def pairs(self) -> list[Place]:
        """All that is to be judged, judged or not, in this judge's own order."""
        return [(query_id, one) for query_id, ids in self.asked.items() for one in shuffled(self.judge, query_id, ids)]

    @property
    def seconds_each(self) -> float | None:
        """The median time of one judgement, None before there are two."""
        return _pace(self.moments)

    def waiting(self, query_id: str) -> set[str]:
        """The records of a query that are not judged yet."""
        return {one for one in self.asked[query_id] if (query_id, one) not in self.done}

    def first(self, query_ids: Iterable[str], skipped: Sequence[Place]) -> Place | None:
        """The next place, query by query; what was skipped at the end. Only the query that is due is put in order."""
        for query_id in query_ids:
            if left := {one for one in self.waiting(query_id) if (query_id, one) not in skipped}:
                return query_id, shuffled(self.judge, query_id, left)[0]
        wanted = set(query_ids)
        return next((place for place in skipped if place[0] in wanted and place[1] in self.waiting(place[0])), None)


def next_pair(library: Library, set_name: str, judge: str, *, skipped: Sequence[Place] = (), query_id: str | None = None) -> Pair | None:
    """What `judge` should look at next, or None when all is done. `skipped` comes last; with `query_id` only that query's records.

    Raises NotFoundError when the set has been deleted meanwhile.
    """
    desk = desk_of(library, set_name, judge)
    wanted = [one for one in desk.queries if query_id is None or one == query_id]
    place = desk.first(wanted, [one for one in skipped if one[0] in desk.queries])
    return _pair(library, desk, place) if place is not None else None


def pair_of(library: Library, set_name: str, query_id: str, review_id: str, judge: str) -> Pair:
    """A certain pair, judged or not (what an undo leads back to). Raises NotFoundError."""
    desk = desk_of(library, set_name, judge)
    if query_id not in desk.queries:
        raise NotFoundError(f"the set has no query {query_id!r}", where=set_name, remedy="It has been taken out meanwhile; go on with the next")
    return _pair(library, desk, (query_id, library.get(review_id).id))


def progress(library: Library, set_name: str, judge: str) -> JudgingProgress:
    """How far a judge is in a set. Raises NotFoundError."""
    desk = desk_of(library, set_name, judge)
    left = sum(len(desk.waiting(one)) for one in desk.queries)
    each = desk.seconds_each
    return JudgingProgress(len(desk.done), left, sum(grade is None for grade in desk.done.values()), each, None if each is None else each * left)


def disputed(library: Library, set_name: str) -> list[Dispute]:
    """The pairs on which judges differ and nobody has decided, in the order of the queries. Raises NotFoundError."""
    queries = library.sets.queries(set_name)
    found = grades(library.judgements.of(set_name), library.get_many)
    order = {query_id: at for at, query_id in enumerate(queries)}
    places = sorted((place for place in found.disputed if place[0] in queries), key=lambda place: (order[place[0]], place[1]))
    reviews = library.get_many({review_id for _, review_id in places})
    return [Dispute(queries[query_id], reviews[review_id], found.verdicts[query_id][review_id]) for query_id, review_id in places]


def _pair(library: Library, desk: Desk, place: Place) -> Pair:
    total = sum(map(len, desk.asked.values()))
    judged = total - sum(len(desk.waiting(one)) for one in desk.queries)
    number = 1 + judged - (place in desk.done and place[1] in desk.asked[place[0]])
    return Pair(desk.queries[place[0]], library.get(place[1]), number, max(number, total))


def desk_of(library: Library, set_name: str, judge: str) -> Desk:
    """All that one judge has before them in a set, judged or not. Raises NotFoundError."""
    queries = library.sets.queries(set_name)
    asked: dict[str, dict[str, None]] = {query_id: {} for query_id in queries}
    for pool in library.pools.all(set_name):
        for query_id, ids in pool.pairs.items():
            if query_id in asked:
                asked[query_id].update(dict.fromkeys(ids))
    for query_id, query in queries.items():
        asked[query_id].update(dict.fromkeys(query.origin.get("results", ())))
    with library.reading() as connection:
        rows = _judged(connection, set_number(connection, set_name), judge)
        named = {one for own in asked.values() for one in own} | {row.review_id for row in rows}
        current, alias = _current(connection, named), aliases_of(connection, named)
    here = {query_id: {alias.get(one, one) for one in own} & current for query_id, own in asked.items()}
    done = {(row.query_id, alias.get(row.review_id, row.review_id)): row.grade for row in rows}
    return Desk(judge, queries, here, done, [row.at for row in rows])


def _judged(connection: sa.Connection, set_id: int, judge: str) -> list[sa.Row[tuple[str, str, int | None, str]]]:
    """What a judge has said in a set, oldest first; decisions of disputes are no judging."""
    table, query = schema.judgement, schema.test_query
    wanted = (query.c.set_id == set_id, table.c.judge == judge, sa.not_(table.c.undone), sa.not_(table.c.adjudicated))
    columns = (query.c.id.label("query_id"), table.c.review_id, table.c.grade, table.c.at)
    return list(connection.execute(sa.select(*columns).join(query, query.c.number == table.c.query_number).where(*wanted).order_by(table.c.number)))


def _current(connection: sa.Connection, ids: Collection[str]) -> set[str]:
    """Those of `ids` (and of the records that took former ids in) that are current records."""
    wanted = list({*ids, *aliases_of(connection, ids).values()})
    found: set[str] = set()
    for start in range(0, len(wanted), _MANY):
        part = wanted[start : start + _MANY]
        query = sa.select(schema.review.c.id).where(schema.review.c.id.in_(part), schema.review.c.status == Status.CURRENT.value)
        found.update(connection.execute(query).scalars())
    return found


def _pace(moments: Sequence[str]) -> float | None:
    """The median seconds between the last judgements, pauses left out; several in one second count as shared among them."""
    last = [datetime.fromisoformat(one).timestamp() for one in moments[-_PACE_OF:] if one]
    gaps = [after - before for before, after in itertools.pairwise(last) if 0 <= after - before <= _PAUSE]
    if not gaps:
        return None
    return statistics.median(gaps) or statistics.fmean(gaps) or None
