"""From named fields to a record: what the many tagged and tabular formats mean by their fields, said once.

A format's table maps its own tags to the names below; what has no name is kept under `extra` with the format's own tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from corpus.importing.gather import Item
from corpus.importing.tagged import flow, paragraphs

#: CSL types whose work appears in something else; in the others (a book, a thesis) a second title is that of a series.
_PARTS = frozenset(
    """article article-journal article-magazine article-newspaper chapter paper-conference entry entry-encyclopedia entry-dictionary post-weblog
    webpage review legal_case document""".split()
)
_PLAIN = {
    "volume": "volume", "issue": "issue", "publisher": "publisher", "place": "publisher-place", "language": "language",
    "database": "source", "short-title": "title-short", "call-number": "call-number", "volumes": "number-of-volumes", "number": "number",
    "event": "event-title", "event-place": "event-place", "original-title": "original-title", "rights": "license",
    "series": "collection-title", "citation-key": "citation-key", "series-number": "collection-number", "genre": "genre",
}  # fmt: skip
_ROLES = {"author": "author", "editor": "editor", "series-editor": "collection-editor", "translator": "translator"}
_PUBMED = re.compile(r"^(?:ovid )?(nlm|pubmed|medline|ncbi)\b", re.IGNORECASE)
_TOLD = re.compile(r"^\W*(?:<p>\s*)?(PMID|PMCID|DOI)\s*:\s*(\S+?)(?:</p>)?\s*$", re.IGNORECASE)
_PMID_MARK = re.compile(r"^\s*(\d{1,8})\s*\[pmid\]\s*$", re.IGNORECASE)
_SHORT = re.compile(r"^\S{1,20}$")


class Named(NamedTuple):
    """A field: what it means (or ""), the tag it had, its value."""

    name: str
    tag: str
    value: str


Taker = Callable[..., list[Named]]


def assemble(kind: str, named: Iterable[Named]) -> Item:
    """The record that fields make. `kind` is the CSL type. Names: see `_PLAIN`, `_ROLES` and the calls below; order counts for people."""
    item = Item(kind)
    table: dict[str, list[Named]] = {}
    for entry in named:
        if not entry.value.strip():
            continue
        if entry.name in _ROLES:
            _person(item, entry)
        else:
            table.setdefault(entry.name, []).append(entry)

    def take(*names: str) -> list[Named]:
        return [entry for name in names for entry in table.pop(name, ())]

    for entry in take("title", "title-or-series", "short-title") if "title" not in table else take("title"):
        item.put("title", flow(entry.value), entry.tag)
    for entry in take("abstract"):
        item.texts(paragraphs(entry.value), entry.tag)
    _container(item, kind, take)
    for entry in take("doi"):
        item.doi(flow(entry.value), entry.tag)
    _identifiers(item, take)
    for entry in take("url"):
        item.url(entry.value, entry.tag)
    for entry in take("link", "note", "mark"):
        for line in entry.value.split("\n"):
            told(item, line)
        item.keep(entry.tag, entry.value)
    dates = take("year", "date", "old-date")
    item.date(*(flow(entry.value) for entry in dates), tag=dates[0].tag if dates else "date")
    for entry in take("accessed"):
        item.date(flow(entry.value), key="accessed", tag=entry.tag)
    _pages(item, take)
    for entry in take("serial"):
        item.numbers(entry.value.replace("\n", " "), entry.tag)
    item.keyword_fields(entry.value for entry in take("keyword"))
    for entry in take("keywords"):
        item.keyword(*re.split(r";|\n", entry.value))
    for name, key in _PLAIN.items():
        for entry in take(name):
            item.put(key, flow(entry.value), entry.tag)
    _kind_fields(item, kind, take)
    for entries in table.values():
        for entry in entries:
            item.keep(entry.tag, entry.value)
    return item


def _person(item: Item, entry: Named) -> None:
    for line in entry.value.split("\n"):
        if line.count(",") > 3 and entry.name != "author":  # Ovid lists the authors of the cited works there
            item.keep(entry.tag, line)
        else:
            item.name(line, _ROLES[entry.name], entry.tag)


def _container(item: Item, kind: str, take: Taker) -> None:
    """Journal, book, proceedings or series, and its abbreviation."""
    full, either, short = take("journal"), take("journal-or-short"), take("journal-short")
    second, proceedings, third = take("secondary-title", "title-or-series"), take("proceedings"), take("series")
    if kind not in _PARTS:
        for entry in [*second, *full, *either, *third]:
            item.put("collection-title", flow(entry.value), entry.tag)
        for entry in [*proceedings, *short]:
            item.keep(entry.tag, entry.value)
        return
    if kind == "paper-conference" and proceedings:
        for entry in second:
            item.put("event-title", flow(entry.value), entry.tag)
        second = []
    else:
        for entry in proceedings:
            item.keep(entry.tag, entry.value)
        proceedings = []
    for entry in [*full, *proceedings, *second]:
        item.put("container-title", flow(entry.value), entry.tag)
    for entry in [*either, *short]:
        value = flow(entry.value)
        if item.csl.setdefault("container-title", value) != value:
            item.put("container-title-short", value, entry.tag)
    for entry in third:
        item.put("collection-title", flow(entry.value), entry.tag)


def _identifiers(item: Item, take: Taker) -> None:
    for entry in take("pmid"):
        item.pmid(flow(entry.value), entry.tag)
    for entry in take("pmcid"):
        item.pmcid(entry.value)
    providers, databases = take("provider"), take("database")
    where = [flow(entry.value) for entry in [*providers, *databases]]
    for entry in databases:
        item.put("source", flow(entry.value), entry.tag)
    for entry in providers:
        item.keep(entry.tag, entry.value)
    for entry in take("accession"):
        value = flow(entry.value)
        if value.isdecimal() and len(value) <= 8 and any(map(_PUBMED.match, where)) and not any("embase" in name.lower() for name in where):
            item.pmid(value, entry.tag)
        else:
            told(item, value)
            item.keep(entry.tag, value)
    for name, owners in (("scopus-pmid", ("scopus",)), ("embase-pmid", ("embase", "medline"))):
        for entry in take(name):
            value = flow(entry.value)
            if value.isdecimal() and any(owner in text.lower() for owner in owners for text in where):
                item.pmid(value, entry.tag)
            elif value.lower().startswith("pmc"):
                item.pmcid(value)
            else:
                item.keep(entry.tag, entry.value)


def told(item: Item, line: str) -> None:
    """Take an identifier that a note or accession number names in so many words."""
    marked = _PMID_MARK.match(line)
    if marked and "PMID" not in item.csl:
        item.pmid(marked[1])
    match = _TOLD.match(line)
    if match and match[1].upper() == "DOI" and "DOI" not in item.csl:
        item.doi(match[2])
    elif match and match[1].upper() == "PMCID":
        item.pmcid(match[2])
    elif (match and match[1].upper() == "PMID" and "PMID" not in item.csl) or line.lstrip().lower().startswith("http"):
        item.mentions(line)


def _pages(item: Item, take: Taker) -> None:
    first, last = ([flow(entry.value) for entry in take(name)] for name in ("first-page", "last-page"))
    if first or last:
        item.pages(first[0] if first else "", last[0] if last else "")
    for entry in take("pages", "article-number"):
        item.pages(flow(entry.value)) if "page" not in item.csl else item.keep(entry.tag, entry.value)


def _kind_fields(item: Item, kind: str, take: Taker) -> None:
    """Fields whose meaning hangs on the type of work."""
    for entry in take("type-of-work"):
        value = flow(entry.value)
        if re.match(r"(doi:? ?|https?://(dx\.)?doi\.org/)?10\.\d{4,9}/", value, re.IGNORECASE):
            item.doi(value, entry.tag)
        else:
            item.kinds(value)
            item.put("genre", value, entry.tag)
    for entry in take("edition"):
        item.keep(entry.tag, entry.value) if kind.startswith("article-") else item.put("edition", flow(entry.value), entry.tag)
    for entry in take("number-or-other"):
        value = flow(entry.value)
        fits = _SHORT.match(value) and value[-1:].isalnum()
        if fits and kind.startswith("article-") and "issue" not in item.csl:
            item.put("issue", value, entry.tag)
        elif fits and not kind.startswith("article-"):
            item.put("number", value, entry.tag)
        else:
            item.keep(entry.tag, entry.value)
    for entry in take("conference-or-place"):
        item.put("event-place" if kind == "paper-conference" else "publisher-place", flow(entry.value), entry.tag)
