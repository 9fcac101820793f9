"""Opening the library's database: SQLite (WAL) by default, any SQLAlchemy URL otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from corpus.errors import UnavailableError

#: Milliseconds a SQLite writer waits for another one.
BUSY_TIMEOUT = 30_000


class Database:
    """An engine with the two kinds of transaction the library needs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = sa.create_engine(url)
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
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("florilegium_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
