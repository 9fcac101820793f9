"""Sweeps over settings, kept so that one that was stopped goes on where it was."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.database import Database
from corpus.errors import ConflictError, NotFoundError
from corpus.lab.sets import set_number

State = Literal["running", "paused", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep over a set. `document`: `choices`, `settings` (one a combination), `config`, `measure`, `values` (by setting and query), `result`."""

    id: str
    set_name: str
    state: State
    at: str
    document: Mapping[str, Any]

    @property
    def done(self) -> int:
        """How many settings have been measured."""
        return len(self.document["values"])

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.document["settings"])


class Sweeps:
    """The sweeps of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, set_name: str, document: Mapping[str, Any]) -> Sweep:
        """Keep a new sweep. Raises NotFoundError for an unknown set."""
        made = Sweep(f"sweep-{secrets.token_hex(4)}", set_name, "paused", now(), dict(document))
        row = {"id": made.id, "state": made.state, "at": made.at, "document": json.dumps(made.document, ensure_ascii=False)}
        with self._database.write() as connection:
            connection.execute(schema.sweep.insert().values(set_id=set_number(connection, set_name), **row))
        return made

    def save(self, sweep_id: str, document: Mapping[str, Any], state: State | None = None) -> State:
        """Write down how far a sweep is; the state it is in now, which somebody else may have changed to "paused". Raises NotFoundError."""
        table = schema.sweep
        values = {"document": json.dumps(dict(document), ensure_ascii=False), **({"state": state} if state else {})}
        with self._database.write() as connection:
            if not connection.execute(sa.update(table).where(table.c.id == sweep_id).values(values)).rowcount:
                raise _no_sweep(sweep_id)
            found: State = connection.execute(sa.select(table.c.state).where(table.c.id == sweep_id)).scalar_one()
        return found

    def begin(self, sweep_id: str) -> Sweep:
        """Take a sweep up. Raises NotFoundError, and ConflictError where it is running already or done."""
        table = schema.sweep
        with self._database.write() as connection:
            done = connection.execute(sa.update(table).where(table.c.id == sweep_id, table.c.state.in_(("paused", "failed"))).values(state="running"))
        found = self.get(sweep_id)
        if not done.rowcount:
            raise ConflictError(f"the sweep {sweep_id} is {found.state}", remedy="Pause it first" if found.state == "running" else "Start a new one")
        return found

    def pause(self, sweep_id: str) -> None:
        """Ask a running sweep to stop after the setting it is at. Raises NotFoundError."""
        table = schema.sweep
        with self._database.write() as connection:
            connection.execute(sa.update(table).where(table.c.id == sweep_id, table.c.state == "running").values(state="paused"))
        self.get(sweep_id)

    def all(self, set_name: str | None = None) -> list[Sweep]:
        """Sweeps, newest first. Raises NotFoundError for an unknown set."""
        table, sets = schema.sweep, schema.test_set
        with self._database.read() as connection:
            wanted = [table.c.set_id == set_number(connection, set_name)] if set_name is not None else []
            query = sa.select(table, sets.c.name.label("set_name")).join(sets, sets.c.id == table.c.set_id).where(sa.true(), *wanted)
            return [_sweep(row) for row in connection.execute(query.order_by(table.c.at.desc(), table.c.id))]

    def get(self, sweep_id: str) -> Sweep:
        """One sweep. Raises NotFoundError."""
        table, sets = schema.sweep, schema.test_set
        query = sa.select(table, sets.c.name.label("set_name")).join(sets, sets.c.id == table.c.set_id).where(table.c.id == sweep_id)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise _no_sweep(sweep_id)
        return _sweep(row)

    def delete(self, sweep_id: str) -> None:
        """Delete a sweep. Raises NotFoundError."""
        with self._database.write() as connection:
            if not connection.execute(sa.delete(schema.sweep).where(schema.sweep.c.id == sweep_id)).rowcount:
                raise _no_sweep(sweep_id)


def _sweep(row: sa.Row[Any]) -> Sweep:
    return Sweep(row.id, row.set_name, row.state, row.at, json.loads(row.document))


def _no_sweep(sweep_id: str) -> NotFoundError:
    return NotFoundError(f"there is no sweep {sweep_id!r}", remedy="`florilegium lab sweeps` lists them")
