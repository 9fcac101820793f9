"""Ovid's own exports: tagged (` TI  - Title` under `<7. >`), and labelled, where each field's name stands on a line above its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus.importing.dates import find_year
from corpus.importing.fields import Named, assemble
from corpus.importing.item_types import from_name
from corpus.importing.medline import publication_types
from corpus.importing.parsing import Parsed
from corpus.importing.tagged import Dialect, Field, Record, flow, read_records

_HEADING = re.compile(r"^\s*<\s*\d+\s*\.?\s*>\s*$")
_LINE = re.compile(r"^ ?([A-Z][A-Z0-9]{1,4}) {1,3}- ?(.*)$")
_LABEL = re.compile(r"^ ?([A-Z][A-Za-z /()'-]{1,50})$")
_LABELS = {
    "title": "TI", "author": "AU", "authors": "AU", "full author name": "FA", "author name": "AU", "authors full name": "FA",
    "abstract": "AB", "year of publication": "YR", "publication year": "YR", "date of publication": "DP", "journal name": "JN",
    "source": "SO", "journal abbreviation": "JA", "unique identifier": "UI", "accession number": "AN", "digital object identifier": "DO",
    "doi": "DO", "issn": "IS", "issn print": "IS", "issn linking": "IL", "language": "LG", "volume": "VO", "issue": "IP",
    "issue/part": "IP", "page": "PG", "pages": "PG", "publisher": "PU", "publication type": "PT", "document type": "DT",
    "mesh subject headings": "MH", "subject headings": "MH", "keyword heading": "KW", "keywords": "KW", "keyword phrases": "ID",
    "key concepts": "ID", "institution": "IN", "pmid": "PM", "isbn": "IB", "country of publication": "CP", "heading words": "MH",
    "emtree heading": "EM", "database": "DB", "status": "ST", "copyright": "CI", "comments": "CM", "local messages": "LM",
    "doi number": "DO", "author keywords": "KW", "chapter title": "CT", "link to the ovid full text or citation": "XL",
}  # fmt: skip
_NAMES = {
    "TI": "title", "OT": "original-title", "FA": "author", "AB": "abstract", "JN": "journal", "JA": "journal-short",
    "BT": "secondary-title", "VO": "volume", "IP": "issue", "PG": "pages", "YR": "year", "DP": "date", "LG": "language", "LA": "language",
    "IS": "serial", "IT": "serial", "IL": "serial", "IB": "serial", "BN": "serial", "PU": "publisher", "PB": "publisher", "DO": "doi",
    "PM": "pmid", "MH": "keyword", "HW": "keywords", "SH": "keyword", "KW": "keywords", "EM": "keyword", "DB": "database", "ED": "editor",
    "UR": "url", "DI": "doi", "ET": "edition", "LC": "place",
}  # fmt: skip
_AFTER_TITLE = re.compile(r"(?:(?:\s{2,}|(?<=[.?!]))\[[^\]]+\]|\s*\.?\s*\[(?:References?|Review|Erratum appears)[^\]]*\])\s*\.?$")
_BRACKETED = re.compile(r"\s*\[[^\]]*\]")
_MARKS = re.compile(r"\s+[\d,+*]+$")
_BETWEEN = re.compile(r";|(?<=[a-z]{2})\.\s+(?=[A-Z][\w'\u2019-]+,)")  # full names may have a full stop between them
_DEGREES = re.compile(r"(?<=\w)(?:\.?,?\s+(?:Ph\.?D|M\.?D|MPH|M\.?Sc|B\.?Sc|MBBS|FACSM|FRC\w+|RN|DrPH|PharmD|DDS|DVM|EdD|PsyD|ScD)\.?(?=,|\s|$))+$")
#: "Journal. Vol.43(5), Sep 2015, pp. 623-634" and "Journal June 2015;58(6):688-696".
_SOURCES = (
    re.compile(
        r"^(?P<journal>.+?)\s+(?:(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Spring|Summer|Fall|Autumn|Winter)[a-z]*[/ -]?){1,3}\s*)?"
        r"(?:\d{1,2},?\s+)?\d{4};\s*(?P<volume>[\w-]+)(?:\((?P<issue>[^)]*)\))?:?\s*(?P<rest>.*)$"
    ),
    re.compile(r"^(?P<journal>.+?)[.,]?\s+(?:Vol\.?\s*)?(?P<volume>\d[\w-]*)\s*\((?P<issue>[^)]*)\)[:,]?\s*(?P<rest>.*)$"),
    re.compile(r"^(?P<journal>[^\d]+?)[.,]?\s+(?:Vol\.?\s*)?(?P<volume>\d[\w-]*)(?P<issue>)[:,]\s*(?P<rest>.*)$"),
)
_LONG = 2000  # characters of an author's or a source's line
_PAGES = re.compile(r"(?:^|\bpp?\.?\s*|:\s*)([A-Za-z]?\d+(?:[-\u2013][A-Za-z]?\d+)?)(?=[\s.,;)]|$)")


def parse(lines: Iterable[str]) -> Iterator[Parsed]:
    """Read every record; a number in angle brackets begins one, and so does a database's version line or a field that a record has once."""

    def opens(tag: str, record: Record) -> bool:
        return tag in ("VN", "UI", "TI") and tag in record.tags

    dialect = Dialect(_Style().match, opens=opens, divider=lambda line: bool(_HEADING.match(line)))
    for record in read_records(lines, dialect):
        yield _read(record)


