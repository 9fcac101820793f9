"""The vocabulary as the library keeps it: every state with its revision, and a change that takes the records' facets along."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from corpus import schema
from corpus.change import MANY, Change, fetch, now
from corpus.errors import NotFoundError
from corpus.review import Review
from corpus.vocabulary import Vocabulary, default_vocabulary

if TYPE_CHECKING:
    from corpus.library import Library


class VocabularyVersion(NamedTuple):
    """One state of the vocabulary: at which revision, what was done, by whom, when (UTC, ISO 8601)."""

    revision: int
    action: str
    actor: str
    at: str


class VocabularyChange(NamedTuple):
    """What a change of the vocabulary did: the vocabulary now, the revision it is of, and the ids of the records whose facets it changed."""

    vocabulary: Vocabulary
    revision: int
    records: list[str]


def seed(connection: sa.Connection) -> None:
    """Give a library without a vocabulary the one that ships."""
    if connection.execute(sa.select(schema.vocabulary.c.revision)).first() is None:
        row = {"revision": 0, "action": "shipped", "actor": "florilegium", "at": now(), "document": _write(default_vocabulary())}
        connection.execute(schema.vocabulary.insert().values(row))


def current(connection: sa.Connection) -> Vocabulary:
    """The vocabulary in force; the same object as long as nobody changes it."""
    table = schema.vocabulary
    text = connection.execute(sa.select(table.c.document).order_by(table.c.revision.desc()).limit(1)).scalar()
    return default_vocabulary() if text is None else _read(text)


def versions(library: Library) -> list[VocabularyVersion]:
    """Every state of the vocabulary, newest first."""
    table = schema.vocabulary
    with library.reading() as connection:
        query = sa.select(table.c.revision, table.c.action, table.c.actor, table.c.at).order_by(table.c.revision.desc())
        return [VocabularyVersion(*row) for row in connection.execute(query)]


def version(library: Library, revision: int) -> Vocabulary:
    """The vocabulary as it was at a library revision. Raises NotFoundError."""
    table = schema.vocabulary
    with library.reading() as connection:
        query = sa.select(table.c.document).where(table.c.revision <= revision).order_by(table.c.revision.desc()).limit(1)
        text = connection.execute(query).scalar()
    if text is None or revision < 0:
        raise NotFoundError(f"there was no vocabulary at revision {revision}")
    return _read(text)


def change_vocabulary(library: Library, edit: Callable[[Vocabulary], Vocabulary], action: str, *, actor: str = "local") -> VocabularyChange:
    """Change the vocabulary, and in the same transaction the facets of the records that have a spelling it now knows by another value.

    One revision, or none where nothing changed. Whatever `edit` raises is passed on, and nothing is kept.
    """
    with library.change(actor, action) as change:
        before = current(change.connection)
        after = edit(before)
        if after == before:
            return VocabularyChange(before, int(change.connection.execute(sa.select(schema.library.c.revision)).scalar_one()), [])
        row = {"revision": change.revision, "action": action, "actor": actor, "at": change.at, "document": _write(after)}
        change.connection.execute(schema.vocabulary.insert().values(row))
        return VocabularyChange(after, change.revision, _follow(change, before, after))


def apply_to_keywords(library: Library, *, actor: str = "local") -> list[str]:
    """Give every record the facets that its keywords stand for in the vocabulary, as an import would; returns the ids of those changed."""
    changed = []
    with library.change(actor, "keywords read anew") as change:
        vocabulary = current(change.connection)
        ids = list(change.connection.execute(sa.select(schema.review.c.id).order_by(schema.review.c.id)).scalars())
        for review in _stored(change, ids):
            facets = {name: list(values) for name, values in review.facets.items()}
            for name, values in vocabulary.from_keywords(review.keywords).items():
                facets[name] = list(dict.fromkeys([*facets.get(name, []), *values]))
            wanted = {name: tuple(values) for name, values in facets.items()}
            if wanted != review.facets:
                change.put(review.model_copy(update={"facets": wanted}), "vocabulary")
                changed.append(review.id)
    return changed


def _follow(change: Change, before: Vocabulary, after: Vocabulary) -> list[str]:
    """Bring the records' facets to the values of the new vocabulary; returns the ids of those changed."""
    value, link, review = schema.facet_value, schema.review_facet, schema.review
    known = change.connection.execute(sa.select(value.c.number, value.c.facet, value.c.value))
    stale = [row.number for row in known if _now_called(before, after, row.facet, row.value) != row.value]
    ids: set[str] = set()
    for number in stale:
        query = sa.select(review.c.id).join(link, link.c.review_number == review.c.number).where(link.c.value_number == number)
        ids.update(change.connection.execute(query).scalars())
    for record in _stored(change, sorted(ids)):
        facets = {name: tuple(dict.fromkeys(_now_called(before, after, name, held) for held in values)) for name, values in record.facets.items()}
        change.put(record.model_copy(update={"facets": facets}), "vocabulary")
    return sorted(ids)


def _now_called(before: Vocabulary, after: Vocabulary, facet: str, value: str) -> str:
    """What a record's value is called now. One the new vocabulary does not know (a rename taken back) is told by its other words, if they agree."""
    found = after.canonical(facet, value)
    if found is not None or value not in before.values.get(facet, ()):
        return found or value
    meant = {after.canonical(facet, word) for word in before.spellings(facet, value)} - {None}
    return meant.pop() or value if len(meant) == 1 else value


def _stored(change: Change, ids: list[str]) -> Iterator[Review]:
    for start in range(0, len(ids), MANY):
        found = fetch(change.connection, ids[start : start + MANY])
        yield from (found[review_id] for review_id in ids[start : start + MANY])


def _write(vocabulary: Vocabulary) -> str:
    return json.dumps(vocabulary.as_dict(), ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=8)
def _read(text: str) -> Vocabulary:
    return Vocabulary.from_dict(json.loads(text))
