"""When a tab is drawn: as it is opened, and as another set is chosen while it is open. The others are drawn when somebody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr


@dataclass(frozen=True)
class Place:
    """A tab of the page: itself, its name, the page's choice of a set, and the name of the tab that is open."""

    tab: gr.Tab
    name: str
    chosen: gr.Dropdown
    open: gr.State

    def drawn(self, draw: Callable[..., list[Any]], inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
        """Have the tab drawn by `draw` (the request, then the inputs) whenever it has to be."""

        def if_open(request: gr.Request, name: str, *given: Any) -> list[Any]:
            return draw(request, *given) if name == self.name else [gr.skip()] * len(outputs)

        self.tab.select(lambda: self.name, None, self.open, show_progress="hidden")
        self.tab.select(draw, list(inputs), list(outputs), show_progress="hidden")
        self.chosen.input(if_open, [self.open, *inputs], list(outputs), show_progress="hidden")
