"""`Change`: one write transaction on the library, and how a record is stored in its tables and read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from corpus import schema
from corpus.aliases import aliases_of
from corpus.diff import diff_reviews
from corpus.duplicates import blocking
from corpus.errors import ConflictError, NotFoundError, UnavailableError
from corpus.identity import work_key
from corpus.review import Review
from corpus.text import fold

#: Ids in one SQL statement.
MANY = 500


class Change:
    """One write transaction on the library: reads what is there, puts new states, all at one revision."""

    def __init__(self, connection: sa.Connection, actor: str, note: str = "") -> None:
        """`note` says why, in the words of whoever makes the change."""
        self.connection = connection
        self.actor = actor
        self.note = note
        self.at = now()
        self._revision: int | None = None
        self._pending: list[tuple[Review, str, bool]] = []
        self._facet_numbers: dict[tuple[str, str], int] = {}

    @property
    def revision(self) -> int:
        """The revision of this transaction, taken on first use."""
        if self._revision is None:
            table = schema.library
            query = sa.update(table).where(table.c.id == 1).values(revision=table.c.revision + 1).returning(table.c.revision)
            self._revision = int(self.connection.execute(query).scalar_one())
        return self._revision

    @property
    def changed(self) -> bool:
        """Whether anything was put."""
        return self._revision is not None

    def one(self, review_id: str) -> Review:
        """The record with this id (or former id), for changing. Raises NotFoundError."""
        self.flush()
        found = fetch(self.connection, [review_id])
        if review_id not in found:
            raise NotFoundError(f"there is no record {review_id!r}", remedy=nearest(self.connection, review_id))
        return found[review_id]

    def at_revision(self, review_id: str, base_revision: int) -> Review:
        """The record, for whoever saw it at `base_revision`. Raises NotFoundError, and ConflictError where it has changed since."""
        kept = self.one(review_id)
        if kept.revision == base_revision:
            return kept
        version = schema.review_version
        query = sa.select(version.c.actor).where(version.c.review_id == kept.id, version.c.revision == kept.revision)
        who = self.connection.execute(query).scalar()
        raise ConflictError(
            f"the record was changed at revision {kept.revision} by {who}{self._changed_fields(kept, base_revision)}, after the revision {base_revision} "
            "you started from",
            where=review_id,
            remedy=f"See it with `florilegium history {review_id} --diff {base_revision} {kept.revision}`, and make your change again",
        )

    def _changed_fields(self, kept: Review, base_revision: int) -> str:
        version = schema.review_version
        query = sa.select(version.c.document, version.c.revision).where(version.c.review_id == kept.id, version.c.revision <= base_revision)
        row = self.connection.execute(query.order_by(version.c.revision.desc()).limit(1)).first()
        if row is None or row.document is None:
            return ""
        fields = list(dict.fromkeys(entry.field for entry in diff_reviews(load_review(row.document, row.revision), kept)))
        return f" ({', '.join(fields[:5])}{', …' if len(fields) > 5 else ''})" if fields else ""

    def put(self, review: Review, action: str, *, new: bool = False) -> Review:
        """Store a new state of a record (or, with `new`, a new record) and return it with its revision. Written in bulk at `flush`."""
        stored = review.model_copy(update={"revision": self.revision})
        self._pending.append((stored, action, new))
        if len(self._pending) >= MANY:
            self.flush()
        return stored

    def signature(self) -> dict[str, Any]:
        """What every stored version says of the transaction it came with."""
        return {"revision": self.revision, "actor": self.actor, "at": self.at, "note": self.note}

    def flush(self) -> None:
        """Write what is pending."""
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        final = {review.id: (review, action) for review, action, _ in pending}
        added = {review.id for review, _, new in pending if new}
        rows = {review_id: _row(review) for review_id, (review, _) in final.items()}
        new = [i for i in rows if i in added]
        if new:
            first = self.connection.execute(sa.select(sa.func.max(schema.review.c.number))).scalar()
            for number, review_id in enumerate(new, start=0 if first is None else first + 1):
                rows[review_id] |= {"number": number, "added_revision": self.revision}
            self.connection.execute(schema.review.insert(), [rows[review_id] for review_id in new])
        updated = [i for i in rows if i not in added]
        for review_id in updated:
            self.connection.execute(sa.update(schema.review).where(schema.review.c.id == review_id).values(rows[review_id]))
        version = schema.review_version
        for start in range(0, len(updated), MANY):
            part = updated[start : start + MANY]
            self.connection.execute(sa.delete(version).where(version.c.review_id.in_(part), version.c.revision == self.revision))
        self.connection.execute(
            version.insert(),
            [{"review_id": i, "action": action, "document": rows[i]["document"], **self.signature()} for i, (_, action) in final.items()],
        )
        numbers = {review_id: rows[review_id]["number"] for review_id in new} | self._clear_facets(updated)
        facets = [
            {"review_number": numbers[i], "value_number": self._facet_number(name, value)}
            for i, (review, _) in final.items()
            for name, values in review.facets.items()
            for value in values
        ]
        if facets:
            self.connection.execute(schema.review_facet.insert(), facets)
        blocking.write(self.connection, [review for review, _ in final.values()], updated)

    def _clear_facets(self, ids: Sequence[str]) -> dict[str, int]:
        """Take the facets of stored records away; returns the records' numbers."""
        table, facet = schema.review, schema.review_facet
        numbers: dict[str, int] = {}
        for start in range(0, len(ids), MANY):
            rows = self.connection.execute(sa.select(table.c.id, table.c.number).where(table.c.id.in_(ids[start : start + MANY])))
            found = {row.id: row.number for row in rows}
            self.connection.execute(sa.delete(facet).where(facet.c.review_number.in_(found.values())))
            numbers |= found
        return numbers

    def _facet_number(self, facet: str, value: str) -> int:
        """The number of a facet's value, which gets one when it is first used."""
        key, table = (facet, value), schema.facet_value
        if key not in self._facet_numbers:
            found = self.connection.execute(sa.select(table.c.number).where(table.c.facet == facet, table.c.value == value)).scalar()
            if found is None:
                row = {"facet": facet, "value": value, "value_folded": fold(value)}
                found = self.connection.execute(table.insert().values(row).returning(table.c.number)).scalar_one()
            self._facet_numbers[key] = int(found)
        return self._facet_numbers[key]


