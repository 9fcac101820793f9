"""What is missing or wrong in the library's records: counted, with their ids, for the librarian to mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from corpus import schema, vocabulary_store
from corpus.filters import Filter, where_clause
from corpus.unknown_words import nearest_values
from corpus.validation import doi_fault, issn_fault, pmid_fault, year_fault

if TYPE_CHECKING:
    from corpus.library import Library

#: What a record should have, in the order it is reported.
WANTED = ("title", "authors", "year", "doi", "abstract", "summary")


class Fault(NamedTuple):
    """A value that cannot be right: whose, in which field (doi, pmid, issn, year), and what is wrong with it."""

    review_id: str
    field: str
    reason: str


class UnknownValue(NamedTuple):
    """A facet's value that the vocabulary does not know, in how many records, and the nearest known value ("" where none is like it)."""

    facet: str
    value: str
    records: int
    nearest: str


@dataclass(frozen=True)
class Completeness:
    """The state of the records a filter lets through.

    `lacks`: ids by what they lack, a key for each of `WANTED`; `complete`: how many lack nothing and have nothing wrong (unknown facet values aside).
    """

    records: int
    complete: int
    lacks: dict[str, list[str]]
    faults: list[Fault]
    unknown: list[UnknownValue]

    def as_dict(self, most: int | None = None) -> dict[str, Any]:
        """As `completeness --json` prints it; with `most`, only so many ids and faults each beside the full counts."""
        return {
            "records": self.records,
            "complete": self.complete,
            "lacks": {name: {"count": len(ids), "ids": ids[:most]} for name, ids in self.lacks.items()},
            "invalid": {"count": len(self.faults), "values": [{"id": fault[0], "field": fault[1], "reason": fault[2]} for fault in self.faults[:most]]},
            "unknown_values": {"count": len(self.unknown), "values": [value._asdict() for value in self.unknown[:most]]},
        }


def completeness(library: Library, chosen: Filter) -> Completeness:
    """What the records a filter lets through lack, and what in them cannot be right."""
    table = schema.review
    lacks: dict[str, list[str]] = {name: [] for name in WANTED}
    faults: list[Fault] = []
    known = [(table.c[column] != "").label(name) for name, column in (("title", "title_folded"), ("authors", "authors_folded"))]
    query = sa.select(table.c.id, *known, table.c.year, table.c.doi, table.c.pmid, table.c.has_text)  # SQLite answers it from the catalogue's index alone
    with library.reading() as connection:
        records = complete = 0
        false_issns = _false_issns(connection, chosen)
        for row in connection.execute(query.where(where_clause(chosen)).order_by(table.c.id)):
            records += 1
            held = {"title": row.title, "authors": row.authors, "year": row.year, "doi": row.doi}
            missing = [name for name in WANTED if not held.get(name, f"|{name}|" in row.has_text)]
            for name in missing:
                lacks[name].append(row.id)
            wrong = [Fault(row.id, name, fault) for name, fault in _faults(row.doi, row.pmid, row.year) if fault] + false_issns.get(row.id, [])
            faults += wrong
            complete += not missing and not wrong
        unknown = _unknown(connection, chosen)
    return Completeness(records, complete, lacks, faults, unknown)


def _faults(doi: str | None, pmid: str | None, year: int | None) -> Iterator[tuple[str, str]]:
    if doi:
        yield "doi", doi_fault(doi)
    if pmid:
        yield "pmid", pmid_fault(pmid)
    if year is not None:
        yield "year", year_fault(year)


def _false_issns(connection: sa.Connection, chosen: Filter) -> dict[str, list[Fault]]:
    """The faults in the ISSNs of the records, by id. A journal's is looked at once, however many records it has."""
    table = schema.review
    wrong: dict[str, str] = {}
    for issn in connection.execute(sa.select(table.c.issn).where(table.c.issn.is_not(None)).distinct()).scalars():
        if fault := next((fault for each in issn.split(" ") if (fault := issn_fault(each))), ""):
            wrong[issn] = fault
    found: dict[str, list[Fault]] = {}
    for issn, fault in wrong.items():
        query = sa.select(table.c.id).where(table.c.issn == issn, where_clause(chosen))
        found.update({review_id: [Fault(review_id, "issn", fault)] for review_id in connection.execute(query).scalars()})
    return found


def _unknown(connection: sa.Connection, chosen: Filter) -> list[UnknownValue]:
    vocabulary = vocabulary_store.current(connection)
    value, link, review = schema.facet_value, schema.review_facet, schema.review
    query = (
        sa.select(value.c.facet, value.c.value, sa.func.count())
        .join(link, link.c.value_number == value.c.number)
        .join(review, review.c.number == link.c.review_number)
        .where(where_clause(chosen), value.c.facet.in_(list(vocabulary.values)))
        .group_by(value.c.facet, value.c.value)
    )
    found = sorted(
        ((facet, word, n) for facet, word, n in connection.execute(query) if vocabulary.canonical(facet, word) is None), key=lambda row: (-row[2], row)
    )
    near = nearest_values(vocabulary, [(facet, word) for facet, word, _ in found])
    return [UnknownValue(*row, nearest) for row, (_, nearest, _, _) in zip(found, near, strict=True)]
