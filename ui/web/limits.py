"""How often somebody may ask: a bucket each that fills again with time. Kept in the process, since it stands against haste, not against patience."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus import LOCAL, UnavailableError
from ui.web.faults import fault
from ui.web.people import Person, known_as
from ui.web.rules import is_for_programs

_MOST = 10_000  # people and addresses remembered
#: What searches or asks besides the events of the pages, which `Site` looks at itself.
_LIMITED = re.compile(r"/(api/v1/(search|ask|export)|v1/chat/completions|mcp)(/.*)?|/library/export|/lists/(show|export)|/questions/ask|/lab/why")


class TooOftenError(UnavailableError):
    """Somebody has asked as often as they may; the next turn is theirs in `seconds`."""

    def __init__(self, most: int, seconds: int) -> None:
        super().__init__(f"you may ask {most} times a minute, and have", remedy=f"Try again in {seconds} seconds")
        self.seconds = seconds


class Limits:
    """At most `a_minute` turns a minute for each, all of which may come at once; 0 is no limit. `clock` gives seconds."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(a_minute)
        self._clock = clock
        self._guard = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # turns left, and when that was

    def wait(self, who: str) -> int:
        """Take a turn: 0, or where none is left the seconds until there is one."""
        if not self._most or not who:
            return 0
        with self._guard:
            now = self._clock()
            left, at = self._buckets.get(who, (self._most, now))
            left = min(self._most, left + (now - at) * self._most / 60)
            self._buckets[who] = (left - 1 if left >= 1 else left, now)
            self._buckets.move_to_end(who)
            while len(self._buckets) > _MOST:
                self._buckets.popitem(last=False)
        return 0 if left >= 1 else 1 + int((1 - left) * 60 / self._most)

    def take(self, person: Person, address: str) -> None:
        """Take a turn for a person; for an address where nobody has signed in; for the one local user without end. Raises TooOftenError."""
        seconds = self.wait(_who(person, address))
        if seconds:
            raise TooOftenError(int(self._most), seconds)


class Limited:
    """ASGI middleware behind the door: what searches or asks is answered 429 when it comes too often, with the seconds to wait."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        person = known_as(scope)
        if scope["type"] == "http" and person is not None and _LIMITED.fullmatch(scope["path"]):
            client = scope.get("client")
            try:
                self._limits.take(person, client[0] if client else "")
            except TooOftenError as error:
                await _answer(scope["path"], error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _answer(path: str, error: TooOftenError) -> Response:
    headers = {"Retry-After": str(error.seconds)}
    if is_for_programs(path):
        return fault(429, error.message, error.where, error.remedy, headers)
    return PlainTextResponse(str(error), status_code=429, headers=headers)


def _who(person: Person, address: str) -> str:
    return "" if person.name == LOCAL else f"person {person.name}" if person.name else f"address {address}"
