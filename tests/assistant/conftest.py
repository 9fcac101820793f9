"""A small collection with a real searcher, and an assistant over it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant, ClaimChecker
from corpus import Library
from index import EmbeddingModel, Encoder, IndexHome, IndexSpec, PassageSplitter, SearchConfig, Searcher, Syncer
from tests.ui.conftest import built_home, command  # noqa: F401 - fixtures


@pytest.fixture(scope="session")
def sample(
    tmp_path_factory: pytest.TempPathFactory,
    built_home: Path,  # noqa: F811 - the fixture
    embedding_model: EmbeddingModel,
    encoder: Encoder,
) -> Iterator[tuple[Library, Assistant]]:
    """The sample collection and an assistant over it; not to be changed."""
    home = Path(shutil.copytree(built_home, tmp_path_factory.mktemp("sample") / "home"))
    library = Library(f"sqlite:///{home / 'library.sqlite'}")
    spec = IndexSpec(weights_sha256=embedding_model.sha256, token_limit=embedding_model.token_limit)
    built, splitter = IndexHome(home / "index").open(spec), PassageSplitter(spec, embedding_model)
    report = Syncer(library, built, splitter, encoder).sync()
    assert report.embedded == 0, "the home was built for another index spec"
    searcher = Searcher(library, built, splitter, encoder, SearchConfig(spec=spec))
    yield library, Assistant(searcher, encoder, ClaimChecker(encoder), library)
    built.close()
    library.close()
