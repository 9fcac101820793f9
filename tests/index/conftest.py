"""A profile for property tests on a busy machine, and the parts that more than one file asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from corpus import Library
from index import EmbeddingModel, IndexSpec, PassageSplitter
from tests.index.workbench import MADE, Bench, Picture, bench, fill, invented, picture

settings.register_profile("florilegium", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("florilegium")


@pytest.fixture(scope="session")
def spec(embedding_model: EmbeddingModel) -> IndexSpec:
    """The spec that ships."""
    return IndexSpec(weights_sha256=embedding_model.sha256, token_limit=embedding_model.token_limit)


@pytest.fixture(scope="session")
def splitter(spec: IndexSpec, embedding_model: EmbeddingModel) -> PassageSplitter:
    """The splitter of that spec."""
    return PassageSplitter(spec, embedding_model)


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Iterator[Bench]:
    """Forty invented records, indexed; for tests that only look."""
    folder = tmp_path_factory.mktemp("synced")
    library = Library(f"sqlite:///{folder / 'library.sqlite'}", create=True)
    fill(library, [invented(number) for number in range(40)])
    made = Bench(library, folder / "index", models_folder)
    made.syncer.sync()
    yield made
    made.close()
    library.close()


@pytest.fixture
def made(library: Library, tmp_path: Path, models_folder: Path) -> Iterator[Bench]:
    """An index of a few invented records in `tmp_path / "index"`, which a test may change."""
    fill(library, [invented(number) for number in range(MADE)])
    with bench(library, tmp_path / "index", models_folder) as opened:
        opened.syncer.sync()
        yield opened


@pytest.fixture
def before(made: Bench) -> Picture:
    """What stood in `made` at first."""
    return picture(made)
