"""Accounts: who may sign in, with which role, by a password or by an OIDC provider's word."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from corpus import passwords, schema
from corpus.change import now
from corpus.database import Database
from corpus.errors import ConflictError, InputError, NotFoundError, UsageError
from corpus.people import LOCAL, Role

#: Seconds since 1970; tests give their own.
Clock = Callable[[], float]
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,62}[a-z0-9]")
_LINK_SECONDS = 3 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in. `has_password` is False where they come by a link or an OIDC provider alone (`subject`)."""

    name: str
    role: Role
    disabled: bool
    has_password: bool
    subject: str
    at: str

    def as_dict(self) -> dict[str, Any]:
        """As `user list --json` prints it."""
        return {"name": self.name, "role": self.role.word, "disabled": self.disabled, "password": self.has_password, "provider": self.subject, "at": self.at}


class Accounts:
    """The accounts of one library. There is always an admin left once there is one."""

    def __init__(self, database: Database, clock: Clock = time.time) -> None:
        self._database = database
        self._clock = clock

    def all(self) -> list[Account]:
        """Every account, by name."""
        with self._database.read() as connection:
            return [_account(row) for row in connection.execute(sa.select(schema.account).order_by(schema.account.c.name))]

    def get(self, name: str) -> Account:
        """An account. Raises NotFoundError."""
        with self._database.read() as connection:
            return _account(_row(connection, name))

    def has_admin(self) -> bool:
        """Whether somebody can sign in as an admin."""
        with self._database.read() as connection:
            return _admins(connection) > 0

    def add(self, name: str, role: Role, password: str = "", subject: str = "") -> Account:
        """A new account; without a password it is entered by a link (`link`) or by the provider's `subject`.

        Raises InputError for a name or a password that is none, UsageError for a name in use.
        """
        name = clean_name(name)
        kept = passwords.hashed(passwords.check_new(password, name)) if password else ""
        table = schema.account
        with self._database.write() as connection:
            if connection.execute(sa.select(table.c.name).where(table.c.name == name)).first():
                raise UsageError(f"there is an account {name!r} already", remedy="Choose another name, or change that one's role or password")
            row = {"name": name, "role": role.word, "password": kept, "subject": subject or None, "disabled": False, "at": now()}
            connection.execute(table.insert().values(row))
            return _account(_row(connection, name))

    def set_role(self, name: str, role: Role) -> None:
        """Give an account another role; it holds from the person's next step on. Raises NotFoundError, ConflictError for the last admin."""
        self._change(name, role=role.word)

    def set_disabled(self, name: str, disabled: bool) -> None:
        """Let nobody in by an account any more, or let them in again; who is signed in by it is signed out. Raises as `set_role`."""
        self._change(name, disabled=disabled)

    def set_password(self, name: str, password: str, *, keep_session: int | None = None) -> None:
        """Set a password; every session of the account ends, but the one that `keep_session` numbers. Raises NotFoundError, InputError."""
        kept = passwords.hashed(passwords.check_new(password, clean_name(name)))
        table, session = schema.account, schema.account_session
        with self._database.write() as connection:
            row = _row(connection, name)
            connection.execute(sa.update(table).where(table.c.name == row.name).values(password=kept))
            connection.execute(sa.delete(session).where(session.c.name == row.name, session.c.number != (keep_session or 0)))
            connection.execute(sa.delete(schema.account_link).where(schema.account_link.c.name == row.name))

    def remove(self, name: str) -> None:
        """Delete an account with its sessions and tokens; what its owner made stays under the name (Belongings.erase takes that too). Raises as `set_role`."""
        with self._database.write() as connection:
            remove_account(connection, _row(connection, name))

    def check(self, name: str, password: str) -> Account | None:
        """The account that a name and a password open, or None. Takes as long for a name that is none."""
        table = schema.account
        with self._database.read() as connection:
            row = connection.execute(sa.select(table).where(table.c.name == fold_name(name))).first()
        kept = row.password if row is not None and not row.disabled else ""
        if not passwords.matches(kept, password) or row is None:
            return None
        if passwords.outdated(kept):
            with self._database.write() as connection:
                connection.execute(sa.update(table).where(table.c.name == row.name).values(password=passwords.hashed(password)))
        return _account(row)

    def of_subject(self, subject: str) -> Account | None:
        """The account that a provider's subject belongs to, or None."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(schema.account).where(schema.account.c.subject == subject)).first()
        return _account(row) if row else None

    # ---- links by which a password is set once

    def link(self, name: str) -> str:
        """A token by which, within three days, a password is set once for an account; an earlier one is dead. Raises NotFoundError."""
        table, token = schema.account_link, secrets.token_urlsafe(24)
        with self._database.write() as connection:
            row = _row(connection, name)
            connection.execute(sa.delete(table).where(sa.or_(table.c.name == row.name, table.c.expires < int(self._clock()))))
            connection.execute(table.insert().values(token_hash=digest_of(token), name=row.name, expires=int(self._clock()) + _LINK_SECONDS))
        return token

    def linked(self, token: str) -> Account:
        """The account that a link belongs to. Raises NotFoundError for one that was used, replaced, is too old, or never was."""
        table = schema.account_link
        query = sa.select(schema.account).join(table, table.c.name == schema.account.c.name)
        with self._database.read() as connection:
            row = connection.execute(query.where(table.c.token_hash == digest_of(token), table.c.expires >= int(self._clock()))).first()
        if row is None or row.disabled:
            raise NotFoundError("this link is not valid any more", remedy="Ask an admin of this site for a new one")
        return _account(row)

    def _change(self, name: str, **values: Any) -> None:
        table, session = schema.account, schema.account_session
        with self._database.write() as connection:
            row = _row(connection, name)
            connection.execute(sa.update(table).where(table.c.name == row.name).values(**values))
            if values.get("disabled"):
                connection.execute(sa.delete(session).where(session.c.name == row.name))
            _keep_an_admin(connection, row)


def remove_account(connection: sa.Connection, row: Any) -> None:
    """Delete an account, by its row, with its sessions, tokens and links. Raises ConflictError for the last admin."""
    for table in (schema.account_session, schema.account_token, schema.account_link, schema.account):
        connection.execute(sa.delete(table).where(table.c.name == row.name))
    _keep_an_admin(connection, row)


def fold_name(name: str) -> str:
    """A name as it is kept: lower case, without spaces around it."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def clean_name(name: str) -> str:
    """The name of an account, as it is kept. Raises InputError."""
    folded = fold_name(name)
    if not _NAME.fullmatch(folded) or folded == LOCAL:
        raise InputError(f"{name[:70]!r} cannot name an account", remedy="Use 2 to 64 of a-z, 0-9 and . _ @ + -, such as ada or ada@example.org")
    return folded


