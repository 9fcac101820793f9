"""A library as one file, taken while it is in use, and put back: every table as text, with a checksum of each.

The file is a ZIP of `manifest.json` and `tables/NAME.jsonl`, a row a line in the order of the primary key. Being text it goes into SQLite and PostgreSQL
alike, and an older program's backup is put back at its own schema and then brought to the newest one. Who is signed in where is not in it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from corpus import migrations, schema, vocabulary_store
from corpus.change import now
from corpus.database import Database
from corpus.errors import InputError, UnavailableError, UsageError
from corpus.library import Library

FORMAT = 1
#: What is no part of a library: sessions, tokens, links that set a password, and sign-ins under way; Alembic writes its own number anew.
LEFT_OUT = frozenset({"account_session", "account_token", "account_link", "sign_in_try", "sign_in_flow", "alembic_version"})
_MANY = 500
_LONGEST = 64_000_000  # bytes of a row, or of the manifest
_BYTES = "base64:"
#: (table, rows so far)
Tell = Callable[[str, int], None]


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself: `tables` maps a table to its rows and the SHA-256 of its lines; `settings` are the operator's, without secrets."""

    format: int
    program: str
    schema: str
    uid: str
    revision: int
    at: str
    tables: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, str]

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(int(table["rows"]) for table in self.tables.values())


def write_backup(library: Library, path: Path, *, program: str = "", settings: Mapping[str, str] | None = None, tell: Tell | None = None) -> Manifest:
    """Write a backup of the library as it is at one moment; others may go on reading and writing. The file is whole, or not there. Raises UnavailableError."""
    part = path.with_name(path.name + ".part")
    try:
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "wb") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive, library.reading() as connection:
                manifest = _dump(archive, connection, program, settings or {}, tell)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
    except OSError as error:
        raise UnavailableError(f"the backup cannot be written: {error.strerror or error}", where=str(path), remedy="Name a folder with room") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return manifest


def read_manifest(path: Path) -> Manifest:
    """What a backup says of itself. Raises InputError for what is no backup, UnavailableError for one of a newer program."""
    with _opened(path) as archive:
        return _manifest(archive, path)


def check_backup(path: Path, tell: Tell | None = None) -> Manifest:
    """Read a whole backup and compare its checksums. Raises as `read_manifest`, and InputError, naming the table, where one is wrong."""
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
        for name, said in manifest.tables.items():
            found = _Summed(_lines(archive, name, path))
            for rows, _ in enumerate(found, start=1):
                if tell and rows % _MANY == 0:
                    tell(name, rows)
            if found.as_dict() != dict(said):
                raise InputError(f"the table {name!r} is not what was backed up", where=str(path), remedy="The file is damaged; take another backup")
        return manifest


def restore_backup(path: Path, url: str, tell: Tell | None = None) -> Manifest:
    """Put a backup into an empty database, whole or not at all, compare every table with what was backed up, and bring it to the newest schema.

    Raises as `check_backup`, and UsageError where the database is not empty.
    """
    manifest = check_backup(path)
    database = Database(url)
    try:
        database.check()
        with database.write() as connection:
            if sa.inspect(connection).get_table_names():
                raise UsageError("there is a library already", where=connection.engine.url.render_as_string(), remedy="Restore into an empty --home")
            migrations.upgrade_to(connection, manifest.schema)
            tables = _tables(connection)
            for table in tables.values():  # what a migration put in (a first vocabulary, say) is in the backup as well
                connection.execute(sa.delete(table))
            with _opened(path) as archive:
                for name in (name for name in tables if name in manifest.tables):
                    _load(connection, tables[name], _lines(archive, name, path), tell)
            _compare(connection, tables, manifest, path)
            _count_on(connection, tables)
            migrations.upgrade(connection, url)
            vocabulary_store.seed(connection)
            job = schema.job  # whoever did it does it elsewhere, if at all
            connection.execute(sa.update(job).where(job.c.state == "running").values(state="lost", ended=now()))
    finally:
        database.close()
    return manifest


def contents(connection: sa.Connection) -> dict[str, dict[str, Any]]:
    """Every table's rows and the SHA-256 of its lines: two libraries with the same are equal."""
    found = {}
    for name, table in _tables(connection).items():
        summed = _Summed(_rows(connection, table))
        for _ in summed:
            pass
        found[name] = summed.as_dict()
    return found


