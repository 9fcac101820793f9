"""The catalogue: which records a filter lets through, in what order, and how many have which value."""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from corpus import schema
from corpus.change import fetch
from corpus.database import Database
from corpus.errors import UsageError
from corpus.filters import Filter, undecided_clause, where_clause
from corpus.review import Review, Status
from corpus.suggesting import Suggestion, suggest
from corpus.vocabulary import Vocabulary

_T = TypeVar("_T")
#: Orders of the catalogue: newest first, by title, by first author, latest added first. A minus sign before one turns it round.
SORTS = ("year", "title", "author", "added")
_DEEP = 2_000  # from this record on, the whole order is read once and kept
_KEPT = 48  # results kept in memory


class Selection(NamedTuple):
    """Records that a filter lets through, and how many it could not judge because the value asked for is absent."""

    ids: list[str]
    left_out: int


class Page(NamedTuple):
    """A part of what a filter lets through: records `start` (from 0) and following of `total`, as they stood at the library's `revision`.

    `left_out` counts the records that a condition on the year could not judge, for they have none.
    """

    reviews: tuple[Review, ...]
    start: int
    total: int
    left_out: int
    revision: int

    @property
    def ids(self) -> list[str]:
        """The ids of its records, in order."""
        return [review.id for review in self.reviews]


class Catalogue:
    """The records of one library as a catalogue. Totals and counts are kept by filter until the library's revision changes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[tuple[str, ...], tuple[int, Any]] = OrderedDict()
        self._guard = threading.Lock()

    def facet_names(self) -> list[str]:
        """The facets that records of this library have."""
        facet = schema.facet_value
        with self._database.read() as connection:
            return list(connection.execute(sa.select(facet.c.facet).where(_is_used()).distinct().order_by(facet.c.facet)).scalars())

    def select(self, chosen: Filter, *, sort: str = "year") -> Selection:
        """Ids of the records a filter lets through, in the order `sort`, and how many it cannot judge for lack of a value."""
        with self._database.read() as connection:
            ids = list(connection.execute(_scan(sa.select(schema.review.c.id), chosen).order_by(*_order(sort))).scalars())
            return Selection(ids, self._left_out(connection, chosen))

    def count(self, chosen: Filter) -> tuple[int, int]:
        """How many records a filter lets through, and how many it cannot judge for lack of a value."""
        with self._database.read() as connection:
            return self._total(connection, chosen), self._left_out(connection, chosen)

    def page(self, chosen: Filter, *, sort: str = "year", start: int = 0, size: int = 50) -> Page:
        """Up to `size` records from the `start`-th (counted from 0) on, in the order `sort` (see SORTS), with the total. Raises UsageError."""
        order = _order(sort)
        if start < 0 or size < 0:
            raise UsageError("a page begins at record 0 or later and has no less than 0 records")
        table = schema.review
        with self._database.read() as connection:
            total, left_out = self._total(connection, chosen), self._left_out(connection, chosen)
            if start >= total:
                ids = []
            elif start < _DEEP or (sort == "year" and not chosen.conditions):  # the index itself has that order
                ids = list(connection.execute(_scan(sa.select(table.c.id), chosen).order_by(*order).offset(start).limit(size)).scalars())
            else:
                numbers = self._numbers(connection, chosen, sort)[start : start + size]
                named = {row.number: row.id for row in connection.execute(sa.select(table.c.number, table.c.id).where(table.c.number.in_(numbers)))}
                ids = [named[number] for number in numbers]
            found = fetch(connection, ids)
            return Page(tuple(found[review_id] for review_id in ids), start, total, left_out, _revision(connection))

    def facet_counts(self, chosen: Filter) -> dict[str, list[tuple[str, int]]]:
        """For each facet its values with the number of records the filter lets through, most frequent first."""
        with self._database.read() as connection:
            counts = self._keep(connection, ("facets", chosen.canonical()), lambda: self._count_facets(connection, chosen))
        return {facet: list(values) for facet, values in counts.items()}

    def year_range(self) -> tuple[int, int] | None:
        """The first and last year of current records, or None where none has a year."""
        year = schema.review.c.year
        with self._database.read() as connection:
            current = sa.select(year).where(schema.review.c.status == Status.CURRENT.value, year.is_not(None)).limit(1)
            low, high = (connection.execute(current.order_by(order)).scalar() for order in (year.asc(), year.desc()))
        return None if low is None or high is None else (int(low), int(high))

    def changed_at(self) -> str | None:
        """When a record was last changed (UTC), or None where there is none."""
        query = sa.select(sa.func.max(schema.review_version.c.at))
        with self._database.read() as connection:
            return self._keep(connection, ("changed at",), lambda: connection.execute(query).scalar())

    def suggestions(self, chosen: Filter, vocabulary: Vocabulary) -> list[Suggestion]:
        """For each facet value a filter asks for and no record has: what is near it among the values that records do have."""
        facet = schema.facet_value
        with self._database.read() as connection:
            used = connection.execute(sa.select(facet.c.facet, facet.c.value).where(_is_used()))
            return suggest(chosen, vocabulary, [(row.facet, row.value) for row in used])

    # ---- counting, kept by filter and revision

    def _total(self, connection: sa.Connection, chosen: Filter) -> int:
        query = _scan(sa.select(sa.func.count()).select_from(schema.review), chosen)
        return self._keep(connection, ("total", chosen.canonical()), lambda: int(connection.execute(query).scalar_one()))

    def _left_out(self, connection: sa.Connection, chosen: Filter) -> int:
        clause = undecided_clause(chosen)
        if clause is None:
            return 0
        query = sa.select(sa.func.count()).select_from(schema.review).where(clause)
        return self._keep(connection, ("left out", chosen.canonical()), lambda: int(connection.execute(query).scalar_one()))

    def _numbers(self, connection: sa.Connection, chosen: Filter, sort: str) -> array[int]:
        """The numbers of all records a filter lets through, in order: what is quick to keep, and to take any page from."""
        query = _scan(sa.select(schema.review.c.number), chosen).order_by(*_order(sort))
        return self._keep(connection, ("order", sort, chosen.canonical()), lambda: array("q", connection.execute(query).scalars()))

    def _count_facets(self, connection: sa.Connection, chosen: Filter) -> dict[str, tuple[tuple[str, int], ...]]:
        facet = schema.facet_value
        numbers = dict(self._count_values(connection, chosen))
        counts: dict[str, list[tuple[str, int]]] = {}
        for row in connection.execute(sa.select(facet).order_by(facet.c.facet, facet.c.value)):
            if row.number in numbers:
                counts.setdefault(row.facet, []).append((row.value, numbers[row.number]))
        return {name: tuple(sorted(values, key=lambda entry: -entry[1])) for name, values in counts.items()}

    def _count_values(self, connection: sa.Connection, chosen: Filter) -> Sequence[sa.Row[int, int]]:
        """(number of a value, records that have it). For SQLite the records are marked in one run of bytes: looking each up in a table costs ten times that."""
        link = schema.review_facet
        wanted = _scan(sa.select(schema.review.c.number), chosen)
        counting = sa.select(link.c.value_number, sa.func.count()).group_by(link.c.value_number)
        if connection.dialect.name != "sqlite":
            return connection.execute(counting.where(link.c.review_number.in_(wanted))).all()
        last = connection.execute(sa.select(sa.func.max(schema.review.c.number))).scalar()
        marks = bytearray((last or 0) + 1)
        for number in connection.execute(wanted).scalars():
            marks[number] = 1
        marked = sa.func.substr(sa.bindparam("marks", bytes(marks)), link.c.review_number + 1, 1) == sa.literal(b"\1", sa.LargeBinary)
        return connection.execute(counting.where(marked)).all()

    def _keep(self, connection: sa.Connection, key: tuple[str, ...], work: Callable[[], _T]) -> _T:
        """What `work` gives, or gave already at this revision."""
        revision = _revision(connection)
        with self._guard:
            at, value = self._kept.get(key, (-1, None))
            if at == revision:
                self._kept.move_to_end(key)
                kept: _T = value
                return kept
        made = work()
        with self._guard:
            self._kept[key] = (revision, made)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made


def _revision(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(schema.library.c.revision)).scalar_one())


def _is_used() -> sa.ColumnElement[bool]:
    """Whether any record has a facet's value."""
    return sa.exists().where(schema.review_facet.c.value_number == schema.facet_value.c.number)


