"""The dense leg's stores: Chroma behind its one file, and the vectors once more by row number."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import UnavailableError
from index import Passage, Vectors
from index.chroma import Chroma
from index.matrix import VectorFile
from index.vectors import VectorStore

DIMENSION = 24


def some_vectors(count: int, seed: int = 0, groups: int = 12) -> Vectors:
    """Unit vectors in a few clouds, as real ones lie."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(groups, DIMENSION))[rng.integers(0, groups, count)] + 0.7 * rng.normal(size=(count, DIMENSION))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def some_passages(count: int, per_review: int = 4) -> list[Passage]:
    return [Passage(f"p{i:05d}", f"r{i // per_review:04d}", "abstract", i, i + 1, "x", "x") for i in range(count)]


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    made = Chroma(tmp_path_factory.mktemp("chroma"))
    yield made
    made.close()


@pytest.fixture
def store(chroma: Chroma) -> VectorStore:
    return VectorStore(chroma, f"test-{uuid.uuid4().hex}")


def brute(vectors: Vectors, query: Vectors, depth: int, keep: set[int] | None = None) -> list[str]:
    scores = vectors.astype(np.float64) @ query.astype(np.float64)
    order = [i for i in np.argsort(-scores, kind="stable") if keep is None or int(i) in keep]
    return [f"p{i:05d}" for i in order[:depth]]


def test_an_empty_store_finds_holds_and_counts_nothing(store: VectorStore) -> None:
    assert store.search(some_vectors(1)[0], 10) == []
    assert (store.count(), store.ids(), store.get(["p00000"])) == (0, set(), {})
    store.remove(["p00000"])


def test_what_was_put_is_held_found_and_given_back(store: VectorStore) -> None:
    passages, vectors = some_passages(50), some_vectors(50)
    store.put(passages, vectors)
    assert store.count() == 50
    assert store.ids() == {passage.id for passage in passages}
    held = store.get([passages[3].id, "unknown", passages[7].id])
    assert sorted(held) == ["p00003", "p00007"]
    np.testing.assert_allclose(held["p00003"], vectors[3], atol=1e-6)
    best = store.search(vectors[3], 5)
    assert best[0][0] == "p00003"
    assert best[0][1] == pytest.approx(1, abs=1e-5)


def test_scores_are_cosines_best_first_at_most_depth(store: VectorStore) -> None:
    vectors = some_vectors(80, seed=2)
    store.put(some_passages(80), vectors)
    query = some_vectors(1, seed=3)[0]
    found = store.search(query, 30)
    assert [passage_id for passage_id, _ in found] == brute(vectors, query, 30)
    for passage_id, score in found:
        assert score == pytest.approx(float(vectors[int(passage_id[1:])] @ query), abs=1e-5)
    assert len(store.search(query, 500)) == 80


def test_equal_scores_are_ordered_by_id(store: VectorStore) -> None:
    same = np.repeat(some_vectors(1), 9, axis=0)
    store.put(some_passages(9)[::-1], same)
    assert [passage_id for passage_id, _ in store.search(same[0], 9)] == sorted(f"p{i:05d}" for i in range(9))


def test_putting_an_id_again_replaces_its_vector(store: VectorStore) -> None:
    passages, vectors = some_passages(6), some_vectors(12)
    store.put(passages, vectors[:6])
    store.put(passages[:2], vectors[6:8])
    assert store.count() == 6
    np.testing.assert_allclose(store.get(["p00000"])["p00000"], vectors[6], atol=1e-6)
    assert store.search(vectors[6], 1)[0][0] == "p00000"


def test_removed_ids_are_gone_and_unknown_ones_no_error(store: VectorStore) -> None:
    store.put(some_passages(20), some_vectors(20))
    store.remove(["p00004", "unknown", "p00005"])
    assert store.count() == 18
    assert not {"p00004", "p00005"} & (store.ids() | {passage_id for passage_id, _ in store.search(some_vectors(20)[4], 20)})


