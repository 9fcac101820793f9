"""In step with the library: only what changed is embedded, what is gone is gone from every leg, and a rebuilt index is the same index."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import Library, Status
from index import EmbeddingModel, Encoder, SyncReport
from index.lexical import analyse
from tests.index.workbench import Bench, HashedWords, assert_same, bench, edit, fill, invented, picture

COUNT = 30


@pytest.fixture
def made(library: Library, tmp_path: Path, models_folder: Path) -> Iterator[Bench]:
    """Thirty records, indexed; the encoder's notes wiped."""
    fill(library, [invented(number) for number in range(COUNT)])
    with bench(library, tmp_path / "index", models_folder) as made:
        made.syncer.sync()
        forget_encoded(made)
        yield made


def forget_encoded(made: Bench) -> None:
    encoded(made).clear()


def encoded(made: Bench) -> list[str]:
    assert isinstance(made.encoder, HashedWords)
    return made.encoder.encoded


def ids_in_every_leg(made: Bench) -> set[str]:
    """Passage ids, after making sure that manifest and vectors have the same, and the postings their reviews."""
    ids = made.built.state.ids()
    assert made.built.vectors.ids() == ids
    assert sorted(made.built.lexical.ids()) == sorted(made.built.state.review_ids())
    assert made.syncer.compare().count() == 0
    return ids


def test_the_first_sync_indexes_every_current_record_and_counts_them(library: Library, tmp_path: Path, models_folder: Path) -> None:
    fill(library, [invented(1), invented(2), invented(3, status=Status.WITHDRAWN), invented(4, status=Status.RETRACTED)])
    with bench(library, tmp_path, models_folder) as made:
        assert made.syncer.behind()
        report = made.syncer.sync()
        passages = [passage for number in (1, 2) for passage in made.splitter.split(invented(number))]
        assert report == SyncReport(
            revision=1, reviews=2, total=len(passages), embedded=len({p.text_hash for p in passages}), unchanged=report.unchanged, seconds=report.seconds
        )
        assert ids_in_every_leg(made) == {passage.id for passage in passages}
        assert not made.syncer.behind()


def test_a_second_sync_does_nothing(made: Bench) -> None:
    before = picture(made)
    forget_encoded(made)
    report = made.syncer.sync()
    assert encoded(made) == []
    assert (report.embedded, report.removed, report.repaired, report.unchanged) == (0, 0, 0, report.total)
    assert_same(picture(made), before)


def test_an_edited_record_has_only_its_changed_texts_embedded(made: Bench) -> None:
    library, review = made.library, made.library.get("invented-0007")
    others = {row.id for row in made.built.state.all_rows() if row.review_id != review.id}
    edit(library, review.id, findings=[review.findings[0], "A finding never seen before.", review.findings[2]])
    assert made.syncer.behind()
    report = made.syncer.sync()
    assert encoded(made) == [f"{review.title}\nA finding never seen before."]
    assert (report.embedded, report.removed, report.revision) == (1, 1, library.revision())
    assert others < ids_in_every_leg(made)


def test_an_edit_that_touches_no_words_embeds_and_removes_nothing(made: Bench) -> None:
    edit(made.library, "invented-0007", facets={"substances": ["another"]})
    report = made.syncer.sync()
    assert (encoded(made), report.embedded, report.removed) == ([], 0, 0)
    assert report.revision == made.library.revision()


def test_words_that_moved_or_are_in_another_record_keep_their_vector(made: Bench) -> None:
    review = made.library.get("invented-0003")
    edit(made.library, review.id, findings=["", *review.findings[::-1]][1:])
    twin = invented(3, id="a-twin")
    fill(made.library, [twin])
    report = made.syncer.sync()
    assert encoded(made) == []
    assert report.removed == 2  # the middle one of three stays where it was
    vectors = {row.text_hash: set() for row in made.built.state.all_rows()}  # type: dict[str, set[bytes]]
    for row in made.built.state.all_rows():
        assert made.built.matrix is not None
        vectors[row.text_hash].add(made.built.matrix.read([row.row]).tobytes())
    assert {len(found) for found in vectors.values()} == {1}


