"""The lines below the Ask page's box: how fresh the collection is, what answers now, and where the language model is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import FlorilegiumError, Role
from ui.texts import moment, say
from ui.web.rendering import escape

if TYPE_CHECKING:
    from ui.engine import LocalEngine
    from ui.web.model_job import ModelJob
    from ui.web.people import Person


def fresh_line(engine: LocalEngine) -> str:
    """How many records there are, when one was last changed, whether the search data has all of it, and which model and configuration answer."""
    library = engine.library
    changed = library.catalogue.changed_at()
    if not changed:
        return ""
    records = say("ask.fresh", count=library.count(), at=moment(changed))
    try:
        config, model = engine.workshop.config().name, engine.workshop.model_name(None)
        step = say("ask.behind") if engine.behind() else say("ask.in_step")
    except FlorilegiumError as error:
        return f'<p class="fl-note">{escape(records)} {escape(str(error))}</p>'
    how = say("ask.answers_quotes", config=config) if model == "quotes" else say("ask.answers_model", model=model, config=config)
    return f'<p class="fl-note">{escape(f"{records} {step} {how}")}</p>'


def model_line(job: ModelJob, person: Person) -> tuple[Any, Any]:
    """The line on the language model, and whether this person can cancel its download."""
    status = job.status()
    if status.running:
        share = 100 * status.done / max(1, status.total)
        text = say("ask.fetching", done=round(status.done / 1e6), total=round(status.total / 1e6))
        return f'<p class="fl-note">{escape(text)}</p><div class="fl-bar"><i style="width:{share:.1f}%"></i></div>', gr.update(visible=person.may(Role.ADMIN))
    if status.fault or status.cancelled:
        fault = say("ask.fetch_cancelled") if status.cancelled else say("ask.fetch_failed", fault=status.fault)
        return f'<p class="fl-note">{escape(fault)}</p>', gr.update(visible=False)
    if not status.available:
        return f'<p class="fl-note">{escape(say("ask.quotes_only"))} <code>florilegium model install</code></p>', gr.update(visible=False)
    return "", gr.update(visible=False)
