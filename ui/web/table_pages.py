"""A kept answer on a page of its own; its evidence table under the answer, on a page that sorts, and as CSV."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant.answer import Answer
from assistant.own_notes import with_own_words
from assistant.replay import Today, as_of_today
from assistant.table import COLUMNS, Cell, Row, sort_rows, table_csv, table_of
from corpus import Anchor, Library, NotFoundError, standings
from ui.texts import say
from ui.web.pages import page
from ui.web.people import Person, owner_for, require
from ui.web.place import link_to
from ui.web.rendering import notices_of

_NUMBERS = frozenset({"year", "n"})


def table_pages(library: Library) -> APIRouter:
    """Routes for a person's kept answers and their tables, with what holds of its records today; `sort` names a column, `down=1` turns the order."""
    router = APIRouter(include_in_schema=False)

    def kept(answer_id: str, request: Request) -> tuple[Today, list[Row]]:
        person = require(request)
        answer = Answer.from_dict(library.answers.get(answer_id, owner_for(person)))
        return as_of_today(answer, partial(standings, library), library.get), table_of(answer, library.get)

    def missing(error: NotFoundError) -> Response:
        return page("missing.html", status=404, message=error.message, panel=False)

    @router.get("/answers/{answer_id}/table.csv")
    def as_csv(answer_id: str, request: Request) -> Response:
        try:
            today, rows = kept(answer_id, request)
        except NotFoundError as error:
            return missing(error)
        told = {review.key: " ".join([*today.told[review.key], *notices_of(review)]) for review in today.answer.reviews}
        name = f"evidence-{''.join(char for char in answer_id if char.isalnum())}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return Response("\ufeff" + table_csv([row.as_dict() for row in rows], told), media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/answers/{answer_id}/table")
    def as_page(answer_id: str, request: Request, sort: str = "", down: bool = False) -> Response:
        try:
            today, rows = kept(answer_id, request)
        except NotFoundError as error:
            return missing(error)
        rows = sort_rows(rows, sort, descending=down) if sort in COLUMNS else rows
        heads = [(say(f"table.col_{name}"), f"?sort={name}{'&down=1' if sort == name and not down else ''}", name in _NUMBERS) for name in COLUMNS]
        shown = [(row, _record_link(row), [(row.cells.get(name), _cell_link(row, row.cells.get(name)), name in _NUMBERS) for name in COLUMNS]) for row in rows]
        return page("table.html", answer=today.answer, warnings=warnings_of(today), heads=heads, rows=shown)

    @router.get("/answers/{answer_id}")
    def as_given(answer_id: str, request: Request) -> Response:
        try:
            today, _ = kept(answer_id, request)
        except NotFoundError as error:
            return missing(error)
        answer = today.answer
        told = {line for lines in today.told.values() for line in lines}
        sentences = [(sentence, [(citation.key, link_to(citation.anchor)) for citation in sentence.citations]) for sentence in answer.sentences]
        notices = [notice for notice in answer.notices if notice not in told]
        own = [sentence for sentence in for_reader(answer, library, require(request)).from_notes if sentence.text]
        left = len(answer.from_notes) - len(own)
        return page(
            "answer.html",
            answer=answer,
            warnings=warnings_of(today),
            sentences=sentences,
            notices=notices,
            own_notes=own,
            notes_withheld=left,
        )

    return router


def for_reader(answer: Answer, library: Library, person: Person) -> Answer:
    """A kept answer with the words of those notes in it that are this person's own."""
    ids = [sentence.note_id for sentence in answer.from_notes]
    return with_own_words(answer, library.notes.get_many(person.name, ids)) if ids else answer


def warnings_of(today: Today) -> list[str]:
    """What a reader of a kept answer has to know of its records first."""
    return [line for review in today.answer.reviews for line in (*today.told[review.key], *(f"[{review.key}] {said}" for said in notices_of(review)))]


def table_html(answer: Answer, rows: Sequence[Row], escape: Callable[[str], str]) -> str:
    """The table to fold out under an answer; every cell leads to its exact words. Empty where there is nothing to compare."""
    if not rows:
        return ""
    heads = "".join(f'<th class="{_class(name)}">{escape(say(f"table.col_{name}"))}</th>' for name in COLUMNS)
    body = "".join(f"<tr><td>{_linked(_record_link(row), row.label, escape)}</td>{''.join(_td(row, name, escape) for name in COLUMNS)}</tr>" for row in rows)
    address = f"/answers/{html.escape(answer.id)}/table"
    links = f'<p class="fl-note"><a href="/answers/{html.escape(answer.id)}" target="_blank">{escape(say("table.by_itself"))}</a> · '
    links += f'<a href="{address}" target="_blank">{escape(say("table.sort"))}</a> · <a href="{address}.csv">{escape(say("table.csv"))}</a></p>'
    table = f'<div class="fl-table"><table><thead><tr><th>{escape(say("table.record"))}</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    return f'<details class="fl-evidence-table"><summary>{escape(say("table.heading"))}</summary>{table}{links}</details>'


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
