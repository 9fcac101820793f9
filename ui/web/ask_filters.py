"""The filters of the Ask page: years and facets, each value with the number of records that the other filters leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import Filter, Library
from ui.texts import dictionaries, facet_name, label, say
from ui.web.rendering import escape

if TYPE_CHECKING:
    from ui.engine import LocalEngine

_FIRST = ("kind", "substances", "topics")  # what is filtered by most, first


class AskFilters:
    """The fields, built into the current context. `inputs` are those that a question is asked under, in the order that `chosen` takes them."""

    def __init__(self, engine: LocalEngine) -> None:
        self._engine = engine
        known = list(engine.library.vocabulary.values)
        self.facets = [*(name for name in _FIRST if name in known), *(name for name in known if name not in _FIRST)]
        years = _years(engine.library)
        with gr.Row():
            since = gr.Dropdown(label=label("ask.from_year"), choices=years, value=0, min_width=120)
            until = gr.Dropdown(label=label("ask.to_year"), choices=years, value=0, min_width=120)
        fields = [gr.Dropdown(label=_labelled(name), choices=[], multiselect=True, value=[], min_width=200) for name in self.facets]
        self.inputs = [since, until, *fields]
        self.matching = gr.HTML(elem_id="fl-matching")
        self.outputs = [*fields, self.matching]

    def chosen(self, values: Sequence[Any]) -> tuple[str, ...]:
        """The filters that the fields stand for, as people write them."""
        since, until, *facets = values
        filters = [f"year>={since}"] if since else []
        filters += [f"year<={until}"] if until else []
        return tuple(filters + [f"{name}={'|'.join(picked)}" for name, picked in zip(self.facets, facets, strict=True) if picked])

    def counted(self, *values: Any) -> list[Any]:
        """The fields with their counts, and how many records all of them leave."""
        since, until, *facets = values
        catalogue = self._engine.library.catalogue
        updates: list[Any] = []
        for position, name in enumerate(self.facets):
            others = [picked if at != position else [] for at, picked in enumerate(facets)]
            counts = catalogue.facet_counts(self._engine.filter(self.chosen([since, until, *others]))).get(name, [])
            gone = [value for value in facets[position] if value not in dict(counts)]
            choices = [*((f"{value} ({count})", value) for value, count in counts), *((f"{value} (0)", value) for value in gone)]
            updates.append(gr.update(choices=choices, visible=bool(choices)))
        filters = self.chosen(values)
        if not filters:
            return [*updates, ""]
        chosen = self._engine.filter(filters) if filters else Filter()
        count, left_out = catalogue.count(chosen)
        text = say("ask.matching", count=count) + (" " + say("ask.left_out", count=left_out) if left_out else "") + "."
        return [*updates, f'<p class="fl-note">{escape(text)}</p>']


def _labelled(facet: str) -> Any:
    return label(f"facet.{facet}") if facet in dictionaries()["en"]["facet"] else facet_name(facet)


def _years(library: Library) -> list[tuple[Any, int]]:
    """The years to choose from, newest first; 0 stands for any."""
    low, high = library.catalogue.year_range() or (0, -1)
    return [(label("ask.year_any"), 0), *((str(year), year) for year in range(high, low - 1, -1))]
