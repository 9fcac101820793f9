"""Test sets and their queries, as the library keeps them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.database import Database
from corpus.errors import ConflictError, InputError, NotFoundError, UsageError
from corpus.text import normalise

_NAME = re.compile(r"[\w][\w .+-]{0,99}")
_ID = re.compile(r"\S{1,200}")


@dataclass(frozen=True, slots=True)
class TestQuery:
    """A question to measure the finding with.

    `id` names it within its set and in TREC files (no spaces). `need` says what the asker wants to know and what would count as an answer.
    `answerable` is None where nobody has said. `synthetic`: written by rule from a record, not by a person. `draft`: not yet part of runs.
    `origin` says where it came from (an answer's id, a record's id, a file).
    """

    __test__ = False  # for pytest: the name is the field's word, not a test case

    id: str
    text: str
    need: str = ""
    tags: tuple[str, ...] = ()
    answerable: bool | None = None
    synthetic: bool = False
    draft: bool = False
    origin: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The query as data."""
        return {**asdict(self), "tags": list(self.tags), "origin": dict(self.origin)}


class SetInfo(NamedTuple):
    """A set as lists show it: how many queries it has, drafts among them, and how many judgements stand.

    `after_sync`: whether the configuration in force is run on it whenever the search data has followed the library.
    """

    name: str
    guideline: str
    queries: int
    drafts: int
    judgements: int
    at: str
    actor: str
    after_sync: bool = False


class TestSets:
    """The test sets of one library."""

    __test__ = False

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, guideline: str = "", *, actor: str = "local") -> None:
        """Make an empty set. Raises UsageError for a name that cannot be one, ConflictError where it exists."""
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} cannot name a test set", remedy="Use letters, digits, spaces and . + - (100 at most)")
        table = schema.test_set
        with self._database.write() as connection:
            if connection.execute(sa.select(table.c.id).where(table.c.name == name)).first() is not None:
                raise ConflictError(f"there is a test set {name!r} already", remedy="Choose another name")
            connection.execute(table.insert().values(name=name, guideline=normalise(guideline).strip(), at=now(), actor=actor))

    def all(self) -> list[SetInfo]:
        """Every set by name, with its counts."""
        table, query, judged = schema.test_set, schema.test_query, schema.judgement
        with self._database.read() as connection:
            counted = (
                sa.select(query.c.set_id, sa.func.count().label("n"))
                .select_from(judged.join(query, query.c.number == judged.c.query_number))
                .where(sa.not_(judged.c.undone))
                .group_by(query.c.set_id)
            )
            judgements = {row.set_id: row.n for row in connection.execute(counted)}
            found = []
            for row in connection.execute(sa.select(table).order_by(table.c.name)):
                queries = _queries(connection, row.id)
                drafts = sum(entry.draft for entry in queries.values())
                found.append(SetInfo(row.name, row.guideline, len(queries), drafts, judgements.get(row.id, 0), row.at, row.actor, row.after_sync))
        return found

    def info(self, name: str) -> SetInfo:
        """One set. Raises NotFoundError."""
        found = next((entry for entry in self.all() if entry.name == name), None)
        if found is None:
            raise _no_set(name)
        return found

    def rename(self, name: str, new: str) -> None:
        """Give a set another name. Raises as `create` does, and NotFoundError."""
        if not _NAME.fullmatch(new):
            raise UsageError(f"{new!r} cannot name a test set", remedy="Use letters, digits, spaces and . + - (100 at most)")
        table = schema.test_set
        with self._database.write() as connection:
            set_id = set_number(connection, name)
            if connection.execute(sa.select(table.c.id).where(table.c.name == new, table.c.id != set_id)).first() is not None:
                raise ConflictError(f"there is a test set {new!r} already", remedy="Choose another name")
            connection.execute(sa.update(table).where(table.c.id == set_id).values(name=new))

    def set_guideline(self, name: str, guideline: str) -> None:
        """Write what judges go by. Raises NotFoundError."""
        with self._database.write() as connection:
            set_id = set_number(connection, name)
            connection.execute(sa.update(schema.test_set).where(schema.test_set.c.id == set_id).values(guideline=normalise(guideline).strip()))

    def set_after_sync(self, name: str, wanted: bool) -> None:
        """Have the set run after every sync, or no longer. Raises NotFoundError."""
        with self._database.write() as connection:
            set_id = set_number(connection, name)
            connection.execute(sa.update(schema.test_set).where(schema.test_set.c.id == set_id).values(after_sync=wanted))

    def delete(self, name: str, *, judged_too: bool = False) -> int:
        """Delete a set with its queries; how many judgements went with it. Refuses (ConflictError) to take judgements along unless told to."""
        with self._database.write() as connection:
            set_id = set_number(connection, name)
            query, judged = schema.test_query, schema.judgement
            numbers = sa.select(query.c.number).where(query.c.set_id == set_id)
            count = connection.execute(sa.select(sa.func.count()).where(judged.c.query_number.in_(numbers), sa.not_(judged.c.undone))).scalar_one()
            if count and not judged_too:
                raise ConflictError(
                    f"the set {name!r} holds {count:,} judgements that would be lost", remedy="Export them first, then delete it with its judgements"
                )
            connection.execute(sa.delete(schema.test_set).where(schema.test_set.c.id == set_id))
        return int(count)

    # ---- queries

    def queries(self, name: str, *, drafts: bool = True) -> dict[str, TestQuery]:
        """The queries of a set by id, in the order they came. Raises NotFoundError."""
        with self._database.read() as connection:
            found = _queries(connection, set_number(connection, name))
        return found if drafts else {key: query for key, query in found.items() if not query.draft}

    def put(self, name: str, queries: Iterable[TestQuery]) -> list[TestQuery]:
        """Add queries, or replace those with the same id; those without an id get the next free number. All or none.

        Raises NotFoundError for the set, InputError for an empty text or an id with spaces.
        """
        table = schema.test_query
        stored = []
        with self._database.write() as connection:
            set_id = set_number(connection, name)
            known = {row.id: row.number for row in connection.execute(sa.select(table.c.id, table.c.number).where(table.c.set_id == set_id))}
            following = len(known) + 1
            for given in queries:
                query = _clean(given)
                while not query.id:
                    query = replace(query, id=f"q{following}" if f"q{following}" not in known else "")
                    following += 1
                row = {"text": query.text, "document": _document(query)}
                if query.id in known:
                    connection.execute(sa.update(table).where(table.c.number == known[query.id]).values(row))
                else:
                    done = connection.execute(table.insert().values(set_id=set_id, id=query.id, **row))
                    known[query.id] = int(done.inserted_primary_key[0])  # type: ignore[index]
                stored.append(query)
        return stored

    def remove(self, name: str, query_id: str) -> int:
        """Take a query out, with its judgements; how many those were. Raises NotFoundError."""
        table, judged = schema.test_query, schema.judgement
        with self._database.write() as connection:
            number = query_number(connection, set_number(connection, name), query_id)
            count = connection.execute(sa.select(sa.func.count()).where(judged.c.query_number == number, sa.not_(judged.c.undone))).scalar_one()
            connection.execute(sa.delete(table).where(table.c.number == number))
        return int(count)

    def move(self, name: str, query_id: str, to_set: str) -> None:
        """Bring a query with its judgements into another set. Raises NotFoundError, and ConflictError where that set has the id already."""
        table = schema.test_query
        with self._database.write() as connection:
            number, target = query_number(connection, set_number(connection, name), query_id), set_number(connection, to_set)
            if connection.execute(sa.select(table.c.number).where(table.c.set_id == target, table.c.id == query_id)).first() is not None:
                raise ConflictError(f"the set {to_set!r} has a query {query_id!r} already", remedy="Take one of the two out first")
            connection.execute(sa.update(table).where(table.c.number == number).values(set_id=target))

    # ---- gates

    def gate(self, name: str) -> list[str]:
        """The thresholds a configuration must pass on this set, as they were written ("nDCG@10>=0.6"); none where there is no gate."""
        with self._database.read() as connection:
            set_id = set_number(connection, name)
            text = connection.execute(sa.select(schema.gate.c.document).where(schema.gate.c.set_id == set_id)).scalar()
        return list(json.loads(text)) if text else []

    def set_gate(self, name: str, thresholds: Iterable[str], *, actor: str = "local") -> None:
        """Set the thresholds; none takes the gate away."""
        rows = list(thresholds)
        with self._database.write() as connection:
            set_id = set_number(connection, name)
            connection.execute(sa.delete(schema.gate).where(schema.gate.c.set_id == set_id))
            if rows:
                connection.execute(schema.gate.insert().values(set_id=set_id, at=now(), actor=actor, document=json.dumps(rows)))


