"""Named configurations, and which of them is in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.database import Database
from corpus.errors import ConflictError, NotFoundError


class Configs:
    """The configurations of one library. They never change; promotions are a list, the last one counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, name: str, digest: str, document: Mapping[str, Any]) -> None:
        """Keep a named configuration. A name is given once; the same content again is no error. Raises ConflictError."""
        table = schema.search_config
        with self._database.write() as connection:
            known = connection.execute(sa.select(table.c.hash).where(table.c.name == name)).scalar()
            if known is not None and known != digest:
                raise ConflictError(f"a different configuration is named {name!r} already", remedy="Choose another name; configurations never change")
            if known is None:
                connection.execute(
                    table.insert().values(name=name, hash=digest, at=now(), document=json.dumps(document, ensure_ascii=False, separators=(",", ":")))
                )

    def all(self) -> dict[str, dict[str, Any]]:
        """Every named configuration, oldest first."""
        table = schema.search_config
        with self._database.read() as connection:
            return {row.name: json.loads(row.document) for row in connection.execute(sa.select(table).order_by(table.c.at, table.c.name))}

    def promote(self, name: str, *, actor: str = "local") -> None:
        """Make a configuration the active one. Raises NotFoundError."""
        with self._database.write() as connection:
            if connection.execute(sa.select(schema.search_config.c.name).where(schema.search_config.c.name == name)).first() is None:
                raise NotFoundError(f"there is no configuration {name!r}")
            connection.execute(schema.promotion.insert().values(config=name, at=now(), actor=actor))

    def active(self) -> str | None:
        """The name of the active configuration, or None before the first promotion."""
        table = schema.promotion
        with self._database.read() as connection:
            return connection.execute(sa.select(table.c.config).order_by(table.c.number.desc()).limit(1)).scalar()
