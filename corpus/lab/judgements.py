"""Judgements: who found which record (or which words of it) how relevant to a query. Nothing is overwritten: a new one stands before an older."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.anchor import Anchor
from corpus.change import now
from corpus.database import Database
from corpus.lab.sets import query_number, set_number

#: Judges whose name begins so are models: what they say is a suggestion and never counts as a grade.
SUGGESTED = "model:"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judge's word on a record for a query.

    `grade` is as given, higher is better (the judging page gives 0-3); None means "cannot tell", and `reason` says why. With an
    `anchor` it speaks of those words only. `adjudicated`: it settles a dispute and counts before all others.
    """

    query_id: str
    review_id: str
    grade: int | None
    judge: str = "local"
    anchor: Anchor | None = None
    reason: str = ""
    adjudicated: bool = False
    at: str = ""

    @property
    def suggested(self) -> bool:
        """Whether a model said it: kept to be measured against people, and no grade."""
        return self.judge.startswith(SUGGESTED)

    def place(self) -> tuple[str, str, str, str, bool]:
        """What a later judgement must share to stand in the place of this one."""
        words = f"{self.anchor.field}:{self.anchor.start}-{self.anchor.end}@{self.anchor.revision}" if self.anchor else ""
        return self.query_id, self.judge, self.review_id, words, self.adjudicated

    def as_dict(self) -> dict[str, Any]:
        """The judgement as data."""
        head = {"query": self.query_id, "review_id": self.review_id, "grade": self.grade, "judge": self.judge}
        return {**head, "anchor": self.anchor and self.anchor.as_dict(), "reason": self.reason, "adjudicated": self.adjudicated, "at": self.at}


class Judgements:
    """The judgements of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, set_name: str, judgements: Iterable[Judgement]) -> int:
        """Write judgements down, all or none; how many. Raises NotFoundError for an unknown set or query."""
        rows = []
        with self._database.write() as connection:
            set_id = set_number(connection, set_name)
            numbers: dict[str, int] = {}
            at = now()
            for given in judgements:
                if given.query_id not in numbers:
                    numbers[given.query_id] = query_number(connection, set_id, given.query_id)
                anchor = json.dumps(given.anchor.as_dict(), ensure_ascii=False) if given.anchor else None
                row = {"query_number": numbers[given.query_id], "judge": given.judge, "review_id": given.review_id, "anchor": anchor, "grade": given.grade}
                rows.append({**row, "reason": given.reason.strip(), "adjudicated": given.adjudicated, "undone": False, "at": given.at or at})
            if rows:
                connection.execute(schema.judgement.insert(), rows)
        return len(rows)

    def undo(self, set_name: str, judge: str) -> Judgement | None:
        """Take back the last judgement of a judge in a set; what it was, or None where there is none. What stood before it stands again."""
        table, query = schema.judgement, schema.test_query
        with self._database.write() as connection:
            set_id = set_number(connection, set_name)
            found = connection.execute(
                sa.select(table, query.c.id.label("query_id"))
                .join(query, query.c.number == table.c.query_number)
                .where(query.c.set_id == set_id, table.c.judge == judge, sa.not_(table.c.undone))
                .order_by(table.c.number.desc())
                .limit(1)
            ).first()
            if found is None:
                return None
            connection.execute(sa.update(table).where(table.c.number == found.number).values(undone=True))
        return _judgement(found)

    def of(self, set_name: str, *, query_id: str | None = None, judge: str | None = None) -> list[Judgement]:
        """The judgements that stand, oldest first: of each judge, record and words the last one."""
        table, query = schema.judgement, schema.test_query
        with self._database.read() as connection:
            wanted = [query.c.set_id == set_number(connection, set_name), sa.not_(table.c.undone)]
            wanted += [query.c.id == query_id] if query_id is not None else []
            wanted += [table.c.judge == judge] if judge is not None else []
            rows = connection.execute(
                sa.select(table, query.c.id.label("query_id")).join(query, query.c.number == table.c.query_number).where(*wanted).order_by(table.c.number)
            ).all()
        standing: dict[tuple[Any, ...], Judgement] = {}
        for row in rows:
            found = _judgement(row)
            standing.pop(found.place(), None)
            standing[found.place()] = found
        return list(standing.values())


def _judgement(row: Any) -> Judgement:
    anchor = Anchor(**json.loads(row.anchor)) if row.anchor else None
    return Judgement(row.query_id, row.review_id, row.grade, row.judge, anchor, row.reason, row.adjudicated, row.at)
