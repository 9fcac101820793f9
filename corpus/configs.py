"""Named configurations, and which of them is in force."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.database import Database
from corpus.errors import ConflictError, NotFoundError, UsageError

#: The configuration that ships: always there, in force before the first promotion, and never saved with settings of its own.
DEFAULT_CONFIG = "default"


class SavedConfig(NamedTuple):
    """A named configuration as it was saved: the hash it had then, when (UTC, ISO 8601), and its settings."""

    name: str
    hash: str
    at: str
    document: dict[str, Any]


class Promotion(NamedTuple):
    """Which configuration was put in force, when (UTC, ISO 8601), by whom."""

    config: str
    at: str
    actor: str


#: Told the library's uid and revision inside the transaction that promotes; raises where the configuration must not be promoted.
Ready = Callable[[str, int], None]


class Configs:
    """The configurations of one library. They never change and are never deleted; promotions are a list, the last one counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, name: str, digest: str, document: Mapping[str, Any]) -> None:
        """Keep a named configuration. A name is given once; the same content again is no error. Raises ConflictError, UsageError."""
        if name == DEFAULT_CONFIG:
            raise UsageError(f"{name!r} is the configuration that ships", remedy="Choose another name")
        table = schema.search_config
        with self._database.write() as connection:
            known = connection.execute(sa.select(table.c.hash).where(table.c.name == name)).scalar()
            if known is not None and known != digest:
                raise ConflictError(f"a different configuration is named {name!r} already", remedy="Choose another name; configurations never change")
            if known is None:
                connection.execute(
                    table.insert().values(name=name, hash=digest, at=now(), document=json.dumps(document, ensure_ascii=False, separators=(",", ":")))
                )

    def all(self) -> dict[str, SavedConfig]:
        """Every saved configuration by name, oldest first; the one that ships is not among them."""
        table = schema.search_config
        query = sa.select(table).where(table.c.name != DEFAULT_CONFIG).order_by(table.c.at, table.c.name)
        with self._database.read() as connection:
            return {row.name: SavedConfig(row.name, row.hash, row.at, json.loads(row.document)) for row in connection.execute(query)}

    def promote(self, name: str, ready: Ready | None = None, *, actor: str = "local") -> None:
        """Put a configuration in force, unless `ready` raises: the library cannot change between its look and the promotion.

        Raises NotFoundError.
        """
        with self._database.write() as connection:
            self._require(connection, name)
            self._put_in_force(connection, name, ready, actor)

    def rollback(self, ready: Callable[[str], Ready] | None = None, *, actor: str = "local") -> str:
        """Put the formerly promoted configuration in force again; returns its name. Twice is back where it was. Raises UsageError."""
        with self._database.write() as connection:
            former = _former(_promotions(connection))
            if former is None:
                raise UsageError(f"nothing has been promoted yet: {DEFAULT_CONFIG!r} is in force", remedy="Promote one: florilegium config promote NAME")
            self._put_in_force(connection, former, ready(former) if ready else None, actor)
        return former

    def active(self) -> str | None:
        """The name of the active configuration, or None before the first promotion."""
        promotions = self.promotions()
        return promotions[-1].config if promotions else None

    def former(self) -> str | None:
        """The configuration that a rollback would put in force, or None before the first promotion."""
        return _former(self.promotions())

    def promotions(self) -> list[Promotion]:
        """Every promotion, oldest first."""
        with self._database.read() as connection:
            return _promotions(connection)

    def _require(self, connection: sa.Connection, name: str) -> None:
        table = schema.search_config
        if connection.execute(sa.select(table.c.name).where(table.c.name == name)).first() is not None:
            return
        if name != DEFAULT_CONFIG:
            raise NotFoundError(f"there is no configuration {name!r}", remedy="florilegium config list names them")
        connection.execute(table.insert().values(name=name, hash="", at=now(), document="{}"))  # promotions refer to this table

    def _put_in_force(self, connection: sa.Connection, name: str, ready: Ready | None, actor: str) -> None:
        if ready is not None:
            uid, revision = connection.execute(sa.select(schema.library.c.uid, schema.library.c.revision).with_for_update()).one()
            ready(str(uid), int(revision))
        self._require(connection, name)
        connection.execute(schema.promotion.insert().values(config=name, at=now(), actor=actor))


def _promotions(connection: sa.Connection) -> list[Promotion]:
    table = schema.promotion
    return [Promotion(row.config, row.at, row.actor) for row in connection.execute(sa.select(table).order_by(table.c.number))]


def _former(promotions: list[Promotion]) -> str | None:
    """The last configuration before the present one that was another; before the first promotion the one that ships was in force."""
    names = [DEFAULT_CONFIG, *(promotion.config for promotion in promotions)]
    return next((name for name in reversed(names) if name != names[-1]), None) if promotions else None
