"""An exact answer from the catalogue: which records a filter lets through, how many, and how many it cannot judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from assistant.answer import CatalogueAnswer, ReviewRef
from assistant.understanding.catalogue_question import CatalogueQuestion
from corpus import Filter, Review, Selection, Vocabulary, parse_filter

#: Records described in an answer; all of them are named by id.
MOST_LISTED = 50


class Shelf(Protocol):
    """Records filtered and counted."""

    def facet_counts(self, chosen: Filter) -> Mapping[str, Sequence[tuple[str, int]]]:
        """For each facet its values with the number of records that the filter lets through."""
        ...

    def select(self, chosen: Filter) -> Selection:
        """Ids of the records a filter lets through, newest first, and how many it cannot judge."""
        ...


class Records(Protocol):
    """What the assistant asks of the library: its vocabulary, its catalogue, records by id."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The controlled vocabulary in force."""
        ...

    @property
    def catalogue(self) -> Shelf:
        """The records as a catalogue."""
        ...

    def get_many(self, ids: Iterable[str]) -> Mapping[str, Review]:
        """Records by id."""
        ...

    def revision(self) -> int:
        """The library's revision."""
        ...


def answer_from_catalogue(question: CatalogueQuestion, records: Records, chosen: Filter | None, facets: Sequence[str]) -> CatalogueAnswer:
    """The records that the question's filter and the reader's own let through. Words that nothing explains let none through."""
    parsed = parse_filter(question.filters, records.vocabulary, facets)
    whole = Filter((*(chosen.conditions if chosen else ()), *parsed.conditions))
    found = Selection([], 0) if question.unknown else records.catalogue.select(whole)
    ids, left_out = list(found.ids), found.left_out
    if question.asked in ("newest", "oldest"):  # a record without a year is neither
        dated = [review_id for review_id, review in records.get_many(ids).items() if review.year]
        left_out += len(ids) - len(dated)
        held_dated = set(dated)
        ids = [review_id for review_id in ids if review_id in held_dated]
        if question.asked == "oldest":
            ids.reverse()
    held = records.get_many(ids[:MOST_LISTED])
    listed = tuple(ReviewRef.of(held[review_id], number) for number, review_id in enumerate(ids[:MOST_LISTED], start=1) if review_id in held)
    return CatalogueAnswer(tuple(whole.as_list()), len(ids), tuple(ids), left_out, question.asked, listed, question.unknown)
