"""`Anchor`: an address of words in a record, by position and by quote (W3C Web Annotation selectors).

Source: https://www.w3.org/TR/annotation-model/#selectors (text position and text quote selectors).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from corpus.errors import InputError, NotFoundError
from corpus.review import Review

#: Code points of context kept on each side of the quote.
CONTEXT = 32


@dataclass(frozen=True, slots=True)
class Anchor:
    """`review[field][start:end] == quote` at `revision`; offsets count Unicode code points."""

    review_id: str
    revision: int
    field: str
    start: int
    end: int
    quote: str
    prefix: str = ""
    suffix: str = ""

    @classmethod
    def to(cls, review: Review, field: str, start: int, end: int) -> Anchor:
        """Point at `review[field][start:end]`. Raises InputError where that is no text."""
        text = review.field_text(field)
        if not 0 <= start < end <= len(text):
            raise InputError(f"{field}[{start}:{end}] is not inside the text", where=review.id)
        return cls(
            review_id=review.id,
            revision=review.revision,
            field=field,
            start=start,
            end=end,
            quote=text[start:end],
            prefix=text[max(0, start - CONTEXT) : start],
            suffix=text[end : end + CONTEXT],
        )

    def as_dict(self) -> dict[str, Any]:
        """The anchor as plain data."""
        return asdict(self)


def find_again(anchor: Anchor, review: Review) -> Anchor | None:
    """The same words in another revision of the record, or None where they are no longer there (the anchor is detached).

    Looked for by position, then by the quote with its context, then by the quote where it stands only once in its field.
    A quote that stands several times and has lost its context is not guessed at.
    """
    try:
        text = review.field_text(anchor.field)
    except NotFoundError:
        return _in_moved_item(anchor, review)
    if text[anchor.start : anchor.end] == anchor.quote and anchor.end <= len(text):
        return Anchor.to(review, anchor.field, anchor.start, anchor.end)
    found = _by_quote(anchor, text)
    if found is not None:
        return Anchor.to(review, anchor.field, found, found + len(anchor.quote))
    return _in_moved_item(anchor, review)


def _by_quote(anchor: Anchor, text: str) -> int | None:
    framed = anchor.prefix + anchor.quote + anchor.suffix
    if text.count(framed) == 1:
        return text.index(framed) + len(anchor.prefix)
    if text.count(anchor.quote) == 1:
        return text.index(anchor.quote)
    return None


def _in_moved_item(anchor: Anchor, review: Review) -> Anchor | None:
    """A list item that moved (findings[3] became findings[4]) is found when exactly one item holds the quote."""
    name = anchor.field.partition("[")[0]
    if "[" not in anchor.field:
        return None
    hits = [(field, at) for field, text in review.evidence() if field.startswith(name + "[") and (at := _by_quote(anchor, text)) is not None]
    if len(hits) != 1:
        return None
    field, at = hits[0]
    return Anchor.to(review, field, at, at + len(anchor.quote))
