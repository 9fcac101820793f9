"""The MCP server over HTTP (the protocol's "streamable HTTP"), to stand at `/mcp` of the served process.

Every call stands by itself: no session is kept, so each is answered for whoever's token it carries. Host and origin were looked at before
(ui/web/guard.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.routing import Route
from starlette.types import Receive, Send
from starlette.types import Scope as Asgi

from corpus import Scope
from ui.mcp.server import mcp_server
from ui.mcp.tools import Caller
from ui.web.people import require

if TYPE_CHECKING:
    from ui.desk import Desk

PLACE = "/mcp"
_LARGEST = 256 * 1024  # bytes of a call


class McpOverHttp:
    """`route` is to be added to an application, which has to live within `lifespan`."""

    def __init__(self, desk: Desk) -> None:
        self._server = mcp_server(desk, _who)
        self._manager: StreamableHTTPSessionManager | None = None
        self.route = Route(PLACE, endpoint=_Endpoint(self._call), include_in_schema=False)

    @property
    def lifespan(self) -> Callable[[Any], AbstractAsyncContextManager[None]]:
        """Runs while the application does."""

        @asynccontextmanager
        async def live(_app: Any) -> AsyncIterator[None]:
            self._manager = StreamableHTTPSessionManager(self._server, json_response=True, stateless=True, max_request_body_size=_LARGEST)
            async with self._manager.run():
                yield

        return live

    async def _call(self, scope: Asgi, receive: Receive, send: Send) -> None:
        assert self._manager is not None  # noqa: S101 - an application without its lifespan is not one that serves
        await self._manager.handle_request(scope, receive, send)


class _Endpoint:
    """For Starlette to take as an application, and not as a function of a request."""

    def __init__(self, call: Any) -> None:
        self._call = call

    async def __call__(self, scope: Asgi, receive: Receive, send: Send) -> None:
        await self._call(scope, receive, send)


def _who(request: Any, scope: Scope) -> Caller:
    person = require(request, scope=scope)
    return Caller(person.name, person.role)
