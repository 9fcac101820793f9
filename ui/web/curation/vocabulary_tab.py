"""The controlled vocabulary: its values with the other words for them, and the words in records that it does not know."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import Filter, FlorilegiumError, Library, Role, Vocabulary
from corpus.unknown_words import UnknownWord, unknown_words
from corpus.vocabulary_edits import add_synonyms, add_value, merge_values, remove_synonyms, remove_value, rename_value
from corpus.vocabulary_store import change_vocabulary
from ui.texts import label, said, say
from ui.web.curation.tables import table
from ui.web.people import require
from ui.web.rendering import escape, fault_html

if TYPE_CHECKING:
    from ui.engine import LocalEngine

_NEW = ""  # stands for a value that is yet to be made
_SHOWN = 200  # unknown words
_APART = "\t"  # between the facet and the word of a choice


def vocabulary_tab(engine: LocalEngine, tab: gr.Tab) -> None:
    """Build the tab."""
    library = engine.library
    with gr.Row():
        facet = gr.Dropdown(label=label("vocabulary.facet"), choices=[], elem_id="fl-facet", min_width=180)
        value = gr.Dropdown(label=label("vocabulary.value_counted"), choices=[], elem_id="fl-value", min_width=260)
    with gr.Row():
        name = gr.Textbox(label=label("vocabulary.name"), elem_id="fl-name", min_width=220)
        words = gr.Textbox(label=label("vocabulary.words"), lines=3, elem_id="fl-words", min_width=260)
    with gr.Row(equal_height=True):
        save = gr.Button(label("vocabulary.save"), variant="primary", elem_id="fl-save-value", min_width=110)
        into = gr.Dropdown(label=label("vocabulary.merge_into"), choices=[], min_width=200)
        merge = gr.Button(label("vocabulary.merge"), min_width=110)
        remove = gr.Button(label("vocabulary.remove"), min_width=110)
    outcome = gr.HTML(elem_id="fl-vocabulary-said")
    gr.HTML(f'<h2 class="fl-h2">{said("vocabulary.unknown")}</h2>')
    with gr.Row(equal_height=True):
        unknown = gr.Dropdown(label=label("vocabulary.word"), choices=[], elem_id="fl-unknown", min_width=260)
        target = gr.Dropdown(label=label("vocabulary.another_word"), choices=[], elem_id="fl-target", min_width=260)
        take = gr.Button(label("vocabulary.take"), elem_id="fl-take", min_width=110)
    listed = gr.HTML(elem_id="fl-unknown-list")

    everything = [facet, value, name, words, into, unknown, target, listed]

    def shown(chosen: str | None, picked: str | None) -> list[Any]:
        return _show(library, chosen, picked)

    def saved(request: gr.Request, chosen: str, picked: str | None, new: str, others: str) -> list[Any]:
        edit = save_value(chosen, picked or _NEW, new, others)
        return [_done(library, _who(request), edit, say("vocabulary.saved", value=new)), *_show(library, chosen, new.strip())]

    def merged(request: gr.Request, chosen: str, picked: str | None, other: str | None) -> list[Any]:
        return [
            _done(library, _who(request), lambda one: merge_values(one, chosen, picked or "", other or ""), say("vocabulary.merged", value=picked, into=other)),
            *_show(library, chosen, other),
        ]

    def removed(request: gr.Request, chosen: str, picked: str | None) -> list[Any]:
        return [
            _done(library, _who(request), lambda one: remove_value(one, chosen, picked or ""), say("vocabulary.removed", value=picked)),
            *_show(library, chosen, None),
        ]

    def taken(request: gr.Request, chosen: str, picked: str | None, word: str | None, place: str | None) -> list[Any]:
        if not word or not place:
            return [fault_html(say("vocabulary.choose")), *_show(library, chosen, picked)]
        text, (name_of, known) = word.split(_APART)[1], place.split(_APART)
        return [
            _done(library, _who(request), lambda one: add_synonyms(one, name_of, known, [text]), say("vocabulary.stands_for", word=text, value=known)),
            *_show(library, chosen, picked),
        ]

    tab.select(shown, [facet, value], everything, show_progress="hidden")
    facet.input(lambda chosen: shown(chosen, None), facet, everything, show_progress="hidden")
    value.input(shown, [facet, value], everything, show_progress="hidden")
    save.click(saved, [facet, value, name, words], [outcome, *everything])
    merge.click(merged, [facet, value, into], [outcome, *everything])
    remove.click(removed, [facet, value], [outcome, *everything])
    unknown.input(lambda word: _nearest(library, word), unknown, target, show_progress="hidden")
    take.click(taken, [facet, value, unknown, target], [outcome, *everything])


def save_value(facet: str, value: str, new: str, words: str) -> Callable[[Vocabulary], Vocabulary]:
    """The edit that the fields stand for: a new value where `value` is "", else its new name and exactly these other words."""
    wanted = [word.strip() for word in words.split("\n") if word.strip()]

    def edit(vocabulary: Vocabulary) -> Vocabulary:
        if not value:
            return add_value(vocabulary, facet, new, wanted)
        if new.strip() != value:
            vocabulary = rename_value(vocabulary, facet, value, new)
        held = vocabulary.spellings(facet, new.strip())[1:]
        gone = [word for word in held if word not in wanted and word != value]
        vocabulary = remove_synonyms(vocabulary, facet, new.strip(), gone) if gone else vocabulary
        fresh = [word for word in wanted if word not in held]
        return add_synonyms(vocabulary, facet, new.strip(), fresh) if fresh else vocabulary

    return edit


def _who(request: gr.Request) -> str:
    return require(request, Role.LIBRARIAN).name


def _done(library: Library, actor: str, edit: Callable[[Vocabulary], Vocabulary], action: str) -> str:
    try:
        made = change_vocabulary(library, edit, action, actor=actor)
    except FlorilegiumError as error:
        return fault_html(str(error))
    records = " " + say("curate.records_follow", count=len(made.records)) if made.records else ""
    return f'<p class="fl-lead-line">{escape(say("curate.done_action", action=action) + records)}</p>'


def _show(library: Library, facet: str | None, value: str | None) -> list[Any]:
    """Every field of the tab, for a facet and one of its values (the facet's first, and a new value, where nothing is chosen)."""
    vocabulary = library.vocabulary
    facets = list(vocabulary.values)
    facet = facet if facet in facets else facets[0]
    counts = dict(library.catalogue.facet_counts(Filter()).get(facet, []))
    values = sorted(vocabulary.values[facet], key=str.casefold)
    value = value if value in values else _NEW
    choices = [(say("vocabulary.new_value"), _NEW), *((f"{one} ({counts.get(one, 0):,})", one) for one in values)]
    found = unknown_words(library)
    return [
        gr.update(choices=facets, value=facet),
        gr.update(choices=choices, value=value),
        value,
        "\n".join(vocabulary.spellings(facet, value)[1:]) if value else "",
        gr.update(choices=[one for one in values if one != value], value=None),
        gr.update(choices=[(f"{one.word} ({one.where}, {one.records:,})", f"{one.where}{_APART}{one.word}") for one in found[:_SHOWN]], value=None),
        gr.update(choices=[(f"{known} ({name})", f"{name}{_APART}{known}") for name in facets for known in vocabulary.values[name]], value=None),
        _listing(found),
    ]


def _nearest(library: Library, word: str | None) -> Any:
    where, _, text = (word or "").partition(_APART)
    near = next((one for one in unknown_words(library) if (one.where, one.word) == (where, text)), None)
    return gr.update(value=f"{near.facet}{_APART}{near.value}" if near and near.value else None)


def _listing(found: list[UnknownWord]) -> str:
    if not found:
        return f'<p class="fl-note">{escape(say("vocabulary.all_known"))}</p>'
    rows = [[one.word, one.where, f"{one.value} ({one.facet})" if one.value else "", f"{one.records:,}"] for one in found[:_SHOWN]]
    more = f'<p class="fl-note">{escape(say("curate.first_of", shown=_SHOWN, total=len(found)))}</p>' if len(found) > _SHOWN else ""
    return table([*(say(f"vocabulary.{name}") for name in ("word", "stands_in", "nearest_value")), say("curate.records")], rows, numbers=1) + more
