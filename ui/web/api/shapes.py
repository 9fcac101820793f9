"""The shapes of what the API gives, for its description: what the commands' --json prints. A test holds what is given to them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class Shape(BaseModel, extra="allow"):
    """A JSON object; more may come to stand in it."""


class Fault(Shape):
    """What could not be done, where, and what to do; `message` is the three in one line."""

    message: str
    what: str
    where: str
    remedy: str


class Faulty(Shape):
    """What every failed call gives."""

    error: Fault


class Author(Shape):
    """A person's name in two parts."""

    family: str
    given: str


class Notice(Shape):
    """What a publisher said about a paper after it appeared."""

    type: Literal["concern", "erratum", "retraction"]
    text: str
    date: str | None = None


class Leg(Shape):
    """How one leg of the search ranked a record; higher scores are better."""

    rank: int
    score: float


class Span(Shape):
    """Words of a record: `record[field][start:end]`, counted in Unicode code points."""

    field: str
    start: int
    end: int
    text: str


class Hit(Span):
    """A record that was found, with its best passage and the others."""

    rank: int
    review_id: str
    title: str
    year: int | None
    score: float
    legs: dict[str, Leg | None]
    others: list[Span]
    revision: int


class Hits(Shape):
    """Ranked records. `left_out`: records without a year that a condition on the year could not judge."""

    query: str
    config: str
    revision: int
    hits: list[Hit]
    left_out: int
    seconds: float


class Citation(Shape):
    """The words that a sentence rests on; `key` is the number of their record in the answer."""

    key: int
    review_id: str
    revision: int
    field: str
    start: int
    end: int
    quote: str


class Sentence(Shape):
    """A checked sentence. `lead` is the program's own; `score` in 0..1."""

    lead: str
    text: str
    support: Literal["verbatim", "supported"]
    score: float
    citations: list[Citation]


class Cited(Shape):
    """A record that an answer cites under `key`, or that is near."""

    key: int
    id: str
    title: str
    authors: list[Author]
    authors_partial: bool
    year: int | None
    journal: str
    doi: str
    label: str
    notices: list[Notice]


class Counted(Shape):
    """An exact answer from the catalogue."""

    filter: list[str]
    count: int
    ids: list[str]
    left_out: int
    text: str


class Answer(Shape):
    """A checked answer. `confidence` is the estimated probability that the collection answers the question."""

    id: str
    question: str
    standalone_question: str
    kind: Literal["evidence", "catalogue"]
    outcome: Literal["answered", "partly", "not_in_corpus"] | None
    confidence: float = Field(ge=0, le=1)
    missing: list[str]
    notices: list[str]
    sentences: list[Sentence]
    catalogue: Counted | None = None
    reviews: list[Cited]
    nearest: list[Cited]
    nearest_sentences: list[Sentence]
    model: str
    config: str
    revision: int
    at: str


class Record(Shape):
    """A record with all its fields."""

    id: str
    revision: int
    status: Literal["current", "withdrawn", "retracted"]
    notices: list[Notice]
    title: str
    authors: list[Author]
    authors_partial: bool
    year: int | None
    journal: str
    doi: str
    pmid: str
    url: str
    summary: str
    abstract: str
    findings: list[str]
    limits: list[str]
    sections: list[str]
    section_titles: list[str]
    keywords: list[str]
    facets: dict[str, list[str]]
    csl: dict[str, Any]


class Version(Shape):
    """One state of a record: since which revision, what was done, by whom, when (UTC) and why."""

    revision: int
    action: str
    actor: str
    at: str
    note: str


class History(Shape):
    """Every state of a record, newest first."""

    id: str
    versions: list[Version]


class Near(Shape):
    """What is near a facet value that no record has."""

    field: str
    value: str
    near: list[str]


class Row(Shape):
    """A record as the catalogue lists it."""

    id: str
    title: str
    authors: list[Author]
    year: int | None
    journal: str
    doi: str
    pmid: str
    status: Literal["current", "withdrawn", "retracted"]
    notices: list[Notice]
    facets: dict[str, list[str]]
    revision: int


class Chosen(Shape):
    """What filters were read as."""

    filter: list[str]


class Records(Chosen):
    """Records `start` and following of `total`. `left_out`: those without a year that a condition on the year could not judge."""

    sort: str
    start: int
    total: int
    left_out: int
    revision: int
    records: list[Row]
    suggestions: list[Near]


class Count(Chosen):
    """How many records there are."""

    count: int
    left_out: int
    revision: int
    suggestions: list[Near]


class Value(Shape):
    """A facet's value and how many records have it."""

    value: str
    count: int


class Facets(Chosen):
    """Each facet's values, most frequent first."""

    facets: dict[str, list[Value]]


class SetHead(Shape):
    """A test set: how many queries it has, drafts among them, and how many judgements."""

    name: str
    guideline: str
    queries: int
    drafts: int
    judgements: int
    at: str
    actor: str


class Sets(Shape):
    """The test sets."""

    sets: list[SetHead]


class Query(Shape):
    """A question to measure the finding with."""

    id: str
    text: str
    need: str
    tags: list[str]
    answerable: bool | None
    synthetic: bool
    draft: bool


class Set(Shape):
    """A test set with its queries."""

    set: str
    guideline: str
    queries: list[Query]


class Judged(Shape):
    """One judge's word on a record for a query; `grade` null for "cannot tell"."""

    query: str
    review_id: str
    grade: int | None
    judge: str
    anchor: dict[str, Any] | None = None
    reason: str
    adjudicated: bool


class Judgements(Shape):
    """The judgements that stand, oldest first."""

    set: str
    judgements: list[Judged]


class Run(Shape):
    """A kept run; `document` has its measures."""

    id: str
    set_name: str
    config: str
    config_hash: str
    revision: int
    reason: str
    at: str
    document: dict[str, Any]


class Runs(Shape):
    """Kept runs, newest first, `start` and following of `total`."""

    start: int
    total: int
    runs: list[Run]
