"""What the records lack, and what in them cannot be right, each with the way to its form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

import gradio as gr

from corpus import Filter, FlorilegiumError, Library, parse_filter
from corpus.completeness import completeness
from ui.texts import label, say
from ui.web.curation.tables import table
from ui.web.rendering import escape, fault_html

if TYPE_CHECKING:
    from ui.engine import LocalEngine

_SHOWN = 60  # records under one heading
_NAMED = frozenset({"doi", "title", "authors", "year", "abstract", "summary"})


def completeness_tab(engine: LocalEngine, tab: gr.Tab) -> None:
    """Build the tab."""
    library = engine.library
    with gr.Row(equal_height=True):
        chosen = gr.Textbox(
            label=label("curate.only_with"), placeholder="year>=2020, topics=depression", elem_id="fl-completeness-filter", scale=4, min_width=240
        )
        look = gr.Button(label("curate.look"), elem_id="fl-completeness-look", scale=1, min_width=110)
    shown = gr.HTML(elem_id="fl-completeness")
    tab.select(lambda text: report(library, text or ""), chosen, shown, show_progress="hidden")
    gr.on([look.click, chosen.submit], lambda text: report(library, text or ""), chosen, shown)


def report(library: Library, filters: str) -> str:
    """The state of the records as HTML; `filters` are written one after another with commas between."""
    try:
        wanted = [text.strip() for text in filters.split(",") if text.strip()]
        found = completeness(library, parse_filter(wanted, library.vocabulary, library.catalogue.facet_names()) if wanted else Filter())
    except FlorilegiumError as error:
        return fault_html(str(error))
    parts = [f'<p class="fl-lead-line"><strong>{escape(say("curate.complete", complete=found.complete, records=found.records))}</strong></p>']
    parts += [_group(_without(name, len(ids)), ids) for name, ids in found.lacks.items() if ids]
    if found.faults:
        rows = [[fault.review_id, fault.field, fault.reason] for fault in found.faults[:_SHOWN]]
        parts.append(_heading("curate.cannot_be", len(found.faults)) + table((say("curate.record"), say("curate.field"), say("curate.reason")), rows))
        parts.append(_links([fault.review_id for fault in found.faults[:_SHOWN]]))
    if found.unknown:
        rows = [[value.value, value.facet, value.nearest, f"{value.records:,}"] for value in found.unknown[:_SHOWN]]
        heads = (say("vocabulary.value"), say("vocabulary.facet"), say("vocabulary.nearest"), say("curate.records"))
        parts.append(_heading("vocabulary.unknown_values", len(found.unknown)) + table(heads, rows, numbers=1))
    return "".join(parts)


def _heading(key: str, count: int) -> str:
    return f'<h2 class="fl-h2">{escape(say(key, count=count))}</h2>'


def _without(name: str, count: int) -> str:
    return say(f"curate.without_{name}", count=count) if name in _NAMED else say("curate.without_other", count=count, name=name)


def _group(heading: str, ids: Sequence[str]) -> str:
    more = " " + escape(say("curate.and_more", count=len(ids) - _SHOWN)) if len(ids) > _SHOWN else ""
    return f'<details class="fl-lacks"><summary>{escape(heading)}</summary>{_links(ids[:_SHOWN])}{more}</details>'


def _links(ids: Sequence[str]) -> str:
    each = "".join(f'<li><a href="/review/{quote(review_id)}/edit">{escape(review_id)}</a></li>' for review_id in dict.fromkeys(ids))
    return f'<ul class="fl-ids">{each}</ul>'
