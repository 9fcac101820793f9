"""The Library page without its controls: what a state shows, read from the catalogue, and from the search where there are words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from corpus import Filter, FlorilegiumError, Library, Review, Role, UnavailableError, parse_filter
from corpus.filters import Condition
from ui.web.full_text import shown_hits
from ui.web.library_state import BEST, SIZE, State

#: Records a search by words gives at most.
MOST_FOUND = 200
#: What `search --json` prints, for words and filters.
Search = Callable[[str, Sequence[str]], Mapping[str, Any]]


@dataclass(frozen=True)
class Shown:
    """What a state shows: `reviews` from `state.start` on, of `total`; `hits` by id has the passage found for the words; `counts` each facet's values
    with their numbers; `fault` is what went wrong, `told` what a reader should know."""

    state: State
    reviews: tuple[Review, ...] = ()
    total: int = 0
    left_out: int = 0
    counts: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    hits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    near: tuple[str, ...] = ()
    fault: str = ""
    told: str = ""


def look(library: Library, search: Search, state: State, role: Role) -> Shown:
    """Read what a state shows. What cannot be read is told in `fault`, and nothing else is lost."""
    try:
        chosen = parse_filter(state.filters(), library.vocabulary, library.catalogue.facet_names())
        if not state.words:
            return _browsed(library, state, chosen)
        try:
            return _found(library, search, state, chosen, role)
        except UnavailableError as error:  # no index yet: the words are looked for where the catalogue has them
            plain = Filter((*chosen.conditions, Condition("any", "~", (state.words,))))
            return replace(_browsed(library, replace(state, sort=state.sort if state.sort != BEST else ""), plain), state=state, told=str(error))
    except FlorilegiumError as error:
        return Shown(state, fault=str(error))


def _browsed(library: Library, state: State, chosen: Filter) -> Shown:
    catalogue = library.catalogue
    page = catalogue.page(chosen, sort=state.sort or "year", start=state.start, size=SIZE)
    if not page.reviews and page.total:  # an address from before records went
        state = state.at((page.total - 1) // SIZE * SIZE)
        page = catalogue.page(chosen, sort=state.sort or "year", start=state.start, size=SIZE)
    near = () if page.total else tuple(str(each) for each in catalogue.suggestions(chosen, library.vocabulary))
    return Shown(state, page.reviews, page.total, page.left_out, _counts(library, chosen), near=near)


def _counts(library: Library, chosen: Filter) -> dict[str, Sequence[tuple[str, int]]]:
    """Each facet's values with the number of records that the other filters leave: choosing a second value never makes the first one's count go."""
    catalogue = library.catalogue
    counts: dict[str, Sequence[tuple[str, int]]] = dict(catalogue.facet_counts(chosen))
    for condition in chosen.conditions:
        if condition.op == "=" and condition.field not in ("year", "status"):
            others = Filter(tuple(each for each in chosen.conditions if each.field != condition.field))
            name = condition.field.removeprefix("facets.")
            counts[name] = catalogue.facet_counts(others).get(name, [])
    return counts


def _found(library: Library, search: Search, state: State, chosen: Filter, role: Role) -> Shown:
    """The best records for the words, in the order asked for; counts are of these."""
    found = search(state.words, state.filters())
    ids = [str(hit["review_id"]) for hit in found["hits"]]
    if not ids:
        return Shown(state, left_out=int(found["left_out"]))
    among = Filter((*chosen.conditions, Condition("id", "=", tuple(ids))))
    if not 0 <= state.start < len(ids):
        state = state.at(0)
    sorted_by = state.sort if state.sort != BEST else ""
    part = library.catalogue.page(among, sort=sorted_by, start=state.start, size=SIZE).ids if sorted_by else ids[state.start : state.start + SIZE]
    reviews = library.get_many(part)
    hits = [hit for hit in found["hits"] if hit["review_id"] in reviews]
    told = {hit["review_id"]: hit for hit in shown_hits(hits, reviews, state.words, role)}
    counts = library.catalogue.facet_counts(among)
    return Shown(state, tuple(reviews[i] for i in part if i in reviews), len(ids), int(found["left_out"]), counts, told)


def ids_of(library: Library, search: Search, state: State, most: int) -> list[str]:
    """The ids of all that a state selects, at most `most`, in its order. Raises FlorilegiumError."""
    if state.words:
        return [str(hit["review_id"]) for hit in search(state.words, state.filters())["hits"]][:most]
    chosen = parse_filter(state.filters(), library.vocabulary, library.catalogue.facet_names())
    return library.catalogue.page(chosen, sort=state.sort or "year", size=most).ids
