"""What programs ask for on somebody's behalf: HTTP, chat clients and MCP give the same, which is what the commands' --json prints.

Whoever asks gets what they may read: full text by their role, answers and lists that are theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corpus import LOCAL, Filter, Library, Page, Review, Role, Suggestion, as_read_by, parse_filter

if TYPE_CHECKING:
    from ui.engine import Engine


class Desk:
    """Asks a home's search data and library. Raises FlorilegiumError as these do."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def library(self) -> Library:
        """The library asked."""
        return self._engine.library

    def search(self, query: str, k: int, filters: Sequence[str], role: Role, config: str | None = None) -> dict[str, Any]:
        """Ranked reviews; of full text that is not for this role, one sentence."""
        found = self._engine.search(query, k, filters, config)
        return found if role >= Role.LIBRARIAN else found | {"hits": self._shown(found["hits"], query, role)}

    def _shown(self, hits: Sequence[Mapping[str, Any]], query: str, role: Role) -> list[dict[str, Any]]:
        from ui.web.full_text import shown_hits

        reviews = self.library.get_many(str(hit["review_id"]) for hit in hits)
        return shown_hits([hit for hit in hits if hit["review_id"] in reviews], reviews, query, role)

    def ask(
        self, question: str, filters: Sequence[str], owner: str = LOCAL, *, model: str | None = None, after: str = "", before: Sequence[str] = ()
    ) -> dict[str, Any]:
        """A checked answer, kept as the owner's. No note is searched."""
        return self._engine.ask(question, model, filters, None, after or None, False, owner, before)

    def review(self, review_id: str, role: Role, revision: int | None = None) -> Review:
        """A record as a person of this role reads it, as it is or was at a revision."""
        newest = self.library.get(review_id)
        shown = newest if revision is None else self.library.get(review_id, revision)
        return as_read_by(shown, role, newest)

    def history(self, review_id: str) -> dict[str, Any]:
        """Every state of a record, newest first."""
        newest = self.library.get(review_id)
        return {"id": newest.id, "versions": [version._asdict() for version in self.library.history(newest.id)]}

    def filter(self, filters: Sequence[str]) -> Filter:
        """Filters as people write them, parsed."""
        return parse_filter(filters, self.library.vocabulary, self.library.catalogue.facet_names())

    def records(self, filters: Sequence[str], sort: str, start: int, size: int) -> dict[str, Any]:
        """A page of the catalogue."""
        chosen = self.filter(filters)
        return page_as_dict(self.library.catalogue.page(chosen, sort=sort, start=start, size=size), chosen, sort) | self._near(chosen)

    def count(self, filters: Sequence[str]) -> dict[str, Any]:
        """How many records filters let through, and how many they cannot judge for lack of a value."""
        chosen = self.filter(filters)
        count, left_out = self.library.catalogue.count(chosen)
        return {"filter": chosen.as_list(), "count": count, "left_out": left_out, "revision": self.library.revision()} | self._near(chosen)

    def facets(self, filters: Sequence[str]) -> dict[str, Any]:
        """Each facet's values with the number of records that filters let through."""
        chosen = self.filter(filters)
        return {"filter": chosen.as_list(), "facets": counts_as_dict(self.library.catalogue.facet_counts(chosen))}

    def _near(self, chosen: Filter) -> dict[str, Any]:
        return {"suggestions": near_as_list(self.library.catalogue.suggestions(chosen, self.library.vocabulary))}


def page_as_dict(page: Page, chosen: Filter, sort: str) -> dict[str, Any]:
    """A page as `records --json` prints it."""
    rows = [
        {
            "id": review.id,
            "title": review.title,
            "authors": [name._asdict() for name in review.authors],
            "authors_partial": review.authors_partial,
            "year": review.year,
            "journal": review.journal,
            "doi": review.doi,
            "pmid": review.pmid,
            "status": review.status.value,
            "notices": [notice.model_dump() for notice in review.notices],
            "facets": {name: list(values) for name, values in review.facets.items()},
            "revision": review.revision,
        }
        for review in page.reviews
    ]
    head = {"filter": chosen.as_list(), "sort": sort, "start": page.start, "total": page.total, "left_out": page.left_out, "revision": page.revision}
    return {**head, "records": rows}


def counts_as_dict(counts: Mapping[str, Sequence[tuple[str, int]]]) -> dict[str, list[dict[str, Any]]]:
    """Each facet's values with their numbers, as `records --facets --json` prints them."""
    return {name: [{"value": value, "count": count} for value, count in values] for name, values in counts.items()}


def near_as_list(suggestions: Sequence[Suggestion]) -> list[dict[str, Any]]:
    """For each facet value asked for that no record has, what is near it."""
    return [{"field": each.field, "value": each.value, "near": list(each.near)} for each in suggestions]
