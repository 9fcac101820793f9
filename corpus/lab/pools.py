"""Pools: which records are to be judged for which queries. A pool keeps no word of who found what, so that judging is blind."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.database import Database
from corpus.errors import NotFoundError
from corpus.lab.sets import set_number


class Pool(NamedTuple):
    """Records to be judged, by query id: all that any of `configs` found among its first `depth`."""

    id: str
    set_name: str
    at: str
    depth: int
    configs: tuple[str, ...]
    pairs: Mapping[str, Sequence[str]]

    @property
    def size(self) -> int:
        """How many pairs of query and record it holds."""
        return sum(map(len, self.pairs.values()))


class Pools:
    """The pools of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, set_name: str, depth: int, configs: Sequence[str], pairs: Mapping[str, Sequence[str]]) -> Pool:
        """Keep a pool. Raises NotFoundError for an unknown set."""
        pool = Pool(f"pool-{secrets.token_hex(4)}", set_name, now(), depth, tuple(configs), {key: list(ids) for key, ids in pairs.items()})
        document = json.dumps({"depth": depth, "configs": list(configs), "pairs": pool.pairs}, ensure_ascii=False)
        with self._database.write() as connection:
            set_id = set_number(connection, set_name)
            connection.execute(schema.lab_pool.insert().values(id=pool.id, set_id=set_id, at=pool.at, document=document))
        return pool

    def all(self, set_name: str) -> list[Pool]:
        """The pools of a set, oldest first. Raises NotFoundError for an unknown set."""
        table = schema.lab_pool
        with self._database.read() as connection:
            rows = connection.execute(sa.select(table).where(table.c.set_id == set_number(connection, set_name)).order_by(table.c.at, table.c.id)).all()
        found = []
        for row in rows:
            held = json.loads(row.document)
            found.append(Pool(row.id, set_name, row.at, held["depth"], tuple(held["configs"]), held["pairs"]))
        return found

    def delete(self, pool_id: str) -> None:
        """Delete a pool; what was judged from it stays. Raises NotFoundError."""
        with self._database.write() as connection:
            if not connection.execute(sa.delete(schema.lab_pool).where(schema.lab_pool.c.id == pool_id)).rowcount:
                raise NotFoundError(f"there is no pool {pool_id!r}", remedy="`florilegium lab pools SET` lists them")


def shuffled(seed: str, query_id: str, review_ids: Iterable[str]) -> list[str]:
    """Records in an order that depends on `seed`, query and record alone: more records do not change the order of those that were there."""
    return sorted(set(review_ids), key=lambda one: hashlib.sha256("\x1f".join((seed, query_id, one)).encode()).hexdigest())
