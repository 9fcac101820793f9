"""The test set that ships: whole, judged on records that are there, and worked through by the commands of docs/lab.md."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from corpus import InputError, Library
from corpus.lab import grades
from corpus.lab.exchange import SAMPLE, import_into
from tests.conftest import SAMPLE as RECORDS
from tests.ui.conftest import Run


def test_every_judged_record_and_query_is_there() -> None:
    records = {path.stem for path in RECORDS.glob("*.md")}
    with (SAMPLE / "queries.csv").open(newline="") as file:
        queries = {row["id"]: row for row in csv.DictReader(file)}
    with (SAMPLE / "judgements.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(queries) == 60
    assert {row["query"] for row in rows} == set(queries)
    assert {row["review_id"] for row in rows} <= records
    assert {row["grade"] for row in rows} == {"0", "1", "2", "3"}
    best = {query: max(int(row["grade"]) for row in rows if row["query"] == query) for query in queries}
    assert {query for query, grade in best.items() if grade < 2} == {"s60"}  # the one that the collection does not answer
    assert Counter(row["answerable"] for row in queries.values()) == {"yes": 59, "no": 1}


def test_it_comes_into_a_library_with_the_sample_and_into_no_other(sample_library: Library, tmp_path: Path) -> None:
    done = import_into(sample_library, "sample", [SAMPLE])
    assert done["queries"] == 60
    final = grades(sample_library.judgements.of("sample"), sample_library.get_many).final
    assert sum(map(len, final.values())) == done["judgements"]
    empty = Library(f"sqlite:///{tmp_path / 'empty.sqlite'}", create=True)
    with pytest.raises(InputError, match="there is no record"):
        import_into(empty, "sample", [SAMPLE])
    assert empty.sets.all() == []
    empty.close()


@pytest.mark.slow
def test_the_tutorials_commands(run: Run, home: Path, tmp_path: Path) -> None:
    def lab(*words: str, code: int = 0) -> str:
        done = run("lab", *words, home=home)
        assert done.code == code, done.err
        return done.out

    assert "60 queries" in lab("sample")
    assert run("config", "create", "dense", "--set", "lexical_weight=0", "--set", "smoothing=0", home=home).code == 0
    page, table = tmp_path / "page.html", tmp_path / "table.csv"
    told = lab("compare", "dense", "default", "sample", "--html", str(page), "--csv", str(table))
    assert "60 queries: " in told
    assert "<svg" in page.read_text()
    assert table.read_text().startswith("set,measure,query")
    runs = run("lab", "runs", "sample", "--json", home=home).json["runs"]
    assert {one["config"] for one in runs} == {"dense", "default"}
    default = next(one["id"] for one in runs if one["config"] == "default")
    assert "Library revision" in lab("show", default)
    lab("gate", "sample", "--set", "nDCG@10>=0.99")
    assert "FAILED" in lab("gate", "sample", code=3)
    refused = run("config", "promote", "dense", home=home)
    assert (refused.code, refused.err.count("\n")) == (3, 1)
    assert "does not pass the gate of 'sample'" in refused.err
    lab("gate", "sample", "--set", "nDCG@10>=0.5", "--set", "R@100>=0.5")
    assert run("config", "promote", "dense", home=home).code == 0
    assert "records to judge" in lab("pool", "sample", "--config", "default", "--depth", "5")
    assert "left" in lab("next", "sample", "--by", "ann")
    lab("worse", "sample", "--since", default)
