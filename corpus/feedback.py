"""What readers say of answers: thumbs with a reason, one of each person for each answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.database import Database
from corpus.errors import InputError, NotFoundError
from corpus.people import LOCAL

#: Why an answer was no use: "" where nothing was said.
Reason = Literal["", "wrong_source", "no_answer", "wrong", "other"]
#: Characters in a remark at most.
LONGEST_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class Feedback:
    """A person's word on an answer."""

    answer_id: str
    person: str
    useful: bool
    reason: Reason = ""
    note: str = ""
    at: str = ""


class Feedbacks:
    """The feedback kept in one library. It goes with its answer, and with no backup for others."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, answer_id: str, useful: bool, reason: str = "", note: str = "", *, person: str = LOCAL) -> Feedback:
        """Keep what a person says; it takes the place of what they said before. Raises NotFoundError for an unknown answer, InputError."""
        if reason not in get_args(Reason) or (useful and reason):
            raise InputError(f"{reason!r} is no reason", remedy=f"The reasons, for an answer that was no use, are: {', '.join(filter(None, get_args(Reason)))}")
        note = note.strip()
        if len(note) > LONGEST_NOTE:
            raise InputError(f"the remark has {len(note):,} characters; {LONGEST_NOTE:,} is the most", remedy="Say it more briefly")
        table = schema.answer_feedback
        row: dict[str, Any] = {"answer_id": answer_id, "person": person, "useful": useful, "reason": reason, "note": note, "at": now()}
        with self._database.write() as connection:
            if connection.execute(sa.select(schema.answer.c.id).where(schema.answer.c.id == answer_id)).first() is None:
                raise NotFoundError(f"there is no answer {answer_id!r}")
            connection.execute(sa.delete(table).where(table.c.answer_id == answer_id, table.c.person == person))
            connection.execute(table.insert().values(row))
        return Feedback(**row)

    def of(self, answer_id: str, person: str = LOCAL) -> Feedback | None:
        """What a person said of an answer."""
        table = schema.answer_feedback
        with self._database.read() as connection:
            row = connection.execute(sa.select(table).where(table.c.answer_id == answer_id, table.c.person == person)).first()
        return None if row is None else Feedback(**row._mapping)

    def all(self, *, useful: bool | None = None, limit: int = 500) -> list[Feedback]:
        """What was said, the newest first; with `useful`, only the praise or only the complaints."""
        table = schema.answer_feedback
        query = sa.select(table).order_by(table.c.at.desc(), table.c.answer_id, table.c.person).limit(limit)
        with self._database.read() as connection:
            return [Feedback(**row._mapping) for row in connection.execute(query if useful is None else query.where(table.c.useful == useful))]
