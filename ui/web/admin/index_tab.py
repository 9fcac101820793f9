"""How the search data stands against the library, and the buttons that bring it in step and have it checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import FlorilegiumError, Job, Role
from ui.texts import label, moment, say
from ui.web.lab.shown import heading, note, table
from ui.web.people import require
from ui.web.rendering import escape, fault_html
from ui.web.works import Works

if TYPE_CHECKING:
    from index.standing import Standing
    from ui.configurations import Configuration
    from ui.engine import LocalEngine

_KINDS = ("sync", "check", "model")  # works after which this tab is drawn anew


def index_tab(works: Works, page: gr.Blocks, timer: gr.Timer) -> None:
    """Build the tab."""
    engine = works.engine
    standing = gr.HTML(elem_id="fl-standing")
    with gr.Row():
        sync = gr.Button(label("admin.sync"), variant="primary", elem_id="fl-sync", min_width=180)
        check = gr.Button(label("admin.check"), elem_id="fl-check", min_width=180)
    said = gr.HTML(elem_id="fl-index-said")
    findings = gr.HTML(elem_id="fl-findings")
    seen = gr.State("")  # what this tab was last drawn from

    def drawn(request: gr.Request) -> list[Any]:
        require(request, Role.ADMIN)
        return [standing_html(engine), findings_html(works), _signature(works)]

    def looked(request: gr.Request, before: str) -> list[Any]:
        require(request, Role.ADMIN)
        return [gr.skip()] * 3 if before == _signature(works) else drawn(request)

    def synced(request: gr.Request) -> str:
        owner = require(request, Role.ADMIN).name
        works.start("sync", lambda: works.sync(owner=owner))
        return note(say("admin.begun"))

    def checked(request: gr.Request) -> str:
        owner = require(request, Role.ADMIN).name
        works.start("check", lambda: works.doctor(owner=owner))
        return note(say("admin.begun"))

    everything = [standing, findings, seen]
    page.load(drawn, None, everything, show_progress="hidden")
    timer.tick(looked, seen, everything, show_progress="hidden")
    sync.click(synced, None, said)
    check.click(checked, None, said)


def _signature(works: Works) -> str:
    """What the tab shows, in short: it is drawn anew when this changes."""
    engine = works.engine
    ended = [job.number for job in works.jobs.all() if job.kind in _KINDS and job.state != "running"]
    return json.dumps([engine.library.revision(), engine.workshop.configurations.active_name(), ended])


def standing_html(engine: LocalEngine) -> str:
    """The library's revision, what is in force, and each built index against it."""
    library, configurations = engine.library, engine.workshop.configurations
    try:
        active = engine.workshop.config()
        begun = configurations.begun()
        head = say("admin.standing", count=library.count(), revision=str(library.revision()), config=active.name, model=engine.workshop.model_name(None))
        rows = [_row(engine, each, each.search.spec == active.search.spec) for each in begun]
    except FlorilegiumError as error:
        return fault_html(str(error))
    line = f'<p class="fl-lead-line">{escape(head)}</p>'
    if not rows:
        return line + note(say("admin.no_index"))
    heads = [say(f"admin.head_{one}") for one in ("config", "stands", "synced", "revision", "records", "passages", "vectors", "postings", "size")]
    return line + table(heads, rows, numbers=6, caption=say("admin.indexes"))


def _row(engine: LocalEngine, chosen: Configuration, active: bool) -> list[str]:
    library, workshop = engine.library, engine.workshop
    standing, built = workshop.configurations.standing_of(chosen), workshop.built(chosen.search.spec)
    name = say("admin.in_force", config=chosen.name) if active else chosen.name
    if standing is None:
        return [name, *[""] * 8]
    stands = say("admin.in_step") if standing.in_step(library.uid(), library.revision()) else _behind(engine, standing)
    counts = [standing.records, standing.passages, built.vectors.count(), built.lexical.count()]
    size = say("admin.megabytes", size=round(standing.size / 1e6, 1))
    return [name, stands, moment(standing.synced) if standing.synced else "", str(standing.revision), *(f"{one:,}" for one in counts), size]


def _behind(engine: LocalEngine, standing: Standing) -> str:
    library = engine.library
    if not standing.built or standing.library != library.uid():
        return say("admin.not_built")
    revisions, records = library.revision() - standing.revision, len(library.changed_since(standing.revision))
    return say("admin.behind", count=revisions, records=records) if revisions else say("admin.unfinished")


def findings_html(works: Works) -> str:
    """What the last check found, by the log of its job."""
    job = works.jobs.last("check")
    if job is None:
        return note(say("admin.never_checked"))
    rows = [[check, say("admin.ok") if ok else say("admin.fault"), detail] for ok, check, detail in findings_of(job)]
    faults = sum(not ok for ok, _, _ in findings_of(job))
    summary = say("admin.faults_found", count=faults) if faults else say("admin.no_fault")
    listed = table([say(f"admin.head_{one}") for one in ("check", "result", "detail")], rows, caption=say("admin.findings"))
    return heading(say("admin.last_check", at=moment(job.ended))) + note(summary) + listed


def findings_of(job: Job) -> list[tuple[bool, str, str]]:
    """(whether it is well, what was looked at, what was found) for each line that a check said."""
    found = []
    for line in job.log.splitlines():
        _, _, told = line.partition(" ")
        state, _, rest = told.partition(" ")
        check, _, detail = rest.partition(": ")
        if state in ("ok", "fault"):
            found.append((state == "ok", check, detail))
    return found
