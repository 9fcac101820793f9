"""One export: which format, which records, as a stream of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from corpus.errors import UsageError
from corpus.exporting.bibliography import STYLES as _STYLES
from corpus.review import Review

STYLES = tuple(_STYLES)


class _Format(NamedTuple):
    media_type: str
    ending: str


_FORMATS = {
    "ris": _Format("application/x-research-info-systems", "ris"),
    "bibtex": _Format("application/x-bibtex", "bib"),
    "csl-json": _Format("application/vnd.citationstyles.csl+json", "json"),
    "csv": _Format("text/csv", "csv"),
    "markdown": _Format("text/markdown", "md"),
    "jsonl": _Format("application/jsonl", "jsonl"),
    "bibliography": _Format("text/plain", "txt"),
}
#: The formats of an export.
FORMATS = tuple(_FORMATS)
MEDIA_TYPES = tuple(each.media_type for each in _FORMATS.values())


class Fault(NamedTuple):
    """A record that could not be formatted as asked, and what was done instead."""

    review_id: str
    text: str


@dataclass
class Export:
    """An export under way. `chunks` is to be taken once; `faults` and `count` are whole when it has come to its end; `notes` say what it leaves out."""

    chunks: Iterator[str]
    media_type: str
    file_name: str
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    count: int = 0


def export_records(reviews: Iterable[Review], format: str, *, style: str = "apa", name: str = "florilegium") -> Export:
    """Records in a format (one of FORMATS), in the order given, read one after another. `name` begins the file's name. Raises UsageError."""
    if format not in _FORMATS:
        raise UsageError(f"there is no format {format!r} to export in", remedy=f"The formats are: {', '.join(FORMATS)}")
    if style not in STYLES:
        raise UsageError(f"there is no style {style!r}", remedy=f"The styles are: {', '.join(STYLES)}")
    media_type, ending = _FORMATS[format]
    made = Export(iter(()), f"{media_type}; charset=utf-8", f"{name}.{ending}")
    made.chunks = _chunks(made, reviews, format, style)
    return made


def _chunks(made: Export, reviews: Iterable[Review], format: str, style: str) -> Iterator[str]:
    write, head, joint, tail = _writer(made, format, style)
    yield head
    for review in reviews:
        text = write(review)
        yield joint + text if made.count else text
        made.count += 1
    yield tail


def _writer(made: Export, format: str, style: str) -> tuple[Callable[[Review], str], str, str, str]:
    """(record to text, what stands before all, between two, after all)."""
    if format == "ris":
        from corpus.exporting import ris

        return ris.write, "", "", ""
    if format == "bibtex":
        from corpus.exporting import bibtex

        return bibtex.Writer().write, "", "", ""
    if format == "csl-json":
        from corpus.exporting import csl

        return csl.write, "[\n", ",\n", "\n]\n"
    if format == "csv":
        from corpus.exporting import table

        return table.write, table.head(), "", ""
    if format == "markdown":
        from corpus.importing import markdown

        return markdown.write, "", "\n", ""
    if format == "jsonl":
        from corpus.importing import jsonl

        return jsonl.write, "", "", ""
    from corpus.exporting.bibliography import Formatter

    formatter = Formatter(style)

    def formatted(review: Review) -> str:
        before = len(formatter.faults)
        text = formatter.write(review)
        if len(formatter.faults) > before:
            made.faults.append(Fault(review.id, f"{style.upper()} cannot format it; a plain entry stands in its place"))
        return text

    return formatted, "", "", ""
