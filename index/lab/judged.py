"""What measuring and comparing ask of a set of judged queries, and the set that a library keeps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from index.lab.beir import Judgements


class Judged(Protocol):
    """Queries with grades. `index.lab.TestSet` (a folder) is one, `LibrarySet` another."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def queries(self) -> Mapping[str, str]:
        """Texts by query id."""
        ...

    @property
    def judgements(self) -> Judgements:
        """Grades by record id, by id of the judged queries, in the order of the queries."""
        ...

    @property
    def ids(self) -> Container[str]:
        """The ids there are."""
        ...

    @property
    def tags(self) -> Mapping[str, tuple[str, ...]]:
        """Tags by query id; queries without any may be absent."""
        ...

    def notes(self) -> list[str]:
        """What a reader of the figures must know of the grades, a line each."""
        ...


@dataclass(frozen=True)
class LibrarySet:
    """A set of the library with one grade a record, over the library itself. `said`: what was left out of the grades, a line each."""

    name: str
    queries: Mapping[str, str]
    judgements: Judgements
    ids: frozenset[str]
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    said: tuple[str, ...] = ()

    def notes(self) -> list[str]:
        """See Judged."""
        found = list(self.said)
        if unjudged := len(self.queries) - len(self.judgements):
            found.append(f"{unjudged} of {len(self.queries)} queries have no judgement and take no part in the means.")
        return found


def set_hash(chosen: Judged) -> str:
    """sha256 of queries and grades: two runs with one hash were measured alike."""
    graded = {query_id: dict(sorted(rows.items())) for query_id, rows in chosen.judgements.items()}
    return hashlib.sha256(json.dumps([dict(chosen.queries), graded], sort_keys=True).encode()).hexdigest()
