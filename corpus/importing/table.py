"""Tables with a heading line: CSV and TSV of Zotero, Mendeley, Rayyan, ASReview, Covidence, PubMed, Scopus, Web of Science, Embase, …

Columns are found by name, whatever their order; a column that nobody knows is kept under `extra` by its heading.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from corpus.importing import wos
from corpus.importing.fields import Named, assemble
from corpus.importing.gather import Item
from corpus.importing.item_types import from_name
from corpus.importing.names import split_people, without_et_al
from corpus.importing.own import COLUMN, OWN_COLUMNS
from corpus.importing.parsing import Parsed, Rejected
from corpus.importing.table_columns import EMBASE_SOURCE, NOTHING, fits, is_told, meaning, plain
from corpus.importing.tagged import Field

_TELLING = frozenset({"title", "abstract", "doi", "author", "pmid"})
_PEOPLE = frozenset({"author", "editor", "translator", "series-editor"})
_SINGLE = _PEOPLE | {"title", "abstract"}
_MISSING = frozenset({"NA", "N/A", "nan", "NaN", "NULL", "None", "<NA>", "#N/A"})
_DELIMITERS = ",\t;|"
#: Scopus and Web of Science give the names in full in a column of their own, Scopus with its number of each person.
_FULL_NAMES = "authorfullnames"
_NUMBERED = re.compile(r"\s*\(\d+\)")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_BY_COMMAS = frozenset({"keywords", "keyword", "tags"})
_WITH_COMMAS = frozenset({"mesh", "meshterms", "meshheadings", "subjects", "subjectterms", "manualtags", "automatictags"})
_TOLD = re.compile(r"\b(PMID|PMCID|DOI):\s*(\S+)")
_GUARD = re.compile(r"^'(?='*[=+\-@\t\r\n])")  # what our export puts before a cell that is no formula
_ESCAPED = re.compile(r'\\"(?![ ]*(?:[,;\t|]|$))', re.MULTILINE)
_DOUBLED = re.compile(r'[^",;\t|\n]""[^",;\t|\n]')
_EMBASE = re.compile(r"^\"?(TITLE|AUTHOR NAMES|SOURCE|ABSTRACT)\"?,", re.IGNORECASE)
csv.field_size_limit(1 << 21)


def delimiter_of(head: str, told: Mapping[str, str] = NOTHING) -> str | None:
    """The sign between a table's columns, or None where none of the first lines of the text are headings of such a table."""
    for at, line in enumerate(_first_lines(head)):
        sign = next((sign for sign in _DELIMITERS if _is_heading(_cells(line, sign), told, alone=at == 0)), None)
        if sign:
            return sign
    return "," if _is_upright(head) else None


def columns_without_title(head: str, told: Mapping[str, str] = NOTHING) -> list[str]:
    """The headings of a table none of which is known to be that of the titles; [] where there is one, or the text is no table."""
    sign = delimiter_of(head, told)
    if sign:
        lines = _first_lines(head)
        cells = next((cells for at, line in enumerate(lines) if _is_heading(cells := _cells(line, sign), told, alone=at == 0)), [])
        return [] if "TI" in cells or "title" in {meaning(cell, told) for cell in cells} else [cell.strip() for cell in cells if cell.strip()]
    lines = [line for line in head.split("\n", 20)[:20] if line.strip()]
    for sign in _DELIMITERS:
        first, *rest = [_cells(line, sign) for line in lines[:-1] or lines] or [[]]
        named = [cell.strip() for cell in first if re.search(r"[^\W\d_]{2}", cell) and len(cell) < 80]
        if len(first) > 1 and len(named) == len(first) == len(set(named)) and (not rest or sum(len(row) == len(first) for row in rest) * 2 >= len(rest)):
            return named
    return []


def parse(lines: Iterable[str], told: Mapping[str, str] = NOTHING) -> Iterator[Parsed]:
    """Read every row. `told`: what the user says of columns (`table_columns.named_columns`)."""
    source = _Lines(lines)
    head = source.peek()
    delimiter = delimiter_of(head, told)
    if delimiter is None:
        yield Rejected(0, 1, "the table's first line names no column of titles, authors, abstracts or DOIs")
        return
    rows = source.rows(delimiter)
    if not any(_is_heading(_cells(line, delimiter), told, alone=at == 0) for at, line in enumerate(_first_lines(head))):
        yield from _upright(rows)
        return
    columns: _Columns | None = None
    record = 0
    for line, row, raw in rows:
        if columns is None:
            columns = _Columns.of(row, told) if _is_heading(row, told, alone=True) else None
            source.width = len(columns.headings) if columns else 0
        elif any(cell.strip() for cell in row):
            record += 1
            yield _item(columns, row).parsed(record, line, raw)


