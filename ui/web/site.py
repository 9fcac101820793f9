"""The Gradio side of the site: every event of every page is done only for who may do it, whichever of Gradio's routes it comes by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from structlog.contextvars import bound_contextvars

from corpus import ForbiddenError, UnavailableError
from ui.logs import logger
from ui.texts import say
from ui.web.inputs import check_inputs
from ui.web.limits import Limits
from ui.web.people import require
from ui.web.rules import role_of_page
from ui.web.tabs import Tabs
from ui.web.watching import NUMBER

_ASKS = "florilegium_asks"
#: Browser tabs whose state is held, those used last: each takes half a megabyte, and Gradio would hold ten thousand. One that is dropped begins anew.
TABS_HELD = 400
_HOUR = 3600  # how often what was uploaded is looked through for what is older than a day


class Site(gr.Blocks):  # type: ignore[misc]  # Gradio has no types
    """Blocks whose events ask who is there; a browser tab's state is of use to the person alone whose tab it is."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, delete_cache=(_HOUR, 24 * _HOUR), **options)
        self.state_session_capacity = TABS_HELD
        self.tabs = Tabs()
        self.limits = Limits(0)

    def __enter__(self) -> Site:
        super().__enter__()
        return self

    async def process_api(self, block_fn: Any, inputs: list[Any], state: Any = None, request: Any = None, **options: Any) -> Any:
        """See gr.Blocks. Raises gr.Error for who may not."""
        try:
            for one in request if isinstance(request, list) else [request]:
                if one is None:
                    raise ForbiddenError("nobody has signed in", remedy="Sign in first")
                person = require(one, role_of_page(getattr(block_fn, "page", None) or ""))
                if not self.tabs.is_of(str(one.session_hash or ""), person.name):
                    raise ForbiddenError("this tab is somebody else's", remedy="Load the page again")
                if getattr(block_fn.fn, _ASKS, False) and options.get("iterator") is None:
                    self.limits.take(person, _address(one))
            check_inputs(block_fn.inputs, inputs)
        except (ForbiddenError, UnavailableError) as error:
            raise gr.Error(str(error), print_exception=False) from error
        number = _number(request)
        with bound_contextvars(request=number):
            try:
                return await super().process_api(block_fn, inputs, state, request, **options)
            except gr.Error:
                raise
            except Exception as error:  # told without what was typed, which its message may quote; the reader gets the number to ask by
                logger().error("an event failed", handler=str(block_fn.api_name), page=getattr(block_fn, "page", ""), exc_info=error)
                raise gr.Error(say("site.failed", number=number), print_exception=False) from error

    def waiting(self) -> int:
        """How many events wait for their turn."""
        return int(self._queue.get_status().queue_size)


def asks(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a handler as one that asks or searches: a person may do so only so often in a minute."""
    setattr(handler, _ASKS, True)
    return handler


def _address(request: Any) -> str:
    return str(request.client.host) if request.client else ""


def _number(request: Any) -> str:
    one = request[0] if isinstance(request, list) and request else request
    inner = getattr(one, "request", None)
    return str(inner.scope.get(NUMBER, "")) if inner is not None else ""
