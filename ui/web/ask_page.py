"""The Ask page: chat with streaming, filters with counts, and the evidence panel beside it. Nothing about a reader is kept on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.table import table_of
from corpus import Filter, Library
from ui.texts import label, said, say
from ui.web import look
from ui.web.asking import Asked, Asking
from ui.web.people import person_of
from ui.web.rendering import Drafting, answer_html, escape, fault_html, waiting_html
from ui.web.site import Site
from ui.web.table_pages import table_html

if TYPE_CHECKING:
    from assistant import Answer
    from ui.engine import LocalEngine
    from ui.web.model_job import ModelJob

#: Questions to begin with: of the sample collection, and in its language, whatever the reader's.
EXAMPLES = (
    "How does ketamine act on glutamate to relieve depression?",
    "How large is the effect of psilocybin on depression?",
    "Is microdosing better than placebo?",
    "What are the risks of ibogaine for the heart?",
)
_FACETS = ("kind", "substances", "topics")
#: What a reader is told of the steps before there is something to read.
_STEPS = {"understand": "ask.step_understand", "retrieve": "ask.step_retrieve", "decide": "ask.step_decide"}


def ask_page(engine: LocalEngine, job: ModelJob) -> Site:
    """Build the page. Its handlers close over the engine, which holds nothing about any one reader."""
    library = engine.library
    with Site(title="Florilegium", analytics_enabled=False, fill_width=True) as page:
        gr.HTML(look.header("ask"))
        with gr.Row(elem_id="fl-columns", equal_height=False):
            with gr.Column(scale=6, min_width=320):
                chat = gr.Chatbot(
                    elem_id="fl-chat",
                    show_label=False,
                    height="62vh",
                    layout="panel",
                    autoscroll=False,
                    buttons=["copy"],
                    latex_delimiters=[],
                    feedback_options=None,
                    examples=[{"text": question} for question in EXAMPLES],
                )
                with gr.Row(equal_height=True):
                    box = gr.Textbox(placeholder=label("ask.box"), show_label=False, container=False, scale=8, autofocus=True, max_lines=4, elem_id="fl-box")
                    send = gr.Button(label("ask.send"), variant="primary", scale=1, min_width=80, elem_id="fl-send")
                    stop = gr.Button(label("ask.stop"), scale=1, min_width=80, visible=False, elem_id="fl-stop")
                with gr.Row(equal_height=True, elem_id="fl-understood-row"):
                    understood = gr.Textbox(label=label("ask.understood"), visible=False, scale=8, max_lines=3, elem_id="fl-understood")
                    again = gr.Button(label("ask.again"), visible=False, scale=1, min_width=80, size="sm", elem_id="fl-again")
                with gr.Accordion(label("ask.filters"), open=False, elem_id="fl-filters"):
                    years = _years(library)
                    with gr.Row():
                        since = gr.Dropdown(label=label("ask.from_year"), choices=years, value=0, min_width=120)
                        until = gr.Dropdown(label=label("ask.to_year"), choices=years, value=0, min_width=120)
                    facets = [gr.Dropdown(label=label(f"facet.{name}"), choices=[], multiselect=True, value=[], min_width=200) for name in _FACETS]
                    matching = gr.HTML(elem_id="fl-matching")
                model_line = gr.HTML(elem_id="fl-model")
                cancel = gr.Button(label("ask.cancel"), size="sm", visible=False, elem_id="fl-cancel")
            with gr.Column(scale=5, min_width=320, elem_id="fl-evidence-column"):
                gr.HTML(
                    f'<button id="fl-close" aria-label="{said("ask.close")}">✕</button>'
                    f'<div id="fl-evidence"><iframe src="/pages/empty" title="{said("ask.evidence")}"></iframe></div>'
                )

        inputs = [since, until, *facets]
        last = gr.State("")  # the id of the answer that a follow-up may refer to: this reader's, and nobody else's
        asking = Asking()

        def counted(since: int, until: int, *chosen: list[str]) -> list[Any]:
            return _counts(engine, since, until, chosen)

        def ask(text: str, history: list[dict[str, Any]], after: str, request: gr.Request, since: int, until: int, *chosen: list[str]) -> Iterator[Any]:
            asked = Asked(text, tuple(filters_from(since, until, chosen)), after, owner=person_of(request).name)
            yield from _converse(engine, asking, asked, history, str(request.session_hash))

        def ask_again(
            standalone: str, history: list[dict[str, Any]], after: str, request: gr.Request, since: int, until: int, *chosen: list[str]
        ) -> Iterator[Any]:
            asked = Asked(standalone, tuple(filters_from(since, until, chosen)), "", standalone, person_of(request).name)
            yield from _converse(engine, asking, asked, history, str(request.session_hash))

        def stop_it(request: gr.Request) -> None:
            asking.stop(str(request.session_hash))

        outputs = [box, chat, send, stop, last, understood, again]
        gr.on([box.submit, send.click], ask, [box, chat, last, *inputs], outputs, concurrency_limit=20)
        gr.on([understood.submit, again.click], ask_again, [understood, chat, last, *inputs], outputs, concurrency_limit=20)
        chat.example_select(_example_handler(engine, asking), [chat, *inputs], outputs, concurrency_limit=20)
        stop.click(stop_it, None, None, queue=False)
        chat.clear(lambda: ("", gr.update(visible=False), gr.update(visible=False)), None, [last, understood, again])
        gr.on([page.load, *(item.change for item in inputs)], counted, inputs, [*facets, matching], show_progress="hidden")
        page.load(lambda: gr.update(placeholder=_welcome(library)), None, chat, show_progress="hidden")
        timer = gr.Timer(2.0)
        gr.on([page.load, timer.tick], lambda: _model_status(job), None, [model_line, cancel], show_progress="hidden")
        cancel.click(job.cancel, None, None)
    return page


def filters_from(since: int, until: int, chosen: tuple[list[str], ...]) -> list[str]:
    """The filters that the page's fields stand for, as people write them."""
    filters = [f"year>={since}"] if since else []
    filters += [f"year<={until}"] if until else []
    return filters + [f"{name}={'|'.join(values)}" for name, values in zip(_FACETS, chosen, strict=True) if values]


