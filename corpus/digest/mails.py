"""Which mail of which issue has gone to whom: what keeps a sending that was killed from sending anything twice.

A mail is *waiting* until the moment before its last line is handed to the mail server, then *handed* until the server has said what became of it, then
*sent* or *failed*. Up to the last line a server has taken nothing (RFC 5321, 4.1.1.4), so a waiting mail can safely be tried again; one that is found
handed may have been taken, and is never sent again by itself: a person decides (`florilegium digest send N --in-doubt`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from corpus import schema
from corpus.change import now

if TYPE_CHECKING:
    from corpus.database import Database

STATES = ("waiting", "handed", "sent", "failed")
_OPEN = ("waiting", "failed")


@dataclass(frozen=True, slots=True)
class Mail:
    """One issue for one subscriber. `news` are the private news made for it, kept so that a second try says the same; None until they are made."""

    issue: int
    subscriber: int
    uid: str
    address: str
    owner: str
    locale: str
    state: str
    attempts: int
    at: str
    error: str
    news: list[dict[str, Any]] | None

    def as_dict(self) -> dict[str, Any]:
        """As `digest mails --json` prints it: nothing private."""
        return {name: getattr(self, name) for name in ("issue", "address", "state", "attempts", "at", "error")}


class Mails:
    """The mails of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, issue: int) -> None:
        """Have a mail of an issue wait for every active subscriber that has none yet."""
        table, who = schema.digest_mail, schema.subscriber
        with self._database.write() as connection:
            there = sa.select(table.c.subscriber_number).where(table.c.issue_number == issue)
            for number in list(connection.execute(sa.select(who.c.number).where(who.c.active, who.c.number.not_in(there)).order_by(who.c.number)).scalars()):
                row = {"issue_number": issue, "subscriber_number": number, "state": "waiting", "attempts": 0, "at": now(), "error": ""}
                connection.execute(table.insert().values(row))

    def all(self, issue: int, *states: str) -> list[Mail]:
        """The mails of an issue in some states (or in any), in the order of subscribing."""
        table, who = schema.digest_mail, schema.subscriber
        query = (
            sa.select(table, who.c.uid, who.c.address, who.c.owner, who.c.locale)
            .join(who, who.c.number == table.c.subscriber_number)
            .where(table.c.issue_number == issue, table.c.state.in_(states or STATES))
            .order_by(table.c.subscriber_number)
        )
        with self._database.read() as connection:
            return [_mail(row) for row in connection.execute(query)]

    def counts(self, issue: int) -> dict[str, int]:
        """How many mails of an issue are in which state."""
        found = Counter(mail.state for mail in self.all(issue))
        return {state: found[state] for state in STATES}

    def keep_news(self, mail: Mail, news: list[dict[str, Any]], answered: Mapping[int, Mapping[str, Any]]) -> None:
        """Keep a mail's private news and, in the same transaction, the answers (by question number) that later news are told against."""
        from corpus.questions import put_answers

        with self._database.write() as connection:
            connection.execute(self._update(mail).values(document=json.dumps(news, ensure_ascii=False)))
            put_answers(connection, mail.owner, answered)

    def hand_over(self, mail: Mail) -> bool:
        """Say that the last line is about to go out. False where another process was faster or the subscriber has left: then it must not go out."""
        table = schema.digest_mail
        with self._database.write() as connection:
            query = self._update(mail).where(table.c.state.in_(_OPEN)).values(state="handed", attempts=table.c.attempts + 1, at=now(), error="")
            return connection.execute(query).rowcount == 1

    def sent(self, mail: Mail) -> None:
        """The server took it."""
        self._set(mail, "sent", "")

    def failed(self, mail: Mail, error: str) -> None:
        """The server did not take it; it is tried again by the next sending."""
        self._set(mail, "failed", error)

    def reopen(self, issue: int) -> int:
        """Have every mail in doubt wait again, on a person's word; returns how many."""
        table = schema.digest_mail
        with self._database.write() as connection:
            query = sa.update(table).where(table.c.issue_number == issue, table.c.state == "handed").values(state="waiting", at=now())
            return int(connection.execute(query).rowcount)

    def _set(self, mail: Mail, state: str, error: str) -> None:
        with self._database.write() as connection:
            connection.execute(self._update(mail).values(state=state, at=now(), error=error[:500]))

    def _update(self, mail: Mail) -> sa.Update:
        table = schema.digest_mail
        return sa.update(table).where(table.c.issue_number == mail.issue, table.c.subscriber_number == mail.subscriber)


def _mail(row: Any) -> Mail:
    head = {name: getattr(row, name) for name in ("uid", "address", "owner", "locale", "state", "attempts", "at", "error")}
    news = json.loads(row.document) if row.document else None
    return Mail(issue=row.issue_number, subscriber=row.subscriber_number, **head, news=news)
