"""`Answer` and its parts: plain, frozen data. Web page, command line, HTTP and export all show this value; nothing is parsed back from text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from assistant.own_notes import NoteSentence
from corpus import Anchor, Review

#: Raised when the stored form of an answer changes.
SCHEMA = 2


class Support(StrEnum):
    """What the check says of a sentence against the words it cites."""

    VERBATIM = "verbatim"
    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNSUPPORTED = "unsupported"


#: The only ones a reader is shown.
SHOWN = frozenset({Support.VERBATIM, Support.SUPPORTED})


class Outcome(StrEnum):
    """Whether the collection answers the question."""

    ANSWERED = "answered"
    PARTLY = "partly"
    NOT_IN_CORPUS = "not_in_corpus"


@dataclass(frozen=True, slots=True)
class Citation:
    """The words a sentence rests on; `key` is the number of their review in this answer, from 1."""

    key: int
    anchor: Anchor

    def as_dict(self) -> dict[str, Any]:
        """As `ask --json` prints it."""
        return {"key": self.key, **self.anchor.as_dict()}

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Citation:
        """The reverse of `as_dict`."""
        return cls(int(table["key"]), Anchor(**{name: table[name] for name in Anchor.__slots__}))


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer. `lead` is the program's own ("Abdallah et al., 2018:"); `score` in 0..1, higher is better supported."""

    text: str
    support: Support
    score: float
    citations: tuple[Citation, ...]
    lead: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As `ask --json` prints it."""
        return {
            "lead": self.lead,
            "text": self.text,
            "support": self.support.value,
            "score": round(self.score, 4),
            "citations": [citation.as_dict() for citation in self.citations],
        }

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Sentence:
        """The reverse of `as_dict`."""
        citations = tuple(Citation.from_dict(entry) for entry in table["citations"])
        return cls(table["text"], Support(table["support"]), float(table["score"]), citations, table["lead"])


@dataclass(frozen=True, slots=True)
class ReviewRef:
    """What an answer says of a review it cites, or of one that is near: enough to show it without asking the library."""

    key: int
    id: str
    title: str
    authors: tuple[Mapping[str, str], ...]
    authors_partial: bool
    year: int | None
    journal: str
    doi: str
    label: str
    notices: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, review: Review, key: int) -> ReviewRef:
        """Describe a review."""
        return cls(
            key=key,
            id=review.id,
            title=review.title,
            authors=tuple(name._asdict() for name in review.authors),
            authors_partial=review.authors_partial,
            year=review.year,
            journal=review.journal,
            doi=review.doi,
            label=review.label(),
            notices=tuple(notice.model_dump() for notice in review.notices),
        )

    def as_dict(self) -> dict[str, Any]:
        """As `ask --json` prints it."""
        table = {name: getattr(self, name) for name in self.__slots__}
        return table | {"authors": [dict(name) for name in self.authors], "notices": [dict(notice) for notice in self.notices]}

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> ReviewRef:
        """The reverse of `as_dict`."""
        values = {name: table[name] for name in cls.__slots__}
        return cls(**values | {"authors": tuple(values["authors"]), "notices": tuple(values["notices"])})


@dataclass(frozen=True, slots=True)
class CatalogueAnswer:
    """An exact answer from the catalogue: the filter used, how many records it lets through, which, and how many it could not judge.

    `asked` is count, list, newest, oldest or who; `records` describes the first of `ids`, in the same order; `unknown` are words of the question
    that no term, author or title of the collection explains: with one of them nothing is let through.
    """

    filter: tuple[str, ...]
    count: int
    ids: tuple[str, ...]
    left_out: int
    asked: str = "list"
    records: tuple[ReviewRef, ...] = ()
    unknown: tuple[str, ...] = ()

    def said(self) -> str:
        """The answer in a sentence."""
        where = f" for {', '.join(self.filter)}" if self.filter else " in the whole collection"
        if self.unknown:
            words = ", ".join(f"“{word}”" for word in self.unknown)
            return f"0 records: no term, author or title of this collection explains {words}."
        if self.asked in ("newest", "oldest") and self.records:
            first = self.records[0]
            return f"The {self.asked} of {self.count}{where}: {first.label}. {first.title}"
        return f"{self.count:,} record{'' if self.count == 1 else 's'}{where}."

    def as_dict(self) -> dict[str, Any]:
        """As `ask --json` prints it."""
        return {
            "filter": list(self.filter),
            "count": self.count,
            "ids": list(self.ids),
            "left_out": self.left_out,
            "asked": self.asked,
            "text": self.said(),
            "records": [record.as_dict() for record in self.records],
            "unknown": list(self.unknown),
        }

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> CatalogueAnswer:
        """The reverse of `as_dict`."""
        records = tuple(ReviewRef.from_dict(entry) for entry in table.get("records", ()))
        head = (tuple(table["filter"]), table["count"], tuple(table["ids"]), table["left_out"])
        return cls(*head, table.get("asked", "list"), records, tuple(table.get("unknown", ())))


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a question was taken. `how` says who made it stand alone: typed (it did), rules, model or reader; `language` is an ISO 639-1 code."""

    how: str = "typed"
    language: str = "en"
    advice: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As `ask --json` prints it."""
        return {"how": self.how, "language": self.language, "advice": self.advice}


@dataclass(frozen=True)
class Answer:
    """A checked answer. `sentences` are those a reader is shown; `draft` keeps all a model wrote, with every verdict.

    `confidence` is the estimated probability (0..1) that the evidence answers the question; `seconds` are per step. `outcome` is None where
    nothing was looked for (a language that the configuration does not handle): then the notices say why. `catalogue` beside an answer of the
    kind "evidence" is the other way to take the question. `from_notes` are sentences of the reader's own notes; their words are never kept with
    it. `nearest_sentences` are what came nearest in the `nearest` records where nothing answers: they are shown as that, and are no answer.
    """

    id: str
    question: str
    standalone_question: str
    outcome: Outcome | None
    confidence: float
    sentences: tuple[Sentence, ...]
    reviews: tuple[ReviewRef, ...]
    nearest: tuple[ReviewRef, ...]
    model: str
    config: str
    revision: int
    at: str
    kind: Literal["evidence", "catalogue"] = "evidence"
    missing: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    catalogue: CatalogueAnswer | None = None
    draft: tuple[Sentence, ...] = ()
    dropped_keys: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)
    config_hash: str = ""
    understood: Understanding = field(default_factory=Understanding)
    from_notes: tuple[NoteSentence, ...] = ()
    nearest_sentences: tuple[Sentence, ...] = ()

    @property
    def nearest_words(self) -> dict[str, Sentence]:
        """The id of a record of `nearest` -> the sentence of it that came nearest; records without one are left out."""
        return {sentence.citations[0].anchor.review_id: sentence for sentence in self.nearest_sentences}

    def as_dict(self) -> dict[str, Any]:
        """As `ask --json` prints it and as the library keeps it (DESIGN section 8)."""
        return {
            "id": self.id,
            "schema": SCHEMA,
            "question": self.question,
            "standalone_question": self.standalone_question,
            "understood": self.understood.as_dict(),
            "kind": self.kind,
            "outcome": self.outcome.value if self.outcome else None,
            "confidence": round(self.confidence, 4),
            "missing": list(self.missing),
            "notices": list(self.notices),
            "filters": list(self.filters),
            "sentences": [sentence.as_dict() for sentence in self.sentences],
            "from_notes": [sentence.as_dict() for sentence in self.from_notes],
            "catalogue": self.catalogue.as_dict() if self.catalogue else None,
            "reviews": [review.as_dict() for review in self.reviews],
            "nearest": [review.as_dict() for review in self.nearest],
            "nearest_sentences": [sentence.as_dict() for sentence in self.nearest_sentences],
            "draft": [sentence.as_dict() for sentence in self.draft],
            "dropped_keys": self.dropped_keys,
            "model": self.model,
            "config": self.config,
            "config_hash": self.config_hash,
            "revision": self.revision,
            "at": self.at,
            "seconds": {name: round(value, 4) for name, value in self.seconds.items()},
        }

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Answer:
        """The reverse of `as_dict`: a stored answer is shown again exactly as it was."""
        catalogue = table["catalogue"]
        return cls(
            id=table["id"],
            question=table["question"],
            standalone_question=table["standalone_question"],
            outcome=Outcome(table["outcome"]) if table["outcome"] else None,
            confidence=float(table["confidence"]),
            sentences=tuple(Sentence.from_dict(entry) for entry in table["sentences"]),
            reviews=tuple(ReviewRef.from_dict(entry) for entry in table["reviews"]),
            nearest=tuple(ReviewRef.from_dict(entry) for entry in table["nearest"]),
            model=table["model"],
            config=table["config"],
            revision=int(table["revision"]),
            at=table["at"],
            kind=table["kind"],
            missing=tuple(table["missing"]),
            notices=tuple(table["notices"]),
            filters=tuple(table["filters"]),
            catalogue=CatalogueAnswer.from_dict(catalogue) if catalogue else None,
            draft=tuple(Sentence.from_dict(entry) for entry in table["draft"]),
            dropped_keys=int(table["dropped_keys"]),
            seconds=dict(table["seconds"]),
            config_hash=table.get("config_hash", ""),  # answers of before it was kept have none
            understood=Understanding(**table.get("understood", {})),
            from_notes=tuple(NoteSentence.from_dict(entry) for entry in table.get("from_notes", ())),
            nearest_sentences=tuple(Sentence.from_dict(entry) for entry in table.get("nearest_sentences", ())),
        )