def _scan(query: sa.Select[Any], chosen: Filter) -> sa.Select[Any]:
    """The query over the records that a filter lets through.

    Unless identifiers name a few records, SQLite is told to go through the catalogue's index: without statistics it may go by another one, and fetch each
    record with its whole document.
    """
    named = any(condition.field in ("id", "doi", "pmid") and condition.op == "=" for condition in chosen.conditions)
    query = query.where(where_clause(chosen))
    return query if named else query.with_hint(schema.review, f"INDEXED BY {schema.catalogue_index.name}", "sqlite")


def _order(sort: str) -> list[sa.ColumnElement[Any]]:
    """The order's columns; it is total, and records that lack the value come last whichever way it runs. Raises UsageError."""
    table = schema.review
    name, back = sort.removeprefix("-"), sort.startswith("-")
    ties: list[sa.ColumnElement[Any]] = [table.c.title_folded, table.c.id]
    if name == "year":
        return [(table.c.year.asc() if back else table.c.year.desc()).nulls_last(), *ties]
    if name == "added":
        return [table.c.number.asc() if back else table.c.number.desc()]
    if name in ("title", "author"):
        column = table.c.title_folded if name == "title" else table.c.author_key
        return [column == "", column.desc() if back else column, table.c.year.desc().nulls_last(), *ties]
    raise UsageError(f"the catalogue cannot be sorted by {sort!r}", remedy=f"Sort by {', '.join(SORTS)}, or -{SORTS[0]} and so on for the other way round")
