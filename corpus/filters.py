"""The filter language of DESIGN section 8: `field op value`, op one of `= != >= <= ~`, `|` = or; several filters = and.

Letters are compared without case and accents. `~` looks for the value inside the text; on `author` and `any` (title, authors, journal, keywords) that is
also what `=` means. A record without a year is let through by no condition on the year, and counted as left out; a record without the facet, text or
identifier asked for simply does not have it: `=` and `~` hold it back, `!=` lets it through.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from corpus import schema
from corpus.aliases import is_no_alias, meant_by
from corpus.errors import UsageError
from corpus.identity import clean_doi
from corpus.review import Status
from corpus.text import fold
from corpus.vocabulary import Vocabulary

_PATTERN = re.compile(r"^\s*(?P<field>[^\W\d][\w. -]*?)\s*(?P<op>!=|>=|<=|=|~)\s*(?P<value>.*?)\s*$", re.DOTALL)
_HAS = ("abstract", "summary", "findings", "limits", "fulltext")
_LONGEST = 1_000  # characters of a text to look for
#: Fields every library has, beside its facets.
FIELDS = ("year", "status", "journal", "has", "title", "author", "keyword", "any", "id", "doi", "pmid")
#: What a facet is written with where its name is also that of a field.
_FACET = "facets."


@dataclass(frozen=True)
class Condition:
    """One parsed filter: any of `values` under `op`. `field` is one of `FIELDS`, or a facet."""

    field: str
    op: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.field}{self.op}{'|'.join(self.values)}"


@dataclass(frozen=True)
class Filter:
    """Conditions that must all hold. An empty filter lets every current record through."""

    conditions: tuple[Condition, ...] = ()

    def as_list(self) -> list[str]:
        """The filter as people write it."""
        return [str(condition) for condition in self.conditions]

    def canonical(self) -> str:
        """The filter as one string that is the same for the same filter, used as a cache key."""
        return json.dumps(sorted(self.as_list()), ensure_ascii=False)

    @property
    def names_status(self) -> bool:
        """Whether the reader asked for a status; if not, only current records are meant."""
        return any(condition.field == "status" for condition in self.conditions)


def parse_filter(texts: Sequence[str], vocabulary: Vocabulary, facets: Sequence[str] = ()) -> Filter:
    """Parse filters, folding synonyms by `vocabulary`; `facets` are the facet names the library knows beside the vocabulary's.

    Raises UsageError for an unknown field, a wrong operator or a year that is no number.
    """
    named = dict.fromkeys([*vocabulary.values, *facets])
    known = [*FIELDS, *(_FACET + name if name in FIELDS else name for name in named)]
    return Filter(tuple(_parse(text, vocabulary, known) for text in texts if text.strip()))


def _parse(text: str, vocabulary: Vocabulary, known: Sequence[str]) -> Condition:
    match = _PATTERN.match(text)
    if not match:
        raise UsageError(f"the filter {text!r} cannot be read", remedy='Write it as field, operator, value: --filter "year>=2020"')
    name, op = match["field"], match["op"]
    if name not in known:
        name = name.removeprefix(_FACET)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise UsageError(f"there is no field {name!r} to filter by", remedy=f"{hint}The fields are: {', '.join(known)}")
    values = tuple(value.strip() for value in match["value"].split("|") if value.strip())
    if not values:
        raise UsageError(f"the filter {text!r} names no value", remedy=f'Write one after the operator: --filter "{name}{op}…"')
    if op in (">=", "<=") and name != "year":
        raise UsageError(f"{name!r} has no order, so {op} cannot be used on it", remedy="Use =, != or ~")
    if name == "year" and op != "~":
        for value in values:
            if not re.fullmatch(r"-?\d{1,4}", value):
                raise UsageError(f"{value!r} is not a year", where=text, remedy='Write a number: --filter "year>=2020"')
    if name == "status":
        wrong = [value for value in values if value not in list(Status)]
        if wrong:
            raise UsageError(f"there is no status {wrong[0]!r}", remedy=f"It is one of {', '.join(Status)}")
    if name == "has":
        wrong = [value for value in values if value not in _HAS]
        if wrong:
            raise UsageError(f"has={wrong[0]} is not known", remedy=f"It is one of {', '.join(_HAS)}")
    if op == "~" and any(len(value) > _LONGEST for value in values):
        raise UsageError(f"the text to look for is longer than {_LONGEST:,} characters", where=f"{name}{op}{values[0][:40]}…", remedy="Give a part of it")
    if name not in FIELDS and op != "~":
        values = tuple(vocabulary.canonical(facet_of(name), value) or value for value in values)
    return Condition(name, op, tuple(dict.fromkeys(values)))


def facet_of(field: str) -> str:
    """The facet that a condition's field names."""
    return field.removeprefix(_FACET)


