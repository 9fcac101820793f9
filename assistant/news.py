"""News on a saved question: what an answer to it says now that the one before did not, and what became of what that one cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.answer import Answer, Outcome, ReviewRef, Sentence
from assistant.replay import Look, differences
from corpus import Anchor, NotFoundError, Status


@dataclass(frozen=True)
class Said:
    """A sentence in news: its lead, its words ("" where their record is no evidence any more), and where they stand."""

    lead: str
    text: str
    label: str
    doi: str
    place: Anchor

    def as_dict(self) -> dict[str, Any]:
        """As data."""
        return {"lead": self.lead, "text": self.text, "label": self.label, "doi": self.doi, "place": self.place.as_dict()}

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Said:
        """The reverse of `as_dict`."""
        return cls(table["lead"], table["text"], table["label"], table["doi"], Anchor(**table["place"]))


@dataclass(frozen=True)
class News:
    """What is new on a question. `first`: it had not been asked before. `outcome` is "" where nothing was looked for; `was` is the former one.

    `changed` are the records cited before that say other things now: label, id, parts. `count`, for a question to the catalogue: how many records
    there were and are, and which came.
    """

    question: str
    answer: str
    first: bool
    outcome: str
    was: str
    new: tuple[Said, ...] = ()
    gone: tuple[Said, ...] = ()
    changed: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    count: tuple[int, int] | None = None
    came: tuple[tuple[str, str], ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the answer is what it was."""
        return not (self.first or self.new or self.gone or self.changed or self.came or self.outcome != self.was or (self.count and len(set(self.count)) > 1))

    def as_dict(self) -> dict[str, Any]:
        """As `questions ask --json` prints it."""
        table: dict[str, Any] = {name: getattr(self, name) for name in ("question", "answer", "first", "nothing", "outcome", "was")}
        table |= {name: [said.as_dict() for said in getattr(self, name)] for name in ("new", "gone")}
        table["changed"] = [{"label": label, "review_id": review_id, "parts": list(parts)} for label, review_id, parts in self.changed]
        table["count"] = {"was": self.count[0], "is": self.count[1]} if self.count else None
        return table | {"came": [{"label": label, "review_id": review_id} for label, review_id in self.came]}

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> News:
        """The reverse of `as_dict`."""
        head = {name: table[name] for name in ("question", "answer", "first", "outcome", "was")}
        new, gone = (tuple(Said.from_dict(entry) for entry in table[name]) for name in ("new", "gone"))
        changed = tuple((entry["label"], entry["review_id"], tuple(entry["parts"])) for entry in table["changed"])
        count = (table["count"]["was"], table["count"]["is"]) if table["count"] else None
        return cls(**head, new=new, gone=gone, changed=changed, count=count, came=tuple((entry["label"], entry["review_id"]) for entry in table["came"]))


def news_of(then: Answer | None, now: Answer, look: Look) -> News:
    """What `now` says that `then` did not; `look(id, revision)` gives a record as it was at a revision, or as it is (None)."""
    head: dict[str, Any] = {"question": now.question, "answer": now.id, "outcome": _outcome(now.outcome)}
    if then is None:
        count = (0, now.catalogue.count) if now.kind == "catalogue" and now.catalogue else None
        new = tuple(said for sentence in now.sentences for said in _said(sentence, now, look))
        return News(**head, first=True, was="", new=new, count=count)
    found = differences(then, now, look)
    new = tuple(said for sentence in found.new for said in _said(sentence, now, look))
    gone = tuple(said for sentence in found.gone for said in _said(sentence, then, look))
    changed = tuple((record.label, record.review_id, record.parts) for record in found.records)
    count, came = _counted(then, now)
    return News(**head, first=False, was=_outcome(then.outcome), new=new, gone=gone, changed=changed, count=count, came=came)


def _said(sentence: Sentence, answer: Answer, look: Look) -> list[Said]:
    """The sentence with the first place it rests on; none where it rests on nothing (that is never shown)."""
    if not sentence.citations:
        return []
    first = sentence.citations[0]
    record = next((review for review in answer.reviews if review.key == first.key), None)
    text = sentence.text if _is_evidence(first.anchor.review_id, look) else ""
    return [Said(sentence.lead, text, record.label if record else "", record.doi if record else "", first.anchor)]


def _is_evidence(review_id: str, look: Look) -> bool:
    try:
        return look(review_id, None).status == Status.CURRENT
    except NotFoundError:
        return False


def _counted(then: Answer, now: Answer) -> tuple[tuple[int, int] | None, tuple[tuple[str, str], ...]]:
    if now.kind != "catalogue" or not now.catalogue:
        return None, ()
    known = set(then.catalogue.ids) if then.catalogue else set()
    records: tuple[ReviewRef, ...] = now.catalogue.records
    came = tuple((record.label, record.id) for record in records if record.id not in known)
    return (then.catalogue.count if then.catalogue else 0, now.catalogue.count), came


def _outcome(outcome: Outcome | None) -> str:
    return outcome.value if outcome else ""
