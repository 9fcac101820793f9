"""What a parser yields, and small helpers that parsers share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from corpus.identity import clean_doi, clean_pmid
from corpus.review import Review


@dataclass(frozen=True, slots=True)
class Draft:
    """A record found in a file, not yet in the library. `record` and `line` count from 1; `raw` is the source text."""

    review: Review
    record: int
    line: int
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record found in a file that cannot come in, and why."""

    record: int
    line: int
    reason: str


Parsed = Draft | Rejected
#: A parser reads the decoded text of a file. It never raises on bad text: it yields what it can and says what it could not.
Parser = Callable[[str], Iterator[Parsed]]

_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d|2100)(?!\d)")
_PARTICLES = frozenset("van von der den de del della di da dos du la le ter ten al el bin ibn af av zu zur".split())
_INITIALS = re.compile(r"^[A-Z]{1,3}$")
_SUFFIXES = frozenset("jr jr. sr sr. ii iii iv".split())


def find_year(text: Any) -> int | None:
    """The first plausible year (1400-2100) in a date as people write it, or None."""
    match = _YEAR.search(str(text or ""))
    return int(match[1]) if match else None


def issued(year: int | None) -> dict[str, Any] | None:
    """A year as a CSL date."""
    return {"date-parts": [[year]]} if year else None


def split_name(text: str) -> dict[str, str]:
    """A name as one piece of text, in CSL parts: "Family, Given", "Given van Family" or "Family GF"; one word stays a literal."""
    text = " ".join(text.split()).strip(" ,;")
    family, comma, given = text.partition(",")
    if comma:
        return {"family": family.strip(), "given": given.strip()} if given.strip() else {"family": family.strip()}
    parts = text.split(" ")
    if len(parts) == 1:
        return {"literal": text}
    if _INITIALS.match(parts[-1]) and not _INITIALS.match(parts[0]):
        return {"family": " ".join(parts[:-1]), "given": parts[-1]}
    at = len(parts) - (2 if parts[-1].lower() in _SUFFIXES and len(parts) > 2 else 1)
    while at > 1 and parts[at - 1].lower() in _PARTICLES and parts[at - 1][0].islower():
        at -= 1
    return {"family": " ".join(parts[at:]), "given": " ".join(parts[:at])}


def make_csl(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A CSL item from CSL-named values: empty ones dropped, DOI and PMID brought to one form, type filled in."""
    item = {key: value for key, value in fields.items() if value not in (None, "", [], {})}
    for key, clean in (("DOI", clean_doi), ("PMID", clean_pmid)):
        if key in item:
            cleaned = clean(str(item.pop(key)))
            if cleaned:
                item[key] = cleaned
    item.setdefault("type", "article-journal")
    return item


def build(record: int, line: int, raw: str = "", **fields: Any) -> Parsed:
    """A Draft from the fields of a Review, or Rejected with the reason when they do not make one."""
    try:
        review = Review.model_validate({key: value for key, value in fields.items() if value not in (None, "", [], {}, ())})
    except ValidationError as error:
        first = error.errors()[0]
        return Rejected(record, line, f"{'.'.join(map(str, first['loc'])) or 'record'}: {first['msg']}")
    if not (review.csl.keys() - {"type", "id"} or any(True for _ in review.evidence()) or review.keywords):
        return Rejected(record, line, "the record is empty")
    return Draft(review, record, line, raw)
