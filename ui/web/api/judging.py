"""The lab over HTTP: test sets, judgements, runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response

from ui.web.api import examples, shapes
from ui.web.api.described import given
from ui.web.api.taken import Judge, Plain, Size, Start
from ui.web.lab.judge_page import Graded, keep_judgement

if TYPE_CHECKING:
    from corpus import Library

_Name = Annotated[Plain, Path(max_length=200, description="A test set's name.", examples=[examples.SET["set"]])]
_Some = Annotated[Plain | None, Query(max_length=300)]


def judging(library: Library) -> APIRouter:
    """Routes that need the scope `judge` and the role librarian."""
    router = APIRouter(tags=["judging"])

    @router.get("/sets", **given(shapes.Sets, examples.SETS))
    def sets(person: Judge) -> Response:
        """List the test sets."""
        return JSONResponse({"sets": [entry._asdict() for entry in library.sets.all()]})

    @router.get("/sets/{name}", **given(shapes.Set, examples.SET, 404))
    def queries(person: Judge, name: _Name) -> Response:
        """Read a test set with its queries."""
        info = library.sets.info(name)
        return JSONResponse({"set": name, "guideline": info.guideline, "queries": [query.as_dict() for query in library.sets.queries(name).values()]})

    @router.get("/sets/{name}/judgements", **given(shapes.Judgements, examples.JUDGEMENTS, 404))
    def judgements(person: Judge, name: _Name, query: _Some = None, judge: _Some = None) -> Response:
        """List the judgements that stand in a set: all, or those for a query or of a judge."""
        return JSONResponse({"set": name, "judgements": [each.as_dict() for each in library.judgements.of(name, query_id=query, judge=judge)]})

    @router.post("/sets/{name}/judgements", openapi_extra=_body(), **given(shapes.Judged, examples.JUDGEMENT, 404, status=201))
    def judge(person: Judge, name: _Name, graded: Graded) -> Response:
        """Judge a record for a query, under your own name. An earlier judgement of yours is kept behind it."""
        return JSONResponse(keep_judgement(library, name, graded, person.name).as_dict(), status_code=201)

    @router.get("/runs", **given(shapes.Runs, examples.RUNS))
    def runs(person: Judge, set: _Some = None, start: Start = 0, size: Size = 50) -> Response:
        """List the kept runs, newest first."""
        found = library.runs.all(set)
        return JSONResponse({"start": start, "total": len(found), "runs": [run.as_dict() for run in found[start : start + size]]})

    @router.get("/runs/{run_id}", **given(shapes.Run, examples.RUN, 404))
    def run(person: Judge, run_id: Annotated[Plain, Path(max_length=40, description="A run's id.", examples=[examples.RUN["id"]])]) -> Response:
        """Read a run with its measures and what each query gave."""
        return JSONResponse(library.runs.get(run_id)[0].as_dict())

    return router


def _body() -> dict[str, object]:
    return {"requestBody": {"content": {"application/json": {"example": examples.GRADED}}}}
