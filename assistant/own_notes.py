"""The words of a reader's own notes in an answer: kept with it as places alone, so that only the notes' owner ever sees the words again.

Whoever a kept answer is shown to, shared with or exported for gets none of them; its owner gets them as long as the note is as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from assistant.answer import Answer


class OwnNote(Protocol):
    """What is asked of a note: `corpus.Note` has it."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def review_id(self) -> str:
        """The record it is on."""
        ...

    @property
    def text(self) -> str:
        """Its words."""
        ...

    @property
    def changed(self) -> str:
        """When it was last changed (UTC)."""
        ...


@dataclass(frozen=True, slots=True)
class NoteSentence:
    """`note.text[start:end] == text`, while the note is as it was at `changed`. `text` is "" where the words are not for whoever reads the answer."""

    note_id: str
    review_id: str
    start: int
    end: int
    changed: str
    text: str = ""

    def as_dict(self, *, own: bool = False) -> dict[str, Any]:
        """As an answer is kept; with `own` as `ask --json` prints it to the note's owner, with the words."""
        table = {name: getattr(self, name) for name in ("note_id", "review_id", "start", "end", "changed")}
        return table | ({"text": self.text} if own else {})

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> NoteSentence:
        """A kept one: its place, without its words."""
        return cls(*(table[name] for name in ("note_id", "review_id", "start", "end", "changed")))


def with_own_words(answer: Answer, notes: Mapping[str, OwnNote]) -> Answer:
    """A kept answer with the words of its note sentences, for the notes' owner; `notes` are theirs, by id. Of a note changed since no words are shown."""
    return replace(answer, from_notes=tuple(_filled(sentence, notes.get(sentence.note_id)) for sentence in answer.from_notes))


def for_others(answer: Answer) -> Answer:
    """The answer without any word of a note."""
    return replace(answer, from_notes=tuple(replace(sentence, text="") for sentence in answer.from_notes))


def _filled(sentence: NoteSentence, note: OwnNote | None) -> NoteSentence:
    same = note is not None and note.changed == sentence.changed
    return replace(sentence, text=note.text[sentence.start : sentence.end] if note is not None and same else "")
