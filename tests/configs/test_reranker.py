"""A reranker orders the first candidates anew: a real cross-encoder of random weights and a fake keep one contract."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import UnavailableError
from index import IndexSpec, SearchConfig
from index.candidates import Scored
from index.fusion import Scores
from index.reranker import CrossEncoderReranker, Reranker, find_reranker, reranked
from tests.configs.conftest import Command, small_cross_encoder

QUERY = "psychedelic therapy and its harms"
TEXTS = ["Psychedelic therapy has few harms.", "Ketamine.", "The harms of therapy were rarely measured in those trials.", "Ketamine."]


class SharedWords:
    """A reranker without a model: the share of the query's words that a text has."""

    def score(self, query: str, texts: Sequence[str]) -> Scores:
        words = set(query.lower().split())
        return np.array([len(words & set(text.lower().strip(".").split())) / len(words) for text in texts])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_cross_encoder(tmp_path_factory.mktemp("models") / "tiny-cross-encoder")


@pytest.fixture(params=["fake", "cross-encoder"])
def reranker(request: pytest.FixtureRequest, folder: Path) -> Reranker:
    return SharedWords() if request.param == "fake" else CrossEncoderReranker(folder)


def test_every_text_gets_one_number_that_depends_on_query_and_text_alone(reranker: Reranker) -> None:
    scores = reranker.score(QUERY, TEXTS)
    assert scores.shape == (4,)
    assert np.isfinite(scores).all()
    assert scores[1] == pytest.approx(scores[3], abs=1e-5)
    np.testing.assert_allclose(reranker.score(QUERY, TEXTS[::-1]), scores[::-1], atol=1e-5)
    assert reranker.score("ketamine", TEXTS)[1] != pytest.approx(scores[1], abs=1e-7)
    assert reranker.score(QUERY, []).shape == (0,)


def scored(final: list[float]) -> Scored:
    values, ids = np.array(final), tuple(f"r{i}" for i in range(len(final)))
    return Scored(ids, values, values, values, values, values, values, ((),) * len(final), np.zeros(0, dtype=np.float32), np.zeros(len(final), dtype=np.int64))


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=12), st.integers(1, 12), st.one_of(st.just(0.0), st.just(1.0), st.floats(0, 1)))
def test_the_first_stay_before_the_others_and_weights_say_who_decides(final: list[float], depth: int, weight: float) -> None:
    config = SearchConfig(spec=IndexSpec(weights_sha256="w" * 64), rerank_weight=weight, rerank_depth=depth)
    before = scored([round(value, 3) for value in final])
    order = sorted(range(len(final)), key=lambda i: -before.final[i])
    first, rest = order[:depth], order[depth:]
    words = np.array([float(i * 7 % 11) for i in first])
    after = reranked(before, config, first, words)
    if rest:
        assert min(after.final[first]) > max(after.final[rest])
        np.testing.assert_allclose(after.final[rest], before.final[rest], atol=1e-6)
    assert after.reranked is not None
    assert np.isnan(after.reranked[rest]).all()
    np.testing.assert_array_equal(after.reranked[first], words)
    if weight == 1:
        assert np.all(np.diff(after.final[[first[i] for i in np.argsort(words)]]) >= -1e-6)
    if weight == 0:
        assert np.all(np.diff(after.final[first]) <= 1e-6)


def test_it_is_a_leg_of_search_and_of_the_lab_and_is_missed_in_one_line(command: Command, folder: Path, tmp_path: Path) -> None:
    settings = ("--set", f"reranker={folder}", "--set", "rerank_weight=1", "--set", "rerank_depth=3", "--json")
    made = command("config", "create", "careful", *settings).json
    assert (made["settings"]["reranker"], made["in_step"]) == ("tiny-cross-encoder", True)  # the built index is shared
    hits = command("search", QUERY, "--config", "careful", "--json").json["hits"]
    legs = [hit["legs"]["reranker"] for hit in hits]
    assert [leg["rank"] for leg in legs[:3]] == [1, 2, 3]
    assert legs[3:] == [None] * (len(hits) - 3)
    assert "reranker: rank 1" in command("search", QUERY, "--config", "careful", "--explain").out
    told = command("why", QUERY, hits[1]["review_id"], "--config", "careful", "--json").json
    assert (told["rank"], told["legs"]["reranker"]["rank"]) == (2, 2)
    assert "reranker" not in command("search", QUERY, "--json").json["hits"][0]["legs"]

    moved = folder.rename(tmp_path / "moved")
    for words in (["search", QUERY], ["ask", "Does it harm?", "--model", "quotes"]):
        missing = command(*words, "--config", "careful")
        assert (missing.code, missing.out, missing.err.count("\n")) == (3, "", 1)
        assert str(folder) in missing.err
    assert command("search", QUERY).code == 0
    moved.rename(folder)
    (folder / "config.json").write_text((folder / "config.json").read_text() + "\n")
    assert "exchanged" in command("search", QUERY, "--config", "careful").err


def test_a_name_is_looked_for_on_this_disk_only(folder: Path, tmp_path: Path) -> None:
    assert find_reranker(folder.name, folder.parent) == folder
    assert find_reranker(str(folder), tmp_path) == folder
    with pytest.raises(UnavailableError, match="nothing is downloaded"):
        find_reranker("cross-encoder/ms-marco-MiniLM-L6-v2", tmp_path)
