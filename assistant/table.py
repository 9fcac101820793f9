"""The evidence table of an answer: what the cited records say of themselves, cell by cell, each with the words it was read from.

Nothing is counted up or pooled: rows that report a difference and rows that report none stand beside each other, and the reader judges.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant import table_rules as rules
from assistant.answer import Answer
from corpus import Anchor, NotFoundError, Review
from corpus.text import fold
from corpus.vocabulary import Vocabulary, default_vocabulary

#: Columns in order; `year` comes from the record's bibliographic part and has no span.
COLUMNS = ("kind", "year", "n", "compound", "dose", "outcome", "effect", "direction")
#: A finding that gives the size of the whole work, and not of one study in it.
_ALL = re.compile(r"\b(?:studies|trials|articles|reports|in all|in total|altogether|pooled|meta-analysis)\b", re.IGNORECASE)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Cell:
    """Words of a record: `review[field][start:end] == text`. A value without a place (`field` "") is the record's own metadata."""

    text: str
    field: str = ""
    start: int = 0
    end: int = 0

    def as_dict(self) -> dict[str, Any]:
        """As `ask --json` prints it."""
        return {"text": self.text, "field": self.field, "start": self.start, "end": self.end}


@dataclass(frozen=True)
class Row:
    """One finding of a cited record. `found` says whether it reports a difference (True), none or an unclear one (False), or neither (None)."""

    key: int
    review_id: str
    revision: int
    label: str
    found: bool | None
    cells: Mapping[str, Cell] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As `ask --json` prints it."""
        cells = {name: self.cells[name].as_dict() if name in self.cells else None for name in COLUMNS}
        return {"key": self.key, "review_id": self.review_id, "revision": self.revision, "label": self.label, "found": self.found, "cells": cells}


def evidence_table(answer: Answer, reviews: Mapping[str, Review], vocabulary: Vocabulary | None = None) -> list[Row]:
    """The rows for an answer, in the order of its citations: one for each cited sentence that reports something, at least one for each record.

    `reviews` holds the cited records as they were at the answer's revision; a record that is not in it has no row.
    """
    vocabulary = vocabulary or default_vocabulary()
    rows: list[Row] = []
    for reference in answer.reviews:
        review = reviews.get(reference.id)
        if review is None:
            continue
        anchors = [citation.anchor for sentence in answer.sentences for citation in sentence.citations if citation.anchor.review_id == reference.id]
        made = [_row(reference.key, review, anchor, vocabulary) for anchor in dict.fromkeys(anchors)]
        telling = [row for row in made if "effect" in row.cells or row.found is not None]
        rows += telling or made[:1]
    return rows


def design_and_size(review: Review) -> str:
    """What a lead says of a record: "meta-analysis, n = 858", as far as the record says so."""
    kind, size = kind_of(review), size_of(review)
    words = [" and ".join(review.facets["kind"])] if review.facets.get("kind") else [kind.text.lower()] if kind else []
    return ", ".join(words + ([f"n = {size.text}"] if size else []))


def kind_of(review: Review) -> Cell | None:
    """The kind of work, in the record's own words: where its summary, title or abstract names it, else its facet."""
    wanted = [fold(value) for value in review.facets.get("kind", ())]
    for name in ("summary", "title", "abstract"):
        text = review.field_text(name)
        span = rules.find_kind(text)
        if span and (not wanted or any(value in fold(text[slice(*span)]) or fold(text[slice(*span)]) in value for value in wanted)):
            return _cell(name, text, span)
    return Cell(", ".join(review.facets["kind"])) if wanted else None


def size_of(review: Review) -> Cell | None:
    """How many people the whole work rests on: as its summary says, else the largest number its findings or abstract give."""
    text = review.summary
    span = rules.find_n(text)
    if span:
        return _cell("summary", text, span)
    told = [(name, text) for name, text in review.evidence() if name == "abstract" or (name.startswith("findings") and _ALL.search(text))]
    cells = [_cell(name, text, span) for name, text in told for span in [rules.find_n(text)] if span]
    return max(cells, key=lambda cell: int(cell.text.replace(",", "")), default=None)