def _example_handler(engine: LocalEngine, asking: Asking) -> Any:
    def ask_example(
        history: list[dict[str, Any]],
        since: int,
        until: int,
        kind: list[str],
        substances: list[str],
        topics: list[str],
        picked: gr.SelectData,
        request: gr.Request,
    ) -> Iterator[Any]:
        asked = Asked(str(picked.value["text"]), tuple(filters_from(since, until, (kind, substances, topics))), owner=person_of(request).name)
        yield from _converse(engine, asking, asked, history, str(request.session_hash))

    return ask_example


def _converse(engine: LocalEngine, asking: Asking, asked: Asked, history: list[dict[str, Any]], session: str) -> Iterator[Any]:
    """Show each step, the quotes answer as soon as it is there, then the checked draft in its place."""
    shown = asked.standalone or asked.text
    turns = [*history, {"role": "user", "content": f"<div>{escape(shown)}</div>"}]

    def now(box: Any, content: str, *, busy: bool, last: str | None = None, understood: Answer | None = None) -> list[Any]:
        """Box, chat, Ask, Stop, last answer, the line that shows how a question was understood."""
        changed = understood is not None and understood.standalone_question != understood.question
        line = gr.update(visible=changed, value=understood.standalone_question if understood else "")
        chat = [*turns, {"role": "assistant", "content": content}]
        return [box, chat, gr.update(visible=not busy), gr.update(visible=busy), gr.skip() if last is None else last, line, gr.update(visible=changed)]

    if not shown.strip():
        yield [gr.skip(), gr.skip(), gr.update(visible=True), gr.update(visible=False), gr.skip(), gr.skip(), gr.skip()]
        return
    yield now("", waiting_html(say("ask.step_understand")), busy=True)
    quotes: Answer | None = None
    draft = Drafting()
    for kind, value in asking.events(engine, asked, session):
        if kind == "answer":
            yield now(
                gr.skip(), answer_html(value) + table_html(value, table_of(value, engine.library.get), escape), busy=False, last=value.id, understood=value
            )
        elif kind == "fault":
            yield now(shown, fault_html(str(value)), busy=False)
        elif value.kind in ("quotes", "passed"):
            quotes = value.answer
            yield now(gr.skip(), answer_html(quotes, drafting=draft), busy=True)
        elif quotes is None:
            yield now(gr.skip(), waiting_html(say(_STEPS.get(value.step, "ask.step_other"))), busy=True)
        elif draft.hear(value):
            yield now(gr.skip(), answer_html(quotes, drafting=draft), busy=True)


def _welcome(library: Library) -> str:
    count = library.count()
    if not count:
        return f"<div><strong>{escape(say('ask.library_empty'))}</strong><br>{escape(say('ask.library_empty_do'))} <code>florilegium import FILE</code></div>"
    return f"<div><strong>{escape(say('ask.welcome', count=count))}</strong><br>{escape(say('ask.welcome_more'))}</div>"


def _years(library: Library) -> list[tuple[Any, int]]:
    """The years to choose from, newest first; 0 stands for any."""
    low, high = library.catalogue.year_range() or (0, -1)
    return [(label("ask.year_any"), 0), *((str(year), year) for year in range(high, low - 1, -1))]


def _counts(engine: LocalEngine, since: int, until: int, chosen: tuple[list[str], ...]) -> list[Any]:
    """Each facet's values with the number of records that the other filters leave."""
    updates: list[Any] = []
    for position, name in enumerate(_FACETS):
        others = tuple(values if at != position else [] for at, values in enumerate(chosen))
        counts = engine.library.catalogue.facet_counts(engine.filter(filters_from(since, until, others))).get(name, [])
        kept = [value for value in chosen[position] if value not in dict(counts)]
        updates.append(gr.update(choices=[(f"{value} ({count})", value) for value, count in counts] + [(f"{value} (0)", value) for value in kept]))
    filters = filters_from(since, until, chosen)
    selection = engine.library.select(engine.filter(filters) if filters else Filter())
    left = " " + say("ask.left_out", count=selection.left_out) if selection.left_out else ""
    updates.append(f'<p class="fl-note">{escape(say("ask.matching", count=len(selection.ids)) + left)}.</p>' if filters else "")
    return updates


def _model_status(job: ModelJob) -> tuple[Any, Any]:
    status = job.status()
    if status.running:
        share = 100 * status.done / max(1, status.total)
        text = say("ask.fetching", done=round(status.done / 1e6), total=round(status.total / 1e6))
        return f'<p class="fl-note">{escape(text)}</p><div class="fl-bar"><i style="width:{share:.1f}%"></i></div>', gr.update(visible=True)
    if status.fault or status.cancelled:
        fault = say("ask.fetch_cancelled") if status.cancelled else say("ask.fetch_failed", fault=status.fault)
        return f'<p class="fl-note">{escape(fault)}</p>', gr.update(visible=False)
    if not status.available:
        return f'<p class="fl-note">{escape(say("ask.quotes_only"))} <code>florilegium model install</code></p>', gr.update(visible=False)
    return "", gr.update(visible=False)
