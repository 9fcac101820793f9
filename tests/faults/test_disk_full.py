"""A full disk (a small tmpfs): told in one line, nothing lost, and all goes on once there is room."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from corpus import Library
from tests.faults.conftest import QUESTION, Run, Serve, answer_of, told

pytestmark = pytest.mark.slow
_ROOM = 12_000_000  # bytes beside the home


class SmallDisk:
    """A file system of its own for one home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, leave: int = 0) -> None:
        """Take all room but so many bytes."""
        with self._filler.open("wb", buffering=0) as out:
            room = shutil.disk_usage(self.folder).free - leave
            try:
                while room > 0:
                    room -= out.write(b"\0" * min(room, 1 << 16))
            except OSError:
                return

    def free(self) -> None:
        """Give it back."""
        self._filler.unlink()


@pytest.fixture
def disk(small_home: Path, tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    size = _ROOM + sum(path.stat().st_size for path in small_home.rglob("*") if path.is_file())
    if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", str(folder)], capture_output=True).returncode:
        pytest.skip("no tmpfs can be mounted here (it takes root)")
    yield SmallDisk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def home(small_home: Path, disk: SmallDisk) -> Path:
    """The home, on the small disk."""
    return Path(shutil.copytree(small_home, disk.folder / "home"))


def state(home: Path) -> tuple[int, int]:
    with closing(Library(f"sqlite:///{home / 'library.sqlite'}")) as library:
        assert library.integrity() == ""
        return library.revision(), library.count()


def test_commands_on_a_full_disk_say_so_and_lose_nothing(home: Path, disk: SmallDisk, run: Run, tmp_path: Path) -> None:
    before, whole = state(home), answer_of(run("search", QUESTION, "--json"))["hits"]
    big = tmp_path / "big.jsonl"
    big.write_text("\n".join(json.dumps({"title": f"Work {number}", "doi": f"10.1000/{number}", "summary": "Said. " * 400}) for number in range(6_000)))
    told(run("import", str(big)), "full", "Make room")
    assert state(home) == before

    disk.fill()
    told(run("backup", str(disk.folder / "out.backup")), "room")
    assert sorted(path.name for path in disk.folder.iterdir()) == ["filler", "home"]
    disk.free()

    assert run("import", "-", stdin=json.dumps({"title": "Xylophone therapy", "summary": "Xylophones help people to sleep. " * 30})).code == 0
    disk.fill(leave=40_000)
    told(run("sync"), "room")
    disk.free()
    assert answer_of(run("sync", "--json"))["reviews"] == before[1] + 1
    found = [hit["review_id"] for hit in answer_of(run("search", f"xylophone {QUESTION}", "--json"))["hits"]]
    assert sorted(found) == sorted([*(hit["review_id"] for hit in whole), "xylophone-therapy"])
    assert run("doctor").code in (0, 3)  # 3: it says that less than half a gigabyte is free


def test_a_reader_of_a_server_on_a_full_disk_has_the_answer_and_is_told_that_it_is_not_kept(home: Path, disk: SmallDisk, run: Run, serve: Serve) -> None:
    serve()
    kept = answer_of(run("ask", QUESTION, "--json"))
    disk.fill()
    answer = answer_of(run("ask", QUESTION, "--json"))
    assert answer["sentences"] == kept["sentences"]
    assert "could not be kept" in answer["notices"][-1]
    disk.free()
    assert "could not be kept" not in " ".join(answer_of(run("ask", QUESTION, "--json"))["notices"])
    assert state(home)[0] == answer["revision"]
