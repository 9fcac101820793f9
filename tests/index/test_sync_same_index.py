"""However it came about, an index of the same records is the same index."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from corpus import Library, Status
from index import EmbeddingModel
from index.lexical import analyse
from tests.index.workbench import MADE, Bench, assert_same, bench, edit, fill, ids_in_every_leg, invented, picture


def test_after_many_edits_the_index_is_the_one_made_from_nothing(made: Bench, models_folder: Path, tmp_path: Path) -> None:
    for number in range(MADE):
        if number % 3 == 0:
            edit(made.library, f"invented-{number:04d}", summary=f"Edited summary {number}.", findings=[f"New finding {number}."])
        elif number % 3 == 1 and number < 12:
            made.library.set_status(f"invented-{number:04d}", Status.WITHDRAWN)
        if number % 7 == 0:
            fill(made.library, [invented(100 + number)])
            made.syncer.sync()
    made.syncer.sync()
    with bench(made.library, tmp_path / "anew", models_folder) as other:
        other.syncer.sync()
        assert_same(picture(made), picture(other))


def test_no_dead_posting_counts_once_a_tenth_has_changed(made: Bench, models_folder: Path, tmp_path: Path) -> None:
    for number in range(4):  # more than a tenth of them
        edit(made.library, f"invented-{number:04d}", summary="Aardvark.")
    made.syncer.sync()
    (term,) = analyse("aardvark")
    assert made.built.lexical.document_frequency(term) == 4
    for number in range(4):
        edit(made.library, f"invented-{number:04d}", summary="Something else.")
    made.syncer.sync()
    assert made.built.lexical.document_frequency(term) == 0
    with bench(made.library, tmp_path / "anew", models_folder) as other:
        other.syncer.sync()
        assert picture(other).frequencies == picture(made).frequencies


def test_an_index_of_another_library_is_cleared(made: Bench, tmp_path: Path, models_folder: Path) -> None:
    for number in range(MADE):  # so many that the postings are written anew, in a folder of another number
        edit(made.library, f"invented-{number:04d}", summary="Edited.")
    made.syncer.sync()
    other = Library(f"sqlite:///{tmp_path / 'other.sqlite'}", create=True)
    fill(other, [invented(number) for number in range(200, 205)])
    made.close()
    with bench(other, tmp_path / "index", models_folder) as again:
        assert again.syncer.behind()
        again.syncer.sync()
        assert set(again.built.state.records()) == {f"invented-{number:04d}" for number in range(200, 205)}
        ids_in_every_leg(again)
    with bench(other, tmp_path / "index", models_folder) as reopened, bench(other, tmp_path / "anew", models_folder) as new:
        new.syncer.sync()
        assert_same(picture(reopened), picture(new))
    other.close()


def test_a_deleted_index_folder_is_built_again_the_same(made: Bench, tmp_path: Path, models_folder: Path) -> None:
    before = picture(made)
    made.close()
    shutil.rmtree(tmp_path / "index")
    with bench(made.library, tmp_path / "index", models_folder) as again:
        assert again.syncer.sync().embedded > 0
        assert_same(picture(again), before)


def test_an_index_opened_again_is_not_behind_and_finds_the_same(made: Bench, tmp_path: Path, models_folder: Path) -> None:
    before = picture(made)
    made.close()
    with bench(made.library, tmp_path / "index", models_folder) as again:
        assert not again.syncer.behind()
        assert_same(picture(again), before)


def test_two_configurations_of_one_spec_share_an_index_and_another_spec_stands_beside_it(made: Bench, embedding_model: EmbeddingModel) -> None:
    assert made.home.is_built(made.config.spec)
    shared = made.config.changed({"dense_weight": "0.1"})
    assert made.home.open(shared.spec).state.count() == made.built.state.count()
    beside = made.home.open(made.config.changed({"passage_tokens": "60"}).spec)
    assert beside.state.count() == 0
    assert beside.folder != made.built.folder
    assert made.built.state.count() > 0


def test_syncing_as_a_process_of_its_own_gives_the_same_index(made: Bench, tmp_path: Path, models_folder: Path) -> None:
    folder = tmp_path / "elsewhere"
    program = [sys.executable, "-m", "tests.index.sync_process", f"sqlite:///{tmp_path / 'library.sqlite'}", str(folder), str(models_folder)]
    subprocess.run(program, check=True, cwd=Path(__file__).parent.parent.parent, capture_output=True)
    with bench(made.library, folder, models_folder) as other:
        assert not other.syncer.behind()
        assert_same(picture(other), picture(made))
