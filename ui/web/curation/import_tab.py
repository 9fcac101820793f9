"""Records come in: files are read and shown before anything is written, brought in by one click, and taken back by another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from corpus import FlorilegiumError, Library, Review, Role
from corpus.importing import ImportReport, SkippedRecord, import_files, undo_import
from corpus.importing.intake import Upload, list_imports
from ui.texts import label, moment, said, say
from ui.web.curation.tables import table
from ui.web.people import require
from ui.web.rendering import escape, fault_html
from ui.web.works import Progress, Told, Work, Works, named, progress_html, stopper

if TYPE_CHECKING:
    from collections.abc import Callable

_SHOWN = 100  # records of a preview, and lines of what was skipped
_OUTCOMES = ("updated", "unchanged", "duplicates", "skipped")
_HEADS = ("file", "format", "encoding", "read", "added", "adds_to", "there", "twice", "skipped")


class Seen(NamedTuple):
    """A record of a preview: what would become of it, and what it is."""

    outcome: str
    review: Review


def import_tab(works: Works, page: gr.Blocks) -> None:
    """Build the tab."""
    library = works.engine.library
    files = gr.File(label=label("intake.files_field"), file_count="multiple", elem_id="fl-files", height=170)
    with gr.Row():
        look_at = gr.Button(label("intake.preview"), variant="primary", elem_id="fl-preview-files", min_width=200)
        accept = gr.Button(label("intake.accept"), variant="primary", visible=False, elem_id="fl-accept", min_width=140)
        leave = gr.Button(label("intake.leave"), visible=False, elem_id="fl-leave", min_width=140)
        stop = gr.Button(label("lab.stop"), visible=False, elem_id="fl-import-stop", min_width=100)
    shown = gr.HTML(f'<p class="fl-note">{said("intake.welcome")}</p>', elem_id="fl-preview")
    gr.HTML(f'<h2 class="fl-h2">{said("intake.batches")}</h2>')
    with gr.Row(equal_height=True):
        batch = gr.Dropdown(label=label("intake.take_back_field"), choices=[], value=None, elem_id="fl-batch", scale=4, min_width=240)
        undo = gr.Button(label("intake.take_back"), elem_id="fl-undo", scale=1, min_width=140)
    batches = gr.HTML(elem_id="fl-batches")

    def told(kind: str, paths: list[str] | None, request: gr.Request, act: Callable[[Sequence[str], str, Progress], Any]) -> Iterator[Told]:
        work = Work(kind, named(*(Path(path).name for path in paths or ())), require(request, Role.LIBRARIAN).name)
        if not paths:
            yield Told(ended=True, fault=say("curate.no_file"))
            return
        yield from works.follow(str(request.session_hash), work, lambda tell: act(paths, work.owner, tell))

    def previewed(request: gr.Request, paths: list[str] | None) -> Iterator[list[Any]]:
        for one in told("preview", paths, request, lambda files, _, tell: preview(library, files, tell)):
            text, ready = one.made or (_standing(one), False)
            both = gr.update(visible=ready, interactive=True)
            yield [text, both, both, gr.update(variant="secondary" if ready else "primary"), gr.update(visible=not one.ended)]

    def accepted(request: gr.Request, paths: list[str] | None) -> Iterator[list[Any]]:
        for one in told("import", paths, request, lambda files, actor, tell: bring_in(library, files, actor, tell)):
            if one.made:
                yield [one.made, None, gr.update(visible=False), gr.update(visible=False), *_history(library), gr.update(visible=False)]
            else:
                yield [_standing(one), gr.skip(), gr.update(interactive=one.ended), gr.skip(), gr.skip(), gr.skip(), gr.update(visible=not one.ended)]

    def left() -> list[Any]:
        return [f'<p class="fl-note">{escape(say("intake.welcome"))}</p>', None, gr.update(visible=False), gr.update(visible=False)]

    def undone(request: gr.Request, chosen: str | None) -> list[Any]:
        return [take_back(library, chosen, require(request, Role.LIBRARIAN).name), *_history(library)]

    look_at.click(previewed, files, [shown, accept, leave, look_at, stop], concurrency_limit=4, show_progress="hidden")
    accept.click(accepted, files, [shown, files, accept, leave, batch, batches, stop], concurrency_limit=4, show_progress="hidden")
    stop.click(stopper(works), None, None, queue=False)
    leave.click(left, None, [shown, files, accept, leave])
    undo.click(undone, batch, [shown, batch, batches])
    page.load(lambda: _history(library), None, [batch, batches], show_progress="hidden")


def preview(library: Library, paths: Sequence[str], tell: Progress) -> tuple[str, bool]:
    """What an import would do, as HTML, and whether anything would come in. Nothing is kept. Raises FlorilegiumError."""
    seen: list[Seen] = []

    def watch(outcome: str, review: Review) -> None:
        if len(seen) < _SHOWN:
            seen.append(Seen(outcome, review))

    report = import_files(library, _uploads(paths), dry_run=True, watch=watch, progress=_records_told(tell))
    head = f'<p class="fl-lead-line"><strong>{escape(say("intake.nothing_written"))}</strong> {escape(_sentence(report, "intake.outcome_adding_count"))}</p>'
    return head + _files(report) + _records(seen, report.total("read") - report.total("skipped")), bool(report.total("added") + report.total("updated"))


def bring_in(library: Library, paths: Sequence[str], actor: str, tell: Progress) -> str:
    """Import for good; the report as HTML. Ended half-way, nothing of it is kept. Raises FlorilegiumError."""
    report = import_files(library, _uploads(paths), actor=actor, progress=_records_told(tell))
    undo = " " + say("intake.done_undo", batch=report.batch) if report.batch else ""
    text = _sentence(report, "intake.outcome_added_count") + undo
    return f'<p class="fl-lead-line"><strong>{escape(say("curate.done"))}</strong> {escape(text)}</p>' + _files(report)


def _standing(told: Told) -> str:
    """Where reading stands, or why it ended without anything made."""
    return fault_html(told.fault) if told.ended else progress_html(told)


def take_back(library: Library, batch: str | None, actor: str) -> str:
    """Undo an import; what happened as HTML."""
    if not batch:
        return fault_html(say("intake.none_chosen"))
    try:
        left = undo_import(library, batch, actor=actor)
    except FlorilegiumError as error:
        return fault_html(str(error))
    kept = " " + escape(say("intake.left_alone", count=len(left), ids=", ".join(left[:10]))) if left else ""
    return f'<p class="fl-lead-line"><strong>{escape(say("intake.taken_back", batch=batch))}</strong>{kept}</p>'


def _records_told(tell: Progress) -> Callable[[str, int], None]:
    """An import's own progress as everybody's: how many records of a file were read."""
    return lambda path, read: tell("read", read, 0)


def _uploads(paths: Sequence[str]) -> list[Path | Upload]:
    return [Upload(Path(path).name, Path(path)) for path in paths]


def _sentence(report: ImportReport, added: str) -> str:
    """What an import did or would do; `added` is the key of how it says what came in."""
    parts = [say(added, count=report.total("added"))]
    parts += [say(f"intake.outcome_{name}_count", count=report.total(name)) for name in _OUTCOMES if report.total(name)]
    return say("intake.of_read_done", read=report.total("read"), counts=", ".join(parts))


def _files(report: ImportReport) -> str:
    rows = []
    for entry in report.files:
        cells = [
            entry.path,
            entry.format or say("intake.unknown_format"),
            entry.encoding,
            *(f"{value:,}" for value in (entry.read, entry.added, entry.updated)),
        ]
        cells += [f"{entry.unchanged:,}", f"{entry.duplicates:,}", f"{len(entry.skipped):,}"]
        rows.append(cells)
    listed = table([say(f"intake.{name}") for name in _HEADS], rows, numbers=6)
    listed += "".join(f'<p class="fl-note">{escape(entry.path)}: {escape(entry.note)}</p>' for entry in report.files if entry.note)
    skipped = [f"<li>{escape(_skipped(entry.path, one))}</li>" for entry in report.files for one in entry.skipped]
    more = f"<li>… {escape(say('curate.and_more', count=len(skipped) - _SHOWN))}</li>" if len(skipped) > _SHOWN else ""
    return listed + (f'<div class="fl-warn"><p>{escape(say("intake.skipped_head"))}</p><ul>{"".join(skipped[:_SHOWN])}{more}</ul></div>' if skipped else "")


def _skipped(path: str, one: SkippedRecord) -> str:
    if not one.record:
        return f"{path}: {one.reason}"
    return say("intake.skipped_at", path=path, record=str(one.record), line=str(one.line), reason=one.reason)


def _records(seen: Sequence[Seen], total: int) -> str:
    if not seen:
        return ""
    rows = [
        [say(f"intake.outcome_{one.outcome}"), one.review.title or say("curate.untitled"), one.review.byline(), str(one.review.year or ""), one.review.doi]
        for one in seen
    ]
    more = f'<p class="fl-note">{escape(say("curate.first_of_records", shown=len(seen), total=total))}</p>' if total > len(seen) else ""
    return table([*(say(f"intake.{name}") for name in ("what", "title", "authors", "year")), "DOI"], rows) + more


def _history(library: Library) -> list[Any]:
    """The imports that can be taken back as choices, and all of them as a table."""
    found = list_imports(library)
    choices = [
        (f"{row['batch']}: {_names(row['files'])}, {say('intake.outcome_added_count', count=row['added'])}", row["batch"]) for row in found if not row["undone"]
    ]
    rows = [
        [row["batch"], moment(row["at"]), _names(row["files"]), f"{row['added']:,}", f"{row['updated']:,}", say("curate.taken_back") if row["undone"] else ""]
        for row in found
    ]
    heads = [say("intake.import"), say("curate.when"), say("intake.files"), say("intake.added"), say("intake.updated"), ""]
    listed = table(heads, rows) if rows else f'<p class="fl-note">{escape(say("intake.none_yet"))}</p>'
    return [gr.update(choices=choices, value=None), listed]


def _names(paths: Sequence[str]) -> str:
    names = [Path(path).name for path in paths]
    return ", ".join(names[:3]) + (" " + say("curate.and_more", count=len(names) - 3) if len(names) > 3 else "")
