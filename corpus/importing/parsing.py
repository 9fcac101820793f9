"""What a parser yields, and small helpers that parsers share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from corpus.identity import clean_doi, clean_pmid
from corpus.importing.csl import sound
from corpus.importing.dates import find_year
from corpus.importing.document import Document
from corpus.importing.names import split_name
from corpus.review import Review
from corpus.vocabulary import Vocabulary

#: Facets for which publication types are values.
_TYPED = ("kind", "publication_status")


@dataclass(frozen=True, slots=True)
class Draft:
    """A record found in a file, not yet in the library. `record` and `line` count from 1; `raw` is the source text.

    `types` are publication types as written; `listed` is text in which values of a facet stand run together. What they mean is the vocabulary's
    to say, and a library has its own.
    """

    review: Review
    record: int
    line: int
    raw: str = ""
    types: tuple[str, ...] = ()
    listed: Mapping[str, str] = field(default_factory=dict)

    def facets(self, vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
        """The record's facets under a vocabulary: those it has, and what its keywords, types and lists stand for."""
        found = {name: list(values) for name, values in vocabulary.map_facets(self.review.facets).items()}
        typed = {facet: [value for text in self.types if (value := vocabulary.canonical(facet, text))] for facet in _TYPED}
        picked = {facet: vocabulary.pick(facet, text) for facet, text in self.listed.items()}
        for more in (typed, picked, vocabulary.from_keywords(self.review.keywords)):
            for name, values in more.items():
                found.setdefault(name, []).extend(values)
        return {name: tuple(dict.fromkeys(values)) for name, values in found.items() if values}


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record found in a file that cannot come in, and why."""

    record: int
    line: int
    reason: str


Parsed = Draft | Rejected
#: A parser reads a document and yields its records in order. It never raises on bad content: it yields what it can and says what it could not;
#: a `Rejected` with record 0 speaks of the whole file. Most parsers need only text or lines and are made parsers by the functions below.
Parser = Callable[[Document], Iterator[Parsed]]


def by_text(parse: Callable[[str], Iterator[Parsed]]) -> Parser:
    """The parser that hands over the whole text."""
    return lambda document: parse(document.text())


def by_lines(parse: Callable[[Iterable[str]], Iterator[Parsed]]) -> Parser:
    """The parser that hands over one line after another, so that a file of any size is read in bounded memory."""
    return lambda document: parse(document.lines())


def by_chunks(parse: Callable[[Iterable[str]], Iterator[Parsed]]) -> Parser:
    """The parser that hands over the text piece by piece (for formats where a line may be the whole file)."""
    return lambda document: parse(document.chunks())


def issued(year: int | None) -> dict[str, Any] | None:
    """A year as a CSL date."""
    return {"date-parts": [[year]]} if year else None


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


def build(record: int, line: int, raw: str = "", *, types: Iterable[str] = (), listed: Mapping[str, str] | None = None, **fields: Any) -> Parsed:
    """A Draft from the fields of a Review, or Rejected with the reason when they do not make one."""
    try:
        if fields.get("csl"):
            fields["csl"] = sound(fields["csl"])
        review = Review.model_validate({key: value for key, value in fields.items() if value not in (None, "", [], {}, ())})
    except ValidationError as error:
        first = error.errors()[0]
        return Rejected(record, line, f"{'.'.join(map(str, first['loc'])) or 'record'}: {first['msg']}")
    except RecursionError:
        return Rejected(record, line, "the record is nested too deeply")
    if not (review.csl.keys() - {"type", "id", "citation-key"} or any(True for _ in review.evidence()) or review.keywords or review.notices):
        return Rejected(record, line, "the record is empty")
    return Draft(review, record, line, raw, tuple(types), listed or {})


__all__ = ["Draft", "Parsed", "Parser", "Rejected", "build", "by_chunks", "by_lines", "by_text", "find_year", "issued", "make_csl", "split_name"]
