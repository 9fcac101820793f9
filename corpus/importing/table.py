"""Tables with a heading line: CSV and TSV of Zotero, Mendeley, Rayyan, ASReview, Covidence, PubMed, Scopus, Web of Science, Embase, Dimensions, Lens, …

Columns are found by name, whatever their order; a column that nobody knows is kept under `extra` by its heading.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from corpus.importing import wos
from corpus.importing.fields import Named, assemble
from corpus.importing.gather import Item
from corpus.importing.item_types import from_name
from corpus.importing.names import split_people, without_et_al
from corpus.importing.parsing import Parsed, Rejected
from corpus.importing.tagged import Field

#: Heading (lower case, letters and digits only) -> what the column holds.
COLUMNS = {
    heading: name
    for name, headings in {
        "title": "title articletitle documenttitle primarytitle ti publicationtitleoriginal papertitle studytitle",
        "author": "author authors authornames authorsfull authorfullnames authorlist au creators creator authorsnames",
        "editor": "editor editors",
        "translator": "translator translators",
        "series-editor": "serieseditor",
        "year": "year publicationyear py pubyear publishedyear yearofpublication yearpublished publishyear publicationdateyear",
        "date": "date publicationdate datepublished pubdate coverdate published publicationdateonline publicationdateprint",
        "journal": "journal publicationtitle sourcetitle journalname journaltitle source publication journalbook sourcename journalfullname containertitle "
        "secondarytitle booktitle periodical jf publicationname",
        "journal-short": "journalabbreviation abbreviatedsourcetitle journalabbreviatedtitle isoabbreviation jo",
        "abstract": "abstract abstractnote abstracts abstracttext ab notesabstract summary",
        "doi": "doi digitalobjectidentifier doilink doiurl",
        "pmid": "pmid pubmedid pubmedpmid medlinepmid",
        "pmcid": "pmcid pmc pubmedcentralid",
        "url": "url urls link links sourceurl fulltexturl dimensionsurl weblink",
        "volume": "volume vol vl",
        "issue": "issue issuenumber number",
        "pages": "pages page pagination pagerange",
        "first-page": "pagestart startpage sp firstpage beginningpage",
        "last-page": "pageend endpage ep lastpage endingpage",
        "article-number": "artno articlenumber artnumber",
        "serial": "issn issns isbn isbns eissn printissn electronicissn issnisbn",
        "publisher": "publisher publishername",
        "place": "place publisherlocation publisherplace city placepublished",
        "language": "language languages languageoforiginaldocument la articlelanguage",
        "keywords": "keywords keyword authorkeywords indexkeywords manualtags automatictags tags meshterms meshheadings subjects emtreeheadings authorkeyword "
        "emtreedrugindextermsmajorfocus emtreemedicalindextermsmajorfocus emtreemedicalindexterms emtreedrugindexterms mesh kw",
        "type-of-work": "documenttype articletype publicationtype type dt genre",
        "item-type": "itemtype referencetype reftype entrytype",
        "edition": "edition",
        "short-title": "shorttitle",
        "series": "series seriestitle",
        "series-number": "seriesnumber",
        "volumes": "numberofvolumes",
        "accessed": "accessdate accessed dateaccessed",
        "database": "database db sourcedatabase librarycatalog databasename",
        "accession": "accessionnumber",
        "call-number": "callnumber",
        "note": "notes note extra comments",
        "event": "conferencename meetingname conferencetitle event",
        "rights": "rights",
        "citation-key": "citationkey citekey bibtexkey",
    }.items()
    for heading in headings.split()
}
_TELLING = frozenset({"title", "abstract", "doi", "author", "pmid"})
_MISSING = frozenset({"NA", "N/A", "nan", "NaN", "NULL", "None", "<NA>", "#N/A"})
_DELIMITERS = ",\t;|"
_TOLD = re.compile(r"\b(PMID|PMCID|DOI):\s*(\S+)")
_EMBASE = re.compile(r"^\"?(TITLE|AUTHOR NAMES|SOURCE|ABSTRACT)\"?,", re.IGNORECASE)
csv.field_size_limit(1 << 24)


def delimiter_of(head: str) -> str | None:
    """The sign between a table's columns, or None where the text does not begin with headings of such a table."""
    line = _heading_line(head)
    best = max(_DELIMITERS, key=lambda sign: len(_known(line, sign)))
    known = _known(line, best)
    if len(known) >= 2 and set(known) & _TELLING or known == ["title"] == [COLUMNS.get(_plain(line))]:
        return best
    if best == "\t" or "\t" in line:
        tags = line.split("\t")
        if {"TI", "AU"} <= set(tags) or {"TI", "PT"} <= set(tags):
            return "\t"
    return "," if _EMBASE.match(line) and sum(bool(_EMBASE.match(text)) for text in head[:20_000].split("\n")) >= 3 else None


