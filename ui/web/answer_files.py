"""Kept answers and conversations as files: `/answers/ID.md`, `.docx`, `.ris`, `.bib`, `.json`; `/conversations/ID/export.md` and so on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant.answer import Answer
from corpus import FlorilegiumError, Library, NotFoundError, Role
from ui.answer_export import ENDINGS, FORMATS, export_answers, file_name
from ui.digest.links import base_url
from ui.settings import Settings
from ui.texts import locale_of, say
from ui.web.pages import page
from ui.web.people import owner_for, require


def answer_files(library: Library, settings: Settings) -> APIRouter:
    """Routes; they stand before those of the pages, whose ids may hold a full stop. `style` is that of the bibliography: apa or vancouver."""
    router = APIRouter(include_in_schema=False)

    def file(answers: list[Answer], name: str, ending: str, title: str, style: str, request: Request) -> Response:
        kind, role = ENDINGS[ending], require(request).role
        made = export_answers(library, answers, kind, title=title, style=style, locale=locale_of(request), base=base_url(settings), role=role)
        headers = {"Content-Disposition": f'attachment; filename="{file_name(name, kind)}"', "X-Content-Type-Options": "nosniff"}
        return Response(made, media_type=FORMATS[kind].media_type, headers=headers)

    @router.get("/answers/{answer_id}.{ending}")
    def answer(answer_id: str, ending: str, request: Request, style: str = "apa") -> Response:
        person = require(request)
        try:
            kept = _known(ending) and Answer.from_dict(library.answers.get(answer_id, owner_for(person)))
            return file([kept], f"answer-{answer_id}", ending, "", style, request) if kept else _missing(ending)
        except FlorilegiumError as error:
            return _missing(str(error), 404 if isinstance(error, NotFoundError) else 400)

    @router.get("/conversations/{conversation_id}/export.{ending}")
    def conversation(conversation_id: str, ending: str, request: Request, style: str = "apa") -> Response:
        """The person's own conversation."""
        person = require(request, Role.MEMBER)
        try:
            if not _known(ending):
                return _missing(ending)
            held = library.conversations.get(conversation_id, person.name)
            kept = library.answers.get_many([exchange.answer_id for exchange in held.exchanges])
            answers = [Answer.from_dict(kept[exchange.answer_id]) for exchange in held.exchanges if exchange.answer_id in kept]
            return file(answers, f"conversation-{conversation_id}", ending, held.title, style, request)
        except FlorilegiumError as error:
            return _missing(str(error), 404 if isinstance(error, NotFoundError) else 400)

    return router


def _known(ending: str) -> bool:
    return ending in ENDINGS


def _missing(message: str, status: int = 404) -> Response:
    return page("missing.html", status=status, heading=say("missing.title"), message=message)