def where_clause(chosen: Filter) -> sa.ColumnElement[bool]:
    """The filter as SQL over `review`. A range over an absent value is false."""
    table = schema.review
    clauses: list[sa.ColumnElement[bool]] = [_clause(condition) for condition in chosen.conditions]
    clauses.append(is_no_alias() if chosen.names_status else table.c.status == Status.CURRENT.value)
    return sa.and_(sa.true(), *clauses)


def undecided_clause(chosen: Filter) -> sa.ColumnElement[bool] | None:
    """Records that the rest of the filter lets through but a year condition cannot judge, for they have no year; None where no condition is on the year."""
    rest = Filter(tuple(condition for condition in chosen.conditions if condition.field != "year"))
    if len(rest.conditions) == len(chosen.conditions):
        return None
    return sa.and_(where_clause(rest), schema.review.c.year.is_(None))


def _clause(condition: Condition) -> sa.ColumnElement[bool]:
    name, op, values = condition.field, condition.op, condition.values
    if name == "year" and op != "~":
        year, numbers = schema.review.c.year, [int(value) for value in values]
        tests = {"=": year.in_(numbers), "!=": year.not_in(numbers), ">=": year >= min(numbers), "<=": year <= max(numbers)}
        return sa.and_(year.is_not(None), tests[op])
    held = _column_test(name, op, values) if name in FIELDS else _facet_test(facet_of(name), op, values)
    return sa.not_(sa.func.coalesce(held, sa.false())) if op == "!=" else held


def _column_test(name: str, op: str, values: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a record has one of the values; NULL where it has none at all."""
    table = schema.review
    if name == "has":
        return sa.or_(*(table.c.has_text.contains(f"|{value}|") for value in values))
    if name == "status":
        return table.c.status.in_(values)
    if name in ("id", "doi", "pmid"):
        held = _identifier_test(table.c[name], op, values)
        return sa.or_(held, meant_by({*values, *(value.lower() for value in values)})) if name == "id" and op != "~" else held
    if name == "year":
        return _text_test(sa.cast(table.c.year, sa.String), op, values)
    texts = {"title": table.c.title_folded, "author": table.c.authors_folded, "journal": table.c.journal_folded, "keyword": table.c.keywords_folded}
    folded = [fold(value) for value in values]
    if name == "any":
        return sa.or_(*(_text_test(text, "~", folded) for text in texts.values()))
    if name == "keyword":
        folded = [" ".join(value.split()) for value in folded]
        return _text_test(texts[name], "~", folded if op == "~" else [f"\n{value}\n" for value in folded])
    return _text_test(texts[name], "~" if name == "author" else op, folded)


def _identifier_test(column: sa.ColumnElement[str], op: str, values: Sequence[str]) -> sa.ColumnElement[bool]:
    if op == "~":
        return sa.or_(*(column.icontains(value, autoescape=True) for value in values))
    clean = clean_doi if column is schema.review.c.doi else str
    return column.in_({form for value in values for form in (value, value.lower(), clean(value)) if form})


def _facet_test(name: str, op: str, values: Sequence[str]) -> sa.ColumnElement[bool]:
    facet, link = schema.facet_value, schema.review_facet
    wanted = _text_test(facet.c.value_folded, op, [fold(value) for value in values])
    named = sa.select(facet.c.number).where(facet.c.facet == name, wanted)
    return schema.review.c.number.in_(sa.select(link.c.review_number).where(link.c.value_number.in_(named)))


def _text_test(text: sa.ColumnElement[str], op: str, values: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a text is one of the values or, with `~`, holds one of them."""
    return sa.or_(*(text.contains(value, autoescape=True) for value in values)) if op == "~" else text.in_(values)
