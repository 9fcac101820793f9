"""The Lab page: a set is chosen above, and each tab, in a module of its own, acts on it. Nothing about a person is kept on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import ForbiddenError, Role
from ui.texts import label, say
from ui.web import look
from ui.web.lab.compare_tab import compare_tab
from ui.web.lab.files import Reports
from ui.web.lab.judging_tab import judging_tab
from ui.web.lab.opening import Place
from ui.web.lab.queries_tab import queries_tab
from ui.web.lab.runs_tab import runs_tab
from ui.web.lab.trends_tab import trends_tab
from ui.web.pages import FOLDER
from ui.web.people import require
from ui.web.rendering import fault_html

if TYPE_CHECKING:
    from ui.web.works import Works


def lab_page(works: Works, page: gr.Blocks, reports: Reports) -> None:
    """Build the page into `page`."""
    engine = works.engine
    gr.HTML(f"<style>{(FOLDER / 'files' / 'lab.css').read_text(encoding='utf-8')}</style>")
    gr.HTML(look.header("lab"))
    chosen = gr.Dropdown(label=label("lab.set"), choices=[], elem_id="fl-set")
    refused = gr.HTML()
    at = gr.State("queries")  # which tab is open
    with gr.Tabs(elem_id="fl-lab") as tabs:
        with gr.Tab(label("lab.tab_queries"), id="queries") as queries:
            redraw = queries_tab(engine, Place(queries, "queries", chosen, at))
        with gr.Tab(label("lab.tab_judging"), id="judging") as judging:
            judging_tab(engine, Place(judging, "judging", chosen, at), works)
        with gr.Tab(label("lab.tab_runs"), id="runs") as runs:
            runs_tab(engine, Place(runs, "runs", chosen, at), works)
        with gr.Tab(label("lab.tab_compare"), id="compare") as compare:
            compare_tab(engine, Place(compare, "compare", chosen, at), works, reports)
        with gr.Tab(label("lab.tab_trends"), id="trends") as trends:
            trends_tab(engine, Place(trends, "trends", chosen, at), works)

    def opened(request: gr.Request) -> list[Any]:
        try:
            require(request, Role.LIBRARIAN)
        except ForbiddenError as error:
            return [gr.update(choices=[], visible=False), fault_html(str(error)), gr.update(visible=False)]
        there = [info.name for info in engine.library.sets.all()]
        asked = str(request.query_params.get("set", ""))
        said = "" if there else say("lab.welcome")
        return [gr.update(choices=there, value=asked if asked in there else there[0] if there else None), said, gr.update(visible=True)]

    page.load(opened, None, [chosen, refused, tabs], show_progress="hidden").then(**redraw)
