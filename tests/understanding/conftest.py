"""The sample collection as records and terms; nothing is embedded here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.understanding import CatalogueQuestion, Terms, read_catalogue_question
from assistant.understanding.terms import pieces
from corpus import Filter, Library, parse_filter
from corpus.importing import import_files
from tests.conftest import SAMPLE

HERE = Path(__file__).parent


def cases(name: str) -> list[dict[str, Any]]:
    """The lines of a test set beside this file."""
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


@dataclass(frozen=True)
class Shelf:
    """A library with its terms and its words."""

    library: Library
    terms: Terms
    known: Callable[[str], bool]

    def read(self, question: str) -> CatalogueQuestion | None:
        return read_catalogue_question(question, self.terms, self.count, self.known, this_year=2026)

    def count(self, filters: Any) -> int:
        return len(self.library.select(parse_filter(filters, self.library.vocabulary, self.library.catalogue.facet_names())).ids)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """The sample collection; not to be changed."""
    library = Library(f"sqlite:///{tmp_path_factory.mktemp('shelf') / 'library.sqlite'}", create=True)
    import_files(library, [SAMPLE])
    words = {stem for review in library.iterate() for text in (review.title, *(text for _, text in review.evidence())) for stem, _, _ in pieces(text)}
    counts = library.catalogue.facet_counts(Filter())
    terms = Terms(library.vocabulary, {facet: [value for value, _ in values] for facet, values in counts.items()})
    yield Shelf(library, terms, lambda word: word in words or any(stem in words for stem, _, _ in pieces(word)))
    library.close()
