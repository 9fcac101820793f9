"""RefWorks' tagged format: `RT Journal Article`, `A1 Doe, Jane`, `T1 Title`; lines without a tag go on with the field above."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus.importing.fields import Named, assemble
from corpus.importing.item_types import from_name
from corpus.importing.parsing import Parsed
from corpus.importing.tagged import Dialect, Field, Record, read_records

_LINE = re.compile(r"^([A-Z][A-Z0-9]|PMC?ID)(?:[ \t](.*)|)$")
_NAMES = {
    "T1": "title", "A1": "author", "A2": "editor", "A3": "series-editor", "A4": "translator", "JF": "journal", "JO": "journal-short",
    "YR": "year", "FD": "date", "RD": "accessed", "VO": "volume", "IS": "issue", "SP": "first-page", "OP": "last-page", "K1": "keyword",
    "AB": "abstract", "NO": "note", "PB": "publisher", "PP": "place", "ED": "edition", "T2": "secondary-title", "T3": "series",
    "SN": "serial", "AN": "accession", "LA": "language", "LK": "url", "UL": "url", "DO": "doi", "DB": "database", "DS": "provider",
    "ST": "short-title", "CL": "call-number", "CN": "call-number", "PMID": "pmid", "PMCID": "pmcid",
}  # fmt: skip
_KNOWN = frozenset(
    """RT SR ID A1 T1 JF JO YR FD VO IS SP OP K1 AB NO A2 T2 ED PB PP A3 A4 A5 A6 T3 SN AV AD AN LA CL SF OT LK DO CN DB DS IP RD ST U1 U2 U3 U4 U5
    U6 U7 U8 U9 UD UL SL LL CR WT WV WP OL PM PMID PMCID CI CT SE MO ER""".split()
)


def parse(lines: Iterable[str]) -> Iterator[Parsed]:
    """Read every record; `RT` begins one."""
    dialect = Dialect(_match, opens=lambda tag, _record: tag == "RT", starts=lambda tag: tag in ("RT", "A1", "T1"), closing=frozenset({"ER"}))
    for record in read_records(lines, dialect):
        told = next((entry.value for entry in record.fields if entry.tag == "RT"), "")
        kind = from_name(told) if told else "article-journal"
        item = assemble(kind, (Named(_NAMES.get(tag, ""), tag, value) for tag, value in record.fields if tag != "RT"))
        yield item.parsed(record.number, record.line, record.raw)


def _match(line: str, record: Record | None) -> Field | None:
    found = _LINE.match(line)
    if not found or found[1] not in _KNOWN:
        return None
    if found[1] != "RT" and record is None and found[1] not in ("A1", "T1"):
        return None
    return Field(found[1], (found[2] or "").strip())
