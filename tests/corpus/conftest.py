"""What several tests of the library's parts stand on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corpus import Library
from corpus.database import Database
from tests.corpus.making import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(library: Library, library_url: str) -> Iterator[Database]:
    """The database below the library, opened on its own."""
    made = Database(library_url)
    yield made
    made.close()
