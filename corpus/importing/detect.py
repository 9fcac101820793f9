"""Which format a document is in, told from its content and never from its name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from corpus.importing import (
    bibtex,
    csl_json,
    endnote_xml,
    enw,
    jats,
    jsonl,
    markdown,
    nbib,
    ovid,
    page,
    pdf,
    pubmed_xml,
    refworks,
    ris,
    table,
    wos,
    zotero_rdf,
)  # fmt: skip
from corpus.importing.document import Document
from corpus.importing.parsing import Parsed, Parser, by_chunks, by_lines, by_text


def _table(document: Document) -> Iterator[Parsed]:
    return table.parse(document.lines(), document.columns)


#: Every format by name. Adding one: its parser here, its mark below.
PARSERS: dict[str, Parser] = {
    "markdown": by_text(markdown.parse),
    "jsonl": by_lines(jsonl.parse_lines),
    "csl-json": by_chunks(csl_json.parse),
    "ris": by_lines(ris.parse),
    "enw": by_lines(enw.parse),
    "bibtex": by_lines(bibtex.parse),
    "nbib": by_lines(nbib.parse),
    "pubmed-xml": by_chunks(pubmed_xml.parse),
    "endnote-xml": by_chunks(endnote_xml.parse),
    "zotero-rdf": by_text(zotero_rdf.parse),
    "wos": by_lines(wos.parse),
    "ovid": by_lines(ovid.parse),
    "refworks": by_lines(refworks.parse),
    "csv": _table,
    "tsv": _table,
    "jats": by_chunks(jats.parse),
    "pdf": pdf.parse,
    "page": by_text(page.parse),
}
#: What each XML format holds that no other does: a tag, and one that stands not far behind its first occurrence.
_XML = (
    ("pubmed-xml", r"<(?:PubmedArticle|PubmedBookArticle|MedlineCitation)(?:Set)?[\s>]", ""),
    ("zotero-rdf", r"<rdf:RDF\b", ""),
    ("jats", r"<(?:\w+:)?article[\s>]|<pmc-articleset", r"<(?:\w+:)?(?:front|front-stub|body)\b"),
    ("endnote-xml", r"<(?:record|RECORD)\b|<xml>\s*<records", r"<(?:ref-type|contributors|titles|REFERENCE_TYPE|AUTHORS)\b|<records"),
)
#: The line that begins a record in each tagged format. The one that comes first in a file decides.
_TAGGED = (
    ("ris", r"^[ \t\ufeff]*TY[ \t\u00a0]{0,2}[-\u2013\u2014](?:[ \t\u00a0]|$|(?=[A-Z]{3,}))"),
    ("enw", r"^%0[ \t]\S"),
    ("nbib", r"^PMID ?- ?\d|^(?:OWN|STAT) ?- \S|^UI {0,2}- ?\d{7,8}[ \t]*$"),
    ("wos", r"^PT [A-Z](?:\r?$|\w)|^FN (?:Clarivate|Thomson|ISI|Web of)"),
    ("refworks", r"^RT [A-Z][a-z]+"),
    ("bibtex", r"^[ \t]*@[ \t]*[A-Za-z][\w-]*[ \t]*[{(]\s*[^{}()=,]{0,200}[,=]"),
    ("ovid", r"^ ?<\d+ ?\.? ?>[ \t]*$(?=\n(?:.*\n)?\s?(?:[A-Z][A-Z0-9] {1,3}-|[A-Z][A-Za-z ]{2,40}$))|^ ?VN  - Ovid"),
)
#: The same for records that lack their first line: this many of such lines must be there (or all lines be such), and one that tells.
_LOOSE = (
    ("enw", r"^%[A-Z0-9@] \S", 3, r"^%[TAE] "),
    ("nbib", r"^[A-Z]{2,4} {0,2}- ?\S", 4, r"^(?:FAU|PMC|PMCR|DCOM|EDAT|PHST|FED) ?-"),
    ("ris", r"^[A-Z][A-Z0-9]  - ?", 3, r"^(?:TI|T1|AU|A1|ER)  -"),
)


def detect(content: str | Document) -> str | None:
    """The name of the format, or None where it is none we know."""
    document = Document.of_text(content) if isinstance(content, str) else content
    with document.open() as stream:
        if b"%PDF-" in stream.read(1024):
            return "pdf"
    return _detect(document.head, document.columns)


def _detect(text: str, columns: Mapping[str, str]) -> str | None:
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("---") and re.match(r"---[ \t]*\r?\n", start):
        return "markdown"
    if start.startswith(("[", "{")) and (kind := _detect_json(start)):
        return kind
    if "<" in start[:2000] and (kind := _detect_xml(start)):
        return kind
    sign = table.delimiter_of(start, columns)
    if sign:
        return "tsv" if sign == "\t" else "csv"
    first = {name: found.start() for name, mark in _TAGGED if (found := re.search(mark, start, re.MULTILINE))}
    if first:
        return min(first, key=lambda name: first[name])
    written = sum(1 for line in start.split("\n", 20) if line.strip())
    for name, line, least, telling in _LOOSE:
        if len(re.findall(line, start, re.MULTILINE)) >= min(least, written) and re.search(telling, start, re.MULTILINE):
            return name
    return "page" if page.looks_like_page(text) else None


def _detect_xml(text: str) -> str | None:
    for name, mark, near in _XML:
        found = re.search(mark, text)
        if found and re.search(near, text[found.start() : found.start() + 50_000]):
            return name
    return None


def _detect_json(text: str) -> str | None:
    if not re.match(r"[\[{]\s*(?:[\[{\"\]}]|$)", text):
        return None
    first = text.split("\n", 1)[0]
    if first.startswith("{"):
        try:
            table_of_first = json.loads(first)
        except (ValueError, RecursionError):
            return "csl-json" if re.match(r'\{\s*"', text) else None
        if table_of_first.keys() & {"items", "message", "references"} or isinstance(table_of_first.get("data"), list | dict):
            return "csl-json"
        if table_of_first and all(isinstance(item, dict) and item.keys() & {"type", "itemType"} for item in table_of_first.values()):
            return "csl-json"  # items by their keys
        foreign = "itemType" in table_of_first or ("type" in table_of_first and "csl" not in table_of_first and "author" in table_of_first)
        return "csl-json" if foreign else "jsonl"
    return "csl-json"
