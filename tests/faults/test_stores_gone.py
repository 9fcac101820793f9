"""The database locked, the database server or the Chroma server gone and back: told in one line, nothing lost, and no restart is needed."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.configs.test_chroma_server import Server
from tests.faults.conftest import QUESTION, RECORDS, Run, Serve, answer_of, told
from tests.postgres import Postgres

#: In the normal run: tests/corpus/test_postgresql.py, tests/configs/test_chroma_server.py, and a full disk for the answer that cannot be kept.
pytestmark = pytest.mark.soak


def test_an_answer_under_a_locked_database_is_shown_and_told_not_to_be_kept(home: Path, run: Run, serve: Serve) -> None:
    serve()
    assert run("ask", QUESTION, "--json").code == 0
    with closing(sqlite3.connect(home / "library.sqlite", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        answer = answer_of(run("ask", QUESTION, "--json"))
        holder.execute("ROLLBACK")
    assert answer["sentences"]
    assert "could not be kept" in answer["notices"][-1]
    kept = answer_of(run("ask", QUESTION, "--json"))
    assert (kept["sentences"], kept["notices"]) == (answer["sentences"], answer["notices"][:-1])


class TestServers:
    """Both stores on servers, which go and come back under a running `serve`."""

    @pytest.fixture
    def chroma(self, tmp_path: Path) -> Iterator[Server]:
        server = Server(tmp_path / "chroma")
        yield server
        server.stop()
        gc.collect()

    @pytest.fixture
    def settings(self, postgres: Postgres, chroma: Server, models_folder: Path) -> Iterator[dict[str, str]]:
        """A site with its stores on servers."""
        database = postgres.url(postgres.template)
        yield {
            "FLORILEGIUM_MODELS": str(models_folder),
            "FLORILEGIUM_MODEL": "quotes",
            "FLORILEGIUM_DATABASE": database,
            "FLORILEGIUM_CHROMA_URL": chroma.url,
        }
        postgres.drop(database)

    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        """A home with nothing in it yet."""
        return tmp_path / "home"

    def test_a_store_that_goes_is_told_and_one_that_is_back_is_used(self, run: Run, serve: Serve, postgres: Postgres, chroma: Server) -> None:
        assert run("import", *map(str, RECORDS)).code == 0
        serve()
        before = answer_of(run("ask", QUESTION, "--json"))
        assert before["sentences"]

        postgres.stop()
        told(run("search", QUESTION), "database", "See that the PostgreSQL server runs")
        postgres.start()
        assert answer_of(run("ask", QUESTION, "--json"))["sentences"] == before["sentences"]

        chroma.stop()
        told(run("sync"), "Chroma server", "chroma run")
        assert answer_of(run("ask", QUESTION, "--json"))["sentences"] == before["sentences"], "so few passages are found without Chroma's graph"
        chroma.start()
        assert answer_of(run("ask", QUESTION, "--json"))["sentences"] == before["sentences"]
        assert run("doctor").code == 0
