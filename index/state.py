"""The manifest of a built index: from which library revision, which passages of which record. Small, transactional, derived."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus import UnavailableError
from corpus.disk import MAKE_ROOM, no_room
from index.passages import Passage
from index.spec import IndexSpec

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (review_id TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passage (
  id TEXT PRIMARY KEY, review_id TEXT NOT NULL, field TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, text_hash TEXT NOT NULL,
  "row" INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS passage_review ON passage (review_id);
CREATE INDEX IF NOT EXISTS passage_text ON passage (text_hash);
"""
_MANY = 500
_PATIENCE = 30.0  # seconds for another process's transaction
_HELD = 20_000  # records whose passages are held in memory at most


class PassageRow(NamedTuple):
    """Where a passage stands, the hash of the text that was embedded for it, and the row of its vector."""

    id: str
    review_id: str
    field: str
    start: int
    end: int
    text_hash: str
    row: int


class Places(NamedTuple):
    """All passages, by id: their records', and the rows of their vectors, shape (passages,)."""

    ids: tuple[str, ...]
    reviews: tuple[str, ...]
    rows: npt.NDArray[np.int64]


_COLUMNS = 'id, review_id, field, start, "end", text_hash, "row"'


class IndexState:
    """What an index was built from. Changed by one process at a time (the writer), read by any.

    Writing raises OSError where the file cannot be written (a full disk).
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._guard = threading.RLock()
        self._held: dict[str, list[PassageRow]] = {}
        self._review_of: dict[str, str] = {}
        self._revision_of: dict[str, int] = {}
        self._places: Places | None = None
        self._counted: int | None = None
        self._seen = -1  # SQLite's number for what other processes have written
        try:
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=_PATIENCE)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_TABLES)
        except sqlite3.DatabaseError as error:
            full = isinstance(error, sqlite3.OperationalError) and no_room(path.parent)
            remedy = MAKE_ROOM if full else "Run `florilegium doctor --rebuild`"
            raise UnavailableError(f"the index manifest cannot be read: {error}", where=str(path), remedy=remedy) from error

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._connection.close()

    # ---- what it was built from

    def meta(self, key: str, default: str = "") -> str:
        """A noted value."""
        with self._guard:
            row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else default

    def note(self, **values: str | int) -> None:
        """Note values, lasting at once."""
        with self._transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(key, str(value)) for key, value in values.items()])

    def version(self) -> int:
        """A number that changes whenever another process has changed the manifest, and never by what this one does."""
        with self._guard:
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def vacuum(self) -> None:
        """Write the file anew, so that nothing deleted is left in it or its journal."""
        with self._guard:
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def revision(self) -> int:
        """The library revision the whole index is in step with; -1 before the first sync."""
        return int(self.meta("revision", "-1"))

    @property
    def spec(self) -> IndexSpec | None:
        """The IndexSpec it was built under, or None before the first sync."""
        text = self.meta("spec")
        return IndexSpec.model_validate(json.loads(text)) if text else None

    # ---- records and passages

    def records(self) -> dict[str, int]:
        """The revision at which each record was indexed."""
        with self._guard:
            return dict(self._connection.execute("SELECT review_id, revision FROM record"))

    def count(self) -> int:
        """How many passages there are."""
        with self._guard:
            return int(self._connection.execute("SELECT count(*) FROM passage").fetchone()[0])

    def passages_of(self, review_ids: Sequence[str]) -> dict[str, list[PassageRow]]:
        """The passages of some records. Those asked for before are held in memory until something is written."""
        with self._guard:
            self._look()
            missing = [review_id for review_id in review_ids if review_id not in self._held]
            for row in self._rows("review_id", missing):
                self._held.setdefault(row.review_id, []).append(row)
                self._review_of[row.id] = row.review_id
            return {review_id: self._held[review_id] for review_id in review_ids if review_id in self._held}

    def reviews_of(self, ids: Sequence[str]) -> dict[str, str]:
        """The record of each passage; unknown ids are left out."""
        with self._guard:
            self._look()
            missing = [passage_id for passage_id in ids if passage_id not in self._review_of]
            self._review_of.update((row.id, row.review_id) for row in self._rows("id", missing))
            return {passage_id: self._review_of[passage_id] for passage_id in ids if passage_id in self._review_of}

    def places(self, most: int) -> Places | None:
        """Where every passage's vector stands, or None for more than `most` passages; held in memory until something is written."""
        with self._guard:
            self._look()
            if self._counted is None:
                self._counted = self.count()
            if self._counted > most:
                return None
            if self._places is None:
                found = self._connection.execute('SELECT id, review_id, "row" FROM passage ORDER BY id').fetchall()
                ids, reviews, rows = zip(*found, strict=True) if found else ((), (), ())
                self._places = Places(ids, reviews, np.array(rows, dtype=np.int64))
            return self._places

    def _look(self) -> None:
        """Forget what is held where another process has written since, or where it is too much."""
        version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        if version != self._seen or max(len(self._held), len(self._revision_of)) > _HELD:
            self._forget()
        self._seen = version

    def _forget(self) -> None:
        self._held.clear()
        self._review_of.clear()
        self._revision_of.clear()
        self._places = self._counted = None

    def passages(self, ids: Sequence[str]) -> dict[str, PassageRow]:
        """Passages by id; unknown ids are left out."""
        return {row.id: row for row in self._rows("id", ids)}

    def with_text(self, hashes: Sequence[str]) -> dict[str, int]:
        """For each text hash that some passage has, the row of its vector."""
        return {row.text_hash: row.row for row in self._rows("text_hash", hashes)}

    def next_row(self) -> int:
        """The first row of the vector file that no passage has."""
        with self._guard:
            return int(self._connection.execute('SELECT coalesce(max("row"), -1) + 1 FROM passage').fetchone()[0])

    def revisions(self, review_ids: Sequence[str]) -> dict[str, int]:
        """The revision at which each of some records was indexed. Those asked for before are held in memory until something is written."""
        with self._guard:
            self._look()
            missing = [review_id for review_id in review_ids if review_id not in self._revision_of]
            for start in range(0, len(missing), _MANY):
                part = missing[start : start + _MANY]
                query = f"SELECT review_id, revision FROM record WHERE review_id IN ({','.join('?' * len(part))})"  # noqa: S608 - marks alone
                self._revision_of.update(self._connection.execute(query, part))
            return {review_id: self._revision_of[review_id] for review_id in review_ids if review_id in self._revision_of}

    def review_ids(self) -> set[str]:
        """Every record that has a passage."""
        with self._guard:
            return {row[0] for row in self._connection.execute("SELECT DISTINCT review_id FROM passage")}

    def move_rows(self, rows: Iterable[tuple[str, int]], **notes: str | int) -> None:
        """Note new rows for passages, and values, in one transaction."""
        with self._transaction() as connection:
            connection.executemany('UPDATE passage SET "row" = ? WHERE id = ?', [(row, passage_id) for passage_id, row in rows])
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(key, str(value)) for key, value in notes.items()])

    def ids(self) -> set[str]:
        """Every passage id."""
        with self._guard:
            return {row[0] for row in self._connection.execute("SELECT id FROM passage")}

    def all_rows(self) -> Iterator[PassageRow]:
        """Every passage, by id."""
        with self._guard:
            rows = self._connection.execute(f"SELECT {_COLUMNS} FROM passage ORDER BY id").fetchall()  # noqa: S608 - names are constants
        yield from (PassageRow(*row) for row in rows)

    def replace(self, records: Iterable[tuple[str, int | None]], added: Iterable[tuple[Passage, int]], removed: Iterable[str]) -> None:
        """In one transaction: passages out, passages in with their rows, and each record noted at its revision (None = forgotten)."""
        with self._transaction() as connection:
            connection.executemany("DELETE FROM passage WHERE id = ?", [(passage_id,) for passage_id in removed])
            rows = [(p.id, p.review_id, p.field, p.start, p.end, p.text_hash, row) for p, row in added]
            connection.executemany("INSERT OR REPLACE INTO passage VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            for review_id, revision in records:
                if revision is None:
                    connection.execute("DELETE FROM record WHERE review_id = ?", (review_id,))
                    connection.execute("DELETE FROM passage WHERE review_id = ?", (review_id,))
                else:
                    connection.execute("INSERT OR REPLACE INTO record VALUES (?, ?)", (review_id, revision))

    def clear(self) -> None:
        """Forget everything."""
        with self._transaction() as connection:
            for table in ("passage", "record", "meta"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names are constants

    def _rows(self, column: str, values: Sequence[str]) -> Iterator[PassageRow]:
        values = list(values)
        for start in range(0, len(values), _MANY):
            part = values[start : start + _MANY]
            marks = ",".join("?" * len(part))
            query = f"SELECT {_COLUMNS} FROM passage WHERE {column} IN ({marks})"  # noqa: S608 - names are constants
            with self._guard:
                rows = self._connection.execute(query, part).fetchall()
            yield from map(PassageRow._make, rows)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._guard:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
                self._forget()
            except BaseException as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.OperationalError):
                    raise OSError(f"the index manifest: {error}") from error
                raise
