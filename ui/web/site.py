"""The Gradio side of the site: every event of every page is done only for who may do it, whichever of Gradio's routes it comes by."""

from __future__ import annotations

from typing import Any

import gradio as gr

from corpus import ForbiddenError
from ui.web.people import require
from ui.web.rules import role_of_page
from ui.web.tabs import Tabs


class Site(gr.Blocks):  # type: ignore[misc]  # Gradio has no types
    """Blocks whose events ask who is there; a browser tab's state is of use to the person alone whose tab it is."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.tabs = Tabs()

    def __enter__(self) -> Site:
        super().__enter__()
        return self

    async def process_api(self, block_fn: Any, inputs: list[Any], state: Any = None, request: Any = None, **options: Any) -> Any:
        """See gr.Blocks. Raises gr.Error for who may not."""
        try:
            for one in request if isinstance(request, list) else [request]:
                if one is None:
                    raise ForbiddenError("nobody has signed in", remedy="Sign in first")
                person = require(one, role_of_page(getattr(block_fn, "page", None) or ""))
                if not self.tabs.is_of(str(one.session_hash or ""), person.name):
                    raise ForbiddenError("this tab is somebody else's", remedy="Load the page again")
        except ForbiddenError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return await super().process_api(block_fn, inputs, state, request, **options)
