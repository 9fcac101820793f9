"""BibTeX in UTF-8, with TeX's own signs escaped and the title's capitals kept.

(bibtexparser and pybtex write values as they are: a brace or a percent sign in an abstract breaks the file.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from corpus.exporting.marking import dates_of, marked, notice_lines, text_of
from corpus.importing import bibtex
from corpus.review import Review

_TYPES = {
    "article-journal": "article", "article-magazine": "article", "article-newspaper": "article", "book": "book", "chapter": "incollection",
    "paper-conference": "inproceedings", "thesis": "phdthesis", "report": "techreport", "manuscript": "unpublished", "article": "unpublished",
}  # fmt: skip
_PLAIN = {
    "volume": "volume", "issue": "number", "publisher": "publisher", "publisher-place": "address", "language": "language", "edition": "edition",
    "ISSN": "issn", "ISBN": "isbn", "collection-title": "series",
}  # fmt: skip
_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", **{sign: f"\\{sign}" for sign in "&%$#_"},
}  # fmt: skip
_SPECIAL = re.compile(r"[\\{}~^&%$#_]|--|``|''")
_BROKEN = re.compile(r"^\s*@", re.MULTILINE)  # a line like the beginning of an entry
_JOINT = re.compile(r"(\s)(and)(?=\s)", re.IGNORECASE)


class Writer:
    """Writes records one after another; those without an id get keys by number."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def write(self, review: Review) -> str:
        """A record as BibTeX."""
        key = review.id or f"record-{next(self._numbers)}"
        return marked(review, lambda review, mark: _write(review, key, mark), lambda text: bibtex.parse(text.split("\n")))


def _write(review: Review, key: str, mark: str) -> str:
    kind = _TYPES.get(str(review.csl.get("type")), "misc")
    lines = [f"  {name} = {{{value}}}," for name, value in _fields(review, kind) if value.strip()]
    return "\n".join([f"@{kind}{{{key},", *lines, f"  florilegium = {{{mark}}}", "}", "", ""])


def _fields(review: Review, kind: str) -> Iterator[tuple[str, str]]:
    title = text_of(review, "title")
    yield "title", f"{{{_tex(title)}}}" if title else ""
    for role in ("author", "editor"):
        names = [_name(name) for name in review.csl.get(role) or []]
        yield role, " and ".join([*names, *(["others"] if role == "author" and review.authors_partial and names else [])])
    yield "booktitle" if kind in ("incollection", "inproceedings") else "journal", _tex(text_of(review, "container-title"))
    date = dates_of(review)
    for name, number in zip(("year", "month", "day"), date, strict=False):
        yield name, str(number)
    for key, name in _PLAIN.items():
        yield name, _tex(text_of(review, key))
    yield "pages", _tex(text_of(review, "page")).replace("-", "--")
    yield "doi", _address(text_of(review, "DOI"))
    yield "pmid", text_of(review, "PMID")
    yield "url", _address(text_of(review, "URL"))
    joint = "; " if any("," in word for word in review.keywords) else ", "
    yield "keywords", _tex(joint.join(" ".join(word.split("\n")) for word in review.keywords))
    yield "note", _tex(". ".join(notice_lines(review)))
    abstract = " ".join(review.abstract.split("\n")) if _BROKEN.search(review.abstract) else review.abstract
    yield "abstract", _tex(abstract)


def _tex(text: str) -> str:
    return _SPECIAL.sub(lambda sign: _ESCAPES.get(sign[0]) or f"{sign[0][0]}{{}}{sign[0][1]}", text)


def _address(text: str) -> str:
    return re.sub(r"[\\{}%#]", lambda sign: f"\\{sign[0]}", text)


def _name(name: dict[str, str]) -> str:
    if name.get("literal") and not name.get("family"):
        return f"{{{_tex(' '.join(name['literal'].split()))}}}"
    family = " ".join(part for part in (name.get("non-dropping-particle"), name.get("family")) if part)
    given = " ".join(part for part in (name.get("given"), name.get("dropping-particle")) if part)
    return ", ".join(_part(part) for part in (family, name.get("suffix"), given) if part)


def _part(text: str) -> str:
    """A part of a name; what BibTeX would take for the end of it is held by braces."""
    escaped = _tex(" ".join(text.split()))
    return f"{{{escaped}}}" if "," in escaped or _JOINT.search(f" {escaped} ") else escaped
