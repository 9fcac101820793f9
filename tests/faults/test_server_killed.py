"""`kill -9` of the server in the middle of its work: what it said was kept is there, what was half done is not, and it starts again as if nothing had been."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from assistant.models.scripted import Reply, ScriptedServer
from benchmarks.visitor import Visitor
from corpus import Library
from corpus.lab import TestQuery
from tests.faults.conftest import QUESTION, Run, Serve, answer_of
from tests.scale.site import Web

pytestmark = pytest.mark.slow
SET, RECORDS = "killed", 4_000


def opened(home: Path) -> Library:
    return Library(f"sqlite:///{home / 'library.sqlite'}")


def judge(web: Web, queries: list[str], reviews: list[str], acknowledged: list[tuple[str, str, int]]) -> None:
    """Judge pair after pair until the server is gone; what it acknowledged is noted after its answer."""
    url = f"http://127.0.0.1:{web.port}"
    with httpx.Client(base_url=url, headers={"Origin": url}, timeout=20, trust_env=False) as client:
        for number in range(100_000):
            given = (queries[number % len(queries)], reviews[number % len(reviews)], number % 4)
            try:
                answer = client.post("/lab/judge/grade", json=dict(zip(("query", "review", "grade"), given, strict=True)) | {"set": SET})
            except httpx.TransportError:
                return
            assert answer.json() == {"saved": True}, answer.text
            acknowledged.append(given)


def test_in_mid_answer_and_mid_judgement(home: Path, run: Run, serve: Serve) -> None:
    kept = answer_of(run("ask", QUESTION, "--json"))
    with closing(opened(home)) as library:
        library.sets.create(SET, "")
        library.sets.put(SET, [TestQuery(f"q{number}", f"Question {number}?") for number in range(5)])
        reviews = sorted(library.statuses())
    with ScriptedServer([Reply("Ketamine blocks NMDA receptors and raises glutamate. " * 20, pause_seconds=0.2)]) as model:
        web = serve(FLORILEGIUM_MODEL=f"{model.url}#scripted")
        asked: list[int] = []
        asking = threading.Thread(target=lambda: asked.append(run("ask", QUESTION, "--json").code))
        acknowledged: list[tuple[str, str, int]] = []
        judging = threading.Thread(target=judge, args=(web, [f"q{number}" for number in range(5)], reviews, acknowledged))
        asking.start()
        judging.start()
        deadline = time.monotonic() + 30
        while (not model.requests or len(acknowledged) < 20) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert model.requests, "the model was not asked"
        web.stop()  # SIGKILL
        asking.join(60)
        judging.join(60)
    assert asked == [3], "the one who asked was told"
    with closing(opened(home)) as library:
        assert library.integrity() == ""
        held = {(each.query_id, each.review_id): each.grade for each in library.judgements.of(SET)}
        said = {(query, review): grade for query, review, grade in acknowledged}
        following = len(acknowledged)  # may have been written before its answer could arrive
        under_way = (f"q{following % 5}", reviews[following % len(reviews)])
        assert {pair: grade for pair, grade in held.items() if pair != under_way} == {pair: grade for pair, grade in said.items() if pair != under_way}
        assert held.get(under_way) in (said.get(under_way), following % 4)
        assert library.answers.get(kept["id"])["sentences"]
    again = serve()
    assert answer_of(run("ask", QUESTION, "--json"))["sentences"] == kept["sentences"]
    assert run("doctor").code == 0
    again.stop()


@pytest.mark.soak  # tests/corpus/test_import_killed.py kills a process that imports
def test_in_mid_import_by_the_page(home: Path, run: Run, serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_text("\n".join(json.dumps({"title": f"Work {number}", "doi": f"10.1000/{number}", "summary": "Said."}) for number in range(RECORDS)))
    with closing(opened(home)) as library:
        before = (library.revision(), library.count(), len(library.batches()))
    web = serve()

    async def bring_in() -> None:
        async with Visitor(f"http://127.0.0.1:{web.port}") as visitor:
            await visitor.bring_in(file)

    def ignoring() -> None:
        try:
            asyncio.run(bring_in())
        except httpx.TransportError:
            return

    importing = threading.Thread(target=ignoring)
    importing.start()
    assert writing(home), "the import did not begin"
    web.stop()  # SIGKILL
    importing.join(30)
    with closing(opened(home)) as library:
        assert (library.revision(), library.count(), len(library.batches())) == before, "all of it or nothing"
        assert library.integrity() == ""
    assert answer_of(run("import", str(file), "--json"))["added"] == RECORDS


def writing(home: Path, seconds: float = 60.0) -> bool:
    """Whether somebody holds the library's write lock for longer than a moment, as an import does."""
    deadline, held = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        with closing(sqlite3.connect(home / "library.sqlite", timeout=0, isolation_level=None)) as raw:
            try:
                raw.execute("BEGIN IMMEDIATE")
                raw.execute("ROLLBACK")
                held = 0
            except sqlite3.OperationalError:
                held += 1
        if held >= 3:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.soak  # tests/index/test_sync_killed.py kills a process that syncs
def test_in_mid_sync(home: Path, run: Run, serve: Serve) -> None:
    web = serve()
    lines = "\n".join(
        json.dumps({"title": f"Xylophone study {number}", "summary": f"Xylophones helped {number} people to sleep. " * 8}) for number in range(150)
    )
    assert run("import", "-", stdin=lines).code == 0
    manifest = next(home.glob("index/*/state.sqlite"))
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with closing(sqlite3.connect(manifest, timeout=5)) as raw:
            if raw.execute("SELECT value FROM meta WHERE key = 'clean'").fetchone() == ("0",):
                break
        time.sleep(0.02)
    else:
        pytest.fail("no sync began")
    web.stop()  # SIGKILL
    serve()
    assert run("doctor").code == 0
    assert answer_of(run("sync", "--json"))["reviews"] == 156
    assert all("Xylophone" in hit["title"] for hit in answer_of(run("search", "xylophone sleep", "--json"))["hits"])
