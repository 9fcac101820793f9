"""The catalogue: which records a filter lets through, in what order, and how many have which value."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from corpus import schema
from corpus.database import Database
from corpus.filters import Filter, undecided_clause, where_clause
from corpus.review import Status


class Selection(NamedTuple):
    """Records that a filter lets through, and how many it could not judge because the value asked for is absent."""

    ids: list[str]
    left_out: int


class Catalogue:
    """The records of one library as a catalogue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def facet_names(self) -> list[str]:
        """The facets that records of this library have."""
        with self._database.read() as connection:
            return list(connection.execute(sa.select(schema.review_facet.c.facet).distinct().order_by(schema.review_facet.c.facet)).scalars())

    def select(self, chosen: Filter) -> Selection:
        """Ids of the records a filter lets through (newest first), and how many it cannot judge for lack of a value."""
        table = schema.review
        with self._database.read() as connection:
            order = (table.c.year.is_(None), table.c.year.desc(), table.c.title_folded, table.c.id)
            ids = list(connection.execute(sa.select(table.c.id).where(where_clause(chosen)).order_by(*order)).scalars())
            left_out = connection.execute(sa.select(sa.func.count()).select_from(table).where(undecided_clause(chosen))).scalar_one()
        return Selection(ids, int(left_out))

    def facet_counts(self, chosen: Filter) -> dict[str, list[tuple[str, int]]]:
        """For each facet its values with the number of records the filter lets through, most frequent first."""
        facet, table = schema.review_facet, schema.review
        with self._database.read() as connection:
            query = (
                sa.select(facet.c.facet, facet.c.value, sa.func.count().label("n"))
                .join(table, table.c.id == facet.c.review_id)
                .where(where_clause(chosen))
                .group_by(facet.c.facet, facet.c.value)
                .order_by(facet.c.facet, sa.desc("n"), facet.c.value)
            )
            counts: dict[str, list[tuple[str, int]]] = {}
            for row in connection.execute(query):
                counts.setdefault(row.facet, []).append((row.value, row.n))
        return counts

    def year_range(self) -> tuple[int, int] | None:
        """The first and last year of current records, or None where none has a year."""
        with self._database.read() as connection:
            query = sa.select(sa.func.min(schema.review.c.year), sa.func.max(schema.review.c.year)).where(schema.review.c.status == Status.CURRENT.value)
            low, high = connection.execute(query).one()
        return None if low is None else (int(low), int(high))
