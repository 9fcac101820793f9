"""Conversations as pages: one's own to find, read, rename, share and delete, and a shared one for whoever has its link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from assistant.answer import Answer, Sentence
from assistant.replay import as_of_today
from corpus import Conversation, Exchange, FlorilegiumError, Library, NotFoundError, Role, standings
from ui.texts import say
from ui.web.pages import page
from ui.web.people import require
from ui.web.place import link_to
from ui.web.table_pages import warnings_of

_SHOWN = 100  # conversations in the list
_Field = Annotated[str, Form()]


@dataclass(frozen=True)
class ShownExchange:
    """An exchange for a page: the kept answer (None where it is gone), what holds of its records today, and its sentences with their places."""

    exchange: Exchange
    answer: Answer | None
    warnings: Sequence[str]
    sentences: Sequence[tuple[Sentence, Sequence[tuple[int, str]]]]


def conversation_pages(library: Library) -> APIRouter:
    """Routes; all but the shared page are for members, each for their own."""
    router = APIRouter(include_in_schema=False, prefix="/conversations")

    def missing(error: FlorilegiumError) -> Response:
        return page("missing.html", status=404, message=error.message)

    @router.get("")
    def own(request: Request, q: str = "") -> Response:
        person = require(request, Role.MEMBER)
        return page("conversations.html", form=True, heads=library.conversations.all(person.name, words=q, limit=_SHOWN), words=q)

    @router.get("/shared/{token}")
    def shared(token: str) -> Response:
        try:
            found = library.conversations.shared(token)
        except NotFoundError as error:
            return missing(error)
        shown = page("conversation.html", conversation=found, exchanges=shown_of(library, found), mine=False)
        shown.headers["Referrer-Policy"] = "no-referrer"  # the link is the key
        shown.headers["X-Robots-Tag"] = "noindex"
        return shown

    @router.get("/{conversation_id}")
    def one(conversation_id: str, request: Request, fault: str = "") -> Response:
        person = require(request, Role.MEMBER)
        try:
            found = library.conversations.get(conversation_id, person.name)
        except NotFoundError as error:
            return missing(error)
        return page("conversation.html", form=True, conversation=found, exchanges=shown_of(library, found), mine=True)

    @router.post("/{conversation_id}/{act}")
    def change(conversation_id: str, act: str, request: Request, title: _Field = "") -> Response:
        person = require(request, Role.MEMBER)
        try:
            if act == "rename":
                library.conversations.rename(conversation_id, title, person.name)
            elif act == "share":
                library.conversations.share(conversation_id, person.name)
            elif act == "unshare":
                library.conversations.unshare(conversation_id, person.name)
            elif act == "delete":
                library.conversations.delete(conversation_id, person.name)
                return RedirectResponse("/conversations", status_code=303)
            else:
                raise NotFoundError(f"there is nothing called {act!r} to do")
        except NotFoundError as error:
            return missing(error)
        except FlorilegiumError as error:
            return page("missing.html", status=400, heading=say("conversations.not_done"), message=str(error))
        return RedirectResponse(f"/conversations/{conversation_id}", status_code=303)

    return router


def shown_of(library: Library, conversation: Conversation) -> list[ShownExchange]:
    """Its exchanges, made anew from the kept answers, word for word, with what is to be said of their records today."""
    kept = library.answers.get_many(exchange.answer_id for exchange in conversation.exchanges)
    shown: list[ShownExchange] = []
    for exchange in conversation.exchanges:
        if exchange.answer_id not in kept:
            shown.append(ShownExchange(exchange, None, (), ()))
            continue
        today = as_of_today(Answer.from_dict(kept[exchange.answer_id]), partial(standings, library), library.get)
        sentences = [(each, [(citation.key, link_to(citation.anchor)) for citation in each.citations]) for each in today.answer.sentences]
        shown.append(ShownExchange(exchange, today.answer, warnings_of(today), sentences))
    return shown
