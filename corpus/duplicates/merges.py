"""Making two records one, and taking that back. The other record stays stored, hidden behind its id, which becomes another name of the kept one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from corpus import schema
from corpus.aliases import aliases_of
from corpus.change import Change, fetch_stored
from corpus.errors import ConflictError, NotFoundError, UsageError
from corpus.review import Review, Status

#: What was done to a record that was merged into another one; to the one that took it in; and to both when that was taken back.
MERGED_AWAY, MERGED, UNMERGED = "merged-away", "merge", "undo-merge"


class Merge(NamedTuple):
    """Two records that were made one: when, by whom, at which revision, and whether that was taken back (its revision, or None)."""

    number: int
    kept_id: str
    other_id: str
    revision: int
    actor: str
    at: str
    automatic: bool
    undone_revision: int | None


def put_merged(change: Change, kept: Review, merged: Review, other: Review, *, automatic: bool, new: bool = False) -> tuple[Review, dict[str, Any]]:
    """Store `merged` in the place of `kept` and hide `other`; (what was stored, the row to hand to `write_down` once both are written).

    `new`: the other record is not in the library yet.
    """
    changed = _differences(kept, merged)
    stored = change.put(merged, MERGED) if changed else kept
    change.put(other.model_copy(update={"status": Status.WITHDRAWN}), MERGED_AWAY, new=new)
    row = {
        "kept_id": kept.id,
        "other_id": other.id,
        "revision": change.revision,
        "actor": change.actor,
        "at": change.at,
        "automatic": automatic,
        "other_status": other.status.value,
        "changed": json.dumps(changed, ensure_ascii=False),
    }
    return stored, row


def write_down(change: Change, rows: Sequence[dict[str, Any]]) -> None:
    """Note merges, and let the former ids lead to the kept records."""
    change.flush()
    alias = schema.review_alias
    for row in rows:
        change.connection.execute(sa.update(alias).where(alias.c.review_id == row["other_id"]).values(review_id=row["kept_id"]))
        change.connection.execute(alias.insert().values(alias=row["other_id"], review_id=row["kept_id"]))
    if rows:
        change.connection.execute(schema.merge.insert(), list(rows))


def find_merge(connection: sa.Connection, asked: str) -> Merge:
    """The merge that stands, by its number or by the id that was merged away. Raises NotFoundError."""
    table = schema.merge
    which = table.c.number == int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else table.c.other_id == asked
    found = [merge for merge in _read(connection, which) if merge.undone_revision is None]
    if not found:
        raise NotFoundError(f"there is no merge {asked!r} to undo", remedy="`florilegium duplicates --merged` lists them")
    return found[0]


def list_merges(connection: sa.Connection, *, limit: int | None = None) -> list[Merge]:
    """Every merge, newest first."""
    return _read(connection, sa.true(), limit)


def take_back(change: Change, merge: Merge) -> tuple[Review, Review]:
    """Make two records of one again, as they were; what was changed in the kept one since stays. Returns (kept, other).

    Raises ConflictError when the kept record has been merged into another one since.
    """
    away = aliases_of(change.connection, [merge.kept_id])
    if away:
        raise ConflictError(
            f"{merge.kept_id} has been merged into {away[merge.kept_id]} since",
            where=f"merge {merge.number}",
            remedy=f"Undo that first: florilegium duplicates undo {merge.kept_id}",
        )
    row = change.connection.execute(sa.select(schema.merge).where(schema.merge.c.number == merge.number)).one()
    records = fetch_stored(change.connection, [merge.kept_id, merge.other_id])
    kept, other = records[merge.kept_id], records[merge.other_id]
    restored = _restored(kept, json.loads(row.changed))
    kept = change.put(restored, UNMERGED) if restored != kept else kept
    other = change.put(other.model_copy(update={"status": Status(row.other_status)}), UNMERGED)
    change.flush()
    forget(change, [merge])
    return kept, other


def forget(change: Change, merges: Sequence[Merge]) -> None:
    """Mark merges as taken back; the former ids lead to where the merges that are left take them."""
    alias, table = schema.review_alias, schema.merge
    for merge in merges:
        change.connection.execute(sa.update(table).where(table.c.number == merge.number).values(undone_revision=change.revision))
        change.connection.execute(sa.delete(alias).where(alias.c.alias == merge.other_id))
        for old in _below(change.connection, merge.other_id):
            change.connection.execute(sa.update(alias).where(alias.c.alias == old).values(review_id=merge.other_id))


def merges_at(connection: sa.Connection, revision: int) -> list[Merge]:
    """The merges of one revision that stand, newest first."""
    return [merge for merge in _read(connection, schema.merge.c.revision == revision) if merge.undone_revision is None]


def refuse_same(kept: Review, other: Review) -> None:
    """Raises UsageError where two names are of one record."""
    if kept.id == other.id:
        raise UsageError("these are one record already", where=kept.id)


def _read(connection: sa.Connection, which: sa.ColumnElement[bool], limit: int | None = None) -> list[Merge]:
    table = schema.merge
    columns = [table.c[name] for name in Merge._fields]
    return [Merge(*row) for row in connection.execute(sa.select(*columns).where(which).order_by(table.c.number.desc()).limit(limit))]


def _below(connection: sa.Connection, review_id: str) -> Iterable[str]:
    """The records that standing merges took into this one, directly or by way of another."""
    table = schema.merge
    waiting, found = [review_id], list[str]()
    while waiting:
        query = sa.select(table.c.other_id).where(table.c.kept_id == waiting.pop(), table.c.undone_revision.is_(None))
        below = [old for old in connection.execute(query).scalars() if old not in found]
        found += below
        waiting += below
    return found


def _differences(before: Review, after: Review) -> dict[str, list[Any]]:
    """Field -> [before, after]; the variables of the CSL item one by one."""
    one, two = (review.model_dump(mode="json", exclude={"id", "revision"}) for review in (before, after))
    ours, theirs = one.pop("csl"), two.pop("csl")
    found = {f"csl.{name}": [ours.get(name), theirs.get(name)] for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)}
    return found | {name: [one[name], two[name]] for name in one if one[name] != two[name]}


def _restored(kept: Review, changed: dict[str, list[Any]]) -> Review:
    document = kept.model_dump(mode="json")
    for name, (before, after) in changed.items():
        table, key = (document["csl"], name.removeprefix("csl.")) if name.startswith("csl.") else (document, name)
        value = _without(table.get(key), before, after)
        if value is None and table is document["csl"]:
            table.pop(key, None)
        else:
            table[key] = value
    return Review.model_validate(document)


def _without(now: Any, before: Any, after: Any) -> Any:
    """What a field is without what a merge made of it: what was there before, unless somebody has changed it since."""
    if now == after:
        return before
    if isinstance(now, list) and isinstance(before, list) and isinstance(after, list):
        gained = [entry for entry in after if entry not in before]
        return [entry for entry in now if entry not in gained]
    if isinstance(now, dict) and isinstance(before, dict) and isinstance(after, dict):
        table = {key: _without(value, before.get(key, []), after[key]) if key in after else value for key, value in now.items()}
        return {key: value for key, value in table.items() if value or key in before}
    return now
