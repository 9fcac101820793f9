"""What only PostgreSQL has: a schema of its own making, a server that goes and comes back, and a library that moves to it and away from it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Library, LockedError, Review, Status, UnavailableError, migrations, schema
from corpus.backup import contents, restore_backup, write_backup
from corpus.database import Database
from tests.conftest import ROOT, SAMPLE
from tests.corpus.making import opened, put, review, reviews
from tests.corpus.test_backup import SCHEMAS, OldLibrary
from tests.corpus.test_library_together import IMPORTER, PROCESSES, ROUNDS, WRITER, finished, started
from tests.postgres import Postgres

HOLDER = """
import sys
from corpus import Library
with Library(sys.argv[1]).alone("the vectors", 1.0):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def empty(postgres: Postgres) -> Iterator[str]:
    """A database with nothing in it."""
    url = postgres.url()
    yield url
    postgres.drop(url)


@pytest.fixture
def shelf(postgres: Postgres) -> Iterator[Library]:
    """An empty library on PostgreSQL."""
    url = postgres.url(postgres.template)
    library = Library(url)
    yield library
    library.close()
    postgres.drop(url)


def test_migrations_make_what_the_schema_describes(empty: str) -> None:
    Library(empty, create=True).close()
    database = Database(empty)
    with database.read() as connection:
        found = compare_metadata(MigrationContext.configure(connection), schema.metadata)
        assert migrations.current(connection) == schema.HEAD
        assert set(sa.inspect(connection).get_table_names()) == {*schema.metadata.tables, "alembic_version"}
    database.close()
    assert [(change[0], change[1].name) for change in found] == [("add_index", schema.catalogue_index.name)]  # SQLite's alone


@pytest.mark.parametrize("options", ["ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'", "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"])
def test_a_database_that_compares_texts_otherwise_is_refused_and_left_empty(postgres: Postgres, options: str) -> None:
    url = postgres.make_database(options)
    with pytest.raises(UnavailableError, match=r"sorts texts.*createdb --template=template0 --encoding=UTF8 --locale=C\.UTF-8"):
        Library(url, create=True)
    database = Database(url)
    with database.read() as connection:
        assert sa.inspect(connection).get_table_names() == []
    database.close()
    postgres.drop(url)


def test_no_server_is_told_in_one_line_without_the_password(postgres: Postgres) -> None:
    with pytest.raises(UnavailableError, match="See that the PostgreSQL server runs") as caught:
        Library("postgresql://ann:s3cret@127.0.0.1:1/none")
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@settings(max_examples=25)
@given(st.lists(reviews(), min_size=1, max_size=4, unique_by=lambda record: record.id))
def test_any_text_is_kept_as_sqlite_keeps_it(shelf_forever: Library, records: list[Review]) -> None:
    number = shelf_forever.count()
    records = [record.model_copy(update={"id": f"{record.id}-{number + place}"}) for place, record in enumerate(records)]
    put(shelf_forever, *records)
    for record in records:
        assert shelf_forever.get(record.id).model_dump(exclude={"revision"}) == record.model_dump(exclude={"revision"})


@pytest.fixture(scope="module")
def shelf_forever(postgres: Postgres) -> Iterator[Library]:
    """One library for all examples of a property."""
    library = Library(postgres.url(postgres.template))
    yield library
    library.close()


def test_texts_longer_than_their_columns_say_are_kept(shelf: Library) -> None:
    long = review("long", "T" * 5_000, doi="10.1000/" + "d" * 1_000, journal="J" * 3_000, facets={"topics": ["t" * 900]})
    put(shelf, long)
    assert shelf.get("long").doi == long.doi
    assert shelf.catalogue.facet_counts(_all())["topics"] == [("t" * 900, 1)]


@pytest.mark.slow
def test_processes_that_write_at_once_lose_nothing_and_repeat_no_revision(shelf: Library, postgres: Postgres) -> None:
    put(shelf, review("shared", summary="0"))
    url = _url(shelf, postgres)
    results = [finished(writer) for writer in [started(WRITER, f"p{number}", str(ROUNDS), url) for number in range(PROCESSES)]]
    taken = [revision for result in results for revision in result["taken"]]  # type: ignore[attr-defined]
    total = PROCESSES * ROUNDS
    assert shelf.get("shared").summary == str(total)
    assert (shelf.count(), shelf.revision()) == (1 + total, 1 + 2 * total)
    assert sorted([*taken, *(version.revision for version in shelf.history("shared"))]) == list(range(1, 2 * total + 2))


@pytest.mark.slow
def test_processes_that_create_and_fill_one_library_at_once_make_one_library(empty: str) -> None:
    reports = [finished(process) for process in [started(IMPORTER, empty, str(SAMPLE)) for _ in range(2)]]
    assert sorted((str(report["added"]), str(report["unchanged"])) for report in reports) == [("0", "120"), ("120", "0")]
    library = Library(empty)
    assert (library.revision(), library.count(), len(library.batches())) == (1, 120, 1)
    library.close()


