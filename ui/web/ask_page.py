"""The Ask page: chat with streaming, filters with counts, and the evidence panel beside it. Nothing about a reader is kept on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.table import table_of
from corpus import Filter, Library
from ui.web import look
from ui.web.asking import STEPS_SAID, Asked, Asking
from ui.web.rendering import Drafting, answer_html, escape, fault_html, waiting_html
from ui.web.table_pages import table_html

if TYPE_CHECKING:
    from assistant import Answer
    from ui.engine import LocalEngine
    from ui.web.model_job import ModelJob

EXAMPLES = (
    "How does ketamine act on glutamate to relieve depression?",
    "How large is the effect of psilocybin on depression?",
    "Is microdosing better than placebo?",
    "What are the risks of ibogaine for the heart?",
)
_FACETS = ("kind", "substances", "topics")
_LABELS = {"kind": "Kind of review", "substances": "Substance", "topics": "Topic"}


def ask_page(engine: LocalEngine, job: ModelJob) -> gr.Blocks:
    """Build the page. Its handlers close over the engine, which holds nothing about any one reader."""
    library = engine.library
    with gr.Blocks(title="Florilegium", analytics_enabled=False, fill_width=True) as page:
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
                    placeholder=_welcome(library),
                    examples=[{"text": question} for question in EXAMPLES],
                )
                with gr.Row(equal_height=True):
                    box = gr.Textbox(
                        placeholder="Ask in plain language …", show_label=False, container=False, scale=8, autofocus=True, max_lines=4, elem_id="fl-box"
                    )
                    send = gr.Button("Ask", variant="primary", scale=1, min_width=80, elem_id="fl-send")
                    stop = gr.Button("Stop", scale=1, min_width=80, visible=False, elem_id="fl-stop")
                with gr.Row(equal_height=True, elem_id="fl-understood-row"):
                    understood = gr.Textbox(label="Understood as", visible=False, scale=8, max_lines=3, elem_id="fl-understood")
                    again = gr.Button("Ask it this way", visible=False, scale=1, min_width=80, size="sm", elem_id="fl-again")
                with gr.Accordion("Filters", open=False, elem_id="fl-filters"):
                    years = _years(library)
                    with gr.Row():
                        since = gr.Dropdown(label="From year", choices=years, value=0, min_width=120)
                        until = gr.Dropdown(label="To year", choices=years, value=0, min_width=120)
                    facets = [gr.Dropdown(label=_LABELS[name], choices=[], multiselect=True, value=[], min_width=200) for name in _FACETS]
                    matching = gr.HTML(elem_id="fl-matching")
                model_line = gr.HTML(elem_id="fl-model")
                cancel = gr.Button("Cancel the download", size="sm", visible=False, elem_id="fl-cancel")
            with gr.Column(scale=5, min_width=320, elem_id="fl-evidence-column"):
                gr.HTML(
                    '<button id="fl-close" aria-label="Close the evidence">✕</button>'
                    '<div id="fl-evidence"><iframe src="/pages/empty" title="The record with the cited words marked"></iframe></div>'
                )

        inputs = [since, until, *facets]
        last = gr.State("")  # the id of the answer that a follow-up may refer to: this reader's, and nobody else's
        asking = Asking()

        def counted(since: int, until: int, *chosen: list[str]) -> list[Any]:
            return _counts(engine, since, until, chosen)

        def ask(text: str, history: list[dict[str, Any]], after: str, request: gr.Request, since: int, until: int, *chosen: list[str]) -> Iterator[Any]:
            asked = Asked(text, tuple(filters_from(since, until, chosen)), after)
            yield from _converse(engine, asking, asked, history, str(request.session_hash))

        def ask_again(
            standalone: str, history: list[dict[str, Any]], after: str, request: gr.Request, since: int, until: int, *chosen: list[str]
        ) -> Iterator[Any]:
            asked = Asked(standalone, tuple(filters_from(since, until, chosen)), "", standalone)
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
        asked = Asked(str(picked.value["text"]), tuple(filters_from(since, until, (kind, substances, topics))))
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
    yield now("", waiting_html("Reading the question …"), busy=True)
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
            yield now(gr.skip(), waiting_html(STEPS_SAID.get(value.step, "Looking …")), busy=True)
        elif draft.hear(value):
            yield now(gr.skip(), answer_html(quotes, drafting=draft), busy=True)


def _welcome(library: Library) -> str:
    count = library.count()
    if not count:
        return "<div><strong>This library is empty.</strong><br>Import records first: <code>florilegium import FILE</code></div>"
    return f"<div><strong>Ask this collection of {count:,} reviews.</strong><br>Every sentence of an answer carries the words it rests on.</div>"


def _years(library: Library) -> list[tuple[str, int]]:
    """The years to choose from, newest first; 0 stands for any."""
    low, high = library.catalogue.year_range() or (0, -1)
    return [("any", 0), *((str(year), year) for year in range(high, low - 1, -1))]


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
    left = f" ({selection.left_out} more have no year)" if selection.left_out else ""
    updates.append(f'<p class="fl-note">{len(selection.ids):,} records{left}.</p>' if filters else "")
    return updates


def _model_status(job: ModelJob) -> tuple[Any, Any]:
    status = job.status()
    if status.running:
        share = 100 * status.done / max(1, status.total)
        text = f"Fetching the language model: {status.done / 1e6:,.0f} of {status.total / 1e6:,.0f} MB. Until it is here, answers are quotes."
        return f'<p class="fl-note">{text}</p><div class="fl-bar"><i style="width:{share:.1f}%"></i></div>', gr.update(visible=True)
    if status.fault:
        return f'<p class="fl-note">{escape(status.fault)}</p>', gr.update(visible=False)
    if not status.available:
        return '<p class="fl-note">Answers are quotes. For written answers: <code>florilegium model install</code></p>', gr.update(visible=False)
    return "", gr.update(visible=False)
