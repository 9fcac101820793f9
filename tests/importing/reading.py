"""What the tests of importers share: read a text as a file of unknown name is read."""

from __future__ import annotations

from corpus import default_vocabulary
from corpus.importing import Draft, Rejected
from corpus.importing.detect import PARSERS, detect
from corpus.importing.document import Document
from corpus.review import Review


def parse(content: str | bytes) -> tuple[str | None, list[Draft | Rejected]]:
    """(format, everything the parser yields) of a file's content."""
    document = Document.of_text(content) if isinstance(content, str) else Document(content)
    kind = detect(document)
    return kind, list(PARSERS[kind](document)) if kind else []


def reviews(content: str | bytes, kind: str) -> list[Review]:
    """The records of a file that is good in every record and of this format."""
    found, parsed = parse(content)
    assert found == kind
    assert [entry for entry in parsed if isinstance(entry, Rejected)] == []
    return [entry.review.model_copy(update={"facets": entry.facets(default_vocabulary())}) for entry in parsed if isinstance(entry, Draft)]


def only(content: str | bytes, kind: str) -> Review:
    """The one record of a file."""
    (review,) = reviews(content, kind)
    return review


def names(review: Review) -> list[tuple[str, str]]:
    """The authors as (family, given)."""
    return [(name.family, name.given) for name in review.authors]
