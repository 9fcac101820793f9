"""What a judge has before them: every pair of a query and a record that is to be judged, with what they have said already, and nothing of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus import Library
from corpus.lab import Judgement, TestQuery
from corpus.lab.queue import desk_of, disputed


@dataclass(frozen=True)
class Item:
    """A pair to be judged. `grade` None with `said` means that the judge could not tell, and `reason` why; `verdicts` are shown for settling only."""

    query_id: str
    review_id: str
    said: bool = False
    grade: int | None = None
    reason: str = ""
    verdicts: Mapping[str, int] | None = None

    def as_dict(self) -> dict[str, Any]:
        """As the page's script reads it."""
        held = {"query": self.query_id, "review": self.review_id, "said": self.said, "grade": self.grade, "reason": self.reason}
        return held | ({"verdicts": dict(self.verdicts)} if self.verdicts is not None else {})


@dataclass(frozen=True)
class Work:
    """A sitting of one judge on one set. `seconds` is what a judgement took them lately, None where that is not known."""

    set: str
    guideline: str
    judge: str
    queries: Mapping[str, TestQuery]
    items: Sequence[Item]
    seconds: float | None
    settle: bool = False

    @property
    def left(self) -> int:
        """How many pairs wait."""
        return sum(not item.said for item in self.items)

    def as_dict(self) -> dict[str, Any]:
        """As the page's script reads it."""
        wanted = {item.query_id for item in self.items}
        queries = {key: {"text": query.text, "need": query.need} for key, query in self.queries.items() if key in wanted}
        head = {"set": self.set, "judge": self.judge, "seconds": self.seconds, "settle": self.settle, "queries": queries}
        return head | {"items": [item.as_dict() for item in self.items]}


def work_of(library: Library, set_name: str, judge: str, query_id: str | None = None) -> Work:
    """All pairs of a set (or of one query) in their blind order, with this judge's own word on them. Raises NotFoundError."""
    info, before = library.sets.info(set_name), desk_of(library, set_name, judge)
    own = [one for one in library.judgements.of(set_name, judge=judge) if not one.adjudicated]
    merged = library.get_many({one.review_id for one in own} - {review_id for _, review_id in before.pairs})  # judged under an id that leads elsewhere now
    said = _said(own, {old: review.id for old, review in merged.items()})
    items = []
    for query, review_id in before.pairs:
        if query_id is None or query == query_id:
            mine = said.get((query, review_id))
            items.append(Item(query, review_id, mine is not None, mine.grade if mine else None, mine.reason if mine else ""))
    return Work(info.name, info.guideline, judge, before.queries, items, before.seconds_each)


def disputes_of(library: Library, set_name: str, judge: str) -> Work:
    """The pairs on which judges differ and nobody has decided, with what each said. Raises NotFoundError."""
    info = library.sets.info(set_name)
    items = [Item(one.query.id, one.review.id, verdicts=one.grades) for one in disputed(library, set_name)]
    return Work(info.name, info.guideline, judge, library.sets.queries(set_name), items, desk_of(library, set_name, judge).seconds_each, True)


def taken_back(library: Library, set_name: str, judge: str) -> dict[str, Any]:
    """Take a judge's last judgement back: which pair it was, and what they had said of it before; an empty query where there is nothing to take back."""
    gone = library.judgements.undo(set_name, judge)
    if gone is None:
        return {"query": "", "review": "", "said": False, "grade": None, "reason": ""}
    before = [one for one in library.judgements.of(set_name, query_id=gone.query_id, judge=judge) if one.adjudicated == gone.adjudicated]
    stands = _said(before, {}).get((gone.query_id, gone.review_id))
    said = {"said": stands is not None, "grade": stands.grade if stands else None, "reason": stands.reason if stands else ""}
    return {"query": gone.query_id, "review": gone.review_id, **said}


def _said(judgements: Iterable[Judgement], now_called: Mapping[str, str]) -> dict[tuple[str, str], Judgement]:
    """A judge's word on each pair: of the whole record where there is one, else of words in it."""
    found: dict[tuple[str, str], Judgement] = {}
    for one in judgements:
        key = one.query_id, now_called.get(one.review_id, one.review_id)
        if one.anchor is None or key not in found:
            found[key] = one
    return found
