"""What came in or changed between two revisions of the library, as entries that keep the words they show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from corpus import schema
from corpus.aliases import aliases_of
from corpus.anchor import Anchor
from corpus.change import MANY, load_review
from corpus.errors import InputError
from corpus.filters import Condition, Filter, where_clause
from corpus.review import Review, Status

if TYPE_CHECKING:
    from corpus.library import Library

#: What can have become of a record, the gravest first.
KINDS = ("retracted", "withdrawn", "notice", "back", "new", "changed")
#: Those that stand before all topics.
STANDING = frozenset({"retracted", "withdrawn", "notice", "back"})
#: Entries of one digest; of more, the newest papers are listed and the others counted.
MOST = 400
#: Parts of a record of which a change is told, in this order. What is only sorted anew (facets, keywords) is no news to a reader.
_PARTS = tuple("title authors year journal doi summary abstract findings limits sections".split())
_LONGEST = 600  # characters of a summary that is quoted whole
_SENTENCE = re.compile(r".*?[.!?…][\"'”’)\]]*(?=\s|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record in a digest, as it was at its `revision`.

    `kind` is one of KINDS; `group` its topic, "" where it has none; `also` its other topics. `lead` is the program's or the editor's; `cited` are the
    record's own words, None where it is no evidence any more or has no text. `parts` are what changed; `notices` what was said of the paper.
    """

    review_id: str
    revision: int
    kind: str
    group: str
    label: str
    lead: str
    title: str
    journal: str
    year: int | None
    doi: str
    cited: Anchor | None = None
    also: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    left_out: bool = False

    @property
    def section(self) -> str | None:
        """The group it stands in: None for what stands before all topics."""
        return None if self.kind in STANDING else self.group

    def as_dict(self) -> dict[str, Any]:
        """As `digest --json` prints it and as an issue keeps it."""
        table = {name: getattr(self, name) for name in self.__slots__}
        lists = {name: list(table[name]) for name in ("also", "parts", "notices")}
        return table | lists | {"cited": self.cited.as_dict() if self.cited else None}

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Entry:
        """The reverse of `as_dict`."""
        values = {name: table[name] for name in cls.__slots__}
        lists = {name: tuple(values[name]) for name in ("also", "parts", "notices")}
        return cls(**values | lists | {"cited": Anchor(**values["cited"]) if values["cited"] else None})


@dataclass(frozen=True)
class Digest:
    """What happened after revision `since`, up to `until`. `counts` are all records by kind; `more` are those that are not among `entries`."""

    since: int
    until: int
    since_at: str
    until_at: str
    entries: tuple[Entry, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    more: int = 0
    filters: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As `digest --json` prints it."""
        table = {name: getattr(self, name) for name in ("since", "until", "since_at", "until_at", "more")}
        return table | {"filters": list(self.filters), "counts": dict(self.counts), "entries": [entry.as_dict() for entry in self.entries]}


def revision_before(library: Library, date: str) -> int:
    """The library's revision just before a moment: a date (its beginning, UTC) or an ISO 8601 time. Raises InputError."""
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(date)
    except ValueError as error:
        raise InputError(f"{date!r} is no date", remedy="Write it as 2026-11-01, or give a revision number, or `last`") from error
    at = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    version = schema.review_version
    with library.reading() as connection:
        first = connection.execute(sa.select(sa.func.min(version.c.revision)).where(version.c.at >= at)).scalar()
        return int(first) - 1 if first is not None else int(connection.execute(sa.select(schema.library.c.revision)).scalar_one())


def changes_since(library: Library, since: int, chosen: Filter | None = None, *, by: str = "topics") -> Digest:
    """Records that came in, changed, or stand otherwise than at revision `since`; `chosen` narrows them, whatever their status; `by` names the facet
    they are grouped by. A record that came and went in between is left out, and of one that was merged away nothing is told but what its heir gained.
    """
    counts: Counter[str] = Counter()
    found: list[Entry] = []
    with library.reading() as connection:
        until = int(connection.execute(sa.select(schema.library.c.revision)).scalar_one())
        for ids in _parts_of(_touched(connection, since, chosen)):
            before, after = _states(connection, ids, since), _states(connection, ids, until)
            for review_id in ids:
                entry = _entry(before.get(review_id), after.get(review_id), by)
                if entry:
                    counts[entry.kind] += 1
                    found.append(entry)
            found = sorted(found, key=_order)[:MOST]
        times = _time_of(connection, since), _time_of(connection, until)
    told = {kind: counts[kind] for kind in KINDS if counts[kind]}
    filters = tuple(chosen.as_list()) if chosen else ()
    return Digest(since, until, *times, tuple(_grouped(found)), told, counts.total() - len(found), filters)


@dataclass(frozen=True, slots=True)
class _State:
    review: Review
    note: str


def _touched(connection: sa.Connection, since: int, chosen: Filter | None) -> list[str]:
    version, review = schema.review_version, schema.review
    query = sa.select(review.c.id).where(review.c.id.in_(sa.select(version.c.review_id).where(version.c.revision > since)))
    if chosen and chosen.conditions:
        anything = () if chosen.names_status else (Condition("status", "=", tuple(Status)),)
        query = query.where(where_clause(Filter((*chosen.conditions, *anything))))
    ids = list(connection.execute(query.order_by(review.c.id)).scalars())
    gone = aliases_of(connection, ids)
    return [review_id for review_id in ids if review_id not in gone]


def _parts_of(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + MANY] for start in range(0, len(ids), MANY))


