"""Damaged files are refused in one line that says what to do, and doing it makes the same index again."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from corpus import UnavailableError
from index import IndexHome, Passage
from tests.index.workbench import Bench, Picture, assert_same, bench, fill, invented, picture

LOST = "invented-0003"


def orphan() -> Passage:
    return Passage("f" * 32, "nobody", "abstract", 0, 1, "x", "x")


@pytest.mark.parametrize("damage", [b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_manifest_or_store_is_refused_in_one_line_with_a_remedy(made: Bench, tmp_path: Path, models_folder: Path, damage: bytes) -> None:
    made.close()
    manifest, store = made.built.folder / "state.sqlite", tmp_path / "index" / "chroma" / "chroma.sqlite3"
    for path in (manifest, store):
        kept = path.read_bytes()
        for extra in path.parent.glob(f"{path.name}-*"):
            extra.unlink()
        path.write_bytes(damage)
        with pytest.raises(UnavailableError, match="cannot be") as caught:
            Bench(made.library, tmp_path / "index", models_folder).syncer.sync()
        assert "doctor" in caught.value.remedy
        assert "\n" not in str(caught.value)
        path.write_bytes(kept)


def test_an_emptied_manifest_leads_to_the_same_index_again(made: Bench, before: Picture, tmp_path: Path, models_folder: Path) -> None:
    made.close()
    for path in made.built.folder.glob("state.sqlite*"):
        path.unlink()
    with bench(made.library, tmp_path / "index", models_folder) as again:
        assert again.syncer.sync().repaired > 0
        assert_same(picture(again), before)


@pytest.mark.parametrize("name", ["state.sqlite", "chroma.sqlite3", "meta.json"])
def test_a_damaged_index_can_be_discarded_and_made_anew_by_the_same_process(
    made: Bench, before: Picture, tmp_path: Path, models_folder: Path, name: str
) -> None:
    made.close()
    for path in (tmp_path / "index").rglob(name):
        for extra in path.parent.glob(f"{name}-*"):
            extra.unlink()
        path.write_bytes(b"damaged" * 100)
    home = IndexHome(tmp_path / "index")
    home.discard(made.config.spec)
    home.close()
    with bench(made.library, tmp_path / "index", models_folder) as again:
        again.syncer.sync()
        assert_same(picture(again), before)


def test_a_manifest_of_another_specification_is_refused(made: Bench) -> None:
    made.built.state.note(spec=made.config.changed({"passage_tokens": "50"}).spec.model_dump_json())
    with pytest.raises(UnavailableError, match="another specification"):
        made.home.open(made.config.spec)


def test_a_manifest_survives_a_writer_that_fails_half_way(made: Bench) -> None:
    before = list(made.built.state.all_rows())
    with pytest.raises(sqlite3.Error):
        made.built.state.replace([("x", 1)], [(orphan(), object())], [row.id for row in before])  # type: ignore[list-item]
    assert list(made.built.state.all_rows()) == before
    assert "x" not in made.built.state.records()


NO_ROOM = """
import resource, sys
from pathlib import Path
from corpus import Library, UnavailableError
from tests.index.workbench import Bench
made = Bench(Library(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
room = int(sys.argv[4])
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
try:
    made.syncer.sync()
except UnavailableError as error:
    print(error)
"""


@pytest.mark.parametrize("room", [4_000, 100_000, 250_000])
def test_a_disk_without_room_is_told_in_one_line_and_the_next_sync_finishes(made: Bench, tmp_path: Path, models_folder: Path, room: int) -> None:
    fill(made.library, [invented(number, sentences=60) for number in range(100, 140)])
    made.close()
    arguments = [f"sqlite:///{tmp_path / 'library.sqlite'}", str(tmp_path / "index"), str(models_folder), str(room)]
    done = subprocess.run([sys.executable, "-c", NO_ROOM, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert "florilegium" in done.stdout
    with bench(made.library, tmp_path / "index", models_folder) as again, bench(made.library, tmp_path / "anew", models_folder) as new:
        again.syncer.sync()
        new.syncer.sync()
        assert_same(picture(again), picture(new))
