"""The page of one record: every field with the cited words marked by the server, what is like it, who cites it, and what was written about it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from corpus import FlorilegiumError, Library, NotFoundError, Review, Role
from ui.web.full_text import sight_of
from ui.web.pages import FOLDER, page
from ui.web.people import Person, person_of
from ui.web.place import parse_place
from ui.web.record_view import blocks_of, comments_on, labels_of, lists_for, notes_on, since_then

Related = Callable[[str], list[Review]]
_HOUR = {"Cache-Control": "max-age=3600"}


def record_pages(library: Library, related: Related = lambda _: []) -> APIRouter:
    """Routes for record pages, their style sheet and script. `related` gives the records most like one."""
    router = APIRouter(include_in_schema=False)

    @router.get("/pages/page.css")
    def style() -> FileResponse:
        return FileResponse(FOLDER / "files" / "page.css", media_type="text/css", headers=_HOUR)

    @router.get("/pages/record.js")
    def script() -> FileResponse:
        return FileResponse(FOLDER / "files" / "record.js", media_type="text/javascript", headers=_HOUR)

    @router.get("/pages/empty")
    def empty() -> Response:
        return page("empty.html")

    @router.get("/review/{review_id}")
    def review(review_id: str, request: Request, at: str = "", rev: int | None = None, panel: bool = False) -> Response:
        try:
            newest = library.get(review_id)
            shown = newest if rev is None else library.get(review_id, rev)
        except NotFoundError as error:
            return page("missing.html", status=404, message=error.message, panel=panel)
        if newest.id != review_id and shown.id == newest.id:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"/review/{quote(newest.id)}{query}", status_code=307)
        return record_page(library, request, newest, shown, at=at, panel=panel, related=related)

    return router


def record_page(
    library: Library,
    request: Request,
    newest: Review,
    shown: Review,
    *,
    at: str = "",
    panel: bool = False,
    related: Related = lambda _: [],
    fault: str = "",
    typed: str = "",
    status: int = 200,
) -> Response:
    """A state of a record as a page for whoever asks. With `fault`, what they `typed` could not be kept for that reason."""
    person, place = person_of(request), parse_place(at)
    sight = sight_of(library, newest, shown, person)
    blocks = blocks_of(shown, place, sight)
    marked = any(part.marked for block in blocks for part in block.parts)
    in_title = place is not None and place.field == "title" and place.end <= len(shown.title)
    withheld = place is not None and not sight.sees(place)
    full = request.url.path + (f"?{request.url.query.replace('&panel=1', '').replace('panel=1', '')}" if request.url.query else "")
    beside = {} if panel else _beside(library, newest, person, related)
    return page(
        "record.html",
        status=status,
        form=not panel,
        script=not panel and person.may(Role.MEMBER),
        review=shown,
        newest=newest,
        blocks=blocks,
        found=place is None or marked or in_title or withheld,
        withheld=withheld,
        title=(shown.title[: place.start], shown.title[place.start : place.end], shown.title[place.end :]) if place and in_title else None,
        since=since_then(shown, newest, place, sight),
        panel=panel,
        full=full,
        at=at,
        marked_words=next((part.marked for block in blocks for part in block.parts if part.marked), ""),
        fault=fault,
        typed=typed,
        may_write=person.may(Role.MEMBER),
        may_edit=person.may(Role.LIBRARIAN),
        **beside,
    )


def _beside(library: Library, newest: Review, person: Person, related: Related) -> dict[str, object]:
    """What stands below a record on its own page; what cannot be had now is left out."""
    try:
        like = related(newest.id)
    except FlorilegiumError:
        like = []
    on, others = lists_for(library, newest, person)
    return {
        "notes": notes_on(library, newest, person),
        "comments": comments_on(library, newest, person),
        "citing": library.answers.citing(newest.id, person.name),
        "related": labels_of(like),
        "lists_on": on,
        "lists_other": others,
    }
