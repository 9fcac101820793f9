"""The Ask page: chat with streaming, filters with counts, and the evidence panel beside it. Nothing about a reader is kept on it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import Filter, FlorilegiumError, Library, UnavailableError
from ui.web import look
from ui.web.rendering import answer_html, escape, fault_html, waiting_html

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

        def counted(since: int, until: int, *chosen: list[str]) -> list[Any]:
            return _counts(engine, since, until, chosen)

        def ask(text: str, history: list[dict[str, Any]], since: int, until: int, *chosen: list[str]) -> Iterator[Any]:
            yield from _converse(engine, text, history, filters_from(since, until, chosen))

        outputs = [box, chat, send, stop]
        asking = gr.on([box.submit, send.click], ask, [box, chat, *inputs], outputs, concurrency_limit=20)
        picking = chat.example_select(_example_handler(engine), [chat, *inputs], outputs, concurrency_limit=20)
        stop.click(_stopped, None, [send, stop], cancels=[asking, picking])
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


def _example_handler(engine: LocalEngine) -> Any:
    def ask_example(
        history: list[dict[str, Any]],
        since: int,
        until: int,
        kind: list[str],
        substances: list[str],
        topics: list[str],
        picked: gr.SelectData,
    ) -> Iterator[Any]:
        yield from _converse(engine, str(picked.value["text"]), history, filters_from(since, until, (kind, substances, topics)))

    return ask_example


def _converse(engine: LocalEngine, text: str, history: list[dict[str, Any]], filters: list[str]) -> Iterator[Any]:
    """Show the quotes answer as soon as it is there, then the checked draft in its place."""
    asked = [*history, {"role": "user", "content": f"<div>{escape(text)}</div>"}]
    busy = (gr.update(visible=False), gr.update(visible=True))
    ready = (gr.update(visible=True), gr.update(visible=False))

    def said(content: str) -> list[dict[str, Any]]:
        return [*asked, {"role": "assistant", "content": content}]

    if not text.strip():
        yield gr.update(), gr.update(), *ready
        return
    yield "", said(waiting_html("Looking …")), *busy
    quotes: Answer | None = None
    for kind, value in _events(engine, text, filters):
        if kind == "quotes":
            quotes = value
            yield gr.update(), said(answer_html(value, drafting=0)), *busy
        elif kind == "words" and quotes is not None:
            yield gr.update(), said(answer_html(quotes, drafting=value)), *busy
        elif kind == "answer":
            yield gr.update(), said(answer_html(value)), *ready
        else:
            yield text, said(fault_html(str(value))), *ready


def _events(engine: LocalEngine, text: str, filters: list[str]) -> Iterator[tuple[str, Any]]:
    """("quotes", Answer), ("words", how many a model has written) now and then, at last ("answer", Answer) or ("fault", error)."""
    happened: queue.Queue[tuple[str, Any]] = queue.Queue()
    left = threading.Event()

    written = [0, 0]  # words so far, and when last told

    def go_on(piece: str) -> None:
        if left.is_set():
            raise UnavailableError("it was stopped")
        written[0] += piece.count(" ")
        if written[0] >= written[1] + 5:
            written[1] = written[0]
            happened.put(("words", written[0]))

    def work() -> None:
        try:
            answer: Answer = engine.answer(text, None, engine.filter(filters), None, on_quotes=lambda quotes: happened.put(("quotes", quotes)), on_text=go_on)
            happened.put(("answer", answer))
        except FlorilegiumError as error:
            happened.put(("fault", error))
        except Exception as error:
            happened.put(("fault", f"Something went wrong ({type(error).__name__}). The question is kept; try again."))
            raise

    threading.Thread(target=work, name="ask", daemon=True).start()
    try:
        while True:
            event = happened.get()
            yield event
            if event[0] in ("answer", "fault"):
                return
    finally:
        left.set()


def _stopped() -> tuple[Any, Any]:
    return gr.update(visible=True), gr.update(visible=False)


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
