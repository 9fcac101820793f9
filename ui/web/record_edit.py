"""Correcting a record in the browser: the form, its history, what changed, going back, and its status. Every change is a new revision."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from corpus import ConflictError, FlorilegiumError, Library, NotFoundError, Role, Status, diff_reviews, is_withheld
from ui.texts import say
from ui.web.pages import page
from ui.web.people import person_of, require
from ui.web.record_form import changes_from, form_of


def editing_pages(library: Library) -> APIRouter:
    """Routes below a record's address. What changes something is a POST, which the guard lets through from our own pages only."""
    router = APIRouter(include_in_schema=False, prefix="/review/{review_id}")

    def facets() -> list[str]:
        return list(library.vocabulary.values)

    def form_page(review_id: str, typed: Mapping[str, str], fault: str = "", status: int = 200) -> Response:
        review = library.get(review_id)
        return page("edit.html", status=status, form=True, review=review, groups=form_of(review, facets()), typed=typed, fault=fault)

    @router.get("/edit")
    def edit(request: Request, review_id: str) -> Response:
        require(request, Role.LIBRARIAN)
        try:
            return form_page(review_id, {})
        except NotFoundError as error:
            return page("missing.html", status=404, message=error.message)

    @router.post("/edit")
    async def save(review_id: str, request: Request) -> Response:
        person = require(request, Role.LIBRARIAN)
        typed = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        try:
            started = library.get(review_id, int(typed.get("revision", "0")))
            library.edit(review_id, changes_from(started, typed, facets()), base_revision=started.revision, actor=person.name)
        except NotFoundError as error:
            return page("missing.html", status=404, message=error.message)
        except ConflictError as error:
            return form_page(review_id, typed, f"{error.message}. {say('edit.kept')}", 409)
        except (FlorilegiumError, ValueError) as error:
            return form_page(review_id, typed, str(error), 400)
        return _back(review_id)

    @router.get("/history")
    def history(review_id: str) -> Response:
        try:
            return page("history.html", form=True, review=library.get(review_id), versions=library.history(library.get(review_id).id))
        except NotFoundError as error:
            return page("missing.html", status=404, message=error.message)

    @router.get("/diff")
    def diff(request: Request, review_id: str, older: int, newer: int | None = None) -> Response:
        try:
            states = library.get(review_id, older), library.get(review_id, newer)
        except NotFoundError as error:
            return page("missing.html", status=404, message=error.message)
        person, last = person_of(request), library.get(review_id)
        seen = [entry for entry in diff_reviews(*states) if not is_withheld(entry.field, last, person.role)]
        cut = is_withheld("sections", last, person.role) and states[0].sections != states[1].sections
        may_edit = person.may(Role.LIBRARIAN)
        return page("diff.html", form=True, older=states[0], newer=states[1], fields=seen, cut=cut, last=last, may_edit=may_edit)

    @router.post("/revert")
    async def revert(review_id: str, request: Request) -> Response:
        person, form = require(request, Role.LIBRARIAN), await request.form()
        try:
            library.revert(review_id, int(str(form.get("to", ""))), base_revision=int(str(form.get("base", ""))), actor=person.name)
        except NotFoundError as error:
            return page("missing.html", status=404, message=error.message)
        except ConflictError as error:
            return page("missing.html", status=409, heading=say("history.not_done"), message=f"{error.message}. {error.remedy}")
        except ValueError:
            return page("missing.html", status=400, heading=say("history.not_done"), message=say("history.no_revision"))
        return _back(review_id, "/history")

    @router.post("/status")
    async def set_status(review_id: str, request: Request) -> Response:
        person = require(request, Role.LIBRARIAN)
        form = {name: str(value) for name, value in (await request.form()).items()}
        wanted = form.get("status", "")
        if wanted not in list(Status):
            return page("missing.html", status=400, heading=say("history.not_done"), message=say("history.no_status", status=repr(wanted)))
        try:
            note, date = form.get("note", "").strip(), form.get("date", "").strip() or None
            library.set_status(review_id, Status(wanted), note=note, date=date, actor=person.name)
        except NotFoundError as error:
            return page("missing.html", status=404, message=error.message)
        except FlorilegiumError as error:
            return page("missing.html", status=400, heading=say("history.not_done"), message=str(error))
        return _back(review_id, "/history")

    return router


def _back(review_id: str, below: str = "") -> Response:
    return RedirectResponse(f"/review/{quote(review_id)}{below}", status_code=303)
