"""A record as a form, and the form as changes: only what was typed anew is changed, so that nothing the form cannot show is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from corpus import InputError, Review
from corpus.text import normalise
from ui.texts import facet_name, say


class Field(NamedTuple):
    """One field of the form. `rows` 1 is a line, more is a text area; `help` says how to write it."""

    name: str
    label: str
    value: str
    rows: int = 1
    help: str = ""


class Group(NamedTuple):
    """Fields under one heading."""

    heading: str
    fields: tuple[Field, ...]


#: CSL variables with a line of their own (https://docs.citationstyles.org): the key of its label, or a name that is the same in every language.
_LINES = {
    "container-title": "edit.journal",
    "volume": "edit.volume",
    "issue": "edit.issue",
    "page": "edit.pages",
    "DOI": "DOI",
    "PMID": "PMID",
    "ISSN": "ISSN",
    "URL": "edit.address",
}
_ITEMS = {"findings": "edit.finding", "limits": "edit.limit"}
_NEW_ITEMS = 2  # empty places for further findings and limits


def form_of(review: Review, facets: Sequence[str] = ()) -> list[Group]:
    """The form that shows a record; `facets` are those that every record of the library may have."""
    csl = review.csl
    lines = max(2, min(12, len(review.authors) + 1))
    work = [Field("title", say("edit.title"), review.title, 2), Field("authors", say("edit.authors"), _authors(review), lines, say("edit.authors_help"))]
    work += [Field("year", say("edit.year"), str(review.year or ""))]
    work += [Field(f"csl.{name}", say(key) if "." in key else key, str(csl.get(name) or "")) for name, key in _LINES.items()]
    texts = [Field("summary", say("edit.summary"), review.summary, 3), Field("abstract", say("edit.abstract"), review.abstract, 10)]
    groups = [Group(say("edit.work"), tuple(work)), Group(say("edit.texts"), tuple(texts))]
    for name, key in _ITEMS.items():
        items = [*getattr(review, name), *[""] * _NEW_ITEMS]
        groups.append(Group(say(f"record.{name}"), tuple(Field(f"{name}[{at}]", say(key, number=at + 1), value, 2) for at, value in enumerate(items))))
    if review.sections:
        fields = []
        for at, (text, title) in enumerate(zip_longest(review.sections, review.section_titles, fillvalue="")):
            fields += [Field(f"section_titles[{at}]", say("edit.section_heading", number=at + 1), title)]
            fields += [Field(f"sections[{at}]", say("edit.section_text", number=at + 1), text, 8)]
        groups.append(Group(say("record.sections"), tuple(fields)))
    words = [Field("keywords", say("edit.keywords"), "\n".join(review.keywords), 3, say("edit.keywords_help"))]
    for name in dict.fromkeys([*facets, *review.facets]):
        values = review.facets.get(name, ())
        words.append(Field(f"facets.{name}", facet_name(name), "\n".join(values), max(2, len(values) + 1), say("edit.lines_help")))
    return [*groups, Group(say("edit.words"), tuple(words))]


def changes_from(review: Review, typed: Mapping[str, str], facets: Sequence[str] = ()) -> dict[str, Any]:
    """What was typed differently from what the form of `review` shows, as changes for `Library.edit`. Raises InputError for a year that is none."""
    shown = {field.name: field.value for group in form_of(review, facets) for field in group.fields}
    new = {name: _clean(typed[name]) for name in shown if name in typed and _clean(typed[name]) != _clean(shown[name])}
    changes: dict[str, Any] = {name: new[name] for name in ("summary", "abstract") if name in new}
    for name in ("findings", "limits", "sections", "section_titles"):
        if any(key.startswith(f"{name}[") for key in new):
            values = [_clean(typed.get(key, shown[key])) for key in shown if key.startswith(f"{name}[")]
            changes[name] = values if name.startswith("section") else [value for value in values if value]
    if "keywords" in new:
        changes["keywords"] = _lines(new["keywords"])
    words = {key.removeprefix("facets."): _lines(value) for key, value in new.items() if key.startswith("facets.")}
    if words:
        changes["facets"] = {**review.facets, **words}
    csl: dict[str, Any] = {key.removeprefix("csl."): value for key, value in new.items() if key.startswith("csl.")}
    csl |= {"title": new["title"]} if "title" in new else {}
    csl |= {"author": _people(new["authors"], review)} if "authors" in new else {}
    csl |= {"issued": _issued(new["year"])} if "year" in new else {}
    if csl:
        changes["csl"] = {key: value for key, value in {**review.csl, **csl}.items() if value}
    return changes


def _authors(review: Review) -> str:
    return "\n".join(", ".join(part for part in name if part) for name in review.authors)


def _people(text: str, review: Review) -> list[dict[str, Any]]:
    """The names of a text; one that stood there before keeps all its parts (particles, suffix)."""
    known = dict(zip(_authors(review).split("\n"), review.csl.get("author") or [], strict=False))
    return [known.get(line) or _person(line) for line in _lines(text)]


def _person(line: str) -> dict[str, str]:
    family, comma, given = line.partition(",")
    return {"family": family.strip(), "given": given.strip()} if comma and given.strip() else {"literal": line.strip(" ,")}


def _issued(text: str) -> dict[str, Any]:
    if text and not re.fullmatch(r"-?\d{1,4}", text):
        raise InputError(f"{text!r} is not a year", where="year", remedy="Write it as a number, such as 2024")
    return {"date-parts": [[int(text)]]} if text else {}


def _clean(text: str) -> str:
    return normalise(text).strip()


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]
