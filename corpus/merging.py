"""Joining two descriptions of one work: empty fields are filled, nothing a person wrote is overwritten, differences are kept."""

from __future__ import annotations

from typing import Any

from corpus.review import Review
from corpus.text import fold, words_of

_SCALARS = ("summary", "abstract")
_LISTS = ("findings", "limits")


def same_work(kept: Review, other: Review, *, by_key: bool) -> bool:
    """Whether two records are one work: the DOI decides where both have one, else the PMID, else title, year and first author."""
    if kept.doi and other.doi:
        return kept.doi == other.doi
    if kept.pmid and other.pmid:
        return kept.pmid == other.pmid
    return by_key


def fill(kept: Review, other: Review) -> Review:
    """`kept` with its empty fields filled from `other`; a differing value goes to `alternatives`. Returns `kept` itself when nothing is new."""
    changes: dict[str, Any] = {}
    alternatives = {name: list(values) for name, values in kept.alternatives.items()}

    def keep_other(name: str, ours: str, theirs: str) -> None:
        listed = alternatives.get(name, [])
        if " ".join(words_of(theirs)) not in {" ".join(words_of(value)) for value in [ours, *listed]}:
            alternatives[name] = [*listed, theirs]

    for name in _SCALARS:
        ours, theirs = getattr(kept, name), getattr(other, name)
        if theirs and not ours:
            changes[name] = theirs
        elif theirs:
            keep_other(name, ours, theirs)
    for name in _LISTS:
        ours, theirs = getattr(kept, name), getattr(other, name)
        if theirs and not ours:
            changes[name] = theirs
        elif theirs and theirs != ours:
            for text in theirs:
                keep_other(name, " ".join(ours), text) if fold(text) not in {fold(own) for own in ours} else None
    if other.sections and not kept.sections:
        changes |= {"sections": other.sections, "section_titles": other.section_titles, "access": other.access}
    csl = _fill_csl(kept.csl, other.csl, keep_other)
    if csl != kept.csl:
        changes["csl"] = csl
        if "author" not in kept.csl and "author" in csl:
            changes["authors_partial"] = other.authors_partial
    keywords = _union(kept.keywords, other.keywords)
    if keywords != kept.keywords:
        changes["keywords"] = keywords
    facets = {name: _union(kept.facets.get(name, ()), other.facets.get(name, ())) for name in [*kept.facets, *other.facets]}
    if facets != kept.facets:
        changes["facets"] = facets
    notices = tuple(dict.fromkeys([*kept.notices, *other.notices]))
    if notices != kept.notices:
        changes["notices"] = notices
    extra = {**other.extra, **kept.extra}
    if extra != kept.extra:
        changes["extra"] = extra
    if alternatives != kept.alternatives:
        changes["alternatives"] = alternatives
    return kept.model_copy(update=changes) if changes else kept


def _fill_csl(ours: dict[str, Any], theirs: dict[str, Any], keep_other: Any) -> dict[str, Any]:
    joined = dict(ours)
    for key, value in theirs.items():
        if value in (None, "", [], {}) or key in ("id", "type", "citation-key"):
            continue
        if joined.get(key) in (None, "", [], {}):
            joined[key] = value
        elif key in ("title", "container-title", "DOI", "PMID") and joined[key] != value:
            keep_other(key, str(joined[key]), str(value))
        elif key == "issued" and _year(joined[key]) != _year(value):
            keep_other("year", str(_year(joined[key])), str(_year(value)))
    return joined


def _year(issued: Any) -> Any:
    parts = (issued or {}).get("date-parts") or [[None]]
    return parts[0][0] if parts[0] else None


def _union(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    have = {fold(value) for value in ours}
    return (*ours, *(value for value in dict.fromkeys(theirs) if fold(value) not in have))
