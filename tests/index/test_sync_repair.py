"""Differences made by hand between manifest, vectors and postings are found, named, mended and reported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index import BuiltIndex, Passage
from tests.index.workbench import Bench, HashedWords, Picture, assert_same, bench, edit, picture

LOST = "invented-0003"


def own_ids(built: BuiltIndex) -> list[str]:
    return [row.id for row in built.state.passages_of([LOST])[LOST]]


def orphan() -> Passage:
    return Passage("f" * 32, "nobody", "abstract", 0, 1, "x", "x")


def lose_a_vector(built: BuiltIndex) -> int:
    built.vectors.remove(own_ids(built)[:1])
    return 1


def lose_all_vectors_of_a_record(built: BuiltIndex) -> int:
    built.vectors.remove(own_ids(built))
    return len(own_ids(built))


def add_an_orphaned_vector(built: BuiltIndex) -> int:
    assert built.matrix is not None
    built.vectors.put([orphan()], built.matrix.read([0]))
    return 1


def lose_a_posting(built: BuiltIndex) -> int:
    built.lexical.remove([LOST])
    built.lexical.commit()
    return 1


def add_an_orphaned_posting(built: BuiltIndex) -> int:
    built.lexical.put([("nobody", "ketamine ketamine depression")])
    built.lexical.commit()
    return 1


def post_a_record_twice(built: BuiltIndex) -> int:
    built.lexical.put([(LOST, "ketamine")])
    built.lexical.commit()
    return 1


def lose_the_vector_file(built: BuiltIndex) -> int:
    for path in built.folder.glob("vectors-*.f32"):
        path.write_bytes(b"")
    return built.state.count()


def cut_the_vector_file(built: BuiltIndex) -> int:
    (path,) = built.folder.glob("vectors-*.f32")
    path.write_bytes(path.read_bytes()[:-1])
    return 1


COUNTED: list[Callable[[BuiltIndex], int]] = [
    lose_a_vector,
    lose_all_vectors_of_a_record,
    add_an_orphaned_vector,
    lose_a_posting,
    add_an_orphaned_posting,
    post_a_record_twice,
    lose_the_vector_file,
    cut_the_vector_file,
]


@pytest.mark.parametrize(("disturb", "also_edited"), [(disturb, i % 2 == 0) for i, disturb in enumerate(COUNTED)])
def test_the_next_sync_mends_and_reports_it(
    made: Bench, before: Picture, tmp_path: Path, models_folder: Path, disturb: Callable[[BuiltIndex], int], also_edited: bool
) -> None:
    differing = disturb(made.built)
    made.close()
    with bench(made.library, tmp_path / "index", models_folder) as opened:
        if also_edited:
            edit(made.library, "invented-0008", summary="A summary of another kind.")
        assert opened.syncer.sync().repaired == differing
        assert not opened.syncer.compare()
        assert opened.syncer.sync().repaired == 0
        if also_edited:
            with bench(made.library, tmp_path / "anew", models_folder) as new:
                new.syncer.sync()
                assert_same(picture(opened), picture(new))
        else:
            assert_same(picture(opened), before)


@pytest.mark.parametrize("disturb", [lose_all_vectors_of_a_record, add_an_orphaned_posting, post_a_record_twice, cut_the_vector_file])
def test_comparing_names_what_differs_and_repairing_mends_it(
    made: Bench, before: Picture, tmp_path: Path, models_folder: Path, disturb: Callable[[BuiltIndex], int]
) -> None:
    assert not made.syncer.compare()
    differing = disturb(made.built)
    made.close()
    with bench(made.library, tmp_path / "index", models_folder) as again:
        differences = again.syncer.compare()
        assert differences.count() == differing
        assert again.syncer.repair(differences) == differing
        again.syncer.sync()
        assert not again.syncer.compare()
        assert_same(picture(again), before)


def test_differences_that_leave_the_counts_equal_are_found_by_comparing_all_ids(made: Bench, before: Picture) -> None:
    lose_a_vector(made.built)
    add_an_orphaned_vector(made.built)
    lose_a_posting(made.built)
    add_an_orphaned_posting(made.built)
    differences = made.syncer.compare()
    assert len(differences.vectors_missing) == len(differences.vectors_orphaned) == 1
    assert (differences.lexical_missing, differences.lexical_orphaned) == ({LOST}, {"nobody"})
    made.syncer.repair(differences)
    made.syncer.sync()
    assert_same(picture(made), before)


def test_a_row_of_the_vector_file_that_holds_no_vector_is_found(made: Bench, before: Picture) -> None:
    assert made.built.matrix is not None
    row = made.built.state.passages_of([LOST])[LOST][0]
    made.built.matrix.write(row.row, np.zeros((1, made.built.matrix.dimension), dtype=np.float32))
    assert made.syncer.compare().vectors_missing == {row.id}
    made.syncer.repair(made.syncer.compare())
    made.syncer.sync()
    assert_same(picture(made), before)


def test_repairing_what_has_been_mended_meanwhile_does_no_harm(made: Bench, before: Picture) -> None:
    add_an_orphaned_vector(made.built)
    lose_a_vector(made.built)
    differences = made.syncer.compare()
    made.syncer.repair(differences)
    made.syncer.sync()
    assert made.syncer.repair(differences) == 0
    assert_same(picture(made), before)


def test_what_a_killed_rewriting_left_is_swept_away(made: Bench) -> None:
    folder = made.built.folder
    for name in ("lexical-7", "lexical-8"):
        (folder / name).mkdir()
        (folder / name / "meta.json").write_text("half")
    (folder / "vectors-9.f32").write_bytes(b"half")
    edit(made.library, LOST, summary="Changed.")
    made.syncer.sync()
    assert len(list(folder.glob("lexical-*"))) == len(list(folder.glob("vectors-*.f32"))) == 1
    assert not made.syncer.compare()


def test_a_store_that_lost_vectors_gets_them_back_without_embedding(made: Bench, before: Picture) -> None:
    assert isinstance(made.encoder, HashedWords)
    made.encoder.encoded.clear()
    made.built.vectors.drop()
    assert made.syncer.sync().repaired == made.built.state.count()
    assert made.encoder.encoded == []
    assert_same(picture(made), before)


def test_a_record_that_the_manifest_lost_or_has_too_many_of_is_found_named_and_mended(made: Bench, before: Picture) -> None:
    state = made.built.state
    state.replace([(LOST, None), ("nobody", 1)], [], [])
    made.built.vectors.remove(sorted(made.built.vectors.ids() - state.ids()))
    made.built.lexical.remove([LOST])
    made.built.lexical.commit()
    differences = made.syncer.compare()
    assert (differences.records_missing, differences.records_orphaned, differences.count()) == ({LOST}, {"nobody"}, 2)
    assert str(differences) == f"records missing: {LOST}; records orphaned: nobody"
    made.syncer.repair(differences)
    made.syncer.sync()
    assert not made.syncer.compare()
    assert_same(picture(made), before)


def test_a_lost_record_is_seen_by_its_count_at_the_next_sync(made: Bench, before: Picture) -> None:
    made.built.vectors.remove(own_ids(made.built))
    made.built.state.replace([(LOST, None)], [], [])
    made.built.lexical.remove([LOST])
    made.built.lexical.commit()
    report = made.syncer.sync()
    assert report.embedded > 0
    assert report.repaired == 1
    assert_same(picture(made), before)
