"""Notes in the browser: written on a record's page, read, searched and exported on a page of their own. Each handler acts for whoever asks, and nobody else."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from corpus import FlorilegiumError, InputError, Library, NotFoundError, Role
from corpus.exporting.notes import NOTE_FORMATS, export_notes
from ui.web.back import back_to, refused, sent_form
from ui.web.full_text import anchor_at
from ui.web.pages import page
from ui.web.people import require
from ui.web.place import parse_place
from ui.web.record_page import record_page
from ui.web.record_view import written

_SHOWN = 100  # notes on a page


def note_pages(library: Library) -> APIRouter:
    """Routes for notes."""
    router = APIRouter(include_in_schema=False)

    @router.post("/review/{review_id}/notes")
    async def add(review_id: str, request: Request) -> Response:
        return await write(library, review_id, request, "note")

    @router.post("/review/{review_id}/comments")
    async def comment(review_id: str, request: Request) -> Response:
        return await write(library, review_id, request, "comment")

    @router.get("/notes")
    def notes(request: Request, q: str = "", start: int = 0) -> Response:
        person = require(request, Role.MEMBER)
        found = library.notes.find(person.name, q)
        start = max(0, min(start, len(found)))
        part = found[start : start + _SHOWN]
        reviews = library.get_many(note.review_id for note in part)
        shown = [(written(note, reviews.get(note.review_id), own=True), reviews.get(note.review_id)) for note in part]
        later = start + _SHOWN if start + _SHOWN < len(found) else None
        earlier = max(0, start - _SHOWN) if start else None
        total = library.notes.count(person.name)
        return page("notes.html", form=True, q=q, shown=shown, found=len(found), total=total, earlier=earlier, later=later, formats=NOTE_FORMATS)

    @router.get("/notes/export")
    def export(request: Request, format: str = "markdown", q: str = "") -> Response:
        person = require(request, Role.MEMBER)
        found = library.notes.find(person.name, q)
        try:
            chunks = export_notes(found, library.get_many(note.review_id for note in found), format)
        except FlorilegiumError as error:
            return refused(error)
        media_type, ending = NOTE_FORMATS[format]
        headers = {"Content-Disposition": f'attachment; filename="notes.{ending}"', "Cache-Control": "no-store"}
        return StreamingResponse(chunks, media_type=media_type, headers=headers)

    @router.post("/notes/{note_id}/edit")
    async def edit(note_id: str, request: Request) -> Response:
        person, form = require(request, Role.MEMBER), await sent_form(request)
        try:
            library.notes.edit(person.name, note_id, form.get("text", ""))
        except FlorilegiumError as error:
            return refused(error)
        return back_to(form.get("back", ""), f"/notes#note-{quote(note_id)}")

    @router.post("/notes/{note_id}/delete")
    async def delete(note_id: str, request: Request) -> Response:
        person, form = require(request, Role.MEMBER), await sent_form(request)
        try:
            library.notes.delete(person.name, note_id)
        except FlorilegiumError as error:
            return refused(error)
        return back_to(form.get("back", ""), "/notes")

    return router


async def write(library: Library, review_id: str, request: Request, what: str) -> Response:
    """Keep a note or a comment on a record, and go back to it. What cannot be kept stands in its field again, with the reason."""
    person, form = require(request, Role.MEMBER), await sent_form(request)
    text, at = form.get("text", ""), form.get("at", "")
    revision = int(form["rev"]) if form.get("rev", "").isdecimal() else None
    try:
        newest = library.get(review_id)
        anchor = anchor_at(library, review_id, parse_place(at), revision, person)
        if what == "note":
            number = library.notes.add(person.name, review_id, text, anchor).id
        else:
            number = str(library.comments.add(person.name, review_id, text, anchor).number)
    except NotFoundError as error:
        return page("missing.html", status=404, message=error.message)
    except InputError as error:
        return record_page(library, request, newest, newest, at=at, fault=str(error), typed=text, status=400)
    return back_to(f"/review/{quote(newest.id)}#{what}-{number}", "/")
