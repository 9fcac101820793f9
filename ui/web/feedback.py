"""What readers say of answers, and what becomes of it: kept, and where it was no use a draft test query of the lab."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from corpus import FlorilegiumError, Library, Role
from corpus.lab.drafts import draft_from_answer
from ui.texts import say
from ui.web.people import require


class Said(BaseModel):
    """A thumb. `wrong` names the records that are no source for the question."""

    useful: bool
    reason: str = ""
    note: str = ""
    wrong: list[str] = []


def feedback_routes(library: Library) -> APIRouter:
    """The route that the page's thumbs call."""
    router = APIRouter(include_in_schema=False)

    @router.post("/answers/{answer_id}/feedback")
    def feedback(answer_id: str, said: Said, request: Request) -> JSONResponse:
        person = require(request, Role.MEMBER)
        try:
            library.answers.get(answer_id, person.name)  # of one's own answers alone
            library.feedback.put(answer_id, said.useful, said.reason, said.note, person=person.name)
            if said.useful:
                return JSONResponse({"text": say("ask.thanks")})
            why: Literal["wrong source", "thumbs down"] = "wrong source" if said.reason == "wrong_source" else "thumbs down"
            draft_from_answer(library, answer_id, why=why, wrong=said.wrong, note=said.note, actor=person.name)
        except FlorilegiumError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse({"text": say("ask.thanks_down")})

    return router
