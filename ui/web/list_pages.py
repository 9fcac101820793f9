"""Lists in the browser: saved records and saved searches of whoever asks; made, filled, renamed, put in order, exported, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from corpus import FlorilegiumError, Library, RecordList, Role, parse_filter
from corpus.exporting import FORMATS, export_from
from corpus.exporting.choosing import Find
from ui.web.back import back_to, refused, sent_form
from ui.web.library_state import State
from ui.web.pages import page
from ui.web.people import Person, person_of, require

_SHOWN = 500  # records of a list on its page


def list_pages(library: Library, find: Find) -> APIRouter:
    """Routes for lists. `find` gives the ids of the records for words and filters, best first."""
    router = APIRouter(include_in_schema=False)

    @router.get("/lists")
    def lists(request: Request) -> Response:
        person = require(request, Role.MEMBER)
        return page("lists.html", form=True, lists=[(each, _address(each)) for each in library.lists.all(person.name)])

    @router.get("/lists/show")
    def show(request: Request, name: str = "") -> Response:
        person = require(request, Role.MEMBER)
        try:
            kept = library.lists.get(name, person.name)
            ids = _ids(library, find, kept)
        except FlorilegiumError as error:
            return refused(error)
        reviews = library.get_many(ids[:_SHOWN])
        shown = [reviews[review_id] for review_id in ids[:_SHOWN] if review_id in reviews]
        return page("list.html", form=True, kept=kept, shown=shown, total=len(ids), address=_address(kept), formats=FORMATS)

    @router.get("/lists/export")
    def export(request: Request, name: str = "", format: str = "ris", style: str = "apa") -> Response:
        person = require(request, Role.MEMBER)
        return export_response(library, person, format, style, list_name=name, find=find)

    @router.post("/lists/create")
    async def create(request: Request) -> Response:
        person, form = require(request, Role.MEMBER), await sent_form(request)
        try:
            library.lists.create(form.get("new", ""), owner=person.name)
        except FlorilegiumError as error:
            return refused(error)
        return back_to(form.get("back", ""), "/lists")

    @router.post("/lists/add")
    async def add(request: Request) -> Response:
        person, form = require(request, Role.MEMBER), await sent_form(request)
        new, name = " ".join(form.get("new", "").split()), form.get("name", "")
        try:
            if new:
                name = new if new in {each.name for each in library.lists.all(person.name)} else library.lists.create(new, owner=person.name).name
            if name:
                library.lists.add(name, [form.get("id", "")], person.name)
        except FlorilegiumError as error:
            return refused(error)
        return back_to(form.get("back", ""), "/lists")

    @router.post("/lists/remove")
    async def remove(request: Request) -> Response:
        person, form = require(request, Role.MEMBER), await sent_form(request)
        try:
            library.lists.remove(form.get("name", ""), [form.get("id", "")], person.name)
        except FlorilegiumError as error:
            return refused(error)
        return back_to(form.get("back", ""), _page_of(form.get("name", "")))

    @router.post("/lists/rename")
    async def rename(request: Request) -> Response:
        person, form = require(request, Role.MEMBER), await sent_form(request)
        try:
            kept = library.lists.rename(form.get("name", ""), form.get("new", ""), person.name)
        except FlorilegiumError as error:
            return refused(error)
        return back_to(_page_of(kept.name), "/lists")

    @router.post("/lists/move")
    async def move(request: Request) -> Response:
        person, form = require(request, Role.MEMBER), await sent_form(request)
        place = form.get("place", "")
        try:
            library.lists.move(form.get("name", ""), form.get("id", ""), int(place) if place.isdecimal() else 0, person.name)
        except FlorilegiumError as error:
            return refused(error)
        return back_to(_page_of(form.get("name", "")), "/lists")

    @router.post("/lists/delete")
    async def delete(request: Request) -> Response:
        person, form = require(request, Role.MEMBER), await sent_form(request)
        try:
            library.lists.delete(form.get("name", ""), person.name)
        except FlorilegiumError as error:
            return refused(error)
        return back_to("/lists", "/lists")

    @router.get("/library/export")
    def selection(request: Request, format: str = "ris", style: str = "apa") -> Response:
        return export_state(library, find, person_of(request), State.of(request.url.query), format, style)

    return router


def export_state(library: Library, find: Find, person: Person, state: State, format: str, style: str) -> Response:
    """What the Library page's state selects, as a file."""
    try:
        chosen = parse_filter(state.filters(), library.vocabulary, library.catalogue.facet_names())
        ids = list(find(state.words, state.filters())) if state.words else None
    except FlorilegiumError as error:
        return refused(error)
    if ids is not None:
        return export_response(library, person, format, style, ids=ids)
    return export_response(library, person, format, style, chosen=chosen, sort=state.sort)


def export_response(library: Library, person: Person, format: str, style: str, **given: object) -> Response:
    """An export as a download, of what this person may read."""
    try:
        export = export_from(library, format, style=style, owner=person.name, role=person.role, **given)  # type: ignore[arg-type]
    except FlorilegiumError as error:
        return refused(error)
    headers = {"Content-Disposition": f'attachment; filename="{export.file_name}"', "Cache-Control": "no-store"}
    return StreamingResponse(export.chunks, media_type=export.media_type, headers=headers)


def _ids(library: Library, find: Find, kept: RecordList) -> Sequence[str]:
    if kept.words:
        return find(kept.words, kept.filters)
    if kept.filters:
        return library.select(parse_filter(kept.filters, library.vocabulary, library.catalogue.facet_names())).ids
    return kept.ids


def _address(kept: RecordList) -> str:
    """Where a list is shown: a saved search on the Library page, as it was saved."""
    return f"/library{State(kept.words, kept.filters).query()}" if kept.is_search else _page_of(kept.name)


def _page_of(name: str) -> str:
    return f"/lists/show?{urlencode({'name': name})}"
