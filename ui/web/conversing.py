"""A question and its answer in the chat: asked, followed up, asked again, changed. What is said is kept as a conversation of whoever asks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.answer import Answer
from assistant.table import table_of
from corpus import Exchange, FlorilegiumError, Library, Role, UnavailableError, UsageError
from ui.texts import say
from ui.web.answer_tools import tools_html
from ui.web.asking import Asked, Asking
from ui.web.rendering import Drafting, answer_html, escape, fault_html, waiting_html
from ui.web.table_pages import for_reader, table_html

if TYPE_CHECKING:
    from ui.engine import LocalEngine
    from ui.web.people import Person

Message = dict[str, Any]
#: What a reader is told of the steps before there is something to read.
_STEPS = {"understand": "ask.step_understand", "retrieve": "ask.step_retrieve", "decide": "ask.step_decide"}


@dataclass(frozen=True)
class Talk:
    """What stands in one tab's chat: the id of each answer shown ("" where a question failed), and of the conversation they are kept in ("" for none yet)."""

    answers: tuple[str, ...] = ()
    conversation: str = ""

    def as_text(self) -> str:
        """As the page holds it; the reverse is `of`."""
        return json.dumps({"answers": self.answers, "conversation": self.conversation})

    @classmethod
    def of(cls, text: str) -> Talk:
        """What a page holds; an empty talk where that cannot be read. Whose the answers are is looked at when they are used."""
        try:
            held = json.loads(text)
            answers, conversation = held["answers"], held["conversation"]
        except (ValueError, KeyError, TypeError):
            return cls()
        sound = isinstance(answers, list) and isinstance(conversation, str) and all(isinstance(each, str) for each in answers)
        return cls(tuple(answers), conversation) if sound else cls()

    @property
    def last(self) -> str:
        """The answer that a follow-up refers to, or ""."""
        return next((each for each in reversed(self.answers) if each), "")

    def until(self, turn: int) -> Talk:
        """The talk before its question number `turn`, the first being 0."""
        return replace(self, answers=self.answers[:turn])


@dataclass(frozen=True)
class Shown:
    """What the page is to show now. `first` of a question; `answer` is set once there is one; `fault` when there is none."""

    messages: list[Message]
    talk: Talk
    busy: bool = True
    answer: Answer | None = None
    fault: bool = False
    first: bool = False


def converse(
    engine: LocalEngine, asking: Asking, asked: Asked, history: Sequence[Message], talk: Talk, tab: str, person: Person, turn: int | None = None
) -> Iterator[Shown]:
    """Each step, the quotes as soon as they are there, then the checked draft in their place. With `turn`, that question and all after it are asked anew."""
    if turn is not None:
        history, talk = history[: 2 * turn], _cut(engine.library, talk, turn, person)
    asked = replace(asked, after=talk.last if not asked.standalone else "", owner=person.name)
    turns = [*history, question_message(asked.standalone or asked.text)]

    def now(html: str, **more: Any) -> Shown:
        return Shown([*turns, answer_message(html)], **{"talk": talk, **more})

    yield now(waiting_html(say("ask.step_understand")), first=True)
    quotes: Answer | None = None
    draft = Drafting()
    for kind, value in asking.events(engine, asked, tab):
        if kind == "answer":
            talk = _kept(engine.library, talk, asked, value, person)
            yield now(whole_html(engine.library, value), talk=talk, busy=False, answer=value)
        elif kind == "fault":
            yield now(fault_html(str(value)), talk=replace(talk, answers=(*talk.answers, "")), busy=False, fault=True)
        elif value.kind in ("quotes", "passed"):
            quotes = value.answer
            yield now(answer_html(quotes, drafting=draft))
        elif quotes is None:
            yield now(waiting_html(say(_STEPS.get(value.step, "ask.step_other"))))
        elif draft.hear(value):
            yield now(answer_html(quotes, drafting=draft))


def question_message(text: str) -> Message:
    """A question as the chat shows it: its words, whatever signs are among them."""
    return {"role": "user", "content": f"<div>{escape(text)}</div>"}


def answer_message(html: str) -> Message:
    """An answer's HTML as the chat takes it."""
    return {"role": "assistant", "content": html}


def whole_html(library: Library, answer: Answer) -> str:
    """A finished answer with its table and what can be done with it."""
    return answer_html(answer) + table_html(answer, table_of(answer, library.get), escape) + tools_html(answer)


def reopened(library: Library, conversation: str, person: Person) -> tuple[list[Message], Talk]:
    """A kept conversation as the chat shows it. Raises NotFoundError for one that is not this person's."""
    kept = library.conversations.get(conversation, person.name)
    found = library.answers.get_many(exchange.answer_id for exchange in kept.exchanges)
    messages: list[Message] = []
    for exchange in kept.exchanges:
        document = found.get(exchange.answer_id)
        html = whole_html(library, for_reader(Answer.from_dict(document), library, person)) if document else fault_html(say("ask.answer_gone"))
        messages += [question_message(exchange.question), answer_message(html)]
    return messages, Talk(tuple(exchange.answer_id if exchange.answer_id in found else "" for exchange in kept.exchanges), kept.id)


def _cut(library: Library, talk: Talk, turn: int, person: Person) -> Talk:
    """The talk before a question; what followed is taken out of the kept conversation too."""
    if talk.conversation:
        try:
            library.conversations.cut(talk.conversation, sum(1 for each in talk.answers[:turn] if each), person.name)
        except FlorilegiumError:
            talk = replace(talk, conversation="")  # deleted meanwhile: what follows begins another
    return talk.until(turn)


def _kept(library: Library, talk: Talk, asked: Asked, answer: Answer, person: Person) -> Talk:
    """The talk with an answer at its end; members' are kept as a conversation."""
    answers = (*talk.answers, answer.id)
    if not person.may(Role.MEMBER):
        return Talk(answers)
    exchange = Exchange(asked.standalone or asked.text, answer.standalone_question, answer.id, asked.filters)
    said = " ".join(f"{sentence.lead} {sentence.text}" for sentence in answer.sentences)
    try:
        try:
            kept = library.conversations.append(talk.conversation, exchange, person.name, said=said)
        except UsageError:
            kept = library.conversations.append("", exchange, person.name, said=said)  # deleted in another tab: it goes on as a new one
    except UnavailableError:  # the answer says itself that it could not be kept
        return replace(talk, answers=answers)
    return Talk(answers, kept.id)
