"""Shared fixtures. No test may use the network beyond loopback; tests on shared data say so and skip cleanly where it is absent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from filelock import FileLock
from hypothesis import HealthCheck, settings

from corpus import Library
from corpus.importing import import_files
from index import EmbeddingModel, Encoder, packaged_folder
from tests.postgres import Postgres, binaries

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "corpus" / "sample"
_SHARED = Path(os.environ.get("TESTS_SHARED") or ROOT.parent / "shared")

# Machines may be busy with other things: no example has a deadline.
settings.register_profile("florilegium", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("florilegium")


def pytest_configure(config: pytest.Config) -> None:
    for name in list(os.environ):
        if name.startswith("FLORILEGIUM_"):  # the tests' own are called TESTS_…: a setting nobody knows is refused
            del os.environ[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "shared" in getattr(item, "fixturenames", ()):
            item.add_marker("shared_data")


def pytest_terminal_summary(terminalreporter: object, config: pytest.Config) -> None:
    passed = getattr(terminalreporter, "stats", {}).get("passed", [])
    count = sum("shared_data" in getattr(report, "keywords", {}) for report in passed)
    where = f"in {_SHARED}" if _SHARED.is_dir() else "(no shared data on this machine)"
    getattr(terminalreporter, "write_line")(f"Tests that ran on shared data: {count} {where}")  # noqa: B009 - the type is pytest's own


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data; skips where there is none."""
    if not (_SHARED / "data").is_dir():
        pytest.skip("no shared data on this machine")
    return _SHARED / "data"


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of the tests share; what is made in it is made under a lock."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def models_folder(run_folder: Path) -> Path:
    """One cache of exported encoders for the whole run."""
    folder = Path(os.environ.get("TESTS_MODELS") or run_folder / "models")
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def embedding_model(models_folder: Path) -> EmbeddingModel:
    """The packaged embedding model."""
    return EmbeddingModel(packaged_folder(), models_folder)


@pytest.fixture(scope="session")
def encoder(embedding_model: EmbeddingModel, run_folder: Path) -> Encoder:
    """The real encoder, its query side exported once."""
    made = Encoder(embedding_model)
    with FileLock(run_folder / "encoder.lock"):
        made.query.encode(["ready"])
    return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server with an empty library in its database `empty`; skips where none is installed."""
    found = binaries()
    if found is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    made = Postgres(found)
    template = made.url()
    Library(template, create=True).close()
    made.template = str(sa.make_url(template).database)
    yield made
    made.remove()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `both_databases` run on each."""
    if "library_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("library_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def library_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a library of the test's own is, or is to be: on PostgreSQL it is there, and empty."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield f"sqlite:///{tmp_path / 'library.sqlite'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.url(server.template)
    yield url
    server.drop(url)


@pytest.fixture
def library(library_url: str) -> Iterator[Library]:
    """An empty library in a database of its own."""
    made = Library(library_url, create=True)
    yield made
    made.close()


@pytest.fixture
def sample_library(library: Library) -> Library:
    """The library with the sample collection in it."""
    report = import_files(library, [SAMPLE])
    assert report.total("added") == 120
    return library
