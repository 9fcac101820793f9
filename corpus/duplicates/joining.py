"""Joining two records that a person calls one: of each field the better value stays, the other one is listed under `alternatives`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from corpus.merging import fill
from corpus.review import Review, Source, Status
from corpus.text import fold, words_of

_CUT = re.compile(r"(?:\.\.\.|…|\[?truncated\]?|\(abstract truncated[^)]*\))\s*$", re.IGNORECASE)


def joined(kept: Review, other: Review) -> Review:
    """`kept` with the better of both values in each field, and all that only `other` has.

    Title: not the one in capitals, in brackets (a translation) or cut. Authors: the longer list where the shorter is part of it, full given names
    before initials. Journal: the full name before its abbreviation. Pages: the range before its first page. Abstract: the one that is not cut,
    where the other is its beginning. Full text: the longer one. In all other fields that of `kept`, where it has one. Notices, keywords and
    facets of both; retracted when one of them is.
    """
    csl = dict(kept.csl)
    for name, is_better in (("title", _better_title), ("container-title", _better_journal), ("page", _better_pages)):
        ours, theirs = str(csl.get(name) or ""), str(other.csl.get(name) or "")
        if ours and theirs and is_better(theirs, ours):
            csl[name] = other.csl[name]
    better: dict[str, Any] = {}
    if kept.authors and _better_authors(other, kept):
        csl["author"] = other.csl["author"]
        better["authors_partial"] = other.authors_partial
    if kept.abstract and _better_abstract(other.abstract, kept.abstract):
        better["abstract"] = other.abstract
    if kept.sections and sum(map(len, other.sections)) > sum(map(len, kept.sections)):
        better |= {"sections": other.sections, "section_titles": other.section_titles, "access": other.access}
    if other.status is Status.RETRACTED:
        better["status"] = Status.RETRACTED
    chosen = kept.model_copy(update={"csl": csl, **better})
    filled = fill(fill(chosen, other), kept.model_copy(update={"alternatives": {}}))
    return with_source(filled, other)


def with_source(kept: Review, other: Review) -> Review:
    """`kept` with where `other` came from; its raw text stays with the record it is of."""
    sources = [source.model_copy(update={"raw": ""}) for source in (other.source, *other.other_sources) if source]
    return kept.model_copy(update={"other_sources": _new(kept.other_sources, sources)})


def _new(known: Iterable[Source], found: Iterable[Source]) -> tuple[Source, ...]:
    listed = list(known)
    for source in found:
        if source not in listed:
            listed.append(source)
    return tuple(listed)


def _better_title(theirs: str, ours: str) -> bool:
    if _CUT.search(ours) or (len(theirs) > len(ours) and fold(theirs).startswith(fold(ours).rstrip(". "))):
        return not _CUT.search(theirs) and len(theirs) >= len(ours) - 3
    poor = ours.isupper() or (ours.startswith("[") and ours.rstrip(". ").endswith("]"))
    return poor and not theirs.isupper() and not theirs.startswith("[")


def _better_journal(theirs: str, ours: str) -> bool:
    short, long = words_of(ours), words_of(theirs)
    rest = iter(long)
    return len(fold(theirs)) > len(fold(ours)) and bool(short) and all(any(word.startswith(part) for word in rest) for part in short)


def _better_pages(theirs: str, ours: str) -> bool:
    return not re.search(r"\d\s*[-\u2013]\s*\w*\d", ours) and bool(re.match(rf"{re.escape(ours.strip())}\s*[-\u2013]\s*\w*\d", theirs))


def _better_abstract(theirs: str, ours: str) -> bool:
    bare = _CUT.sub("", ours).rstrip()
    return len(theirs) > len(bare) and len(bare) > 40 and " ".join(words_of(theirs)).startswith(" ".join(words_of(bare)))


def _better_authors(other: Review, kept: Review) -> bool:
    theirs, ours = [fold(name.family) for name in other.authors], [fold(name.family) for name in kept.authors]
    if theirs == ours:
        return kept.authors_partial == other.authors_partial and _letters(other) > _letters(kept)
    return len(theirs) > len(ours) and set(ours) <= set(theirs) and (kept.authors_partial or not other.authors_partial)


def _letters(review: Review) -> int:
    return sum(len(word) for name in review.authors for word in words_of(name.given))
