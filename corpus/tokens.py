"""Tokens by which programs act for an account: each with its scopes, shown once, kept as a hash, ended by date or by hand."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.accounts import Clock, digest_of, fold_name
from corpus.database import Database
from corpus.errors import InputError, NotFoundError, UsageError
from corpus.people import Role

#: What every token begins with, so that people and scanners for leaked secrets know one when they see it.
PREFIX = "flor_"
#: Tokens that an account may have at once, and characters of what one is called.
MOST = 50
_LONGEST_LABEL = 100
_LONGEST_DAYS = 3650
_DAY = 24 * 3600
_USED_SECONDS = 60  # how exactly `used` is kept, so that reading writes once a minute at most


class Scope(StrEnum):
    """What a token may be used for. Whatever it says, its account's role must allow it too."""

    READ = "read"  # search, records, catalogue, export
    ASK = "ask"  # ask questions, read the account's own kept answers
    JUDGE = "judge"  # test sets, judgements and runs


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret. `made`, `expires` and `used` are seconds since 1970; `expires` 0 for never, `used` 0 for not yet."""

    number: int
    name: str
    role: Role
    label: str
    scopes: frozenset[Scope]
    made: int
    expires: int
    used: int

    def as_dict(self) -> dict[str, Any]:
        """As `token list --json` prints it; times in UTC, None where there is none."""
        times = {name: _utc(getattr(self, name)) for name in ("made", "expires", "used")}
        return {"number": self.number, "name": self.name, "label": self.label, "scopes": sorted(self.scopes), **times}


class Tokens:
    """The tokens of one library."""

    def __init__(self, database: Database, clock: Clock = time.time) -> None:
        self._database = database
        self._clock = clock

    def new(self, name: str, scopes: Iterable[str], *, label: str = "", days: int | None = None) -> tuple[str, Token]:
        """A new token of an account: the secret, which nobody can read again, and what is kept of it; `days` until it ends, None for never.

        The secret is 256 random bits: nobody guesses one from its hash, so a plain SHA-256 is enough and costs a request nothing. (A password's hash is
        made slow on purpose because people choose passwords that can be guessed.)
        Raises NotFoundError for an account that is none, UsageError for a scope that is none, InputError for the rest.
        """
        wanted, label, at = scopes_of(scopes), " ".join(label.split()), int(self._clock())
        if len(label) > _LONGEST_LABEL:
            raise InputError(f"what a token is called has {_LONGEST_LABEL} characters at most")
        if days is not None and not 1 <= days <= _LONGEST_DAYS:
            raise InputError(f"a token lasts 1 to {_LONGEST_DAYS:,} days, not {days:,}", remedy="Leave the days out for one that does not end by itself")
        secret, table = PREFIX + secrets.token_urlsafe(32), schema.account_token
        row = {"token_hash": digest_of(secret), "name": fold_name(name), "label": label, "scopes": " ".join(sorted(wanted))}
        with self._database.write() as connection:
            if connection.execute(sa.select(schema.account.c.name).where(schema.account.c.name == row["name"])).first() is None:
                raise NotFoundError(f"there is no account {name!r}", remedy="Make it first: `florilegium user add NAME`")
            connection.execute(sa.delete(table).where(table.c.expires.is_not(None), table.c.expires < at - _DAY))
            if connection.execute(sa.select(sa.func.count()).where(table.c.name == row["name"])).scalar_one() >= MOST:
                raise UsageError(f"{row['name']} has {MOST} tokens already", remedy="Revoke those that are not used any more")
            expires = at + days * _DAY if days is not None else None
            done = connection.execute(table.insert().values(**row, made=at, expires=expires, used=None))
            found = connection.execute(_joined().where(table.c.number == done.inserted_primary_key[0])).one()  # type: ignore[index]
        return secret, _token(found)

    def find(self, secret: str) -> Token | None:
        """The token of a secret, with the role its account has now; None where it has ended, never was, or its account is disabled."""
        if not secret.startswith(PREFIX):
            return None
        table, at = schema.account_token, int(self._clock())
        with self._database.read() as connection:
            row = connection.execute(_joined().where(table.c.token_hash == digest_of(secret), schema.account.c.disabled.is_(False))).first()
        if row is None or (row.expires is not None and row.expires <= at):
            return None
        if at - (row.used or 0) >= _USED_SECONDS:
            with self._database.write() as connection:
                connection.execute(sa.update(table).where(table.c.number == row.number).values(used=at))
        return _token(row)

    def all(self, name: str | None = None) -> list[Token]:
        """The tokens of an account, or of all, in the order of their making; those that have ended stand there for a day."""
        table = schema.account_token
        query = _joined() if name is None else _joined().where(table.c.name == fold_name(name))
        with self._database.read() as connection:
            return [_token(row) for row in connection.execute(query.order_by(table.c.number))]

    def revoke(self, number: int, name: str | None = None) -> None:
        """End a token; with `name`, one of that account. Raises NotFoundError."""
        table = schema.account_token
        query = sa.delete(table).where(table.c.number == number)
        with self._database.write() as connection:
            if not connection.execute(query if name is None else query.where(table.c.name == fold_name(name))).rowcount:
                raise NotFoundError(f"there is no token {number}", remedy="`florilegium token list` shows them")


def scopes_of(words: Iterable[str]) -> frozenset[Scope]:
    """The scopes that words name. Raises UsageError for none, and for one that is no scope."""
    asked = [word.strip().lower() for word in words]
    wrong = [word for word in asked if word not in list(Scope)]
    if wrong or not asked:
        said = f"there is no scope {wrong[0]!r}" if wrong else "a token without a scope is of no use"
        raise UsageError(said, remedy=f"The scopes are: {', '.join(Scope)}")
    return frozenset(Scope(word) for word in asked)


def _joined() -> sa.Select[Any]:
    table, account = schema.account_token, schema.account
    return sa.select(table, account.c.role).join(account, account.c.name == table.c.name)


def _token(row: Any) -> Token:
    scopes = frozenset(Scope(word) for word in row.scopes.split())
    return Token(row.number, row.name, Role.named(row.role), row.label, scopes, row.made, row.expires or 0, row.used or 0)


def _utc(seconds: int) -> str | None:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)) if seconds else None
