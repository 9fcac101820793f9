"""Draft queries taken from the chat: a question whose answer somebody found wanting becomes a query of a set, its results waiting to be judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from corpus.errors import ConflictError, InputError, NotFoundError
from corpus.lab.sets import TestQuery

if TYPE_CHECKING:
    from corpus.library import Library

#: Where drafts go when no set is named.
DEFAULT_SET = "from the chat"
Why = Literal["asked", "thumbs down", "wrong source"]
_ORDER: tuple[Why, ...] = ("asked", "thumbs down", "wrong source")  # what says more takes the place of what says less


def draft_from_answer(
    library: Library, answer_id: str, *, set_name: str = DEFAULT_SET, why: Why = "asked", wrong: Sequence[str] = (), note: str = "", actor: str = "local"
) -> TestQuery:
    """Make a kept answer's question a draft query of a set, which is made where there is none. The same answer again gives the same query back.

    `origin` of the query: `answer` (its id), `why`, `wrong` (records that are no source for it), `results` (what the answer cited and came near
    to: to be judged), `note`, `by`. Raises NotFoundError for an unknown answer, InputError for a record that the answer does not show.
    """
    answer = library.answers.get(answer_id)
    results = list(dict.fromkeys(entry["id"] for entry in (*answer["reviews"], *answer["nearest"])))
    if strange := next((one for one in wrong if one not in results), None):
        raise InputError(f"the answer does not show the record {strange!r}", where=answer_id, remedy="Name one of its sources")
    if set_name not in {entry.name for entry in library.sets.all()}:
        library.sets.create(set_name, "Grade 3: answers the question by itself; 2: answers part of it; 1: is on its subject; 0: does not help.", actor=actor)
    query_id = f"chat-{answer_id}"
    known = library.sets.queries(set_name).get(query_id)
    origin = {"answer": answer_id, "why": why, "wrong": list(dict.fromkeys(wrong)), "results": results, "note": note.strip(), "by": actor}
    if known is not None:
        held = known.origin
        origin["why"] = max(why, held.get("why", "asked"), key=_ORDER.index)
        origin["wrong"] = list(dict.fromkeys([*held.get("wrong", ()), *wrong]))
        origin |= {"note": note.strip() or held.get("note", ""), "by": held.get("by", actor)}
        return library.sets.put(set_name, [replace(known, origin=origin)])[0]
    text = answer.get("standalone_question") or answer["question"]
    return library.sets.put(set_name, [TestQuery(query_id, text, tags=("chat",), draft=True, origin=origin)])[0]


def drafts(library: Library, set_name: str | None = None) -> list[tuple[str, TestQuery]]:
    """All waiting drafts, each with the name of its set, in the order they came."""
    names = [set_name] if set_name is not None else [entry.name for entry in library.sets.all() if entry.drafts]
    return [(name, query) for name in names for query in library.sets.queries(name).values() if query.draft]


def accept_draft(
    library: Library,
    set_name: str,
    query_id: str,
    *,
    text: str | None = None,
    need: str | None = None,
    tags: Iterable[str] | None = None,
    answerable: bool | None = None,
    to_set: str | None = None,
) -> TestQuery:
    """Make a draft part of runs, with what is given changed; with `to_set` in that set, its judgements with it.

    Raises NotFoundError, and ConflictError for a query that is no draft or an id that the other set has already.
    """
    query = _draft(library, set_name, query_id)
    changed = replace(
        query,
        text=query.text if text is None else text,
        need=query.need if need is None else need,
        tags=query.tags if tags is None else tuple(tags),
        answerable=query.answerable if answerable is None else answerable,
        draft=False,
    )
    if to_set is not None and to_set != set_name:
        library.sets.move(set_name, query_id, to_set)
        set_name = to_set
    return library.sets.put(set_name, [changed])[0]


def discard_draft(library: Library, set_name: str, query_id: str) -> int:
    """Throw a draft away; how many judgements went with it. Raises NotFoundError, and ConflictError for a query that is no draft."""
    _draft(library, set_name, query_id)
    return library.sets.remove(set_name, query_id)


def _draft(library: Library, set_name: str, query_id: str) -> TestQuery:
    query = library.sets.queries(set_name).get(query_id)
    if query is None:
        raise NotFoundError(f"the set has no query {query_id!r}", where=set_name, remedy="`florilegium lab drafts` lists what waits")
    if not query.draft:
        raise ConflictError(f"the query {query_id!r} is no draft any more", where=set_name, remedy="Somebody has accepted it meanwhile")
    return query
