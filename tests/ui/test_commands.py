"""The command line is a contract: shapes, exit codes, one clear line for what goes wrong."""

import json
from pathlib import Path

import pytest

from tests.conftest import SAMPLE
from tests.ui.conftest import Run

QUESTION = "How does ketamine act on glutamate to relieve depression?"
RECORD = "abdallah-2018-neurobiology-depression-ketamine"


def one_line(text: str) -> bool:
    return text.startswith("florilegium: ") and text.count("\n") == 1 and "Traceback" not in text


def test_import_reports_every_record_and_is_idempotent(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "new"
    first = run("import", str(SAMPLE), "--json", home=home)
    assert first.code == 0
    report = first.json
    assert set(report) == {"batch", "files", "read", "added", "updated", "unchanged", "duplicates", "skipped"}
    assert (report["read"], report["added"], len(report["files"])) == (120, 120, 120)
    assert set(report["files"][0]) == {"path", "format", "encoding", "read", "added", "updated", "unchanged", "duplicates", "skipped"}
    again = run("import", str(SAMPLE), "--json", home=home).json
    assert (again["unchanged"], again["added"], again["batch"]) == (120, 0, "")
    listed = run("import", "--list", "--json", home=home).json
    assert [entry["batch"] for entry in listed] == [report["batch"]]


def test_import_reads_standard_input_and_keeps_what_is_good(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "new"
    lines = b'{"title": "A good one", "abstract": "Words."}\nnot json\n{"title": "Another", "abstract": "More words."}\n'
    done = run("import", "-", "--json", home=home, stdin=lines)
    assert done.code == 1
    assert (done.json["read"], done.json["added"], done.json["skipped"]) == (3, 2, 1)
    skipped = done.json["files"][0]["skipped"][0]
    assert (skipped["record"], skipped["line"]) == (2, 2)


def test_show_has_every_field_and_old_revisions(run: Run, built_home: Path) -> None:
    shown = run("show", RECORD, "--json", home=built_home).json
    for name in ("id", "revision", "status", "notices", "title", "summary", "abstract", "findings", "limits", "sections", "section_titles", "authors"):
        assert name in shown
    for name in ("year", "journal", "doi", "pmid", "url", "keywords", "facets", "csl"):
        assert name in shown
    assert shown["authors"][0] == {"family": "Abdallah", "given": "Chadi G."}
    assert run("show", RECORD, "--revision", "1", "--json", home=built_home).json == shown
    assert run("show", RECORD, "--revision", "0", home=built_home).code == 2


def test_sync_embeds_nothing_the_second_time(run: Run, built_home: Path) -> None:
    report = run("sync", "--json", home=built_home).json
    assert report["config"] == "default"
    assert report["passages"]["embedded"] == 0
    assert report["passages"]["total"] == report["passages"]["unchanged"] > 500
    assert report["reviews"] == 120


def test_search_hits_hold_the_words_of_their_records(run: Run, built_home: Path) -> None:
    result = run("search", "ketamine and glutamate", "-k", "4", "--json", home=built_home).json
    assert [hit["rank"] for hit in result["hits"]] == [1, 2, 3, 4]
    assert len({hit["review_id"] for hit in result["hits"]}) == 4
    for hit in result["hits"]:
        record = run("show", hit["review_id"], "--json", home=built_home).json
        assert field_of(record, hit["field"])[hit["start"] : hit["end"]] == hit["text"]
        assert {"dense", "lexical"} <= set(hit["legs"])


def test_filters_narrow_a_search_and_synonyms_are_folded(run: Run, built_home: Path) -> None:
    result = run("search", "depression", "--filter", "year>=2022", "--filter", "substances=magic mushrooms", "--json", home=built_home).json
    assert result["hits"]
    for hit in result["hits"]:
        record = run("show", hit["review_id"], "--json", home=built_home).json
        assert record["year"] >= 2022
        assert "psilocybin" in record["facets"]["substances"]
    nothing = run("search", "depression", "--filter", "topics=gardening", "--json", home=built_home)
    assert (nothing.code, nothing.json["hits"]) == (0, [])


def test_why_agrees_with_search(run: Run, built_home: Path) -> None:
    hits = run("search", "microdosing placebo", "-k", "3", "--explain", "--json", home=built_home).json["hits"]
    told = run("why", "microdosing placebo", hits[2]["review_id"], "--json", home=built_home).json
    assert told["rank"] == 3
    assert (told["matched_words"], told["missing_words"]) == (hits[2]["matched_words"], hits[2]["missing_words"])
    filtered = run("why", "microdosing placebo", hits[2]["review_id"], "--filter", "year<=1990", "--json", home=built_home).json
    assert filtered["rank"] is None
    assert "year<=1990" in filtered["removed_by"]


def test_every_citation_is_the_words_of_its_record(run: Run, built_home: Path) -> None:
    answer = run("ask", QUESTION, "--model", "quotes", "--json", home=built_home).json
    assert answer["outcome"] in ("answered", "partly")
    assert answer["model"] == "quotes"
    assert 1 <= len(answer["sentences"]) <= 4
    keys = {review["key"]: review["id"] for review in answer["reviews"]}
    assert list(keys) == list(range(1, len(keys) + 1))
    for sentence in answer["sentences"]:
        assert sentence["support"] == "verbatim"
        assert sentence["lead"].endswith(":")
        for citation in sentence["citations"]:
            record = run("show", citation["review_id"], "--revision", str(answer["revision"]), "--json", home=built_home).json
            assert keys[citation["key"]] == citation["review_id"]
            assert field_of(record, citation["field"])[citation["start"] : citation["end"]] == citation["quote"] == sentence["text"]


def test_a_question_beside_the_collection_is_not_answered(run: Run, built_home: Path) -> None:
    answer = run("ask", "What is the boiling point of tungsten?", "--model", "quotes", "--json", home=built_home)
    assert answer.code == 0
    assert (answer.json["outcome"], answer.json["sentences"]) == ("not_in_corpus", [])
    assert len(answer.json["nearest"]) == 3


def test_a_record_with_a_notice_is_cited_with_it(run: Run, built_home: Path) -> None:
    answer = run("ask", "Does psilocybin reduce symptoms of depression compared with placebo in the BMJ review?", "--model", "quotes", "--filter",
                 "id=metaxa-2024-efficacy-psilocybin-treating", "--json", home=built_home).json  # fmt: skip
    assert answer["outcome"] != "not_in_corpus"
    assert {notice["type"] for notice in answer["reviews"][0]["notices"]} == {"concern", "erratum"}


def test_doctor_finds_a_good_home_good_and_rebuilds(run: Run, home: Path) -> None:
    report = run("doctor", "--json", home=home)
    assert (report.code, report.json["ok"]) == (0, True)
    for path in (home / "index").glob("*/lexical-*/*"):
        path.write_bytes(b"damaged")
    assert run("search", "ketamine", home=home).code == 3
    assert run("doctor", "--rebuild", "--json", home=home).json["ok"]
    assert run("search", "ketamine", "--json", home=home).json["hits"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nonsense"], 2),
        (["search"], 2),
        (["show", "no-such-record"], 2),
        (["ask", ""], 1),
        (["ask", "x" * 20_000], 1),
        (["ask", "why?", "--model", "bogus:"], 2),
        (["search", "x", "--filter", "colour=red"], 2),
        (["search", "x", "--filter", "year>=soon"], 2),
        (["search", "x", "--filter", "nothing"], 2),
        (["search", "x", "--config", "none-such"], 2),
        (["import", "/no/such/file"], 2),
        (["import"], 2),
        (["import", "--undo", "no-such-batch"], 2),
        (["ask", "Does ketamine help in depression?", "--model", "gguf:/no/such.gguf"], 3),
    ],
)
def test_bad_calls_get_one_line_and_their_exit_code(run: Run, built_home: Path, words: list[str], code: int) -> None:
    done = run(*words, home=built_home)
    assert (done.code, done.out) == (code, "")
    assert one_line(done.err), done.err


@pytest.mark.parametrize("words", [["show", "x"], ["sync"], ["search", "x"], ["ask", "x"], ["doctor"], ["import", "--list"]])
def test_an_absent_home_is_refused_and_not_made(run: Run, tmp_path: Path, words: list[str]) -> None:
    done = run(*words, home=tmp_path / "nowhere")
    assert done.code == 2
    assert one_line(done.err)
    assert not (tmp_path / "nowhere").exists()


def test_an_empty_library_and_a_library_without_search_data_say_what_to_do(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "empty"
    run("import", "-", home=home, stdin=b'{"note": 1')
    empty = run("ask", "anything?", home=home)
    assert (empty.code, one_line(empty.err)) == (3, True)
    assert "import" in empty.err
    run("import", "-", home=home, stdin=json.dumps({"title": "T", "abstract": "Words."}).encode())
    unsynced = run("search", "words", home=home)
    assert (unsynced.code, one_line(unsynced.err)) == (3, True)
    assert "sync" in unsynced.err


def test_bad_files_are_told_apart_and_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_bytes(b"")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    done = run("import", str(tmp_path / "empty.md"), str(tmp_path / "picture.png"), "--json", home=tmp_path / "home")
    assert done.code == 1
    assert [len(entry["skipped"]) for entry in done.json["files"]] == [1, 1]
    assert done.json["read"] == done.json["skipped"] == 2


def field_of(record: dict, field: str) -> str:  # type: ignore[type-arg]
    name, _, index = field.partition("[")
    return record[name][int(index[:-1])] if index else record[name]  # type: ignore[no-any-return]