def parse(lines: Iterable[str]) -> Iterator[Parsed]:
    """Read every row."""
    source = _Lines(lines)
    head = source.peek()
    delimiter = delimiter_of(head)
    if delimiter is None:
        yield Rejected(0, 1, "the table's first line names no column of titles, authors, abstracts or DOIs")
        return
    rows = source.rows(delimiter)
    if _EMBASE.match(_heading_line(head)) and len(_known(_heading_line(head), ",")) < 2:
        yield from _upright(rows)
        return
    headings: list[str] | None = None
    record = 0
    for line, row, raw in rows:
        if headings is None:
            if len(row) > 1 or COLUMNS.get(_plain(row[0] if row else "")):
                headings = [name.strip().lstrip("\ufeff") for name in row]
            continue
        if isinstance(raw, csv.Error):
            record += 1
            yield Rejected(record, line, f"the row is not well-formed: {raw}")
        elif any(cell.strip() for cell in row):
            record += 1
            yield _item(headings, row).parsed(record, line, raw)


class _Lines:
    """Lines with their numbers, and rows that know the line they begin on."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._ahead: list[str] = []
        self._number = 0
        self._taken: list[str] = []

    def peek(self, count: int = 400) -> str:
        """The first lines, which stay to be read."""
        while len(self._ahead) < count and (line := next(self._source, None)) is not None:
            self._ahead.append(line)
        self._ahead.reverse()
        return "\n".join(reversed(self._ahead))

    def _next(self) -> Iterator[str]:
        while True:
            line = self._ahead.pop() if self._ahead else next(self._source, None)
            if line is None:
                return
            self._number += 1
            if not self._taken and self._number == 1 and line.lower().startswith("sep="):
                continue
            self._taken.append(line)
            yield line + "\n"

    def rows(self, delimiter: str) -> Iterator[tuple[int, list[str], str | csv.Error]]:
        """Yield (line, cells, raw); in place of raw the error of a row that cannot be read."""
        reader = csv.reader(self._next(), delimiter=delimiter, skipinitialspace=delimiter == ",")
        while True:
            line = self._number + 1
            self._taken = []
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, [], error
                continue
            yield line, row, "\n".join(self._taken)


def _heading_line(head: str) -> str:
    lines = (line for line in head.split("\n") if line.strip() and not line.lower().startswith("sep="))
    return next(lines, "").lstrip("\ufeff")


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z0-9]", "", heading.lower())


def _known(line: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []
    return [COLUMNS[_plain(cell)] for cell in cells if _plain(cell) in COLUMNS] if len(cells) > 1 else []


def _item(headings: list[str], row: list[str]) -> Item:
    cells = [(headings[at] if at < len(headings) else f"column {at + 1}", cell) for at, cell in enumerate(row) if cell.strip() and cell.strip() not in _MISSING]
    if {"TI", "PT"} <= set(headings) or {"TI", "AU", "SO"} <= set(headings):  # Web of Science's tab-delimited export
        return wos.item_of([Field(tag, value) for tag, value in cells])
    present = {_plain(heading) for heading, _ in cells}
    told = next((cell for heading, cell in cells if COLUMNS.get(_plain(heading)) == "item-type"), "")
    kind = from_name(told, "document") if told else "article-journal"
    named: list[Named] = []
    seen: set[str] = set()
    for heading, cell in cells:
        name = COLUMNS.get(_plain(heading), "")
        if name in ("author", "editor", "translator", "series-editor"):
            if name in seen:
                name = ""
            else:
                named += [Named(name, heading, person) for person in _people(cell)]
                seen.add(name)
                continue
        elif name == "journal" and _plain(heading) == "source" and (present & {"journal", "publicationtitle", "sourcetitle"} or not re.search(r"\s", cell)):
            name = ""
        elif name == "pages" and re.search(r"[A-Z]{2,}", cell) and not re.search(r"\d", cell):
            name = ""
        elif name in ("title", "abstract") and name in seen:
            name = ""
        elif name == "item-type":
            name = "" if told and kind == "document" and from_name(told, "") == "" else "-"
        elif _plain(heading) == "extra":  # Zotero's place for identifiers without a field
            named += [Named(told[1].lower(), heading, told[2]) for told in _TOLD.finditer(cell)]
        if name != "-":
            named.append(Named(name, heading, cell))
            seen.add(name)
    item = assemble(kind, named)
    if told.lower() == "preprint":
        item.kinds("preprint")
    return item


def _people(cell: str) -> Iterator[str]:
    """Each name of a cell, and "et al." where it says so."""
    text, cut = without_et_al(cell)
    yield from split_people(text)
    if cut:
        yield "et al."


def _upright(rows: Iterator[tuple[int, list[str], str | csv.Error]]) -> Iterator[Parsed]:
    """Embase's table that stands upright: a line a field, its name first; an empty line between records."""
    record, start, fields, source = 0, 1, [], []
    for line, row, raw in [*rows, (0, [], "")]:
        name = row[0].strip().upper() if row else ""
        if fields and (not name or (name == "TITLE" and any(heading == "TITLE" for heading, _ in fields))):
            record += 1
            named = [entry for heading, values in fields for entry in _upright_field(heading, values)]
            yield assemble("article-journal", named).parsed(record, start, "\n".join(source))
            fields, source = [], []
        if name:
            start = start if fields else line
            fields.append((name, [cell for cell in row[1:] if cell.strip()]))
            source.append(raw if isinstance(raw, str) else "")


def _upright_field(heading: str, values: list[str]) -> Iterator[Named]:
    name = COLUMNS.get(_plain(heading), "")
    if name == "keywords":
        name = "keyword"
    if name in ("author", "editor", "keyword"):
        yield from (Named(name, heading, value) for value in values)
    else:
        yield Named(name, heading, "; ".join(values))
