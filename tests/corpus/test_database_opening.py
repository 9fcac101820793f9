"""A connection that opens a new database file while another one is writing to it waits for that one."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import sqlalchemy as sa

from corpus.database import Database


def test_turning_on_the_log_waits_for_another_writer(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("CREATE TABLE t (x INTEGER)")
    holder.execute("BEGIN EXCLUSIVE")
    threading.Timer(0.3, lambda: holder.execute("COMMIT")).start()
    database = Database(f"sqlite:///{path}")
    with database.write() as connection:
        connection.execute(sa.text("INSERT INTO t VALUES (1)"))
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"
    database.close()
    holder.close()