def now() -> str:
    """The present moment as the library writes it: UTC, ISO 8601, seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _row(review: Review) -> dict[str, Any]:
    held = [name for name in ("abstract", "summary", "findings", "limits") if getattr(review, name)]
    if any(review.sections):
        held.append("fulltext")
    keywords = [fold(" ".join(word.split())) for word in review.keywords]
    return {
        "id": review.id,
        "revision": review.revision,
        "status": review.status.value,
        "title": review.title,
        "title_folded": fold(review.title),
        "authors_folded": fold("; ".join(f"{name.given} {name.family}".strip() for name in review.authors)),
        "author_key": fold(" ".join(part for name in review.authors[:1] for part in name if part))[:100],
        "year": review.year,
        "journal": review.journal,
        "journal_folded": fold(review.journal),
        "keywords_folded": "\n".join(["", *keywords, ""]) if keywords else "",
        "doi": review.doi or None,
        "pmid": review.pmid or None,
        "work_key": work_key(review),
        "issn": _issn(review),
        "has_text": f"|{'|'.join(held)}|",
        "document": review.model_dump_json(exclude={"revision"}, exclude_defaults=True),
    }


def _issn(review: Review) -> str | None:
    value = review.csl.get("ISSN") or ""
    return (" ".join(map(str, value)) if isinstance(value, list) else str(value)) or None


def load_review(document: str, revision: int) -> Review:
    """A stored state of a record as it stood at a revision. Raises UnavailableError where it cannot be read."""
    try:
        return Review.model_validate({**json.loads(document), "revision": revision})
    except ValueError as error:
        raise UnavailableError("a stored record cannot be read", where=f"revision {revision}", remedy="Run `florilegium doctor`") from error


def fetch(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Review]:
    """The records with these ids, as they stand, by the id asked for: a former id gives the record it was merged into. Unknown ids are left out."""
    now = aliases_of(connection, ids)
    found = fetch_stored(connection, list(dict.fromkeys(now.get(review_id, review_id) for review_id in ids)))
    return {review_id: found[now.get(review_id, review_id)] for review_id in ids if now.get(review_id, review_id) in found}


def fetch_stored(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Review]:
    """What is stored under these very ids: of one that was merged away, its own last state."""
    table = schema.review
    found: dict[str, Review] = {}
    for start in range(0, len(ids), MANY):
        query = sa.select(table.c.id, table.c.revision, table.c.document).where(table.c.id.in_(ids[start : start + MANY]))
        found.update({row.id: load_review(row.document, row.revision) for row in connection.execute(query)})
    return found


def nearest(connection: sa.Connection, review_id: str) -> str:
    """What to do about an id that nobody has: ids near it, or where to look."""
    import difflib

    stem = fold(review_id)[:2]
    near = list(connection.execute(sa.select(schema.review.c.id).where(schema.review.c.id.startswith(stem, autoescape=True)).limit(5_000)).scalars())
    best = difflib.get_close_matches(review_id, near, n=3, cutoff=0.6)
    return f"Near it: {', '.join(best)}" if best else "Look it up with `florilegium search`"
