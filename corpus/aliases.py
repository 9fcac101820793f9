"""Old ids: a record that was merged into another one is found by its former id everywhere."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from corpus import schema

#: Ids in one SQL statement.
_MANY = 500


def aliases_of(connection: sa.Connection, ids: Iterable[str]) -> dict[str, str]:
    """The ids among `ids` that are former ones, each with the id of the record it was merged into."""
    table, wanted = schema.review_alias, list(dict.fromkeys(ids))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _MANY):
        query = sa.select(table.c.alias, table.c.review_id).where(table.c.alias.in_(wanted[start : start + _MANY]))
        found.update({row.alias: row.review_id for row in connection.execute(query)})
    return found


def former_ids(connection: sa.Connection, review_id: str) -> list[str]:
    """The ids of the records that were merged into this one, sorted."""
    table = schema.review_alias
    return list(connection.execute(sa.select(table.c.alias).where(table.c.review_id == review_id).order_by(table.c.alias)).scalars())


def names_of(connection: sa.Connection, review_id: str) -> list[str]:
    """The ids that a record has or had: what is written under any of them is written about it."""
    own = aliases_of(connection, [review_id]).get(review_id, review_id)
    return [own, *former_ids(connection, own)]


def is_no_alias() -> sa.ColumnElement[bool]:
    """True of the rows of `review` that were not merged into another one."""
    return schema.review.c.id.not_in(sa.select(schema.review_alias.c.alias))


def meant_by(values: Iterable[str]) -> sa.ColumnElement[bool]:
    """True of the rows of `review` that one of these former ids stands for."""
    table = schema.review_alias
    return schema.review.c.id.in_(sa.select(table.c.review_id).where(table.c.alias.in_(list(values))))
