"""`Library`: what people made and decided, with a revision for every change."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic import ValidationError

from corpus import migrations, schema
from corpus.database import Database
from corpus.errors import ConflictError, InputError, NotFoundError, UnavailableError, UsageError
from corpus.filters import Filter, undecided_clause, where_clause
from corpus.identity import work_key
from corpus.review import Review, Status
from corpus.text import fold
from corpus.vocabulary import Vocabulary, default_vocabulary

_MANY = 500  # ids in one SQL statement


class Version(NamedTuple):
    """One stored state of a record: at which revision, what was done, by whom, when (UTC, ISO 8601)."""

    revision: int
    action: str
    actor: str
    at: str


class Selection(NamedTuple):
    """Records that a filter lets through, and how many it could not judge because the value asked for is absent."""

    ids: list[str]
    left_out: int


class Library:
    """The people's side of a home. Safe to use from several threads and processes at once."""

    def __init__(self, url: str, *, create: bool = False) -> None:
        """Open the library at a database URL; with `create`, make it where it is absent. Raises UnavailableError, UsageError."""
        self._database = Database(url)
        path = self._database.engine.url.database if self._database.engine.dialect.name == "sqlite" else None
        if path and path != ":memory:" and not create and not Path(path).exists():
            raise UsageError("there is no library", where=path, remedy="Import something first, or name another --home")
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        with self._database.read() as connection:
            ready = migrations.current(connection) == schema.HEAD
        if not ready:
            with self._database.write() as connection:
                migrations.upgrade(connection, self._database.engine.url.render_as_string())
                if connection.execute(sa.select(schema.library.c.id)).first() is None:
                    connection.execute(schema.library.insert().values(id=1, uid=secrets.token_hex(8), revision=0))

    def close(self) -> None:
        """Give the database connections back."""
        self._database.close()

    @property
    def vocabulary(self) -> Vocabulary:
        """The controlled vocabulary in force."""
        return default_vocabulary()

    # ---- reading

    def revision(self) -> int:
        """The library's revision: one more for every transaction that changed evidence, status or vocabulary."""
        with self._database.read() as connection:
            return int(connection.execute(sa.select(schema.library.c.revision)).scalar_one())

    def uid(self) -> str:
        """A name for this very library, made when it was created."""
        with self._database.read() as connection:
            return str(connection.execute(sa.select(schema.library.c.uid)).scalar_one())

    def integrity(self) -> str:
        """What the database itself finds wrong with its file, or "" where all is well."""
        try:
            with self._database.read() as connection:
                if connection.dialect.name != "sqlite":
                    return ""
                answer = str(connection.exec_driver_sql("PRAGMA quick_check").scalar())
                return "" if answer == "ok" else answer
        except UnavailableError as error:
            return error.message

    def count(self) -> int:
        """How many records there are, whatever their status."""
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(schema.review)).scalar_one())

    def get(self, review_id: str, revision: int | None = None) -> Review:
        """The record as it stands, or as it stood at a library revision. Old ids (merged records) are followed.

        Raises NotFoundError, naming near ids, when there is none.
        """
        with self._database.read() as connection:
            found = _fetch(connection, [review_id])
            if not found:
                alias = connection.execute(sa.select(schema.review_alias.c.review_id).where(schema.review_alias.c.alias == review_id)).scalar()
                found = _fetch(connection, [alias]) if alias else {}
            if not found:
                raise NotFoundError(f"there is no record {review_id!r}", remedy=_nearest(connection, review_id))
            review = next(iter(found.values()))
            if revision is None:
                return review
            version = schema.review_version
            row = connection.execute(
                sa.select(version.c.revision, version.c.document)
                .where(version.c.review_id == review.id, version.c.revision <= revision)
                .order_by(version.c.revision.desc())
                .limit(1)
            ).first()
        if row is None or row.document is None:
            raise NotFoundError(f"the record did not exist at revision {revision}", where=review.id)
        return load_review(row.document, row.revision)

    def get_many(self, ids: Iterable[str]) -> dict[str, Review]:
        """The records with these ids in one batch; ids that do not exist are left out."""
        with self._database.read() as connection:
            return _fetch(connection, list(dict.fromkeys(ids)))

    def iterate(self, ids: Sequence[str] | None = None) -> Iterator[Review]:
        """All records (or those with `ids`, in that order) in batches of bounded size."""
        if ids is None:
            with self._database.read() as connection:
                ids = list(connection.execute(sa.select(schema.review.c.id).order_by(schema.review.c.id)).scalars())
        for start in range(0, len(ids), _MANY):
            part = ids[start : start + _MANY]
            found = self.get_many(part)
            yield from (found[review_id] for review_id in part if review_id in found)

    def statuses(self) -> dict[str, tuple[int, str]]:
        """Every record's id with its revision and status: what the search data is compared with."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(schema.review.c.id, schema.review.c.revision, schema.review.c.status))
            return {row.id: (row.revision, row.status) for row in rows}

    def changed_since(self, revision: int) -> list[str]:
        """Ids of records whose last change is after `revision`."""
        with self._database.read() as connection:
            query = sa.select(schema.review.c.id).where(schema.review.c.revision > revision).order_by(schema.review.c.id)
            return list(connection.execute(query).scalars())

    def history(self, review_id: str) -> list[Version]:
        """Every state of a record, newest first."""
        version = schema.review_version
        with self._database.read() as connection:
            query = sa.select(version.c.revision, version.c.action, version.c.actor, version.c.at).where(version.c.review_id == review_id)
            return [Version(*row) for row in connection.execute(query.order_by(version.c.revision.desc()))]

    def batches(self) -> list[dict[str, Any]]:
        """Every import, newest first, with its report as it was printed."""
        table = schema.batch
        with self._database.read() as connection:
            rows = connection.execute(sa.select(table).order_by(table.c.revision.desc()))
            return [{**row._mapping, "report": json.loads(row.report)} for row in rows]

    def facet_names(self) -> list[str]:
        """The facets that records of this library have."""
        with self._database.read() as connection:
            return list(connection.execute(sa.select(schema.review_facet.c.facet).distinct().order_by(schema.review_facet.c.facet)).scalars())

    def select(self, chosen: Filter) -> Selection:
        """Ids of the records a filter lets through (newest first), and how many it cannot judge for lack of a value."""
        table = schema.review
        with self._database.read() as connection:
            order = (table.c.year.is_(None), table.c.year.desc(), table.c.title_folded, table.c.id)
            ids = list(connection.execute(sa.select(table.c.id).where(where_clause(chosen)).order_by(*order)).scalars())
            left_out = connection.execute(sa.select(sa.func.count()).select_from(table).where(undecided_clause(chosen))).scalar_one()
        return Selection(ids, int(left_out))

    def facet_counts(self, chosen: Filter) -> dict[str, list[tuple[str, int]]]:
        """For each facet its values with the number of records the filter lets through, most frequent first."""
        facet, table = schema.review_facet, schema.review
        with self._database.read() as connection:
            query = (
                sa.select(facet.c.facet, facet.c.value, sa.func.count().label("n"))
                .join(table, table.c.id == facet.c.review_id)
                .where(where_clause(chosen))
                .group_by(facet.c.facet, facet.c.value)
                .order_by(facet.c.facet, sa.desc("n"), facet.c.value)
            )
            counts: dict[str, list[tuple[str, int]]] = {}
            for row in connection.execute(query):
                counts.setdefault(row.facet, []).append((row.value, row.n))
        return counts

    def year_range(self) -> tuple[int, int] | None:
        """The first and last year of current records, or None where none has a year."""
        with self._database.read() as connection:
            query = sa.select(sa.func.min(schema.review.c.year), sa.func.max(schema.review.c.year)).where(schema.review.c.status == Status.CURRENT.value)
            low, high = connection.execute(query).one()
        return None if low is None else (int(low), int(high))

    # ---- writing

    @contextmanager
    def change(self, actor: str = "local") -> Iterator[Change]:
        """One transaction; the revision is taken at its first change, and nothing is kept when the block raises."""
        with self._database.write() as connection:
            change = Change(connection, actor)
            yield change
            change.flush()

    def edit(self, review_id: str, changes: Mapping[str, Any], *, base_revision: int, actor: str = "local", action: str = "edit") -> Review:
        """Change fields of a record. `base_revision` is the record's revision that the editor saw.

        Raises ConflictError when the record has changed since, InputError for a bad value, UsageError for what an edit cannot change.
        """
        with self.change(actor) as change:
            kept = change.one(review_id)
            if kept.revision != base_revision:
                raise ConflictError(
                    f"the record was changed at revision {kept.revision}, after the revision {base_revision} you started from",
                    where=review_id,
                    remedy="Look at the newer text and make your change again",
                )
            edited = _edited(kept, changes, self.vocabulary)
            return change.put(edited, action) if edited != kept else kept

    def set_status(self, review_id: str, status: Status, *, actor: str = "local") -> Review:
        """Withdraw a record, mark it retracted, or bring it back. It stops being evidence at once."""
        with self.change(actor) as change:
            kept = change.one(review_id)
            return kept if kept.status == status else change.put(kept.model_copy(update={"status": status}), status.value)

    # ---- answers and configurations

    def save_answer(self, answer_id: str, question: str, revision: int, document: Mapping[str, Any]) -> None:
        """Keep an answer as data; the same id again replaces it (a checked draft takes the place of its quotes)."""
        with self._database.write() as connection:
            row = {"id": answer_id, "revision": revision, "at": now(), "question": question, "document": _dump(document)}
            connection.execute(sa.delete(schema.answer).where(schema.answer.c.id == answer_id))
            connection.execute(schema.answer.insert().values(row))

    def get_answer(self, answer_id: str) -> dict[str, Any]:
        """A kept answer. Raises NotFoundError."""
        with self._database.read() as connection:
            text = connection.execute(sa.select(schema.answer.c.document).where(schema.answer.c.id == answer_id)).scalar()
        if text is None:
            raise NotFoundError(f"there is no answer {answer_id!r}")
        return dict(json.loads(text))

    def save_config(self, name: str, digest: str, document: Mapping[str, Any]) -> None:
        """Keep a named configuration. A name is given once; the same content again is no error. Raises ConflictError."""
        table = schema.search_config
        with self._database.write() as connection:
            known = connection.execute(sa.select(table.c.hash).where(table.c.name == name)).scalar()
            if known is not None and known != digest:
                raise ConflictError(f"a different configuration is named {name!r} already", remedy="Choose another name; configurations never change")
            if known is None:
                connection.execute(table.insert().values(name=name, hash=digest, at=now(), document=_dump(document)))

    def configs(self) -> dict[str, dict[str, Any]]:
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

    def active_config(self) -> str | None:
        """The name of the active configuration, or None before the first promotion."""
        table = schema.promotion
        with self._database.read() as connection:
            return connection.execute(sa.select(table.c.config).order_by(table.c.number.desc()).limit(1)).scalar()


class Change:
    """One write transaction on the library: reads what is there, puts new states, all at one revision."""

    def __init__(self, connection: sa.Connection, actor: str) -> None:
        self.connection = connection
        self.actor = actor
        self.at = now()
        self._revision: int | None = None
        self._pending: list[tuple[Review, str, bool]] = []

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
        """The record with this id, for changing. Raises NotFoundError."""
        self.flush()
        found = _fetch(self.connection, [review_id])
        if review_id not in found:
            raise NotFoundError(f"there is no record {review_id!r}", remedy=_nearest(self.connection, review_id))
        return found[review_id]

    def put(self, review: Review, action: str, *, new: bool = False) -> Review:
        """Store a new state of a record (or, with `new`, a new record) and return it with its revision. Written in bulk at `flush`."""
        stored = review.model_copy(update={"revision": self.revision})
        self._pending.append((stored, action, new))
        if len(self._pending) >= _MANY:
            self.flush()
        return stored

    def flush(self) -> None:
        """Write what is pending."""
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        final = {review.id: (review, action) for review, action, _ in pending}
        added = {review.id for review, _, new in pending if new}
        rows = {review_id: _row(review) for review_id, (review, _) in final.items()}
        inserts = [{**rows[i], "added_revision": self.revision} for i in rows if i in added]
        if inserts:
            self.connection.execute(schema.review.insert(), inserts)
        for review_id in (i for i in rows if i not in added):
            self.connection.execute(sa.update(schema.review).where(schema.review.c.id == review_id).values(rows[review_id]))
        version, facet = schema.review_version, schema.review_facet
        updated = [i for i in rows if i not in added]
        for table in (version, facet):
            own = (version.c.revision == self.revision,) if table is version else ()
            for start in range(0, len(updated), _MANY):
                self.connection.execute(sa.delete(table).where(table.c.review_id.in_(updated[start : start + _MANY]), *own))
        self.connection.execute(
            version.insert(),
            [
                {"review_id": i, "revision": self.revision, "action": action, "actor": self.actor, "at": self.at, "document": rows[i]["document"]}
                for i, (_, action) in final.items()
            ],
        )
        facets = [
            {"review_id": i, "facet": name, "value": value} for i, (review, _) in final.items() for name, values in review.facets.items() for value in values
        ]
        if facets:
            self.connection.execute(facet.insert(), facets)


def now() -> str:
    """The present moment as the library writes it: UTC, ISO 8601, seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _edited(kept: Review, changes: Mapping[str, Any], vocabulary: Vocabulary) -> Review:
    fixed = sorted({"id", "revision", "source"} & changes.keys())
    if fixed:
        raise UsageError(f"an edit cannot change the {fixed[0]} of a record", where=kept.id)
    try:
        edited = Review.model_validate({**kept.model_dump(), **changes})
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", where=kept.id) from error
    return edited.model_copy(update={"facets": vocabulary.map_facets(edited.facets)}) if "facets" in changes else edited


