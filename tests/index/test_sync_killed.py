"""`kill -9` of a real sync process at random moments: one more sync, and the index is the one that was never disturbed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from corpus import Library, Status
from tests.index.workbench import Picture, assert_same, bench, edit, fill, invented, picture

ROOT = Path(__file__).parent.parent.parent


class Scene(NamedTuple):
    """A library, an index folder as it was before the last changes, the seconds a sync takes, and the index to be reached."""

    database: str
    folder: Path
    seconds: float
    expected: Picture


def sync_process(database: str, folder: Path, models: Path) -> subprocess.Popen[str]:
    """A sync in a process group of its own, started and about to write."""
    program = [sys.executable, "-m", "tests.index.sync_process", database, str(folder), str(models)]
    process = subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def scene(folder: Path, models: Path, *, built_before: bool) -> Iterator[Scene]:
    """Records in three chunks and more; with `built_before`, an index of them that lags behind a part of the records by now."""
    database = f"sqlite:///{folder / 'library.sqlite'}"
    library = Library(database, create=True)
    fill(library, [invented(number, sentences=80) for number in range(64)])
    (folder / "index").mkdir()
    if built_before:
        with bench(library, folder / "index", models) as before:
            before.syncer.sync()
        for number in range(0, 64, 16):
            edit(library, f"invented-{number:04d}", summary=f"Edited {number}.", abstract=invented(number + 1, sentences=90).abstract)
            if number % 48 == 0:
                library.set_status(f"invented-{number + 1:04d}", Status.WITHDRAWN)
        fill(library, [invented(number, sentences=80) for number in range(200, 206)])
    with bench(library, folder / "undisturbed", models) as undisturbed:
        undisturbed.syncer.sync()
        expected = picture(undisturbed)
    shutil.copytree(folder / "index", folder / "timed")
    process = sync_process(database, folder / "timed", models)
    assert process.stdout is not None
    seconds = float(process.stdout.readline())
    process.communicate()
    yield Scene(database, folder / "index", seconds, expected)
    library.close()


@pytest.fixture(scope="module")
def first_sync(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Iterator[Scene]:
    yield from scene(tmp_path_factory.mktemp("first"), models_folder, built_before=False)


@pytest.fixture(scope="module")
def later_sync(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Iterator[Scene]:
    yield from scene(tmp_path_factory.mktemp("later"), models_folder, built_before=True)


def kill_and_resume(scene: Scene, folder: Path, models: Path, rng: random.Random, times: int = 1) -> None:
    """Kill a sync `times` times, then let one finish and look at what it made."""
    shutil.copytree(scene.folder, folder)
    for _ in range(times):
        process = sync_process(scene.database, folder, models)
        time.sleep(rng.uniform(0, scene.seconds))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    library = Library(scene.database)
    with bench(library, folder, models) as resumed:
        was_cut_short = resumed.built.state.meta("clean") == "0"
        report = resumed.syncer.sync()
        assert report.revision == library.revision()
        reached = picture(resumed)
        assert not resumed.syncer.compare()
        assert resumed.syncer.sync().repaired == 0
    library.close()
    if not was_cut_short:  # killed before its first write or after its last: dead postings of an undisturbed update may still be counted
        reached = reached._replace(frequencies=scene.expected.frequencies, found=scene.expected.found)
    assert_same(reached, scene.expected)


@pytest.mark.parametrize("moment", range(3))
def test_a_first_sync_killed_at_any_moment_is_finished_by_the_next(first_sync: Scene, tmp_path: Path, models_folder: Path, moment: int) -> None:
    kill_and_resume(first_sync, tmp_path / "index", models_folder, random.Random(f"first {moment} {time.time()}"))


@pytest.mark.parametrize("moment", range(3))
def test_an_update_killed_at_any_moment_is_finished_by_the_next(later_sync: Scene, tmp_path: Path, models_folder: Path, moment: int) -> None:
    kill_and_resume(later_sync, tmp_path / "index", models_folder, random.Random(f"later {moment} {time.time()}"))


@pytest.mark.soak
@pytest.mark.parametrize("moment", range(24))
@pytest.mark.parametrize("kind", ["first_sync", "later_sync"])
def test_killed_again_and_again_at_any_moment_it_is_finished_by_the_next(
    request: pytest.FixtureRequest, tmp_path: Path, models_folder: Path, kind: str, moment: int
) -> None:
    rng = random.Random(f"soak {kind} {moment} {time.time()}")
    kill_and_resume(request.getfixturevalue(kind), tmp_path / "index", models_folder, rng, times=rng.randint(1, 3))
