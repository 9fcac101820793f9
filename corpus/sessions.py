"""Who is signed in: sessions that outlive a restart, end by themselves, and can be ended; and how often signing in may fail."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.accounts import Clock, digest_of, fold_name
from corpus.database import Database
from corpus.errors import NotFoundError, UnavailableError
from corpus.people import Role

#: Seconds after which a session ends: unused, and in any case.
IDLE_SECONDS = 3 * 24 * 3600
LONGEST_SECONDS = 30 * 24 * 3600
_SEEN_SECONDS = 60  # how exactly `seen` is kept, so that reading writes once a minute at most
_FLOW_SECONDS = 600
_FORGOTTEN_SECONDS = 24 * 3600
#: Failures of a name and of an address before the next try has to wait, and the first and the longest wait (seconds); it doubles.
_FREE = {"name": 5, "address": 20}
_FIRST_WAIT = 16
_LONGEST_WAIT = {"name": 300, "address": 3600}


@dataclass(frozen=True, slots=True)
class Session:
    """A person signed in at one browser. `started` and `seen` are seconds since 1970."""

    number: int
    name: str
    role: Role
    started: int
    seen: int
    address: str
    agent: str

    def as_dict(self) -> dict[str, Any]:
        """As `user sessions --json` prints it."""
        times = {name: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(getattr(self, name))) for name in ("started", "seen")}
        return {"number": self.number, "name": self.name, **times, "address": self.address, "agent": self.agent}


class Sessions:
    """The sessions of one library."""

    def __init__(self, database: Database, clock: Clock = time.time) -> None:
        self._database = database
        self._clock = clock

    def start(self, name: str, *, address: str = "", agent: str = "") -> str:
        """Begin a session of an account; its token, of which a hash alone is kept."""
        token, at = secrets.token_urlsafe(32), int(self._clock())
        with self._database.write() as connection:
            self._clear(connection, at)
            row = {"token_hash": digest_of(token), "name": fold_name(name), "started": at, "seen": at, "address": address[:64], "agent": agent[:200]}
            connection.execute(schema.account_session.insert().values(row))
        return token

    def find(self, token: str) -> Session | None:
        """The session of a token, with the role its account has now; None where it has ended or never was."""
        if not token:
            return None
        table, account, at = schema.account_session, schema.account, int(self._clock())
        query = _joined().where(table.c.token_hash == digest_of(token), account.c.disabled.is_(False))
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None or at - row.seen > IDLE_SECONDS or at - row.started > LONGEST_SECONDS:
            return None
        if at - row.seen >= _SEEN_SECONDS:
            with self._database.write() as connection:
                connection.execute(sa.update(table).where(table.c.number == row.number).values(seen=at))
        return _session(row)

    def all(self, name: str | None = None) -> list[Session]:
        """The sessions that have not ended, of one account or of all, the last one used first."""
        table, at = schema.account_session, int(self._clock())
        query = _joined().where(table.c.seen >= at - IDLE_SECONDS, table.c.started >= at - LONGEST_SECONDS)
        query = query if name is None else query.where(table.c.name == fold_name(name))
        with self._database.read() as connection:
            return [_session(row) for row in connection.execute(query.order_by(table.c.seen.desc(), table.c.number.desc()))]

    def end(self, token: str) -> None:
        """End the session of a token, if there is one."""
        with self._database.write() as connection:
            connection.execute(sa.delete(schema.account_session).where(schema.account_session.c.token_hash == digest_of(token)))

    def revoke(self, number: int, name: str) -> None:
        """End one of an account's sessions. Raises NotFoundError."""
        table = schema.account_session
        with self._database.write() as connection:
            if not connection.execute(sa.delete(table).where(table.c.number == number, table.c.name == fold_name(name))).rowcount:
                raise NotFoundError(f"there is no session {number} of {name!r}")

    def revoke_all(self, name: str) -> int:
        """End every session of an account; how many that were."""
        table = schema.account_session
        with self._database.write() as connection:
            return int(connection.execute(sa.delete(table).where(table.c.name == fold_name(name))).rowcount)

    # ---- trying

    def begin_try(self, name: str, address: str) -> None:
        """Count a try to sign in before it is made, as a failure until `succeeded`. Raises UnavailableError while the name or the address has to wait."""
        table, at = schema.sign_in_try, int(self._clock())
        with self._database.write() as connection:
            rows = {kind: connection.execute(sa.select(table).where(table.c.key == key)).first() for kind, key in _keys(name, address)}
            waits = {kind: row.free - at for kind, row in rows.items() if row is not None}
            wait = max((wait for kind, wait in waits.items() if wait <= _LONGEST_WAIT[kind]), default=0)  # longer, and the clock has been put back
            if wait > 0:
                said = f"{wait} seconds" if wait < 120 else f"{-(-wait // 60)} minutes"
                raise UnavailableError("signing in has failed too often", remedy=f"Try again in {said}")
            for kind, key in _keys(name, address):
                row = rows[kind]
                failures = 1 + (row.failures if row is not None and at - row.last < _FORGOTTEN_SECONDS else 0)
                over = failures - _FREE[kind]
                free = at + min(_LONGEST_WAIT[kind], _FIRST_WAIT * 2 ** min(over, 20)) if over >= 0 else at
                connection.execute(sa.delete(table).where(table.c.key == key))
                connection.execute(table.insert().values(key=key, failures=failures, last=at, free=free))

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of a name, and take back the one that its last try was for the address."""
        table = schema.sign_in_try
        (_, of_name), (_, of_address) = _keys(name, address)
        with self._database.write() as connection:
            connection.execute(sa.delete(table).where(table.c.key == of_name))
            connection.execute(sa.update(table).where(table.c.key == of_address).values(failures=table.c.failures - 1, free=0))

    # ---- sign-ins under way at a provider

    def begin_flow(self, document: Mapping[str, str]) -> str:
        """Keep what a provider's answer has to match; the token of the browser that it has to come back to within ten minutes."""
        token, at = secrets.token_urlsafe(32), int(self._clock())
        with self._database.write() as connection:
            self._clear(connection, at)
            row = {"token_hash": digest_of(token), "expires": at + _FLOW_SECONDS, "document": json.dumps(dict(document))}
            connection.execute(schema.sign_in_flow.insert().values(row))
        return token

    def end_flow(self, token: str) -> dict[str, str]:
        """What was kept, once. Raises NotFoundError."""
        table = schema.sign_in_flow
        with self._database.write() as connection:
            row = connection.execute(sa.select(table).where(table.c.token_hash == digest_of(token), table.c.expires >= int(self._clock()))).first()
            if row is None:
                raise NotFoundError("this sign-in was begun in another browser, or too long ago", remedy="Begin it again")
            connection.execute(sa.delete(table).where(table.c.token_hash == row.token_hash))
        return dict(json.loads(row.document))

    def _clear(self, connection: sa.Connection, at: int) -> None:
        session, tried, flow = schema.account_session, schema.sign_in_try, schema.sign_in_flow
        connection.execute(sa.delete(session).where(sa.or_(session.c.seen < at - IDLE_SECONDS, session.c.started < at - LONGEST_SECONDS)))
        connection.execute(sa.delete(tried).where(tried.c.last < at - _FORGOTTEN_SECONDS))
        connection.execute(sa.delete(flow).where(flow.c.expires < at))


def _joined() -> sa.Select[Any]:
    table, account = schema.account_session, schema.account
    return sa.select(table, account.c.role).join(account, account.c.name == table.c.name)


def _session(row: Any) -> Session:
    return Session(row.number, row.name, Role.named(row.role), row.started, row.seen, row.address, row.agent)


def _keys(name: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("name", digest_of(f"name {fold_name(name)}")), ("address", digest_of(f"address {address}"))
