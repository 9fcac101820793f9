"""Retractions, expressions of concern and errata for many records at once, from a table of DOIs and PMIDs.

The table is a plain one (`doi,pmid,type,date,text`) or the export of the Retraction Watch database, whose columns are told by their names
(https://gitlab.com/crossref/retraction-watch-data).
"""

from __future__ import annotations

import csv
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import sqlalchemy as sa

from corpus import schema
from corpus.change import MANY, Change, load_review
from corpus.errors import InputError
from corpus.identity import clean_doi, clean_pmid
from corpus.importing.dates import date_parts
from corpus.importing.document import Document
from corpus.review import Notice, Review, Status
from corpus.validation import date_fault

if TYPE_CHECKING:
    from corpus.library import Library

_Type = Literal["concern", "erratum", "retraction"]
_COLUMNS = {
    "doi": ("doi", "originalpaperdoi"), "pmid": ("pmid", "pubmedid", "originalpaperpubmedid"), "type": ("type", "notice", "retractionnature"),
    "date": ("date", "retractiondate"), "text": ("text", "reason", "note"), "notice_doi": ("retractiondoi", "noticedoi"),
}  # fmt: skip
_TYPES: dict[str, _Type] = {
    "retraction": "retraction", "retracted": "retraction", "concern": "concern", "expression of concern": "concern", "eoc": "concern",
    "erratum": "erratum", "errata": "erratum", "corrigendum": "erratum", "correction": "erratum", "corrected": "erratum",
}  # fmt: skip
_WORDING: dict[_Type, str] = {"retraction": "Retracted", "concern": "Expression of concern", "erratum": "Erratum"}
#: What Retraction Watch writes where a paper has no such identifier.
_NONE = frozenset({"", "0", "unavailable", "none", "na", "n/a"})
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\b")
_KIND = "notices"


class BadRow(NamedTuple):
    """A row of the table that could not be used: its line, from 1, and why."""

    line: int
    reason: str


class Row(NamedTuple):
    """A row that could: whose notice it is (one of `doi` and `pmid` may be ""), and the notice."""

    line: int
    doi: str
    pmid: str
    notice: Notice


@dataclass
class NoticesReport:
    """What became of every row: read = matched + unchanged + unmatched + bad rows.

    `matched`: the record got the notice; `unchanged`: it had it already; `records`: ids of those changed; `batch` names it all for undoing.
    """

    path: str
    batch: str = ""
    read: int = 0
    matched: int = 0
    unchanged: int = 0
    unmatched: int = 0
    bad: list[BadRow] = field(default_factory=list)
    records: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As `notices --json` prints it."""
        counts = {name: getattr(self, name) for name in ("batch", "path", "read", "matched", "unchanged", "unmatched")}
        return counts | {"bad": [row._asdict() for row in self.bad], "records": self.records}


def take_notices(library: Library, source: Path | bytes, *, path: str = "", actor: str = "local") -> NoticesReport:
    """Give records the notices of a table, in one transaction and one batch; a retraction sets the status too.

    Undone by `corpus.importing.undo_import`. Raises InputError where the file is no such table.
    """
    report = NoticesReport(path or str(source))
    with library.change(actor) as change:
        before: dict[str, int] = {}
        chunk: list[Row] = []
        for row in read_rows(Document(source), report.path):
            report.read += 1
            if isinstance(row, BadRow):
                report.bad.append(row)
                continue
            chunk.append(row)
            if len(chunk) >= MANY:
                _take(change, chunk, report, before)
                chunk = []
        _take(change, chunk, report, before)
        change.flush()
        report.records = sorted(before)
        report.bad.sort()
        if before:
            _write_batch(change, report, before)
    return report


def list_notices(library: Library) -> list[dict[str, Any]]:
    """Every table of notices taken so far, newest first: batch, when, by whom, counts, and whether it was undone."""
    found = []
    for row in library.batches():
        if row["report"].get("kind") == _KIND:
            head = {"batch": row["id"], "at": row["at"], "actor": row["actor"], "revision": row["revision"]}
            counts = {name: row["report"][name] for name in ("path", "read", "matched", "unchanged", "unmatched")}
            found.append({**head, **counts, "bad": len(row["report"]["bad"]), "undone": row["undone_revision"] is not None})
    return found


def read_rows(document: Document, path: str) -> Iterator[Row | BadRow]:
    """Every row of a table of notices. Raises InputError where it has no column for a DOI or PMID, or is no table."""
    line = 1
    try:
        lines = (text + "\n" for text in document.lines())
        head = next(lines, "")
        delimiter = max(",;\t", key=head.count)
        columns = _columns(next(csv.reader([head], delimiter=delimiter), []))
        if not {"doi", "pmid"} & columns.keys():
            raise InputError("the table has no column for a DOI or PMID", where=path, remedy="Its first line should be: doi,pmid,type,date,text")
        watch = "retractionnature" in head.lower()
        reader = csv.reader(lines, delimiter=delimiter)
        line = 2
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _row({name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}, line, watch=watch)
            line = reader.line_num + 2
    except csv.Error as error:
        raise InputError(f"the table cannot be read: {error}", where=f"{path}, line {line}", remedy="Save it as CSV anew") from error
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", where=path, remedy="Check the path") from error


def _columns(names: Sequence[str]) -> dict[str, int]:
    plain = [re.sub(r"[^a-z]", "", name.lower()) for name in names]
    return {ours: plain.index(known) for ours, theirs in _COLUMNS.items() for known in reversed(theirs) if known in plain}


def _row(cells: Mapping[str, str], line: int, *, watch: bool) -> Row | BadRow:
    """`watch`: the row is one of Retraction Watch's, where papers without DOI and PMID are no mistake."""
    given = {name: "" if cells.get(name, "").lower() in _NONE else cells[name] for name in ("doi", "pmid")}
    doi, pmid = clean_doi(given["doi"]), clean_pmid(given["pmid"])
    wrong = next((f"{given[name]!r} is not a {name.upper()}" for name, found in (("doi", doi), ("pmid", pmid)) if given[name] and not found), "")
    if wrong and not (doi or pmid):
        return BadRow(line, wrong)
    if not (doi or pmid or watch):
        return BadRow(line, "the row names neither DOI nor PMID")
    written = " ".join(cells.get("type", "").lower().split())
    if written == "reinstatement":
        return BadRow(line, "a reinstatement is the librarian's to decide: `florilegium status ID current`")
    kind = _TYPES.get(written)
    if kind is None:
        return BadRow(
            line,
            "the row does not say whether it is a retraction, concern or erratum" if not written else f"{written!r} is none of retraction, concern and erratum",
        )
    date = _date(cells.get("date", ""))
    if date is None:
        return BadRow(line, f"{cells['date']!r} is no date; write it as 2024-05-01")
    return Row(line, doi, pmid, Notice(type=kind, text=_text(cells, kind), date=date or None))


