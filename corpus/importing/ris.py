"""RIS in its dialects: EndNote, Zotero, Mendeley, RefMan, Citavi, Rayyan, Ovid, Embase, ProQuest, Scopus, Web of Science."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus.importing import item_types
from corpus.importing.fields import Named, assemble
from corpus.importing.parsing import Parsed
from corpus.importing.tagged import Dialect, Field, Record, read_records

_LINE = re.compile(r"^\s*([A-Z][A-Z0-9])([ \u00a0]{0,2}|\t)[-\u2013\u2014](?:[ \t\u00a0](.*)|(\S.*)|)$")
_END = re.compile(r"^\s*ER\s*$")
#: Tag -> what the field means. Others are kept as they are.
_NAMES = {
    "TI": "title", "T1": "title", "CT": "title", "BT": "title-or-series", "ST": "short-title", "T2": "secondary-title", "T3": "series",
    "AU": "author", "A1": "author", "A2": "editor", "ED": "editor", "A3": "series-editor", "A4": "translator", "JF": "journal",
    "JO": "journal-or-short", "JA": "journal-short", "J1": "journal-short", "J2": "journal-short", "JI": "journal-short",
    "J9": "journal-short", "C3": "proceedings", "PY": "year", "Y1": "old-date", "DA": "date", "Y2": "accessed", "VL": "volume",
    "VO": "volume", "IS": "issue", "CP": "issue", "SP": "first-page", "EP": "last-page", "C7": "article-number", "SN": "serial",
    "DO": "doi", "DI": "doi", "UR": "url", "L1": "link", "L2": "link", "L3": "link", "LK": "link", "N1": "note", "AB": "abstract",
    "N2": "abstract", "KW": "keyword", "LA": "language", "PB": "publisher", "PU": "publisher", "CY": "conference-or-place", "PI": "place",
    "ET": "edition", "M3": "type-of-work", "M1": "number-or-other", "NV": "volumes", "CN": "call-number", "DB": "database",
    "DP": "provider", "AN": "accession", "ID": "mark", "U1": "mark", "U2": "mark", "C2": "scopus-pmid", "C5": "embase-pmid", "PM": "pmid",
}  # fmt: skip
#: Every tag some dialect writes; a line with one space after one of them is a field even where the file writes two.
_KNOWN = frozenset({*_NAMES, *"TY ER ID AD L4 N3 M2 M4 RN LB RP SE TT TA OP RI CA U1 U2 U3 U4 U5".split()})
_LONG_TEXT = frozenset({"AB", "N1", "N2", "M1", "RN"})
_BEGINNINGS = frozenset({"TY", "TI", "T1", "AU", "A1"})


def parse(lines: Iterable[str]) -> Iterator[Parsed]:
    """Read every record."""
    for record in read_records(lines, _Spacing().dialect()):
        yield record_of(record)


def record_of(record: Record) -> Parsed:
    """The record that RIS fields make."""
    code = next((entry.value.strip().upper() for entry in record.fields if entry.tag == "TY"), "")
    kind = item_types.RIS.get(code) or (item_types.from_name(code) if code else "article-journal")
    names = dict(_NAMES)
    if code == "EDBOOK":
        names["AU"] = names["A1"] = "editor"
        names["A2"] = "series-editor"
    elif kind == "book" and record.tags & {"AU", "A1"}:
        names["A2"] = "series-editor"
    if record.tags & {"WE", "PU", "J9"}:  # Web of Science puts the authors' institutions there
        names.pop("C3")
    item = assemble(kind, (Named(names.get(entry.tag, ""), entry.tag, entry.value) for entry in record.fields if entry.tag != "TY"))
    if code == "PREPRINT":
        item.kinds("preprint")
    elif code and code not in item_types.RIS:
        item.keep("TY", code)
    return item.parsed(record.number, record.line, record.raw)


class _Spacing:
    """How the file at hand writes its tags. Two spaces is the rule; where its `TY` line has another number, that counts as well."""

    def __init__(self) -> None:
        self._loose = False

    def dialect(self) -> Dialect:
        """The dialect for `read_records`."""
        return Dialect(self._match, opens=lambda tag, _record: tag == "TY", starts=lambda tag: tag in _BEGINNINGS, closing=frozenset({"ER"}))

    def _match(self, line: str, record: Record | None) -> Field | None:
        found = _LINE.match(line)
        if not found:
            return Field("ER", "") if record is not None and _END.match(line) else None
        tag, gap, value = found[1], found[2].replace("\u00a0", " "), (found[3] or found[4] or "").strip()
        if tag == "TY":
            self._loose = gap != "  "
        if tag == "ER" and len(value) > 3:
            return None
        strict = gap == "  " and not found[4]
        if not strict and not (self._loose and found[4] is None):
            in_text = record is not None and record.last_tag in _LONG_TEXT
            if tag not in _KNOWN or (in_text and tag not in ("TY", "ER")):
                return None
        if line[:1].isspace() and tag not in _KNOWN:
            return None
        return Field(tag, value)
