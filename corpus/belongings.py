"""What is whose: erasing a person with all that is theirs, and giving an account what was made before there were accounts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.accounts import digest_of, fold_name, remove_account
from corpus.database import Database
from corpus.errors import NotFoundError, UsageError
from corpus.people import LOCAL


@dataclass(frozen=True, slots=True)
class Erased:
    """An erasure: how many rows of each table went, and what stands in the place of the name beside what the person did for the library.

    `overwritten` is False where the file could not be written anew yet, since somebody was reading it: the old bytes go when they have done.
    """

    rows: Mapping[str, int]
    stand_in: str
    overwritten: bool

    def as_dict(self) -> dict[str, Any]:
        """As `user erase --json` prints it."""
        return {"erased": dict(self.rows), "stand_in": self.stand_in, "overwritten": self.overwritten}


class Belongings:
    """The belongings of the people of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, name: str) -> dict[str, int]:
        """How many rows of each table are a person's own; tables without any are left out."""
        with self._database.read() as connection:
            return _counts(connection, name)

    def erase(self, name: str) -> Erased:
        """Erase an account and all that is its owner's, for good: conversations and answers, notes, comments, lists, saved questions, subscriptions,
        feedback with the drafts it made for the lab, sessions. What they did for the library (edits, imports, judgements, issues) stays, under a
        stand-in for their name. SQLite's files are then written anew, so that no byte of it is left.

        Works for an account that was removed before, too. Raises NotFoundError where there is neither it nor anything of it, UsageError for the
        local user, ConflictError for the last admin.
        """
        name = fold_name(name)
        if name == LOCAL:
            raise UsageError("the local user cannot be erased", remedy="Delete the home instead, or give it away: `florilegium user adopt NAME`")
        stand_in = f"erased-{secrets.token_hex(3)}"
        with self._database.erase() as connection:
            account = connection.execute(sa.select(schema.account).where(schema.account.c.name == name)).first()
            rows = _counts(connection, name)
            if account is None and not rows:
                raise NotFoundError(f"there is no account {name!r}, and nothing of one", remedy="See `florilegium user list`")
            _delete_own(connection, name)
            _take_name_off(connection, name, stand_in)
            if account is not None:
                remove_account(connection, account)
        return Erased(rows, stand_in, self._database.write_anew())

    def adopt(self, name: str) -> dict[str, int]:
        """Give an account all that the local user made before accounts were switched on; how many rows of each table. Raises NotFoundError.

        A list whose name the account has already gets " (local)" behind it; where both said what they think of an answer, the account's word stays.
        What the local user did for the library (edits, imports, judgements) keeps that name.
        """
        with self._database.write() as connection:
            account = connection.execute(sa.select(schema.account.c.name).where(schema.account.c.name == fold_name(name))).first()
            if account is None:
                raise NotFoundError(f"there is no account {name!r}", remedy="Make it first: `florilegium user add NAME`")
            found = _counts(connection, LOCAL)
            _make_room(connection, account.name)
            for column in schema.OWNERS:
                connection.execute(sa.update(column.table).where(column == LOCAL).values({column.name: account.name}))
        return found


def _counts(connection: sa.Connection, name: str) -> dict[str, int]:
    found = {}
    for column in schema.OWNERS:
        count = connection.execute(sa.select(sa.func.count()).select_from(column.table).where(column == name)).scalar_one()
        if count:
            found[column.table.name] = int(count)
    return found


def _delete_own(connection: sa.Connection, name: str) -> None:
    answers = sa.select(schema.answer.c.id).where(schema.answer.c.owner == name)
    _forget_drafts(connection, name, set(connection.execute(answers).scalars()))
    parts: list[tuple[sa.Table, sa.Column[Any], sa.Select[Any]]] = [
        (schema.conversation_turn, schema.conversation_turn.c.conversation_id, sa.select(schema.conversation.c.id).where(schema.conversation.c.owner == name)),
        (schema.answer_citation, schema.answer_citation.c.answer_id, answers),
        (schema.answer_feedback, schema.answer_feedback.c.answer_id, answers),
        (schema.record_list_item, schema.record_list_item.c.list_number, sa.select(schema.record_list.c.number).where(schema.record_list.c.owner == name)),
        (schema.digest_mail, schema.digest_mail.c.subscriber_number, sa.select(schema.subscriber.c.number).where(schema.subscriber.c.owner == name)),
    ]
    for table, column, theirs in parts:
        connection.execute(sa.delete(table).where(column.in_(theirs)))
    for owner in schema.OWNERS:
        connection.execute(sa.delete(owner.table).where(owner == name))
    connection.execute(sa.delete(schema.sign_in_try).where(schema.sign_in_try.c.key == digest_of(f"name {name}")))
    connection.execute(sa.delete(schema.job).where(schema.job.c.owner == name, schema.job.c.state != "running"))


def _forget_drafts(connection: sa.Connection, name: str, answers: set[str]) -> None:
    """Delete the draft queries that came of a person's answers; of one that a librarian has accepted only where it came from is taken away."""
    table = schema.test_query
    for row in connection.execute(sa.select(table.c.number, table.c.document).where(table.c.document.contains('"answer"'))).all():
        document = json.loads(row.document)
        origin = document.get("origin") or {}
        if origin.get("answer") not in answers and origin.get("by") != name:
            continue
        if document.get("draft"):
            connection.execute(sa.delete(schema.judgement).where(schema.judgement.c.query_number == row.number))
            connection.execute(sa.delete(table).where(table.c.number == row.number))
        else:
            text = json.dumps({**document, "origin": {}}, ensure_ascii=False)
            connection.execute(sa.update(table).where(table.c.number == row.number).values(document=text))


def _take_name_off(connection: sa.Connection, name: str, stand_in: str) -> None:
    """Put the stand-in beside what a person did for the library."""
    for column in schema.ACTORS:
        connection.execute(sa.update(column.table).where(column == name).values({column.name: stand_in}))
    for table in (schema.lab_run, schema.sweep):
        for row in connection.execute(sa.select(table.c.id, table.c.document).where(table.c.document.contains(json.dumps(name), autoescape=True))).all():
            document = json.loads(row.document)
            if document.get("by") == name:
                text = json.dumps({**document, "by": stand_in}, ensure_ascii=False)
                connection.execute(sa.update(table).where(table.c.id == row.id).values(document=text))


def _make_room(connection: sa.Connection, name: str) -> None:
    """Before the local user's rows become an account's: what would stand there twice gives way."""
    feedback, lists = schema.answer_feedback, schema.record_list
    both = sa.select(feedback.c.answer_id).where(feedback.c.person == name)
    connection.execute(sa.delete(feedback).where(feedback.c.person == LOCAL, feedback.c.answer_id.in_(both)))
    taken = set(connection.execute(sa.select(lists.c.name).where(lists.c.owner == name)).scalars())
    for row in connection.execute(sa.select(lists.c.number, lists.c.name).where(lists.c.owner == LOCAL)).all():
        if row.name in taken:
            free = next(each for each in (f"{row.name[:80]} (local{count or ''})" for count in range(100_000)) if each not in taken)
            connection.execute(sa.update(lists).where(lists.c.number == row.number).values(name=free))
            taken.add(free)
