"""What the Lab page leads to that is no tab: files to take along, reports of comparisons, and why a record was not found."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from corpus import FlorilegiumError, Library, NotFoundError, Role, UsageError
from corpus.lab import grades
from corpus.lab.exchange import write_judgements, write_qrels, write_queries
from ui.texts import say
from ui.web.faults import status_of
from ui.web.pages import page
from ui.web.people import require

if TYPE_CHECKING:
    from ui.engine import LocalEngine

_KEPT = 32  # reports of comparisons


class Reports:
    """The last comparisons by an id that cannot be guessed, so that the page can show them anew and offer them as files. Made again from kept runs."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def keep(self, report: dict[str, Any]) -> str:
        """Keep a report; its id."""
        key = secrets.token_hex(8)
        with self._guard:
            self._held[key] = report
            while len(self._held) > _KEPT:
                self._held.popitem(last=False)
        return key

    def get(self, key: str) -> dict[str, Any]:
        """A report. Raises NotFoundError for one that is kept no longer."""
        with self._guard:
            if key not in self._held:
                raise NotFoundError(say("lab.report_gone"), remedy=say("lab.compare_again"))
            self._held.move_to_end(key)
            return self._held[key]


def lab_pages(engine: LocalEngine, reports: Reports) -> APIRouter:
    """Routes below /lab, for librarians."""
    router = APIRouter(include_in_schema=False, prefix="/lab")
    library = engine.library

    def answered(request: Request, act: Callable[[], Response]) -> Response:
        try:
            require(request, Role.LIBRARIAN)
            return act()
        except FlorilegiumError as error:
            return page("missing.html", status=status_of(error), heading=say("lab.cannot"), message=str(error))

    @router.get("/export")
    def export(request: Request, set: str, kind: str) -> Response:
        return answered(request, lambda: _file(exported(library, set, kind), f"{set}-{kind}.{'txt' if kind == 'qrels' else 'csv'}"))

    @router.get("/runs/{run_id}.run")
    def run_file(request: Request, run_id: str) -> Response:
        def act() -> Response:
            from index.lab import run_text

            run, rankings = library.runs.get(run_id)
            return _file(run_text(rankings, f"florilegium-{run.config}"), f"{run_id}.run")

        return answered(request, act)

    @router.get("/compared/{key}.html")
    def report_page(request: Request, key: str) -> Response:
        def act() -> Response:
            from ui.lab import report_html

            return _file(report_html(reports.get(key)), "comparison.html", "text/html")

        return answered(request, act)

    @router.get("/compared/{key}.csv")
    def report_table(request: Request, key: str) -> Response:
        def act() -> Response:
            from ui.lab import report_csv

            return _file(report_csv(reports.get(key)), "comparison.csv")

        return answered(request, act)

    @router.get("/why")
    def why(request: Request, run: str, query: str, review: str) -> Response:
        def act() -> Response:
            from ui.lab import why_missed

            return page("lab_why.html", why=why_missed(engine, run, query, review), run=library.runs.get(run)[0])

        return answered(request, act)

    return router


def exported(library: Library, set_name: str, kind: str) -> str:
    """A set's queries or judgements as `lab export` prints them. Raises NotFoundError, UsageError."""
    if kind == "queries":
        return write_queries(library.sets.queries(set_name).values())
    if kind == "judgements":
        return write_judgements(library.judgements.of(set_name))
    if kind == "qrels":
        return write_qrels(grades(library.judgements.of(set_name), library.get_many).final)
    raise UsageError(f"there is no format {kind!r}", remedy="It is queries, judgements or qrels")


def _file(text: str, name: str, media: str = "") -> Response:
    safe = "".join(char if char.isascii() and (char.isalnum() or char in "-._") else "-" for char in name)
    media = media or ("text/csv" if name.endswith(".csv") else "text/plain")
    headers = {"Content-Disposition": f'attachment; filename="{safe}"', "X-Content-Type-Options": "nosniff"}
    return Response(text.encode(), media_type=f"{media}; charset=utf-8", headers=headers)
