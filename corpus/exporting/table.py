"""CSV for spreadsheets and screening tools: a heading line, a row a record, cells guarded against being run as formulas."""

from __future__ import annotations

import csv
import io
import re

from corpus.exporting.marking import dates_of, marked, notice_lines, text_of
from corpus.importing import table
from corpus.importing.own import COLUMN, OWN_COLUMNS
from corpus.review import Review

_FORMULA = re.compile(r"^'*[=+\-@\t\r\n]")
_PLAIN = {
    "Journal": "container-title", "Volume": "volume", "Issue": "issue", "Pages": "page", "DOI": "DOI", "PMID": "PMID", "URL": "URL", "ISSN": "ISSN",
    "Publisher": "publisher", "Language": "language",
}  # fmt: skip
HEADINGS = ("Title", "Authors", "Year", *_PLAIN, "Item type", "Abstract", "Keywords", *OWN_COLUMNS, COLUMN)


def head() -> str:
    """The heading line, after the mark by which Excel knows UTF-8."""
    return "\ufeff" + _row(HEADINGS)


def write(review: Review) -> str:
    """A record as a row."""
    return marked(review, _write, lambda text: table.parse((head() + text).replace("\r\n", "\n").removesuffix("\n").split("\n")))


def _write(review: Review, mark: str) -> str:
    cells = {
        "Title": text_of(review, "title"),
        "Authors": "; ".join(", ".join(part for part in name if part) for name in review.authors),
        "Year": "".join(map(str, dates_of(review)[:1])),
        **{heading: text_of(review, key) for heading, key in _PLAIN.items()},
        "Item type": str(review.csl.get("type") or ""),
        "Abstract": review.abstract,
        "Keywords": "; ".join(review.keywords),
        "Summary": review.summary,
        "Findings": "\n".join(review.findings),
        "Limits": "\n".join(review.limits),
        "Facets": "\n".join(f"{name}: {'; '.join(values)}" for name, values in review.facets.items()),
        "Status": review.status.value,
        "Notices": "\n".join(notice_lines(review)),
        COLUMN: mark,
    }
    return _row([guarded(cells[heading]) for heading in HEADINGS])


def guarded(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would take it for a formula (OWASP, CSV injection). The import takes it off."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The reverse of `guarded`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _row(cells: list[str] | tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
