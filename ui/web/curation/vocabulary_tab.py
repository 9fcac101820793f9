"""The controlled vocabulary: its values with the other words for them, and the words in records that it does not know."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import Filter, FlorilegiumError, Library, Vocabulary
from corpus.unknown_words import UnknownWord, unknown_words
from corpus.vocabulary_edits import add_synonyms, add_value, merge_values, remove_synonyms, remove_value, rename_value
from corpus.vocabulary_store import change_vocabulary
from ui.web.curation.tables import table
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
        facet = gr.Dropdown(label="Facet", choices=[], elem_id="fl-facet", min_width=180)
        value = gr.Dropdown(label="Value, and in how many records", choices=[], elem_id="fl-value", min_width=260)
    with gr.Row():
        name = gr.Textbox(label="Its name", elem_id="fl-name", min_width=220)
        words = gr.Textbox(label="Other words for it, one a line", lines=3, elem_id="fl-words", min_width=260)
    with gr.Row(equal_height=True):
        save = gr.Button("Save", variant="primary", elem_id="fl-save-value", min_width=110)
        into = gr.Dropdown(label="Merge into", choices=[], min_width=200)
        merge = gr.Button("Merge", min_width=110)
        remove = gr.Button("Remove", min_width=110)
    said = gr.HTML(elem_id="fl-vocabulary-said")
    gr.HTML('<h2 class="fl-h2">Words the vocabulary does not know</h2>')
    with gr.Row(equal_height=True):
        unknown = gr.Dropdown(label="Word", choices=[], elem_id="fl-unknown", min_width=260)
        target = gr.Dropdown(label="is another word for", choices=[], elem_id="fl-target", min_width=260)
        take = gr.Button("Take it in", elem_id="fl-take", min_width=110)
    listed = gr.HTML(elem_id="fl-unknown-list")

    everything = [facet, value, name, words, into, unknown, target, listed]

    def shown(chosen: str | None, picked: str | None) -> list[Any]:
        return _show(library, chosen, picked)

    def saved(chosen: str, picked: str | None, new: str, others: str) -> list[Any]:
        edit = save_value(chosen, picked or _NEW, new, others)
        return [_done(library, edit, f"saved {new}"), *_show(library, chosen, new.strip())]

    def merged(chosen: str, picked: str | None, other: str | None) -> list[Any]:
        return [
            _done(library, lambda one: merge_values(one, chosen, picked or "", other or ""), f"merged {picked} into {other}"),
            *_show(library, chosen, other),
        ]

    def removed(chosen: str, picked: str | None) -> list[Any]:
        return [_done(library, lambda one: remove_value(one, chosen, picked or ""), f"removed {picked}"), *_show(library, chosen, None)]

    def taken(chosen: str, picked: str | None, word: str | None, place: str | None) -> list[Any]:
        if not word or not place:
            return [fault_html("Choose a word and what it stands for."), *_show(library, chosen, picked)]
        text, (name_of, known) = word.split(_APART)[1], place.split(_APART)
        return [_done(library, lambda one: add_synonyms(one, name_of, known, [text]), f"{text} stands for {known}"), *_show(library, chosen, picked)]

    tab.select(shown, [facet, value], everything, show_progress="hidden")
    facet.input(lambda chosen: shown(chosen, None), facet, everything, show_progress="hidden")
    value.input(shown, [facet, value], everything, show_progress="hidden")
    save.click(saved, [facet, value, name, words], [said, *everything])
    merge.click(merged, [facet, value, into], [said, *everything])
    remove.click(removed, [facet, value], [said, *everything])
    unknown.input(lambda word: _nearest(library, word), unknown, target, show_progress="hidden")
    take.click(taken, [facet, value, unknown, target], [said, *everything])


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


def _done(library: Library, edit: Callable[[Vocabulary], Vocabulary], action: str) -> str:
    try:
        made = change_vocabulary(library, edit, action)
    except FlorilegiumError as error:
        return fault_html(str(error))
    records = f" {len(made.records):,} records follow." if made.records else ""
    return f'<p class="fl-lead-line"><strong>Done:</strong> {escape(action)}.{records}</p>'


def _show(library: Library, facet: str | None, value: str | None) -> list[Any]:
    """Every field of the tab, for a facet and one of its values (the facet's first, and a new value, where nothing is chosen)."""
    vocabulary = library.vocabulary
    facets = list(vocabulary.values)
    facet = facet if facet in facets else facets[0]
    counts = dict(library.catalogue.facet_counts(Filter()).get(facet, []))
    values = sorted(vocabulary.values[facet], key=str.casefold)
    value = value if value in values else _NEW
    choices = [("(a new value)", _NEW), *((f"{one} ({counts.get(one, 0):,})", one) for one in values)]
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
        return '<p class="fl-note">Every keyword and every value in the records is known.</p>'
    rows = [[one.word, one.where, f"{one.value} ({one.facet})" if one.value else "", f"{one.records:,}"] for one in found[:_SHOWN]]
    more = f'<p class="fl-note">The first {_SHOWN:,} of {len(found):,}.</p>' if len(found) > _SHOWN else ""
    return table(("Word", "Stands in", "Nearest value", "Records"), rows, numbers=1) + more
