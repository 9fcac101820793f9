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

    Looked for by position where their context is still around them, then by the quote with its context, then by position with one side of the
    context, then by the quote alone. In a list (findings, limits, sections) the items may have moved, so all of them are looked through. Words
    that stand in several places are not guessed at.
    """
    name, bracket, _ = anchor.field.partition("[")
    texts = {field: text for field, text in review.evidence() if bracket and field.startswith(name + "[")}
    try:
        own = texts[anchor.field] = review.field_text(anchor.field)
    except NotFoundError:
        own = ""
    before, quote, after = anchor.prefix, anchor.quote, anchor.suffix
    here = (anchor.field, anchor.start) if quote and own.startswith(quote, anchor.start) else None
    left, right = own[: anchor.start].endswith(before), own.startswith(after, anchor.start + len(quote))
    place = here if left and right else None
    place = place or _only_place(before + quote + after, len(before), texts)
    place = place or (here if (before and left) or (after and right) else None)
    place = place or _only_place(quote, 0, texts)
    return Anchor.to(review, place[0], place[1], place[1] + len(quote)) if place else None


def _only_place(words: str, offset: int, texts: dict[str, str]) -> tuple[str, int] | None:
    """(field, start + offset) of the words where they stand only once in all texts; places that overlap count each."""
    found: tuple[str, int] | None = None
    for field, text in texts.items():
        at = text.find(words) if words else -1
        while at >= 0:
            if found:
                return None
            found = (field, at + offset)
            at = text.find(words, at + 1)
    return found