def digest_of(token: str) -> str:
    """What is kept in the place of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _row(connection: sa.Connection, name: str) -> Any:
    table = schema.account
    row = connection.execute(sa.select(table).where(table.c.name == fold_name(name))).first()
    if row is None:
        names = list(connection.execute(sa.select(table.c.name).order_by(table.c.name).limit(20)).scalars())
        raise NotFoundError(f"there is no account {name!r}", remedy=f"There are: {', '.join(names)}" if names else "There are none yet: `florilegium user add`")
    return row


def _account(row: Any) -> Account:
    return Account(row.name, Role.named(row.role), bool(row.disabled), bool(row.password), row.subject or "", row.at)


def _admins(connection: sa.Connection) -> int:
    table = schema.account
    can_enter = sa.or_(table.c.password != "", table.c.subject.is_not(None))
    query = sa.select(sa.func.count()).where(table.c.role == Role.ADMIN.word, table.c.disabled.is_(False), can_enter)
    return int(connection.execute(query).scalar_one())


def _keep_an_admin(connection: sa.Connection, before: Any) -> None:
    """Undo, by raising, what would leave no admin where there was one."""
    was_one = before.role == Role.ADMIN.word and not before.disabled and (before.password or before.subject)
    if was_one and not _admins(connection):
        raise ConflictError(f"{before.name!r} is the last admin", remedy="Make somebody else an admin first")
