"""Settings of hypothesis for machines that are busy with other things, and what several tests of the library's parts stand on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from corpus import Library
from corpus.database import Database
from tests.corpus.making import Clock

settings.register_profile("florilegium", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("florilegium")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(library: Library, library_url: str) -> Iterator[Database]:
    """The database below the library, opened on its own."""
    made = Database(library_url)
    yield made
    made.close()