@pytest.mark.parametrize(("reviews", "depth"), [(1, 10), (3, 10), (40, 20), (150, 200), (0, 10)])
def test_only_the_allowed_reviews_are_found_and_all_that_fit_of_them(store: VectorStore, reviews: int, depth: int) -> None:
    vectors = some_vectors(800, seed=4)
    store.put(some_passages(800), vectors)
    allowed = [f"r{i:04d}" for i in np.random.default_rng(5).choice(200, reviews, replace=False)]
    keep = {i for i in range(800) if f"r{i // 4:04d}" in allowed}
    for query in some_vectors(5, seed=6):
        assert {passage_id for passage_id, _ in store.search(query, depth, allowed)} == set(brute(vectors, query, depth, keep))


def test_the_graph_finds_nearly_all_of_the_true_top_200_of_thousands_also_after_many_deletions(store: VectorStore) -> None:
    vectors = some_vectors(3_000, seed=7, groups=40)
    store.put(some_passages(3_000), vectors)
    gone = {int(i) for i in np.random.default_rng(8).choice(3_000, 1_000, replace=False)}
    for kept in (None, set(range(3_000)) - gone):
        if kept is not None:
            store.remove([f"p{i:05d}" for i in sorted(gone)])
        queries = some_vectors(20, seed=9)
        recalls = [len({p for p, _ in store.search(query, 200)} & set(brute(vectors, query, 200, kept))) / 200 for query in queries]
        assert min(recalls) > 0.95
        assert float(np.mean(recalls)) > 0.99


def test_a_store_that_measures_otherwise_is_refused_with_a_remedy(chroma: Chroma) -> None:
    with chroma.using() as client:
        client.create_collection("by-euclid", configuration={"hnsw": {"space": "l2"}}, embedding_function=None)
    with pytest.raises(UnavailableError, match="l2, not cosine") as caught:
        VectorStore(chroma, "by-euclid").count()
    assert "doctor" in caught.value.remedy


def test_vectors_of_another_dimension_are_refused_in_one_line(store: VectorStore) -> None:
    store.put(some_passages(2), some_vectors(2))
    with pytest.raises(UnavailableError, match="cannot be used") as caught:
        store.put(some_passages(1), np.ones((1, 3), dtype=np.float32))
    assert "\n" not in str(caught.value)


def test_a_dropped_store_is_empty_and_can_be_filled_again(store: VectorStore) -> None:
    store.put(some_passages(5), some_vectors(5))
    store.drop()
    assert store.count() == 0
    store.put(some_passages(2), some_vectors(2))
    assert store.ids() == {"p00000", "p00001"}


def test_what_was_put_is_there_when_the_folder_is_opened_again(tmp_path: Path) -> None:
    vectors = some_vectors(30)
    first = Chroma(tmp_path)
    VectorStore(first, "passages").put(some_passages(30), vectors)
    first.close()
    second = Chroma(tmp_path)
    np.testing.assert_allclose(VectorStore(second, "passages").get(["p00029"])["p00029"], vectors[29], atol=1e-6)
    second.close()


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 15)), max_size=8), st.data())
def test_the_vector_file_gives_back_what_was_last_written_to_each_row(
    tmp_path_factory: pytest.TempPathFactory, writes: list[tuple[int, int]], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("matrix") / "vectors.f32"
    file, expected = VectorFile(path, 3), np.zeros((0, 3), dtype=np.float32)
    for number, (first, count) in enumerate(writes):
        rows = np.full((count, 3), number + 1, dtype=np.float32)
        file.write(first, rows)
        if first + count > len(expected):
            expected = np.concatenate([expected, np.zeros((first + count - len(expected), 3), dtype=np.float32)])
        expected[first : first + count] = rows
    for each in (file, VectorFile(path, 3)):
        assert each.count() == len(expected)
        asked = data.draw(st.lists(st.integers(0, len(expected) - 1), max_size=10)) if len(expected) else []
        np.testing.assert_array_equal(each.read(asked), expected[asked] if asked else np.zeros((0, 3)))
