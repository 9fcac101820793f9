"""A kept answer looked at again: as it was, with what its records say of themselves today, and against an answer to the same question now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.answer import Answer, ReviewRef, Sentence
from corpus import Anchor, NotFoundError, Review, Standing, Status

#: Parts of a record of which a change is told, in this order.
_PARTS = tuple("status notices title authors year journal doi pmid url summary abstract findings limits sections section_titles keywords facets access".split())
Look = Callable[[str, int | None], Review]
Stand = Callable[[Sequence[Anchor]], Sequence[Standing]]


@dataclass(frozen=True)
class Today:
    """A kept answer as it is shown today. `standings`: each citation's number and how its words and record stand, in order; `told`: by number, in words."""

    answer: Answer
    standings: tuple[tuple[int, Standing], ...]
    told: Mapping[int, tuple[str, ...]]

    def standings_as_dicts(self) -> list[dict[str, Any]]:
        """As `answer --json` and `replay --json` print them."""
        return [{"key": key, **standing.as_dict()} for key, standing in self.standings]


@dataclass(frozen=True)
class Changed:
    """A cited record that is not as it was: which parts changed; `gone`: it is no longer in the library."""

    review_id: str
    label: str
    parts: tuple[str, ...] = ()
    gone: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As `replay --json` prints it."""
        return {"review_id": self.review_id, "label": self.label, "parts": list(self.parts), "gone": self.gone}


@dataclass(frozen=True)
class Difference:
    """What is other in the answer now: sentences by their text and place, the records since, and what it was answered with."""

    kept: tuple[Sentence, ...]
    new: tuple[Sentence, ...]
    gone: tuple[Sentence, ...]
    records: tuple[Changed, ...]
    settings: Mapping[str, tuple[Any, Any]]

    @property
    def same(self) -> bool:
        """Whether the answer says the same, from records that say the same, answered the same way."""
        return not (self.new or self.gone or self.records or self.settings)

    def as_dict(self) -> dict[str, Any]:
        """As `replay --json` prints it."""
        sentences = {name: [sentence.as_dict() for sentence in getattr(self, name)] for name in ("kept", "new", "gone")}
        settings = {name: {"then": then, "now": now} for name, (then, now) in self.settings.items()}
        return {"same": self.same, **sentences, "records": [record.as_dict() for record in self.records], "settings": settings}


def differences(then: Answer, now: Answer, look: Look) -> Difference:
    """Compare two answers to one question. `look(id, revision)` gives a record as it was at a revision, or as it is (None)."""
    before, after = {_key(sentence): sentence for sentence in then.sentences}, {_key(sentence): sentence for sentence in now.sentences}
    settings = {
        name: (getattr(then, name), getattr(now, name))
        for name in ("outcome", "model", "config", "config_hash", "revision", "filters")
        if getattr(then, name) != getattr(now, name)
    }
    return Difference(
        kept=tuple(sentence for key, sentence in before.items() if key in after),
        new=tuple(sentence for key, sentence in after.items() if key not in before),
        gone=tuple(sentence for key, sentence in before.items() if key not in after),
        records=changed_records(then, look),
        settings=settings,
    )


def changed_records(answer: Answer, look: Look) -> tuple[Changed, ...]:
    """The records an answer cites that have changed since, and in which parts."""
    found = []
    for reference in answer.reviews:
        try:
            newest = look(reference.id, None)
        except NotFoundError:
            found.append(Changed(reference.id, reference.label, gone=True))
            continue
        try:
            old = look(reference.id, answer.revision)
        except NotFoundError:  # its earlier states went with a merge or an undone import
            found.append(Changed(newest.id, reference.label, ("everything",)))
            continue
        parts = _parts(old, newest)
        if parts:
            found.append(Changed(newest.id, reference.label, parts))
    return tuple(found)


def as_of_today(answer: Answer, stand: Stand, look: Look) -> Today:
    """The kept answer, word for word, with the notices that its records carry now, and how everything it cites stands today."""
    citations = [citation for sentence in answer.sentences for citation in sentence.citations]
    keys = [citation.key for citation in citations]
    found = tuple(zip(keys, stand([citation.anchor for citation in citations]), strict=True))
    told, references = {}, []
    for reference in answer.reviews:
        standing = [each for key, each in found if key == reference.key]
        told[reference.key] = tuple(f"[{reference.key}] {reference.label} {said}" for said in _said(standing))
        there = any(each.status for each in standing)
        references.append(replace(reference, notices=tuple(notice.model_dump() for notice in standing[0].notices)) if there else reference)
    notices = (*answer.notices, *(line for lines in told.values() for line in lines))
    return Today(replace(answer, reviews=tuple(references), nearest=_nearest(answer.nearest, look), notices=notices), found, told)


def _said(standing: Sequence[Standing]) -> list[str]:
    """What a reader is told of one cited record: whether it is there, still evidence, and still says what was cited."""
    if not any(each.status for each in standing):
        return ["is no longer in the library."]
    said = []
    if standing[0].status != Status.CURRENT:
        said.append(f"has been {'marked retracted' if standing[0].status == Status.RETRACTED else 'withdrawn'}; it is no longer evidence.")
    for quote in dict.fromkeys(each.cited.quote for each in standing if each.detached):
        said.append(f"no longer has the words cited: “{quote}” They can be read at revision {standing[0].cited.revision}.")
    return said


def _nearest(references: Sequence[ReviewRef], look: Look) -> tuple[ReviewRef, ...]:
    shown = []
    for reference in references:
        try:
            shown.append(replace(reference, notices=tuple(notice.model_dump() for notice in look(reference.id, None).notices)))
        except NotFoundError:
            shown.append(reference)
    return tuple(shown)


def _key(sentence: Sentence) -> tuple[str, tuple[str, ...]]:
    return sentence.text, tuple(citation.anchor.review_id for citation in sentence.citations)


def _parts(old: Review, newest: Review) -> tuple[str, ...]:
    before, after = old.public(), newest.public()
    parts = [name for name in _PARTS if before.get(name) != after.get(name)]
    if not parts and before["csl"] != after["csl"]:
        parts = ["bibliography"]
    return tuple(parts)
