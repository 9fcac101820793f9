"""Keeps the search data in step while `serve` runs: looks at the library's revision every second and syncs when it has gone on."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from corpus import FlorilegiumError

if TYPE_CHECKING:
    from ui.engine import LocalEngine

_log = logging.getLogger("florilegium")
_SECONDS = 1.0
_MOST_SECONDS = 60.0


class Follower:
    """A thread that ends with `stop`."""

    def __init__(self, engine: LocalEngine) -> None:
        self._engine = engine
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
        wait = _SECONDS
        while not self._ended.wait(wait):
            try:
                if self._engine.behind():
                    self._engine.sync(None)
                    self._engine.lab_after_sync()
                wait = _SECONDS
            except FlorilegiumError as error:
                _log.error("sync failed, trying again: %s", error)
                wait = min(_MOST_SECONDS, wait * 2)
            except Exception:  # whatever it was, the next change of the library must still be seen
                _log.exception("sync failed, trying again")
                wait = min(_MOST_SECONDS, wait * 2)