class _Summed:
    """Passes lines on, and afterwards knows their number and checksum."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self._rows = 0
        self._sum = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self._rows += 1
            self._sum.update(line)
            yield line

    def as_dict(self) -> dict[str, Any]:
        return {"rows": self._rows, "sha256": self._sum.hexdigest()}


def _dump(archive: zipfile.ZipFile, connection: sa.Connection, program: str, settings: Mapping[str, str], tell: Tell | None) -> Manifest:
    held = {}
    for name, table in _tables(connection).items():
        summed = _Summed(_rows(connection, table))
        with archive.open(f"tables/{name}.jsonl", "w", force_zip64=True) as out:
            for rows, line in enumerate(summed, start=1):
                out.write(line)
                if tell and rows % _MANY == 0:
                    tell(name, rows)
        held[name] = summed.as_dict()
    library = connection.execute(sa.text("SELECT uid, revision FROM library")).one()
    manifest = Manifest(FORMAT, program, migrations.current(connection) or "", library.uid, library.revision, now(), held, dict(settings))
    archive.writestr("manifest.json", json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
    return manifest


def _tables(connection: sa.Connection) -> dict[str, sa.Table]:
    """The tables as the database has them (a backup may be of an older schema), each after those it refers to."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return {table.name: table for table in metadata.sorted_tables if table.name not in LEFT_OUT}


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[bytes]:
    names = sorted(column.name for column in table.columns)
    order = list(table.primary_key.columns) or [table.c[name] for name in names]
    query = sa.select(*(table.c[name] for name in names)).order_by(*order)
    with connection.execute(query, execution_options={"stream_results": True}) as result:
        for part in result.partitions(_MANY):
            for row in part:
                values = {name: _written(value) for name, value in zip(names, row, strict=True)}
                yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def _written(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return _BYTES + base64.b64encode(bytes(value)).decode("ascii")
    return value


def _load(connection: sa.Connection, table: sa.Table, lines: Iterator[bytes], tell: Tell | None) -> None:
    binary = {column.name for column in table.columns if isinstance(column.type, sa.LargeBinary)}
    rows: list[dict[str, Any]] = []
    done = 0

    def put() -> None:
        nonlocal done
        if rows:
            connection.execute(table.insert(), rows)
            done += len(rows)
            rows.clear()
            if tell:
                tell(table.name, done)

    for line in lines:
        row = json.loads(line)
        for name in binary:
            if isinstance(row[name], str):
                row[name] = base64.b64decode(row[name].removeprefix(_BYTES))
        rows.append(row)
        if len(rows) >= _MANY:
            put()
    put()


def _compare(connection: sa.Connection, tables: Mapping[str, sa.Table], manifest: Manifest, path: Path) -> None:
    for name, said in manifest.tables.items():
        summed = _Summed(_rows(connection, tables[name]) if name in tables else ())
        for _ in summed:
            pass
        if summed.as_dict() != dict(said):
            raise UnavailableError(f"the table {name!r} could not be put back as it was", where=str(path), remedy="Nothing was kept; report it")


def _count_on(connection: sa.Connection, tables: Mapping[str, sa.Table]) -> None:
    """Let PostgreSQL number new rows from the last one on; SQLite looks at the rows themselves."""
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote
    for table in tables.values():
        for column in table.primary_key.columns:
            sequence = connection.execute(sa.select(sa.func.pg_get_serial_sequence(quote(table.name), column.name))).scalar()
            if sequence is not None:
                last = sa.select(sa.func.max(column)).scalar_subquery()
                connection.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(last, 1), last.is_not(None))))


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, EOFError) as error:
        raise InputError("this is no backup of Florilegium, or only a part of one", where=str(path), remedy="Name a file that `backup` wrote") from error
    except OSError as error:
        raise UsageError(f"it cannot be read: {error.strerror}", where=str(path), remedy="Check the path") from error


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        with archive.open("manifest.json") as held:
            table = json.loads(_limited(held.read(_LONGEST + 1)))
        if table["format"] > FORMAT or table["schema"] > schema.HEAD:
            raise UnavailableError(f"a newer Florilegium ({table['program']}) wrote this backup", where=str(path), remedy="Restore it with that one")
        return Manifest(**table)
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile, OSError) as error:
        raise InputError("this is no backup of Florilegium, or a damaged one", where=str(path), remedy="Name a file that `backup` wrote") from error


def _limited(text: bytes) -> bytes:
    """A line of a backup. Raises ValueError for one that no backup has: a small file can unpack to more than any memory holds."""
    if len(text) > _LONGEST:
        raise ValueError("a line is too long")
    return text


def _lines(archive: zipfile.ZipFile, name: str, path: Path) -> Iterator[bytes]:
    try:
        held: IO[bytes] = archive.open(f"tables/{name}.jsonl")
        with held:
            while line := held.readline(_LONGEST + 1):
                yield _limited(line)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise InputError(f"the table {name!r} cannot be read", where=str(path), remedy="The file is damaged; take another backup") from error