def _date(text: str) -> str | None:
    """The date as 2024-05-01 (or less of it), "" for none given, None for what is no date."""
    if not text:
        return ""
    if not date_fault(text):
        return text
    american = _AMERICAN.match(text)
    parts = [int(american[3]), int(american[1]), int(american[2])] if american else date_parts(text)
    made = "-".join(f"{part:02}" if at else f"{part:04}" for at, part in enumerate(parts))
    return made if parts and not date_fault(made) else None


def _text(cells: Mapping[str, str], kind: _Type) -> str:
    said = cells.get("text", "")
    if said.startswith("+"):  # Retraction Watch writes "+Reason;+Reason;"
        said = "; ".join(part.strip(" +") for part in said.split(";") if part.strip(" +"))
    text = said or _WORDING[kind]
    own = clean_doi(cells.get("notice_doi", ""))
    return f"{text} (notice: doi:{own})" if own and own != clean_doi(cells.get("doi", "")) else text


def _take(change: Change, rows: Sequence[Row], report: NoticesReport, before: dict[str, int]) -> None:
    change.flush()
    held = _matching(change.connection, rows)
    for row in rows:
        by_doi, by_pmid = _ids(held, "doi", row.doi), _ids(held, "pmid", row.pmid)
        if by_doi and by_pmid and not set(by_doi) & set(by_pmid):
            report.bad.append(BadRow(row.line, f"its DOI is that of {by_doi[0]}, its PMID that of {by_pmid[0]}"))
            continue
        ids = by_doi or by_pmid
        noted = [made for review_id in ids if (made := with_notice(held[review_id], row.notice)) is not held[review_id]]
        for review in noted:
            before.setdefault(review.id, held[review.id].revision)
            held[review.id] = change.put(review, "notice")
        report.matched += bool(noted)
        report.unchanged += bool(ids) and not noted
        report.unmatched += not ids


def with_notice(review: Review, notice: Notice) -> Review:
    """The record with a notice, retracted where that is one; the record itself where it says so already."""
    status = Status.RETRACTED if notice.type == "retraction" else review.status
    notices = review.notices if notice in review.notices else (*review.notices, notice)
    return review if (status, notices) == (review.status, review.notices) else review.model_copy(update={"status": status, "notices": notices})


def _ids(held: Mapping[str, Review], name: Literal["doi", "pmid"], value: str) -> list[str]:
    return [review_id for review_id, review in held.items() if value and getattr(review, name) == value]


def _matching(connection: sa.Connection, rows: Sequence[Row]) -> dict[str, Review]:
    """The records that any of the rows may mean, by id."""
    table = schema.review
    found: dict[str, Review] = {}
    for column, values in ((table.c.doi, {row.doi for row in rows}), (table.c.pmid, {row.pmid for row in rows})):
        query = sa.select(table.c.revision, table.c.document).where(column.in_(values - {""}))
        for entry in connection.execute(query):
            review = load_review(entry.document, entry.revision)
            found[review.id] = review
    return dict(sorted(found.items()))


def _write_batch(change: Change, report: NoticesReport, before: Mapping[str, int]) -> None:
    report.batch = f"{change.at[:10]}-{secrets.token_hex(3)}"
    row = {"id": report.batch, "revision": change.revision, "actor": change.actor, "at": change.at}
    document = {"kind": _KIND, **report.as_dict()}
    change.connection.execute(schema.batch.insert().values(**row, report=json.dumps(document, ensure_ascii=False)))
    items = [{"batch_id": report.batch, "review_id": review_id, "before_revision": revision} for review_id, revision in before.items()]
    change.connection.execute(schema.batch_item.insert(), items)
