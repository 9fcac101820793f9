"""Saved questions asked again, in quotes mode: what a reader is told of each, and the answer that the next news are told against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from corpus import FlorilegiumError

if TYPE_CHECKING:
    from ui.engine import LocalEngine


def ask_again(engine: LocalEngine, owner: str, numbers: Sequence[int] = ()) -> dict[str, Any]:
    """Ask an owner's saved questions (or those with these numbers): {news, answers, faults}, answers and faults by the question's number as text.

    Nothing is kept but the answers themselves, as the owner's: `Questions.answered` moves on what later news are told against.
    """
    from assistant.answer import Answer
    from assistant.news import news_of

    news, answers, faults = [], {}, {}
    for saved in engine.library.questions.all(owner):
        if numbers and saved.number not in numbers:
            continue
        try:
            now = engine.answer(saved.question, "quotes", engine.filter(saved.filters), None, owner=owner)
        except FlorilegiumError as error:
            faults[str(saved.number)] = str(error)
            continue
        then = Answer.from_dict(saved.answer) if saved.answer else None
        news.append({"number": saved.number, **news_of(then, now, engine.library.get).as_dict()})
        answers[str(saved.number)] = now.as_dict()
    return {"news": news, "answers": answers, "faults": faults}
