"""Every page in its reader's language: what handlers of a request say is said to its reader, and Gradio's pages are told which language that is.

Gradio's pages are made once for everybody; what differs, texts and heading, stands in them as marks and is put in here.
A page of Gradio gets its content policy here too, once its scripts stand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.texts import COOKIE, LOCALES, reader_of, reading, spoken
from ui.web.heading import headed
from ui.web.people import person_now
from ui.web.policy import policy_of

_GRADIO = b"window.gradio_config"
_LANG = b'lang="en"'
_HEAD = b"<head>"
_YEAR = 31_536_000


class Language:
    """ASGI middleware. `?lang=de` on any page chooses a language for good, by a cookie. `scripts` are those that Gradio puts into its pages."""

    def __init__(self, app: ASGIApp, scripts: Sequence[str] = ()) -> None:
        self._app = app
        self._scripts = tuple(scripts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request in the language of its reader."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reader = reader_of(Request(scope))
        chosen = QueryParams(scope["query_string"]).get("lang", "")
        page = _Page(send, reader.locale, reader.locale if chosen in LOCALES else "", self._scripts)
        with reading(reader):
            await self._app(scope, receive, page.send)


class _Page:
    """Passes a response on; a page of Gradio is gathered first and gets the language put into its head."""

    def __init__(self, send: Send, locale: str, chosen: str, scripts: Sequence[str]) -> None:
        self._send = send
        self._scripts = scripts
        self._locale = locale
        self._chosen = chosen
        self._held: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """Take a part of the response."""
        if message["type"] == "http.response.start":
            if self._chosen:
                cookie = f"{COOKIE}={self._chosen}; Path=/; Max-Age={_YEAR}; SameSite=Lax"
                MutableHeaders(scope=message).append("set-cookie", cookie)
            sent = Headers(raw=message["headers"])
            # our own pages have a policy and are rendered in their language already
            if sent.get("content-type", "").startswith("text/html") and "content-security-policy" not in sent:
                self._held = message
                return
        elif self._held is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            body = self._translated(self._body)
            headers = MutableHeaders(scope=self._held)
            headers["content-length"] = str(len(body))
            if _GRADIO in body:
                headers["content-security-policy"] = policy_of(body, self._scripts)
            await self._send(self._held)
            message = {"type": "http.response.body", "body": body}
            self._held = None
        await self._send(message)

    def _translated(self, body: bytes) -> bytes:
        """Gradio's own texts and ours are chosen by the browser's language, before any script of a page can tell it another: so it is told here."""
        if _GRADIO not in body:
            return body
        name = json.dumps(self._locale)
        script = f"<script>for(const [k,v] of [['language',{name}],['languages',[{name}]]])Object.defineProperty(navigator,k,{{get:()=>v}})</script>"
        return headed(spoken(body, self._locale), person_now()).replace(_LANG, f'lang="{self._locale}"'.encode(), 1).replace(_HEAD, _HEAD + script.encode(), 1)
