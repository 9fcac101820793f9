"""A person's notes go out: as Markdown to read, or as JSON Lines, a note a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from corpus.anchor import find_again
from corpus.errors import UsageError
from corpus.notes import Note
from corpus.review import Review

#: The formats of notes: name -> (media type, ending).
NOTE_FORMATS = {"markdown": ("text/markdown; charset=utf-8", "md"), "jsonl": ("application/jsonl; charset=utf-8", "jsonl")}


def export_notes(notes: Iterable[Note], reviews: Mapping[str, Review], format: str) -> Iterator[str]:
    """The notes in a format, in the order given; `reviews` are their records by id, as they are. Raises UsageError."""
    if format not in NOTE_FORMATS:
        raise UsageError(f"there is no format {format!r} for notes", remedy=f"The formats are: {', '.join(NOTE_FORMATS)}")
    write = _markdown if format == "markdown" else _line
    return (write(note, reviews.get(note.review_id)) for note in notes)


def _markdown(note: Note, review: Review | None) -> str:
    """A note under the record it is on, with the words it stands on quoted before it."""
    head = f"{review.label()}. {' '.join(review.title.split())}" if review is not None else note.review_id
    doi = f"https://doi.org/{review.doi}" if review is not None and review.doi else ""
    about = " · ".join(part for part in (note.review_id, doi, f"written {note.at}", f"changed {note.changed}" if note.changed != note.at else "") if part)
    quote = "".join(f"> {line}\n" for line in note.anchor.quote.split("\n")) if note.anchor else ""
    place = f"> ({note.anchor.field}, revision {note.anchor.revision})\n\n" if note.anchor else ""
    return f"## {head}\n\n{about}\n\n{quote}{place}{note.text}\n\n"


def _line(note: Note, review: Review | None) -> str:
    now = find_again(note.anchor, review) if note.anchor and review is not None else None
    record = {"id": review.id, "title": review.title, "label": review.label(), "doi": review.doi} if review is not None else None
    table = {name: value for name, value in note.as_dict().items() if name != "owner"}
    table |= {"record": record, "now": now.as_dict() if now else None, "detached": note.anchor is not None and now is None}
    return json.dumps(table, ensure_ascii=False) + "\n"
