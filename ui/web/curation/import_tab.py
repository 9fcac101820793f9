"""Records come in: files are read and shown before anything is written, brought in by one click, and taken back by another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from corpus import FlorilegiumError, Library, Review
from corpus.importing import ImportReport, import_files, undo_import
from corpus.importing.intake import Upload, list_imports
from ui.web.curation.tables import table
from ui.web.rendering import escape, fault_html

if TYPE_CHECKING:
    from ui.engine import LocalEngine

_SHOWN = 100  # records of a preview, and lines of what was skipped
_OUTCOMES = {"added": "new", "updated": "adds to a record", "unchanged": "there already", "duplicates": "twice in these files"}
_WELCOME = """<p class="fl-note">RIS, BibTeX, PubMed, EndNote XML, Zotero, Web of Science, Ovid, RefWorks, CSL-JSON, CSV and TSV, JATS full text, PDF, Markdown,
JSON Lines: the format is told from the content. Nothing is written before you have seen what would come in.</p>"""


class Seen(NamedTuple):
    """A record of a preview: what would become of it, and what it is."""

    outcome: str
    review: Review


def import_tab(engine: LocalEngine, page: gr.Blocks) -> None:
    """Build the tab."""
    library = engine.library
    files = gr.File(label="Files from any reference manager", file_count="multiple", elem_id="fl-files", height=170)
    with gr.Row():
        look_at = gr.Button("Look at what would come in", variant="primary", elem_id="fl-preview-files", min_width=200)
        accept = gr.Button("Bring it in", variant="primary", visible=False, elem_id="fl-accept", min_width=140)
        leave = gr.Button("Leave it", visible=False, elem_id="fl-leave", min_width=140)
    shown = gr.HTML(_WELCOME, elem_id="fl-preview")
    gr.HTML('<h2 class="fl-h2">Imports so far</h2>')
    with gr.Row(equal_height=True):
        batch = gr.Dropdown(label="Take an import back", choices=[], value=None, elem_id="fl-batch", scale=4, min_width=240)
        undo = gr.Button("Take it back", elem_id="fl-undo", scale=1, min_width=140)
    batches = gr.HTML(elem_id="fl-batches")

    def previewed(paths: list[str] | None) -> list[Any]:
        text, ready = preview(library, paths or [])
        return [text, gr.update(visible=ready), gr.update(visible=ready), gr.update(variant="secondary" if ready else "primary")]

    def accepted(paths: list[str] | None) -> list[Any]:
        text = bring_in(library, paths or [])
        return [text, None, gr.update(visible=False), gr.update(visible=False), *_history(library)]

    def left() -> list[Any]:
        return [_WELCOME, None, gr.update(visible=False), gr.update(visible=False)]

    def undone(chosen: str | None) -> list[Any]:
        return [take_back(library, chosen), *_history(library)]

    look_at.click(previewed, files, [shown, accept, leave, look_at], concurrency_limit=4)
    accept.click(accepted, files, [shown, files, accept, leave, batch, batches], concurrency_limit=4)
    leave.click(left, None, [shown, files, accept, leave])
    undo.click(undone, batch, [shown, batch, batches])
    page.load(lambda: _history(library), None, [batch, batches], show_progress="hidden")


def preview(library: Library, paths: Sequence[str]) -> tuple[str, bool]:
    """What an import would do, as HTML, and whether anything would come in. Nothing is kept."""
    if not paths:
        return fault_html("No file is chosen. Drop one into the field above."), False
    seen: list[Seen] = []

    def watch(outcome: str, review: Review) -> None:
        if len(seen) < _SHOWN:
            seen.append(Seen(outcome, review))

    try:
        report = import_files(library, _uploads(paths), dry_run=True, watch=watch)
    except FlorilegiumError as error:
        return fault_html(str(error)), False
    head = f'<p class="fl-lead-line"><strong>Nothing is written yet.</strong> {_sentence(report, "would be")}</p>'
    return head + _files(report) + _records(seen, report.total("read") - report.total("skipped")), bool(report.total("added") + report.total("updated"))


def bring_in(library: Library, paths: Sequence[str]) -> str:
    """Import for good; the report as HTML."""
    try:
        report = import_files(library, _uploads(paths))
    except FlorilegiumError as error:
        return fault_html(str(error))
    undo = f" To take it back, choose <code>{escape(report.batch)}</code> below." if report.batch else ""
    return f'<p class="fl-lead-line"><strong>Done.</strong> {_sentence(report, "were")}{undo}</p>' + _files(report)


def take_back(library: Library, batch: str | None) -> str:
    """Undo an import; what happened as HTML."""
    if not batch:
        return fault_html("No import is chosen.")
    try:
        left = undo_import(library, batch)
    except FlorilegiumError as error:
        return fault_html(str(error))
    kept = f" {len(left):,} records that were changed afterwards were left alone: {escape(', '.join(left[:10]))}." if left else ""
    return f'<p class="fl-lead-line"><strong>Import {escape(batch)} was taken back.</strong>{kept}</p>'


def _uploads(paths: Sequence[str]) -> list[Path | Upload]:
    return [Upload(Path(path).name, Path(path)) for path in paths]


def _sentence(report: ImportReport, would: str) -> str:
    counts = {name: report.total(name) for name in (*_OUTCOMES, "skipped")}
    parts = [f"{counts['added']:,} {would} added"]
    parts += [f"{counts[name]:,} {meaning}" for name, meaning in _OUTCOMES.items() if name != "added" and counts[name]]
    parts += [f"{counts['skipped']:,} skipped"] if counts["skipped"] else []
    return f"Of {report.total('read'):,} records {', '.join(parts)}."


def _files(report: ImportReport) -> str:
    rows = []
    for entry in report.files:
        cells = [entry.path, entry.format or "not known", entry.encoding, *(f"{value:,}" for value in (entry.read, entry.added, entry.updated))]
        cells += [f"{entry.unchanged:,}", f"{entry.duplicates:,}", f"{len(entry.skipped):,}"]
        rows.append(cells)
    listed = table(("File", "Format", "Encoding", "Read", "New", "Adds to", "There", "Twice", "Skipped"), rows, numbers=6)
    listed += "".join(f'<p class="fl-note">{escape(entry.path)}: {escape(entry.note)}</p>' for entry in report.files if entry.note)
    skipped = [
        f"<li>{escape(entry.path)}{f', record {one.record}, line {one.line}' if one.record else ''}: {escape(one.reason)}</li>"
        for entry in report.files
        for one in entry.skipped
    ]
    more = f"<li>… and {len(skipped) - _SHOWN:,} more</li>" if len(skipped) > _SHOWN else ""
    return listed + (f'<div class="fl-warn"><p>Skipped:</p><ul>{"".join(skipped[:_SHOWN])}{more}</ul></div>' if skipped else "")


def _records(seen: Sequence[Seen], total: int) -> str:
    if not seen:
        return ""
    rows = [[_OUTCOMES[one.outcome], one.review.title or "(untitled)", one.review.byline(), str(one.review.year or ""), one.review.doi] for one in seen]
    more = f'<p class="fl-note">The first {len(seen):,} of {total:,} records.</p>' if total > len(seen) else ""
    return table(("What", "Title", "Authors", "Year", "DOI"), rows) + more


def _history(library: Library) -> list[Any]:
    """The imports that can be taken back as choices, and all of them as a table."""
    found = list_imports(library)
    choices = [(f"{row['batch']}: {_names(row['files'])}, {row['added']:,} added", row["batch"]) for row in found if not row["undone"]]
    rows = [[row["batch"], row["at"], _names(row["files"]), f"{row['added']:,}", f"{row['updated']:,}", "taken back" if row["undone"] else ""] for row in found]
    listed = table(("Import", "When (UTC)", "Files", "Added", "Updated", ""), rows) if rows else '<p class="fl-note">Nothing has been imported yet.</p>'
    return [gr.update(choices=choices, value=None), listed]


def _names(paths: Sequence[str]) -> str:
    names = [Path(path).name for path in paths]
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
