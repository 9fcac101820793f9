"""Web of Science's field-tagged export (.ciw, .isi, "savedrecs.txt"): `PT J`, `AU Doe, J`, further lines set in by three spaces, `ER`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus.importing.fields import Named, assemble
from corpus.importing.gather import Item
from corpus.importing.item_types import from_name
from corpus.importing.parsing import Parsed
from corpus.importing.tagged import Dialect, Field, Record, flow, read_records

_LINE = re.compile(r"^([A-Z][A-Z0-9])(?:[ \t]+(.*)|)$")
_HEADERS = frozenset({"FN", "VR"})
#: Tag -> what it means; the same names head the columns of the tab-delimited export.
NAMES = {
    "TI": "title", "SO": "journal", "J9": "journal-short", "JI": "journal-short", "SE": "series", "LA": "language", "AB": "abstract",
    "DE": "keywords", "ID": "keywords", "CT": "event", "CL": "event-place", "PU": "publisher", "PI": "place", "SN": "serial",
    "EI": "serial", "BN": "serial", "PY": "year", "PD": "date", "VL": "volume", "IS": "issue", "BP": "first-page", "EP": "last-page",
    "AR": "article-number", "PS": "pages", "DI": "doi", "PM": "pmid", "DT": "type-of-work", "ED": "editor", "BE": "editor",
}  # fmt: skip
KINDS = {"J": "article-journal", "JOURNAL": "article-journal", "B": "book", "BOOK": "book", "S": "book", "P": "patent", "C": "paper-conference"}


def parse(lines: Iterable[str]) -> Iterator[Parsed]:
    """Read every record."""
    dialect = Dialect(_match, opens=lambda tag, _record: tag == "PT", starts=lambda tag: tag in ("PT", "AU", "TI"), closing=frozenset({"ER", "EF"}))
    for record in read_records(lines, dialect):
        yield item_of(record.fields).parsed(record.number, record.line, record.raw)


def _match(line: str, _record: Record | None) -> Field | None:
    found = _LINE.match(line)
    return Field(found[1], (found[2] or "").strip()) if found and found[1] not in _HEADERS else None


def item_of(fields: list[Field]) -> Item:
    """The record that Web of Science fields make."""
    values = {entry.tag: entry.value for entry in fields}
    full = "AF" if values.get("AF", "").strip() else "AU"
    made_of = flow(values.get("PT", "J")).upper()
    kind = KINDS.get(made_of) or from_name(made_of, "article-journal")
    kinds = [text.strip().lower() for text in flow(values.get("DT", "")).split(";")]
    if kind == "article-journal" and "proceedings paper" in kinds and values.get("CT") and not values.get("VL"):
        kind = "paper-conference"
    elif kind == "book" and ("book chapter" in kinds or (values.get("SO") and (values.get("BP") or values.get("CT")))):
        kind = "paper-conference" if "proceedings paper" in kinds or values.get("CT") else "chapter"
    special = {full: "author", "CA": "author", "GP": "author"}
    if not values.get("PY", "").strip():  # not yet in an issue
        special |= {"EY": "year", "EA": "date"}
    named = []
    for tag, value in fields:
        name = special.get(tag) or NAMES.get(tag, "")
        if tag in ("CA", "GP"):
            value = "\n".join(line.strip().rstrip(";") + "," for part in value.split("\n") for line in part.split(";") if line.strip())
        elif tag in ("AU", "AF", "ED", "BE") and ";" in value:
            value = "\n".join(part.strip() for part in value.split(";"))
        elif tag not in ("AU", "AF", "ED", "BE", "CR", "C1"):
            value = flow(value)
        if tag not in ("PT", "AU" if full == "AF" else ""):
            named.append(Named(name, tag, value))
    item = assemble(kind, named)
    item.kinds(*kinds)
    return item