class _Style:
    """Whether the file at hand is labelled: then every line that is not set in names a field."""

    def __init__(self) -> None:
        self._labelled = False

    def match(self, line: str, _record: Record | None) -> Field | None:
        """The field that a line begins, or None where it is text."""
        tagged = _LINE.match(line)
        if tagged and not self._labelled:
            return Field(tagged[1], tagged[2].strip())
        label = _LABEL.match(line.rstrip())
        known = _LABELS.get(label[1].strip().lower()) if label else None
        if label is None or not (known or (self._labelled and not line.startswith(" "))):
            return None
        self._labelled = True
        return Field(known or label[1].strip(), "")


def _read(record: Record) -> Parsed:
    tags = record.tags
    by: dict[str, list[str]] = {}
    for tag, value in record.fields:
        by.setdefault(tag, []).append(value)
    named: list[Named] = []
    for tag, value in record.fields:
        lines = [line.strip() for line in value.split("\n") if line.strip()]
        if tag == "TI" and "CT" in tags:
            named.append(Named("secondary-title", tag, flow(value)))
        elif tag in ("TI", "CT"):
            named.append(Named("title", tag, _title(flow(value))))
        elif tag in ("AU", "FA", "ED"):
            if tag != "AU" or "FA" not in tags:
                people = [_DEGREES.sub("", _MARKS.sub("", part.strip())) for line in lines for part in _BETWEEN.split(_BRACKETED.sub("", line[:_LONG]))]
                named.append(Named("editor" if tag == "ED" else "author", tag, "\n".join(re.sub(r"(?<=[a-z]{2})\.$", "", part) for part in people)))
        elif tag in ("LG", "LA"):
            named.append(Named("language", tag, flow(value).rstrip(".")))
        elif tag == "ID" and "AN" in tags:
            named += [Named("keywords", tag, re.sub(r",\s+", ";", line)) for line in lines]
        elif tag == "PM" and (number := re.match(r"\d{1,8}(?=\s*\[)", value.strip())):
            named.append(Named("pmid", tag, number[0]))
        elif tag == "UI":
            named.append(Named("pmid" if re.fullmatch(r"\d{7,8}", flow(value)) else "", tag, flow(value)))
        elif tag not in ("PT", "DT"):
            named.append(Named(_NAMES.get(tag, ""), tag, "\n".join(lines)))
    types = [flow(value).rstrip(".") for tag in ("PT", "DT") for value in by.get(tag, [])]
    kind = next((kind for kind in map(_kind, types) if kind), "chapter" if "CT" in tags else "article-journal")
    item = assemble("chapter" if kind == "book" and "CT" in tags else kind, named)
    publication_types(item, types)
    if "container-title" not in item.csl and "SO" in by:
        _source(item.csl, flow(by["SO"][0]))
    for tag in ("SO", "ST"):  # a paper ahead of print has its date there
        if "issued" not in item.csl and find_year(by.get(tag, [""])[0]):
            item.date(flow(by[tag][0]), tag=tag)
    return item.parsed(record.number, record.line, record.raw)


def _title(text: str) -> str:
    """The title without the kind of article that Ovid puts behind it."""
    return text[:-200] + _AFTER_TITLE.sub("", text[-200:]).rstrip()


def _kind(text: str) -> str:
    kind = from_name(text, "")
    return kind if kind and kind != "article-journal" else ""


def _source(csl: dict[str, object], text: str) -> None:
    """Journal, volume, issue and pages from Ovid's source line, where the fields of their own are not there."""
    found = next((match for pattern in _SOURCES if (match := pattern.match(text[:_LONG]))), None)
    csl["container-title"] = found["journal"].rstrip(" .,") if found else text.split(". ")[0].rstrip(".")
    if found:
        for key in ("volume", "issue"):
            if found[key]:
                csl.setdefault(key, found[key])
        pages = _PAGES.search(found["rest"])
        if pages:
            csl.setdefault("page", pages[1])
