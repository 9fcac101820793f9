"""A model file from the model hub by huggingface_hub, run in a child process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from assistant.models import fetch_hub
from assistant.models.catalogue import CatalogueModel
from assistant.models.processes import child_command, last_line, run_watched
from assistant.models.progress import Cancelled, Progress, Report
from corpus.errors import UnavailableError

CONNECT_SECONDS = 3.0
_PROBE_LIMIT_SECONDS = 10.0
"""For the whole look: starting Python, resolving names (which knows no time-out of its own), connecting, an answer."""

_REASONS = {
    None: "The model hub did not answer in time",
    fetch_hub.UNREACHABLE: "The model hub could not be reached",
    fetch_hub.OTHER_FILE: "The model hub has another file under this name",
    fetch_hub.BROKEN_OFF: "The download from the model hub broke off",
}


class HubSource:
    """Fetches a model from the hub; gives up within seconds where the hub cannot be reached, and resumes a broken download."""

    name = "model hub"

    def fetch(self, model: CatalogueModel, partial: Path, report: Report, cancelled: Cancelled) -> Path:
        """Give the downloaded file, not yet checked, inside the folder `partial`. Raises UnavailableError, InstallCancelled."""
        target = partial / "from-hub"
        if target.is_file() and target.stat().st_size > model.size:
            target.unlink()

        def watch() -> None:
            done = target.stat().st_size if target.is_file() else 0
            report(Progress(done, model.size, f"downloading from the {self.name}"))

        log = partial / "hub.log"
        report(Progress(0, model.size, f"looking for the {self.name}"))
        self._run([*_arguments(model), "--probe"], log, cancelled, lambda: None, _PROBE_LIMIT_SECONDS)
        self._run([*_arguments(model), "--to", str(target)], log, cancelled, watch, float("inf"))
        return target

    def _run(self, arguments: list[str], log: Path, cancelled: Cancelled, watch: Callable[[], None], limit_seconds: float) -> None:
        status = run_watched(
            child_command("fetch_hub.py", *arguments),
            environment=dict(os.environ),
            log=log,
            cancelled=cancelled,
            watch=watch,
            limit_seconds=limit_seconds,
        )
        if status != 0:
            reason = _REASONS.get(status, f"The download from the model hub ended with status {status}")
            raise UnavailableError(reason, where=last_line(log), remedy="Check the connection and start again")


def _arguments(model: CatalogueModel) -> list[str]:
    return [
        f"--repo={model.hub_repo}",
        f"--file={model.hub_file}",
        f"--size={model.size}",
        f"--sha256={model.sha256}",
        f"--connect-seconds={CONNECT_SECONDS}",
    ]
