"""Dates as tools write them, as CSL dates."""

from __future__ import annotations

import re
from typing import Any

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12, "mär": 3,
    "mai": 5, "okt": 10, "dez": 12, "fév": 2, "avr": 4, "juin": 6, "juil": 7, "aoû": 8, "déc": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12,
}  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d|2100)(?!\d)")
_COMPACT = re.compile(r"^\s*(1[4-9]\d\d|20\d\d)([01]\d)([0-3]\d)\s*$")
_NUMERIC = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)[-/.](\d{1,2})(?!\d)(?:[-/.](\d{1,2})(?!\d))?")
_LONG = 200  # characters of a date
_WORD = re.compile(r"[^\W\d_]{3,}")


def find_year(text: Any) -> int | None:
    """The first plausible year (1400-2100) in a date as people write it, or None."""
    match = _YEAR.search(str(text or ""))
    return int(match[1]) if match else None


def date_parts(text: Any) -> list[int]:
    """[year], [year, month] or [year, month, day] of a date like `2019/10//`, `1996 Jul 9`, `9 July 1996` or `20190128`; [] without a year."""
    text = str(text or "")[:_LONG]
    compact = _COMPACT.match(text)
    if compact:
        return _valid([int(part) for part in compact.groups()])
    year = _YEAR.search(text)
    if not year:
        return []
    numeric = _NUMERIC.search(text)
    if numeric and numeric.start(1) == year.start(1):
        return _valid([int(part) for part in numeric.groups() if part])
    return _valid([int(year[1]), *month_day(text[: year.start()] + " " + text[year.end() :])])


def month_day(text: str) -> list[int]:
    """[month], [month, day] or [] of a date without its year: `Jul 9`, `15 MAR`, `Jan-Feb`, `10/01`."""
    text = text[:_LONG]
    named = next(((match, number) for match in _WORD.finditer(text) if (number := _month(match[0]))), None)
    if named is None:
        numeric = re.fullmatch(r"\D{0,3}(\d{1,2})[-/](\d{1,2})\D*", text.strip())
        return _valid([2000, int(numeric[1]), int(numeric[2])])[1:] if numeric else []
    match, month = named
    day = re.match(r"[\s.,-]*(\d{1,2})(?!\d)", text[match.end() :]) or re.search(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]*$", text[: match.start()])
    return [month, int(day[1])] if day and 1 <= int(day[1]) <= 31 else [month]


def csl_date(parts: list[int]) -> dict[str, Any] | None:
    """The parts as a CSL date."""
    return {"date-parts": [parts]} if parts else None


def _month(word: str) -> int | None:
    word = word.lower()
    return _MONTHS.get(word[:4]) or _MONTHS.get(word[:3])


def _valid(parts: list[int]) -> list[int]:
    if len(parts) > 1 and not 1 <= parts[1] <= 12:
        return parts[:1]
    return parts[:2] if len(parts) > 2 and not 1 <= parts[2] <= 31 else parts
