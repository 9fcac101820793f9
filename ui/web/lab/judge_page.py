"""The judging page, `/lab/judge?set=…`: server-rendered, with a script of our own and JSON routes, so that a key answers at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, Field

from corpus import LOCAL, Anchor, FlorilegiumError, ForbiddenError, Library, NotFoundError, Review, Role, UsageError
from corpus.lab import SUGGESTED, Judgement
from ui.texts import say
from ui.web.faults import status_of
from ui.web.full_text import sight_of
from ui.web.lab.work import Work, disputes_of, taken_back, work_of
from ui.web.pages import FOLDER, page
from ui.web.people import Person, require
from ui.web.place import Place
from ui.web.record_view import blocks_of

if TYPE_CHECKING:
    from ui.engine import LocalEngine

#: Grades of this page, best last.
GRADES = (0, 1, 2, 3)
_LONGEST = 100  # characters of a judge's name
_SCRIPT_WORDS = ("count", "left", "saved", "saved_cannot", "undone", "nothing", "skipped", "waiting", "lost", "reason", "model_says", "suggesting")


class Words(BaseModel, extra="forbid"):
    """Words of a record that a grade is for, at the revision the judge saw."""

    field: str = Field(max_length=60)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    revision: int = Field(ge=0)


class Graded(BaseModel, extra="forbid"):
    """A grade of a record for a query, None where the judge cannot tell, for some reason; with `words`, of those alone."""

    query: str = Field(max_length=300)
    review: str = Field(max_length=300)
    grade: int | None = Field(ge=min(GRADES), le=max(GRADES))
    reason: str = Field(default="", max_length=2_000)
    words: Words | None = None


class _Grade(Graded):
    """What the page sends for one judgement. `settle`: it settles a dispute."""

    set: str = Field(max_length=200)
    judge: str = Field(default="", max_length=_LONGEST)
    settle: bool = False


class _Suggest(BaseModel, extra="forbid"):
    """What the page sends to hear what a model says of a pair that its judge has graded."""

    set: str = Field(max_length=200)
    query: str = Field(max_length=300)
    review: str = Field(max_length=300)
    judge: str = Field(default="", max_length=_LONGEST)


class _Undo(BaseModel, extra="forbid"):
    """What the page sends to take the last judgement back."""

    set: str = Field(max_length=200)
    judge: str = Field(default="", max_length=_LONGEST)


def judge_pages(engine: LocalEngine) -> APIRouter:
    """The page, its files, and its JSON routes. Every one is for librarians; a judge's name is the account's."""
    router = APIRouter(include_in_schema=False, prefix="/lab/judge")
    library = engine.library

    @router.get("/judge.js")
    def script() -> FileResponse:
        return FileResponse(FOLDER / "files" / "judge.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    @router.get("/judge.css")
    def style() -> FileResponse:
        return FileResponse(FOLDER / "files" / "judge.css", media_type="text/css", headers={"Cache-Control": "no-cache"})

    @router.get("")
    def judge(request: Request, set: str = "", query: str = "", judge: str = "", settle: bool = False) -> Response:
        try:
            who = judge_of(require(request, Role.LIBRARIAN), judge)
            work = disputes_of(library, set, who) if settle else work_of(library, set, who, query or None)
        except FlorilegiumError as error:
            return page("missing.html", status=status_of(error), heading=say("judge.cannot_open"), message=str(error))
        return judging(work, suggests=not settle and engine.workshop.model_name(None) != "quotes")

    @router.get("/record")
    def record(request: Request, set: str, query: str, review: str) -> Response:
        try:
            person = require(request, Role.LIBRARIAN)
            asked = library.sets.queries(set).get(query)
            if asked is None:
                raise NotFoundError(f"the set {set!r} has no query {query!r}", remedy="Reload the page")
            shown = library.get(review)
        except FlorilegiumError as error:
            return Response(str(error), status_code=status_of(error), media_type="text/plain")
        sight, place = sight_of(library, shown, shown, person), best_place(engine, asked.text, shown)
        place = place if place and sight.sees(place) else None
        marked = shown.field_text(place.field)[place.start : place.end] if place else ""
        return page("judge_record.html", review=shown, blocks=blocks_of(shown, place, sight), place=place, marked=marked)

    @router.post("/grade")
    def grade(request: Request, given: _Grade) -> JSONResponse:
        def act(person: Person) -> dict[str, Any]:
            keep_judgement(library, given.set, given, judge_of(person, given.judge), settle=given.settle)
            return {"saved": True}

        return _done(request, act)

    @router.post("/undo")
    def undo(request: Request, given: _Undo) -> JSONResponse:
        return _done(request, lambda person: taken_back(library, given.set, judge_of(person, given.judge)))

    @router.post("/suggest")
    def suggest(request: Request, given: _Suggest) -> JSONResponse:
        return _done(request, lambda person: engine.lab_suggest(given.set, given.query, given.review, judge_of(person, given.judge)))

    return router


def judge_of(person: Person, name: str) -> str:
    """Whose judgements they are: the account's; where there are no accounts, people at one machine may each give a name. Raises ForbiddenError."""
    name = " ".join(name.split())
    if not name or name == person.name:
        return person.name
    if person.name != LOCAL or len(name) > _LONGEST or name.startswith(SUGGESTED):
        raise ForbiddenError(f"{name[:_LONGEST]!r} is not your name", remedy="Judge under your own")
    return name


def keep_judgement(library: Library, set_name: str, given: Graded, judge: str, *, settle: bool = False) -> Judgement:
    """Write a judgement down; as it is kept. Raises NotFoundError, InputError for words that are none, UsageError where a reason is wanting."""
    if given.grade is None and not given.reason.strip():
        raise UsageError(say("judge.reason"))
    shown = library.get(given.review, given.words.revision if given.words else None)
    anchor = Anchor.to(shown, given.words.field, given.words.start, given.words.end) if given.words else None
    made = Judgement(given.query, library.get(given.review).id, given.grade, judge, anchor, given.reason, settle)
    library.judgements.add(set_name, [made])
    return made


def best_place(engine: LocalEngine, question: str, review: Review) -> Place | None:
    """The passage of a record that the configuration in force finds nearest to a question; None where its index does not say."""
    try:
        found = engine.why(question, review.id, (), None)["passage"]
        place = Place(found["field"], found["start"], found["end"]) if found else None
        return place if place and review.field_text(place.field)[place.start : place.end] else None
    except FlorilegiumError:
        return None  # no index yet, or the record changed this moment: it is judged without a mark


def judging(work: Work, *, suggests: bool) -> Response:
    """The page for what there is to judge; `suggests` where a language model can be asked afterwards."""
    words = {name: _with_places(f"judge.{name}") for name in _SCRIPT_WORDS}
    return page("judge.html", script=True, work=work, data=work.as_dict() | {"words": words}, grades=GRADES, local=work.judge == LOCAL, suggests=suggests)


def _with_places(key: str) -> str:
    """A text whose places the script fills in."""
    return say(key, **{name: f"{{{name}}}" for name in ("done", "all", "minutes", "grade", "count", "why")})


def _done(request: Request, act: Callable[[Person], dict[str, Any]]) -> JSONResponse:
    """Do it, and say in JSON what came of it; a fault is one line."""
    try:
        return JSONResponse(act(require(request, Role.LIBRARIAN)))
    except FlorilegiumError as error:
        return JSONResponse({"fault": str(error)}, status_code=status_of(error))
