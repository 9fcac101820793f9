"""Pairs of records that may be one work: queued for a person, with the evidence, and what the person said of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.aliases import aliases_of, former_ids, is_no_alias
from corpus.duplicates.compare import Comparison

_MANY = 500


class Decision(StrEnum):
    """What a person said of two records."""

    UNDECIDED = "undecided"
    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, how much speaks for their being one work (0..1, higher is surer), and why.

    `agree` and `differ` name fields that both have; `objections` say in words why the pair was not merged unasked.
    """

    first_id: str
    second_id: str
    decision: Decision
    score: float
    agree: tuple[str, ...]
    differ: tuple[str, ...]
    objections: tuple[str, ...]
    found_at: str
    decided_by: str | None = None
    decided_at: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The pair as plain data."""
        return asdict(self) | {"decision": self.decision.value}


def enqueue(connection: sa.Connection, found: Iterable[tuple[str, str, Comparison]], at: str) -> int:
    """Put pairs into the queue; those that are there already, decided or not, stay as they are. Returns how many are new."""
    table = schema.duplicate_pair
    rows = {}
    for one, other, comparison in found:
        first, second = sorted((one, other))
        evidence = {"agree": comparison.agree, "differ": comparison.differ, "objections": list(comparison.objections)}
        row = {"first_id": first, "second_id": second, "decision": Decision.UNDECIDED.value, "score": comparison.score, "found_at": at}
        rows[first, second] = row | {"evidence": json.dumps(evidence)}
    known = spoken_of(connection, rows)
    new = [row for pair, row in rows.items() if pair not in known]
    if new:
        connection.execute(table.insert(), new)
    return len(new)


def spoken_of(connection: sa.Connection, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these pairs are in the queue or decided, directly or by the records that were merged into theirs."""
    wanted = [(one, other) for one, other in pairs if one != other]
    members = {review_id: [review_id, *former_ids(connection, review_id)] for review_id in {review_id for pair in wanted for review_id in pair}}
    table, found = schema.duplicate_pair, set[tuple[str, str]]()
    for start in range(0, len(wanted), _MANY):
        part = wanted[start : start + _MANY]
        ids = sorted({old for pair in part for review_id in pair for old in members[review_id]})
        rows: set[tuple[str, str]] = set()
        for at in range(0, len(ids), _MANY):
            query = sa.select(table.c.first_id, table.c.second_id).where(table.c.first_id.in_(ids[at : at + _MANY]))
            rows |= {(row.first_id, row.second_id) for row in connection.execute(query)}
        for one, other in part:
            if any((min(a, b), max(a, b)) in rows for a in members[one] for b in members[other]):
                found.add((one, other))
    return found


def decide(connection: sa.Connection, one: str, other: str, decision: Decision, *, actor: str, at: str, comparison: Comparison) -> None:
    """Write down what a person said of a pair, whether it was in the queue or not."""
    table = schema.duplicate_pair
    first, second = sorted((one, other))
    enqueue(connection, [(first, second, comparison)], at)
    which = (table.c.first_id == first) & (table.c.second_id == second)
    open_again = decision is Decision.UNDECIDED
    said = {"decision": decision.value, "decided_by": None if open_again else actor, "decided_at": None if open_again else at}
    if not connection.execute(sa.update(table).where(which).values(said)).rowcount:
        evidence = {"agree": comparison.agree, "differ": comparison.differ, "objections": list(comparison.objections)}
        row = {"first_id": first, "second_id": second, "score": comparison.score, "found_at": at, "evidence": json.dumps(evidence)}
        connection.execute(table.insert().values(**row, **said))


def list_pairs(connection: sa.Connection, decisions: Sequence[Decision] = (Decision.UNDECIDED,), *, limit: int | None = None) -> list[Pair]:
    """The pairs with these decisions, the surest first, under the ids that the records have now. What was merged meanwhile is left out of the undecided."""
    table = schema.duplicate_pair
    query = sa.select(table).where(table.c.decision.in_([decision.value for decision in decisions]))
    rows = list(connection.execute(query.order_by(table.c.score.desc(), table.c.first_id, table.c.second_id)))
    now = aliases_of(connection, [review_id for row in rows for review_id in (row.first_id, row.second_id)])
    gone = _withdrawn(connection, {now.get(review_id, review_id) for row in rows for review_id in (row.first_id, row.second_id)})
    found: dict[tuple[str, str, str], Pair] = {}
    for row in rows:
        first, second = sorted((now.get(row.first_id, row.first_id), now.get(row.second_id, row.second_id)))
        if row.decision == Decision.UNDECIDED and (first == second or {first, second} & gone):
            continue
        evidence = json.loads(row.evidence)
        agree, differ, objections = (tuple(evidence[name]) for name in ("agree", "differ", "objections"))
        decision = Decision(row.decision)
        pair = Pair(first, second, decision, row.score, agree, differ, objections, row.found_at, row.decided_by, row.decided_at)
        found.setdefault((first, second, row.decision), pair)
    return list(found.values())[:limit]


def _withdrawn(connection: sa.Connection, ids: set[str]) -> set[str]:
    table, wanted, found = schema.review, sorted(ids), set[str]()
    for start in range(0, len(wanted), _MANY):
        query = sa.select(table.c.id).where(table.c.id.in_(wanted[start : start + _MANY]), table.c.status == "withdrawn", is_no_alias())
        found |= set(connection.execute(query).scalars())
    return found