def sort_rows(rows: Iterable[Row], column: str, *, descending: bool = False) -> list[Row]:
    """Rows by a column: numbers as numbers, words as words; empty cells last whichever way."""
    listed = list(rows)
    held = [row for row in listed if column in row.cells]
    held.sort(key=lambda row: _sort_key(row.cells[column].text), reverse=descending)
    return held + [row for row in listed if column not in row.cells]


def table_csv(rows: Sequence[Mapping[str, Any]], told: Mapping[int, str] | None = None) -> str:
    """The table, as `Row.as_dict` gives it, as CSV; a cell that a spreadsheet would run as a formula is led in by an apostrophe.

    `told`: what a reader has to know of a record today, by its number.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["record", "label", *COLUMNS, *(f"{name} from" for name in COLUMNS if name != "year"), "today"])
    for row in rows:
        cells = row["cells"]
        words = [cells[name]["text"] if cells[name] else "" for name in COLUMNS]
        places = [_place(cells[name]) for name in COLUMNS if name != "year"]
        writer.writerow([_guarded(value) for value in (row["review_id"], row["label"], *words, *places, (told or {}).get(row["key"], ""))])
    return out.getvalue()


def _row(key: int, review: Review, anchor: Anchor, vocabulary: Vocabulary) -> Row:
    """The row of one cited sentence; what it does not say of kind, size, compound and dose is looked for in the rest of the record."""
    spelt = [name for value in review.facets.get("substances", ()) for name in vocabulary.spellings("substances", value)]
    cells: dict[str, Cell | None] = {
        "kind": kind_of(review),
        "year": Cell(str(review.year)) if review.year else None,
        "n": size_of(review),
        "compound": _in_sentence(anchor, lambda text: rules.find_name(text, spelt)) or _compound_of(review, spelt),
        "dose": _in_sentence(anchor, rules.find_dose) or _in_record(review, rules.find_dose),
        "outcome": _in_sentence(anchor, rules.find_outcome),
        "effect": _in_sentence(anchor, rules.find_effect),
    }
    direction = rules.find_direction(anchor.quote)
    if direction:
        cells["direction"] = _in_sentence(anchor, lambda text: direction[1])
    found = None if direction is None else direction[0] == rules.Direction.FOUND
    return Row(key, review.id, anchor.revision, review.label(), found, {name: cell for name in COLUMNS if (cell := cells.get(name))})


def _in_sentence(anchor: Anchor, find: Callable[[str], rules.Span | None]) -> Cell | None:
    span = find(anchor.quote)
    return Cell(anchor.quote[slice(*span)], anchor.field, anchor.start + span[0], anchor.start + span[1]) if span else None


def _compound_of(review: Review, spelt: Sequence[str]) -> Cell | None:
    """The record's one substance where its title or summary names it; several are told as its facet has them."""
    substances = review.facets.get("substances", ())
    if len(substances) > 1:
        return Cell(", ".join(substances))
    return _in_record(review, lambda text: rules.find_name(text, spelt))


def _in_record(review: Review, find: Callable[[str], rules.Span | None]) -> Cell | None:
    for name, text in (("title", review.title), *review.evidence()):
        span = None if name.startswith("sections") else find(text)
        if span:
            return _cell(name, text, span)
    return None


def _cell(name: str, text: str, span: rules.Span) -> Cell:
    return Cell(text[slice(*span)], name, *span)


def _sort_key(text: str) -> tuple[int, float, str]:
    plain = text.replace(",", "").replace("−", "-")
    number = next(iter(rules.numbers(plain)), None)
    return (0, number, "") if number is not None else (1, 0.0, fold(text))


def _place(cell: Mapping[str, Any] | None) -> str:
    return f"{cell['field']}:{cell['start']}-{cell['end']}" if cell and cell["field"] else ""


def _guarded(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def table_of(answer: Answer, look: Callable[[str, int | None], Review]) -> list[Row]:
    """The table of an answer, from its records as they were at its revision; `look(id, revision)` gives one or raises NotFoundError."""
    reviews = {}
    for reference in answer.reviews:
        try:
            reviews[reference.id] = look(reference.id, answer.revision)
        except NotFoundError:
            continue
    return evidence_table(answer, reviews)
