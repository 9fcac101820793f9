"""Comments: what members say of a record, or of words of it, to each other. A librarian hides, restores or deletes them, and says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.aliases import aliases_of, names_of
from corpus.anchor import Anchor
from corpus.change import now
from corpus.database import Database
from corpus.errors import NotFoundError, UsageError
from corpus.notes import anchor_from, checked_text, place_of


class CommentState(StrEnum):
    """Whether a comment is read: a hidden one by librarians and its author only, a deleted one by nobody, for its words are gone."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment. `anchor` are the words it stands on, or None for the record as a whole; `reason`, `moderator` and `moderated` (UTC, or None)
    say why, by whom and when it was hidden, restored or deleted."""

    number: int
    author: str
    review_id: str
    anchor: Anchor | None
    text: str
    at: str
    changed: str
    state: CommentState
    reason: str
    moderator: str
    moderated: str | None

    def as_dict(self) -> dict[str, Any]:
        """As `comments list --json` prints it."""
        return asdict(self)


class Comments:
    """The comments of one library. They change no revision and stand in no index."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, author: str, review_id: str, text: str, anchor: Anchor | None = None) -> Comment:
        """A new comment. Raises NotFoundError for an unknown record, InputError for a text that is none or too long."""
        text = checked_text(text, "comment")
        with self._database.write() as connection:
            place, at = place_of(connection, review_id, anchor), now()
            row = {"author": author, "text": text, "at": at, "changed": at, "state": CommentState.SHOWN.value, **place}
            number = connection.execute(schema.comment.insert().values(row).returning(schema.comment.c.number)).scalar_one()
            return _one(connection, number)

    def edit(self, author: str, number: int, text: str) -> Comment:
        """Put other words into an own comment that is shown. Raises NotFoundError, UsageError, InputError."""
        text = checked_text(text, "comment")
        with self._database.write() as connection:
            comment = self._own(connection, author, number)
            if comment.state != CommentState.SHOWN:
                raise UsageError(f"the comment is {comment.state.value} and cannot be changed", where=f"comment {number}")
            return _changed(connection, number, text=text, changed=now())

    def withdraw(self, author: str, number: int) -> Comment:
        """Take an own comment back; its words are gone. Raises NotFoundError."""
        with self._database.write() as connection:
            comment = self._own(connection, author, number)
            if comment.state == CommentState.DELETED:
                return comment
            return _changed(connection, number, state=CommentState.DELETED.value, text="", reason="Taken back by its author", moderator=author, moderated=now())

    def moderate(self, moderator: str, number: int, state: CommentState, reason: str) -> Comment:
        """Hide, restore or delete a comment, saying why. A deleted one cannot be restored. Raises NotFoundError, UsageError, InputError."""
        reason = checked_text(reason, "reason")
        with self._database.write() as connection:
            comment = _one(connection, number)
            if comment.state == CommentState.DELETED:
                raise UsageError("the comment is deleted; its words are gone", where=f"comment {number}")
            gone = {"text": ""} if state == CommentState.DELETED else {}
            return _changed(connection, number, state=state.value, reason=reason, moderator=moderator, moderated=now(), **gone)

    def of_review(self, review_id: str) -> list[Comment]:
        """Every comment on a record and on those that were merged into it, whatever its state, oldest first."""
        with self._database.read() as connection:
            return _read(connection, schema.comment.c.review_id.in_(names_of(connection, review_id)))

    def all(self, states: Sequence[CommentState] = tuple(CommentState), *, limit: int = 200) -> list[Comment]:
        """The newest comments in some states, newest first."""
        with self._database.read() as connection:
            return _read(connection, schema.comment.c.state.in_([state.value for state in states]), limit)

    def _own(self, connection: sa.Connection, author: str, number: int) -> Comment:
        comment = _one(connection, number)
        if comment.author != author:
            raise NotFoundError(f"there is no comment {number} of yours")
        return comment


def _changed(connection: sa.Connection, number: int, **values: Any) -> Comment:
    connection.execute(sa.update(schema.comment).where(schema.comment.c.number == number).values(values))
    return _one(connection, number)


def _one(connection: sa.Connection, number: int) -> Comment:
    found = _read(connection, schema.comment.c.number == number)
    if not found:
        raise NotFoundError(f"there is no comment {number}")
    return found[0]


def _read(connection: sa.Connection, which: sa.ColumnElement[bool], newest: int | None = None) -> list[Comment]:
    table = schema.comment
    query = sa.select(*(table.c[name] for name in Comment.__slots__)).where(which)
    rows = connection.execute(query.order_by(table.c.number) if newest is None else query.order_by(table.c.number.desc()).limit(newest)).all()
    followed = aliases_of(connection, [row.review_id for row in rows])
    return [
        Comment(
            **{
                **row._mapping,
                "review_id": followed.get(row.review_id, row.review_id),
                "anchor": anchor_from(row.anchor),
                "state": CommentState(row.state),
            }
        )
        for row in rows
    ]
