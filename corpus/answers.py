"""Answers kept as data, and which words of which records they cite."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from corpus import schema
from corpus.aliases import names_of
from corpus.change import MANY, now
from corpus.database import Database
from corpus.errors import NotFoundError
from corpus.people import LOCAL


class CitedPlace(NamedTuple):
    """Words of a record that an answer cites: `review[field][start:end]` at `revision`."""

    field: str
    start: int
    end: int
    revision: int


class CitingAnswer(NamedTuple):
    """An answer that cites a record: its question, and when it was given (UTC)."""

    id: str
    question: str
    at: str


class Answers:
    """The answers of one library. Each is somebody's; who may read which is for the caller to say (`owner`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, answer_id: str, question: str, revision: int, document: Mapping[str, Any], owner: str = LOCAL) -> None:
        """Keep an answer as data; the same id again replaces it (a checked draft takes the place of its quotes)."""
        table, cited = schema.answer, schema.answer_citation
        with self._database.write() as connection:
            row = {
                "id": answer_id,
                "revision": revision,
                "at": now(),
                "question": question,
                "document": json.dumps(document, ensure_ascii=False, separators=(",", ":")),
                "owner": owner,
            }
            connection.execute(sa.delete(cited).where(cited.c.answer_id == answer_id))
            connection.execute(sa.delete(table).where(table.c.id == answer_id))
            connection.execute(table.insert().values(row))
            places = list(dict.fromkeys(_places(document)))
            if places:
                connection.execute(cited.insert(), [{"answer_id": answer_id, "review_id": review_id, **place._asdict()} for review_id, place in places])

    def get(self, answer_id: str, owner: str | None = None) -> dict[str, Any]:
        """A kept answer; with `owner`, one of theirs. Raises NotFoundError, for another's answer as for none."""
        table = schema.answer
        query = sa.select(table.c.document).where(table.c.id == answer_id)
        with self._database.read() as connection:
            text = connection.execute(query if owner is None else query.where(table.c.owner == owner)).scalar()
        if text is None:
            raise NotFoundError(f"there is no answer {answer_id!r}")
        return dict(json.loads(text))

    def get_many(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The kept answers with these ids, in one batch; those that do not exist are left out."""
        table, wanted = schema.answer, list(dict.fromkeys(ids))
        found: dict[str, dict[str, Any]] = {}
        with self._database.read() as connection:
            for start in range(0, len(wanted), MANY):
                rows = connection.execute(sa.select(table.c.id, table.c.document).where(table.c.id.in_(wanted[start : start + MANY])))
                found.update({row.id: json.loads(row.document) for row in rows})
        return found

    def citing(self, review_id: str, owner: str | None = None, *, limit: int = 200) -> list[CitingAnswer]:
        """The answers (with `owner`, theirs) that cite a record, or one that was merged into it, newest first."""
        table, cited = schema.answer, schema.answer_citation
        with self._database.read() as connection:
            citing = sa.select(cited.c.answer_id).where(cited.c.review_id.in_(names_of(connection, review_id)))
            query = sa.select(table.c.id, table.c.question, table.c.at).where(table.c.id.in_(citing))
            query = query if owner is None else query.where(table.c.owner == owner)
            return [CitingAnswer(*row) for row in connection.execute(query.order_by(table.c.at.desc(), table.c.id).limit(limit))]

    def cited_places(self, review_id: str) -> set[CitedPlace]:
        """The words of a record that any answer cites, under whichever of its ids."""
        cited = schema.answer_citation
        with self._database.read() as connection:
            query = sa.select(cited.c.field, cited.c.start, cited.c.end, cited.c.revision).where(cited.c.review_id.in_(names_of(connection, review_id)))
            return {CitedPlace(*row) for row in connection.execute(query.distinct())}


def drop_unheld(connection: sa.Connection, ids: Iterable[str]) -> int:
    """Delete those of these answers that nothing holds any more (schema.ANSWER_HOLDERS); how many that were."""
    table, wanted, gone = schema.answer, list(dict.fromkeys(ids)), 0
    for start in range(0, len(wanted), MANY):
        query = sa.delete(table).where(table.c.id.in_(wanted[start : start + MANY]))
        for column in schema.ANSWER_HOLDERS:
            query = query.where(~sa.exists().where(column == table.c.id))
        gone += connection.execute(query).rowcount
    return gone


def _places(document: Mapping[str, Any]) -> list[tuple[str, CitedPlace]]:
    """(record, words) of every citation of an answer's sentences."""
    cited = [place for sentence in document.get("sentences") or () for place in sentence.get("citations") or ()]
    return [(place["review_id"], CitedPlace(place["field"], place["start"], place["end"], place["revision"])) for place in cited]
