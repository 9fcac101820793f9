"""The Curate page: one tab for each part of a librarian's work, each in a module of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from ui.texts import label
from ui.web import look
from ui.web.curation.completeness_tab import completeness_tab
from ui.web.curation.duplicates_tab import duplicates_tab
from ui.web.curation.import_tab import import_tab
from ui.web.curation.notices_tab import notices_tab
from ui.web.curation.vocabulary_tab import vocabulary_tab

if TYPE_CHECKING:
    from ui.engine import LocalEngine


def curation_page(engine: LocalEngine, page: gr.Blocks) -> None:
    """Build the page into `page`. Nothing about a librarian is kept on it."""
    gr.HTML(look.header("curate"))
    with gr.Tabs(elem_id="fl-curate"):
        with gr.Tab(label("curate.import_tab"), id="import"):
            import_tab(engine, page)
        with gr.Tab(label("curate.vocabulary_tab"), id="vocabulary") as vocabulary:
            vocabulary_tab(engine, vocabulary)
        with gr.Tab(label("curate.duplicates_tab"), id="duplicates") as duplicates:
            duplicates_tab(engine, duplicates)
        with gr.Tab(label("curate.notices_tab"), id="notices") as notices:
            notices_tab(engine, notices)
        with gr.Tab(label("curate.complete_tab"), id="completeness") as lacking:
            completeness_tab(engine, lacking)
