"""Who may read a record's full text, and a record without it. `access` is about the sections of full text; all else of a record is open to every reader.

The access that holds is the record's own of today, for its earlier states too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus.people import Role
from corpus.review import Review

#: The field that holds full text.
FULL_TEXT = "sections"
_LEAST = {"open": Role.READER, "members": Role.MEMBER, "snippet": Role.LIBRARIAN}


def may_read_full_text(review: Review, role: Role) -> bool:
    """Whether a person of this role reads the full text; whoever does not sees the words that answers cite, with a sentence around them."""
    return role >= _LEAST[review.access]


def is_withheld(field: str, review: Review, role: Role) -> bool:
    """Whether a field (`sections[2]`) holds full text that a person of this role does not read. `review` is the record as it is today."""
    return field.partition("[")[0] == FULL_TEXT and not may_read_full_text(review, role)


def without_full_text(review: Review) -> Review:
    """The record without its full text, and without the raw sources that may hold it."""
    sources = {"source": None, "other_sources": ()}
    return review.model_copy(update={"sections": (), "section_titles": (), **sources})


def as_read_by(review: Review, role: Role, newest: Review | None = None) -> Review:
    """The record as a person of this role reads it; with `newest`, the record of today, one of its earlier states."""
    return review if may_read_full_text(newest or review, role) else without_full_text(review)


class Reading:
    """Records on their way to a person of some role; `withheld` counts those that came without their full text."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.withheld = 0

    def each(self, reviews: Iterable[Review]) -> Iterator[Review]:
        """The records as that person reads them, one after another."""
        for review in reviews:
            self.withheld += bool(any(review.sections) and not may_read_full_text(review, self.role))
            yield as_read_by(review, self.role)
