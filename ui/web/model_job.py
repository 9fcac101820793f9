"""Fetching the language model beside the served page, with progress and cancel."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import CancelledError, FlorilegiumError, JobWork

if TYPE_CHECKING:
    from assistant.models import CatalogueModel
    from corpus.jobs import Jobs


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
    """At most one download at a time, in a thread that ends with the process; what was fetched is kept for the next time. It is a job of the library."""

    def __init__(self, folder: Path, configured: str, jobs: Jobs) -> None:
        self._folder = folder
        self._configured = configured
        self._jobs = jobs
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
        fault, cancelled = "", False
        try:
            with self._jobs.run("model", name, owner="") as job:
                self._install(name, job)
        except CancelledError:
            cancelled = True
        except FlorilegiumError as error:
            fault = str(error)
        with self._guard:
            self._status = replace(self._status, running=False, cancelled=cancelled, fault=fault)

    def _install(self, name: str, job: JobWork) -> None:
        """Fetch it. Raises CancelledError when it was cancelled, on the page or as a job."""
        from assistant.models import InstallCancelled, Progress, find_model, install

        def tell(progress: Progress) -> None:
            with self._guard:
                self._status = replace(self._status, done=progress.done_bytes, total=progress.total_bytes)
            with suppress(CancelledError):  # the fetching is asked to end by `ended`, and leaves its files in order
                job.progress("fetch", progress.done_bytes, progress.total_bytes)

        def ended() -> bool:
            return self._cancelled.is_set() or job.wished

        try:
            install(find_model(name), self._folder, tell, ended)
        except InstallCancelled as error:
            raise CancelledError("the download was cancelled", remedy="`florilegium model install` goes on with it") from error
