"""The Curate page: one tab for each part of a librarian's work, each in a module of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.texts import label
from ui.web import look
from ui.web.curation.completeness_tab import completeness_tab
from ui.web.curation.duplicates_tab import duplicates_tab
from ui.web.curation.import_tab import import_tab
from ui.web.curation.notices_tab import notices_tab
from ui.web.curation.vocabulary_tab import vocabulary_tab

if TYPE_CHECKING:
    from ui.web.works import Works

#: What `?tab=` may open.
_TABS = frozenset({"import", "vocabulary", "duplicates", "notices", "completeness"})


def curation_page(works: Works, page: gr.Blocks) -> None:
    """Build the page into `page`. Nothing about a librarian is kept on it."""
    engine = works.engine
    gr.HTML(look.header("curate"))
    with gr.Tabs(elem_id="fl-curate") as tabs:
        with gr.Tab(label("curate.import_tab"), id="import"):
            import_tab(works, page)
        with gr.Tab(label("curate.vocabulary_tab"), id="vocabulary") as vocabulary:
            vocabulary_tab(engine, vocabulary)
        with gr.Tab(label("curate.duplicates_tab"), id="duplicates") as duplicates:
            duplicates_tab(works, duplicates)
        with gr.Tab(label("curate.notices_tab"), id="notices") as notices:
            notices_tab(engine, notices)
        with gr.Tab(label("curate.complete_tab"), id="completeness") as lacking:
            completeness_tab(engine, lacking)

    def opened(request: gr.Request) -> Any:
        asked = str(request.query_params.get("tab", ""))
        return gr.Tabs(selected=asked) if asked in _TABS else gr.skip()

    page.load(opened, None, tabs, show_progress="hidden")
