"""Our own JSON Lines: a record a line, exactly as the library keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from corpus.importing.names import listed_names
from corpus.importing.parsing import Parsed, Rejected, build, find_year, issued, make_csl
from corpus.review import Review

_DERIVED = ("revision", "title", "authors", "year", "journal", "doi", "pmid", "url")
_SIMPLE = {"title": "title", "journal": "container-title", "doi": "DOI", "pmid": "PMID", "url": "URL"}


def parse(text: str) -> Iterator[Parsed]:
    """Read one JSON object a line: what `write` and `show --json` print, or just title, authors, year, abstract, …."""
    return parse_lines(text.split("\n"))


def parse_lines(lines: Iterable[str]) -> Iterator[Parsed]:
    """`parse` for lines that come one by one."""
    record = 0
    for line, content in enumerate(lines, start=1):
        if not content.strip():
            continue
        record += 1
        try:
            table = json.loads(content)
        except (ValueError, RecursionError) as error:
            yield Rejected(record, line, f"not JSON: {error}")
            continue
        if not isinstance(table, dict):
            yield Rejected(record, line, "the line holds no JSON object")
            continue
        try:
            yield build(record, line, content, **_fields(table))
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            yield Rejected(record, line, f"a value has the wrong form: {error}")


def _fields(table: dict[str, Any]) -> dict[str, Any]:
    csl = dict(table.pop("csl", None) or {})
    for ours, theirs in _SIMPLE.items():
        if table.get(ours) and not csl.get(theirs):
            csl[theirs] = str(table[ours])
    if table.get("authors") and not csl.get("author"):
        csl["author"], cut = listed_names(table["authors"])
        table["authors_partial"] = table.get("authors_partial") or cut
    if table.get("year") and not csl.get("issued"):
        csl["issued"] = issued(find_year(table["year"]))
    if isinstance(table.get("id"), int):
        table["id"] = str(table["id"])
    known = set(Review.model_fields) - {"csl", "revision", "source"}
    fields = {key: value for key, value in table.items() if key in known}
    unknown = {key: value for key, value in table.items() if key not in known and key not in _DERIVED}
    if unknown:
        extra = {key: [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)] for key, value in unknown.items()}
        fields["extra"] = {**extra, **dict(fields.get("extra") or {})}
    return fields | {"csl": make_csl(csl)}


def write(review: Review) -> str:
    """A record as one line of JSON."""
    return review.model_dump_json(exclude={"revision", "source"}, exclude_defaults=True) + "\n"
