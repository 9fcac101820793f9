"""Who gets the digest by mail. An address that nobody has confirmed gets nothing but the one question whether it wants it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from corpus.database import Database

#: One address and nothing else: no display name, no blank or control character that could begin another header. (RFC 5321 allows more; nobody has it.)
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}@(?=.{1,190}$)[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")


@dataclass(frozen=True, slots=True)
class Subscriber:
    """An address. `uid` names this very subscription in links; `owner` is the account whose private news the mail carries, or "".

    `active`: it was confirmed, and gets every issue.
    """

    number: int
    uid: str
    address: str
    owner: str
    active: bool
    locale: str
    at: str
    confirmed_at: str = ""


class Subscribers:
    """The subscribers of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, *, active: bool | None = None) -> list[Subscriber]:
        """Every subscriber, or those that are active (or are not), by address."""
        table = schema.subscriber
        query = sa.select(table).order_by(table.c.address)
        with self._database.read() as connection:
            return [_subscriber(row) for row in connection.execute(query if active is None else query.where(table.c.active == active))]

    def get(self, uid: str) -> Subscriber:
        """A subscriber by `uid`. Raises NotFoundError."""
        return self._one(schema.subscriber.c.uid == uid, "this subscription is not known any more")

    def of_address(self, address: str) -> Subscriber:
        """A subscriber by address. Raises NotFoundError, InputError."""
        return self._one(schema.subscriber.c.address == clean_address(address), f"{address} is not subscribed")

    def of_owner(self, owner: str) -> list[Subscriber]:
        """The addresses to which an account's digest goes."""
        return [each for each in self.all() if owner and each.owner == owner]

    def add(self, address: str, *, owner: str = "", active: bool = False, locale: str = "en") -> Subscriber:
        """Subscribe an address; `active` only where its owner is known to have asked. One that is subscribed stays as it is, and a second asking never
        takes an address over from an account. Raises InputError for what is no address.
        """
        address, table = clean_address(address), schema.subscriber
        with self._database.write() as connection:
            row = connection.execute(sa.select(table).where(table.c.address == address)).first()
            if row is None:
                made = {"uid": secrets.token_hex(16), "address": address, "owner": owner, "active": active, "locale": locale, "at": now()}
                connection.execute(table.insert().values(made | {"confirmed_at": now() if active else None}))
            elif not row.active:
                values = {"owner": owner, "active": active, "locale": locale, "confirmed_at": now() if active else None}
                connection.execute(sa.update(table).where(table.c.number == row.number).values(values))
            return _subscriber(connection.execute(sa.select(table).where(table.c.address == address)).one())

    def confirm(self, uid: str) -> Subscriber:
        """The address itself said yes. Raises NotFoundError."""
        table = schema.subscriber
        with self._database.write() as connection:
            values = {"active": True, "confirmed_at": now()}
            connection.execute(sa.update(table).where(table.c.uid == uid, sa.not_(table.c.active)).values(values))
        return self.get(uid)

    def remove(self, uid: str) -> bool:
        """Unsubscribe: the address and all that was kept for it is deleted. False where it was gone already."""
        table = schema.subscriber
        with self._database.write() as connection:
            row = connection.execute(sa.select(table.c.number).where(table.c.uid == uid)).first()
            if row is None:
                return False
            _delete(connection, row.number)
            return True

    def signing_key(self) -> str:
        """The key by which links in mails are signed: this library's own, made on first use."""
        table = schema.site_secret
        with self._database.write() as connection:
            found = connection.execute(sa.select(table.c.value).where(table.c.name == "mail links")).scalar()
            if found is None:
                found = secrets.token_hex(32)
                connection.execute(table.insert().values(name="mail links", value=found))
            return str(found)

    def _one(self, clause: sa.ColumnElement[bool], fault: str) -> Subscriber:
        with self._database.read() as connection:
            row = connection.execute(sa.select(schema.subscriber).where(clause)).first()
        if row is None:
            raise NotFoundError(fault)
        return _subscriber(row)


def clean_address(text: str) -> str:
    """An address as it is kept, its domain in small letters. Raises InputError for anything but one plain address."""
    text = text.strip()
    if not _ADDRESS.fullmatch(text):
        raise InputError("this is no mail address", where=" ".join(text.split())[:80], remedy="Write it as name@example.org")
    name, _, domain = text.rpartition("@")
    return f"{name}@{domain.lower()}"


def _delete(connection: sa.Connection, number: int) -> None:
    connection.execute(sa.delete(schema.digest_mail).where(schema.digest_mail.c.subscriber_number == number))
    connection.execute(sa.delete(schema.subscriber).where(schema.subscriber.c.number == number))


def _subscriber(row: Any) -> Subscriber:
    values = {name: getattr(row, name) for name in ("number", "uid", "address", "owner", "active", "locale", "at")}
    return Subscriber(**values, confirmed_at=row.confirmed_at or "")
