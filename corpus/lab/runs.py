"""Results of runs, kept with all that is needed to run them again: configuration, library revision and fingerprint, program version."""

from __future__ import annotations

import gzip
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.database import Database
from corpus.errors import NotFoundError

#: (review id, score), best first, by query id.
Rankings = Mapping[str, Sequence[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class Run:
    """A run as lists show it. `document` holds the configuration, measures, per-query values, seconds, fingerprint and program version.

    `reason` is why it ran: "asked", "sync", "gate" or "sweep".
    """

    id: str
    set_name: str
    config: str
    config_hash: str
    revision: int
    reason: str
    at: str
    document: Mapping[str, Any]


class Runs:
    """The runs of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self, set_name: str, config: str, config_hash: str, revision: int, document: Mapping[str, Any], rankings: Rankings, *, reason: str = "asked"
    ) -> str:
        """Keep a run; its id."""
        run_id = f"{now()[:10]}-{secrets.token_hex(3)}"
        row = {"id": run_id, "set_name": set_name, "config": config, "config_hash": config_hash, "revision": revision, "reason": reason, "at": now()}
        packed = gzip.compress(json.dumps({key: [list(pair) for pair in pairs] for key, pairs in rankings.items()}).encode(), 6, mtime=0)
        with self._database.write() as connection:
            connection.execute(schema.lab_run.insert().values(**row, document=json.dumps(document, ensure_ascii=False), rankings=packed))
        return run_id

    def all(self, set_name: str | None = None, *, reason: str | None = None) -> list[Run]:
        """Runs without their rankings, newest first."""
        table = schema.lab_run
        columns = [column for column in table.c if column.name != "rankings"]
        wanted = [table.c.set_name == set_name] if set_name is not None else []
        wanted += [table.c.reason == reason] if reason is not None else []
        with self._database.read() as connection:
            rows = connection.execute(sa.select(*columns).where(sa.true(), *wanted).order_by(table.c.at.desc(), table.c.id.desc()))
            return [Run(**{**row._mapping, "document": json.loads(row.document)}) for row in rows]

    def get(self, run_id: str) -> tuple[Run, dict[str, list[tuple[str, float]]]]:
        """A run with its rankings. Raises NotFoundError."""
        table = schema.lab_run
        with self._database.read() as connection:
            row = connection.execute(sa.select(table).where(table.c.id == run_id)).first()
        if row is None:
            raise NotFoundError(f"there is no run {run_id!r}", remedy="`florilegium lab runs` lists them")
        held = dict(row._mapping)
        rankings = json.loads(gzip.decompress(held.pop("rankings")))
        run = Run(**{**held, "document": json.loads(held["document"])})
        return run, {key: [(review_id, float(score)) for review_id, score in pairs] for key, pairs in rankings.items()}

    def delete(self, run_id: str) -> None:
        """Delete a run. Raises NotFoundError."""
        with self._database.write() as connection:
            if not connection.execute(sa.delete(schema.lab_run).where(schema.lab_run.c.id == run_id)).rowcount:
                raise NotFoundError(f"there is no run {run_id!r}", remedy="`florilegium lab runs` lists them")
