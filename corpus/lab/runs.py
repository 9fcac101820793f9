"""Results of runs, kept with all that is needed to run them again: configuration, library revision and fingerprint, program version."""

from __future__ import annotations

import gzip
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.database import Database
from corpus.errors import NotFoundError

if TYPE_CHECKING:
    from corpus.library import Library

#: (review id, score), best first, by query id.
Rankings = Mapping[str, Sequence[tuple[str, float]]]
#: Each leg's rank by leg, by review id, by query id.
Legs = Mapping[str, Mapping[str, Mapping[str, int]]]
_PER_QUERY = "per_query"


@dataclass(frozen=True, slots=True)
class Run:
    """A run. `document` holds configuration, measures, seconds, fingerprint and program version, and in `Runs.get` what each query gave.

    `set_name` is the set's, or a folder's path; `reason` is why it ran: "asked", "compare", "pool", "sync", "gate" or "sweep".
    """

    id: str
    set_name: str
    config: str
    config_hash: str
    revision: int
    reason: str
    at: str
    document: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """As `lab runs --json` prints it."""
        head = {name: getattr(self, name) for name in ("id", "set_name", "config", "config_hash", "revision", "reason", "at")}
        return head | {"document": dict(self.document)}


class Runs:
    """The runs of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self,
        set_name: str,
        config: str,
        config_hash: str,
        revision: int,
        document: Mapping[str, Any],
        rankings: Rankings,
        *,
        reason: str = "asked",
        legs: Legs | None = None,
    ) -> str:
        """Keep a run; its id."""
        run_id = _new_id()
        row = {"id": run_id, "set_name": set_name, "config": config, "config_hash": config_hash, "revision": revision, "reason": reason, "at": now()}
        shown = json.dumps({key: value for key, value in document.items() if key != _PER_QUERY}, ensure_ascii=False)
        large = {"rankings": {key: [list(pair) for pair in pairs] for key, pairs in rankings.items()}, "legs": legs or {}}
        packed = gzip.compress(json.dumps(large | {_PER_QUERY: document.get(_PER_QUERY, {})}, separators=(",", ":")).encode(), 6, mtime=0)
        with self._database.write() as connection:
            connection.execute(schema.lab_run.insert().values(**row, document=shown, rankings=packed))
        return run_id

    def all(self, set_name: str | None = None, *, reason: str | None = None, config_hash: str | None = None) -> list[Run]:
        """Runs without their rankings and without what each query gave, newest first."""
        table = schema.lab_run
        columns = [column for column in table.c if column.name != "rankings"]
        asked = ((table.c.set_name, set_name), (table.c.reason, reason), (table.c.config_hash, config_hash))
        wanted = [column == value for column, value in asked if value is not None]
        with self._database.read() as connection:
            rows = connection.execute(sa.select(*columns).where(sa.true(), *wanted).order_by(table.c.at.desc(), table.c.id.desc()))
            return [Run(**{**row._mapping, "document": json.loads(row.document)}) for row in rows]

    def get(self, run_id: str) -> tuple[Run, dict[str, list[tuple[str, float]]]]:
        """A run with what each query gave, and its rankings. Raises NotFoundError."""
        return self.whole(run_id)[:2]

    def legs(self, run_id: str) -> Legs:
        """What each leg said of the first results of a run. Raises NotFoundError."""
        return self.whole(run_id)[2]

    def whole(self, run_id: str) -> tuple[Run, dict[str, list[tuple[str, float]]], Legs]:
        """All of a run in one reading: as `get`, and as `legs`. Raises NotFoundError."""
        run, large = self._read(run_id)
        rankings = {key: [(review_id, float(score)) for review_id, score in pairs] for key, pairs in large["rankings"].items()}
        return run, rankings, large["legs"]

    def delete(self, run_id: str) -> None:
        """Delete a run. Raises NotFoundError."""
        with self._database.write() as connection:
            if not connection.execute(sa.delete(schema.lab_run).where(schema.lab_run.c.id == run_id)).rowcount:
                raise _no_run(run_id)

    def _read(self, run_id: str) -> tuple[Run, dict[str, Any]]:
        table = schema.lab_run
        with self._database.read() as connection:
            row = connection.execute(sa.select(table).where(table.c.id == run_id)).first()
        if row is None:
            raise _no_run(run_id)
        held = dict(row._mapping)
        large = json.loads(gzip.decompress(held.pop("rankings")))
        return Run(**{**held, "document": {**json.loads(held["document"]), _PER_QUERY: large[_PER_QUERY]}}), large


def fingerprint(library: Library) -> str:
    """A name for the state of all records: the same ids, revisions and statuses give the same."""
    digest = hashlib.sha256()
    for review_id, (revision, status) in sorted(library.statuses().items()):
        digest.update(f"{review_id}\t{revision}\t{status}\n".encode())
    return digest.hexdigest()[:32]


def _new_id() -> str:
    """Day, millisecond of the day, and chance: later runs have later ids."""
    moment = datetime.now(UTC)
    passed = int((moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds() * 1000)
    return f"{moment:%Y-%m-%d}-{passed:07x}{secrets.token_hex(1)}"


def _no_run(run_id: str) -> NotFoundError:
    return NotFoundError(f"there is no run {run_id!r}", remedy="`florilegium lab runs` lists them")
