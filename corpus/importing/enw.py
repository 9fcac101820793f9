"""EndNote's tagged export (ENW, the Refer format): `%0 Journal Article`, `%A Author`; often found in files with another ending."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus.importing import item_types
from corpus.importing.fields import Named, assemble
from corpus.importing.parsing import Parsed
from corpus.importing.tagged import Dialect, Field, Record, read_records

_LINE = re.compile(r"^(%[0-9A-Z!@#$&()*+,=>?\[\]^~])(?:[ \t](.*)|)$")
_NAMES = {
    "%T": "title", "%A": "author", "%E": "editor", "%Y": "series-editor", "%?": "translator", "%J": "journal", "%B": "secondary-title",
    "%S": "series", "%!": "short-title", "%O": "journal-short", "%D": "year", "%8": "date", "%[": "accessed", "%V": "volume", "%N": "issue",
    "%P": "pages", "%@": "serial", "%R": "doi", "%U": "url", "%>": "link", "%Z": "note", "%X": "abstract", "%K": "keyword",
    "%G": "language", "%I": "publisher", "%C": "place", "%7": "edition", "%9": "type-of-work", "%6": "volumes", "%L": "call-number",
    "%~": "database", "%W": "provider", "%M": "accession", "%2": "scopus-pmid",
}  # fmt: skip


def parse(lines: Iterable[str]) -> Iterator[Parsed]:
    """Read every record. `%0` begins one; in files without it (Refer proper), a blank line does."""
    dialect = Dialect(_match, opens=lambda tag, record: (tag == "%0" and record.tags != {"%0"}) or (record.gap and "%0" not in record.tags))
    for record in read_records(lines, dialect):
        yield _read(record)


def _match(line: str, _record: Record | None) -> Field | None:
    found = _LINE.match(line)
    return Field(found[1], (found[2] or "").strip()) if found else None


def _read(record: Record) -> Parsed:
    fields = record.fields
    told = next((entry.value.strip() for entry in fields if entry.tag == "%0"), "")
    names = dict(_NAMES)
    if record.tags & {"%J"} and "%B" in record.tags:
        names["%B"] = "series"
    if told == "Edited Book":
        names["%A"], names["%E"] = "editor", "series-editor"
    kind = item_types.from_name(told) if told else "article-journal" if "%J" in record.tags else "document"
    item = assemble(kind, (Named(names.get(entry.tag, ""), entry.tag, entry.value) for entry in fields if entry.tag != "%0"))
    if told.lower() == "preprint":
        item.kinds("preprint")
    return item.parsed(record.number, record.line, record.raw)
