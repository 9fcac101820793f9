"""TREC run files: what is written reads back, in one order for every program; a bad file is refused in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import InputError
from index.lab import read_run, run_text

_IDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=6)
_SCORES = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.dictionaries(_IDS, st.dictionaries(_IDS, _SCORES, min_size=1, max_size=8), min_size=1, max_size=4))
def test_round_trip_keeps_the_order(tmp_path_factory: pytest.TempPathFactory, found: dict[str, dict[str, float]]) -> None:
    rankings = {query: sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])) for query, scores in found.items()}
    path = tmp_path_factory.mktemp("run") / "a.run"
    path.write_text(run_text(rankings, "two words"), encoding="utf-8")
    back = read_run(path)
    assert {query: [document for document, _ in ranking] for query, ranking in back.items()} == {
        query: [document for document, _ in ranking] for query, ranking in rankings.items()
    }
    for ranking in back.values():
        scores = np.array([score for _, score in ranking], dtype=np.float32)
        assert (np.diff(scores) < 0).all()  # strictly, also as 32-bit floats


def test_distinct_scores_are_written_whole(tmp_path: Path) -> None:
    scores = [("a", 1 / 3), ("b", 0.1), ("c", -2e-17)]
    path = tmp_path / "a.run"
    path.write_text(run_text({"q": scores}, "x"))
    assert read_run(path) == {"q": scores}
    assert path.read_text().splitlines()[0] == "q Q0 a 1 0.3333333333333333 x"


def test_depth_is_a_thousand() -> None:
    assert len(run_text({"q": [(f"d{i}", 0.0) for i in range(1500)]}, "x").splitlines()) == 1000


def test_the_order_is_that_of_the_scores(tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    path.write_text("q Q0 low 1 1.0 x\nq Q0 high 2 2.0 x\n")
    assert read_run(path) == {"q": [("high", 2.0), ("low", 1.0)]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("q Q0 a 1 2.0 x\nq Q0 b 2 2.0 x\n", ["score 2.0", "lines 1 and 2"]),
        ("q Q0 a 1 2.0\n", ["six columns, this one has 5", "line 1"]),
        ("q Q0 a 1 high x\n", ["'high' is not a number", "line 1"]),
        ("q Q0 a 1 nan x\n", ["'nan' is not a number", "line 1"]),
        ("q Q0 a 1 2 x\n\nq Q0 a 2 1 x\n", ["'a' stands twice", "line 3"]),
        ("", ["empty"]),
    ],
)
def test_bad_runs_give_one_line(tmp_path: Path, text: str, said: list[str]) -> None:
    path = tmp_path / "bad.run"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_run(path)
    assert all(part in str(caught.value) for part in [*said, "bad.run"]), str(caught.value)
    with pytest.raises(InputError, match="cannot be read"):
        read_run(tmp_path / "none.run")
