"""The typed values that the steps of an answer hand on, from what a reader asks for to the checked sentences of a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.answer import Answer, CatalogueAnswer, Understanding
from assistant.decide import Decision
from assistant.draft import DraftSentence, ParsedDraft
from assistant.evidence import EvidenceSentence, Question, Weighed
from assistant.own_notes import OwnNote
from assistant.quotes import Chosen
from assistant.turns import Turns
from assistant.understanding import Turn
from assistant.writing import Checked, Lines
from corpus import Filter, InputError
from index.searcher import SearchResult

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

#: Code points in a question at most; what is longer is a pasted document, not a question.
LONGEST_QUESTION = 2_000


@dataclass(frozen=True)
class Writer:
    """A language model to draft with. `open` gives it and its name for the reader; it is called when the quotes are already shown.

    `must`: the reader named this very model, so that it cannot be had is an error and not a notice. `strong`: it can be trusted to make a
    follow-up stand alone. `turns` is the queue before it, in which this question is `person`'s; without one nobody waits.
    """

    open: Callable[[], tuple[Callable[[], BaseChatModel], str]]
    must: bool = False
    strong: bool = False
    turns: Turns | None = None
    person: str = ""


@dataclass(frozen=True)
class Request:
    """What a reader asks for. `last` is what a follow-up may refer to; `standalone` is the question as the reader wants it understood; `notes` are the
    reader's own, to be searched too, and `note_titles` the titles of the records they are on, by id."""

    text: str
    chosen: Filter | None = None
    writer: Writer | None = None
    last: Turn | None = None
    standalone: str = ""
    notes: tuple[OwnNote, ...] = ()
    note_titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Understood:
    """The request with its question made stand-alone, and what the catalogue says to it.

    `sure` means that nothing else is to be looked for. `told` is what the reader has to know.
    """

    request: Request
    standalone: str
    how: Understanding = field(default_factory=Understanding)
    catalogue: CatalogueAnswer | None = None
    sure: bool = False
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What the search found for it, sentence by sentence; nothing where nothing was looked for."""

    understood: Understood
    question: Question
    result: SearchResult | None = None
    weighed: Weighed | None = None


@dataclass(frozen=True)
class Prepared:
    """Everything known before a model is asked: the quotes answer is complete and can be shown at once."""

    answer: Answer
    question: Question
    sentences: tuple[EvidenceSentence, ...]
    scores: tuple[float, ...]
    chosen: tuple[Chosen, ...]
    decision: Decision
    writer: Writer | None = None


@dataclass(frozen=True)
class Drafted:
    """What a model wrote ("" for none), under which keys it was given the evidence, and what the reader is told of it.

    `checked` holds the sentences that were checked while it wrote.
    """

    prepared: Prepared
    lines: Lines = field(default_factory=dict)
    checked: dict[DraftSentence, Checked] = field(default_factory=dict)
    text: str = ""
    parsed: ParsedDraft | None = None
    label: str = ""
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verified:
    """The draft's sentences, each with its verdict."""

    drafted: Drafted
    sentences: tuple[Checked, ...] = ()
    refused: bool = False
    unknown_keys: int = 0


def clean_question(text: str) -> str:
    """The question in one line. Raises InputError when it is empty or too long."""
    text = " ".join(text.split())
    if not text:
        raise InputError("the question is empty", remedy="Ask something in plain language")
    if len(text) > LONGEST_QUESTION:
        raise InputError(f"the question has {len(text):,} characters; {LONGEST_QUESTION:,} is the most", remedy="Ask it more briefly")
    return text