def test_a_writer_that_holds_on_too_long_is_told_of_in_one_line(shelf: Library, postgres: Postgres) -> None:
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with shelf.change("slow"):
            held.set()
            free.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    hasty = Library(f"{_url(shelf, postgres)}?options=-c%20lock_timeout%3D100ms")
    try:
        assert hasty.revision() == 0  # reading waits for nobody
        with pytest.raises(UnavailableError, match=r"lock timeout.*Try again when the other writer has finished"):
            put(hasty, review("doe"))
    finally:
        free.set()
        holder.join()
        hasty.close()
    assert put(shelf, review("doe")) == 1


def test_one_at_a_time_over_all_processes_and_the_killed_one_lets_go(shelf: Library, postgres: Postgres) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, _url(shelf, postgres)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(LockedError, match="another machine is at the vectors"), shelf.alone("the vectors", 0.3):
        pass
    with shelf.alone("something else", 0.3):
        pass
    holder.kill()
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()
    with shelf.alone("the vectors", 10.0):
        pass


def test_a_server_that_stops_is_told_and_one_that_is_back_is_used(postgres: Postgres) -> None:
    url = postgres.url(postgres.template)
    library = Library(url)
    put(library, review("doe", "Title"))
    postgres.stop()
    try:
        for work in (library.revision, lambda: put(library, review("new"))):
            with pytest.raises(UnavailableError, match="See that the PostgreSQL server runs") as caught:
                work()
            assert "\n" not in str(caught.value)
    finally:
        postgres.start()
    assert library.get("doe").title == "Title"
    assert put(library, review("new")) == 2
    library.close()
    postgres.drop(url)


def test_a_library_moves_to_postgresql_and_back_and_stays_equal(library: Library, empty: str, tmp_path: Path) -> None:
    put(library, review("mice", "On\u2028mice 😀", year=2019, authors=["Müs"], facets={"topics": ["pain"]}), review("Émile", "É"), review("zebra", "Z"))
    library.set_status("mice", Status.RETRACTED, note="Made up")
    library.lists.create("Mine")
    library.lists.add("Mine", ["mice"])
    library.answers.save("a1", "Why?", 2, {"id": "a1"}, "ann")
    with library.jobs.run("test", "A job", "ann"):
        pass
    write_backup(library, tmp_path / "there.backup")
    restore_backup(tmp_path / "there.backup", empty)
    there = Library(empty)
    assert _all_of(there) == _all_of(library)
    assert put(there, review("later", "Later", facets={"topics": ["a new one"]})) == library.revision() + 1
    with there.jobs.run("test", "Another job", "ann"):
        pass
    there.lists.create("Another")
    write_backup(there, tmp_path / "back.backup")
    back = tmp_path / "back"
    back.mkdir()
    restore_backup(tmp_path / "back.backup", f"sqlite:///{back / 'library.sqlite'}")
    with opened(back, create=False) as here:
        assert _all_of(here) == _all_of(there)
        assert [record.id for record in here.catalogue.page(_all(), sort="title").reviews] == [r.id for r in there.catalogue.page(_all(), sort="title").reviews]
    there.close()


@pytest.mark.slow
@pytest.mark.parametrize("number", SCHEMAS[:-1])
def test_every_earlier_schema_is_upgraded(empty: str, number: str) -> None:
    OldLibrary(empty, number).database.close()
    upgraded = Library(empty)
    assert (upgraded.get("doe").title, upgraded.get("doe").summary, upgraded.revision()) == ("Title", "Words.", 1)
    assert upgraded.vocabulary.values
    with upgraded.reading() as connection:
        assert migrations.current(connection) == schema.HEAD
    upgraded.close()


def test_a_backup_taken_among_writers_is_of_one_moment(shelf: Library, tmp_path: Path) -> None:
    ended = threading.Event()

    def write() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            put(shelf, review(f"a{number}", f"Pair {number}"), review(f"b{number}", f"Pair {number}"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        time.sleep(0.2)
        manifest = write_backup(shelf, tmp_path / "out.backup")
    finally:
        ended.set()
        writer.join()
    folder = tmp_path / "restored"
    folder.mkdir()
    restore_backup(tmp_path / "out.backup", f"sqlite:///{folder / 'library.sqlite'}")
    with opened(folder, create=False) as restored:
        ids = {record.id for record in restored.iterate()}
        assert ids
        assert {name.replace("a", "b") for name in ids} == {name for name in ids if name.startswith("b")}
        assert restored.revision() == manifest.revision <= shelf.revision()


def _all() -> Any:
    from corpus import Filter

    return Filter()


def _all_of(library: Library) -> dict[str, dict[str, Any]]:
    with library.reading() as connection:
        return contents(connection)


def _url(library: Library, postgres: Postgres) -> str:
    with library.reading() as connection:
        return postgres.address(str(connection.execute(sa.text("SELECT current_database()")).scalar()))