def test_a_new_title_embeds_the_whole_record_again_and_is_found_by_its_words(made: Bench) -> None:
    review = made.library.get("invented-0005")
    edit(made.library, review.id, csl={**review.csl, "title": "Zebrafish in the aquarium"})
    report = made.syncer.sync()
    assert report.embedded == report.removed == len(made.built.state.passages_of([review.id])[review.id])
    assert made.searcher(dense_weight=0, smoothing=0).search("zebrafish").hits[0].review.id == review.id


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.RETRACTED])
def test_a_withdrawn_record_is_gone_from_results_at_once_and_from_every_leg_after_sync(made: Bench, status: Status) -> None:
    gone, query = "invented-0000", invented(0).findings[0]
    assert made.searcher().search(query).hits[0].review.id == gone
    made.library.set_status(gone, status)
    assert gone not in {hit.review.id for hit in made.searcher().search(query, COUNT).hits}
    report = made.syncer.sync()
    assert report.removed > 0
    assert gone not in made.built.state.review_ids() | set(made.built.lexical.ids()) | set(made.built.state.records())
    ids_in_every_leg(made)
    assert gone not in {hit.review.id for hit in made.searcher().search(query, COUNT).hits}


def test_a_restored_record_comes_back_as_it_was(made: Bench) -> None:
    before = ids_in_every_leg(made)
    made.library.set_status("invented-0000", Status.WITHDRAWN)
    made.syncer.sync()
    assert ids_in_every_leg(made) < before
    made.library.set_status("invented-0000", Status.CURRENT)
    made.syncer.sync()
    assert ids_in_every_leg(made) == before
    assert made.searcher().search(invented(0).findings[0]).hits[0].review.id == "invented-0000"


def test_an_imported_record_emptied_of_words_leaves_nothing_behind(made: Bench) -> None:
    edit(made.library, "invented-0002", csl={}, summary="", abstract="", findings=[], limits=[])
    made.syncer.sync()
    assert "invented-0002" not in made.built.state.review_ids() | set(made.built.lexical.ids())
    assert made.built.state.records()["invented-0002"] == made.library.revision()
    assert not made.syncer.behind()
    assert made.syncer.sync().repaired == 0


def test_after_many_edits_the_index_is_the_one_made_from_nothing(made: Bench, models_folder: Path, tmp_path: Path) -> None:
    for number in range(COUNT):
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
    for number in range(4):  # more than a tenth of thirty
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
    for number in range(COUNT):  # so many that the postings are written anew, in a folder of another number
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


def test_an_empty_library_is_synced_to_an_empty_index(library: Library, tmp_path: Path, models_folder: Path) -> None:
    with bench(library, tmp_path, models_folder) as made:
        report = made.syncer.sync()
        assert (report.total, report.reviews, report.embedded) == (0, 0, 0)
        assert not made.syncer.behind()
        assert made.searcher().search("anything").hits == ()
        fill(library, [invented(1)])
        assert made.syncer.sync().reviews == 1
        made.library.set_status("invented-0001", Status.WITHDRAWN)
        assert made.syncer.sync().total == 0
        assert made.searcher().search("anything").hits == ()


def test_progress_is_told_and_ends_at_the_whole(library: Library, tmp_path: Path, models_folder: Path) -> None:
    fill(library, [invented(number, sentences=60) for number in range(80)])
    with bench(library, tmp_path, models_folder) as made:
        told: list[tuple[str, int, int]] = []
        made.syncer.sync(lambda *step: told.append(step))
        embedding = [(done, total) for step, done, total in told if step == "embed"]
        assert len(embedding) > 1
        assert embedding == sorted(embedding)
        assert embedding[-1] == (80, 80)


def test_real_records_are_indexed_with_the_real_encoder(sample_library: Library, tmp_path: Path, models_folder: Path, encoder: Encoder) -> None:
    with bench(sample_library, tmp_path / "index", models_folder, encoder) as made:
        about_ketamine = [review for review in sample_library.iterate() if "ketamine" in review.title.lower()]
        for review in sample_library.iterate():
            if review not in about_ketamine[:4] and review.year != 2016:
                sample_library.set_status(review.id, Status.WITHDRAWN)
        assert made.syncer.sync().embedded > 20
        ids_in_every_leg(made)
        hits = made.searcher().search("How does ketamine relieve depression?").hits
        assert hits[0].review in about_ketamine
        assert all(hit.review.field_text(hit.best.field)[hit.best.start : hit.best.end] == hit.best.text for hit in hits)


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
