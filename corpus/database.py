"""Opening the library's database: SQLite (WAL) by default, PostgreSQL by its URL."""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.ext.compiler import compiles

from corpus.disk import MAKE_ROOM, no_room
from corpus.errors import LockedError, UnavailableError, UsageError

#: Seconds a writer waits for another one, where the URL says nothing else (SQLite: `?timeout=5`, PostgreSQL: `?options=-c lock_timeout=5s`).
BUSY_TIMEOUT = 30
#: Seconds to reach a PostgreSQL server.
_CONNECT_TIMEOUT = 10
#: What writers of one PostgreSQL database take in turn: "flor" in ASCII. Advisory locks are each database's own.
_WRITERS = 0x666C6F72
_LOOK = 0.2  # seconds between two tries for what another holds


class Database:
    """An engine with the two kinds of transaction the library needs."""

    def __init__(self, url: str) -> None:
        """Raises UsageError where the URL is none, or no driver for it is installed. Nothing is opened yet."""
        self.url = url
        try:
            self.engine = _engine(sa.make_url(url))
        except (exc.ArgumentError, ImportError) as error:
            remedy = "Write it as sqlite:///PATH or postgresql://NAME:PASSWORD@HOST/DATABASE"
            raise UsageError(f"the address of the library's database cannot be used: {str(error).splitlines()[0]}", remedy=remedy) from error
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One consistent view of the library. Raises UnavailableError where the database cannot be read."""
        with self._explained(), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":  # the driver says so as it begins: no statement of its own
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction, alone among writers; rolled back whole on any error."""
        with self._explained(), self.engine.connect().execution_options(florilegium_write=True) as connection, connection.begin():
            if self.engine.dialect.name == "postgresql":  # what is read after it is what the writer before left
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
            yield connection

    @contextmanager
    def write_now(self) -> Iterator[sa.Connection]:
        """A `write` that waits for no other writer of SQLite's. Raises UnavailableError while there is one."""
        with self._explained(), self.engine.connect().execution_options(florilegium_write=True) as connection, _impatient(connection), connection.begin():
            yield connection

    @contextmanager
    def erase(self) -> Iterator[sa.Connection]:
        """A `write` whose deleted rows are overwritten in SQLite's files too, as far as no one else is reading them at that moment."""
        if self.engine.dialect.name != "sqlite":
            with self.write() as connection:
                yield connection
            return
        with self._explained(), self.engine.connect().execution_options(florilegium_write=True) as connection:
            raw = connection.connection.driver_connection
            assert raw is not None  # noqa: S101 - for the type checker
            before = raw.execute("PRAGMA secure_delete").fetchone()[0]  # some builds of SQLite always do it
            raw.execute("PRAGMA secure_delete = ON")
            try:
                with connection.begin():
                    yield connection
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                raw.execute(f"PRAGMA secure_delete = {before}")

    def write_anew(self) -> bool:
        """Write SQLite's files anew, so that nothing deleted or changed before is left in them; writers wait meanwhile.

        False where somebody reads for so long that the old pages stay until they have done. Other databases do this by themselves, in their own time.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        with self._explained(), self.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None  # noqa: S101 - for the type checker
            raw.execute("VACUUM")
            return bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def alone(self, name: str, patience: float) -> Iterator[None]:
        """A block that one holder of this name at a time is in, over all machines that work on this PostgreSQL database; SQLite's are one machine's anyway.

        Whoever is killed in it holds it no more. Raises LockedError where another one does not leave it within `patience` seconds.
        """
        if self.engine.dialect.name != "postgresql":
            yield
            return
        key, until = zlib.crc32(name.encode()) - (1 << 31), time.monotonic() + patience
        with self._explained(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_WRITERS}, {key})").scalar():
                if time.monotonic() >= until:
                    raise LockedError(f"another machine is at {name}", pid=None, remedy="Wait until it has finished, then try again")
                time.sleep(_LOOK)
            try:
                yield
            finally:
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_WRITERS}, {key})")

    def check(self) -> None:
        """See that a library may be made here. Raises UnavailableError for a PostgreSQL database that compares texts otherwise than SQLite does."""
        if self.engine.dialect.name != "postgresql":
            return
        with self.read() as connection:
            alike = connection.exec_driver_sql("SELECT 'Z' < 'a' AND 'z' < 'é' AND lower('É') = 'é' AND getdatabaseencoding() = 'UTF8'").scalar()
        if not alike:
            remedy = "Make one that sorts by code points: createdb --template=template0 --encoding=UTF8 --locale=C.UTF-8 NAME"
            raise UnavailableError("the database sorts texts by a language's rules", where=self.engine.url.render_as_string(), remedy=remedy)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except exc.TimeoutError as error:
            remedy = "Try again in a moment"
            raise UnavailableError("too many ask the library's database at once", where=self.engine.url.render_as_string(), remedy=remedy) from error
        except exc.DatabaseError as error:
            reason = str(error.orig).strip().splitlines()[0] if error.orig else "unknown"
            where = self.engine.url.render_as_string()
            raise UnavailableError(f"the library's database cannot be used: {reason}", where=where, remedy=self._remedy(error, reason)) from error

    def _remedy(self, error: exc.DatabaseError, reason: str) -> str:
        if "locked" in reason or "lock timeout" in reason:
            return "Try again when the other writer has finished"
        if "disk is full" in reason or "No space left" in reason or ("disk I/O" in reason and no_room(Path(self.engine.url.database or ".").parent)):
            return MAKE_ROOM
        if self.engine.dialect.name == "postgresql" and isinstance(error, exc.OperationalError):
            return "See that the PostgreSQL server runs and lets you in, then try again"
        return "Run `florilegium doctor`, or restore a backup"


@compiles(sa.String, "postgresql")
def _without_a_limit(_type: sa.String, _compiler: Any, **_options: Any) -> str:
    """SQLite cuts no text at its column's length, so PostgreSQL has to take the same: a backup of one goes into the other."""
    return "TEXT"


def _engine(address: sa.URL) -> sa.Engine:
    """Raises ArgumentError, ImportError."""
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    arguments: dict[str, Any] = {}
    if address.get_backend_name() == "sqlite":
        if "timeout" not in address.query:
            arguments["timeout"] = BUSY_TIMEOUT
        return sa.create_engine(address, connect_args=arguments)
    if "options" not in address.query:
        arguments["options"] = f"-c lock_timeout={BUSY_TIMEOUT}s"
    if "connect_timeout" not in address.query:
        arguments["connect_timeout"] = _CONNECT_TIMEOUT
    arguments["client_encoding"] = "utf8"
    return sa.create_engine(address, connect_args=arguments, pool_pre_ping=True)  # a server that was started anew is asked by new connections


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
    connection.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own knows only ASCII letters
    cursor = connection.cursor()
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Set WAL where it is not set yet. SQLite does not wait for another connection that is doing the same at that moment, so this does."""
    patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0] / 1000
    until = time.monotonic() + patience
    while cursor.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


@contextmanager
def _impatient(connection: sa.Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.driver_connection
    assert raw is not None  # noqa: S101 - for the type checker
    patience = raw.execute("PRAGMA busy_timeout").fetchone()[0]
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        raw.execute(f"PRAGMA busy_timeout = {patience}")


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _begin_sqlite(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("florilegium_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
