"""The page of one record: every field, with the cited words marked by the server."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from corpus import Library, NotFoundError, Review
from ui.web.pages import FOLDER, page
from ui.web.place import Place, parse_place


@dataclass(frozen=True)
class Part:
    """A field for the page: its text in three pieces, the middle one marked (empty where nothing is)."""

    field: str
    title: str
    before: str
    marked: str
    after: str


@dataclass(frozen=True)
class Block:
    """Fields under one heading."""

    name: str
    parts: tuple[Part, ...]


def record_pages(library: Library) -> APIRouter:
    """Routes for record pages and their style sheet."""
    router = APIRouter(include_in_schema=False)

    @router.get("/pages/page.css")
    def style() -> FileResponse:
        return FileResponse(FOLDER / "files" / "page.css", media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @router.get("/pages/empty")
    def empty() -> Response:
        return page("empty.html")

    @router.get("/review/{review_id}")
    def review(review_id: str, request: Request, at: str = "", rev: int | None = None, panel: bool = False) -> Response:
        try:
            shown = library.get(review_id, rev)
            newest = library.get(review_id)
        except NotFoundError as error:
            return page("missing.html", status=404, message=error.message, panel=panel)
        place = parse_place(at)
        blocks = _blocks(shown, place)
        found = place is None or any(part.marked for block in blocks for part in block.parts)
        full = request.url.path + (f"?{request.url.query.replace('&panel=1', '').replace('panel=1', '')}" if request.url.query else "")
        return page(
            "record.html",
            review=shown,
            newest=newest,
            blocks=blocks,
            found=found,
            panel=panel,
            full=full,
            in_title=place is not None and place.field == "title",
        )

    return router


def _blocks(review: Review, place: Place | None) -> list[Block]:
    parts: dict[str, list[Part]] = {}
    titles = dict(enumerate(review.section_titles))
    for field, text in review.evidence():
        name, _, index = field.partition("[")
        title = titles.get(int(index[:-1]), "") if name == "sections" else ""
        start, end = (place.start, place.end) if place and place.field == field and place.end <= len(text) else (0, 0)
        parts.setdefault(name, []).append(Part(field, title, text[:start], text[start:end], text[end:]))
    return [Block(name, tuple(found)) for name, found in parts.items()]
