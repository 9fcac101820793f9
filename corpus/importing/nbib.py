"""PubMed's and Medline's tagged format (nbib, "PubMed" text): `PMID- 123`, `FAU - Doe, Jane`, further lines set in by six spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus.importing.dates import date_parts
from corpus.importing.fields import Named, assemble
from corpus.importing.medline import E_NUMBER, NOTICES, full_range, linked_notice, publication_types
from corpus.importing.parsing import Parsed
from corpus.importing.tagged import Dialect, Field, Record, flow, read_records

_LINE = re.compile(r"^([A-Z]{2,4}) {0,3}-(.*)$")
_NAMES = {
    "TI": "title", "TT": "original-title", "AB": "abstract", "OAB": "abstract", "JT": "journal", "TA": "journal-short", "VI": "volume",
    "IP": "issue", "PG": "pages", "DP": "year", "LA": "language", "PMID": "pmid", "PMC": "pmcid", "IS": "serial", "ISBN": "serial",
    "MH": "keyword", "OT": "keyword", "KW": "keyword", "PB": "publisher", "EN": "edition", "BTI": "secondary-title", "CTI": "series",
    "VTI": "series", "UI": "pmid", "SI": "",
}  # fmt: skip
_PAGE_END = re.compile(r"\s*</(?:pre|body|html)>\s*$", re.IGNORECASE)
_IDENTIFIER = re.compile(r"^(\S.*?)\s*\[(doi|pii|pmc|pubmed|bookaccession)\]\s*$", re.IGNORECASE)


def parse(lines: Iterable[str]) -> Iterator[Parsed]:
    """Read every record. `PMID-` begins one, and so does a field after a blank line in records that have none."""

    def opens(tag: str, record: Record) -> bool:
        return (tag in ("PMID", "UI") and tag in record.tags) or (record.gap and (tag == "PMID" or not record.tags & {"PMID", "UI"}))

    for record in read_records((line for line in lines if not _PAGE_END.match(line)), Dialect(_match, opens=opens)):
        yield _read(record)


def _match(line: str, _record: Record | None) -> Field | None:
    found = _LINE.match(line)
    return Field(found[1], found[2].strip()) if found else None


def _read(record: Record) -> Parsed:
    fields = record.fields
    kind = "article-journal"
    if "BTI" in record.tags or ("PB" in record.tags and "JT" not in record.tags):
        kind = "chapter" if record.tags >= {"TI", "BTI"} else "book"
    named = [found for entry in fields for found in _named(entry, record.tags)]
    if "TI" not in record.tags:
        named = [entry._replace(name="title") if entry.name == "secondary-title" else entry for entry in named]
    item = assemble(kind, named)
    if "page" in item.csl:
        item.csl["page"] = full_range(item.csl["page"])
    if "PL" in record.tags and kind != "article-journal":
        item.put("publisher-place", next(flow(entry.value) for entry in fields if entry.tag == "PL"), "PL")
    if "issued" not in item.csl:
        item.date(*[entry.value for entry in fields if entry.tag in ("DEP", "EDAT") and date_parts(entry.value)][:1], tag="DEP")
    publication_types(item, (flow(entry.value) for entry in fields if entry.tag == "PT"))
    for entry in fields:
        if entry.tag in NOTICES:
            linked_notice(item, entry.tag, flow(entry.value))
    return item.parsed(record.number, record.line, record.raw)


def _named(entry: Field, tags: set[str]) -> Iterator[Named]:
    tag, value = entry.tag, flow(entry.value)
    if tag in ("AU", "FAU", "CN", "ED", "FED"):
        if not (tag in ("AU", "ED") and f"F{tag}" in tags):  # the short form of a name that stands there in full
            yield Named("editor" if tag in ("ED", "FED") else "author", tag, value + "," if tag == "CN" and "," not in value else value)
    elif tag in ("LID", "AID"):
        found = _IDENTIFIER.match(value)
        if found and found[2].lower() == "doi":
            yield Named("doi", tag, found[1])
        elif found and found[2].lower() == "pii" and E_NUMBER.match(found[1]) and not tags & {"PG"}:
            yield Named("article-number", tag, found[1])
        elif not (found and found[2].lower() in ("pmc", "pubmed")):
            yield Named("", tag, value)
    elif tag != "PT":
        yield Named(_NAMES.get(tag, ""), tag, entry.value)
