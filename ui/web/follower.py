"""Keeps the search data in step while `serve` runs: looks at the library's revision every second and syncs when it has gone on.

Once an hour it deletes the conversations that are older than the operator wants them kept.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from corpus import CancelledError, FlorilegiumError

if TYPE_CHECKING:
    from corpus import Library
    from ui.web.works import Works

_log = logging.getLogger("florilegium")
_SECONDS = 1.0
_MOST_SECONDS = 60.0
_FORGET_SECONDS = 3600.0


class Follower:
    """A thread that ends with `stop`."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; a sync under way is let finish its present step."""
        self._ended.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        engine, wait, forget = self._works.engine, _SECONDS, 0.0
        left_at = -1  # the revision whose sync somebody ended: it is begun again by a person, or when the library goes on
        while not self._ended.wait(wait):
            try:
                if time.monotonic() >= forget:
                    forget = time.monotonic() + _FORGET_SECONDS
                    forget_conversations(engine.library, engine.workshop.settings.keep_conversations_days)
                revision = engine.library.revision()
                if revision != left_at and engine.behind():
                    self._works.sync()
                    self._works.lab_after_sync()
                wait = _SECONDS
            except CancelledError:
                left_at = engine.library.revision()
            except FlorilegiumError as error:
                _log.error("sync failed, trying again: %s", error)
                wait = min(_MOST_SECONDS, wait * 2)
            except Exception:  # whatever it was, the next change of the library must still be seen
                _log.exception("sync failed, trying again")
                wait = min(_MOST_SECONDS, wait * 2)


def forget_conversations(library: Library, days: int) -> int:
    """Delete for good the conversations that nobody has spoken in for so many days; none where that is 0. How many."""
    if not days:
        return 0
    gone = library.conversations.forget((datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    if gone:
        _log.info("deleted %d conversations that were older than %d days", gone, days)
    return gone
