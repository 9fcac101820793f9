"""A question under way as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter, to_thread

from corpus import UnavailableError

if TYPE_CHECKING:
    from assistant import Answer, Event
    from ui.engine import LocalEngine
    from ui.web.asking import Asked, Asking

#: What a stream is sent as, and that no proxy may hold it back (nginx reads the last).
STREAM = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def happening(asking: Asking, engine: LocalEngine, asked: Asked) -> AsyncGenerator[tuple[str, Any]]:
    """What happens with a question (see `Asking.events`). Whoever stops listening stops the question."""
    name = f"api-{secrets.token_hex(8)}"
    events = asking.events(engine, asked, name)
    own = CapacityLimiter(1)  # a question that waits for a model takes no thread from those who only look something up
    try:
        while (event := await to_thread.run_sync(next, events, None, abandon_on_cancel=True, limiter=own)) is not None:
            yield event
    finally:
        asking.stop(name)


async def answered(asking: Asking, engine: LocalEngine, asked: Asked) -> Answer:
    """The answer in the end. Raises what went wrong."""
    async with aclosing(happening(asking, engine, asked)) as events:
        async for kind, value in events:
            if kind == "answer":
                made: Answer = value
                return made
            if kind == "fault":
                raise value if isinstance(value, Exception) else UnavailableError(str(value))
    raise UnavailableError("the question was not answered", remedy="Ask again")


def as_dict(event: Event) -> dict[str, Any]:
    """What an event tells, without what it leaves empty."""
    answer = event.answer.as_dict() if event.answer else None
    table = {"step": event.step, "text": event.text, "support": event.support and event.support.value, "place": event.place, "answer": answer}
    return {name: value for name, value in table.items() if value}


def event_text(name: str, data: Any) -> str:
    """One event as it is sent; JSON has no line ends of its own, so its data is one line."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
