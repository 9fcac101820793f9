"""`Library`: what people made and decided, with a revision for every change."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from pydantic import ValidationError

from corpus import migrations, schema, vocabulary_store
from corpus.accounts import Accounts
from corpus.aliases import aliases_of, former_ids, is_no_alias
from corpus.answers import Answers
from corpus.belongings import Belongings
from corpus.catalogue import Catalogue, Selection
from corpus.change import MANY, Change, fetch, fetch_stored, load_review, nearest
from corpus.comments import Comments
from corpus.configs import Configs
from corpus.conversations import Conversations
from corpus.database import Database
from corpus.errors import InputError, NotFoundError, UnavailableError, UsageError
from corpus.feedback import Feedbacks
from corpus.filters import Filter
from corpus.jobs import Jobs
from corpus.lab.judgements import Judgements
from corpus.lab.pools import Pools
from corpus.lab.runs import Runs
from corpus.lab.sets import TestSets
from corpus.lab.sweeps import Sweeps
from corpus.lists import Lists
from corpus.notes import Notes
from corpus.questions import Questions
from corpus.remembered import Remembered
from corpus.review import Notice, Review, Status
from corpus.sessions import Sessions
from corpus.tokens import Tokens
from corpus.validation import csl_faults, date_fault
from corpus.vocabulary import Vocabulary

if TYPE_CHECKING:
    from corpus.digest.issues import Issues
    from corpus.digest.mails import Mails
    from corpus.digest.subscribers import Subscribers
    from corpus.duplicates.desk import Duplicates

_MERGED_AWAY = "merged-away"  # what was done to a record that is another one since (corpus.duplicates.merges)


class Version(NamedTuple):
    """One stored state of a record: at which revision, what was done, by whom, when (UTC, ISO 8601), and why (or "")."""

    revision: int
    action: str
    actor: str
    at: str
    note: str = ""


class Library:
    """The people's side of a home. Safe to use from several threads and processes at once."""

    def __init__(self, url: str, *, create: bool = False) -> None:
        """Open the library at a database URL; with `create`, make it where it is absent. Raises UnavailableError, UsageError."""
        self._database = Database(url)
        self._remembered = Remembered()
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
            self._database.check()
            with self._database.write() as connection:
                migrations.upgrade(connection, self._database.engine.url.render_as_string())
                if connection.execute(sa.select(schema.library.c.id)).first() is None:
                    connection.execute(schema.library.insert().values(id=1, uid=secrets.token_hex(8), revision=0))
                vocabulary_store.seed(connection)

    def close(self) -> None:
        """Give the database connections back."""
        self._database.close()

    @property
    def vocabulary(self) -> Vocabulary:
        """The controlled vocabulary in force."""
        with self._database.read() as connection:
            return vocabulary_store.current(connection)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Its records as a catalogue: filtered, sorted, counted."""
        return Catalogue(self._database)

    @cached_property
    def answers(self) -> Answers:
        """The answers kept in it."""
        return Answers(self._database)

    @cached_property
    def accounts(self) -> Accounts:
        """Who may sign in."""
        return Accounts(self._database)

    @cached_property
    def belongings(self) -> Belongings:
        """What is whose."""
        return Belongings(self._database)

    @cached_property
    def sessions(self) -> Sessions:
        """Who is signed in."""
        return Sessions(self._database)

    @cached_property
    def tokens(self) -> Tokens:
        """What programs act for an account by."""
        return Tokens(self._database)

    @cached_property
    def jobs(self) -> Jobs:
        """Work that lasts, under way and done."""
        return Jobs(self._database)

    @cached_property
    def feedback(self) -> Feedbacks:
        """What readers said of its answers."""
        return Feedbacks(self._database)

    @cached_property
    def conversations(self) -> Conversations:
        """The conversations kept in it."""
        return Conversations(self._database)

    @cached_property
    def lists(self) -> Lists:
        """The lists of records and saved searches kept in it."""
        return Lists(self._database)

    @cached_property
    def notes(self) -> Notes:
        """The private notes kept in it."""
        return Notes(self._database)

    @cached_property
    def comments(self) -> Comments:
        """The comments kept in it."""
        return Comments(self._database)

    @cached_property
    def questions(self) -> Questions:
        """The saved questions kept in it."""
        return Questions(self._database)

    @cached_property
    def issues(self) -> Issues:
        """The issues of its digest."""
        from corpus.digest.issues import Issues

        return Issues(self._database)

    @cached_property
    def subscribers(self) -> Subscribers:
        """Who gets its digest."""
        from corpus.digest.subscribers import Subscribers

        return Subscribers(self._database)

    @cached_property
    def mails(self) -> Mails:
        """Which mail of its digest has gone to whom."""
        from corpus.digest.mails import Mails

        return Mails(self._database)

    @cached_property
    def configs(self) -> Configs:
        """The named configurations kept in it."""
        return Configs(self._database)

    @cached_property
    def sets(self) -> TestSets:
        """The lab's test sets."""
        return TestSets(self._database)

    @cached_property
    def judgements(self) -> Judgements:
        """The lab's judgements."""
        return Judgements(self._database)

    @cached_property
    def runs(self) -> Runs:
        """The results of the lab's runs."""
        return Runs(self._database)

    @cached_property
    def pools(self) -> Pools:
        """What the lab has put together to be judged."""
        return Pools(self._database)

    @cached_property
    def sweeps(self) -> Sweeps:
        """The lab's sweeps over settings."""
        return Sweeps(self._database)

    @cached_property
    def duplicates(self) -> Duplicates:
        """Its duplicates: pairs in doubt, merging, and taking that back."""
        from corpus.duplicates.desk import Duplicates

        return Duplicates(self)

    # ---- reading

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One consistent view of the tables, for the parts of this room that ask more of them than the methods here."""
        with self._database.read() as connection:
            yield connection

    @contextmanager
    def alone(self, name: str, patience: float) -> Iterator[None]:
        """A block that one holder of this name at a time is in, over all machines that share this library by PostgreSQL. Raises LockedError."""
        with self._database.alone(name, patience):
            yield

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
        """How many records there are, whatever their status; those merged into another one are none."""
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(schema.review).where(is_no_alias())).scalar_one())

    def get(self, review_id: str, revision: int | None = None) -> Review:
        """The record as it stands, or as it stood at a library revision. A former id gives the record it was merged into, from that merge on.

        Raises NotFoundError, naming near ids, when there is none.
        """
        with self._database.read() as connection:
            found = fetch(connection, [review_id]).get(review_id)
            if found is None:
                raise NotFoundError(f"there is no record {review_id!r}", remedy=nearest(connection, review_id))
            if revision is None:
                return found
            version = _version_at(connection, review_id, revision)
            if found.id != review_id and (version is None or version.action == _MERGED_AWAY):
                version = _version_at(connection, found.id, revision) or version
        if version is None or version.document is None:
            raise NotFoundError(f"the record did not exist at revision {revision}", where=found.id)
        return load_review(version.document, version.revision)

    def former_ids(self, review_id: str) -> list[str]:
        """The ids of the records that were merged into this one."""
        with self._database.read() as connection:
            return former_ids(connection, review_id)

    def get_many(self, ids: Iterable[str]) -> dict[str, Review]:
        """The records with these ids in one batch, by the id asked for (see `get`); ids that do not exist are left out."""
        with self._database.read() as connection:
            return fetch(connection, list(dict.fromkeys(ids)))

    def view(self, ids: Sequence[str]) -> tuple[int, dict[str, Review]]:
        """The library's revision and the records with these ids, both as of one moment; ids that do not exist are left out."""
        with self._database.read() as connection:
            revision = int(connection.execute(sa.select(schema.library.c.revision)).scalar_one())
            return revision, self._remembered.fetch(connection, ids)

    def iterate(self, ids: Sequence[str] | None = None) -> Iterator[Review]:
        """All records (or those with these very `ids`, in that order) in batches of bounded size."""
        if ids is None:
            with self._database.read() as connection:
                ids = list(connection.execute(sa.select(schema.review.c.id).where(is_no_alias()).order_by(schema.review.c.id)).scalars())
        for start in range(0, len(ids), MANY):
            part = ids[start : start + MANY]
            with self._database.read() as connection:
                found = fetch_stored(connection, part)
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
            review_id = aliases_of(connection, [review_id]).get(review_id, review_id)
            query = sa.select(version.c.revision, version.c.action, version.c.actor, version.c.at, version.c.note).where(version.c.review_id == review_id)
            return [Version(*row) for row in connection.execute(query.order_by(version.c.revision.desc()))]

    def batches(self) -> list[dict[str, Any]]:
        """Every import, newest first, with its report as it was printed."""
        table = schema.batch
        with self._database.read() as connection:
            rows = connection.execute(sa.select(table).order_by(table.c.revision.desc()))
            return [{**row._mapping, "report": json.loads(row.report)} for row in rows]

    def select(self, chosen: Filter) -> Selection:
        """Ids of the records a filter lets through (newest first), and how many it cannot judge for lack of a value."""
        return self.catalogue.select(chosen)

    # ---- writing

    @contextmanager
    def change(self, actor: str = "local", note: str = "") -> Iterator[Change]:
        """One transaction; the revision is taken at its first change, and nothing is kept when the block raises. `note` says why."""
        with self._database.write() as connection:
            change = Change(connection, actor, note)
            yield change
            change.flush()

    def edit(self, review_id: str, changes: Mapping[str, Any], *, base_revision: int, actor: str = "local", action: str = "edit", note: str = "") -> Review:
        """Change fields of a record. `base_revision` is the record's revision that the editor saw.

        Raises ConflictError when the record has changed since, InputError for a bad value, UsageError for what an edit cannot change.
        """
        with self.change(actor, note) as change:
            kept = change.at_revision(review_id, base_revision)
            edited = _edited(kept, changes, vocabulary_store.current(change.connection))
            return change.put(edited, action) if edited != kept else kept

    def revert(self, review_id: str, to: int, *, base_revision: int | None = None, actor: str = "local", note: str = "") -> Review:
        """Give a record the state it had at library revision `to`, its status and notices included, as a new revision.

        Raises NotFoundError where it did not exist then, ConflictError when it has changed since `base_revision`.
        """
        former = self.get(review_id, to)
        with self.change(actor, note) as change:
            kept = change.one(former.id) if base_revision is None else change.at_revision(former.id, base_revision)
            wanted = former.model_copy(update={"id": kept.id, "revision": kept.revision})
            return change.put(wanted, "revert") if wanted != kept else kept

    def set_status(self, review_id: str, status: Status, *, note: str = "", date: str | None = None, actor: str = "local") -> Review:
        """Withdraw a record, mark it retracted, or bring it back. It stops being evidence at once.

        A retraction is noted on the record, with `note` as its text; bringing a retracted record back takes that notice away. Raises InputError
        for a date that is none.
        """
        if date and (fault := date_fault(date)):
            raise InputError(fault, where=review_id)
        with self.change(actor, note) as change:
            kept = change.one(review_id)
            notices = kept.notices
            if status == Status.CURRENT and kept.status == Status.RETRACTED:
                notices = tuple(notice for notice in notices if notice.type != "retraction")
            elif status == Status.RETRACTED and (note or date or not any(notice.type == "retraction" for notice in notices)):
                notices = tuple(dict.fromkeys([*notices, Notice(type="retraction", text=note or "Retracted", date=date)]))
            standing = kept.model_copy(update={"status": status, "notices": notices})
            return kept if standing == kept else change.put(standing, status.value)


def _version_at(connection: sa.Connection, review_id: str, revision: int) -> Any:
    """The stored state of a record at a library revision, or None."""
    version = schema.review_version
    query = sa.select(version.c.revision, version.c.action, version.c.document).where(version.c.review_id == review_id, version.c.revision <= revision)
    return connection.execute(query.order_by(version.c.revision.desc()).limit(1)).first()


def _edited(kept: Review, changes: Mapping[str, Any], vocabulary: Vocabulary) -> Review:
    fixed = sorted({"id", "revision", "source"} & changes.keys())
    if fixed:
        raise UsageError(f"an edit cannot change the {fixed[0]} of a record", where=kept.id)
    try:
        edited = Review.model_validate({**kept.model_dump(), **changes})
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", where=kept.id) from error
    for name, fault in csl_faults(edited.csl).items():
        if edited.csl[name] != kept.csl.get(name):  # what came in wrong by an import must not stand in the way of other edits
            raise InputError(fault, where=kept.id, remedy="Correct it, or leave the field empty")
    return edited.model_copy(update={"facets": vocabulary.map_facets(edited.facets)}) if "facets" in changes else edited
