"""What stands before every request: a host allow-list, the same-origin rule for calls that change something, and security headers.

Any web page can reach a server on loopback; these rules are what keeps it from using one.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "SAMEORIGIN"}


class Guard:
    """ASGI middleware. `hosts` are the names this server answers to, without ports."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal and scope["type"] == "http":
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send)
            return
        if refusal:
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    added.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope, headers: Headers) -> str:
        host = headers.get("host", "")
        if _name(host) not in self._hosts:
            return f"This server does not answer to the name {_name(host)[:100]!r}."
        if any(name in headers for name in ("forwarded", "x-forwarded-for", "x-forwarded-host")):
            return "This server has no accounts, so it answers no request that comes through a proxy."
        if scope["type"] == "http" and scope["method"] in _SAFE:
            return ""
        if headers.get("authorization", "").startswith("Bearer "):
            return ""  # a command with the token of run/serve.json: no browser sends that by itself
        if urlsplit(headers.get("origin", "")).netloc.lower() != host.lower():
            return "This call changes something and does not come from a page of this server."
        return ""


def _name(host: str) -> str:
    host = host.lower()
    if host.startswith("["):
        address, _, port = host.partition("]")
        return address + "]" if not port or port.startswith(":") else host
    return host.rpartition(":")[0] if ":" in host else host
