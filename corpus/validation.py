"""Whether what a record says of itself can be true: the forms of DOI, PMID, ISSN (with its check digit) and year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from corpus.identity import clean_doi, clean_pmid

_ISSN = re.compile(r"\d{4}-\d{3}[\dX]")
#: The first printed scientific journals are of 1665; an older year is a slip.
_FIRST_YEAR = 1600
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def doi_fault(text: str) -> str:
    """What is wrong with a DOI as the library keeps it (lower case, no resolver), or ""."""
    return "" if clean_doi(text) == text and len(text) <= 300 else f"{text!r} is not a DOI"


def pmid_fault(text: str) -> str:
    """What is wrong with a PubMed identifier, or ""."""
    return "" if clean_pmid(text) == text and len(text) <= 8 else f"{text!r} is not a PMID"


def issn_fault(text: str) -> str:
    """What is wrong with an ISSN, or "". Check digit: ISO 3297, weights 8 to 2, modulo 11, X for 10."""
    if not _ISSN.fullmatch(text):
        return f"{text!r} is not an ISSN"
    total = sum(int(digit) * weight for digit, weight in zip(text[:4] + text[5:8], range(8, 1, -1), strict=True))
    wanted = "0123456789X"[-total % 11]
    return "" if text[-1] == wanted else f"{text!r} is not an ISSN: its check digit would be {wanted}"


def year_fault(year: int) -> str:
    """What is wrong with a year of publication, or ""; next year's papers exist already."""
    last = datetime.now(UTC).year + 1
    return "" if _FIRST_YEAR <= year <= last else f"{year} is no year of publication ({_FIRST_YEAR} to {last})"


def date_fault(text: str) -> str:
    """What is wrong with a date (2024, 2024-05 or 2024-05-01), or ""."""
    match = _DATE.fullmatch(text)
    try:
        if match:
            date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
            return ""
    except ValueError:
        pass
    return f"{text!r} is no date; write it as 2024-05-01"


def csl_faults(csl: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with the identifiers and the year of a CSL item, by CSL variable."""
    found = {"DOI": _asked(csl.get("DOI"), doi_fault), "PMID": _asked(csl.get("PMID"), pmid_fault), "ISSN": _asked(csl.get("ISSN"), issn_fault)}
    match (csl.get("issued") or {}).get("date-parts"):
        case [[year, *_], *_]:
            found["issued"] = year_fault(int(year)) if re.fullmatch(r"-?\d+", str(year)) else f"{year!r} is no year"
    return {name: fault for name, fault in found.items() if fault}


def _asked(value: Any, fault: Any) -> str:
    if value is None or value == "":
        return ""
    texts = value if isinstance(value, list) else [value]
    return next((wrong for text in texts if (wrong := fault(str(text)))), "")
