"""Joining two descriptions of one work: empty fields are filled, nothing a person wrote is overwritten, differences are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from corpus.review import Review
from corpus.text import fold, words_of

_SCALARS = ("summary", "abstract")
_LISTS = ("findings", "limits")
#: CSL variables whose other values are listed; in the rest (addresses, abbreviations, …) sources differ without saying anything.
_LISTED = ("title", "container-title", "volume", "issue", "page", "DOI", "PMID")


def same_work(kept: Review, other: Review, *, by_key: bool) -> bool:
    """Whether two records are one work: the DOI decides where both have one, else the PMID, else title, year and first author."""
    if kept.doi and other.doi:
        return kept.doi == other.doi
    if kept.pmid and other.pmid:
        return kept.pmid == other.pmid
    return by_key


def fill(kept: Review, other: Review) -> Review:
    """`kept` with its empty fields filled from `other`; a differing value goes to `alternatives`. Returns `kept` itself when nothing is new."""
    joined: dict[str, Any] = {name: getattr(kept, name) or getattr(other, name) for name in (*_SCALARS, *_LISTS)}
    joined["csl"] = _fill_csl(kept.csl, other.csl)
    if other.authors and not kept.authors:
        joined["authors_partial"] = other.authors_partial
    if other.sections and not kept.sections:
        joined |= {"sections": other.sections, "section_titles": other.section_titles, "access": other.access}
    joined["keywords"] = _union(kept.keywords, other.keywords)
    joined["facets"] = {name: _union(kept.facets.get(name, ()), other.facets.get(name, ())) for name in [*kept.facets, *other.facets]}
    joined["notices"] = tuple(dict.fromkeys([*kept.notices, *other.notices]))
    joined["extra"] = _join(kept.extra, other.extra)
    joined["alternatives"] = _alternatives(kept.model_copy(update=joined), other)
    changed = {name: value for name, value in joined.items() if value != getattr(kept, name)}
    return kept.model_copy(update=changed) if changed else kept


def _fill_csl(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    new = {key: value for key, value in theirs.items() if value and not ours.get(key) and key not in ("id", "type", "citation-key")}
    return {**ours, **new}


def _join(ours: dict[str, list[str]], theirs: dict[str, list[str]]) -> dict[str, list[str]]:
    new = {name: [value for value in dict.fromkeys(values) if value not in ours.get(name, ())] for name, values in theirs.items()}
    return {**ours, **{name: [*ours.get(name, ()), *values] for name, values in new.items() if values}}


def _alternatives(kept: Review, other: Review) -> dict[str, list[str]]:
    """What `kept` lists already, what `other` says differently, and what `other` lists itself."""
    listed = {name: list(values) for name, values in kept.alternatives.items()}
    ours, theirs = _said(kept), _said(other)
    families = [[fold(name.family) for name in review.authors] for review in (kept, other)]
    if families[0] == families[1] or (other.authors_partial and set(families[1]) <= set(families[0])):
        theirs["authors"] = []
    for name, values in [*theirs.items(), *other.alternatives.items()]:
        for value in values:
            if _key(value) not in {_key(known) for known in [*ours.get(name, ()), *listed.get(name, ())]}:
                listed.setdefault(name, []).append(value)
    return listed


def _said(review: Review) -> dict[str, list[str]]:
    """The values of the fields in which two descriptions of a work may differ."""
    said = {name: [getattr(review, name)] for name in _SCALARS} | {name: list(getattr(review, name)) for name in _LISTS}
    said |= {name: [str(review.csl.get(name) or "")] for name in _LISTED}
    said["year"] = [str(review.year or "")]
    said["authors"] = ["; ".join(", ".join(filter(None, name)) for name in review.authors)]
    return {name: [value for value in values if value] for name, values in said.items()}


def _key(text: str) -> str:
    """What is compared: the words; the text itself where it has none."""
    return " ".join(words_of(text)) or text


def _union(ours: Iterable[str], theirs: Iterable[str]) -> tuple[str, ...]:
    ours = tuple(ours)
    have = {fold(value) for value in ours}
    return (*ours, *(value for value in dict.fromkeys(theirs) if fold(value) not in have))
