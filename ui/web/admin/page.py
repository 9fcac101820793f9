"""The Admin page: a tab for the search data, one for jobs and one for accounts, and the way to what librarians do. Nothing about a person is kept on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from corpus import Role
from ui.texts import label, say
from ui.web import look
from ui.web.admin.accounts_tab import accounts_tab
from ui.web.admin.index_tab import index_tab
from ui.web.admin.jobs_tab import jobs_tab
from ui.web.pages import FOLDER
from ui.web.people import require
from ui.web.rendering import escape

if TYPE_CHECKING:
    from corpus import Library
    from ui.web.access import Access
    from ui.web.works import Works

_SECONDS = 2.0  # between two looks at the jobs


def admin_page(works: Works, page: gr.Blocks, access: Access) -> None:
    """Build the page into `page`."""
    library = works.engine.library
    gr.HTML(look.header("admin"))
    ways = gr.HTML(elem_id="fl-ways", padding=False)
    timer = gr.Timer(_SECONDS)
    with gr.Tabs(elem_id="fl-admin"):
        with gr.Tab(label("admin.index_tab"), id="index"):
            index_tab(works, page, timer)
        with gr.Tab(label("admin.jobs_tab"), id="jobs"):
            jobs_tab(works, page, timer)
        with gr.Tab(label("admin.accounts_tab"), id="accounts") as accounts:
            accounts_tab(library, page, accounts, access)
    styles = "\n".join((FOLDER / "files" / name).read_text(encoding="utf-8") for name in ("lab.css", "admin.css"))
    gr.HTML(f"<style>{styles}</style>")  # last, so that it makes no gap above the head

    def opened(request: gr.Request) -> str:
        require(request, Role.ADMIN)
        return ways_html(library)

    page.load(opened, None, ways, show_progress="hidden")


def ways_html(library: Library) -> str:
    """Links to the tabs of the Curate page, with how much waits there."""
    waiting = len(library.duplicates.pairs(limit=1_000))
    links = [("import", say("curate.import_tab")), ("duplicates", f"{say('curate.duplicates_tab')} ({waiting})"), ("vocabulary", say("curate.vocabulary_tab"))]
    listed = " · ".join(f'<a href="/curate?tab={name}">{escape(text)}</a>' for name, text in links)
    return f'<p class="fl-note">{escape(say("admin.librarians_work"))} {listed}</p>'