def set_number(connection: sa.Connection, name: str) -> int:
    """A set's number. Raises NotFoundError, naming the sets there are."""
    table = schema.test_set
    found = connection.execute(sa.select(table.c.id).where(table.c.name == name)).scalar()
    if found is None:
        raise _no_set(name, connection.execute(sa.select(table.c.name).order_by(table.c.name)).scalars().all())
    return int(found)


def query_number(connection: sa.Connection, set_id: int, query_id: str) -> int:
    """A query's number. Raises NotFoundError."""
    table = schema.test_query
    found = connection.execute(sa.select(table.c.number).where(table.c.set_id == set_id, table.c.id == query_id)).scalar()
    if found is None:
        raise NotFoundError(f"the set has no query {query_id!r}", remedy="`florilegium lab queries SET` lists them")
    return int(found)


def _no_set(name: str, known: Iterable[str] = ()) -> NotFoundError:
    there = ", ".join(known)
    return NotFoundError(f"there is no test set {name!r}", remedy=f"There are: {there}" if there else "Make one: `florilegium lab new NAME`")


def _queries(connection: sa.Connection, set_id: int) -> dict[str, TestQuery]:
    table = schema.test_query
    rows = connection.execute(sa.select(table.c.id, table.c.text, table.c.document).where(table.c.set_id == set_id).order_by(table.c.number))
    found = {}
    for row in rows:
        held = json.loads(row.document)
        found[row.id] = TestQuery(row.id, row.text, **{**held, "tags": tuple(held["tags"])})
    return found


def _document(query: TestQuery) -> str:
    held = query.as_dict()
    del held["id"], held["text"]
    return json.dumps(held, ensure_ascii=False)


def _clean(query: TestQuery) -> TestQuery:
    text = " ".join(normalise(query.text).split())
    if not text:
        raise InputError("a test query needs a text", where=query.id, remedy="Write the question as a reader would type it")
    if query.id and not _ID.fullmatch(query.id):
        raise InputError(f"{query.id[:50]!r} cannot name a query", remedy="Use up to 200 characters without spaces")
    tags = tuple(dict.fromkeys(tag.strip() for tag in query.tags if tag.strip()))
    return replace(query, text=text, need=normalise(query.need).strip(), tags=tags)
