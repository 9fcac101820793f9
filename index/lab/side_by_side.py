"""Two rankings side by side: what moved, what is new, what is lost, and which leg of the search did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from index.lab.run import Legs
from index.lab.trec import Rankings

#: The first so many results of a ranking are what a reader sees.
SHOWN = 10
#: What the legs go by, as people read it.
LEG_NAMES = {"dense": "meaning (dense)", "lexical": "words (lexical)", "neighbours": "records like it (neighbours)", "reranker": "the reranker"}
Move = Literal["new", "lost", "up", "down", "same"]


@dataclass(frozen=True)
class Side:
    """One of the rankings compared. `kind`: a "config" run now or before, a stored "run", or a "file" (which says nothing of legs)."""

    name: str
    rankings: Rankings
    legs: Legs = field(default_factory=dict)
    kind: Literal["config", "run", "file"] = "file"
    run: str | None = None
    config_hash: str = ""
    revision: int | None = None
    at: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Without the rankings."""
        return {name: getattr(self, name) for name in ("name", "kind", "run", "config_hash", "revision", "at")}


def rows_of(query_id: str, sides: Sequence[Side], grades: Mapping[str, int]) -> list[dict[str, Any]]:
    """What any side has among its first ten, in the order of A and then of the others: ranks, grade, and how it moved from A to each other side."""
    ranks = [{one: rank for rank, (one, _) in enumerate(side.rankings.get(query_id, ()), 1)} for side in sides]
    shown = dict.fromkeys(one for side in sides for one, _ in side.rankings.get(query_id, ())[:SHOWN])
    rows = []
    for one in shown:
        places = [own.get(one) for own in ranks]
        moves = [_moved(query_id, one, (sides[0], places[0]), (other, place)) for other, place in zip(sides[1:], places[1:], strict=True)]
        rows.append({"review_id": one, "grade": grades.get(one), "ranks": places, **moves[0], "moves": moves})
    return rows


def _moved(query_id: str, review_id: str, before: tuple[Side, int | None], after: tuple[Side, int | None]) -> dict[str, Any]:
    move = move_of(before[1], after[1])
    by = before[1] - after[1] if before[1] is not None and after[1] is not None else 0
    legs = [side.legs.get(query_id, {}).get(review_id) for side, _ in (before, after)]
    return {"move": move, "by": by, "reason": "" if move == "same" else reason(legs[0], legs[1], better=move in ("new", "up"))}


def move_of(before: int | None, after: int | None) -> Move:
    """How a record moved: into or out of the first ten, or within them."""
    was, now = before is not None and before <= SHOWN, after is not None and after <= SHOWN
    if was != now:
        return "new" if now else "lost"
    if before == after or before is None or after is None:
        return "same"
    return "up" if after < before else "down"


def reason(before: Mapping[str, int] | None, after: Mapping[str, int] | None, *, better: bool) -> str:
    """Which leg moved a record, in words: the one whose rank changed most in the direction in which the record moved."""
    if before is None and after is None:
        return ""
    if before is None or after is None:
        held, when = (after, "now") if after is not None else (before, "before")
        said = ", ".join(f"{LEG_NAMES.get(leg, leg)} {rank}" for leg, rank in (held or {}).items())
        return f"far down {'before' if when == 'now' else 'now'}; ranks {when}: {said}"
    shifts = []
    for leg in {**before, **after}:
        was, now = before.get(leg), after.get(leg)
        if was != now:
            gain = (was or _NOT_FOUND) - (now or _NOT_FOUND)
            shifts.append((gain if better else -gain, leg, was, now))
    toward = sorted((shift for shift in shifts if shift[0] > 0), key=lambda shift: (-shift[0], shift[1]))
    if not toward:
        return "the legs rank it no " + ("better" if better else "worse") + " than before; their weights, or other records, moved it"
    _, leg, was, now = toward[0]
    return f"{LEG_NAMES.get(leg, leg)}: {_rank(was)} → {_rank(now)}"


_NOT_FOUND = 1_000


def _rank(rank: int | None) -> str:
    return "not found" if rank is None else str(rank)
