"""Test sets and their queries: made, brought in from files, proposed from records, taken from the chat as drafts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import Library, Role, UsageError
from corpus.lab import TestQuery
from corpus.lab.drafts import accept_draft, discard_draft, drafts
from corpus.lab.exchange import import_into
from corpus.lab.propose import propose
from ui.texts import label, say
from ui.web.lab.opening import Place
from ui.web.lab.shown import address, done, ending, link, note, record_link, table
from ui.web.people import require

if TYPE_CHECKING:
    from ui.engine import LocalEngine

NEW = ""  # stands for a query that is yet to be written
_SHOWN = 500  # queries in the table
_ANSWERABLE = {"": None, "yes": True, "no": False}


def queries_tab(engine: LocalEngine, place: Place) -> dict[str, Any]:
    """Build the tab; the event that draws it, for the page to begin with."""
    library, chosen = engine.library, place.chosen
    waiting = gr.HTML(elem_id="fl-drafts-waiting")
    with gr.Accordion(label("lab.sets"), open=False, elem_id="fl-sets"):
        with gr.Row(equal_height=True):
            new_name = gr.Textbox(label=label("lab.new_set"), elem_id="fl-new-set", scale=4, min_width=220)
            make = gr.Button(label("lab.make"), variant="primary", elem_id="fl-make-set", scale=1, min_width=110)
        guideline = gr.Textbox(label=label("lab.guideline"), lines=3, max_lines=12, elem_id="fl-guideline")
        with gr.Row(equal_height=True):
            write = gr.Button(label("lab.save_guideline"), elem_id="fl-save-guideline", min_width=150)
            rename = gr.Button(label("lab.rename"), elem_id="fl-rename-set", min_width=150)
            judged_too = gr.Checkbox(label=label("lab.judged_too"), elem_id="fl-judged-too", min_width=150)
            delete = gr.Button(label("lab.delete_set"), variant="stop", elem_id="fl-delete-set", min_width=150)
    with gr.Accordion(label("lab.files"), open=False, elem_id="fl-lab-files"):
        with gr.Row(equal_height=True):
            files = gr.File(label=label("lab.files_in"), file_count="multiple", elem_id="fl-lab-upload", height=150, min_width=240)
            folder = gr.File(label=label("lab.folder_in"), file_count="directory", elem_id="fl-lab-folder", height=150, min_width=240)
        with gr.Row(equal_height=True):
            bring = gr.Button(label("lab.bring_in"), variant="primary", elem_id="fl-lab-bring", min_width=150)
            most = gr.Number(label=label("lab.propose_most"), value=20, minimum=1, maximum=5000, precision=0, elem_id="fl-propose-most", min_width=150)
            put = gr.Button(label("lab.propose"), elem_id="fl-propose", min_width=150)
        exports = gr.HTML(elem_id="fl-lab-exports")
    said = gr.HTML(elem_id="fl-queries-said")
    picked = gr.Dropdown(label=label("lab.query"), choices=[], elem_id="fl-query", allow_custom_value=False)
    text = gr.Textbox(label=label("lab.query_text"), elem_id="fl-query-text", max_lines=4)
    need = gr.Textbox(label=label("lab.query_need"), lines=2, max_lines=8, elem_id="fl-query-need")
    with gr.Row():
        tags = gr.Textbox(label=label("lab.query_tags"), elem_id="fl-query-tags", min_width=220)
        answerable = gr.Radio(
            label=label("lab.answerable"),
            choices=[(label("lab.answerable_unsaid"), ""), (label("lab.answerable_yes"), "yes"), (label("lab.answerable_no"), "no")],
            value="",
            elem_id="fl-answerable",
            min_width=260,
        )
    origin = gr.HTML(elem_id="fl-query-origin")
    with gr.Row(equal_height=True):
        save = gr.Button(label("lab.save_query"), variant="primary", elem_id="fl-save-query", min_width=130)
        accept = gr.Button(label("lab.accept"), variant="primary", visible=False, elem_id="fl-accept-draft", min_width=130)
        into = gr.Dropdown(label=label("lab.accept_into"), choices=[], visible=False, elem_id="fl-accept-into", min_width=180)
        discard = gr.Button(label("lab.discard"), visible=False, elem_id="fl-discard-draft", min_width=130)
        remove = gr.Button(label("lab.remove_query"), elem_id="fl-remove-query", min_width=130)
    listed = gr.HTML(elem_id="fl-queries")

    fields = [picked, text, need, tags, answerable, origin, accept, into, discard]
    everything = [waiting, guideline, exports, *fields, listed]

    def shown(request: gr.Request, name: str | None, query_id: str | None) -> list[Any]:
        require(request, Role.LIBRARIAN)
        return show(library, name, query_id)

    def chose(request: gr.Request, name: str | None, query_id: str | None) -> list[Any]:
        require(request, Role.LIBRARIAN)
        return fields_of(library, name, query_id)

    def made(name: str, words: str, request: gr.Request) -> list[Any]:
        actor = require(request, Role.LIBRARIAN).name

        def act() -> str:
            library.sets.create(name.strip(), words, actor=actor)
            return say("lab.set_made", set=name.strip())

        text = done(act)
        there = [info.name for info in library.sets.all()]
        return [text, "", gr.update(choices=there, value=name.strip() if name.strip() in there else gr.skip()), *show(library, name.strip(), NEW)]

    def renamed(name: str | None, new: str, request: gr.Request) -> list[Any]:
        require(request, Role.LIBRARIAN)

        def act() -> str:
            library.sets.rename(_named(name), new.strip())
            return say("lab.set_renamed", set=name, new=new.strip())

        text = done(act)
        there = [info.name for info in library.sets.all()]
        now = new.strip() if new.strip() in there else name
        return [text, "", gr.update(choices=there, value=now), *show(library, now, NEW)]

    def deleted(name: str | None, also: bool, request: gr.Request) -> list[Any]:
        require(request, Role.LIBRARIAN)

        def act() -> str:
            return say("lab.set_deleted", set=name, count=library.sets.delete(_named(name), judged_too=also))

        text = done(act)
        there = [info.name for info in library.sets.all()]
        now = name if name in there else there[0] if there else None
        return [text, False, gr.update(choices=there, value=now), *show(library, now, NEW)]

    def simply(act: Any) -> Any:
        """A handler that acts on the chosen set and query, says what was done, and shows the tab anew."""

        def handler(request: gr.Request, name: str | None, query_id: str | None, *given: Any) -> list[Any]:
            actor = require(request, Role.LIBRARIAN).name
            after: list[str | None] = [query_id]

            def perform() -> str:
                text, after[0] = act(library, _named(name), query_id or NEW, actor, *given)
                return str(text)

            return [done(perform), *show(library, name, after[0])]

        return handler

    inputs, outputs = [chosen, picked], [said, *everything]
    place.drawn(shown, inputs, everything)
    picked.input(chose, inputs, fields, show_progress="hidden")
    make.click(made, [new_name, guideline], [said, new_name, chosen, *everything])
    rename.click(renamed, [chosen, new_name], [said, new_name, chosen, *everything])
    delete.click(deleted, [chosen, judged_too], [said, judged_too, chosen, *everything])
    write.click(simply(save_guideline), [*inputs, guideline], outputs)
    bring.click(simply(bring_in), [*inputs, files, folder], outputs).then(lambda: (None, None), None, [files, folder], show_progress="hidden")
    put.click(simply(put_proposed), [*inputs, most], outputs)
    save.click(simply(save_query), [*inputs, text, need, tags, answerable], outputs)
    accept.click(simply(accept_query), [*inputs, text, need, tags, answerable, into], outputs)
    discard.click(simply(discard_query), inputs, outputs)
    remove.click(simply(remove_query), inputs, outputs)
    return {"fn": shown, "inputs": inputs, "outputs": everything, "show_progress": "hidden"}


# ---- what the buttons do: (what was done, the query to show afterwards)

Done = tuple[str, str]


def save_guideline(library: Library, name: str, query_id: str, actor: str, words: str) -> Done:
    """Write what judges go by."""
    library.sets.set_guideline(name, words)
    return say("lab.guideline_saved"), query_id


def bring_in(library: Library, name: str, query_id: str, actor: str, files: Sequence[str] | None, folder: Sequence[str] | None) -> Done:
    """Bring in queries and judgements of files, all or none; judgements of a qrels file are under the name `imported`."""
    paths = [*map(Path, files or ()), *_of_folder(folder or ())]
    if not paths:
        raise UsageError(say("lab.no_file"))
    made = import_into(library, name, paths)
    return say("lab.brought", queries=made["queries"], judgements=made["judgements"], set=name), query_id


def put_proposed(library: Library, name: str, query_id: str, actor: str, most: float | None) -> Done:
    """Put known-item queries of records into a set, marked as synthetic."""
    made = propose(library.iterate(), most=int(most) if most else None)
    library.sets.put(name, [query for query, _ in made])
    library.judgements.add(name, [judgement for _, judgement in made])
    return say("lab.proposed", count=len(made)), query_id


def save_query(library: Library, name: str, query_id: str, actor: str, text: str, need: str, tags: str, answerable: str) -> Done:
    """Save a query as its fields say; a new one where none was chosen."""
    before = library.sets.queries(name).get(query_id, TestQuery("", ""))
    made = TestQuery(before.id, text, need, _tags(tags), _ANSWERABLE[answerable or ""], before.synthetic, before.draft, before.origin)
    stored = library.sets.put(name, [made])[0]
    return say("lab.query_saved", query=stored.id), stored.id


def accept_query(library: Library, name: str, query_id: str, actor: str, text: str, need: str, tags: str, answerable: str, into: str | None) -> Done:
    """Make a draft part of its set, or of another, as its fields say."""
    said, other = _ANSWERABLE[answerable or ""], into if into and into != name else None
    stored = accept_draft(library, name, query_id, text=text, need=need, tags=_tags(tags), answerable=said, to_set=other)
    return say("lab.accepted", query=stored.id, set=other or name), NEW if other else stored.id


def discard_query(library: Library, name: str, query_id: str, actor: str) -> Done:
    """Throw a draft away."""
    return say("lab.discarded", query=query_id, count=discard_draft(library, name, query_id)), NEW


def remove_query(library: Library, name: str, query_id: str, actor: str) -> Done:
    """Take a query out of a set, with its judgements."""
    if not query_id:
        raise UsageError(say("lab.no_query"))
    return say("lab.query_removed", query=query_id, count=library.sets.remove(name, query_id)), NEW


# ---- what is shown


def show(library: Library, name: str | None, query_id: str | None) -> list[Any]:
    """The whole tab for a set and one of its queries (a new one where none is chosen)."""
    there = {info.name: info for info in library.sets.all()}
    info = there.get(name or "")
    return [
        _waiting(library),
        info.guideline if info else "",
        _exports(info.name) if info else "",
        *fields_of(library, name if info else None, query_id),
        listing(library, info.name) if info else note(say("lab.no_set")),
    ]


def fields_of(library: Library, name: str | None, query_id: str | None) -> list[Any]:
    """The form of one query: choices, text, need, tags, answerable, where it came from, and what can be done with a draft."""
    queries = library.sets.queries(name) if name else {}
    query = queries.get(query_id or "", TestQuery("", ""))
    choices = [(say("lab.new_query"), NEW), *((_label(one), one.id) for one in queries.values())]
    said = {True: "yes", False: "no", None: ""}[query.answerable]
    others = [info.name for info in library.sets.all()] if query.draft else []
    return [
        gr.update(choices=choices, value=query.id),
        query.text,
        query.need,
        "; ".join(query.tags),
        said,
        origin_html(library, name or "", query),
        gr.update(visible=query.draft),
        gr.update(visible=query.draft, choices=others, value=name if query.draft else None),
        gr.update(visible=query.draft),
    ]


def origin_html(library: Library, name: str, query: TestQuery) -> str:
    """Where a query came from; of a draft from the chat also what its asker found wrong, and the way to judge its results."""
    origin, parts = query.origin, []
    if query.synthetic:
        parts.append(ending(say("lab.from_record"), [record_link(str(origin.get("review", "")))] if origin.get("review") else []))
    if answer := origin.get("answer"):
        why = {"thumbs down": "lab.why_thumbs_down", "wrong source": "lab.why_wrong_source"}.get(str(origin.get("why")), "lab.why_asked")
        parts.append(ending(say(why, who=origin.get("by", "")), [link(f"/answers/{answer}", say("lab.the_answer"), new=True)]))
        if wrong := origin.get("wrong"):
            parts.append(ending(say("lab.wrong_records"), [record_link(str(one)) for one in wrong]))
        if said := origin.get("note"):
            parts.append(note(str(said)))
    if query.id and name:
        parts.append(ending("", [link(address("/lab/judge", set=name, query=query.id), say("lab.judge_results"))]))
    return "".join(parts)


def listing(library: Library, name: str) -> str:
    """The queries of a set as a table, with how many judgements each has."""
    queries = library.sets.queries(name)
    if not queries:
        return note(say("lab.no_queries"))
    judged: dict[str, int] = {}
    for one in library.judgements.of(name):
        judged[one.query_id] = judged.get(one.query_id, 0) + (not one.judge.startswith("model:"))
    rows = []
    for query in list(queries.values())[:_SHOWN]:
        kind = say("lab.draft") if query.draft else say("lab.synthetic") if query.synthetic else ""
        answerable = {True: say("lab.answerable_yes"), False: say("lab.answerable_no"), None: ""}[query.answerable]
        judge = link(address("/lab/judge", set=name, query=query.id), f"{judged.get(query.id, 0):,}")
        rows.append([query.id, query.text, ", ".join(query.tags), answerable, kind, judge])
    heads = [say(f"lab.head_{one}") for one in ("query", "text", "tags", "answerable", "kind", "judged")]
    more = note(say("lab.first_of", shown=_SHOWN, all=len(queries))) if len(queries) > _SHOWN else ""
    return table(heads, rows, numbers=1, caption=say("lab.queries_of", set=name)) + more


def _waiting(library: Library) -> str:
    """The drafts that wait, by set."""
    counts: dict[str, int] = {}
    for name, _ in drafts(library):
        counts[name] = counts.get(name, 0) + 1
    return "".join(note(say("lab.drafts_wait", count=count, set=name)) for name, count in counts.items())


def _exports(name: str) -> str:
    kinds = [link(address("/lab/export", set=name, kind=kind), say(f"lab.export_{kind}")) for kind in ("queries", "judgements", "qrels")]
    return ending(say("lab.take_along"), kinds)


def _label(query: TestQuery) -> str:
    kind = f" ({say('lab.draft')})" if query.draft else ""
    return f"{query.id}{kind}: {query.text[:120]}"


def _tags(text: str) -> tuple[str, ...]:
    return tuple(tag.strip() for tag in text.replace(",", ";").split(";") if tag.strip())


def _named(name: str | None) -> str:
    if not name:
        raise UsageError(say("lab.no_set"))
    return name


def _of_folder(paths: Sequence[str]) -> list[Path]:
    """Of an uploaded folder in the BEIR layout the queries and the judgements; its documents are not the library's."""
    found = [Path(path) for path in paths]
    kept = [path for path in found if path.name == "queries.jsonl"]
    qrels = [path for path in found if path.name == "qrels.tsv"] or [path for path in found if path.name == "test.tsv"]
    if found and not kept:
        raise UsageError(say("lab.no_beir"))
    return [*kept, *qrels[:1]]
