"""Conversations: questions and their kept answers in the order they were asked, each conversation one person's."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.answers import drop_unheld
from corpus.change import MANY, now
from corpus.database import Database
from corpus.errors import InputError, NotFoundError
from corpus.people import LOCAL
from corpus.text import fold

#: Characters in a title at most; what a first question has beyond them is cut.
LONGEST_TITLE = 200
_SHORT_TITLE = 80


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question as it was asked and as it was understood, the filters it was asked under (as people write them), and the id of its answer."""

    question: str
    standalone_question: str
    answer_id: str
    filters: tuple[str, ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class ConversationHead:
    """A conversation in a list; `share` is the token in its link, or "" where it has none."""

    id: str
    owner: str
    title: str
    at: str
    changed: str
    share: str
    exchanges: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with what was said in it."""

    id: str
    owner: str
    title: str
    at: str
    changed: str
    share: str
    exchanges: tuple[Exchange, ...]


class Conversations:
    """The conversations of one library. Every method but `shared` acts on those of one owner; another's are as if they were not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, owner: str = LOCAL, *, words: str = "", limit: int = 50, start: int = 0) -> list[ConversationHead]:
        """Conversations, the last one spoken in first; with `words`, those that have each of them in their title, questions or answers."""
        table, turn = schema.conversation, schema.conversation_turn
        count = sa.select(sa.func.count()).where(turn.c.conversation_id == table.c.id).scalar_subquery()
        query = sa.select(table, count.label("exchanges")).where(table.c.owner == owner)
        for word in fold(words).split():
            said = sa.exists().where(turn.c.conversation_id == table.c.id, turn.c.folded.contains(word, autoescape=True))
            query = query.where(sa.or_(table.c.title_folded.contains(word, autoescape=True), said))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(table.c.changed.desc(), table.c.id).limit(limit).offset(start))
            return [ConversationHead(row.id, row.owner, row.title, row.at, row.changed, row.share or "", row.exchanges) for row in rows]

    def get(self, conversation_id: str, owner: str = LOCAL) -> Conversation:
        """A conversation. Raises NotFoundError."""
        with self._database.read() as connection:
            return _filled(connection, _row(connection, conversation_id, owner))

    def append(self, conversation_id: str, exchange: Exchange, owner: str = LOCAL, *, said: str = "") -> Conversation:
        """Put an exchange at a conversation's end; an empty id begins a new one, named after its first question.

        `said` is the answer's text, by which the conversation is found again. Raises NotFoundError for an unknown conversation.
        """
        turn, at = schema.conversation_turn, now()
        with self._database.write() as connection:
            if conversation_id:
                row = _row(connection, conversation_id, owner)
            else:
                conversation_id = secrets.token_hex(8)
                title = _title_of(exchange.question)
                head = {"id": conversation_id, "owner": owner, "title": title, "title_folded": fold(title), "at": at, "changed": _moment()}
                connection.execute(schema.conversation.insert().values(head))
                row = _row(connection, conversation_id, owner)
            last = connection.execute(sa.select(sa.func.max(turn.c.position)).where(turn.c.conversation_id == row.id)).scalar()
            values = {
                "conversation_id": row.id,
                "position": 0 if last is None else last + 1,
                "question": exchange.question,
                "standalone_question": exchange.standalone_question,
                "answer_id": exchange.answer_id,
                "filters": json.dumps(list(exchange.filters), ensure_ascii=False),
                "folded": fold("\n".join((exchange.question, exchange.standalone_question, said))),
                "at": at,
            }
            connection.execute(turn.insert().values(values))
            _touch(connection, row.id)
            return _filled(connection, row)

    def cut(self, conversation_id: str, start: int, owner: str = LOCAL) -> Conversation:
        """Take back the exchanges from `start` (0 is the first) on, with the answers that only they held: before a question is asked anew."""
        turn = schema.conversation_turn
        with self._database.erase() as connection:
            row = _row(connection, conversation_id, owner)
            held = connection.execute(
                sa.select(turn.c.position, turn.c.answer_id).where(turn.c.conversation_id == row.id).order_by(turn.c.position).offset(max(0, start))
            ).all()
            if held:
                connection.execute(sa.delete(turn).where(turn.c.conversation_id == row.id, turn.c.position >= held[0].position))
                drop_unheld(connection, [entry.answer_id for entry in held])
                _touch(connection, row.id)
            return _filled(connection, row)

    def rename(self, conversation_id: str, title: str, owner: str = LOCAL) -> None:
        """Give a conversation another title. Raises NotFoundError, InputError for a title that is empty or too long."""
        title = " ".join(title.split())
        if not title or len(title) > LONGEST_TITLE:
            raise InputError(f"a title has between 1 and {LONGEST_TITLE} characters", where=title[:40])
        table = schema.conversation
        with self._database.write() as connection:
            row = _row(connection, conversation_id, owner)
            connection.execute(sa.update(table).where(table.c.id == row.id).values(title=title, title_folded=fold(title)))

    def delete(self, conversation_id: str, owner: str = LOCAL) -> int:
        """Delete a conversation for good, with its link and the answers that it alone held; how many answers that were. Raises NotFoundError."""
        turn = schema.conversation_turn
        with self._database.erase() as connection:
            row = _row(connection, conversation_id, owner)
            held = list(connection.execute(sa.select(turn.c.answer_id).where(turn.c.conversation_id == row.id)).scalars())
            connection.execute(sa.delete(turn).where(turn.c.conversation_id == row.id))
            connection.execute(sa.delete(schema.conversation).where(schema.conversation.c.id == row.id))
            return drop_unheld(connection, held)

    def forget(self, before: str) -> int:
        """Delete for good what nobody has spoken in since `before` (UTC, as `changed` is kept), whoever's it is; how many conversations that were.

        One that is shared by a link stays until its link is taken back: somebody may be reading it. Answers that something else holds stay too.
        """
        table, turn = schema.conversation, schema.conversation_turn
        old = sa.select(table.c.id).where(table.c.changed < before, table.c.share.is_(None)).order_by(table.c.changed).limit(MANY)
        gone = 0
        while True:
            with self._database.erase() as connection:
                ids = list(connection.execute(old).scalars())
                held = list(connection.execute(sa.select(turn.c.answer_id).where(turn.c.conversation_id.in_(ids))).scalars())
                connection.execute(sa.delete(turn).where(turn.c.conversation_id.in_(ids)))
                connection.execute(sa.delete(table).where(table.c.id.in_(ids)))
                drop_unheld(connection, held)
            gone += len(ids)
            if len(ids) < MANY:
                return gone

    def share(self, conversation_id: str, owner: str = LOCAL) -> str:
        """The token of a conversation's link, made where it has none: whoever knows it may read the conversation. Raises NotFoundError."""
        table = schema.conversation
        with self._database.write() as connection:
            row = _row(connection, conversation_id, owner)
            token = str(row.share or secrets.token_urlsafe(24))
            connection.execute(sa.update(table).where(table.c.id == row.id).values(share=token))
            return token

    def unshare(self, conversation_id: str, owner: str = LOCAL) -> None:
        """Take a conversation's link back; it leads nowhere from now on. Raises NotFoundError."""
        table = schema.conversation
        with self._database.write() as connection:
            row = _row(connection, conversation_id, owner)
            connection.execute(sa.update(table).where(table.c.id == row.id).values(share=None))

    def shared(self, token: str) -> Conversation:
        """The conversation that a link leads to. Raises NotFoundError."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(schema.conversation).where(schema.conversation.c.share == token)).first() if token else None
            if row is None:
                raise NotFoundError("there is no conversation at this link", remedy="It may have been taken back; ask whoever sent it")
            return _filled(connection, row)


def _row(connection: sa.Connection, conversation_id: str, owner: str) -> Any:
    table = schema.conversation
    row = connection.execute(sa.select(table).where(table.c.id == conversation_id, table.c.owner == owner)).first()
    if row is None:
        raise NotFoundError(f"there is no conversation {conversation_id!r}")
    return row


def _filled(connection: sa.Connection, row: Any) -> Conversation:
    turn = schema.conversation_turn
    rows = connection.execute(sa.select(turn).where(turn.c.conversation_id == row.id).order_by(turn.c.position))
    exchanges = tuple(Exchange(each.question, each.standalone_question, each.answer_id, tuple(json.loads(each.filters)), each.at) for each in rows)
    return Conversation(row.id, row.owner, row.title, row.at, row.changed, row.share or "", exchanges)


def _touch(connection: sa.Connection, conversation_id: str) -> None:
    table = schema.conversation
    connection.execute(sa.update(table).where(table.c.id == conversation_id).values(changed=_moment()))


def _moment() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")  # finer than `now`: lists are sorted by it


def _title_of(question: str) -> str:
    question = " ".join(question.split())
    return question if len(question) <= _SHORT_TITLE else question[: _SHORT_TITLE - 2].rsplit(" ", 1)[0] + " …"
