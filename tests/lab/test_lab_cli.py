"""`florilegium lab` as a user calls it, on a small invented set."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import ir_measures
import pytest

from tests.conftest import ROOT
from tests.lab.conftest import JUDGEMENTS, QUERIES, Write
from tests.ui.conftest import Run, environment

_KEYS = ["config", "config_hash", "queries", "measures", "per_query", "judged", "seconds"]  # of DESIGN; more may follow


@pytest.fixture
def lab_home(tmp_path: Path, encoder: object) -> Path:
    """A home that does not exist yet; the encoder is exported."""
    return tmp_path / "labhome"


def test_run_prints_one_document_and_the_second_embeds_nothing(run: Run, write_set: Write, lab_home: Path, tmp_path: Path) -> None:
    folder, file = write_set(), tmp_path / "default.run"
    first = run("lab", "run", str(folder), "--json", "--run", str(file), home=lab_home)
    assert first.code == 0, first.err
    report = first.json
    assert list(report)[: len(_KEYS)] == _KEYS
    assert (report["config"], report["queries"], report["judged"]) == ("default", 4, 3)
    assert list(report["measures"]) == ["nDCG@10", "AP", "RR", "R@100", "P@5", "Judged@10", "Bpref", "infAP"]
    assert list(report["per_query"]) == ["q1", "q2", "q3"]
    assert list(report["seconds"]) == ["index", "query_p50", "query_p95"]
    assert report["measures"]["RR"] == 1.0
    assert "1 of 4 queries have no judgement" in first.err
    assert not (lab_home / "index" / "passages").exists()

    names = [ir_measures.parse_measure(name) for name in report["measures"]]
    qrels = [ir_measures.Qrel(query, document, int(grade)) for query, document, grade in JUDGEMENTS]
    for name, value in ir_measures.calc_aggregate(names, qrels, list(ir_measures.read_trec_run(str(file)))).items():
        assert report["measures"][str(name)] == pytest.approx(value, abs=1e-9)
    lines = [line.split() for line in file.read_text().splitlines()]
    assert {line[0] for line in lines} == set(QUERIES)
    assert all(line[1] == "Q0" and line[5] == "florilegium-default" for line in lines)

    second = run("lab", "run", str(folder), "--json", "--measures", "Success@1 nDCG@3", home=lab_home)
    assert second.code == 0, second.err
    assert " 0 of them embedded now" in second.err
    assert " 0 of them embedded now" not in first.err
    assert list(second.json["measures"]) == ["Success@1", "nDCG@3"]
    assert [path.name for path in (lab_home / "index" / "lab").iterdir()]

    shown = run("show", "d1", home=lab_home)
    assert shown.code == 2  # nothing went into the library


def test_settings_change_the_run_and_compare_tells(run: Run, write_set: Write, lab_home: Path, tmp_path: Path) -> None:
    folder, dense, plain = write_set(), tmp_path / "dense.run", tmp_path / "plain.run"
    told = run("lab", "run", str(folder), "--set", "lexical_weight=0", "--set", "smoothing=0", "--run", str(dense), home=lab_home)
    assert told.code == 0, told.err
    assert "4 queries, 3 of them judged, under default with lexical_weight=0, smoothing=0" in told.out
    assert "nDCG@10" in told.out
    plain.write_text("q1 Q0 d3 1 0.9 x\nq1 Q0 d1 2 0.8 x\nq9 Q0 d1 1 1.0 x\nq2 Q0 alien 1 1.0 x\n")

    compared = run("lab", "compare", str(plain), "default", str(folder), "--json", home=lab_home)
    assert compared.code == 0, compared.err
    report = compared.json
    assert list(report)[:5] == ["a", "b", "queries", "judged", "measures"]
    ndcg = report["measures"]["nDCG@10"]
    assert ndcg["difference"] == pytest.approx(ndcg["mean_b"] - ndcg["mean_a"])
    assert ndcg["wins"] + ndcg["losses"] + ndcg["ties"] == 3 == len(ndcg["per_query"])
    assert {"p_value", "p_value_holm", "p_value_t", "effect_size", "interval", "queries_needed", "words"} < set(ndcg)
    assert "1 queries of" in compared.err
    assert "1 documents of" in compared.err

    table = run("lab", "compare", str(plain), str(dense), str(folder))  # two files need no home
    assert table.code == 0, table.err
    assert "p (Holm)" in table.out
    assert "Won/tied/lost" in table.out
    assert "3 queries: " in table.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["run", "SET", "--measures", "Foo@3"], 2, "there is no measure 'Foo@3'"),
        (["run", "SET", "--config", "none"], 2, "no configuration 'none'"),
        (["run", "SET", "--set", "smoothing"], 2, "--set KEY=VALUE"),
        (["run", "SET", "--set", "nonsense=1"], 2, "no setting 'nonsense'"),
        (["run", "SET", "--set", "smoothing=2"], 2, "smoothing"),
        (["run", "SET", "--run", "/nowhere/at/all.run"], 2, "there is no such folder"),
        (["run", "/nowhere"], 2, "no such test set"),
        (["compare", "SET/none.run", "default", "SET"], 2, "no such run file"),
        (["compare", "SET/corpus.jsonl", "default", "SET"], 1, "six columns"),
        (["compare", "default", "default", "/nowhere"], 2, "no such test set"),
        (["run"], 2, "SET"),
        (["compare", "default", "default", "SET"], 2, "there is no library here"),
    ],
)
def test_bad_calls_are_one_line(run: Run, write_set: Write, tmp_path: Path, words: list[str], code: int, said: str) -> None:
    folder = write_set()
    done = run("lab", *[word.replace("SET", str(folder)) for word in words], home=tmp_path / "badhome")
    assert done.code == code, done.err
    assert said in done.err
    assert done.out == ""
    assert len(done.err.splitlines()) == 1


def test_bad_judgements_name_file_and_line(run: Run, write_set: Write, lab_home: Path) -> None:
    folder = write_set(judgements=[("q1", "d1", "1"), ("q1", "d3", "good")])
    done = run("lab", "run", str(folder), "--json", home=lab_home)
    assert done.code == 1
    assert done.out == ""
    assert "'good' is not a whole number" in done.err
    assert "qrels.tsv, line 3" in done.err


@pytest.mark.slow
def test_through_a_live_serve(run: Run, write_set: Write, lab_home: Path, models_folder: Path, command: list[str]) -> None:
    folder = write_set()
    alone = run("lab", "run", str(folder), "--json", home=lab_home).json
    serving = subprocess.Popen(
        [*command, "serve", "--port", "0"], env=environment(lab_home, models_folder), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 120
        while not (lab_home / "run" / "serve.json").is_file():
            assert serving.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        done = run("lab", "run", os.path.relpath(folder, ROOT), "--json", home=lab_home)
        assert done.code == 0, done.err
        assert " 0 of them embedded now" in done.err
        assert done.json["per_query"] == alone["per_query"]
        bad = run("lab", "run", str(folder), "--set", "nonsense=1", home=lab_home)
        assert bad.code == 2
        assert "no setting 'nonsense'" in bad.err
    finally:
        serving.send_signal(signal.SIGINT)
        serving.communicate(timeout=20)


def test_the_second_run_of_another_process_agrees(run: Run, write_set: Write, lab_home: Path) -> None:
    folder = write_set()
    one, two = (run("lab", "run", str(folder), "--json", home=lab_home).json for _ in range(2))
    assert json.dumps(one["per_query"]) == json.dumps(two["per_query"])
