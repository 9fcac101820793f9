"""EndNote XML, as EndNote, Zotero, Mendeley and others write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from corpus.importing.fields import Named, assemble
from corpus.importing.gather import Item
from corpus.importing.item_types import from_name
from corpus.importing.parsing import Parsed
from corpus.importing.xml_records import read_each
from corpus.importing.xml_text import lines_of

#: EndNote's numbers for types, for records that give no name.
_NUMBERS = {
    "17": "article-journal", "6": "book", "5": "chapter", "10": "paper-conference", "47": "paper-conference", "32": "thesis",
    "27": "report", "12": "webpage", "13": "document", "19": "article-magazine", "23": "article-newspaper", "28": "book",
    "34": "manuscript", "46": "report",
}  # fmt: skip
_GROUPS = {"authors": "author", "secondary-authors": "editor", "tertiary-authors": "series-editor", "subsidiary-authors": "translator"}
#: Path -> what it holds; the last five are of EndNote 4 to 7.
_NAMES = {
    "titles/title": "title", "titles/secondary-title": "secondary-title", "titles/tertiary-title": "series",
    "titles/short-title": "short-title", "titles/alt-title": "journal-short", "periodical/full-title": "journal",
    "periodical/abbr-1": "journal-short", "periodical/abbr-2": "journal-short", "alt-periodical/full-title": "journal-short",
    "pages": "pages", "volume": "volume", "issue": "issue", "number": "number-or-other", "edition": "edition",
    "keywords/keyword": "keyword", "dates/year": "year", "dates/pub-dates/date": "date", "pub-location": "place", "publisher": "publisher",
    "isbn": "serial", "issn": "serial", "accession-num": "accession", "call-num": "call-number", "electronic-resource-num": "doi",
    "abstract": "abstract", "notes": "note", "research-notes": "note", "urls/related-urls/url": "url", "urls/web-urls/url": "url",
    "urls/pdf-urls/url": "link", "language": "language", "remote-database-name": "database", "remote-database-provider": "provider",
    "work-type": "type-of-work", "num-vols": "volumes", "access-date": "accessed", "custom2": "scopus-pmid", "custom5": "embase-pmid",
    "custom7": "article-number", "title": "title", "secondary_title": "secondary-title", "year": "year", "date": "date", "url": "url",
}  # fmt: skip
_IGNORED = frozenset({"database", "source-app", "ref-type", "foreign-keys"})
_FOLDERS = frozenset(
    """contributors titles periodical alt-periodical keywords dates urls pub-dates related-urls web-urls pdf-urls text-urls image-urls authors
    secondary-authors tertiary-authors subsidiary-authors translated-authors secondary_authors""".split()
)


def parse(chunks: Iterable[str]) -> Iterator[Parsed]:
    """Read every record."""
    yield from read_each(chunks, ("record", "RECORD"), _read)


def _read(record: Element) -> Item:
    for element in record.iter():
        element.tag = element.tag.lower() if isinstance(element.tag, str) else element.tag
    told = record.find("ref-type")
    name = (told.get("name") or lines_of(told)) if told is not None else ""
    kind = _NUMBERS.get(name) or (from_name(name) if name else "article-journal")
    named = list(_fields(record, ""))
    if any(entry.name == "secondary-title" for entry in named):  # the title as the librarian sees it; <full-title> repeats or abbreviates it
        named = [entry._replace(name="journal-or-short") if entry.name == "journal" else entry for entry in named]
    if name.lower() == "edited book":
        named = [entry._replace(name={"author": "editor", "editor": "series-editor"}.get(entry.name, entry.name)) for entry in named]
    return assemble(kind, named)


def _fields(element: Element, path: str) -> Iterator[Named]:
    for child in element:
        if not isinstance(child.tag, str) or (not path and child.tag in _IGNORED):
            continue
        place = f"{path}{child.tag}"
        folder = path.rstrip("/").rsplit("/", 1)[-1]
        if child.tag in _FOLDERS:
            yield from _fields(child, f"{place}/")
        elif child.tag == "author":
            yield Named(_GROUPS.get(folder, ""), folder, lines_of(child).replace("\n", " "))
        else:
            yield Named(_NAMES.get(place, ""), folder if child.tag == "url" and folder else child.tag, lines_of(child))
