"""Which part of a work a sentence stands in: what it asked, how it was done, what was found, what was concluded, as far as headings say so.

What stands apart (registration, money, conflicts of interest, supplements) is a part too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import StrEnum
from functools import lru_cache

from corpus import Review


class Section(StrEnum):
    """A part of a work, as structured abstracts and full texts name them."""

    AIM = "aim"
    METHOD = "method"
    FINDING = "finding"
    CONCLUSION = "conclusion"
    MIXED = "mixed"
    APART = "apart"
    UNKNOWN = ""


#: A heading within a text: at the beginning of a line or behind a sentence, up to a colon.
_HEADING = re.compile(r"(?:^|(?<=[.!?)\]]\s)|(?<=\n))[ \t]*(?P<name>[A-Z][A-Za-z/&,()\- \n]{2,70}?)\s?:(?=\s)")
#: Words of a heading that is not in capitals, at most: what is longer is a sentence with a colon.
_WORDS = 3
#: How parts are named, by words a heading holds; the first that fits counts.
_NAMES = (
    (
        Section.APART,
        r"\b(?:regist(?:ration|ry|ered)|supplement\w*|fund(?:ing|ed)|sponsor\w*|disclosures?|conflicts?|competing|acknowledge?ments?|abbreviations"
        r"|drug names|contributions?|pre-publication|ethic\w+ approval|references|correspondence|copyright|keywords)\b",
    ),
    (Section.MIXED, r"(?:methods?|design|materials?)\b.*\b(?:results?|findings)"),
    (Section.FINDING, r"\b(?:results?|findings?|synthes[ie]s|outcomes?(?! measure))\b"),
    (Section.AIM, r"\bbackground\b"),
    (Section.CONCLUSION, r"\b(?:conclusions?|conclud\w+|interpretations?|discussions?|significance|implications?|relevance|summary|comments?)\b"),
    (
        Section.METHOD,
        r"\b(?:methods?|methodology|designs?|settings?|participants?|patients?|subjects?|materials?|data|search|selection|criteria|extraction"
        r"|measure(?:s|ments?)?|population|samples?|interventions?|procedures?|analys[ie]s|animals?|locations?|case reports?)\b",
    ),
    (
        Section.AIM,
        r"\b(?:introduction|context|rationale|objectives?|aims?|purposes?|hypothes[ie]s|questions?|importance|goals?|problem|overview)\b",
    ),
)
_PATTERNS = tuple((part, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for part, pattern in _NAMES)


def section_of(review: Review, field: str, start: int) -> Section:
    """The part that the sentence at `review[field][start:]` stands in; UNKNOWN where no heading tells.

    The curator's findings are findings whatever they begin with, and headings within a section count before the section's own.
    """
    if field.startswith("findings"):
        return Section.FINDING
    places, parts = _headings(review.field_text(field))
    before = bisect_right(places, start)
    if before:
        return parts[before - 1]
    number = re.fullmatch(r"sections\[(\d+)\]", field)
    titles = review.section_titles
    return section_named(titles[int(number[1])]) if number and int(number[1]) < len(titles) else Section.UNKNOWN


def section_named(heading: str) -> Section:
    """The part a heading names; MIXED for both methods and results at once, UNKNOWN for none."""
    return next((part for part, pattern in _PATTERNS if pattern.search(heading)), Section.UNKNOWN)


@lru_cache(maxsize=4096)
def _headings(text: str) -> tuple[tuple[int, ...], tuple[Section, ...]]:
    """Where the headings within a text begin, and the parts they open; those that name no part are left out."""
    names = [match for match in _HEADING.finditer(text) if match["name"].isupper() or len(match["name"].split()) <= _WORDS]
    found = [(match.start("name"), part) for match in names if (part := section_named(match["name"])) != Section.UNKNOWN]
    return tuple(place for place, _ in found), tuple(part for _, part in found)
