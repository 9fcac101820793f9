"""The lab over the library itself: runs of stored sets, comparing, gates, sweeps, what got worse and why, by the engine that production uses."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ir_measures
import pytest

from assistant.models.scripted import ScriptedServer
from corpus import ConflictError, NotFoundError, Status, UnavailableError, UsageError
from corpus.lab import Judgement, TestQuery, grades
from corpus.lab.exchange import write_qrels
from index.lab import run_text
from tests.corpus.making import put, review
from ui.engine import LocalEngine
from ui.lab import GateError, check_gate, compare, go_on, make_pool, missed, promote, report_csv, report_html, rerun, start_sweep, trend, why_missed, worse
from ui.lab.suggesting import suggestion_report
from ui.settings import load_settings
from ui.wiring import Workshop, open_library

PAIN = "connolly-2015-systematic-review-ketamine"
ADDICTION = "jones-2018-efficacy-ketamine-treatment"
QUERIES = {
    "pain": ("Does ketamine help in complex regional pain syndrome?", {PAIN: 3, ADDICTION: 0}),
    "alcohol": ("ketamine for alcohol use disorder", {ADDICTION: 3, PAIN: 0}),
    "cocaine": ("Can ketamine lower craving for cocaine?", {ADDICTION: 2}),
}


@pytest.fixture
def engine(home: Path, models_folder: Path) -> Iterator[LocalEngine]:
    settings = load_settings(home, {"FLORILEGIUM_MODELS": str(models_folder), "FLORILEGIUM_MODEL": "quotes"})
    made = LocalEngine(Workshop(settings, open_library(settings)).open(patience=5))
    yield made
    library = made.library
    made.close()
    library.close()


@pytest.fixture
def judged(engine: LocalEngine) -> LocalEngine:
    library = engine.library
    library.sets.create("first")
    library.sets.put("first", [TestQuery(key, text, tags=("ketamine",), answerable=True) for key, (text, _) in QUERIES.items()])
    library.sets.put("first", [TestQuery("risotto", "How long should risotto simmer?", answerable=False), TestQuery("draft", "a draft", draft=True)])
    library.judgements.add("first", [Judgement(key, one, grade) for key, (_, given) in QUERIES.items() for one, grade in given.items()])
    dense = engine.workshop.configurations.create("dense", {"lexical_weight": "0"})
    assert dense.name == "dense"
    return engine


def test_a_run_is_kept_with_all_it_needs_and_its_figures_are_those_of_ir_measures_on_what_is_exported(judged: LocalEngine, tmp_path: Path) -> None:
    done = judged.lab_run("first", None, "", {})
    run, rankings = judged.library.runs.get(done["run"])
    held = run.document
    assert (run.set_name, run.config, run.config_hash, run.reason) == ("first", "default", judged.workshop.config().search.hash, "asked")
    assert (held["queries"], held["judged"], held["by"], held["program"]) == (4, 3, "local", "0.1.0")
    assert run.revision == judged.library.revision()
    assert len(held["fingerprint"]) == 32
    assert held["by_tag"]["ketamine"]["queries"] == 3
    assert held["measures"].keys() == held["intervals"].keys() == {"nDCG@10", "AP", "RR", "R@100", "P@5", "Judged@10", "Bpref", "infAP"}
    assert "1 of 4 queries have no judgement and take no part in the means." in done["notes"]
    hits = judged.search(QUERIES["pain"][0], 10, [], None)["hits"]
    assert [hit["review_id"] for hit in hits] == [one for one, _ in rankings["pain"][:10]]  # the very searcher of production
    (tmp_path / "run").write_text(run_text(rankings, "x"))
    (tmp_path / "qrels").write_text(write_qrels(grades(judged.library.judgements.of("first"), judged.library.get_many).final))
    names = [ir_measures.parse_measure(name) for name in held["measures"]]
    theirs = ir_measures.calc_aggregate(
        names, list(ir_measures.read_trec_qrels(str(tmp_path / "qrels"))), list(ir_measures.read_trec_run(str(tmp_path / "run")))
    )
    assert {str(name): value for name, value in theirs.items()} == pytest.approx(held["measures"], abs=1e-9)
    legs = judged.library.runs.legs(done["run"])["pain"]
    assert legs[rankings["pain"][0][0]].keys() >= {"dense", "lexical"}
    again = judged.lab_run("first", "default", "", {}, fresh=False)
    assert (again["run"], again["reused"]) == (done["run"], True)


def test_running_again_says_what_changed_since(judged: LocalEngine) -> None:
    first = judged.lab_run("first", "default", "", {"smoothing": "0"})["run"]
    same = rerun(judged, first)
    assert same["report"]["measures"] == same["before"]["measures"]
    assert judged.library.runs.get(same["run"])[0].config_hash == judged.library.runs.get(first)[0].config_hash
    judged.library.set_status(PAIN, Status.WITHDRAWN)
    judged.sync(None)
    later = rerun(judged, first, actor="ann")
    assert any("went on from revision" in note for note in later["notes"])
    assert any("judgements have changed" in note for note in later["notes"])
    assert all(one != PAIN for one, _ in judged.library.runs.get(later["run"])[1]["pain"])
    assert any("withdrawn or retracted" in note for note in later["notes"])
    judged.library.sets.delete("first", judged_too=True)
    with pytest.raises(UsageError, match="is gone"):
        rerun(judged, first)


def test_configurations_are_compared_side_by_side_and_the_report_needs_nothing_else(judged: LocalEngine) -> None:
    report = compare(judged, "first", ["dense", "default", "default"])
    assert [side["name"] for side in report["sides"]] == ["dense", "default", "default"]
    assert len(judged.library.runs.all("first")) == 2  # the second default is the same run
    assert compare(judged, "first", [report["sides"][0]["run"], "default"])["measures"]["AP"]["difference"] == pytest.approx(
        report["measures"]["AP"]["difference"]
    )
    row = next(iter(report["changes"].values()))["rows"][0]
    assert row["title"]
    moved = [row for entry in report["changes"].values() for row in entry["rows"] if row["move"] != "same"]
    assert any("lexical" in row["reason"] for row in moved)
    assert all(row["moves"][1]["move"] in ("new", "lost", "up", "down", "same") for row in moved)
    page = report_html(report)
    assert "<svg" in page
    assert "http" not in page.replace("http-equiv", "")
    assert report["words"][0] in page.replace("&#39;", "'")
    lines = report_csv(report).split("\r\n")
    assert len(lines) == 1 + 2 * 5 * (1 + 3) + 1
    json.dumps(report)
    for sides, said in ((["default", "nonsense"], "neither a configuration nor a run"), (["default"], "from 2 to 26")):
        with pytest.raises(UsageError, match=said):
            compare(judged, "first", sides)
    judged.library.sets.create("other")
    judged.library.sets.put("other", [TestQuery("a", "pain")])
    with pytest.raises(UsageError, match="is one of the set 'first'"):
        compare(judged, "other", [report["sides"][0]["run"], "default"])


def test_text_of_people_is_shown_as_text_in_the_report(judged: LocalEngine) -> None:
    judged.library.sets.put("first", [TestQuery("pain", "<script>alert(1)</script> ketamine pain")])
    assert "<script>" not in report_html(compare(judged, "first", ["dense", "default"]))


def test_pools_are_blind_and_hold_what_drafts_find_too(judged: LocalEngine) -> None:
    pool = make_pool(judged, "first", ["default", "dense"], depth=5)
    assert set(pool.pairs) == {*QUERIES, "risotto", "draft"}
    tops = [[hit["review_id"] for hit in judged.search(QUERIES["pain"][0], 5, [], config)["hits"]] for config in ("default", "dense")]
    assert set(pool.pairs["pain"]) == {*tops[0], *tops[1]}
    assert judged.library.pools.all("first")[0].pairs == pool.pairs
    with pytest.raises(UsageError):
        make_pool(judged, "first", [], depth=5)
    with pytest.raises(NotFoundError):
        make_pool(judged, "none", ["default"])


def test_a_gate_stands_before_promotion(judged: LocalEngine) -> None:
    library = judged.library
    with pytest.raises(UsageError, match="has no gate"):
        check_gate(judged, "first", "dense")
    library.sets.set_gate("first", ["RR>=0.2", "nDCG@10-0.9"])
    found = promote(judged, "dense", actor="ann")
    assert (found["active"], found["before"], [report["passed"] for report in found["gates"]]) == ("dense", "default", [True])
    library.sets.set_gate("first", ["nDCG@10>=0.1", "P@5>=0.9"])
    with pytest.raises(GateError, match="does not pass the gate of 'first'") as caught:
        promote(judged, "default")
    assert caught.value.exit_code == 3
    assert [check["passed"] for check in caught.value.reports[0]["checks"]] == [True, False]
    assert library.configs.active() == "dense"
    assert promote(judged, "default", gates=False)["active"] == "default"


def test_a_sweep_pauses_goes_on_and_names_what_is_best(judged: LocalEngine) -> None:
    sweep = start_sweep(judged.library, "first", {"lexical_weight": ["0", "0.45"], "smoothing": ["0", "0.5"]})
    assert (sweep.state, sweep.total) == ("paused", 5)
    seen: list[int] = []

    def stop(step: str, done: int, total: int) -> None:
        if step == "settings":
            seen.append(done)
            if done == 2:
                judged.library.sweeps.pause(sweep.id)

    paused = go_on(judged, sweep.id, progress=stop)
    assert (paused.state, paused.done, paused.document["result"]) == ("paused", 3, None)
    done = go_on(judged, sweep.id)
    assert (done.state, done.done) == ("done", 5)
    result = done.document["result"]
    assert {row["label"] for row in result["table"]} >= {"as it is", "lexical_weight=0 smoothing=0"}
    assert result["table"][0]["mean"] == pytest.approx(result["mean"])
    assert "On queries that took no part in choosing" in result["words"]
    with pytest.raises(ConflictError, match="is done"):
        go_on(judged, sweep.id)
    for choices, said in (
        ({"nonsense": ["1"]}, "no setting 'nonsense'"),
        ({}, "names no setting"),
        ({"smoothing": [str(n) for n in range(300)]}, "is the most"),
    ):
        with pytest.raises(UsageError, match=said):
            start_sweep(judged.library, "first", choices)


def test_a_sweep_begins_anew_when_the_library_has_changed(judged: LocalEngine) -> None:
    sweep = start_sweep(judged.library, "first", {"smoothing": ["0"]})
    go_on(judged, sweep.id, progress=lambda step, done, total: judged.library.sweeps.pause(sweep.id) if step == "settings" else None)
    judged.library.judgements.add("first", [Judgement("cocaine", PAIN, 1)])
    done = go_on(judged, sweep.id)
    assert done.state == "done"
    assert any("began anew" in note for note in done.document["notes"])


@pytest.mark.slow
def test_settings_that_need_an_index_of_their_own_leave_productions_alone(tmp_path: Path, models_folder: Path) -> None:
    settings = load_settings(tmp_path / "small", {"FLORILEGIUM_MODELS": str(models_folder), "FLORILEGIUM_MODEL": "quotes"})
    library = open_library(settings, create=True)
    put(library, review("a", "On sleep", findings=["Sleep was better."]), review("b", "On pain", findings=["Pain was less."]))
    library.sets.create("first")
    library.sets.put("first", [TestQuery("q1", "does it help sleep?")])
    library.judgements.add("first", [Judgement("q1", "a", 2)])
    engine = LocalEngine(Workshop(settings, library).open(patience=5))
    engine.sync(None)
    before = [standing.name for standing in engine.workshop.index_home.standings()]
    done = engine.lab_run("first", None, "RR", {"title_times": "0"})
    assert done["embedded"] > 0
    assert [standing.name for standing in engine.workshop.index_home.standings()] == before
    assert engine.lab_run("first", None, "RR", {"title_times": "0"})["embedded"] == 0
    assert engine.workshop.index_home.namespaced()
    engine.compact()
    assert engine.workshop.index_home.namespaced() == []
    engine.workshop.configurations.create("plain", {"title_times": "0"})
    with pytest.raises(UnavailableError, match="has not been made yet"):
        engine.lab_run("first", "plain", "RR", {})
    engine.close()
    library.close()


def test_what_got_worse_after_a_sync_is_told_with_the_records_behind_it(judged: LocalEngine) -> None:
    library = judged.library
    library.sets.set_after_sync("first", True)
    library.sets.set_gate("first", ["RR>=0.99"])
    first = judged.lab_after_sync()
    assert [(one["set"], one["worse"], one["words"][0]) for one in first] == [("first", 0, "It is the first run of this configuration.")]
    assert judged.lab_after_sync() == []  # the library is as it was
    record = library.get(PAIN)
    gone = {"findings": ["Nothing is said."], "summary": "Nothing.", "abstract": "", "limits": [], "csl": {**record.csl, "title": "A title of other things"}}
    library.edit(PAIN, gone, base_revision=record.revision)
    judged.sync(None)
    (told,) = judged.lab_after_sync()
    assert told["worse"] == 1
    assert told["gate"]["passed"] is False
    found = worse(library, "first")
    assert (found["since"]["id"], found["until"]["id"]) == (first[0]["run"], told["run"])
    (query,) = found["queries"]
    assert query["query"] == "pain"
    assert query["records"][0]["review_id"] == PAIN
    assert query["records"][0]["change"] == "edited"
    assert f"because of {PAIN} (edited)" in query["words"]
    assert [point["reason"] for point in trend(library, "first")["points"]] == ["sync", "sync"]
    (row,) = [one for one in missed(library, told["run"]) if one["review_id"] == PAIN]
    assert (row["grade"], row["in_library"]) == (3, True)
    why = why_missed(judged, told["run"], "pain", PAIN)
    assert any("lacks these words" in line for line in why["words"])


def test_ids_of_merged_records_are_followed_in_former_runs(judged: LocalEngine) -> None:
    run = judged.lab_run("first", None, "", {})["run"]
    judged.library.duplicates.merge("chitneni-2021-use-ketamine-infusions", PAIN)
    report = compare(judged, "first", [run, run])
    assert report["measures"]["nDCG@10"]["mean_a"] > 0.5
    assert grades(judged.library.judgements.of("first"), judged.library.get_many).final["pain"]["chitneni-2021-use-ketamine-infusions"] == 3


def test_answers_are_measured_with_what_they_cite(judged: LocalEngine) -> None:
    answers = judged.lab_run("first", None, "", {}, answers=True)["report"]["answers"]
    assert (answers["questions"], answers["answerable"]) == (4, 3)
    assert answers["abstention"]["auroc"]["value"] == 1.0
    cited: dict[str, Any] = answers["citations"]
    assert cited["judged"] >= cited["relevant"] >= 2
    assert cited["precision"] == pytest.approx(cited["relevant"] / cited["judged"], abs=1e-4)
    with pytest.raises(UsageError, match="under a named configuration"):
        judged.lab_run("first", None, "", {"smoothing": "0"}, answers=True)


def test_a_model_suggests_only_after_the_person_and_is_measured(judged: LocalEngine) -> None:
    library = judged.library
    with ScriptedServer(["Grade 2: it is on pain.", "no idea", "grade: 0 (off)"]) as server:
        with pytest.raises(ConflictError, match="only after a person's own grade"):
            judged.lab_suggest("first", "pain", PAIN, "ann", server.url)
        assert server.hits == 0
        found = judged.lab_suggest("first", "pain", PAIN, "local", server.url)
        assert (found["grade"], found["why"]) == (2, "it is on pain")
        with pytest.raises(UnavailableError, match="gave no grade"):
            judged.lab_suggest("first", "pain", ADDICTION, "local", server.url)
        judged.lab_suggest("first", "pain", ADDICTION, "local", server.url)
        (row,) = suggestion_report(library, "first")["models"]
        assert (row["pairs"], row["exact"], row["lower"], row["higher"]) == (2, 0.5, 1, 0)
        assert grades(library.judgements.of("first"), library.get_many).final["pain"] == {PAIN: 3, ADDICTION: 0}


def test_runs_from_several_threads_are_kept_whole(judged: LocalEngine) -> None:
    threads = [threading.Thread(target=judged.lab_run, args=("first", None, "RR", {})) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    runs = judged.library.runs.all("first")
    assert len({run.id for run in runs}) == 3
    assert len({json.dumps(run.document["measures"]) for run in runs}) == 1


def test_sets_that_cannot_be_run_say_so_in_one_line(judged: LocalEngine) -> None:
    judged.library.sets.create("empty")
    for target, error, said in (
        ("empty", UsageError, "no query that takes part"),
        ("gone", NotFoundError, "no test set 'gone'"),
        ("/nowhere", UsageError, "no such test set"),
    ):
        with pytest.raises(error, match=said):
            judged.lab_run(target, None, "", {})
