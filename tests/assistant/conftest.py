"""A small collection with a real searcher, and an assistant over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant, ClaimChecker
from corpus import Library
from corpus.importing import import_files
from index import EmbeddingModel, Encoder, IndexHome, IndexSpec, PassageSplitter, SearchConfig, Searcher, Syncer
from tests.conftest import SAMPLE


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, embedding_model: EmbeddingModel, encoder: Encoder) -> Iterator[tuple[Library, Assistant]]:
    """The sample collection and an assistant over it; not to be changed."""
    folder: Path = tmp_path_factory.mktemp("sample")
    library = Library(f"sqlite:///{folder / 'library.sqlite'}", create=True)
    import_files(library, [SAMPLE])
    spec = IndexSpec(weights_sha256=embedding_model.sha256)
    built, splitter = IndexHome(folder / "index").open(spec), PassageSplitter(spec, embedding_model)
    Syncer(library, built, splitter, encoder).sync()
    searcher = Searcher(library, built, splitter, encoder, SearchConfig(spec=spec))
    yield library, Assistant(searcher, encoder, ClaimChecker(encoder), library)
    built.close()
    library.close()