class _Columns(NamedTuple):
    """The headings of a table and what each column holds."""

    headings: list[str]
    meanings: list[str]

    @classmethod
    def of(cls, row: list[str], told: Mapping[str, str]) -> _Columns:
        headings = [name.strip().lstrip("\ufeff") for name in row]
        named = set(told.values())  # a column that the user names takes the place of those that are known

        def holds(heading: str) -> str:
            name = meaning(heading, told)
            return "" if name in named and not is_told(heading, told) else name

        return cls(headings, [holds(heading) for heading in headings])

    def cells(self, row: list[str]) -> Iterator[tuple[str, str, str]]:
        """Yield (heading, meaning, cell) of every cell with something in it."""
        for at, cell in enumerate(row):
            if cell.strip() and cell.strip() not in _MISSING:
                yield (self.headings[at], self.meanings[at], cell) if at < len(self.headings) else (f"column {at + 1}", "", cell)


class _Lines:
    """Lines with their numbers, and rows that know the line they begin on. `width` is the number of columns, once it is known."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._ahead: list[str] = []  # the next line is its last
        self._number = 0
        self._taken: list[str] = []
        self.width = 0
        self._escaped = False

    def peek(self, count: int = 400) -> str:
        """The first lines, which stay to be read."""
        first = [line for _, line in zip(range(count), self._source, strict=False)]
        self._ahead = first[::-1]
        return "\n".join(first)

    def _next(self) -> Iterator[str]:
        while True:
            line = self._ahead.pop() if self._ahead else next(self._source, None)
            if line is None:
                return
            self._number += 1
            self._taken.append(line)
            yield line + "\n"

    def _escape(self) -> str | None:
        """The backslash, where it stands before quotes inside cells, as R and databases write them, and no quote is doubled."""
        head = "\n".join(reversed(self._ahead))
        return "\\" if _ESCAPED.search(head) and not _DOUBLED.search(head) else None

    def rows(self, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
        """Yield (line, cells, raw). A quote that was opened and never closed is a sign like any other, and its row ends with its line."""
        escape = self._escape()
        self._escaped = escape is not None
        while True:
            reader = csv.reader(self._next(), delimiter=delimiter, skipinitialspace=delimiter == ",", escapechar=escape)
            for line, row in self._read(reader):
                taken = self._taken
                if row is None or (len(taken) > 1 and self._is_runaway(row, delimiter)):
                    self._number -= len(taken) - 1
                    self._ahead.extend(reversed(taken[1:]))
                    yield line, taken[0].split(delimiter), taken[0]
                    break
                yield line, row, "\n".join(taken)
            else:
                return

    def _read(self, reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | None]]:
        while True:
            self._taken = []
            line = self._number + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield line, None
                return
            yield line, row

    def _is_runaway(self, row: list[str], delimiter: str) -> bool:
        plain_quotes = sum(line.count('"') - (line.count('\\"') if self._escaped else 0) for line in self._taken)
        unclosed = plain_quotes % 2 == 1
        return unclosed or (0 < self.width < len(row) and len(self._taken[0].split(delimiter)) == self.width)


def _first_lines(head: str) -> list[str]:
    """The lines among which headings may stand: some tools put a line about the export above them."""
    return [line.lstrip("\ufeff") for line in head.split("\n", 12) if line.strip()][:6]


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []


def _is_heading(cells: list[str], told: Mapping[str, str], *, alone: bool) -> bool:
    """Whether cells name columns; `alone` = a single one will do, as do those that the user named."""
    known = [name for name in (meaning(cell.lstrip("\ufeff"), told) for cell in cells) if name]
    if told and "title" in known and "title" in told.values():
        return True
    if len(cells) == 1:
        return alone and known == ["title"]
    return (len(known) >= 2 and bool(_TELLING & set(known))) or set(cells) >= {"TI", "AU"} or set(cells) >= {"TI", "PT"}


def _is_upright(head: str) -> bool:
    first = next(iter(_first_lines(head)), "")
    return bool(_EMBASE.match(first)) and sum(bool(_EMBASE.match(line)) for line in head[:20_000].split("\n")) >= 3


def _item(columns: _Columns, row: list[str]) -> Item:
    headings = columns.headings
    cells = list(columns.cells(row))
    if COLUMN in headings:
        cells = [(heading, name, _GUARD.sub("", cell)) for heading, name, cell in cells if heading not in OWN_COLUMNS]
    if {"TI", "PT"} <= set(headings) or {"TI", "AU", "SO"} <= set(headings):  # Web of Science's tab-delimited export
        return wos.item_of([Field(tag, value) for tag, _, value in cells])
    told, kind = _kind(cells)
    named: list[Named] = []
    seen: set[str] = set()
    full = any(plain(heading) == _FULL_NAMES for heading, _, _ in cells)
    for heading, name, cell in cells:
        short = full and name == "author" and plain(heading) != _FULL_NAMES
        if short or (name in seen and name in _SINGLE) or not fits(name, heading, cell, (other for other, _, _ in cells)):
            name = ""
        seen.add(name)
        if name == "journal" and (source := EMBASE_SOURCE.match(cell)):
            named += [Named("", heading, cell), *(Named(part, heading, text) for part, text in source.groupdict().items() if text)]
        elif name in _PEOPLE:
            named += [Named(name, heading, person) for person in _people(_NUMBERED.sub("", cell) if full else cell)]
        elif name == "group-author":
            named += [Named("author", heading, f"{body},") for body in cell.split(";") if body.strip()]
        elif name == "keywords":
            named.append(Named(name, heading, _keywords(heading, cell)))
        elif name != "item-type" or not from_name(told, ""):
            named.append(Named(name, heading, cell))
        if plain(heading) == "extra":  # Zotero's place for identifiers without a field
            named += [Named(found[1].lower(), heading, found[2]) for found in _TOLD.finditer(cell)]
    item = assemble(kind, _dated(named))
    if told.lower() == "preprint":
        item.kinds("preprint")
    return item


def _kind(cells: list[tuple[str, str, str]]) -> tuple[str, str]:
    """(the type of work as the row says it, the CSL type)."""
    for at, (heading, name, cell) in enumerate(cells):
        if name == "item-type":
            return cell, from_name(cell, "document")
        if plain(heading) == "publicationtype" and cell in wos.KINDS:
            del cells[at]  # Web of Science's letter
            return "", wos.KINDS[cell]
    return "", "article-journal"


def _keywords(heading: str, cell: str) -> str:
    """The keywords with semicolons between, where the tool puts commas or a programmer's brackets."""
    if listed := _listed(cell):
        return ";".join(listed)
    if re.search(r"[;\n|]", cell):
        return cell.replace("|", ";") if ";" not in cell else cell
    heading = plain(heading)
    if heading in _BY_COMMAS or heading.startswith("emtree") or (heading not in _WITH_COMMAS and (cell.count(",") > 1 or re.search(r",\s*[a-z]", cell))):
        return cell.replace(",", ";")
    return cell


