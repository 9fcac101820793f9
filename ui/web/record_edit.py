"""Correcting a record in the browser: the form, its history, what changed, going back, and its status. Every change is a new revision."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from corpus import ConflictError, FlorilegiumError, Library, NotFoundError, Status
from ui.web.pages import page
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
    def edit(review_id: str) -> Response:
        try:
            return form_page(review_id, {})
        except NotFoundError as error:
            return page("missing.html", status=404, message=error.message)

    @router.post("/edit")
    async def save(review_id: str, request: Request) -> Response:
        typed = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        try:
            started = library.get(review_id, int(typed.get("revision", "0")))
            library.edit(review_id, changes_from(started, typed, facets()), base_revision=started.revision)
        except NotFoundError as error:
            return page("missing.html", status=404, message=error.message)
        except ConflictError as error:
            return form_page(review_id, typed, f"{error.message}. What you typed is kept below; saving again puts it in the place of the newer text.", 409)
        except (FlorilegiumError, ValueError) as error:
            return form_page(review_id, typed, str(error), 400)
        return _back(review_id)

    @router.post("/status")
    async def set_status(review_id: str, request: Request) -> Response:
        wanted = str((await request.form()).get("status", ""))
        try:
            library.set_status(review_id, Status(wanted))
        except NotFoundError as error:
            return page("missing.html", status=404, message=error.message)
        except ValueError:
            return page("missing.html", status=400, message=f"there is no status {wanted!r}")
        return _back(review_id)

    return router


def _back(review_id: str, below: str = "") -> Response:
    return RedirectResponse(f"/review/{quote(review_id)}{below}", status_code=303)
