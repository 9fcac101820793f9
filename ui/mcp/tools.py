"""What a model may do with the collection: search, ask, read a record, count. This list is all there is; none of it changes a record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, Field, StringConstraints

from corpus import LOCAL, Role, Scope
from ui.desk import Desk

_MOST = 50  # records of one search: what a model can take in
_FILTER = "field op value, op one of = != >= <= ~, values with | for or; such as year>=2015 or substances=ketamine|esketamine"
_Filters = Annotated[list[Annotated[str, StringConstraints(max_length=1_000)]], Field(max_length=50, description=f"Only these records: {_FILTER}")]


class Caller(NamedTuple):
    """On whose behalf a model asks: the owner of its answers, and what that person may read."""

    owner: str = LOCAL
    role: Role = Role.ADMIN


class _Input(BaseModel, extra="forbid"):
    """What a tool takes."""


class _Search(_Input):
    query: str = Field(min_length=1, max_length=2_000, description="What to look for, in plain words")
    k: int = Field(default=10, ge=1, le=_MOST, description="How many records at most")
    filters: _Filters = []


class _Ask(_Input):
    question: str = Field(min_length=1, max_length=2_000, description="A question in plain language")
    filters: _Filters = []
    after: str = Field(default="", max_length=40, description="The id of an earlier answer that the question follows up")


class _Get(_Input):
    id: str = Field(min_length=1, max_length=200, description="The record's id, as the other tools give it")
    revision: int | None = Field(default=None, ge=0, le=2**31 - 1, description="As it was at this revision of the library")


class _Count(_Input):
    filters: _Filters = []


class Given(NamedTuple):
    """What a tool gives: as data, and as text for a model to read."""

    data: dict[str, Any]
    text: str


class Tool(NamedTuple):
    """A tool: what it takes, the scope it needs, and what it does."""

    name: str
    about: str
    takes: type[_Input]
    scope: Scope
    work: Callable[[Desk, Any, Caller], Given]


def _search(desk: Desk, given: _Search, caller: Caller) -> Given:
    found = desk.search(given.query, given.k, given.filters, caller.role)
    lines = [f"{hit['rank']}. {hit['title'] or hit['review_id']} ({hit['year'] or 'no year'}) [{hit['review_id']}]: {hit['text']}" for hit in found["hits"]]
    return Given(found, "\n".join(lines) or "Nothing found.")


def _ask(desk: Desk, given: _Ask, caller: Caller) -> Given:
    from assistant.answer import Answer
    from ui.answer_text import answer_text

    answer = desk.ask(given.question, given.filters, caller.owner, after=given.after)
    data = {name: value for name, value in answer.items() if name not in ("draft", "evidence_table", "from_notes")}  # what did not pass is for no model to read
    return Given(data, answer_text(Answer.from_dict(answer)))


def _get(desk: Desk, given: _Get, caller: Caller) -> Given:
    from corpus import Review
    from corpus.importing import markdown

    review: Review = desk.review(given.id, caller.role, given.revision)
    return Given(review.public(), markdown.write(review))


def _count(desk: Desk, given: _Count, caller: Caller) -> Given:
    counted = desk.count(given.filters)
    left_out = f" {counted['left_out']} more have no year and could not be judged." if counted["left_out"] else ""
    near = "".join(f" No record has {each['field']}={each['value']}; near it: {', '.join(each['near'])}." for each in counted["suggestions"])
    return Given(counted, f"{counted['count']} records.{left_out}{near}")


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("search", "Find reviews in the collection; each comes with its best passage, word for word.", _Search, Scope.READ, _search),
        Tool(
            "ask",
            "Answer a question from the collection. Every sentence is checked against the passage it cites; where the collection does not answer, it says so.",
            _Ask,
            Scope.ASK,
            _ask,
        ),
        Tool("get_review", "Read one review's record with all its fields.", _Get, Scope.READ, _get),
        Tool("count_reviews", "Count the reviews that filters let through; exact.", _Count, Scope.READ, _count),
    )
}
