"""`/v1`: the collection as a model that any client of OpenAI's chat completions can talk to (https://platform.openai.com/docs/api-reference/chat).

The last message of the user is the question; it follows up the answer that the last message of the assistant links to, or else the questions before it.
The text has numbered marks and the list of sources below; beside it, under `florilegium`, is the answer as data. No parameter of sampling means anything
here. A stream sends the text when it has been checked, for no client could take back what it has shown; until then comments keep the line open.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from corpus import FlorilegiumError, Library, NotFoundError
from ui.answer_text import body_of, sources_of
from ui.web.api.events import HEADERS, STREAM, answered, happening
from ui.web.api.taken import Asker, Plain
from ui.web.asking import Asked, Asking
from ui.web.faults import told, told_of
from ui.web.people import Person, owner_for

if TYPE_CHECKING:
    from assistant.answer import Answer
    from ui.engine import LocalEngine

#: The models there are, and with which language model each drafts (None: the one in force).
MODELS = {"florilegium": None, "florilegium-quotes": "quotes"}
_LONGEST = 200_000
_MOST_BEFORE = 20  # questions looked at for what a follow-up refers to
_LINKED = re.compile(r"/answers/([0-9a-f]{16})\b")
#: What of an answer is no chat's business: what did not pass the check.
_KEPT_BACK = ("draft", "evidence_table", "from_notes")


class _Part(BaseModel, extra="allow"):
    type: str
    text: Annotated[Plain, Field(max_length=_LONGEST)] = ""


class _Message(BaseModel, extra="allow"):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Annotated[Plain, Field(max_length=_LONGEST)] | list[_Part] | None = None

    @property
    def text(self) -> str:
        return self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content or () if part.type == "text")


class ChatRequest(BaseModel, extra="allow"):
    """What a chat client sends. `filters` is this program's own: only records that they let through."""

    messages: Annotated[list[_Message], Field(min_length=1, max_length=1_000)]
    model: Annotated[Plain, Field(max_length=200)] = "florilegium"
    stream: bool | None = False
    filters: Annotated[list[Annotated[Plain, Field(max_length=1_000)]], Field(max_length=50)] = []


def chat(engine: LocalEngine) -> APIRouter:
    """Routes that need the scope `ask`."""
    router, under_way = APIRouter(), Asking()

    @router.get("/models")
    def models(person: Asker) -> Response:
        return JSONResponse({"object": "list", "data": [_model(name) for name in MODELS]})

    @router.get("/models/{name}")
    def model(person: Asker, name: str) -> Response:
        return JSONResponse(_model(_known(name)))

    @router.post("/chat/completions")
    async def completions(person: Asker, request: Request, given: ChatRequest) -> Response:
        name, base = _known(given.model), f"{request.url.scheme}://{request.url.netloc}"
        asked = await run_in_threadpool(_asked, engine.library, person, given, MODELS[name])
        if given.stream:
            return StreamingResponse(_stream(engine, under_way, asked, name, base), media_type=STREAM, headers=HEADERS)
        return JSONResponse(await run_in_threadpool(_completion, engine, await answered(under_way, engine, asked), name, base))

    return router


def _known(name: str) -> str:
    if name not in MODELS:
        raise NotFoundError(f"there is no model {name!r}", where="model", remedy=f"The models are: {', '.join(MODELS)}")
    return name


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "florilegium"}


def _asked(library: Library, person: Person, given: ChatRequest, model: str | None) -> Asked:
    """The question with what it follows up."""
    last = next((at for at in range(len(given.messages) - 1, -1, -1) if given.messages[at].role == "user"), None)
    question = given.messages[last].text if last is not None else ""
    earlier = given.messages[:last]
    before = tuple(message.text for message in earlier if message.role == "user" and message.text.strip())[-_MOST_BEFORE:]
    return Asked(question, tuple(given.filters), _after(library, person, earlier), owner=person.name, before=before, model=model)


def _after(library: Library, person: Person, earlier: Sequence[_Message]) -> str:
    """The id of the kept answer that the assistant's last message links to, where it is this person's; else ""."""
    said = next((message.text for message in reversed(earlier) if message.role == "assistant"), "")
    linked = _LINKED.findall(said)
    if not linked:
        return ""
    try:
        library.answers.get(linked[-1], owner_for(person))
    except NotFoundError:
        return ""
    return str(linked[-1])


def _data(engine: LocalEngine, answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in engine.printed(answer).items() if name not in _KEPT_BACK}


def _head(answer: Answer, model: str, kind: str) -> dict[str, Any]:
    made = int(datetime.fromisoformat(answer.at).timestamp())
    return {"id": f"chatcmpl-{answer.id}", "object": kind, "created": made, "model": model}


def _completion(engine: LocalEngine, answer: Answer, model: str, base: str) -> dict[str, Any]:
    text = "\n\n".join([*body_of(answer), *sources_of(answer, base)])
    choice = {"index": 0, "message": {"role": "assistant", "content": text, "refusal": None}, "finish_reason": "stop", "logprobs": None}
    return {**_head(answer, model, "chat.completion"), "choices": [choice], "florilegium": _data(engine, answer)}


async def _stream(engine: LocalEngine, under_way: Asking, asked: Asked, model: str, base: str) -> AsyncIterator[str]:
    async for kind, value in happening(under_way, engine, asked):
        if kind == "event":
            yield f": {value.kind} {value.step}\n\n"
        elif kind == "fault":
            yield _chunk(told_of(value) if isinstance(value, FlorilegiumError) else told(str(value)))
        else:
            head = _head(value, model, "chat.completion.chunk")
            role = {"role": "assistant"}
            for paragraph in [*body_of(value), *sources_of(value, base)]:
                yield _chunk({**head, "choices": [_delta({**role, "content": ("" if role else "\n\n") + paragraph})]})
                role = {}
            yield _chunk({**head, "choices": [_delta({}, "stop")], "florilegium": await run_in_threadpool(_data, engine, value)})
    yield "data: [DONE]\n\n"


def _delta(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}


def _chunk(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
