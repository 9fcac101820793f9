"""Issues of the digest: one draft at a time, edited and published, and the archive of those that were."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from corpus import schema
from corpus.change import now
from corpus.digest.changes import Digest, Entry
from corpus.errors import ConflictError, InputError, NotFoundError, UsageError

if TYPE_CHECKING:
    from corpus.database import Database

_LONGEST_TITLE = 200
_LONGEST_TEXT = 20_000
_LONGEST_LEAD = 300


@dataclass(frozen=True)
class Issue:
    """An issue. `version` goes up with every save, and names what an editor saw; `digest` holds its entries in their order, left-out ones too."""

    number: int
    published: bool
    version: int
    title: str
    introduction: str
    digest: Digest
    at: str
    actor: str
    published_at: str = ""
    published_by: str = ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What a reader sees."""
        return tuple(entry for entry in self.digest.entries if not entry.left_out)

    def groups(self) -> list[tuple[str | None, tuple[Entry, ...]]]:
        """What a reader sees by section (see Entry.section), in the editor's order."""
        return grouped(self.entries)

    def as_dict(self) -> dict[str, Any]:
        """As `digest show --json` prints it."""
        head = {
            name: getattr(self, name) for name in ("number", "published", "version", "title", "introduction", "at", "actor", "published_at", "published_by")
        }
        return head | {"digest": self.digest.as_dict()}


def grouped(entries: Sequence[Entry]) -> list[tuple[str | None, tuple[Entry, ...]]]:
    """Entries by section; sections and entries in the order in which they first stand."""
    sections: dict[str | None, list[Entry]] = {}
    for entry in entries:
        sections.setdefault(entry.section, []).append(entry)
    return [(section, tuple(held)) for section, held in sections.items()]


class Issues:
    """The issues of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, *, drafts: bool = True) -> list[Issue]:
        """Every issue, newest first."""
        table = schema.digest_issue
        query = sa.select(table).order_by(table.c.number.desc())
        with self._database.read() as connection:
            return [_issue(row) for row in connection.execute(query if drafts else query.where(table.c.published))]

    def get(self, number: int) -> Issue:
        """An issue. Raises NotFoundError."""
        with self._database.read() as connection:
            return _one(connection, number)

    def last_published(self) -> Issue | None:
        """The newest issue that is out, or None."""
        return next(iter(self.all(drafts=False)), None)

    def draft(self) -> Issue | None:
        """The draft, or None."""
        return next((issue for issue in self.all() if not issue.published), None)

    def create(self, digest: Digest, title: str, actor: str) -> Issue:
        """A new draft. Raises UsageError while there is one."""
        table = schema.digest_issue
        with self._database.write() as connection:
            held = connection.execute(sa.select(table.c.number).where(sa.not_(table.c.published))).scalar()
            if held is not None:
                raise UsageError(f"issue {held} is still a draft", remedy="Publish it or delete it first")
            number = (connection.execute(sa.select(sa.func.max(table.c.number))).scalar() or 0) + 1
            row: dict[str, Any] = {
                "number": number,
                "published": False,
                "version": 1,
                "title": _checked_title(title),
                "introduction": "",
                "at": now(),
                "actor": actor,
            }
            connection.execute(table.insert().values(row | _kept(digest)))
            return _one(connection, number)

    def save(self, number: int, version: int, *, title: str, introduction: str, entries: Sequence[Entry], actor: str) -> Issue:
        """Put an editor's title, introduction, order, leads and what is left out; a quote is never changed by it.

        `version` is what the editor saw. Raises ConflictError where somebody saved since, UsageError for a published issue, InputError for other entries
        than the draft's or too long a text.
        """
        with self._database.write() as connection:
            kept = _editable(connection, number, version)
            if len(introduction) > _LONGEST_TEXT:
                raise InputError(f"the introduction has {len(introduction):,} characters; {_LONGEST_TEXT:,} is the most", where=f"issue {number}")
            edited = _edited(kept.digest.entries, entries, number)
            values: dict[str, Any] = {"title": _checked_title(title), "introduction": introduction.strip(), "actor": actor, "version": version + 1}
            table = schema.digest_issue
            connection.execute(sa.update(table).where(table.c.number == number).values(values | _kept(replace(kept.digest, entries=edited))))
            return _one(connection, number)

    def refresh(self, number: int, version: int, digest: Digest, actor: str) -> Issue:
        """Take in what happened since the draft was made: its order, leads and what was left out stay, new entries join their section's end."""
        with self._database.write() as connection:
            kept = _editable(connection, number, version)
            fresh = {entry.review_id: entry for entry in digest.entries}
            held = [_carried(entry, fresh[entry.review_id]) for entry in kept.digest.entries if entry.review_id in fresh]
            known = {entry.review_id for entry in held}
            entries = [*held, *(entry for entry in digest.entries if entry.review_id not in known)]
            order = {section: at for at, (section, _) in enumerate(grouped(entries))}
            standing_first = sorted(entries, key=lambda entry: (entry.section is not None, order[entry.section]))
            table = schema.digest_issue
            values: dict[str, Any] = {"version": version + 1, "actor": actor} | _kept(replace(digest, entries=tuple(standing_first)))
            connection.execute(sa.update(table).where(table.c.number == number).values(values))
            return _one(connection, number)

    def publish(self, number: int, version: int, actor: str) -> Issue:
        """Put a draft out: from now on it is on its page and in the feed, and cannot be changed. Raises as `save`."""
        with self._database.write() as connection:
            _editable(connection, number, version)
            table = schema.digest_issue
            values = {"published": True, "published_at": now(), "published_by": actor, "version": version + 1}
            connection.execute(sa.update(table).where(table.c.number == number).values(values))
            return _one(connection, number)

    def delete(self, number: int) -> None:
        """Delete a draft; what it listed comes into the next one. Raises UsageError for an issue that is out."""
        with self._database.write() as connection:
            if _one(connection, number).published:
                raise UsageError(f"issue {number} has been published", remedy="Leave it; put a correction into the next one's introduction")
            table = schema.digest_issue
            connection.execute(sa.delete(table).where(table.c.number == number))


