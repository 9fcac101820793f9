"""Which records are worth comparing: those that share a key. Keys are stored with each record, so that a pair is found without a scan.

A key that many records have ("Editorial", a DOI of a whole supplement, page 1 of volume 1) tells nothing: after `FULL` records no more are put
under it, and it proposes none. So the work for one record is bounded, whatever the library holds.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from corpus import schema
from corpus.duplicates.traits import Traits, traits_of
from corpus.review import Review

#: Records under one key.
FULL = 40
#: Records that one is compared with at most: those that share the most keys.
MOST = 12
_MANY = 500
T = TypeVar("T")
_LETTERS, _WORDS = 24, 4


def keys_of(traits: Traits) -> list[int]:
    """The keys of a record: identifiers, both ends of its title, its longest words, the place it stands at, the beginning of its abstract."""
    words = sorted({word for word in traits.title.split() if len(word) > 3}, key=lambda word: (-len(word), word))
    first = traits.families[0] if traits.families else ""
    parts: list[tuple[object, ...]] = [("doi", doi) for doi in traits.dois]
    parts.append(("pmid", traits.pmid))
    if len(traits.compact) >= _LETTERS // 2:
        parts += [("begins", traits.compact[:_LETTERS]), ("ends", traits.compact[-_LETTERS:])]
    if len(words) >= _WORDS:
        parts.append(("words", *sorted(words[:_WORDS])))
    if words:
        parts.append(("paper", first, traits.year, words[0]))
    parts += [("place", traits.year, traits.volume, traits.page), ("page", first, traits.page)]
    if len(traits.abstract) >= 100:
        parts.append(("abstract", traits.abstract[:60]))
    return sorted({_number(part) for part in parts if all(part)})


def _number(part: tuple[object, ...]) -> int:
    return int.from_bytes(hashlib.blake2b("\x1f".join(map(str, part)).encode(), digest_size=8).digest(), "big", signed=True)


def write(connection: sa.Connection, reviews: Sequence[Review], former: Sequence[str]) -> None:
    """Store the keys of records; those in `former` had some."""
    table = schema.block
    for gone in _parts(former):
        connection.execute(sa.delete(table).where(table.c.review_id.in_(gone)))
    wanted = [(key, review.id) for review in reviews for key in keys_of(traits_of(review))]
    held = Counter[int]()
    for part in _parts(sorted({key for key, _ in wanted})):
        counted = sa.select(table.c.key, sa.func.count().label("n")).where(table.c.key.in_(part)).group_by(table.c.key)
        held.update({row.key: row.n for row in connection.execute(counted)})
    rows = []
    for key, review_id in wanted:
        if held[key] < FULL:
            held[key] += 1
            rows.append({"key": key, "review_id": review_id})
    if rows:
        connection.execute(table.insert(), rows)


def sharing(connection: sa.Connection, keys: Iterable[int]) -> dict[int, list[str]]:
    """The records under each of these keys, full ones left out."""
    table = schema.block
    found: dict[int, list[str]] = {}
    for part in _parts(sorted(set(keys))):
        for row in connection.execute(sa.select(table.c.key, table.c.review_id).where(table.c.key.in_(part))):
            found.setdefault(row.key, []).append(row.review_id)
    return {key: ids for key, ids in found.items() if len(ids) < FULL}


def complete(connection: sa.Connection) -> None:
    """Write the keys of records that have none: those of a library from before there were keys."""
    from corpus.change import load_review

    review, table = schema.review, schema.block
    bare = ~sa.exists().where(table.c.review_id == review.c.id)
    last = ""
    while rows := list(connection.execute(sa.select(review).where(review.c.id > last, bare).order_by(review.c.id).limit(_MANY))):
        write(connection, [load_review(row.document, row.revision) for row in rows], ())
        last = rows[-1].id


def pairs(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """Every two records that share a key, each pair once, the smaller id first."""
    table = schema.block
    seen: set[int] = set()
    for ids in _groups(connection.execute(sa.select(table.c.key, table.c.review_id).order_by(table.c.key, table.c.review_id))):
        for at, first in enumerate(ids):
            for second in ids[at + 1 :]:
                pair = hash((first, second))
                if pair not in seen:
                    seen.add(pair)
                    yield first, second


def _groups(rows: Iterable[Any]) -> Iterator[list[str]]:
    key, ids = None, list[str]()
    for number, review_id in rows:
        if number != key:
            if 1 < len(ids) < FULL:
                yield ids
            key, ids = number, []
        ids.append(review_id)
    if 1 < len(ids) < FULL:
        yield ids


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _MANY):
        yield values[start : start + _MANY]
