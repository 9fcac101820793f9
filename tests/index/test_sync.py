"""In step with the library: only what changed is embedded, what is gone is gone from every leg, and a rebuilt index is the same index."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import Library, Status
from index import Encoder, SyncReport
from tests.index.workbench import MADE, Bench, HashedWords, assert_same, bench, edit, fill, ids_in_every_leg, invented, picture


@pytest.fixture
def encoded(made: Bench) -> list[str]:
    """The texts embedded since the index was made."""
    assert isinstance(made.encoder, HashedWords)
    made.encoder.encoded.clear()
    return made.encoder.encoded


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


def test_a_second_sync_does_nothing(made: Bench, encoded: list[str]) -> None:
    before = picture(made)
    encoded.clear()
    report = made.syncer.sync()
    assert encoded == []
    assert (report.embedded, report.removed, report.repaired, report.unchanged) == (0, 0, 0, report.total)
    assert_same(picture(made), before)


def test_an_edited_record_has_only_its_changed_texts_embedded(made: Bench, encoded: list[str]) -> None:
    library, review = made.library, made.library.get("invented-0007")
    others = {row.id for row in made.built.state.all_rows() if row.review_id != review.id}
    edit(library, review.id, findings=[review.findings[0], "A finding never seen before.", review.findings[2]])
    assert made.syncer.behind()
    report = made.syncer.sync()
    assert encoded == [f"{review.title}\nA finding never seen before."]
    assert (report.embedded, report.removed, report.revision) == (1, 1, library.revision())
    assert others < ids_in_every_leg(made)


def test_an_edit_that_touches_no_words_embeds_and_removes_nothing(made: Bench, encoded: list[str]) -> None:
    edit(made.library, "invented-0007", facets={"substances": ["another"]})
    report = made.syncer.sync()
    assert (encoded, report.embedded, report.removed) == ([], 0, 0)
    assert report.revision == made.library.revision()


def test_words_that_moved_or_are_in_another_record_keep_their_vector(made: Bench, encoded: list[str]) -> None:
    review = made.library.get("invented-0003")
    edit(made.library, review.id, findings=["", *review.findings[::-1]][1:])
    twin = invented(3, id="a-twin")
    fill(made.library, [twin])
    report = made.syncer.sync()
    assert encoded == []
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
    assert gone not in {hit.review.id for hit in made.searcher().search(query, MADE).hits}
    report = made.syncer.sync()
    assert report.removed > 0
    assert gone not in made.built.state.review_ids() | set(made.built.lexical.ids()) | set(made.built.state.records())
    ids_in_every_leg(made)
    assert gone not in {hit.review.id for hit in made.searcher().search(query, MADE).hits}


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
