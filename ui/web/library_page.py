"""The Library page: browse and search with facets, sorting and paging. Its state is its address, so a page can be kept as a bookmark and gone back to.

Every link on it leads to another state; the script (files/library.js) puts the state into the field `address`, from which all is drawn anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import FlorilegiumError, Role, Status
from ui.texts import label, say
from ui.web import look
from ui.web.library_html import export_html, facets_html, found_html, results_html
from ui.web.library_state import ORDERS, State
from ui.web.library_view import MOST_FOUND, Shown, ids_of
from ui.web.library_view import look as look_up
from ui.web.people import Person, person_of, require
from ui.web.rendering import escape, fault_html
from ui.web.site import asks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ui.engine import LocalEngine

_MOST_SAVED = 5_000  # records put on a list at once
_STATUSES = ("", *Status)
#: Says the new state to the browser's address; what came from there is not said again.
_LOAD = "(address, chosen) => { window.florilegiumLibrary && window.florilegiumLibrary.ready(); return [window.location.search, chosen]; }"
_TELL = "(state) => { window.florilegiumLibrary && window.florilegiumLibrary.tell(state); }"


class LibraryPage:
    """What the page does, for a person and a state; its handlers can be called without a browser. Holds nothing about a reader."""

    def __init__(self, engine: LocalEngine) -> None:
        self._engine = engine
        self._library = engine.library

    def search(self, words: str, filters: Sequence[str]) -> Mapping[str, Any]:
        """The best records for words."""
        return self._engine.search(words, MOST_FOUND, filters, None)

    def find(self, words: str, filters: Sequence[str]) -> list[str]:
        """Their ids."""
        return [str(hit["review_id"]) for hit in self.search(words, filters)["hits"]]

    def look(self, state: State, person: Person) -> Shown:
        """What a state shows."""
        return look_up(self._library, self.search, state, person.role)

    def drawn(self, state: State, person: Person, chosen_list: str) -> list[Any]:
        """Count, facets, records and export form, as HTML, and the state as it is now (its start may have been beyond the end)."""
        shown = self.look(state, person)
        on_list = self.on_list(chosen_list, person) if person.may(Role.MEMBER) else None
        return [found_html(shown), facets_html(shown), results_html(shown, person, on_list), export_html(shown.state), shown.state.query()]

    def on_list(self, name: str, person: Person) -> frozenset[str]:
        """The records of a list of this person, none where there is no such list yet."""
        try:
            return frozenset(self._library.lists.get(name, person.name).ids) if name.strip() else frozenset()
        except FlorilegiumError:
            return frozenset()

    def lists(self, person: Person) -> list[str]:
        """The names of the lists that records can be put on."""
        return [each.name for each in self._library.lists.all(person.name) if not each.is_search] if person.may(Role.MEMBER) else []

    def pick(self, name: str, review_id: str, person: Person) -> str:
        """Put a record on a list, or take it off; the list is made where there is none. What happened, as HTML."""
        name = " ".join((name or "").split()) or say("library.first_list")
        try:
            names = {each.name for each in self._library.lists.all(person.name)}
            if name not in names:
                self._library.lists.create(name, owner=person.name)
            if review_id in self.on_list(name, person):
                self._library.lists.remove(name, [review_id], person.name)
                return _said("library.taken_off", name)
            self._library.lists.add(name, [review_id], person.name)
        except FlorilegiumError as error:
            return fault_html(str(error))
        return _said("library.added", name)

    def add_all(self, name: str, state: State, person: Person) -> str:
        """Put all that a state selects on a list. What happened, as HTML."""
        name = " ".join((name or "").split())
        if not name:
            return fault_html(say("library.name_list"))
        try:
            ids = ids_of(self._library, self.search, state, _MOST_SAVED + 1)
            if len(ids) > _MOST_SAVED:
                return fault_html(say("library.too_many", count=_MOST_SAVED))
            if name not in {each.name for each in self._library.lists.all(person.name)}:
                self._library.lists.create(name, owner=person.name)
            kept = self._library.lists.add(name, ids, person.name)
        except FlorilegiumError as error:
            return fault_html(str(error))
        return _said("library.added_all", name, count=len(kept.ids))

    def save(self, name: str, state: State, person: Person) -> str:
        """Keep a state as a saved search. What happened, as HTML."""
        try:
            filters = state.filters() or ([] if state.words else [f"status={Status.CURRENT.value}"])
            kept = self._library.lists.create(name or "", filters, person.name, words=state.words)
        except FlorilegiumError as error:
            return fault_html(str(error))
        return _said("library.saved", kept.name)

    def years(self) -> list[tuple[Any, int]]:
        """The years to choose from, newest first; 0 stands for any."""
        low, high = self._library.catalogue.year_range() or (0, -1)
        return [(label("ask.year_any"), 0), *((str(year), year) for year in range(high, low - 1, -1))]


def library_page(engine: LocalEngine, page: gr.Blocks) -> None:
    """Build the page into `page`."""
    desk = LibraryPage(engine)
    gr.HTML(look.header("library"))
    address = gr.Textbox(elem_id="fl-address", elem_classes="fl-unseen", show_label=False, container=False)
    picked = gr.Textbox(elem_id="fl-picked", elem_classes="fl-unseen", show_label=False, container=False)
    state = gr.State("")  # this tab's address: nobody else's
    told = gr.Textbox(elem_classes="fl-unseen", show_label=False, container=False)  # the same for the browser, which sees no gr.State
    with gr.Row(equal_height=True):
        words = gr.Textbox(label=label("library.search"), placeholder=label("library.search_hint"), scale=6, max_lines=1, elem_id="fl-words", min_width=220)
        find = gr.Button(label("library.find"), variant="primary", scale=1, min_width=90, elem_id="fl-find")
    with gr.Row():
        years = desk.years()
        since = gr.Dropdown(label=label("ask.from_year"), choices=years, value=0, min_width=110, elem_id="fl-since")
        until = gr.Dropdown(label=label("ask.to_year"), choices=years, value=0, min_width=110, elem_id="fl-until")
        statuses = [(label(f"library.status_{each or 'any'}"), each) for each in _STATUSES]
        status = gr.Dropdown(label=label("history.status"), choices=statuses, value="", min_width=130, elem_id="fl-status")
        orders = [(label(f"library.sort_{each.replace('-', 'back_')}"), each) for each in ORDERS]
        sort = gr.Dropdown(label=label("library.sort"), choices=orders, value="year", min_width=150, elem_id="fl-sort")
    found = gr.HTML(elem_id="fl-found")
    with gr.Row(equal_height=False, elem_id="fl-library"):
        with gr.Column(scale=2, min_width=220, elem_id="fl-facets-column"):
            facets = gr.HTML(elem_id="fl-facets")
        with gr.Column(scale=5, min_width=300):
            results = gr.HTML(elem_id="fl-results")
            with gr.Accordion(label("library.keep"), open=False, elem_id="fl-keep"):
                with gr.Row(equal_height=True):
                    chosen = gr.Dropdown(label=label("library.list"), choices=[], value="", allow_custom_value=True, scale=3, min_width=180, elem_id="fl-list")
                    all_found = gr.Button(label("library.add_all"), scale=1, min_width=120, elem_id="fl-add-all")
                with gr.Row(equal_height=True):
                    name = gr.Textbox(label=label("library.search_name"), max_lines=1, scale=3, min_width=180, elem_id="fl-search-name")
                    save = gr.Button(label("library.save_search"), scale=1, min_width=120, elem_id="fl-save")
                done = gr.HTML(elem_id="fl-done")
            export = gr.HTML(elem_id="fl-export")

    @asks
    def show(query: str, chosen_list: str, request: gr.Request) -> list[Any]:
        return _shown(desk, State.of(query), chosen_list, person_of(request))

    @asks
    def compose(query: str, asked: str, since: int, until: int, status: str, sort: str, chosen_list: str, request: gr.Request) -> list[Any]:
        before = State.of(query)
        made = before.with_year(">=", since).with_year("<=", until).with_values("status", [status] if status else [])
        asked = " ".join((asked or "").split())
        order = "" if asked != before.words and sort in ("year", "best") else sort
        made = replace(made, words=asked, sort="" if order in (("best",) if asked else ("year", "best")) else order, start=0)
        return _shown(desk, State.of(made.query()), chosen_list, person_of(request))

    def pick(review_id: str, query: str, chosen_list: str, request: gr.Request) -> list[Any]:
        person = require(request, Role.MEMBER)
        said = desk.pick(chosen_list, review_id.strip(), person)
        named = " ".join((chosen_list or "").split()) or say("library.first_list")
        return [said, gr.update(choices=desk.lists(person), value=named), desk.drawn(State.of(query), person, named)[2]]

    def add_all(query: str, chosen_list: str, request: gr.Request) -> list[Any]:
        person = require(request, Role.MEMBER)
        said = desk.add_all(chosen_list, State.of(query), person)
        return [said, gr.update(choices=desk.lists(person)), desk.drawn(State.of(query), person, chosen_list)[2]]

    def save_it(query: str, given: str, request: gr.Request) -> str:
        return desk.save(given, State.of(query), require(request, Role.MEMBER))

    def relisted(query: str, chosen_list: str, request: gr.Request) -> str:
        return str(desk.drawn(State.of(query), person_of(request), chosen_list)[2])

    controls = [words, since, until, status, sort]
    outputs = [found, facets, results, export, state, told, *controls, chosen]
    page.load(show, [address, chosen], outputs, js=_LOAD, show_progress="hidden")
    address.change(show, [address, chosen], outputs, show_progress="hidden")
    asked = gr.on(
        [words.submit, find.click, since.input, until.input, status.input, sort.input], compose, [state, *controls, chosen], outputs, show_progress="hidden"
    )
    asked.then(None, [told], None, js=_TELL)
    picked.change(pick, [picked, state, chosen], [done, chosen, results], show_progress="hidden")
    chosen.input(relisted, [state, chosen], [results], show_progress="hidden")
    all_found.click(add_all, [state, chosen], [done, chosen, results])
    save.click(save_it, [state, name], [done])


def _shown(desk: LibraryPage, state: State, chosen_list: str, person: Person) -> list[Any]:
    """The page's parts in the order of its outputs: what is drawn, the controls as the state has them, the lists to choose from."""
    *parts, query = desk.drawn(state, person, chosen_list or "")
    now = State.of(query)
    statuses = now.values("status")
    order = now.sort or ("best" if now.words else "year")
    controls = [now.words, now.year(">="), now.year("<="), statuses[0] if len(statuses) == 1 else "", order]
    return [*parts, query, query, *controls, gr.update(choices=desk.lists(person))]


def _said(key: str, name: str, **more: Any) -> str:
    return f'<p class="fl-note">{escape(say(key, name=name, **more))} <a href="/lists">{escape(say("lists.heading"))}</a></p>'
