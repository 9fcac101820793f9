"""Deleting for good: after `compact` no file below HOME/index holds a vector, a word or an id of a deleted record."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from corpus import Status
from tests.configs.conftest import Command
from tests.conftest import ROOT
from ui.engine import LocalEngine

QUERY = "harms of psychedelics"
SECRET = {
    "title": "Zyxomma therapy",
    "authors": ["Doe, Jane"],
    "year": 2024,
    "findings": ["Zyxomma therapy shortened quokkine latency by 12 minutes.", "Nothing else changed."],
}
SECRET_ID = "doe-2024-zyxomma-therapy"


def holders(folder: Path, patterns: list[bytes]) -> set[str]:
    """The files below a folder that hold any of the patterns."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and any(pattern in path.read_bytes() for pattern in patterns)}


def import_and_withdraw(engine: LocalEngine, tmp_path: Path) -> list[bytes]:
    """Put a record in every built index and take it out again; returns what of it must be gone: its vectors, a word, its id."""
    from corpus.importing import import_files

    (tmp_path / "secret.json").write_text(json.dumps(SECRET))
    import_files(engine.library, [tmp_path / "secret.json"])
    engine.sync(None)
    patterns = [b"quokkin", SECRET_ID.encode()]
    for chosen in engine.workshop.configurations.built():
        built = engine.workshop.built(chosen.search.spec)
        rows = built.state.passages_of([SECRET_ID])[SECRET_ID]
        assert built.matrix is not None
        patterns += [vector.tobytes()[:64] for vector in built.vectors.get([row.id for row in rows]).values()]
        patterns += [vector.tobytes()[:64] for vector in built.matrix.read([row.row for row in rows])]
    engine.library.set_status(SECRET_ID, Status.WITHDRAWN)
    return patterns


def test_nothing_of_a_deleted_record_is_left_in_any_file(engine: LocalEngine, home: Path, tmp_path: Path) -> None:
    engine.workshop.configurations.create("short", {"passage_tokens": "60"})
    engine.sync("short")
    patterns = import_and_withdraw(engine, tmp_path)
    engine.sync(None)
    left = holders(home / "index", patterns)
    assert any("chroma" in name for name in left)  # which is why the command exists
    assert any("vectors-" in name for name in left)
    before = {name: engine.search(QUERY, 5, [], name)["hits"] for name in ("default", "short")}
    report = engine.compact()
    assert (report["embedded"], report["removed"], len(report["indexes"])) == (0, [], 2)
    assert holders(home / "index", patterns) == set()
    assert {name: engine.search(QUERY, 5, [], name)["hits"] for name in before} == before
    assert all(check["ok"] for check in engine.doctor(rebuild=False))
    assert engine.sync(None)["passages"]["embedded"] == 0


def test_searches_go_on_while_everything_is_written_anew(engine: LocalEngine) -> None:
    before = engine.search(QUERY, 5, [], "default")["hits"]
    stop, failures = threading.Event(), []

    def keep_searching() -> None:
        while not stop.is_set():
            try:
                assert engine.search(QUERY, 5, [], "default")["hits"] == before
            except BaseException as error:
                failures.append(error)

    searching = threading.Thread(target=keep_searching)
    searching.start()
    engine.compact()
    stop.set()
    searching.join()
    assert failures == []


def test_what_nothing_here_can_use_is_deleted_and_a_lab_index_is_kept(engine: LocalEngine, home: Path, tmp_path: Path, command: Command) -> None:
    collection = tmp_path / "set"
    collection.mkdir()
    (collection / "corpus.jsonl").write_text('{"_id": "a", "title": "Ketamine", "text": "It acts on glutamate."}\n{"_id": "b", "text": "Something else."}\n')
    (collection / "queries.jsonl").write_text('{"_id": "q", "text": "glutamate"}\n')
    (collection / "qrels.tsv").write_text("q\ta\t1\n")
    assert engine.lab_run(str(collection), None, "nDCG@10", {}, rankings=False)["embedded"] == 2
    stray = home / "index" / ("0" * 16)
    shutil.copytree(next((home / "index").glob("*/state.sqlite")).parent, stray)
    assert engine.compact()["removed"] == ["0" * 16]
    assert not stray.exists()
    assert engine.lab_run(str(collection), None, "nDCG@10", {}, rankings=False)["embedded"] == 0
    engine.close()
    printed = command("compact", "--json").json
    assert set(printed) == {"indexes", "removed", "embedded", "bytes", "store", "seconds"}
    assert (printed["embedded"], printed["store"]) == (0, "embedded")
    assert "written anew" in command("compact").out


def killed(home: Path, models: Path, moment: float) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FLORILEGIUM_")}
    environment |= {"FLORILEGIUM_HOME": str(home), "FLORILEGIUM_MODELS": str(models)}
    program = [sys.executable, "-c", "from ui.cli import main; main()", "compact"]
    process = subprocess.Popen(program, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 60
    while not (home / "index" / "chroma-new").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(moment)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_and_look(command: Command, home: Path, models: Path, times: int) -> None:
    rng = random.Random(time.time())
    before = [hit["review_id"] for hit in command("search", QUERY, "--json").json["hits"]]
    for _ in range(times):
        killed(home, models, rng.uniform(0, 0.5))
    assert [hit["review_id"] for hit in command("search", QUERY, "--json").json["hits"]] == before
    report = command("sync", "--json").json
    assert (report["passages"]["embedded"], report["repaired"]) == (0, 0)
    assert command("compact").code == 0
    assert not [path for path in (home / "index").glob("chroma-*") if path.is_dir()]
    assert [hit["review_id"] for hit in command("search", QUERY, "--json").json["hits"]] == before


def test_killed_at_any_moment_the_store_is_whole_and_the_next_run_finishes(command: Command, home: Path, models_folder: Path) -> None:
    kill_and_look(command, home, models_folder, times=2)


@pytest.mark.soak
@pytest.mark.parametrize("_round", range(10))
def test_killed_again_and_again_the_store_is_whole(command: Command, home: Path, models_folder: Path, _round: int) -> None:
    kill_and_look(command, home, models_folder, times=3)
