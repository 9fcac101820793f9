"""Test sets by command: made, filled, judged, exported, brought in again."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import Library
from tests.corpus.making import put, review
from tests.ui.conftest import Run


@pytest.fixture
def small(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    library = Library(f"sqlite:///{home / 'library.sqlite'}", create=True)
    put(library, review("a", findings=["Ketamine shortened depressive episodes considerably."]), review("b"))
    library.close()
    return home


def test_a_set_is_made_filled_judged_and_comes_back_from_its_files(small: Path, run: Run, tmp_path: Path) -> None:
    assert run("lab", "new", "first", "--guideline", "3 answers it whole", home=small).code == 0
    assert run("lab", "add", "first", "does it help?", "--tag", "mood", "--json", home=small).json["id"] == "q1"
    for judge, grade in (("ann", "3"), ("bob", "1")):
        assert run("lab", "judge", "first", "q1", "a", grade, "--by", judge, home=small).code == 0
    found = run("lab", "agreement", "first", "--json", home=small).json
    assert (found["units"], found["disputed"]) == (1, [{"query": "q1", "review_id": "a", "grades": {"ann": 3, "bob": 1}}])
    assert run("lab", "export", "first", home=small).out == "q1 0 a 1\n"
    files = {}
    for kind in ("queries", "judgements"):
        files[kind] = tmp_path / f"{kind}.csv"
        files[kind].write_bytes(run("lab", "export", "first", "--format", kind, home=small).out.encode())
    assert run("lab", "import", "second", *map(str, files.values()), "--json", home=small).json == {"set": "second", "queries": 1, "judgements": 2}
    assert run("lab", "export", "second", "--format", "judgements", home=small).out.encode() == files["judgements"].read_bytes()
    sets = run("lab", "sets", "--json", home=small).json["sets"]
    assert [(entry["name"], entry["queries"], entry["judgements"]) for entry in sets] == [("first", 1, 2), ("second", 1, 2)]


def test_faults_are_one_line_and_bring_in_nothing(small: Path, run: Run, tmp_path: Path) -> None:
    qrels = tmp_path / "q.txt"
    qrels.write_text("q1 0 nobody 2\n")
    for words, code in (
        (["import", "first", str(qrels)], 1),
        (["import", "first", str(tmp_path / "none")], 2),
        (["queries", "first"], 2),
        (["delete", "first"], 2),
        (["new", "a/b"], 2),
        (["export", "first", "--format", "odd"], 2),
    ):
        done = run("lab", *words, home=small)
        assert (done.code, done.err.count("\n")) == (code, 1), done.err
    assert run("lab", "sets", "--json", home=small).json == {"sets": []}
