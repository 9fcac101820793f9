"""Runs, comparisons and trends as the Lab page shows them, without a browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from corpus import Status, UsageError
from corpus.lab import Judgement, TestQuery
from ui.engine import LocalEngine
from ui.lab import compare
from ui.settings import Settings
from ui.web.lab import Reports, lab_pages
from ui.web.lab import compare_tab as comparing
from ui.web.lab import runs_tab as runs
from ui.web.lab import trends_tab as trends
from ui.web.people import Door
from ui.web.works import Told, Work, Works, progress_html
from ui.wiring import Workshop, open_library

QUERIES = {
    "q1": ("How does ketamine act on glutamate?", "abdallah-2018-neurobiology-depression-ketamine"),
    "q2": ("risks of ibogaine for the heart", "ona-adverse-events-ibogaine"),
    "q3": ("microdosing compared with placebo", "kuypers-2020-therapeutic-potential-microdosing"),
    "q4": ("hallucinogen persisting perception disorder", "halpern-2018-review-hallucinogen-persisting"),
}


@pytest.fixture
def engine(home: Path, models_folder: Path) -> Iterator[LocalEngine]:
    settings = Settings(home=home, models=models_folder, model="quotes")
    library = open_library(settings)
    made = LocalEngine(Workshop(settings, library).open(patience=5))
    library.sets.create("four")
    library.sets.put("four", [TestQuery(key, text, tags=("safety",) if "risk" in text else ()) for key, (text, _) in QUERIES.items()])
    library.judgements.add("four", [Judgement(key, one, 3, "anna") for key, (_, one) in QUERIES.items()])
    library.judgements.add("four", [Judgement("q2", "zido-2025-psychedelics-treatment-cluster", 2, "anna")])  # which no run will find early
    made.workshop.configurations.create("words", {"dense_weight": "0"})
    yield made
    made.close()
    library.close()


def run(engine: LocalEngine, config: str) -> dict[str, Any]:
    return runs.run_set(engine, "four", config, "", answers=False, actor="anna", progress=None)


def test_a_run_is_listed_looked_at_and_deleted(engine: LocalEngine) -> None:
    made = run(engine, "default")
    shown = runs.show(engine, "four", None, None)
    assert shown[2]["value"] == made["run"]
    assert "default" in shown[1]
    detail = runs.detail_html(engine, made["run"])
    for part in ("nDCG@10", "95 % interval", "By tag", "safety", "How does ketamine act on glutamate", "Why not found?", "/lab/why?run="):
        assert part in detail, part
    assert "is deleted" in runs.delete_run(engine.library, made["run"])
    assert engine.library.runs.all("four") == []
    with pytest.raises(UsageError):
        runs.delete_run(engine.library, None)


def test_files_and_why_a_record_was_missed(engine: LocalEngine) -> None:
    made = run(engine, "default")
    app = FastAPI()
    reports = Reports()
    app.include_router(lab_pages(engine, reports))
    app.add_middleware(Door)
    site = TestClient(app, base_url="http://localhost")
    assert site.get(f"/lab/runs/{made['run']}.run").text.startswith("q1 Q0 ")
    why = site.get("/lab/why", params={"run": made["run"], "query": "q2", "review": "zido-2025-psychedelics-treatment-cluster"})
    assert why.status_code == 200
    assert "heart" in why.text
    assert site.get("/lab/why", params={"run": "none", "query": "q2", "review": "x"}).status_code == 404
    key = reports.keep(compare(engine, "four", ["default", "words"]))
    assert "http" not in site.get(f"/lab/compared/{key}.html").text.replace("http://www.w3.org", "")
    assert "nDCG@10" in site.get(f"/lab/compared/{key}.csv").text
    assert site.get("/lab/compared/0000.html").status_code == 404


def test_a_comparison_is_said_in_words_figures_and_side_by_side(engine: LocalEngine) -> None:
    reports = Reports()
    engine.library.sets.set_gate("four", ["nDCG@10>=0.01", "R@100-0.9"])
    engine.library.sets.put("four", [TestQuery("q5", "music in psychedelic therapy")])  # which nobody has judged
    report = compare(engine, "four", ["default", "words"])
    key = reports.keep(report)
    shown = comparing.after_step(engine, reports, "four", Told(ended=True, made=key))
    assert "4 queries" in shown[0]
    assert "nDCG@10" in shown[0]
    assert f"/lab/compared/{key}.csv" in shown[0]
    assert "passes" in shown[0]
    assert len(shown[6]["value"].data[0].y) == 4
    assert "ketamine act on glutamate" in shown[7]
    assert ("not judged  music in psychedelic therapy", "q5") in shown[8]["choices"]
    side_by_side = comparing.rankings_html(report, next(iter(report["changes"])))
    assert side_by_side.count("<tr>") > 10
    assert comparing.rankings_html(report, "none") == ""
    assert comparing.best_of(engine, report) in ("default", "words")
    assert "kept no longer" in comparing.differences(Reports(), "gone", "nDCG@10", "1")[1]


def test_three_sides_are_each_compared_with_the_first(engine: LocalEngine) -> None:
    engine.workshop.configurations.create("dense", {"lexical_weight": "0"})
    reports = Reports()
    report = compare(engine, "four", ["default", "words", "dense"])
    key = reports.keep(report)
    assert "default" in comparing.report_said(report, key)
    assert [comparing.name_of(report, at) for at in range(3)] == ["default", "words", "dense"]
    assert "dense" in comparing.differences(reports, key, "nDCG@10", "2")[1]


def test_trends_tell_what_got_worse(engine: LocalEngine) -> None:
    first = run(engine, "default")["run"]
    engine.library.set_status("ona-adverse-events-ibogaine", Status.WITHDRAWN)
    engine.sync(None)
    last = run(engine, "words")["run"]
    shown = trends.show(engine, "four", "nDCG@10", None)
    assert len(shown[1]["value"].data) == 2
    assert "default" in shown[2]
    worse = trends.worse_html(engine.library, "four", "nDCG@10", first, last)
    assert "What got worse" in worse
    assert "Choose two runs" in trends.worse_html(engine.library, "four", "nDCG@10", first, None)


def test_a_gate_is_written_checked_and_taken_away(engine: LocalEngine) -> None:
    from ui.lab import check_gate

    assert "2 thresholds" in trends.save_gate(engine.library, "four", "nDCG@10 >= 0.99\n\nR@100-0.5\n", "anna")
    assert engine.library.sets.gate("four") == ["nDCG@10>=0.99", "R@100-0.5"]
    shown = trends.checked_html(Told(ended=True, made=check_gate(engine, "four", "default")))
    assert "does not pass the gate of four" in shown
    assert "fails" in shown
    with pytest.raises(UsageError, match="no threshold"):
        trends.save_gate(engine.library, "four", "good", "anna")
    assert engine.library.sets.gate("four") == ["nDCG@10>=0.99", "R@100-0.5"], "a line that is none takes nothing away"
    trends.save_gate(engine.library, "four", "", "anna")
    assert engine.library.sets.gate("four") == []
    assert "after every sync" in trends.switch(engine.library, "four", on=True)
    assert engine.library.sets.info("four").after_sync


def test_the_better_one_is_promoted_and_rolled_back(engine: LocalEngine) -> None:
    from ui.lab import promote

    done = promote(engine, "words", actor="anna")
    assert "words is in force" in comparing.promoted_html(Told(ended=True, made=done))
    assert "words" in comparing.in_force(engine)
    assert "default is in force again" in comparing.roll_back(engine)


def test_work_tells_where_it_stands_and_stops(engine: LocalEngine) -> None:
    works = Works(engine)

    def slow(tell: Any) -> str:
        for done in range(1_000):
            tell("queries", done, 1_000)
            time.sleep(0.01)
        return "done"

    seen = []
    for told in works.follow("tab", Work("run", "four", "anna"), slow):
        seen.append(told)
        if len(seen) == 2:
            assert next(iter(works.follow("tab", Work("run", "four", "anna"), slow))).fault.startswith("Something is still under way")
            works.stop("another tab")
            works.stop("tab")
    assert seen[-1].ended
    assert seen[-1].fault.startswith("Stopped")
    assert "Query" in progress_html(seen[1])
    assert [told.made for told in works.follow("tab", Work("run", "four", "anna"), lambda tell: "made") if told.ended] == ["made"]
    assert [(job.kind, job.title, job.owner, job.state) for job in works.jobs.all()[:2]] == [
        ("run", "four", "anna", "done"),
        ("run", "four", "anna", "cancelled"),
    ]


def test_a_stopped_run_keeps_nothing_and_the_next_goes_through(engine: LocalEngine) -> None:
    works = Works(engine)

    def act(tell: Any) -> Any:
        def first(step: str, done: int, total: int) -> None:
            works.stop("tab")
            tell(step, done, total)

        return runs.run_set(engine, "four", "default", "", answers=False, actor="anna", progress=first)

    assert next(told for told in works.follow("tab", Work("run", "four", "anna"), act) if told.ended).fault.startswith("Stopped")
    assert engine.library.runs.all("four") == []
    assert run(engine, "default")["run"]


def test_what_gradio_is_given_are_updates_and_texts(engine: LocalEngine) -> None:
    assert all(isinstance(one, str | dict) for one in runs.show(engine, None, None, None))
    assert all(isinstance(one, str | dict) for one in trends.show(engine, None, "nDCG@10", None))
    assert all(isinstance(one, str | dict) for one in comparing.choices(engine, None, [], None))
    assert gr.skip() is not None