def _dump(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _row(review: Review) -> dict[str, Any]:
    held = [name for name in ("abstract", "summary", "findings", "limits") if getattr(review, name)]
    if any(review.sections):
        held.append("fulltext")
    return {
        "id": review.id,
        "revision": review.revision,
        "status": review.status.value,
        "title": review.title,
        "title_folded": fold(review.title),
        "authors_folded": fold("; ".join(f"{name.given} {name.family}".strip() for name in review.authors)),
        "year": review.year,
        "journal": review.journal,
        "doi": review.doi or None,
        "pmid": review.pmid or None,
        "work_key": work_key(review),
        "has_text": f"|{'|'.join(held)}|",
        "document": review.model_dump_json(exclude={"revision"}, exclude_defaults=True),
    }


def load_review(document: str, revision: int) -> Review:
    """A stored state of a record as it stood at a revision. Raises UnavailableError where it cannot be read."""
    try:
        return Review.model_validate({**json.loads(document), "revision": revision})
    except ValueError as error:
        raise UnavailableError("a stored record cannot be read", where=f"revision {revision}", remedy="Run `florilegium doctor`") from error


def _fetch(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Review]:
    table = schema.review
    found: dict[str, Review] = {}
    for start in range(0, len(ids), _MANY):
        query = sa.select(table.c.id, table.c.revision, table.c.document).where(table.c.id.in_(ids[start : start + _MANY]))
        found.update({row.id: load_review(row.document, row.revision) for row in connection.execute(query)})
    return found


def _nearest(connection: sa.Connection, review_id: str) -> str:
    import difflib

    stem = fold(review_id)[:2]
    near = list(connection.execute(sa.select(schema.review.c.id).where(schema.review.c.id.startswith(stem, autoescape=True)).limit(5_000)).scalars())
    best = difflib.get_close_matches(review_id, near, n=3, cutoff=0.6)
    return f"Near it: {', '.join(best)}" if best else "Look it up with `florilegium search`"
