"""Finding and reading over HTTP: search, records, catalogue, export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from corpus import ForbiddenError, Role
from corpus.exporting import MEDIA_TYPES, export_from
from ui.web.api import examples, shapes
from ui.web.api.described import files, given
from ui.web.api.taken import Config, Filters, Hits, Plain, Reader, Revision, Size, Sort, Start, Words
from ui.web.library_page import LibraryPage
from ui.web.people import owner_for

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.engine import LocalEngine

_Id = Annotated[
    Plain, Path(max_length=200, description="A record's id; of a record that was merged into another, also its former one.", examples=[examples.ID])
]
_Format = Annotated[Literal["ris", "bibtex", "csl-json", "csv", "markdown", "jsonl", "bibliography"], Query(description="The format to write.")]
_Style = Annotated[Literal["apa", "vancouver"], Query(description="Of a bibliography.")]


def finding(engine: LocalEngine, desk: Desk) -> APIRouter:
    """Routes that need the scope `read`."""
    router = APIRouter(tags=["finding and reading"])

    @router.get("/search", **given(shapes.Hits, examples.HITS))
    def search(person: Reader, q: Words, k: Hits = 10, filter: Filters = [], config: Config = None) -> Response:  # noqa: B006 - FastAPI copies it
        """Find records; each comes with its best passage."""
        if config is not None and not person.may(Role.LIBRARIAN):
            raise ForbiddenError("other configurations are for librarians", where="config", remedy="Leave it out")
        return JSONResponse(desk.search(q, k, filter, person.role, config))

    @router.get("/records", **given(shapes.Records, examples.RECORDS))
    def records(person: Reader, filter: Filters = [], sort: Sort = "year", start: Start = 0, size: Size = 50) -> Response:  # noqa: B006
        """List the records that filters let through, a page at a time."""
        return JSONResponse(desk.records(filter, sort, start, size))

    @router.get("/count", **given(shapes.Count, examples.COUNT))
    def count(person: Reader, filter: Filters = []) -> Response:  # noqa: B006
        """Count the records that filters let through."""
        return JSONResponse(desk.count(filter))

    @router.get("/facets", **given(shapes.Facets, examples.FACETS))
    def facets(person: Reader, filter: Filters = []) -> Response:  # noqa: B006
        """Count each facet's values among the records that filters let through."""
        return JSONResponse(desk.facets(filter))

    @router.get("/records/{review_id}", **given(shapes.Record, examples.RECORD, 404))
    def record(person: Reader, review_id: _Id, revision: Revision = None) -> Response:
        """Read a record, as it is or as it was."""
        return JSONResponse(desk.review(review_id, person.role, revision).public())

    @router.get("/records/{review_id}/history", **given(shapes.History, examples.HISTORY, 404))
    def history(person: Reader, review_id: _Id) -> Response:
        """List every state of a record."""
        return JSONResponse(desk.history(review_id))

    @router.get("/export", responses=files(MEDIA_TYPES, examples.RIS), response_class=StreamingResponse)
    def export(
        person: Reader,
        format: _Format,
        filter: Filters = [],  # noqa: B006
        list: Annotated[Plain, Query(max_length=100, description="The records of one of your lists.")] = "",
        answer: Annotated[Plain, Query(max_length=40, description="The records that one of your answers cites.")] = "",
        style: _Style = "apa",
    ) -> Response:
        """Write records out in a format that other programs read: those of filters, of a list, or those that an answer cites."""
        if answer:
            desk.library.answers.get(answer, owner_for(person))
        chosen = desk.filter(filter) if filter else None
        made = export_from(
            desk.library,
            format,
            chosen=chosen,
            list_name=list,
            answer_id=answer,
            style=style,
            owner=person.name,
            role=person.role,
            find=LibraryPage(engine).find,
        )
        headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"', "Cache-Control": "no-store"}
        return StreamingResponse(made.chunks, media_type=made.media_type, headers=headers)

    return router
