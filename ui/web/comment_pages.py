"""Comments in the browser: changed and taken back by their authors, hidden, restored and deleted by librarians. They are written on a record's page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from corpus import CommentState, FlorilegiumError, Library, Role
from ui.web.back import back_to, refused, sent_form
from ui.web.pages import page
from ui.web.people import require
from ui.web.record_view import written


def comment_pages(library: Library) -> APIRouter:
    """Routes for comments."""
    router = APIRouter(include_in_schema=False, prefix="/comments")

    @router.get("")
    def newest(request: Request) -> Response:
        person = require(request, Role.LIBRARIAN)
        found = library.comments.all((CommentState.SHOWN, CommentState.HIDDEN))
        reviews = library.get_many(comment.review_id for comment in found)
        shown = [(written(comment, reviews.get(comment.review_id), own=comment.author == person.name), reviews.get(comment.review_id)) for comment in found]
        return page("comments.html", form=True, shown=shown)

    @router.post("/{number}/edit")
    async def edit(number: int, request: Request) -> Response:
        person, form = require(request, Role.MEMBER), await sent_form(request)
        try:
            comment = library.comments.edit(person.name, number, form.get("text", ""))
        except FlorilegiumError as error:
            return refused(error)
        return back_to(form.get("back", ""), f"/review/{comment.review_id}#comment-{number}")

    @router.post("/{number}/delete")
    async def withdraw(number: int, request: Request) -> Response:
        person, form = require(request, Role.MEMBER), await sent_form(request)
        try:
            comment = library.comments.withdraw(person.name, number)
        except FlorilegiumError as error:
            return refused(error)
        return back_to(form.get("back", ""), f"/review/{comment.review_id}#h-comments")

    @router.post("/{number}/moderate")
    async def moderate(number: int, request: Request) -> Response:
        person, form = require(request, Role.LIBRARIAN), await sent_form(request)
        wanted = form.get("state", "")
        try:
            state = CommentState(wanted) if wanted in list(CommentState) else CommentState.HIDDEN
            comment = library.comments.moderate(person.name, number, state, form.get("reason", ""))
        except FlorilegiumError as error:
            return refused(error)
        return back_to(form.get("back", ""), f"/review/{comment.review_id}#h-comments")

    return router
