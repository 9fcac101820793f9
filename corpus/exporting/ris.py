"""RIS, one tag a line, as EndNote and Zotero read it.

(rispy 0.10 writes a value with a line break or an `ER` in it so that the record falls apart when it is read, and has no tag of one's own.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.exporting.marking import dates_of, marked, notice_lines, text_of
from corpus.importing import ris
from corpus.review import Review

MARK_TAG = "U5"  # the last of the tags for a user's own purposes
_TYPES = {
    "article-journal": "JOUR", "article-magazine": "MGZN", "article-newspaper": "NEWS", "book": "BOOK", "chapter": "CHAP", "paper-conference": "CPAPER",
    "thesis": "THES", "report": "RPRT", "webpage": "WEB", "dataset": "DATA", "manuscript": "UNPB", "article": "UNPB", "software": "COMP", "patent": "PAT",
}  # fmt: skip
_PLAIN = {
    "VL": "volume", "IS": "issue", "PB": "publisher", "CY": "publisher-place", "LA": "language", "UR": "URL", "DO": "DOI", "PM": "PMID",
    "T3": "collection-title",
}  # fmt: skip
_LIKE_A_TAG = re.compile(r"^\s*(?:[A-Z][A-Z0-9](?: {0,2}|\t)[-\u2013\u2014]|ER\s*$)", re.MULTILINE)


def write(review: Review) -> str:
    """A record as RIS."""
    return marked(review, _write, lambda text: ris.parse(text.split("\n")))


def _write(review: Review, mark: str) -> str:
    lines = [f"TY  - {_TYPES.get(str(review.csl.get('type')), 'GEN')}"]
    lines += [f"{tag}  - {value}" for tag, value in _fields(review) if value.strip()]
    return "\n".join([*lines, f"{MARK_TAG}  - {mark}", "ER  - ", "", ""])


def _fields(review: Review) -> Iterator[tuple[str, str]]:
    yield "TI", text_of(review, "title")
    for tag, role in (("AU", "author"), ("ED", "editor"), ("A4", "translator")):
        for name in review.csl.get(role) or []:
            yield tag, _name(name)
    yield "T2", text_of(review, "container-title")
    date = dates_of(review)
    if date:
        yield "PY", str(date[0])
    if len(date) > 1:
        yield "DA", "/".join([str(date[0]), *(f"{part:02}" for part in date[1:])])
    for tag, key in _PLAIN.items():
        yield tag, text_of(review, key)
    first, _, last = text_of(review, "page").partition("-")
    yield "SP", first
    yield "EP", last
    for key in ("ISSN", "ISBN"):
        yield "SN", text_of(review, key)
    for word in review.keywords:
        yield "KW", " ".join(word.split("\n"))
    for line in notice_lines(review):
        yield "N1", line
    yield "AB", " ".join(review.abstract.split("\n")) if _LIKE_A_TAG.search(review.abstract) else review.abstract


def _name(name: dict[str, str]) -> str:
    """ "Family, Given, Suffix"; a body's name has a comma after it, as EndNote wants it."""
    if name.get("literal") and not name.get("family"):
        return " ".join(f"{name['literal']},".split("\n"))
    family = " ".join(part for part in (name.get("non-dropping-particle"), name.get("family")) if part)
    given = " ".join(part for part in (name.get("given"), name.get("dropping-particle")) if part)
    return " ".join(", ".join(part for part in (family, given, name.get("suffix")) if part).split("\n"))
