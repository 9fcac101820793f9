"""Retractions, expressions of concern and errata come in as a table of DOIs or PMIDs, and can be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import FlorilegiumError, Library
from corpus.importing import undo_import
from corpus.notices import list_notices, take_notices
from ui.web.curation.tables import table
from ui.web.rendering import escape, fault_html

if TYPE_CHECKING:
    from ui.engine import LocalEngine

_SHOWN = 100  # rows that could not be used
_WELCOME = """<p class="fl-note">A CSV with the columns doi or pmid, type (concern, erratum, retraction), date and text, or the export of the Retraction Watch
database. A record that is found gets the notice; a retracted one is no evidence any more, at once.</p>"""


def notices_tab(engine: LocalEngine, tab: gr.Tab) -> None:
    """Build the tab."""
    library = engine.library
    file = gr.File(label="A table of notices", elem_id="fl-notices-file", height=150)
    take = gr.Button("Take the notices in", variant="primary", elem_id="fl-notices-take")
    shown = gr.HTML(_WELCOME, elem_id="fl-notices")
    with gr.Row(equal_height=True):
        batch = gr.Dropdown(label="Take a table's notices back", choices=[], elem_id="fl-notices-batch", scale=4, min_width=240)
        undo = gr.Button("Take them back", elem_id="fl-notices-undo", scale=1, min_width=140)
    listed = gr.HTML()

    def taken(path: str | None) -> list[Any]:
        return [take_table(library, path), None, *_history(library)]

    def undone(chosen: str | None) -> list[Any]:
        return [take_notices_back(library, chosen), *_history(library)]

    tab.select(lambda: _history(library), None, [batch, listed], show_progress="hidden")
    take.click(taken, file, [shown, file, batch, listed])
    undo.click(undone, batch, [shown, batch, listed])


def take_table(library: Library, path: str | None) -> str:
    """Give records the notices of a file; what became of its rows, as HTML."""
    if not path:
        return fault_html("No file is chosen. Drop one into the field above.")
    try:
        report = take_notices(library, Path(path), path=Path(path).name)
    except FlorilegiumError as error:
        return fault_html(str(error))
    said = f"Of {report.read:,} rows {report.matched:,} were given to a record, {report.unchanged:,} were there already, {report.unmatched:,} name none here."
    records = "".join(f'<li><a href="/review/{escape(one)}">{escape(one)}</a></li>' for one in report.records[:_SHOWN])
    bad = "".join(f"<li>line {row.line}: {escape(row.reason)}</li>" for row in report.bad[:_SHOWN])
    parts = [f'<p class="fl-lead-line"><strong>Done.</strong> {said}</p>', f'<ul class="fl-ids">{records}</ul>' if records else ""]
    return "".join([*parts, f'<div class="fl-warn"><p>{len(report.bad):,} rows could not be used:</p><ul>{bad}</ul></div>' if bad else ""])


def take_notices_back(library: Library, batch: str | None) -> str:
    """Undo a table of notices; what happened, as HTML."""
    if not batch:
        return fault_html("No table is chosen.")
    try:
        left = undo_import(library, batch)
    except FlorilegiumError as error:
        return fault_html(str(error))
    kept = f" {len(left):,} records that were changed afterwards were left alone." if left else ""
    return f'<p class="fl-lead-line"><strong>The notices of {escape(batch)} were taken back.</strong>{kept}</p>'


def _history(library: Library) -> list[Any]:
    found = list_notices(library)
    choices = [(f"{row['batch']}: {Path(row['path']).name}, {row['matched']:,} records", row["batch"]) for row in found if not row["undone"]]
    rows = [[row["batch"], row["at"], Path(row["path"]).name, f"{row['matched']:,}", "taken back" if row["undone"] else ""] for row in found]
    return [gr.update(choices=choices, value=None), table(("Table", "When (UTC)", "File", "Records", ""), rows) if rows else ""]
