"""Edits as people type them: `field=value`, list items, facets, names and CSL variables, or a whole record as Markdown."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from corpus.diff import CSL_NAMES
from corpus.errors import InputError, UsageError
from corpus.identity import clean_doi, clean_pmid
from corpus.importing.dates import csl_date, date_parts
from corpus.importing.names import listed_names
from corpus.importing.parsing import Rejected
from corpus.review import Review
from corpus.validation import date_fault

#: Lists of texts: a whole one is written one item a line.
_TEXTS = ("findings", "limits", "sections", "section_titles")
_SCALARS = ("summary", "abstract", "access", "authors_partial")
_CSL = {ours: theirs for theirs, ours in CSL_NAMES.items()}
_ADDRESS = re.compile(r"(?P<name>[^\[\]]+)(?:\[(?P<at>\d+)\])?")
_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}
#: Fields an edit can name, beside facets, `csl.NAME` and `extra.NAME`.
EDITABLE = ("title", *(name for name in _CSL if name != "title"), *_SCALARS, *_TEXTS, "keywords", "notices")
_ELSEWHERE = {
    "status": "Use `florilegium status`",
    "id": "An id never changes",
    "revision": "The library gives it",
    "source": "It says where a record came from",
}


class Step(NamedTuple):
    """One step of an edit: `set` a field, or an item of a list, to a value; `add` an item; `remove` a field, an item or a value."""

    action: str
    field: str
    value: str = ""


def read_step(action: str, text: str, read_text: Callable[[str], str]) -> Step:
    """A step as typed: `field=value`; `@FILE` or `@-` as the value is read by `read_text`. Raises UsageError."""
    name, sign, value = text.partition("=")
    if not name.strip() or (not sign and action != "remove"):
        raise UsageError(f"{text[:60]!r} names no field and value", remedy=f"Write it as --{action} FIELD=VALUE, such as --{action} keywords=ketamine")
    value = read_text(value[1:]) if value.startswith("@") else value
    return Step(action, name.strip(), value)


def changes_of(review: Review, steps: Iterable[Step], facets: Sequence[str]) -> dict[str, Any]:
    """The changes (as `Library.edit` takes them) that steps make, one after the other, to a record. `facets`: facet names known bare.

    Raises UsageError for a field or item that is not there, InputError for a value that cannot be read.
    """
    draft: dict[str, Any] = {}
    for step in steps:
        match = _ADDRESS.fullmatch(step.field)
        if match is None:
            raise UsageError(f"{step.field!r} is no field", remedy="Write a list's item as findings[0]")
        place = _place(match["name"].strip(), facets, review)
        at = int(match["at"]) if match["at"] else None
        held = _held(review, draft, place)
        _keep(review, draft, place, _after(step, place, held, at, review))
    return draft


def changes_from_markdown(review: Review, text: str) -> dict[str, Any]:
    """The changes that make a record what a Markdown file says (as `show` writes it). Status and notices are left as they are.

    Raises InputError where the file is not exactly one good record, UsageError where it is another record's or names another status.
    """
    from corpus.importing import markdown

    found = list(markdown.parse(text))
    if len(found) != 1:
        raise InputError(f"the file holds {len(found)} records, not one", where=review.id, remedy="Give it the form that `florilegium show` prints")
    parsed = found[0]
    if isinstance(parsed, Rejected):
        raise InputError(parsed.reason, where=f"line {parsed.line}", remedy="Give it the form that `florilegium show` prints")
    given = parsed.review
    if given.id not in ("", review.id):
        raise UsageError(f"the file is the record {given.id!r}", where=review.id, remedy="Name the record it belongs to; an id never changes")
    if given.status != review.status and re.search(r"^status:", text, re.MULTILINE):
        raise UsageError(f"the file says {given.status.value}, the record is {review.status.value}", where=review.id, remedy=_ELSEWHERE["status"])
    fields = given.model_dump(exclude={"id", "revision", "source", "status", "notices"})
    kept = {key: review.csl[key] for key in ("id", "citation-key") if key in review.csl and key not in fields["csl"]}
    fields["csl"] |= kept
    return {name: value for name, value in fields.items() if value != getattr(review, name)}


# ---- places: ("field", name), ("csl", variable), ("facets", name), ("extra", tag), ("alternatives", field)


def _place(name: str, facets: Sequence[str], review: Review) -> tuple[str, str]:
    if name in _ELSEWHERE:
        raise UsageError(f"an edit cannot change the {name} of a record", where=review.id, remedy=_ELSEWHERE[name])
    if name in _CSL:
        return "csl", _CSL[name]
    head, dot, tail = name.partition(".")
    if dot and tail and head in ("csl", "facets", "extra", "alternatives"):
        return head, tail
    if name in (*_SCALARS, *_TEXTS, "keywords", "notices"):
        return "field", name
    if name in facets or name in review.facets:
        return "facets", name
    known = [*EDITABLE, *facets]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise UsageError(f"there is no field {name!r}", remedy=f"{hint}The fields are: {', '.join(known)}, csl.NAME, facets.NAME, extra.NAME")


def _held(review: Review, draft: Mapping[str, Any], place: tuple[str, str]) -> Any:
    kind, name = place
    if kind == "field":
        return draft.get(name, getattr(review, name))
    return draft.get(kind, getattr(review, kind)).get(name)


def _keep(review: Review, draft: dict[str, Any], place: tuple[str, str], value: Any) -> None:
    kind, name = place
    if kind == "field":
        draft[name] = value
        return
    table = {**draft.get(kind, getattr(review, kind)), name: value}
    draft[kind] = {key: held for key, held in table.items() if held not in (None, "", [], ())} if kind != "csl" or value in (None, "", [], {}) else table
    if place == ("csl", "author") and isinstance(value, _Names):
        draft["authors_partial"] = value.partial


class _Names(list[dict[str, str]]):
    """Names read from text; `partial` says that "et al." stood at their end."""

    partial = False


def _is_list(place: tuple[str, str]) -> bool:
    kind, name = place
    return kind in ("facets", "extra", "alternatives") or place == ("csl", "author") or (kind == "field" and name not in _SCALARS)


def _after(step: Step, place: tuple[str, str], held: Any, at: int | None, review: Review) -> Any:
    """The value of a place after a step."""
    if not _is_list(place):
        if at is not None or step.action == "add" or (step.action == "remove" and step.value):
            raise UsageError(f"{step.field!r} is no list", where=review.id, remedy=f"Give it a value with --set {place[1]}=VALUE")
        if step.action == "remove":
            return _read(place, "") if place[0] == "field" else None
        return _read(place, step.value)
    items = list(held or ())
    if at is not None and at >= len(items):
        raise UsageError(f"there is no {step.field}", where=review.id, remedy=f"It has {len(items)} items, counted from 0")
    match step.action:
        case "add" if at is None:
            return [*items, *_items(place, step.value)]
        case "add":
            return [*items[:at], *_items(place, step.value), *items[at:]]
        case "set" if at is None:
            return _items(place, step.value)
        case "set":
            return [*items[:at], *_items(place, step.value, one=True), *items[(at or 0) + 1 :]]
        case _ if at is not None:
            return [*items[:at], *items[at + 1 :]]
        case _ if not step.value:
            return []
    unwanted = _items(place, step.value, one=True)[0] if step.value.strip() else None
    if unwanted not in items:
        raise UsageError(f"{step.value!r} is not among the {place[1]}", where=review.id, remedy="Write it as the record has it")
    items.remove(unwanted)
    return items


def _items(place: tuple[str, str], value: str, *, one: bool = False) -> list[Any]:
    """Items as typed: one a line for texts; `|` between keywords, facet values and the like; names with `;`; or a JSON list."""
    kind, name = place
    text = value.strip()
    if text.startswith("[") and not one:
        try:
            read = json.loads(text)
        except ValueError:
            read = None  # a text may begin with a bracket too
        if isinstance(read, list):
            return read
    if place == ("csl", "author"):
        names, partial = listed_names([part for part in re.split(r"[;\n]", text) if part.strip()])
        found = _Names(names)
        found.partial = partial
        return found
    if name == "notices" and kind == "field":
        return [_notice(text)]
    if one:
        return [text]
    if kind == "field" and name in _TEXTS:
        return [line.strip() for line in text.split("\n") if line.strip()] if text else []
    return [part.strip() for part in re.split(r"[|\n]", text) if part.strip()]


def _notice(text: str) -> dict[str, Any]:
    """A notice as JSON, or as `type: text` or `type 2024-05-01: text`."""
    match = re.fullmatch(r"(concern|erratum|retraction)(?:\s+(\S+))?\s*:\s*(.+)", text, re.DOTALL)
    if match:
        return {"type": match[1], "date": match[2], "text": match[3].strip()}
    try:
        read = json.loads(text)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise InputError(f"{text[:60]!r} is no notice", remedy="Write it as `concern 2024-05-01: text`; the types are concern, erratum and retraction")
    return read


def _read(place: tuple[str, str], value: str) -> Any:
    """A single value as typed, brought to the form the library keeps."""
    kind, name = place
    text = value.strip()
    if place == ("csl", "issued"):
        return _issued(text)
    if kind == "csl" and name in ("DOI", "PMID") and text:
        return (clean_doi(text) if name == "DOI" else clean_pmid(text)) or text  # what is none is refused by the library's own check
    if kind == "csl" and name == "ISSN" and re.fullmatch(r"\d{7}[\dXx]", text):
        return f"{text[:4]}-{text[4:]}".upper()
    if kind == "csl":
        return _csl_value(name, text)
    if name == "authors_partial":
        if text.lower() not in _YES:
            raise InputError(f"{text!r} is neither yes nor no", where=name)
        return _YES[text.lower()]
    return (text or "open") if name == "access" else value


def _issued(text: str) -> dict[str, Any] | None:
    if not text:
        return None
    written = re.fullmatch(r"[\d-]+", text)
    parts = date_parts(text) if not written else [] if date_fault(text) else [int(part) for part in text.split("-")]
    if not parts:
        raise InputError(f"{text!r} is not a year", remedy="Write the year, or a date as 2024-05-01")
    return csl_date(parts)


def _csl_value(name: str, text: str) -> Any:
    """JSON for names, dates and numbers; all else is the text itself."""
    if text[:1] in ("{", "["):
        try:
            return json.loads(text)
        except ValueError as error:
            raise InputError(f"csl.{name} is not JSON: {error}", remedy="Give a text, or well-formed JSON") from error
    return text
