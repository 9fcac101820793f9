"""Records that may be one work: side by side, with what agrees and what differs; made one, kept apart, or parted again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from corpus import FlorilegiumError, Library, Review, Role
from corpus.duplicates.desk import Scan
from corpus.duplicates.pairs import Pair
from ui.texts import day, label, said, say
from ui.web.curation.tables import table
from ui.web.people import require
from ui.web.rendering import escape, fault_html
from ui.web.works import Progress, Work, Works

_SHOWN = 200  # pairs and merges
_APART = "\t"  # between the ids of a choice
_LONGEST = 400  # characters of an abstract


def duplicates_tab(works: Works, tab: gr.Tab) -> None:
    """Build the tab."""
    library = works.engine.library
    with gr.Row(equal_height=True):
        pair = gr.Dropdown(label=label("duplicates.pairs"), choices=[], elem_id="fl-pair", scale=4, min_width=280)
        search = gr.Button(label("duplicates.scan"), elem_id="fl-scan", scale=1, min_width=140)
    shown = gr.HTML(elem_id="fl-beside")
    with gr.Row():
        left = gr.Button(label("duplicates.keep_left"), variant="primary", elem_id="fl-keep-left", min_width=150)
        right = gr.Button(label("duplicates.keep_right"), variant="primary", elem_id="fl-keep-right", min_width=150)
        apart = gr.Button(label("duplicates.apart"), elem_id="fl-distinct", min_width=150)
    outcome = gr.HTML(elem_id="fl-duplicates-said")
    gr.HTML(f'<h2 class="fl-h2">{said("duplicates.made_one")}</h2>')
    with gr.Row(equal_height=True):
        merge = gr.Dropdown(label=label("duplicates.part_again"), choices=[], elem_id="fl-merge", scale=4, min_width=280)
        undo = gr.Button(label("duplicates.part"), elem_id="fl-unmerge", scale=1, min_width=140)
    everything = [pair, shown, merge]

    def decided(request: gr.Request, chosen: str | None, act: Callable[[str, str, str], str]) -> list[Any]:
        actor = require(request, Role.LIBRARIAN).name
        if not chosen:
            return [fault_html(say("duplicates.no_pair")), *_show(library, None)]
        first, _, second = chosen.partition(_APART)
        return [_done(lambda: act(first, second, actor)), *_show(library, None)]

    def merged(keep: str, other: str, actor: str) -> str:
        library.duplicates.merge(keep, other, actor=actor)
        return say("duplicates.merged", other=other, keep=keep)

    def kept_apart(first: str, second: str, actor: str) -> str:
        library.duplicates.distinct(first, second, actor=actor)
        return say("duplicates.kept_apart", first=first, second=second)

    def parted(request: gr.Request, number: str | None) -> list[Any]:
        actor = require(request, Role.LIBRARIAN).name
        if not number:
            return [fault_html(say("duplicates.no_merge")), *_show(library, None)]
        return [_done(lambda: say("duplicates.parted", other=library.duplicates.undo(number, actor=actor).other_id)), *_show(library, None)]

    def scanned(request: gr.Request) -> list[Any]:
        actor = require(request, Role.LIBRARIAN).name
        return [_done(lambda: scan(works, actor)), *_show(library, None)]

    def left_kept(request: gr.Request, chosen: str | None) -> list[Any]:
        return decided(request, chosen, merged)

    def right_kept(request: gr.Request, chosen: str | None) -> list[Any]:
        return decided(request, chosen, lambda first, second, actor: merged(second, first, actor))

    def both_kept(request: gr.Request, chosen: str | None) -> list[Any]:
        return decided(request, chosen, kept_apart)

    tab.select(lambda: _show(library, None), None, everything, show_progress="hidden")
    pair.input(lambda chosen: beside(library, chosen), pair, shown, show_progress="hidden")
    left.click(left_kept, pair, [outcome, *everything])
    right.click(right_kept, pair, [outcome, *everything])
    apart.click(both_kept, pair, [outcome, *everything])
    undo.click(parted, merge, [outcome, *everything])
    search.click(scanned, None, [outcome, *everything])


def scan(works: Works, actor: str) -> str:
    """Look for pairs; what was found, in words."""

    def act(tell: Progress) -> Scan:
        return works.engine.library.duplicates.scan(actor=actor, progress=lambda done, total: tell("pairs", done, total))

    found = works.do(Work("pairs", owner=actor), act)
    return say("duplicates.scanned", compared=found.compared, queued=found.queued)


def _done(act: Callable[[], str]) -> str:
    try:
        return f'<p class="fl-lead-line"><strong>{escape(say("curate.done"))}</strong> {escape(act())}</p>'
    except FlorilegiumError as error:
        return fault_html(str(error))


def _show(library: Library, chosen: str | None) -> list[Any]:
    """The tab as it stands now; the surest pair is shown where none is chosen."""
    pairs = library.duplicates.pairs(limit=_SHOWN)
    records = library.get_many(review_id for pair in pairs for review_id in (pair.first_id, pair.second_id))
    choices = [(_label(pair, records), f"{pair.first_id}{_APART}{pair.second_id}") for pair in pairs]
    chosen = chosen if chosen in dict(map(reversed, choices)) else choices[0][1] if choices else None  # type: ignore[arg-type]
    merges = [merge for merge in library.duplicates.merges(limit=_SHOWN) if merge.undone_revision is None]
    parting = [
        (f"{merge.other_id} → {merge.kept_id} ({say('duplicates.at_import') if merge.automatic else merge.actor}, {day(merge.at)})", str(merge.number))
        for merge in merges
    ]
    return [gr.update(choices=choices, value=chosen), beside(library, chosen), gr.update(choices=parting, value=None)]


def _label(pair: Pair, records: dict[str, Review]) -> str:
    review = records.get(pair.first_id)
    return f"{pair.score:.2f}  {review.short_title() if review else pair.first_id}"


def beside(library: Library, chosen: str | None) -> str:
    """Two records side by side, with what speaks for and against their being one work."""
    if not chosen:
        return _none()
    first, _, second = chosen.partition(_APART)
    pair = next((one for one in library.duplicates.pairs() if (one.first_id, one.second_id) == (first, second)), None)
    records = library.get_many([first, second])
    if pair is None or first not in records or second not in records:
        return _none()
    rows = [[name, left, right] for (name, left), (_, right) in zip(_fields(records[first]), _fields(records[second]), strict=True) if left or right]
    words = [say(key, fields=", ".join(fields)) for key, fields in (("duplicates.agree", pair.agree), ("duplicates.differ", pair.differ)) if fields]
    return f'<p class="fl-note">{escape(" ".join([*words, *pair.objections]))}</p>' + table(("", first, second), rows)


def _none() -> str:
    return f'<p class="fl-note">{escape(say("duplicates.none"))}</p>'


def _fields(review: Review) -> list[tuple[str, str]]:
    csl = review.csl
    place = " ".join(f"{name} {csl[name]}" for name in ("volume", "issue", "page") if csl.get(name))
    abstract = review.abstract[:_LONGEST] + (" …" if len(review.abstract) > _LONGEST else "")
    authors = "; ".join(", ".join(filter(None, name)) for name in review.authors)
    source = f"{review.source.format}, {review.source.path}" if review.source else ""
    return [
        (say("duplicates.title"), review.title),
        (say("duplicates.authors"), authors),
        (say("duplicates.year"), str(review.year or "")),
        (say("duplicates.journal"), review.journal),
        (say("duplicates.place"), place),
        ("DOI", review.doi),
        ("PMID", review.pmid),
        (say("duplicates.type"), str(csl.get("type") or "")),
        (say("duplicates.abstract"), abstract),
        (say("duplicates.by"), source),
    ]