def _listed(cell: str) -> list[str]:
    """The texts of a list as Python writes it (`['Doe, J.', 'Roe, R.']`, from pandas); [] where the cell is none."""
    text = cell.strip()
    if not (text[:2] in ("['", '["') and text.endswith("]")):
        return []
    return [(single or double).strip() for single, double in _QUOTED.findall(text)]


def _dated(named: list[Named]) -> list[Named]:
    """The fields with month and day, which stand in columns of their own, as a date."""
    parts = {entry.name: entry.value.strip() for entry in named if entry.name in ("year", "month", "day")}
    if not parts.keys() >= {"year", "month"}:
        return [entry._replace(name="") if entry.name in ("month", "day") else entry for entry in named]
    month, day = parts["month"], parts.get("day", "")
    date = f"{parts['year']}-{month}-{day}".rstrip("-") if month.isdecimal() else f"{month} {day} {parts['year']}"
    return [*(entry for entry in named if entry.name not in ("month", "day")), Named("date", "month", date)]


def _people(cell: str) -> Iterator[str]:
    """Each name of a cell, and "et al." where it says so."""
    text, cut = without_et_al(cell)
    yield from _listed(text) or split_people(text)
    if cut:
        yield "et al."


def _upright(rows: Iterator[tuple[int, list[str], str]]) -> Iterator[Parsed]:
    """Embase's table that stands upright: a line a field, its name first; an empty line between records."""
    record, start = 0, 1
    fields: list[tuple[str, list[str]]] = []
    source: list[str] = []
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
            source.append(raw)


def _upright_field(heading: str, values: list[str]) -> Iterator[Named]:
    name = meaning(heading)
    if name == "keywords":
        name = "keyword"
    if name in ("author", "editor", "keyword"):
        yield from (Named(name, heading, value) for value in values)
    else:
        yield Named(name, heading, "; ".join(values))
