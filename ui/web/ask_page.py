"""The Ask page: chat with streaming, filters with counts, and the evidence panel beside it. Nothing about a reader is kept on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.answer import Answer
from corpus import FlorilegiumError, Library, Role
from ui.texts import label, said, say
from ui.web import look
from ui.web.answer_tools import feedback_dialog
from ui.web.ask_filters import AskFilters
from ui.web.asking import Asked, Asking
from ui.web.conversing import Shown, Talk, converse, reopened
from ui.web.people import person_of, require
from ui.web.rendering import escape, fault_html
from ui.web.site import Site, asks
from ui.web.standing_lines import fresh_line, model_line
from ui.web.talks import talks_html

if TYPE_CHECKING:
    from ui.engine import LocalEngine
    from ui.web.model_job import ModelJob

#: Questions to begin with: of the sample collection, and in its language, whatever the reader's.
EXAMPLES = (
    "How does ketamine act on glutamate to relieve depression?",
    "How large is the effect of psilocybin on depression?",
    "Is microdosing better than placebo?",
    "What are the risks of ibogaine for the heart?",
)
_AT_ONCE = 20  # questions under way in one process
#: What the page's script asks for: it triggers this component's `submit` with {do, …}.
_IN_ADDRESS = "(talk) => window.flTalk && window.flTalk(talk)"
_COMMANDS = "window.flCommand = (what) => trigger('submit', what);"


class AskPage:
    """Builds the page; its handlers close over the engine, which holds nothing about any one reader."""

    def __init__(self, engine: LocalEngine, job: ModelJob) -> None:
        self._engine = engine
        self._job = job
        self._asking = Asking()
        with Site(title="Florilegium", analytics_enabled=False, fill_width=True) as self.page:
            gr.HTML(look.header("ask"))
            with gr.Row(elem_id="fl-columns", equal_height=False):
                with gr.Column(scale=0, min_width=0, elem_id="fl-talks-column"):
                    self._talks = gr.HTML(padding=False)
                with gr.Column(scale=6, min_width=320, elem_id="fl-chat-column"):
                    self._build_chat()
                with gr.Column(scale=5, min_width=320, elem_id="fl-evidence-column"):
                    gr.HTML(_evidence_panel(), padding=False)
            gr.HTML(feedback_dialog(), elem_id="fl-dialogs")
            self._commands = gr.HTML("", elem_id="fl-commands", js_on_load=_COMMANDS)
            self._wire()

    def _build_chat(self) -> None:
        self._chat = gr.Chatbot(
            elem_id="fl-chat",
            label=label("ask.chat"),
            show_label=False,
            height="60vh",
            layout="panel",
            autoscroll=False,
            buttons=[],
            latex_delimiters=[],
            feedback_options=None,
        )
        self._next = gr.HTML(elem_id="fl-next", padding=False)
        with gr.Row(equal_height=True, visible=False, elem_id="fl-editing-row") as self._editing_row:
            self._editing_line = gr.HTML(elem_id="fl-editing", padding=False)
            self._leave = gr.Button(label("ask.edit_leave"), size="sm", scale=0, min_width=110, elem_id="fl-edit-leave")
        with gr.Row(equal_height=True, elem_id="fl-ask-row"):
            self._box = gr.Textbox(
                placeholder=label("ask.box"),
                label=label("ask.question"),
                show_label=False,
                container=False,
                scale=8,
                autofocus=True,
                max_lines=4,
                elem_id="fl-box",
            )
            self._send = gr.Button(label("ask.send"), variant="primary", scale=1, min_width=80, elem_id="fl-send")
            self._stop = gr.Button(label("ask.stop"), scale=1, min_width=80, visible=False, elem_id="fl-stop")
        with gr.Row(equal_height=True, elem_id="fl-understood-row"):
            self._understood = gr.Textbox(label=label("ask.understood"), visible=False, scale=8, max_lines=3, elem_id="fl-understood")
            self._again = gr.Button(label("ask.again"), visible=False, scale=1, min_width=80, size="sm", elem_id="fl-again")
        with gr.Accordion(label("ask.filters"), open=False, elem_id="fl-filters"):
            self._filters = AskFilters(self._engine)
        self._notes = gr.Checkbox(label=label("ask.notes"), value=False, visible=False, container=False, elem_id="fl-own-notes")
        self._fresh = gr.HTML(elem_id="fl-fresh", padding=False)
        self._model = gr.HTML(elem_id="fl-model", padding=False)
        self._cancel = gr.Button(label("ask.cancel"), size="sm", visible=False, elem_id="fl-cancel")
        self._talk = gr.Textbox(Talk().as_text(), visible="hidden", elem_id="fl-talk")  # held by the page: it outlives a restart of the server
        self._turn: gr.State = gr.State(None)  # the number of the question that is being changed, the first being 0

    def _wire(self) -> None:
        """Connect what can be done with what does it."""
        more = [self._chat, self._talk, self._notes, *self._filters.inputs]
        self._shown = [self._box, self._chat, self._send, self._stop, self._talk, self._understood, self._again, self._turn, self._editing_row, self._next]
        asked = [
            gr.on(
                [self._box.submit, self._send.click],
                self._ask,
                [self._box, self._turn, *more],
                self._shown,
                concurrency_limit=_AT_ONCE,
                trigger_mode="always_last",  # a question entered while another is answered waits for it; "once" would drop it without a word
            ),
            gr.on([self._understood.submit, self._again.click], self._ask_again, [self._understood, *more], self._shown, concurrency_limit=_AT_ONCE),
            self._commands.submit(self._command, more, [*self._shown, self._editing_line], concurrency_limit=_AT_ONCE, show_progress="hidden"),
        ]
        for event in asked:
            event.then(
                self._suggest, [self._talk, *self._filters.inputs], [self._next, self._fresh, self._talks], show_progress="hidden", trigger_mode="always_last"
            )
        self._talk.change(None, self._talk, None, js=_IN_ADDRESS)
        self._stop.click(self._stop_it, None, None, queue=False)
        self._leave.click(lambda: (None, gr.update(visible=False), ""), None, [self._turn, self._editing_row, self._box], show_progress="hidden")
        changes = [item.change for item in self._filters.inputs]
        gr.on([self.page.load, *changes], self._filters.counted, self._filters.inputs, self._filters.outputs, show_progress="hidden")
        self.page.load(self._open, None, [self._chat, self._talk, self._notes, self._fresh, self._talks], show_progress="hidden")
        timer = gr.Timer(2.0, active=False)  # while a model is being fetched: a page that only stands there asks the server for nothing
        stands = [self._model, self._cancel, timer]
        gr.on([self.page.load, timer.tick], self._model_stands, None, stands, show_progress="hidden")
        self._cancel.click(self._cancel_fetching, None, None)

    # ---- handlers

    @asks
    def _ask(self, text: str, turn: int | None, history: list[Any], talk: str, notes: bool, request: gr.Request, *rest: Any) -> Iterator[list[Any]]:
        yield from self._answered(Asked(text, self._filters.chosen(rest), notes=notes), history, talk, request, turn)

    @asks
    def _ask_again(self, standalone: str, history: list[Any], talk: str, notes: bool, request: gr.Request, *rest: Any) -> Iterator[list[Any]]:
        yield from self._answered(Asked(standalone, self._filters.chosen(rest), standalone=standalone, notes=notes), history, talk, request)

    @asks
    def _command(self, history: list[Any], talk: str, notes: bool, told: gr.EventData, request: gr.Request, *rest: Any) -> Iterator[list[Any]]:
        """What the script asks for: `ask` a text, `retry` or `edit` question number `turn`."""
        wanted = told._data or {}
        turn = wanted.get("turn")
        filters = self._filters.chosen(rest)
        if wanted.get("do") == "ask":
            yield from ([*shown, gr.skip()] for shown in self._answered(Asked(str(wanted.get("text", "")), filters, notes=notes), history, talk, request))
        elif isinstance(turn, int) and 0 <= turn < len(Talk.of(talk).answers):
            text = str(wanted.get("text", ""))
            if wanted["do"] == "retry":
                asked = self._answered(Asked(text, filters, notes=notes), history, talk, request, turn)
                yield from ([*shown, gr.skip()] for shown in asked)
            elif wanted["do"] == "edit":
                line = f'<p class="fl-note">{escape(say("ask.editing", number=turn + 1))}</p>'
                unchanged = [gr.skip()] * 6
                yield [text, *unchanged, turn, gr.update(visible=True), gr.skip(), line]

    def _answered(self, asked: Asked, history: list[Any], talk: str, request: gr.Request, turn: int | None = None) -> Iterator[list[Any]]:
        """Box, chat, Ask, Stop, talk, how it was understood, and the rest of what changes while a question is answered."""
        if not asked.text.strip():
            yield [gr.skip()] * len(self._shown)
            return
        person = person_of(request)
        for shown in converse(self._engine, self._asking, asked, history, Talk.of(talk), str(request.session_hash), person, turn):
            yield self._updates(asked, shown)

    def _updates(self, asked: Asked, shown: Shown) -> list[Any]:
        answer = shown.answer
        box = asked.text if shown.fault else "" if shown.first else gr.skip()  # what was typed is not lost
        changed = answer is not None and answer.standalone_question != answer.question
        line = gr.update(visible=changed, value=answer.standalone_question if answer else "")
        updates = [box, shown.messages, gr.update(visible=not shown.busy), gr.update(visible=shown.busy), gr.skip() if shown.busy else shown.talk.as_text()]
        return [*updates, line, gr.update(visible=changed), None, gr.update(visible=False), "" if shown.first else gr.skip()]

    def _suggest(self, talk: str, request: gr.Request, *values: Any) -> tuple[str, str, str]:
        """What to ask next, how fresh the collection is, and the conversations with this one, once the answer stands."""
        engine, held, person = self._engine, Talk.of(talk), person_of(request)
        found: tuple[str, ...] = ()
        if held.answers and held.answers[-1]:
            try:
                answer = Answer.from_dict(engine.library.answers.get(held.last, person.name))
                found = engine.suggest(answer, engine.filter(self._filters.chosen(values)))
            except FlorilegiumError:
                found = ()  # a suggestion is not worth an error
        links = "".join(f'<a class="fl-suggested" href="#ask">{escape(question)}</a>' for question in found)
        head = f'<span class="fl-note">{escape(say("ask.next"))}</span> ' if links else ""
        return f"{head}{links}", fresh_line(engine), talks_html(engine.library, person, held.conversation)

    def _model_stands(self, request: gr.Request) -> tuple[Any, Any, Any]:
        return *model_line(self._job, person_of(request)), gr.Timer(active=self._job.status().running)

    def _cancel_fetching(self, request: gr.Request) -> None:
        require(request, Role.ADMIN)
        self._job.cancel()

    def _stop_it(self, request: gr.Request) -> None:
        self._asking.stop(str(request.session_hash))

    def _open(self, request: gr.Request) -> list[Any]:
        """A page that was just opened: empty, or with the conversation that `?c=` names."""
        person = person_of(request)
        messages, talk = opened(self._engine.library, str(dict(request.query_params).get("c") or ""), request)
        update = gr.update(value=messages, placeholder=_welcome(self._engine.library))
        talks = talks_html(self._engine.library, person, talk.conversation)
        return [update, talk.as_text(), gr.update(visible=person.may(Role.MEMBER)), fresh_line(self._engine), talks]


def opened(library: Library, conversation: str, request: gr.Request) -> tuple[list[dict[str, Any]], Talk]:
    """A conversation of whoever asks, for the chat; "" begins a new one, and one that is gone is told."""
    if not conversation:
        return [], Talk()
    try:
        return reopened(library, conversation, person_of(request))
    except FlorilegiumError as error:
        return [{"role": "assistant", "content": fault_html(str(error))}], Talk()


def ask_page(engine: LocalEngine, job: ModelJob) -> Site:
    """The page."""
    return AskPage(engine, job).page


def _evidence_panel() -> str:
    return (
        f'<div id="fl-evidence" role="region" tabindex="-1" aria-label="{said("ask.evidence")}"><div class="fl-panel-bar">'
        f'<button id="fl-previous" disabled title="{said("ask.previous_key")}">‹ {said("ask.previous")}</button>'
        f'<span id="fl-place" aria-live="polite" data-text="{said("ask.citation_at")}"></span>'
        f'<button id="fl-following" disabled title="{said("ask.following_key")}">{said("ask.following")} ›</button>'
        f'<button id="fl-close" aria-label="{said("ask.close")}">✕</button></div>'
        f'<iframe src="/pages/empty" title="{said("ask.evidence")}"></iframe></div>'
    )


def _welcome(library: Library) -> str:
    count = library.count()
    if not count:
        return f"<div><strong>{escape(say('ask.library_empty'))}</strong><br>{escape(say('ask.library_empty_do'))} <code>florilegium import FILE</code></div>"
    examples = " ".join(f'<a class="fl-suggested" href="#ask">{escape(question)}</a>' for question in EXAMPLES)
    return f"<div><strong>{escape(say('ask.welcome', count=count))}</strong><br>{escape(say('ask.welcome_more'))}</div><p>{examples}</p>"