def _states(connection: sa.Connection, ids: Sequence[str], revision: int) -> dict[str, _State]:
    """The records as they stood at a revision; one that was not there is left out."""
    version = schema.review_version
    last = (
        sa.select(version.c.review_id, sa.func.max(version.c.revision).label("revision"))
        .where(version.c.review_id.in_(ids), version.c.revision <= revision)
        .group_by(version.c.review_id)
        .subquery()
    )
    query = sa.select(version.c.review_id, version.c.revision, version.c.document, version.c.note)
    rows = connection.execute(query.join(last, sa.and_(version.c.review_id == last.c.review_id, version.c.revision == last.c.revision)))
    return {row.review_id: _State(load_review(row.document, row.revision), row.note) for row in rows if row.document is not None}


def _entry(before: _State | None, after: _State | None, by: str) -> Entry | None:
    if after is None:
        return None
    review = after.review
    kind, parts = _what_became(before.review if before else None, review)
    if not kind:
        return None
    topics = review.facets.get(by, ())
    gone = review.status != Status.CURRENT
    why = {"withdrawn": "Withdrawn", "retracted": "Retracted"}.get(kind, "")
    note = f": {after.note.strip()}" if why and kind == "withdrawn" and after.note.strip() else "."
    label = review.label()
    return Entry(
        review_id=review.id,
        revision=review.revision,
        kind=kind,
        group=topics[0] if topics else "",
        label=label,
        lead=f"{why}{note}" if why else f"{label}:",
        title=review.title,
        journal=review.journal,
        year=review.year,
        doi=review.doi,
        cited=None if gone else curators_sentence(review),
        also=topics[1:],
        parts=parts,
        notices=tuple(_said(notice.type, notice.date, notice.text) for notice in review.notices),
    )


def _what_became(before: Review | None, after: Review) -> tuple[str, tuple[str, ...]]:
    """(kind or "", changed parts)."""
    if before is None:
        return {Status.CURRENT: "new", Status.RETRACTED: "retracted", Status.WITHDRAWN: ""}[after.status], ()
    if before.status != after.status:
        return {Status.CURRENT: "back", Status.RETRACTED: "retracted", Status.WITHDRAWN: "withdrawn"}[after.status], ()
    if set(after.notices) - set(before.notices):
        return "notice", ()
    if after.status != Status.CURRENT:
        return "", ()
    was, now = before.public(), after.public()
    parts = tuple(name for name in _PARTS if was[name] != now[name])
    return ("changed" if parts else ""), parts


def curators_sentence(review: Review) -> Anchor | None:
    """The words a digest shows of a record: the curator's summary; without one the first finding, else the abstract's first sentence. None without text."""
    if review.summary:
        end = len(review.summary) if len(review.summary) <= _LONGEST else _first_end(review.summary)
        return Anchor.to(review, "summary", 0, end)
    if review.findings:
        return Anchor.to(review, "findings[0]", 0, len(review.findings[0]))
    return Anchor.to(review, "abstract", 0, _first_end(review.abstract)) if review.abstract else None


def _first_end(text: str) -> int:
    """Where the first sentence ends that is more than an abbreviation."""
    for match in _SENTENCE.finditer(text):
        if match.end() >= 40:
            return match.end()
    return len(text)


def _said(kind: str, date: str | None, text: str) -> str:
    named = {"concern": "Expression of concern", "erratum": "Erratum", "retraction": "Retraction"}[kind]
    return f"{named}{f' ({date})' if date else ''}: {text}"


def _order(entry: Entry) -> tuple[int, int, int, str, str]:
    """What stands first: the gravest, then newest papers, then by title."""
    rank = KINDS.index(entry.kind) if entry.kind in STANDING else len(STANDING)
    return rank, -(entry.year or 0), KINDS.index(entry.kind), entry.title.casefold(), entry.review_id


def _grouped(entries: Sequence[Entry]) -> list[Entry]:
    """Standing first, then the topics by name, those without a topic last."""

    def place(entry: Entry) -> tuple[bool, bool, str]:
        return entry.section is not None, entry.section == "", (entry.section or "").casefold()

    return sorted(entries, key=place)  # stable: within a group the order stays


def _time_of(connection: sa.Connection, revision: int) -> str:
    """When a revision was made, or "" for that of an empty library."""
    version, words = schema.review_version, schema.vocabulary
    for column, at in ((version.c.revision, version.c.at), (words.c.revision, words.c.at)):
        found = connection.execute(sa.select(sa.func.max(at)).where(column == revision)).scalar()
        if found and revision:
            return str(found)
    return ""
