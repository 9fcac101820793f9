"""Asking over HTTP: an answer in one piece, or as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Path
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from assistant.answer import Answer
from assistant.own_notes import for_others
from corpus import FlorilegiumError
from ui.web.api import examples, shapes
from ui.web.api.described import given
from ui.web.api.events import HEADERS, STREAM, answered, as_dict, event_text, happening
from ui.web.api.taken import Asker, Plain
from ui.web.asking import Asked, Asking
from ui.web.faults import told, told_of
from ui.web.people import owner_for

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.engine import LocalEngine

_AnswerId = Annotated[Plain, Path(max_length=40, description="An answer's id.", examples=[examples.ANSWER["id"]])]

#: Of each event.
_EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"type": "string", "enum": ["step", "understood", "quotes", "waiting", "words", "checked", "passed", "answer", "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}


class Question(BaseModel, extra="forbid", json_schema_extra={"example": examples.QUESTION}):
    """A question. `after`: the id of the answer that it follows up; `model`: "quotes" for sentences quoted word for word, else the model in force."""

    question: Annotated[Plain, Field(min_length=1, max_length=2_000)]
    filters: Annotated[list[Annotated[Plain, Field(max_length=1_000)]], Field(max_length=50)] = []
    after: Annotated[Plain, Field(max_length=40)] = ""
    model: Literal["quotes"] | None = None
    stream: Annotated[bool, Field(description="Send what happens as server-sent events.")] = False


def asking(engine: LocalEngine, desk: Desk) -> APIRouter:
    """Routes that need the scope `ask`."""
    router, under_way = APIRouter(tags=["asking"]), Asking()

    described = given(shapes.Answer, examples.ANSWER, 404)
    described["responses"][200]["content"][STREAM] = {"schema": _EVENT, "example": examples.EVENTS}

    @router.post("/ask", **described)
    async def ask(person: Asker, asked: Question) -> Response:
        """Answer a question from the collection; every sentence carries the words it rests on.

        With `stream`, events: `step` (one begins), `understood`, `quotes` (the answer without a model, complete), `waiting` (others are at the model;
        `place` in its queue), `words` (what it writes, not yet checked), `checked` (a sentence and its verdict), `passed` (the answer with what has
        passed so far), at last `answer`, or `error`.
        """
        question = Asked(asked.question, tuple(asked.filters), asked.after, owner=person.name, model=asked.model)
        if asked.stream:
            await run_in_threadpool(desk.filter, asked.filters)  # what is wrong with them is told before anything is sent
            return StreamingResponse(_sent(engine, under_way, question), media_type=STREAM, headers=HEADERS)
        return JSONResponse(await run_in_threadpool(engine.printed, await answered(under_way, engine, question)))

    @router.get("/answers/{answer_id}", **given(shapes.Answer, examples.ANSWER, 404))
    def answer(person: Asker, answer_id: _AnswerId) -> Response:
        """Read an answer of yours again, as it was given, but for what it took from your notes."""
        kept = Answer.from_dict(engine.library.answers.get(answer_id, owner_for(person)))
        return JSONResponse(engine.printed(for_others(kept)))

    return router


async def _sent(engine: LocalEngine, under_way: Asking, asked: Asked) -> AsyncIterator[str]:
    async for kind, value in happening(under_way, engine, asked):
        if kind == "event":
            yield event_text(value.kind, as_dict(value))
        elif kind == "answer":
            yield event_text("answer", await run_in_threadpool(engine.printed, value))
        else:
            yield event_text("error", _told(value))


def _told(fault: Any) -> dict[str, Any]:
    return told_of(fault) if isinstance(fault, FlorilegiumError) else told(str(fault))
