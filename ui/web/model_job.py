"""Fetching the language model beside the served page, with progress and cancel."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import FlorilegiumError

if TYPE_CHECKING:
    from assistant.models import CatalogueModel


@dataclass(frozen=True)
class ModelStatus:
    """Where the fetching stands; `done` and `total` in bytes."""

    running: bool = False
    available: bool = False
    done: int = 0
    total: int = 0
    cancelled: bool = False
    fault: str = ""


def _present(model: CatalogueModel, folder: Path) -> bool:
    from assistant.models import installed_path

    try:
        return installed_path(model, folder) is not None
    except FlorilegiumError:
        return False


class ModelJob:
    """At most one download at a time, in a thread that ends with the process; what was fetched is kept for the next time."""

    def __init__(self, folder: Path, configured: str) -> None:
        self._folder = folder
        self._configured = configured
        self._guard = threading.Lock()
        self._cancelled = threading.Event()
        self._status = ModelStatus()

    def status(self) -> ModelStatus:
        """Where it stands now."""
        from assistant.models import find_model, installed_path

        with self._guard:
            status = self._status
        try:
            available = bool(self._configured) or installed_path(find_model("embedded"), self._folder) is not None
        except FlorilegiumError as error:  # there, but damaged
            return replace(status, available=False, fault=status.fault or str(error))
        return replace(status, available=available)

    def start(self, name: str) -> None:
        """Begin, unless it is installed or under way."""
        from assistant.models import find_model

        model = find_model(name)
        with self._guard:
            if self._status.running or _present(model, self._folder):
                return
            self._status = ModelStatus(running=True, total=model.size)
        self._cancelled.clear()
        threading.Thread(target=self._run, args=(name,), name="model-install", daemon=True).start()

    def cancel(self) -> None:
        """Stop; the finished parts stay for a later try."""
        self._cancelled.set()

    def _run(self, name: str) -> None:
        from assistant.models import InstallCancelled, Progress, find_model, install

        def tell(progress: Progress) -> None:
            with self._guard:
                self._status = replace(self._status, done=progress.done_bytes, total=progress.total_bytes)

        fault, cancelled = "", False
        try:
            install(find_model(name), self._folder, tell, self._cancelled.is_set)
        except InstallCancelled:
            cancelled = True
        except FlorilegiumError as error:
            fault = str(error)
        with self._guard:
            self._status = replace(self._status, running=False, cancelled=cancelled, fault=fault)
