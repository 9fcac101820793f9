"""What stands before every request: a host allow-list, the same-origin rule for calls that change something, and security headers.

Any web page can reach a server on loopback; these rules are what keeps it from using one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.remote import LOCAL_API
from ui.web.access import LOOPBACK, Access
from ui.web.faults import fault
from ui.web.rules import is_for_programs

#: What no page here asks a browser for.
_UNUSED = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb")
_DIRECT = "florilegium.direct"
#: Routers and rules read a path as one line; what a %0A in it would lead to is not worth knowing.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: What a mail program may post to from no page of ours: its path holds a signed token, and nothing else says who asks (RFC 8058).
_FROM_ANYWHERE = ("/digest/unsubscribe/",)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _UNUSED),
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",  # of what brings no policy of its own
}
#: What proxies add. None of it reaches the site behind the guard: Gradio would make addresses of it.
_FORWARDED = frozenset(
    {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-server", "x-real-ip"}
)


class Guard:
    """ASGI middleware. Behind it the scheme is that of the public address, and the client whoever the believed proxies name."""

    def __init__(self, app: ASGIApp, access: Access | None = None) -> None:
        self._app = app
        self._access = access or Access()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    added.setdefault(name, value)
                if self._access.secure:
                    added.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        refusal, code = self._refusal(scope, headers), 403
        if not refusal and _CONTROL.search(scope["path"]):
            refusal, code = "Nothing here has a control character in its address.", 404
        if refusal and scope["type"] == "http":
            told = fault(code, refusal.rstrip(".")) if is_for_programs(scope["path"]) else PlainTextResponse(refusal, status_code=code)
            await told(scope, receive, send_with_headers)
            return
        if refusal:
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._app(self._as_public(scope, headers), receive, send_with_headers)

    def _refusal(self, scope: Scope, headers: Headers) -> str:
        host = headers.get("host", "").lower()
        name = _name(host)
        if name not in self._access.hosts:
            return f"This server does not answer to the name {name[:100]!r}."
        if not self._access.accounts and any(header in headers for header in _FORWARDED):
            return "This server has no accounts, so it answers no request that comes through a proxy. Set FLORILEGIUM_AUTH=on and FLORILEGIUM_PUBLIC_URL."
        local = scope["path"].startswith(LOCAL_API + "/")
        if local and self._access.accounts and ((name not in LOOPBACK and host == self._access.public_host) or any(h in headers for h in _FORWARDED)):
            return "This is for commands on this machine."
        if scope["type"] == "http" and scope["method"] in _SAFE:
            return ""
        if local and headers.get("authorization", "").startswith("Bearer "):
            return ""  # a command with the token of run/serve.json: no browser sends that by itself
        if scope["type"] == "http" and str(scope["path"]).startswith(_FROM_ANYWHERE):
            return ""
        origin = headers.get("origin", "").lower()
        if not origin and scope["type"] == "http" and is_for_programs(scope["path"]) and _no_form(scope, headers):
            return ""
        if urlsplit(origin).netloc != host or (host == self._access.public_host and origin != self._access.public):
            return "This call changes something and does not come from a page of this server."
        return ""

    def _as_public(self, scope: Scope, headers: Headers) -> Scope:
        """The request as the site behind sees it: the same scope, so that what stands before the guard learns which route it took."""
        access, client = self._access, scope.get("client")
        proxied = any(header in headers for header in _FORWARDED)
        peer = client[0] if client else ""
        scope[_DIRECT] = not proxied and _name(headers.get("host", "").lower()) in LOOPBACK and peer in LOOPBACK
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name.decode("latin-1").lower() not in _FORWARDED]
        if access.secure and headers.get("host", "").lower() == access.public_host:
            scope["scheme"] = "wss" if scope["type"] == "websocket" else "https"
        if client and client[0] in access.proxies:
            named = [address.strip() for value in headers.getlist("x-forwarded-for") for address in value.split(",")]
            first = next((address for address in reversed(named) if address and address not in access.proxies), "")
            if first:
                scope["client"] = (first[:64], 0)
        return scope


def _no_form(scope: Scope, headers: Headers) -> bool:
    """Whether a page of another site cannot send this: browsers name the origin with it, and ask first, which nobody here answers (Fetch, "CORS-preflight")."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return scope["method"] != "POST" or kind == "application/json" or headers.get("authorization", "").startswith("Bearer ")


def came_directly(scope: Mapping[str, Any]) -> bool:
    """Whether a request is from this very machine, by one of its own names, with no proxy between."""
    return scope.get(_DIRECT) is True


def _name(host: str) -> str:
    if host.startswith("["):
        address, _, port = host.partition("]")
        return address + "]" if not port or port.startswith(":") else host
    return host.rpartition(":")[0] if ":" in host else host
