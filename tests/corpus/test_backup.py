"""A backup is the whole library as it was at one moment; what is put back is equal to it, from every schema there ever was."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from corpus import InputError, Library, Status, UnavailableError, UsageError, backup, migrations, schema
from corpus.backup import LEFT_OUT, check_backup, contents, read_manifest, restore_backup, write_backup
from corpus.database import Database
from corpus.digest import changes_since
from tests.corpus.making import contents as records_of
from tests.corpus.making import opened, put, review

pytestmark = pytest.mark.both_databases

SCHEMAS = [entry.revision for entry in reversed(list(ScriptDirectory(str(migrations.FOLDER)).walk_revisions()))]


@pytest.fixture
def full(library: Library) -> Library:
    """A library with something in many of its tables."""
    put(library, review("mice", "On\u2028mice 😀", year=2019, authors=["Müs"], summary="Ran\n'far'.", facets={"topics": ["pain"]}), review("men", "On men"))
    library.edit("mice", {"findings": ["One."]}, base_revision=1)
    library.set_status("men", Status.RETRACTED, note="Made up")
    library.lists.create("Mine")
    library.lists.add("Mine", ["mice"])
    library.questions.save("Why?", ["year>=2000"], "ann", {"id": "a1"})
    library.answers.save("a1", "Why?", 2, {"id": "a1"}, "ann")
    library.subscribers.add("ann@example.org", owner="ann", active=True)
    library.subscribers.signing_key()
    library.issues.publish(library.issues.create(changes_since(library, 0), "One", "ann").number, 1, "ann")
    library.mails.begin(1)
    return library


def all_of(library: Library) -> dict[str, dict[str, Any]]:
    with library.reading() as connection:
        return contents(connection)


def test_what_is_put_back_is_equal_and_works(full: Library, tmp_path: Path) -> None:
    path = tmp_path / "out.backup"
    manifest = write_backup(full, path, program="1.2", settings={"FLORILEGIUM_PORT": "1"})
    assert path.stat().st_mode & 0o777 == 0o600
    assert (manifest.schema, manifest.revision, manifest.uid) == (schema.HEAD, full.revision(), full.uid())
    assert read_manifest(path) == check_backup(path) == manifest
    assert set(manifest.tables) == set(schema.metadata.tables) - LEFT_OUT
    new = tmp_path / "new"
    new.mkdir()
    assert restore_backup(path, f"sqlite:///{new / 'library.sqlite'}") == manifest
    with opened(new, create=False) as restored:
        assert all_of(restored) == all_of(full) == manifest.tables
        assert records_of(restored) == records_of(full)
        assert restored.history("mice") == full.history("mice")
        assert (restored.uid(), restored.revision()) == (full.uid(), full.revision())
        assert put(restored, review("new", "New")) == full.revision() + 1
    with pytest.raises(UsageError, match="there is a library already"):
        restore_backup(path, f"sqlite:///{new / 'library.sqlite'}")


def test_a_job_that_ran_meanwhile_is_not_running_where_it_is_put_back(full: Library, tmp_path: Path) -> None:
    with full.jobs.run("sync", ""):
        write_backup(full, tmp_path / "out.backup")
    new = tmp_path / "new"
    new.mkdir()
    restore_backup(tmp_path / "out.backup", f"sqlite:///{new / 'library.sqlite'}")
    with opened(new, create=False) as restored:
        assert [job.state for job in restored.jobs.all()] == ["lost"]


def test_a_backup_taken_among_writers_is_of_one_moment(full: Library, tmp_path: Path) -> None:
    ended = threading.Event()

    def write() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            put(full, review(f"a{number}", f"Pair {number}"), review(f"b{number}", f"Pair {number}"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        manifests = [write_backup(full, tmp_path / f"{at}.backup") for at in range(3)]
    finally:
        ended.set()
        writer.join()
    for at, manifest in enumerate(manifests):
        folder = tmp_path / f"restored{at}"
        folder.mkdir()
        restore_backup(tmp_path / f"{at}.backup", f"sqlite:///{folder / 'library.sqlite'}")
        with opened(folder, create=False) as restored:
            ids = {record.id for record in restored.iterate()} - {"mice", "men"}
            assert {name.replace("a", "b") for name in ids} == {name.replace("a", "b") for name in ids if name.startswith("a")}
            assert restored.revision() == manifest.revision


def test_damage_is_found_before_anything_is_written(full: Library, tmp_path: Path) -> None:
    path = tmp_path / "out.backup"
    write_backup(full, path)
    whole = path.read_bytes()
    place = f"sqlite:///{tmp_path / 'new.sqlite'}"
    for damaged in (b"", b"no zip", whole[: len(whole) // 2], whole[:200] + bytes([whole[200] ^ 255]) + whole[201:]):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match="backup"):
            restore_backup(path, place)
    assert not (tmp_path / "new.sqlite").exists()
    path.write_bytes(whole)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "changed", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"Made up", b"Made dn"))
    with pytest.raises(InputError, match="is not what was backed up"):
        check_backup(tmp_path / "changed")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "newer", "w") as new:
        new.writestr("manifest.json", json.dumps(json.loads(old.read("manifest.json")) | {"schema": "9999", "program": "9.9"}))
    with pytest.raises(UnavailableError, match=r"newer Florilegium \(9.9\)"):
        read_manifest(tmp_path / "newer")
    with pytest.raises(UsageError, match="cannot be read"):
        check_backup(tmp_path / "absent")


@pytest.mark.parametrize("part", ["manifest.json", "tables/review.jsonl"])
def test_what_unpacks_to_more_than_memory_holds_is_refused(full: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    path = tmp_path / "whole"
    write_backup(full, path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) if name != part else b" " * 70_000_000)
    with pytest.raises(InputError, match="damaged"):
        restore_backup(tmp_path / "bomb", f"sqlite:///{tmp_path / 'again.sqlite'}")
    monkeypatch.setattr(backup, "_LONGEST", 100)
    with pytest.raises(InputError, match="damaged"):
        restore_backup(path, f"sqlite:///{tmp_path / 'again.sqlite'}")


def test_a_backup_that_cannot_be_written_leaves_nothing_and_harms_no_earlier_one(full: Library, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot be written"):
        write_backup(full, tmp_path / "no" / "such" / "folder")
    path = tmp_path / "out.backup"
    write_backup(full, path)
    assert list(tmp_path.glob("*.part")) == []


class OldLibrary:
    """A library at an older schema, as the program of that time left it, with one record."""

    def __init__(self, url: str, number: str) -> None:
        self.database = Database(url)
        document = json.dumps({"id": "doe", "csl": {"title": "Title", "ISSN": "1234-5679"}, "summary": "Words."})
        with self.database.write() as connection:
            migrations.upgrade_to(connection, number)
            metadata = sa.MetaData()
            metadata.reflect(connection)
            connection.execute(metadata.tables["library"].insert().values(id=1, uid="u" * 16, revision=1))
            self._put(connection, metadata.tables["review"], {"id": "doe", "document": document, "status": "current", "title": "Title", "revision": 1})
            self._put(connection, metadata.tables["review_version"], {"review_id": "doe", "revision": 1, "document": document, "action": "import"})

    def _put(self, connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> None:
        given = {column.name: 1 if isinstance(column.type, sa.Integer) else "" for column in table.columns if not column.nullable}
        connection.execute(table.insert().values({name: value for name, value in (given | values).items() if name in table.columns}))

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with self.database.read() as connection:
            yield connection


@pytest.mark.parametrize("number", SCHEMAS[:-1])
def test_every_earlier_schema_is_upgraded_and_its_backup_put_back(tmp_path: Path, number: str) -> None:
    old = OldLibrary(f"sqlite:///{tmp_path / 'library.sqlite'}", number)
    manifest = write_backup(old, tmp_path / "old.backup")  # type: ignore[arg-type]
    assert manifest.schema == number
    old.database.close()
    new = tmp_path / "new"
    new.mkdir()
    restore_backup(tmp_path / "old.backup", f"sqlite:///{new / 'library.sqlite'}")
    with opened(tmp_path, create=False) as upgraded, opened(new, create=False) as restored:
        for library in (upgraded, restored):
            assert (library.get("doe").title, library.get("doe").summary) == ("Title", "Words.")
            assert library.revision() == 1
            assert library.vocabulary.values
        assert {name: table["rows"] for name, table in all_of(upgraded).items()} == {name: table["rows"] for name, table in all_of(restored).items()}
