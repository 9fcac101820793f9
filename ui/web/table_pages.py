"""The evidence table of an answer: under the answer on the page, on a page of its own that sorts, and as CSV."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant.answer import Answer
from assistant.table import COLUMNS, Cell, Row, sort_rows, table_csv, table_of
from corpus import Anchor, Library, NotFoundError
from ui.web.pages import page
from ui.web.place import link_to

_HEADS = {"kind": "Kind", "year": "Year", "n": "n", "compound": "Compound", "dose": "Dose", "outcome": "Outcome", "effect": "Effect", "direction": "Difference"}
_NUMBERS = frozenset({"year", "n"})


def table_pages(library: Library) -> APIRouter:
    """Routes for the table of a kept answer; `sort` names a column, `down=1` turns the order."""
    router = APIRouter(include_in_schema=False)

    def rows_of(answer_id: str) -> tuple[Answer, list[Row]]:
        answer = Answer.from_dict(library.answers.get(answer_id))
        return answer, table_of(answer, library.get)

    @router.get("/answers/{answer_id}/table.csv")
    def as_csv(answer_id: str) -> Response:
        try:
            _, rows = rows_of(answer_id)
        except NotFoundError as error:
            return page("missing.html", status=404, message=error.message, panel=False)
        name = f"evidence-{''.join(char for char in answer_id if char.isalnum())}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return Response("\ufeff" + table_csv([row.as_dict() for row in rows]), media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/answers/{answer_id}/table")
    def as_page(answer_id: str, request: Request, sort: str = "", down: bool = False) -> Response:
        try:
            answer, rows = rows_of(answer_id)
        except NotFoundError as error:
            return page("missing.html", status=404, message=error.message, panel=False)
        rows = sort_rows(rows, sort, descending=down) if sort in COLUMNS else rows
        heads = [(_HEADS[name], f"?sort={name}{'&down=1' if sort == name and not down else ''}", name in _NUMBERS) for name in COLUMNS]
        shown = [(row, _record_link(row), [(row.cells.get(name), _cell_link(row, row.cells.get(name)), name in _NUMBERS) for name in COLUMNS]) for row in rows]
        return page("table.html", answer=answer, heads=heads, rows=shown)

    return router


def table_html(answer: Answer, rows: Sequence[Row], escape: Callable[[str], str]) -> str:
    """The table to fold out under an answer; every cell leads to its exact words. Empty where there is nothing to compare."""
    if not rows:
        return ""
    heads = "".join(f'<th class="{_class(name)}">{_HEADS[name]}</th>' for name in COLUMNS)
    body = "".join(f"<tr><td>{_linked(_record_link(row), row.label, escape)}</td>{''.join(_td(row, name, escape) for name in COLUMNS)}</tr>" for row in rows)
    address = f"/answers/{html.escape(answer.id)}/table"
    links = f'<p class="fl-note"><a href="{address}" target="_blank">Sort it</a> · <a href="{address}.csv">Take it along as CSV</a></p>'
    table = f'<div class="fl-table"><table><thead><tr><th>Record</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    return f'<details class="fl-evidence-table"><summary>Evidence table</summary>{table}{links}</details>'


def _td(row: Row, name: str, escape: Callable[[str], str]) -> str:
    cell = row.cells.get(name)
    link = _cell_link(row, cell)
    text = "" if cell is None else _linked(link, cell.text, escape) if link else escape(cell.text)
    return f'<td class="{_class(name)}">{text}</td>'


def _class(name: str) -> str:
    return "fl-num" if name in _NUMBERS else ""


def _linked(address: str, text: str, escape: Callable[[str], str]) -> str:
    return f'<a class="fl-record" href="{html.escape(address)}">{escape(text)}</a>'


def _record_link(row: Row) -> str:
    return f"/review/{row.review_id}?rev={row.revision}"


def _cell_link(row: Row, cell: Cell | None) -> str:
    if cell is None or not cell.field:
        return ""
    return link_to(Anchor(row.review_id, row.revision, cell.field, cell.start, cell.end, cell.text))
