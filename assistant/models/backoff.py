"""When a crashed child may be started again."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from corpus.errors import UnavailableError

WINDOW_SECONDS = 60.0
MOST_CRASHES = 3
_FIRST_PAUSE_SECONDS = 0.5


class Backoff:
    """Counts crashes: the n-th within a minute is followed by a pause of 0.5, 1, … s, the third by a minute's refusal."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._crashes: deque[float] = deque(maxlen=MOST_CRASHES)
        self._last_reason = ""

    def crashed(self, reason: str) -> None:
        """Note a crash that happened now."""
        self._crashes.append(self._clock())
        self._last_reason = reason

    def pause_seconds(self) -> float:
        """Give the seconds to wait before the next start. Raises UnavailableError after too many crashes."""
        now = self._clock()
        recent = [crash for crash in self._crashes if now - crash < WINDOW_SECONDS]
        if not recent:
            return 0.0
        if len(recent) >= MOST_CRASHES:
            wait = int(WINDOW_SECONDS - (now - recent[-1])) + 1
            message = f"The embedded model failed {len(recent)} times within a minute and is not started again for {wait} s"
            raise UnavailableError(message, where=self._last_reason, remedy="Use quotes mode meanwhile, or another model")
        return max(0.0, recent[-1] + _FIRST_PAUSE_SECONDS * 2.0 ** (len(recent) - 1) - now)
