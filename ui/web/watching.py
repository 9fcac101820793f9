"""Each request under a number of its own: it stands in every line logged meanwhile, and goes back to the caller as X-Request-ID."""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from ui.logs import logger

if TYPE_CHECKING:
    from ui.web.metrics import Metrics

#: Where a request's number stands in its scope.
NUMBER = "florilegium.request"
_GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
#: What is asked for by the dozen with every page, or every two seconds by an open one.
_QUIET = re.compile(r"/(gradio_api|assets|static|svelte|pages|theme\.css|health|metrics)\b")


class Watch:
    """ASGI middleware, the outermost. A line has the route as it is declared, never the address as it was asked: that may hold words or a token."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        number = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        scope[NUMBER] = number
        began, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = number
            await send(message)

        with bound_contextvars(request=number):
            try:
                await self._app(scope, receive, noted)
            finally:
                seconds = time.perf_counter() - began
                inner = str(getattr(scope.get("route"), "path", ""))
                route = f"{scope.get('root_path', '')}{inner}" if inner else "none"  # what is mounted knows the rest of its path alone
                self._metrics.requested(scope["method"], route, status, seconds)
                tell = logger().debug if status < 500 and _QUIET.match(route) else logger().info
                tell("request", method=scope["method"], route=route, status=status, seconds=round(seconds, 4))