def _editable(connection: sa.Connection, number: int, version: int) -> Issue:
    kept = _one(connection, number)
    if kept.published:
        raise UsageError(f"issue {number} has been published and cannot be changed", remedy="Put a correction into the next one's introduction")
    if kept.version != version:
        raise ConflictError(f"{kept.actor} has saved issue {number} since you opened it", remedy="Look at it anew and make your change again")
    return kept


def _edited(kept: Sequence[Entry], wanted: Sequence[Entry], number: int) -> tuple[Entry, ...]:
    own = {entry.review_id: entry for entry in kept}
    if sorted(own) != sorted(entry.review_id for entry in wanted):
        raise InputError("an edit keeps the draft's own entries; to take one away, leave it out", where=f"issue {number}")
    for entry in wanted:
        if len(entry.lead) > _LONGEST_LEAD:
            raise InputError(f"a lead has {len(entry.lead):,} characters; {_LONGEST_LEAD} is the most", where=entry.review_id)
    return tuple(replace(own[entry.review_id], lead=" ".join(entry.lead.split()), left_out=entry.left_out) for entry in wanted)


def _carried(old: Entry, new: Entry) -> Entry:
    """The newer state of an entry with what the editor did; where its kind is another one, the lead is the program's again."""
    return replace(new, lead=old.lead if old.kind == new.kind else new.lead, left_out=old.left_out)


def _checked_title(title: str) -> str:
    title = " ".join(title.split())
    if not 1 <= len(title) <= _LONGEST_TITLE:
        raise InputError(f"an issue's title has between 1 and {_LONGEST_TITLE} characters", where=title[:40])
    return title


def _kept(digest: Digest) -> dict[str, Any]:
    return {"since": digest.since, "until": digest.until, "document": json.dumps(digest.as_dict(), ensure_ascii=False, separators=(",", ":"))}


def _one(connection: sa.Connection, number: int) -> Issue:
    table = schema.digest_issue
    row = connection.execute(sa.select(table).where(table.c.number == number)).first()
    if row is None:
        raise NotFoundError(f"there is no issue {number}", remedy="`florilegium digest list` shows them")
    return _issue(row)


def _issue(row: Any) -> Issue:
    document = json.loads(row.document)
    entries = tuple(Entry.from_dict(entry) for entry in document.pop("entries"))
    digest = Digest(**document | {"filters": tuple(document["filters"])}, entries=entries)
    head = {name: getattr(row, name) for name in ("number", "published", "version", "title", "introduction", "at", "actor")}
    return Issue(**head, digest=digest, published_at=row.published_at or "", published_by=row.published_by or "")
