"""Private notes: what a reader writes down on a record or on words of it. Every method acts on those of one owner; nobody else's are ever read."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.aliases import aliases_of, names_of
from corpus.anchor import Anchor
from corpus.change import MANY, fetch, nearest, now
from corpus.database import Database
from corpus.errors import InputError, NotFoundError
from corpus.text import fold, normalise, words_of

#: Code points in a note or comment at most.
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Note:
    """A note. `text` is Markdown; `anchor` are the words it stands on, as they were then, or None for the record as a whole.

    `review_id` is the record's id of today, also where it was merged into another one since; `at` and `changed` are moments in UTC.
    """

    id: str
    owner: str
    review_id: str
    anchor: Anchor | None
    text: str
    at: str
    changed: str

    def as_dict(self) -> dict[str, Any]:
        """As `notes list --json` prints it."""
        return asdict(self)


class Notes:
    """The notes of one library. A note changes no revision and stands in no index."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, owner: str, review_id: str, text: str, anchor: Anchor | None = None) -> Note:
        """A new note on a record, or on words of it. Raises NotFoundError for an unknown record, InputError for a text that is none or too long."""
        text = checked_text(text, "note")
        with self._database.write() as connection:
            place = place_of(connection, review_id, anchor)
            at = now()
            row = {"id": secrets.token_hex(8), "owner": owner, "text": text, "folded": _folded(text, anchor), "at": at, "changed": at, **place}
            connection.execute(schema.note.insert().values(row))
            return _read(connection, schema.note.c.id == row["id"])[0]

    def edit(self, owner: str, note_id: str, text: str) -> Note:
        """Put other words into a note. Raises NotFoundError, InputError."""
        text = checked_text(text, "note")
        with self._database.write() as connection:
            note = self._one(connection, owner, note_id)
            changes = {"text": text, "folded": _folded(text, note.anchor), "changed": now()}
            connection.execute(sa.update(schema.note).where(schema.note.c.id == note_id).values(changes))
            return self._one(connection, owner, note_id)

    def delete(self, owner: str, note_id: str) -> None:
        """Delete a note for good. Raises NotFoundError."""
        with self._database.write() as connection:
            self._one(connection, owner, note_id)
            connection.execute(sa.delete(schema.note).where(schema.note.c.id == note_id))

    def forget(self, owner: str) -> int:
        """Delete every note of an owner for good; how many there were."""
        with self._database.write() as connection:
            return connection.execute(sa.delete(schema.note).where(schema.note.c.owner == owner)).rowcount

    def get(self, owner: str, note_id: str) -> Note:
        """A note. Raises NotFoundError, also where it is somebody else's."""
        with self._database.read() as connection:
            return self._one(connection, owner, note_id)

    def get_many(self, owner: str, ids: Sequence[str]) -> dict[str, Note]:
        """The owner's notes with these ids; what is not theirs or not there any more is left out."""
        with self._database.read() as connection:
            parts = [ids[start : start + MANY] for start in range(0, len(ids), MANY)]
            return {note.id: note for part in parts for note in _read(connection, sa.and_(schema.note.c.owner == owner, schema.note.c.id.in_(part)))}

    def of_review(self, owner: str, review_id: str) -> list[Note]:
        """The owner's notes on a record and on those that were merged into it, oldest first."""
        with self._database.read() as connection:
            return _read(connection, sa.and_(schema.note.c.owner == owner, schema.note.c.review_id.in_(names_of(connection, review_id))))

    def find(self, owner: str, query: str = "") -> list[Note]:
        """The owner's notes in whose text or marked words every word of the query stands (case and accents aside), last changed first."""
        table = schema.note
        held = [table.c.folded.contains(word, autoescape=True) for word in words_of(query)]
        with self._database.read() as connection:
            found = _read(connection, sa.and_(table.c.owner == owner, *held))
        return sorted(found, key=lambda note: (note.changed, note.id), reverse=True)

    def count(self, owner: str) -> int:
        """How many notes the owner has."""
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(schema.note).where(schema.note.c.owner == owner)).scalar_one())

    def _one(self, connection: sa.Connection, owner: str, note_id: str) -> Note:
        found = _read(connection, sa.and_(schema.note.c.owner == owner, schema.note.c.id == note_id))
        if not found:
            raise NotFoundError(f"there is no note {note_id!r}", remedy="See yours with `florilegium notes`")
        return found[0]


def checked_text(text: str, what: str) -> str:
    """The text as it is kept. Raises InputError where there is none, or too much."""
    text = normalise(text).strip()
    if not text:
        raise InputError(f"the {what} is empty", remedy="Write something")
    if len(text) > LONGEST:
        raise InputError(f"the {what} has {len(text):,} characters; {LONGEST:,} is the most", remedy="Make two of it")
    return text


def place_of(connection: sa.Connection, review_id: str, anchor: Anchor | None) -> dict[str, Any]:
    """The columns that say what is written about. Raises NotFoundError for an unknown record."""
    review = fetch(connection, [review_id]).get(review_id)
    if review is None:
        raise NotFoundError(f"there is no record {review_id!r}", remedy=nearest(connection, review_id))
    return {"review_id": review.id, "anchor": json.dumps(anchor.as_dict(), ensure_ascii=False) if anchor else None}


def anchor_from(text: str | None) -> Anchor | None:
    """The reverse of what `place_of` writes."""
    return Anchor(**json.loads(text)) if text else None


def _folded(text: str, anchor: Anchor | None) -> str:
    return fold(f"{text}\n{anchor.quote if anchor else ''}")


def _read(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Note]:
    table = schema.note
    columns = [table.c[name] for name in Note.__slots__]
    rows = connection.execute(sa.select(*columns).where(which).order_by(table.c.at, table.c.id)).all()
    followed = aliases_of(connection, [row.review_id for row in rows])
    return [Note(**{**row._mapping, "review_id": followed.get(row.review_id, row.review_id), "anchor": anchor_from(row.anchor)}) for row in rows]
