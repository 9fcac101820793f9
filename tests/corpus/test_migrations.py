"""Migrations: one line of them, ending in the schema the program speaks, whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from corpus import Library, UnavailableError, migrations, schema
from tests.corpus.making import contents, opened, put, review


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a migrated library with a record in it."""
    with opened(tmp_path) as library:
        put(library, review("doe", "Title", facets={"topics": ["a"]}))
    return tmp_path / "library.sqlite"


@pytest.fixture
def connection(path: Path) -> Iterator[sa.Connection]:
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as opened_connection:
        yield opened_connection
    engine.dispose()


def described(engine: sa.Engine | sa.Connection) -> dict[str, Any]:
    """Every table with its columns, keys and indexes."""
    found = sa.inspect(engine)
    return {
        table: {
            "columns": {(column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table)},
            "primary": found.get_pk_constraint(table)["constrained_columns"],
            "foreign": {(*key["constrained_columns"], key["referred_table"], str(key["options"])) for key in found.get_foreign_keys(table)},
            "indexes": {(entry["name"], tuple(entry["column_names"]), entry["unique"]) for entry in found.get_indexes(table)},
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def scripts() -> ScriptDirectory:
    return ScriptDirectory(str(migrations.FOLDER))


def everything(path: Path) -> list[str]:
    with sqlite3.connect(path) as raw:
        lines = list(raw.iterdump())
    raw.close()
    return lines


def test_there_is_one_head_and_the_program_names_it() -> None:
    assert scripts().get_heads() == [schema.HEAD]


def test_migrations_are_numbered_in_one_line_from_the_first() -> None:
    line = [entry.revision for entry in scripts().walk_revisions()]
    assert sorted(line, reverse=True) == line
    assert line == [f"{number:04}" for number in range(len(line), 0, -1)]


def test_a_migrated_database_is_what_the_schema_describes(connection: sa.Connection) -> None:
    fresh = sa.create_engine("sqlite://")
    schema.metadata.create_all(fresh)
    assert described(connection) == described(fresh)
    assert set(described(connection)) == set(schema.metadata.tables)
    fresh.dispose()


def test_alembic_itself_sees_nothing_left_to_migrate(connection: sa.Connection) -> None:
    assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_migrating_again_changes_nothing(path: Path, connection: sa.Connection) -> None:
    before = everything(path)
    assert migrations.current(connection) == schema.HEAD
    migrations.upgrade(connection, str(path))
    connection.commit()
    with opened(path.parent):
        pass
    assert everything(path) == before


def test_an_empty_database_has_no_schema_number() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as fresh:
        assert migrations.current(fresh) is None
    engine.dispose()


@pytest.mark.parametrize("number", ["0999", "9999"])
def test_a_library_of_a_newer_program_is_refused_and_left_alone(path: Path, number: str) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (number,))
    raw.close()
    before = everything(path)
    with (
        pytest.raises(UnavailableError, match=rf"schema {number}, newer than this program's {schema.HEAD}.*library\.sqlite.*newer Florilegium"),
        opened(path.parent),
    ):
        pass
    assert everything(path) == before


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "library.sqlite") as raw:
        raw.execute("CREATE TABLE promotion (someone_elses TEXT)")
    raw.close()
    with pytest.raises(UnavailableError, match="already exists"), opened(tmp_path):
        pass
    assert [line for line in everything(tmp_path / "library.sqlite") if "TABLE" in line] == ["CREATE TABLE promotion (someone_elses TEXT);"]


def test_opening_needs_no_migration_tool_once_the_schema_is_there(path: Path) -> None:
    import subprocess
    import sys

    script = "import sys; from corpus import Library; print(Library(sys.argv[1]).get('doe').title, 'alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script, f"sqlite:///{path}"], capture_output=True, text=True, check=True)
    assert done.stdout == "Title False\n"


def test_records_outlive_closing_and_opening(path: Path) -> None:
    library = Library(f"sqlite:///{path}")
    assert contents(library)["doe"]["csl"]["title"] == "Title"
    library.close()
