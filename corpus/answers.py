"""Answers kept as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.database import Database
from corpus.errors import NotFoundError


class Answers:
    """The answers of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, answer_id: str, question: str, revision: int, document: Mapping[str, Any]) -> None:
        """Keep an answer as data; the same id again replaces it (a checked draft takes the place of its quotes)."""
        with self._database.write() as connection:
            row = {
                "id": answer_id,
                "revision": revision,
                "at": now(),
                "question": question,
                "document": json.dumps(document, ensure_ascii=False, separators=(",", ":")),
            }
            connection.execute(sa.delete(schema.answer).where(schema.answer.c.id == answer_id))
            connection.execute(schema.answer.insert().values(row))

    def get(self, answer_id: str) -> dict[str, Any]:
        """A kept answer. Raises NotFoundError."""
        with self._database.read() as connection:
            text = connection.execute(sa.select(schema.answer.c.document).where(schema.answer.c.id == answer_id)).scalar()
        if text is None:
            raise NotFoundError(f"there is no answer {answer_id!r}")
        return dict(json.loads(text))
