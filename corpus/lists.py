"""Named lists of records, and saved searches: what a reader keeps to come back to or to export."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.change import MANY, nearest, now
from corpus.database import Database
from corpus.errors import NotFoundError, UsageError
from corpus.people import LOCAL

_LONGEST = 100


@dataclass(frozen=True)
class RecordList:
    """A list: `ids` in the order of adding, those of merged records followed; or a saved search, whose records are those that `filters` let through."""

    name: str
    owner: str
    at: str
    filters: tuple[str, ...]
    ids: tuple[str, ...]


class Lists:
    """The lists of one library. Every method acts on those of one owner; a name is unique among these."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, owner: str = LOCAL) -> list[RecordList]:
        """Every list, by name."""
        table = schema.record_list
        with self._database.read() as connection:
            rows = connection.execute(sa.select(table).where(table.c.owner == owner).order_by(table.c.name)).all()
            return [self._filled(connection, row) for row in rows]

    def get(self, name: str, owner: str = LOCAL) -> RecordList:
        """A list. Raises NotFoundError."""
        with self._database.read() as connection:
            return self._filled(connection, self._row(connection, name, owner))

    def create(self, name: str, filters: Sequence[str] = (), owner: str = LOCAL) -> RecordList:
        """A new empty list, or with `filters` (as people write them, checked by the caller) a saved search. Raises UsageError for a name in use or none."""
        name = " ".join(name.split())
        if not name or len(name) > _LONGEST:
            raise UsageError(f"a list's name has between 1 and {_LONGEST} characters", where=name[:40])
        table = schema.record_list
        with self._database.write() as connection:
            if connection.execute(sa.select(table.c.number).where(table.c.owner == owner, table.c.name == name)).first():
                raise UsageError(f"there is a list {name!r} already", remedy="Choose another name, or delete that one first")
            row = {"owner": owner, "name": name, "at": now(), "filters": json.dumps(list(filters), ensure_ascii=False)}
            connection.execute(table.insert().values(row))
            return self._filled(connection, self._row(connection, name, owner))

    def add(self, name: str, ids: Sequence[str], owner: str = LOCAL) -> RecordList:
        """Put records at a list's end; those that are on it stay where they are. Raises NotFoundError, UsageError for a saved search."""
        table, item = schema.record_list, schema.record_list_item
        with self._database.write() as connection:
            row = self._row(connection, name, owner)
            if json.loads(row.filters):
                raise UsageError(f"{name!r} is a saved search: its records are those that its filters let through", remedy="Add records to a list instead")
            kept = self._filled(connection, row)
            wanted = list(dict.fromkeys(_followed(connection, ids)))
            known = _existing(connection, wanted)
            if missing := next((review_id for review_id in wanted if review_id not in known), None):
                raise NotFoundError(f"there is no record {missing!r}", remedy=nearest(connection, missing))
            last = connection.execute(sa.select(sa.func.max(item.c.position)).where(item.c.list_number == row.number)).scalar()
            new = [review_id for review_id in wanted if review_id not in kept.ids]
            start = 0 if last is None else last + 1
            if new:
                connection.execute(item.insert(), [{"list_number": row.number, "position": at, "review_id": i} for at, i in enumerate(new, start=start)])
            connection.execute(sa.update(table).where(table.c.number == row.number).values(at=now()))
            return self._filled(connection, self._row(connection, name, owner))

    def remove(self, name: str, ids: Sequence[str], owner: str = LOCAL) -> RecordList:
        """Take records from a list; those that are not on it are passed over. Raises NotFoundError for an unknown list."""
        item = schema.record_list_item
        with self._database.write() as connection:
            row = self._row(connection, name, owner)
            held = list(connection.execute(sa.select(item.c.review_id).where(item.c.list_number == row.number)).scalars())
            named = set(_followed(connection, ids))
            gone = [own for own, followed in zip(held, _followed(connection, held), strict=True) if followed in named]
            for start in range(0, len(gone), MANY):
                connection.execute(sa.delete(item).where(item.c.list_number == row.number, item.c.review_id.in_(gone[start : start + MANY])))
            return self._filled(connection, row)

    def delete(self, name: str, owner: str = LOCAL) -> None:
        """Delete a list; its records stay in the library. Raises NotFoundError."""
        with self._database.write() as connection:
            row = self._row(connection, name, owner)
            connection.execute(sa.delete(schema.record_list_item).where(schema.record_list_item.c.list_number == row.number))
            connection.execute(sa.delete(schema.record_list).where(schema.record_list.c.number == row.number))

    def _row(self, connection: sa.Connection, name: str, owner: str) -> Any:
        table = schema.record_list
        query = sa.select(table.c.number, table.c.owner, table.c.name, table.c.at, table.c.filters)
        row = connection.execute(query.where(table.c.owner == owner, table.c.name == " ".join(name.split()))).first()
        if row is None:
            names = list(connection.execute(sa.select(table.c.name).where(table.c.owner == owner).order_by(table.c.name)).scalars())
            remedy = f"There are: {', '.join(names)}" if names else "There are none yet: `florilegium lists create NAME`"
            raise NotFoundError(f"there is no list {name!r}", remedy=remedy)
        return row

    def _filled(self, connection: sa.Connection, row: Any) -> RecordList:
        item = schema.record_list_item
        ids = list(connection.execute(sa.select(item.c.review_id).where(item.c.list_number == row.number).order_by(item.c.position)).scalars())
        return RecordList(row.name, row.owner, row.at, tuple(json.loads(row.filters)), tuple(dict.fromkeys(_followed(connection, ids))))


def _followed(connection: sa.Connection, ids: Sequence[str]) -> list[str]:
    """The ids with those of merged records replaced by what they were merged into."""
    table = schema.review_alias
    found: dict[str, str] = {}
    unknown = list(dict.fromkeys(ids))
    while unknown:
        new: dict[str, str] = {}
        for start in range(0, len(unknown), MANY):
            rows = connection.execute(sa.select(table).where(table.c.alias.in_(unknown[start : start + MANY])))
            new |= {row.alias: row.review_id for row in rows}
        found |= new
        unknown = [review_id for review_id in new.values() if review_id not in found]
    return [_end(review_id, found) for review_id in ids]


def _end(review_id: str, found: dict[str, str]) -> str:
    seen = {review_id}
    while (following := found.get(review_id)) and following not in seen:
        seen.add(following)
        review_id = following
    return review_id


def _existing(connection: sa.Connection, ids: Sequence[str]) -> set[str]:
    table = schema.review
    known: set[str] = set()
    for start in range(0, len(ids), MANY):
        known |= set(connection.execute(sa.select(table.c.id).where(table.c.id.in_(ids[start : start + MANY]))).scalars())
    return known


__all__ = ["Lists", "RecordList"]
