"""What is under way and what became of what was: each job with its progress, its log, and the way to end it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import gradio as gr
from markupsafe import Markup

from corpus import LOCAL, FlorilegiumError, Job, Role
from corpus.jobs import Jobs
from ui.texts import label, moment, say
from ui.web.lab.shown import heading, note, table
from ui.web.people import require
from ui.web.rendering import escape, fault_html
from ui.web.works import SERVER, Works, bar_html, step_said

_SHOWN = 50


def jobs_tab(works: Works, page: gr.Blocks, timer: gr.Timer) -> None:
    """Build the tab."""
    jobs = works.jobs
    listed = gr.HTML(elem_id="fl-jobs")
    with gr.Row(equal_height=True):
        picked = gr.Dropdown(label=label("jobs.pick"), choices=[], value=None, elem_id="fl-job", scale=4, min_width=240)
        cancel = gr.Button(label("jobs.cancel"), elem_id="fl-job-cancel", scale=1, min_width=140)
    said = gr.HTML(elem_id="fl-job-said")
    log = gr.HTML(elem_id="fl-job-log")
    seen = gr.State("")  # the jobs that can be picked
    everything = [listed, picked, log, seen]

    def looked(request: gr.Request, before: str, number: int | None) -> list[Any]:
        require(request, Role.ADMIN)
        return shown(jobs, before, number)

    def read(request: gr.Request, number: int | None) -> str:
        require(request, Role.ADMIN)
        return log_html(jobs, number)

    def cancelled(request: gr.Request, number: int | None) -> str:
        require(request, Role.ADMIN)
        return end(jobs, number)

    page.load(looked, [seen, picked], everything, show_progress="hidden")
    timer.tick(looked, [seen, picked], everything, show_progress="hidden")
    picked.input(read, picked, log, show_progress="hidden")
    cancel.click(cancelled, picked, said)


def shown(jobs: Jobs, before: str, number: int | None) -> list[Any]:
    """The tab as it is now; what can be picked is only told anew where it has changed, so that nobody's choice is taken from under their hand."""
    found = jobs.all(_SHOWN)
    choices = [(f"{job.number}: {what(job)} ({state(job)})", job.number) for job in found]
    now = json.dumps(choices)
    kept = number if number in {job.number for job in found} else next((job.number for job in found), None)
    return [jobs_html(found), gr.skip() if now == before else gr.update(choices=choices, value=kept), log_html(jobs, kept), now]


def jobs_html(found: Sequence[Job]) -> str:
    """All jobs as a table."""
    if not found:
        return note(say("jobs.none"))
    heads = [say(f"jobs.head_{one}") for one in ("what", "state", "progress", "who", "started", "number", "took")]
    rows = [[what(job), state(job), _progress(job), who(job), moment(job.started), str(job.number), _took(job)] for job in found]
    return table(heads, rows, numbers=2, caption=say("jobs.caption"))


def log_html(jobs: Jobs, number: int | None) -> str:
    """What a job said."""
    try:
        job = jobs.get(number) if number is not None else None
    except FlorilegiumError:
        job = None  # so old that it made room
    if job is None:
        return ""
    head = heading(say("jobs.log_of", number=job.number, what=what(job)))
    lines = "".join(f"<li>{escape(line)}</li>" for line in job.log.splitlines())
    return head + (f'<ul class="fl-log" tabindex="0">{lines}</ul>' if lines else note(say("jobs.log_empty")))


def end(jobs: Jobs, number: int | None) -> str:
    """Wish a job to end; what became of it, as HTML."""
    if number is None:
        return fault_html(say("jobs.none_picked"))
    try:
        jobs.cancel(number)
    except FlorilegiumError as error:
        return fault_html(str(error))
    return note(say("jobs.will_end", number=number))


def what(job: Job) -> str:
    """A job in words."""
    kind = say(f"jobs.kind_{job.kind}") if job.kind in _KINDS else job.kind
    return f"{kind}: {job.title}" if job.title else kind


def who(job: Job) -> str:
    """Who began it."""
    return say("jobs.by_server") if job.owner == SERVER else say("jobs.by_local") if job.owner == LOCAL else job.owner


def state(job: Job) -> str:
    """Its state in words."""
    return say("jobs.state_ending") if job.state == "running" and job.cancel else say(f"jobs.state_{job.state}")


_KINDS = frozenset({"sync", "check", "run", "compare", "pool", "gate", "answers", "sweep", "import", "preview", "pairs", "model", "mails"})


def _progress(job: Job) -> str:
    if job.state != "running":
        return ""
    return Markup(bar_html(step_said(job.step, job.done, job.total), job.done, job.total))  # noqa: S704 - `bar_html` escapes it


def _took(job: Job) -> str:
    began = datetime.fromisoformat(job.started)
    seconds = int(((datetime.fromisoformat(job.ended) if job.ended else datetime.now(UTC)) - began).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02d}"
