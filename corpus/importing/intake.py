"""Files into the library: one transaction a batch, matched against what is there, everything counted."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from corpus import schema, vocabulary_store
from corpus.change import Change, fetch_stored
from corpus.duplicates import blocking, merges, pairs
from corpus.duplicates.compare import Comparison, Verdict
from corpus.duplicates.joining import with_source
from corpus.errors import FlorilegiumError, InputError, NotFoundError, UsageError
from corpus.identity import base_id
from corpus.importing.detect import PARSERS, detect
from corpus.importing.document import Document
from corpus.importing.matching import UNDONE, Match, Matches
from corpus.importing.parsing import Draft, Parsed, Rejected
from corpus.importing.report import COUNTS, FileReport, ImportReport, SkippedRecord
from corpus.importing.table import columns_without_title
from corpus.importing.table_columns import NOTHING
from corpus.library import Library
from corpus.merging import fill
from corpus.review import Review, Source, Status

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,98}")  # ids that an address can carry; a record with another gets one of ours
_CHUNK = 500  # records matched against the library in one go
Progress = Callable[[str, int], None]
#: Told of each record as it goes in: one of `report.COUNTS`, and the record as it now stands.
Watch = Callable[[str, Review], None]


class Upload(NamedTuple):
    """A file under the name its owner gave it: standard input, or what a browser sent and the server put down somewhere."""

    name: str
    data: bytes | Path


def import_files(
    library: Library,
    paths: Sequence[Path | Upload],
    *,
    dry_run: bool = False,
    actor: str = "local",
    progress: Progress | None = None,
    watch: Watch | None = None,
    columns: Mapping[str, str] = NOTHING,
) -> ImportReport:
    """Import files and folders (searched through) in one batch, which is one transaction.

    `columns`: what tables' columns hold that cannot be told (`table_columns.named_columns`). A bad record or file is reported and the rest goes in.
    Raises UsageError for a path that does not exist.
    With `dry_run` everything is read and matched, and nothing is kept.
    """
    sources = list(_sources(paths))
    report = ImportReport()
    try:
        with library.change(actor) as change:
            blocking.complete(change.connection)
            intake = _Intake(change, watch, columns)
            for source in sources:
                report.files.append(intake.take(source, progress))
            change.flush()
            report.merged, report.in_doubt = intake.merged, intake.in_doubt
            if change.changed:
                report.batch = intake.close(report)
            if dry_run:
                raise _DryRun
    except _DryRun:
        report.batch = ""
    return report


def undo_import(library: Library, batch_id: str, *, actor: str = "local") -> list[str]:
    """Take an import batch back: records it added are withdrawn from the library's view, records it changed get their former state.

    Records that a person changed afterwards are left alone; their ids are returned. Raises NotFoundError.
    """
    batch, item, version = schema.batch, schema.batch_item, schema.review_version
    with library.change(actor) as change:
        row = change.connection.execute(sa.select(batch).where(batch.c.id == batch_id)).first()
        if row is None or row.undone_revision is not None:
            raise NotFoundError(f"there is no import {batch_id!r} to undo", remedy="`florilegium import --list` shows them")
        left: list[str] = []
        items = list(change.connection.execute(sa.select(item.c.review_id, item.c.before_revision).where(item.c.batch_id == batch_id)))
        present: dict[str, Review] = {}
        for at, (review_id, before) in enumerate(items):
            if at % _CHUNK == 0:
                change.flush()
                present = fetch_stored(change.connection, [entry.review_id for entry in items[at : at + _CHUNK]])
            review = present.get(review_id)
            if review is None or review.revision != row.revision:
                left.append(review_id)
            elif before is None:
                change.put(review.model_copy(update={"status": Status.WITHDRAWN}), UNDONE)
            else:
                query = sa.select(version.c.document).where(version.c.review_id == review_id, version.c.revision == before)
                former = json.loads(change.connection.execute(query).scalar_one())
                change.put(Review.model_validate(former), "undo-update")
        change.flush()
        kept = set(left)
        merges.forget(change, [merge for merge in merges.merges_at(change.connection, row.revision) if merge.kept_id not in kept])
        revision = change.revision if change.changed else change.connection.execute(sa.select(schema.library.c.revision)).scalar_one()
        change.connection.execute(sa.update(batch).where(batch.c.id == batch_id).values(undone_revision=revision))
    return left


def list_imports(library: Library) -> list[dict[str, Any]]:
    """Every import so far, newest first: batch, when, by whom, files, counts, and whether it was undone."""
    found = []
    for row in library.batches():
        report = row["report"]
        if report.get("kind", "import") != "import":
            continue
        counts = {name: report[name] for name in ("read", *COUNTS, "skipped")}
        head = {"batch": row["id"], "at": row["at"], "actor": row["actor"], "revision": row["revision"]}
        found.append({**head, "files": [entry["path"] for entry in report["files"]], **counts, "undone": row["undone_revision"] is not None})
    return found


class _DryRun(Exception):  # noqa: N818 - it is no error
    """Leaves the transaction without keeping it."""


def _sources(paths: Sequence[Path | Upload]) -> Iterator[Path | Upload]:
    for path in paths:
        if isinstance(path, Upload) or path.is_file():
            yield path
        elif path.is_dir():
            yield from sorted(entry for entry in path.rglob("*") if entry.is_file() and not entry.name.startswith("."))
        else:
            raise UsageError("there is no such file", where=str(path), remedy="Check the path")


def open_file(source: Path | Upload, columns: Mapping[str, str] = NOTHING) -> tuple[Document, str]:
    """(content, format) of a file. Raises InputError where it cannot be read or is no known format."""
    name = source.name if isinstance(source, Upload) else str(source)
    document = Document(source.data if isinstance(source, Upload) else source, columns)
    try:
        kind = detect(document)
        if kind is None and not document.head.strip():
            raise InputError("the file is empty", where=name)
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", where=name) from error
    if kind is None and (headings := columns_without_title(document.head, columns)):
        raise InputError(_untitled(headings), where=name)
    if kind is None:
        raise InputError("the file is in no format Florilegium knows", where=name, remedy=f"It reads {', '.join(PARSERS)}")
    return document, kind


def _untitled(headings: Sequence[str]) -> str:
    shown = ", ".join(headings[:30]) + (", …" if len(headings) > 30 else "")
    return f'no column is known to hold titles; the columns are {shown}. To name the one that does: florilegium import --map "title=HEADING" FILE'


class _Intake:
    """The state of one batch. It holds ids only: records of earlier chunks are found in the library like any other."""

    def __init__(self, change: Change, watch: Watch | None, columns: Mapping[str, str]) -> None:
        self.change = change
        self._columns = columns
        self._watch = watch or (lambda outcome, review: None)
        self.vocabulary = vocabulary_store.current(change.connection)
        self.items: dict[str, int | None] = {}  # id -> revision before this batch, of every record it changed
        self._met: set[str] = set()  # ids of all records it added or matched
        self._numbers: dict[str, int] = {}
        self._merges: list[dict[str, Any]] = []
        self._doubts: list[tuple[str, str, Comparison]] = []
        self.merged = 0  # records of the library that turned out to be one
        self.in_doubt = 0  # pairs put into the queue

    def take(self, source: Path | Upload, progress: Progress | None) -> FileReport:
        name = source.name if isinstance(source, Upload) else str(source)
        entry = FileReport(path=name)
        try:
            document, entry.format = open_file(source, self._columns)
        except FlorilegiumError as error:
            entry.error = str(error)
            entry.skipped.append(SkippedRecord(0, 0, error.message))
            entry.read = 1
            return entry
        entry.encoding = "binary" if entry.format == "pdf" else document.encoding.name
        if entry.format in ("csv", "tsv") and (headings := columns_without_title(document.head, self._columns)):
            entry.note = _untitled(headings)
        chunk: list[Draft] = []
        for parsed in PARSERS[entry.format](document):
            entry.read += 1
            if isinstance(parsed, Rejected):
                entry.skipped.append(SkippedRecord(parsed.record, parsed.line, parsed.reason))
            else:
                chunk.append(self._curated(parsed, entry))
            if len(chunk) >= _CHUNK:
                self._put(chunk, entry)
                chunk = []
                if progress:
                    progress(name, entry.read)
        self._put(chunk, entry)
        if not entry.read:
            entry.error = "the file holds no record"
            entry.skipped.append(SkippedRecord(0, 0, entry.error))
            entry.read = 1
        if progress:
            progress(name, entry.read)
        return entry

    def close(self, report: ImportReport) -> str:
        """Write the batch down; returns its id."""
        report.batch = f"{self.change.at[:10]}-{secrets.token_hex(3)}"
        row = {"id": report.batch, "revision": self.change.revision, "actor": self.change.actor, "at": self.change.at}
        document = json.dumps(report.as_dict(), ensure_ascii=False)
        self.change.connection.execute(schema.batch.insert().values(**row, report=document))
        items = [{"batch_id": report.batch, "review_id": i, "before_revision": before} for i, before in self.items.items()]
        if items:
            self.change.connection.execute(schema.batch_item.insert(), items)
        return report.batch

    def _curated(self, draft: Draft, entry: FileReport) -> Draft:
        review = draft.review
        facets = draft.facets(self.vocabulary)
        source = Source(format=entry.format, path=Path(entry.path).name, record=draft.record, raw=draft.raw[:20_000])
        update: dict[str, Any] = {"facets": facets, "source": source, "revision": 0}
        if not _ID.fullmatch(review.id):
            update |= {"id": "", "extra": {**review.extra, "id": [review.id]} if review.id else review.extra}
        return Draft(review.model_copy(update=update), draft.record, draft.line)

    def _put(self, chunk: list[Draft], entry: FileReport) -> None:
        if not chunk:
            return
        matches = Matches(self.change, [draft.review for draft in chunk])
        for draft in chunk:
            match = matches.find(draft.review)
            kept = match.kept
            if kept is None or kept.id in matches.undone:
                added = self._add(draft.review, matches) if kept is None else self._bring_back(kept, draft.review)
                matches.remember(added, was=draft.review)
                self._doubts += [(added.id, other, comparison) for other, comparison in match.doubts]
                entry.added += 1
                self._watch("added", added)
                continue
            again = kept.id in self._met
            filled = self._take_in(kept, match, draft.review, matches)
            if filled is not kept:
                self.items.setdefault(kept.id, kept.revision)
            self._met.add(kept.id)
            matches.remember(filled)
            filled = self._unite(filled, match, matches)
            outcome = "duplicates" if again else "updated" if filled is not kept else "unchanged"
            setattr(entry, outcome, getattr(entry, outcome) + 1)
            self._watch(outcome, filled)
        merges.write_down(self.change, self._merges)
        self._merges = []
        self.in_doubt += pairs.enqueue(self.change.connection, self._doubts, self.change.at)
        self._doubts = []

    def _take_in(self, kept: Review, match: Match, review: Review, matches: Matches) -> Review:
        """The kept record with what the new one adds. One that was found by likeness alone is stored beside it, so that it can be parted again."""
        filled = fill(kept, review)
        if match.by_key:
            return self.change.put(filled, "import") if filled is not kept else kept
        new = review.model_copy(update={"id": self._new_id(review, matches)})
        stored, row = merges.put_merged(self.change, kept, with_source(filled, review), new, automatic=True, new=True)
        self.items[new.id] = None
        self._merges.append(row)
        matches.remember(new, into=kept.id)
        return stored

    def _unite(self, kept: Review, match: Match, matches: Matches) -> Review:
        """Merge records that were two until this one named both, unless a person was asked about them."""
        for other_id in match.others:
            other = matches.standing(other_id)
            if other is None or other.id == kept.id or pairs.spoken_of(self.change.connection, [(kept.id, other.id)]):
                continue
            comparison = matches.compare(kept, other)
            if comparison.verdict is not Verdict.SAME:
                self._doubts.append((kept.id, other.id, comparison))
                continue
            self.items.setdefault(kept.id, kept.revision)
            self.items.setdefault(other.id, other.revision)
            self._met.discard(other.id)
            kept, row = merges.put_merged(self.change, kept, with_source(fill(kept, other), other), other, automatic=True)
            self._merges.append(row)
            matches.remember(other, into=kept.id)
            matches.remember(kept)
            self.merged += 1
        return kept

    def _new_id(self, review: Review, matches: Matches) -> str:
        wanted = review.id or base_id(review)
        number = self._numbers.get(wanted, 1)
        review_id = wanted if number == 1 else f"{wanted}-{number}"
        while matches.is_taken(review_id, asked=number == 1):
            number += 1
            review_id = f"{wanted}-{number}"
        if number > 1:
            self._numbers[wanted] = number
        return review_id

    def _add(self, review: Review, matches: Matches) -> Review:
        review_id = self._new_id(review, matches)
        self.items[review_id] = None
        self._met.add(review_id)
        return self.change.put(review.model_copy(update={"id": review_id}), "import", new=True)

    def _bring_back(self, undone: Review, review: Review) -> Review:
        """Put a record in the place of one that an undone import had added: nothing of that counts any more but its id."""
        self.items[undone.id] = undone.revision
        self._met.add(undone.id)
        return self.change.put(review.model_copy(update={"id": undone.id}), "import")


__all__ = ["Parsed", "Upload", "import_files", "list_imports", "open_file", "undo_import"]
