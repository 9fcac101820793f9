"""Which language and which time zone a reader has: `?lang=`, else the cookie, else what the browser asks for, else English."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: The languages the pages speak, and the one that stands where a reader asks for none of them.
LOCALES = ("en", "de")
DEFAULT = "en"
#: Cookies: the chosen language, and the zone that the browser tells of itself.
COOKIE = "florilegium_lang"
ZONE_COOKIE = "florilegium_zone"


class HasHeaders(Protocol):
    """A Starlette or Gradio request."""

    @property
    def headers(self) -> Any:
        """Header values by lower-case name."""
        ...


@dataclass(frozen=True)
class Reader:
    """How a reader wants to be spoken to. `zone` is None where the browser has not told it."""

    locale: str = DEFAULT
    zone: ZoneInfo | None = None


_reading: ContextVar[Reader | None] = ContextVar("reading", default=None)


def reader_of(request: HasHeaders) -> Reader:
    """The reader behind a request; never fails, whatever the request says."""
    headers = request.headers
    cookies = _cookies(str(headers.get("cookie") or ""))
    wanted = [str(_query(request).get("lang") or ""), cookies.get(COOKIE, ""), *_accepted(str(headers.get("accept-language") or ""))]
    return Reader(next((locale for locale in map(_known, wanted) if locale), DEFAULT), _zone(cookies.get(ZONE_COOKIE, "")))


def locale_of(request: HasHeaders | None) -> str:
    """The language of a request: one of LOCALES."""
    return reader_of(request).locale if request is not None else locale_now()


@contextmanager
def reading(reader: Reader) -> Iterator[None]:
    """What is said within the block is said to this reader, unless another language is named."""
    token = _reading.set(reader)
    try:
        yield
    finally:
        _reading.reset(token)


def reader_now() -> Reader:
    """The reader of the request that is being answered here; the default reader outside of any."""
    reader = _reading.get()
    if reader is not None:
        return reader
    context = sys.modules.get("gradio.context")  # a Gradio handler runs outside of the request's own context
    request = context.LocalContext.request.get(None) if context else None
    return reader_of(request) if request is not None else Reader()


def locale_now() -> str:
    """The language of the request that is being answered here; English outside of any."""
    return reader_now().locale


def _known(tag: str) -> str:
    """The language of ours that a tag such as `de-AT` asks for, or ""."""
    language = tag.strip().lower().replace("_", "-").split("-")[0]
    return language if language in LOCALES else ""


def _accepted(header: str) -> list[str]:
    """The tags of an Accept-Language header, the most wanted first."""
    found = []
    for at, part in enumerate(header[:400].split(",")):
        tag, _, rest = part.partition(";")
        quality = rest.strip().removeprefix("q=")
        try:
            found.append((-float(quality or 1), at, tag.strip()))
        except ValueError:
            continue
    return [tag for quality, _, tag in sorted(found) if quality < 0]


def _query(request: HasHeaders) -> Mapping[str, Any]:
    query = getattr(request, "query_params", None)
    return query if isinstance(query, Mapping) else {}


def _cookies(header: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in header[:8000].split(";"))
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs}


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
