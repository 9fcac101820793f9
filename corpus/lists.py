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
    """A list: `ids` in its order, those of merged records followed; or a saved search, whose records are those that `filters` let through and,
    with `words`, that a search for these finds."""

    name: str
    owner: str
    at: str
    filters: tuple[str, ...]
    ids: tuple[str, ...]
    words: str = ""

    @property
    def is_search(self) -> bool:
        """Whether it is a saved search."""
        return bool(self.filters or self.words)


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

    def create(self, name: str, filters: Sequence[str] = (), owner: str = LOCAL, *, words: str = "") -> RecordList:
        """A new empty list, or with `filters` (as people write them, checked by the caller) or `words` a saved search.

        Raises UsageError for a name in use or none.
        """
        name, table = _checked_name(name), schema.record_list
        with self._database.write() as connection:
            self._refuse_taken(connection, name, owner)
            row = {"owner": owner, "name": name, "at": now(), "filters": json.dumps(list(filters), ensure_ascii=False), "words": " ".join(words.split())}
            connection.execute(table.insert().values(row))
            return self._filled(connection, self._row(connection, name, owner))

    def rename(self, name: str, new: str, owner: str = LOCAL) -> RecordList:
        """Give a list another name. Raises NotFoundError, UsageError for a name in use or none."""
        new, table = _checked_name(new), schema.record_list
        with self._database.write() as connection:
            row = self._row(connection, name, owner)
            if new != row.name:
                self._refuse_taken(connection, new, owner)
                connection.execute(sa.update(table).where(table.c.number == row.number).values(name=new))
            return self._filled(connection, self._row(connection, new, owner))

    def move(self, name: str, review_id: str, place: int, owner: str = LOCAL) -> RecordList:
        """Put a record of a list at another place, counted from 0; beyond the end means last. Raises NotFoundError."""
        item = schema.record_list_item
        with self._database.write() as connection:
            row = self._row(connection, name, owner)
            held = self._held(connection, row.number)
            (wanted,) = _followed(connection, [review_id])
            order = dict(zip(held, _followed(connection, held), strict=True))
            if wanted not in order.values():
                raise NotFoundError(f"the record {review_id!r} is not on the list {row.name!r}")
            moved = [own for own, now_id in order.items() if now_id == wanted]
            rest = [own for own in held if own not in moved]
            seen = list(dict.fromkeys(order[own] for own in rest))
            before = len(rest) if place >= len(seen) else next(at for at, own in enumerate(rest) if order[own] == seen[max(0, place)])
            for position, own in enumerate([*rest[:before], *moved, *rest[before:]]):
                connection.execute(sa.update(item).where(item.c.list_number == row.number, item.c.review_id == own).values(position=position))
            return self._filled(connection, row)

    def holding(self, review_id: str, owner: str = LOCAL) -> list[str]:
        """The names of the owner's lists that a record is on."""
        return [each.name for each in self.all(owner) if review_id in each.ids]

    def add(self, name: str, ids: Sequence[str], owner: str = LOCAL) -> RecordList:
        """Put records at a list's end; those that are on it stay where they are. Raises NotFoundError, UsageError for a saved search."""
        table, item = schema.record_list, schema.record_list_item
        with self._database.write() as connection:
            row = self._row(connection, name, owner)
            if json.loads(row.filters) or row.words:
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
            held = self._held(connection, row.number)
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
        query = sa.select(table.c.number, table.c.owner, table.c.name, table.c.at, table.c.filters, table.c.words)
        row = connection.execute(query.where(table.c.owner == owner, table.c.name == " ".join(name.split()))).first()
        if row is None:
            names = list(connection.execute(sa.select(table.c.name).where(table.c.owner == owner).order_by(table.c.name)).scalars())
            remedy = f"There are: {', '.join(names)}" if names else "There are none yet: `florilegium lists create NAME`"
            raise NotFoundError(f"there is no list {name!r}", remedy=remedy)
        return row

    def _refuse_taken(self, connection: sa.Connection, name: str, owner: str) -> None:
        table = schema.record_list
        if connection.execute(sa.select(table.c.number).where(table.c.owner == owner, table.c.name == name)).first():
            raise UsageError(f"there is a list {name!r} already", remedy="Choose another name, or delete that one first")

    def _held(self, connection: sa.Connection, number: int) -> list[str]:
        item = schema.record_list_item
        return list(connection.execute(sa.select(item.c.review_id).where(item.c.list_number == number).order_by(item.c.position)).scalars())

    def _filled(self, connection: sa.Connection, row: Any) -> RecordList:
        ids = dict.fromkeys(_followed(connection, self._held(connection, row.number)))
        return RecordList(row.name, row.owner, row.at, tuple(json.loads(row.filters)), tuple(ids), row.words)


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST:
        raise UsageError(f"a list's name has between 1 and {_LONGEST} characters", where=name[:40])
    return name


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
