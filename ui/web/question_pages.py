"""Saved questions in the browser: each reader's own, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from assistant.news import News
from corpus import FlorilegiumError, Role
from ui.digest.writing import news_lines
from ui.texts import locale_of, say
from ui.web.forms import Form
from ui.web.pages import page
from ui.web.people import Person, require

if TYPE_CHECKING:
    from ui.engine import LocalEngine


def question_pages(engine: LocalEngine) -> APIRouter:
    """Routes for members: their list, saving, removing, and asking again."""
    router = APIRouter(include_in_schema=False, prefix="/questions")
    library = engine.library

    def shown(person: Person, *, typed: str = "", fault: str = "", news: dict[int, list[tuple[str, str]]] | None = None, status: int = 200) -> Response:
        values: dict[str, Any] = {"questions": library.questions.all(person.name), "typed": typed, "fault": fault, "news": news or {}}
        return page("questions.html", status=status, form=True, **values)

    @router.get("")
    def all_questions(request: Request) -> Response:
        return shown(require(request, Role.MEMBER))

    @router.post("")
    def save(request: Request, form: Form) -> Response:
        """Save a question, as typed or, with `answer`, as one of the person's answers has it."""
        person = require(request, Role.MEMBER)
        try:
            save_question(engine, person, form.get("question"), form.all("filter"), form.get("answer"))
        except FlorilegiumError as error:
            return shown(person, typed=form.get("question"), fault=str(error), status=400)
        return RedirectResponse("/questions", status_code=303)

    @router.post("/ask")
    def ask(request: Request, form: Form) -> Response:
        """Ask again. The next mail tells the same news; only where there is none are later news told against these answers."""
        person = require(request, Role.MEMBER)
        try:
            found = engine.ask_again(person.name, [int(number) for number in form.all("number") if number.isdecimal()])
        except FlorilegiumError as error:
            return shown(person, fault=str(error), status=400)
        if not any(each.active for each in library.subscribers.of_owner(person.name)):
            library.questions.answered(person.name, {int(number): answer for number, answer in found["answers"].items()})
        locale = locale_of(request)
        news = {entry["number"]: news_lines(News.from_dict(entry), locale, "") for entry in found["news"]}
        return shown(person, news=news | {int(number): [(fault, "")] for number, fault in found["faults"].items()})

    @router.post("/{number:int}/remove")
    def remove(number: int, request: Request) -> Response:
        person = require(request, Role.MEMBER)
        try:
            library.questions.remove(number, person.name)
        except FlorilegiumError as error:
            return page("missing.html", status=404, heading=say("missing.not_done"), message=error.message)
        return RedirectResponse("/questions", status_code=303)

    return router


def save_question(engine: LocalEngine, person: Person, question: str, filters: list[str], answer_id: str = "") -> None:
    """Save a question for a person; with the id of their answer, that answer's question and filters, and news are told against it.

    Raises FlorilegiumError: an unknown filter, an empty question, an answer that is not theirs.
    """
    library = engine.library
    answer = library.answers.get(answer_id, person.name) if answer_id else None
    wanted = engine.filter(answer["filters"] if answer else filters).as_list()
    library.questions.save(answer["standalone_question"] if answer else question, wanted, person.name, answer)
