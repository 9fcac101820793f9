"""Retractions, expressions of concern and errata come in as a table of DOIs or PMIDs, and can be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import FlorilegiumError, Library, Role
from corpus.importing import undo_import
from corpus.notices import list_notices, take_notices
from ui.texts import label, moment, said, say
from ui.web.curation.tables import table
from ui.web.people import require
from ui.web.rendering import escape, fault_html

if TYPE_CHECKING:
    from ui.engine import LocalEngine

_SHOWN = 100  # rows that could not be used


def notices_tab(engine: LocalEngine, tab: gr.Tab) -> None:
    """Build the tab."""
    library = engine.library
    file = gr.File(label=label("notices.field"), elem_id="fl-notices-file", height=150)
    take = gr.Button(label("notices.take"), variant="primary", elem_id="fl-notices-take")
    shown = gr.HTML(f'<p class="fl-note">{said("notices.welcome")}</p>', elem_id="fl-notices")
    with gr.Row(equal_height=True):
        batch = gr.Dropdown(label=label("notices.take_back_field"), choices=[], elem_id="fl-notices-batch", scale=4, min_width=240)
        undo = gr.Button(label("notices.take_back"), elem_id="fl-notices-undo", scale=1, min_width=140)
    listed = gr.HTML()

    def taken(request: gr.Request, path: str | None) -> list[Any]:
        return [take_table(library, path, require(request, Role.LIBRARIAN).name), None, *_history(library)]

    def undone(request: gr.Request, chosen: str | None) -> list[Any]:
        return [take_notices_back(library, chosen, require(request, Role.LIBRARIAN).name), *_history(library)]

    tab.select(lambda: _history(library), None, [batch, listed], show_progress="hidden")
    take.click(taken, file, [shown, file, batch, listed])
    undo.click(undone, batch, [shown, batch, listed])


def take_table(library: Library, path: str | None, actor: str) -> str:
    """Give records the notices of a file; what became of its rows, as HTML."""
    if not path:
        return fault_html(say("curate.no_file"))
    try:
        report = take_notices(library, Path(path), path=Path(path).name, actor=actor)
    except FlorilegiumError as error:
        return fault_html(str(error))
    text = say("notices.taken", read=report.read, matched=report.matched, unchanged=report.unchanged, unmatched=report.unmatched)
    records = "".join(f'<li><a href="/review/{escape(one)}">{escape(one)}</a></li>' for one in report.records[:_SHOWN])
    bad = "".join(f"<li>{escape(say('notices.bad_line', line=row.line, reason=row.reason))}</li>" for row in report.bad[:_SHOWN])
    parts = [
        f'<p class="fl-lead-line"><strong>{escape(say("curate.done"))}</strong> {escape(text)}</p>',
        f'<ul class="fl-ids">{records}</ul>' if records else "",
    ]
    return "".join([*parts, f'<div class="fl-warn"><p>{escape(say("notices.bad", count=len(report.bad)))}</p><ul>{bad}</ul></div>' if bad else ""])


def take_notices_back(library: Library, batch: str | None, actor: str) -> str:
    """Undo a table of notices; what happened, as HTML."""
    if not batch:
        return fault_html(say("notices.no_table"))
    try:
        left = undo_import(library, batch, actor=actor)
    except FlorilegiumError as error:
        return fault_html(str(error))
    kept = " " + escape(say("notices.left_alone", count=len(left))) if left else ""
    return f'<p class="fl-lead-line"><strong>{escape(say("notices.taken_back", batch=batch))}</strong>{kept}</p>'


def _history(library: Library) -> list[Any]:
    found = list_notices(library)
    choices = [(f"{row['batch']}: {Path(row['path']).name}, {say('ask.matching', count=row['matched'])}", row["batch"]) for row in found if not row["undone"]]
    rows = [
        [row["batch"], moment(row["at"]), Path(row["path"]).name, f"{row['matched']:,}", say("curate.taken_back") if row["undone"] else ""] for row in found
    ]
    heads = (say("notices.table"), say("curate.when"), say("notices.file"), say("curate.records"), "")
    return [gr.update(choices=choices, value=None), table(heads, rows) if rows else ""]
