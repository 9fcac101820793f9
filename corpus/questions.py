"""Saved questions: what a reader wants to be told about. Each belongs to one account, and nobody else ever sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.errors import InputError, NotFoundError, UsageError
from corpus.people import LOCAL

if TYPE_CHECKING:
    from corpus.database import Database

_LONGEST = 2_000
#: Saved questions of one account: each costs a search in every digest.
MOST = 50


@dataclass(frozen=True)
class SavedQuestion:
    """A question with its filters. `answer` is the answer (as data) that news are told against, None until it was asked; `asked_at` when that was."""

    number: int
    owner: str
    question: str
    filters: tuple[str, ...]
    at: str
    asked_at: str = ""
    answer: Mapping[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """As `questions --json` prints it."""
        head = {name: getattr(self, name) for name in ("number", "question", "at", "asked_at")}
        return head | {"filters": list(self.filters), "answer": self.answer["id"] if self.answer else None}


class Questions:
    """The saved questions of one library. Every method acts on those of one owner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, owner: str = LOCAL) -> list[SavedQuestion]:
        """An owner's questions in the order of saving."""
        table = schema.saved_question
        with self._database.read() as connection:
            rows = connection.execute(sa.select(table).where(table.c.owner == owner).order_by(table.c.number))
            return [_question(row) for row in rows]

    def get(self, number: int, owner: str = LOCAL) -> SavedQuestion:
        """A question of this owner. Raises NotFoundError."""
        with self._database.read() as connection:
            return _question(_row(connection, number, owner))

    def save(self, question: str, filters: Sequence[str] = (), owner: str = LOCAL, answer: Mapping[str, Any] | None = None) -> SavedQuestion:
        """Save a question; `filters` as people write them, checked by the caller; `answer` is the one the reader has before them, if any: news begin there.

        The same question with the same filters is kept once. Raises InputError for an empty or too long one, UsageError for one too many.
        """
        question = " ".join(question.split())
        if not 1 <= len(question) <= _LONGEST:
            raise InputError(f"a question has between 1 and {_LONGEST:,} characters", where=question[:40])
        table, written = schema.saved_question, json.dumps(list(filters), ensure_ascii=False)
        with self._database.write() as connection:
            held = connection.execute(sa.select(table).where(table.c.owner == owner).order_by(table.c.number)).all()
            same = next((row for row in held if row.question.casefold() == question.casefold() and row.filters == written), None)
            if same is not None:
                return _question(same)
            if len(held) >= MOST:
                raise UsageError(f"you have {MOST} saved questions, which is the most", remedy="Remove one first")
            row = {"owner": owner, "question": question, "filters": written, "at": now()}
            number = connection.execute(table.insert().values(row | _answered(answer)).returning(table.c.number)).scalar_one()
            return _question(_row(connection, number, owner))

    def remove(self, number: int, owner: str = LOCAL) -> None:
        """Delete a question and the answer kept with it. Raises NotFoundError."""
        table = schema.saved_question
        with self._database.write() as connection:
            _row(connection, number, owner)
            connection.execute(sa.delete(table).where(table.c.number == number, table.c.owner == owner))

    def answered(self, owner: str, answers: Mapping[int, Mapping[str, Any]]) -> None:
        """Keep answers, by question number, as what the next news are told against."""
        with self._database.write() as connection:
            put_answers(connection, owner, answers)


def put_answers(connection: sa.Connection, owner: str, answers: Mapping[int, Mapping[str, Any]]) -> None:
    """Keep answers within a transaction; a question that was removed meanwhile is passed over."""
    table = schema.saved_question
    for number, answer in answers.items():
        connection.execute(sa.update(table).where(table.c.number == number, table.c.owner == owner).values(_answered(answer)))


def _answered(answer: Mapping[str, Any] | None) -> dict[str, Any]:
    if answer is None:
        return {}
    return {"asked_at": now(), "document": json.dumps(answer, ensure_ascii=False, separators=(",", ":"))}


def _row(connection: sa.Connection, number: int, owner: str) -> Any:
    table = schema.saved_question
    row = connection.execute(sa.select(table).where(table.c.number == number, table.c.owner == owner)).first()
    if row is None:
        raise NotFoundError(f"you have no saved question {number}", remedy="`florilegium questions` shows them")
    return row


def _question(row: Any) -> SavedQuestion:
    answer = json.loads(row.document) if row.document else None
    return SavedQuestion(row.number, row.owner, row.question, tuple(json.loads(row.filters)), row.at, row.asked_at or "", answer)
