"""`florilegium lab answers` as a user calls it: over a library, over a folder's documents, and through a live `serve`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.lab.conftest import Write
from tests.ui.conftest import Run

WITHOUT = ["chitneni-2021-use-ketamine-infusions", "connolly-2015-systematic-review-ketamine", "zhao-2018-effect-ketamine-infusion"]
LINES = [
    {"question": "Does ketamine work for complex regional pain syndrome?", "answerable": True, "without": [], "kind": "pain"},
    {"question": "What is the cheapest train trip from Vienna to Venice?", "answerable": False, "kind": "elsewhere"},
    {"question": "How long should arborio rice simmer for a risotto?", "answerable": False, "without": ["no-such-record"], "kind": "elsewhere"},
]


def written(tmp_path: Path, *lines: object) -> str:
    path = tmp_path / "questions.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def test_over_the_library(run: Run, built_home: Path, tmp_path: Path) -> None:
    told = run("lab", "answers", written(tmp_path, *LINES, "{", '{"question": "Is it?"}'), "--json", home=built_home)
    assert told.code == 1  # two lines were bad; the others were answered
    assert "questions.jsonl, line 4: not JSON" in told.err
    assert 'questions.jsonl, line 5: "answerable" is missing' in told.err
    assert "1 ids to leave out are in no record, such as no-such-record." in told.err
    report = told.json
    assert (report["questions"], report["answerable"], report["model"], report["config"]) == (3, 1, "quotes", "default")
    assert report["abstention"]["auroc"]["value"] == 1.0
    assert report["abstention"]["recall"]["value"] == 1.0
    assert report["sentences"]["shares"] == {"verbatim": 1.0}
    assert report["kinds"]["elsewhere"] == {"questions": 2, "answerable": 0, "abstained": 2, "right": 2}
    assert [row["question"] for row in report["per_question"]] == [line["question"] for line in LINES]


def test_records_left_out_change_the_answer(run: Run, built_home: Path, tmp_path: Path) -> None:
    lines = [LINES[0], LINES[0] | {"answerable": False, "without": WITHOUT}]
    told = run("lab", "answers", written(tmp_path, *lines), "--json", home=built_home)
    assert told.code == 0, told.err
    with_all, without = told.json["per_question"]
    assert without["confidence"] < with_all["confidence"]
    shown = run("lab", "answers", written(tmp_path, *lines), home=built_home)
    assert "2 questions, 1 answerable, over the library" in shown.out
    assert "AUROC" in shown.out


def test_over_a_folder(run: Run, write_set: Write, tmp_path: Path, encoder: object) -> None:
    folder = write_set()
    (folder / "queries.jsonl").unlink()  # only the documents are needed
    lines = [
        {"question": "Do wild bees pollinate on colder days than honey bees?", "answerable": True},
        {"question": "Do wild bees pollinate on colder days than honey bees?", "answerable": False, "without": ["d2"]},
    ]
    file, home = written(tmp_path, *lines), tmp_path / "new"
    told = run("lab", "answers", file, "--collection", str(folder), "--json", home=home)
    assert told.code == 0, told.err
    assert told.json["abstention"]["auroc"]["value"] == 1.0
    assert (home / "index" / "lab").is_dir()
    assert run("show", "d2", home=home).code == 2  # nothing went into the library


def test_wrong_calls(run: Run, tmp_path: Path) -> None:
    good = written(tmp_path, LINES[0])
    empty = tmp_path / "empty.jsonl"
    empty.write_text("{\n")
    for words, code, said in (
        (["nowhere.jsonl"], 2, "no such file"),
        ([str(empty)], 1, "there is no question in it"),
        ([good, "--model", "nonsense"], 2, "nonsense"),
        ([good], 2, "no library"),
        ([good, "--collection", "/nowhere"], 2, "no such folder"),
    ):
        told = run("lab", "answers", *words)
        assert told.code == code, told.err
        assert said in told.err
