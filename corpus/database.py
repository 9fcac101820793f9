"""Opening the library's database: SQLite (WAL) by default, any SQLAlchemy URL otherwise."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from corpus.errors import UnavailableError, UsageError

#: Seconds a SQLite writer waits for another one, where the URL says nothing else (`?timeout=5`).
BUSY_TIMEOUT = 30


class Database:
    """An engine with the two kinds of transaction the library needs."""

    def __init__(self, url: str) -> None:
        """Raises UsageError where the URL is none, or no driver for it is installed. Nothing is opened yet."""
        self.url = url
        try:
            address = sa.make_url(url)
            waiting = address.get_backend_name() == "sqlite" and "timeout" not in address.query
            self.engine = sa.create_engine(address, connect_args={"timeout": BUSY_TIMEOUT} if waiting else {})
        except (exc.ArgumentError, ImportError) as error:
            remedy = "Write it as sqlite:///PATH or postgresql+DRIVER://…, and install the driver"
            raise UsageError(f"the address of the library's database cannot be used: {str(error).splitlines()[0]}", remedy=remedy) from error
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One consistent view of the library. Raises UnavailableError where the database cannot be read."""
        with self._explained(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction, alone among writers; rolled back whole on any error."""
        with self._explained(), self.engine.connect().execution_options(florilegium_write=True) as connection, connection.begin():
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
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except exc.DatabaseError as error:
            reason = str(error.orig).strip().splitlines()[0] if error.orig else "unknown"
            remedy = "Try again when the other writer has finished" if "locked" in reason else "Run `florilegium doctor`, or restore a backup"
            raise UnavailableError(f"the library's database cannot be used: {reason}", where=self.engine.url.render_as_string(), remedy=remedy) from error


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
