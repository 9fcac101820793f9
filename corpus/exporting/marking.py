"""Each record is read back as soon as it is written; what came back otherwise is put into its mark."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from corpus.importing.own import PREFIX, mark
from corpus.importing.parsing import Draft, Parsed
from corpus.review import Review

#: What every format gives back exactly. The curator's own fields travel in Markdown and JSON Lines only, unless a record has nothing else.
_KEPT = ("abstract", "keywords", "authors_partial", "status", "notices")
_OWN = ("summary", "findings", "limits", "sections", "section_titles", "access")
_NAMES = frozenset({"id", "citation-key"})  # what others call a record


def marked(review: Review, write: Callable[[Review, str], str], read: Callable[[str], Iterator[Parsed]]) -> str:
    """The record as `write(review, mark)` writes it, with the mark that makes `read` give it back."""
    text = write(review, PREFIX + mark(review.id, {}))
    parsed = next(read(text), None)
    back = parsed.review if isinstance(parsed, Draft) else None
    missing = _difference(review, back)
    if not missing:
        return text
    text = write(review, PREFIX + mark(review.id, missing))
    if back is not None and not isinstance(next(read(text), None), Draft):  # all that came back is what the mark takes away: it must bring the rest
        text = write(
            review, PREFIX + mark(review.id, missing | {name: value for name, value in review.model_dump(mode="json").items() if name in _OWN and value})
        )
    return text


def _difference(review: Review, back: Review | None) -> dict[str, Any]:
    """The fields to set for `back` to become `review` in what formats carry, and to have nothing that `review` has not."""
    ours = review.model_dump(mode="json")
    theirs = (back or Review()).model_dump(mode="json")
    names = _KEPT if back is not None else (*_KEPT, *_OWN)
    fields = {name: ours[name] for name in names if ours[name] != theirs[name]}
    csl: dict[str, Any] = {key: value for key, value in ours["csl"].items() if theirs["csl"].get(key) != value}
    csl |= dict.fromkeys(theirs["csl"].keys() - ours["csl"].keys() - _NAMES)
    if csl:
        fields["csl"] = csl
    for name in ("extra", "facets"):
        if not _holds(ours[name], theirs[name]):
            fields[name] = {}
    return fields


def _holds(ours: Mapping[str, list[str]], theirs: Mapping[str, list[str]]) -> bool:
    return all(set(values) <= set(ours.get(name, ())) for name, values in theirs.items())


def notice_lines(review: Review) -> list[str]:
    """What a reader of another program must see of a record: that it is withdrawn or retracted, and the publishers' notices."""
    status = [f"{review.status.value.upper()} in the library this record comes from"] if review.status != "current" else []
    return [*status, *(f"{notice.type.upper()}{f' ({notice.date})' if notice.date else ''}: {' '.join(notice.text.split())}" for notice in review.notices)]


def dates_of(review: Review) -> list[int]:
    """[year], [year, month] or [year, month, day] of the record's date; [] where it has none."""
    parts = (review.csl.get("issued") or {}).get("date-parts") or [[]]
    return [int(part) for part in parts[0]] if review.year else []


def text_of(review: Review, key: str) -> str:
    """A CSL variable in one line; "" where it is absent."""
    value = review.csl.get(key)
    return " ".join(value.split("\n")) if isinstance(value, str) else ""
