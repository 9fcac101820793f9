"""`serve`, its owner lock, and commands that go through it: with real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.ui.conftest import Run, environment


class Served:
    """A `serve` of a home, on a free port."""

    def __init__(self, home: Path, models: Path, command: list[str], model: str = "quotes", auth: str = "auto", **settings: str) -> None:
        self.home = home
        self.log = home.parent / f"{home.name}.log"
        env = environment(home, models, model) | {"FLORILEGIUM_AUTH": auth} | settings
        with self.log.open("w") as log:  # a pipe that nobody reads would fill
            self.process = subprocess.Popen([*command, "serve", "--port", "0"], env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "ready at http://127.0.0.1:" in line, (line, self.log.read_text())
        self.url = line.split()[4]

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, headers=headers), timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def stop(self, how: int = signal.SIGINT) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(60)
        finally:
            self.process.kill()
            self.process.wait()
            if self.process.stdout:
                self.process.stdout.close()


@pytest.fixture
def served(home: Path, models_folder: Path, command: list[str]) -> Iterator[Served]:
    running = Served(home, models_folder, command)
    yield running
    running.stop(signal.SIGKILL)


def test_commands_go_through_the_live_serve_and_say_the_same(served: Served, run: Run, built_home: Path) -> None:
    through = run("search", "ketamine glutamate", "--json", home=served.home).json
    direct = run("search", "ketamine glutamate", "--json", home=built_home).json
    assert [hit["review_id"] for hit in through["hits"]] == [hit["review_id"] for hit in direct["hits"]]
    answer = run("ask", "Is microdosing better than placebo?", "--json", home=served.home)
    assert answer.code == 0
    assert answer.json["model"] == "quotes"
    assert run("sync", "--json", home=served.home).json["passages"]["embedded"] == 0
    assert run("doctor", home=served.home).code == 0
    refused = run("search", "x", "--filter", "colour=red", home=served.home)
    assert (refused.code, refused.err.count("\n")) == (2, 1)


def test_a_command_through_the_live_serve_loads_no_database_and_no_vectors() -> None:
    heavy = ("sqlalchemy", "alembic", "numpy", "chromadb", "httpx", "fastapi", "gradio")
    code = f"import sys, ui.cli.app, ui.remote, ui.settings; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_import_is_never_blocked_and_is_searchable_within_seconds(served: Served, run: Run) -> None:
    record = {
        "title": "Xylophone therapy for insomnia",
        "authors": ["Doe, Jane"],
        "year": 2024,
        "findings": ["Xylophone therapy shortened sleep latency by 12 minutes."],
    }
    assert run("import", "-", home=served.home, stdin=json.dumps(record).encode()).code == 0
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        hits = run("search", "xylophone therapy", "-k", "1", "--json", home=served.home).json["hits"]
        if hits and "Xylophone" in hits[0]["title"]:
            return
        time.sleep(0.3)
    pytest.fail("the new record was not found")


def test_a_second_serve_is_refused_and_a_dead_one_is_not_believed(served: Served, run: Run, models_folder: Path, command: list[str]) -> None:
    second = run("serve", "--port", "0", home=served.home)
    assert second.code == 3
    assert "served already" in second.err
    served.stop(signal.SIGKILL)
    assert (served.home / "run" / "serve.json").exists()
    assert run("search", "ketamine", "--json", home=served.home).json["hits"]
    again = Served(served.home, models_folder, command)
    again.stop()
    assert not (served.home / "run" / "serve.json").exists()


def test_serve_note_is_private_and_the_local_api_needs_its_token(served: Served) -> None:
    note = served.home / "run" / "serve.json"
    assert note.stat().st_mode & 0o777 == 0o600
    url = json.loads(note.read_text())["url"]
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Origin": url}):
        request = urllib.request.Request(f"{url}/api/local/ask", data=b"{}", headers=headers, method="POST")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=20)
        assert refused.value.code in (401, 403)
        refused.value.close()


def test_another_holder_is_waited_for_then_named(home: Path, run: Run, models_folder: Path, command: list[str]) -> None:
    code = (
        "import sys, time; from pathlib import Path; from index import OwnerLock; OwnerLock(Path(sys.argv[1])).acquire();"
        "print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([command[0], "-c", code, str(home / "index" / "owner.lock")], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        blocked = run("search", "ketamine", home=home)
        assert blocked.code == 3
        assert str(holder.pid) in blocked.err
        assert run("show", "abdallah-2018-neurobiology-depression-ketamine", home=home).code == 0
        assert run("import", "-", home=home, stdin=b'{"title": "T", "abstract": "Words."}').code == 0
    finally:
        holder.kill()
        holder.wait()
        if holder.stdout:
            holder.stdout.close()
    assert run("search", "ketamine", home=home).code == 0


def test_a_taken_port_is_named(served: Served, built_home: Path, run: Run, tmp_path: Path) -> None:
    port = served.url.rpartition(":")[2]
    done = run("serve", "--port", port, home=tmp_path / "other")
    assert done.code == 3
    assert f"port {port} is taken" in done.err


def test_a_public_address_is_refused_without_a_name_an_admin_and_accounts(run: Run, tmp_path: Path) -> None:
    for host, remedy in (("0.0.0.0", "FLORILEGIUM_PUBLIC_URL"), ("192.0.2.7", "florilegium user add")):
        done = run("serve", "--host", host, "--port", "0", home=tmp_path / "other")
        assert (done.code, done.out, done.err.count("\n")) == (2 if "URL" in remedy else 3, "", 1)
        assert remedy in done.err


def test_record_pages_mark_the_words_on_the_server(served: Served, run: Run) -> None:
    record = run("show", "abdallah-2018-neurobiology-depression-ketamine", "--json", home=served.home).json
    status, page = served.get(f"/review/{record['id']}?at=findings%5B1%5D:0-24&rev=1")
    assert status == 200
    assert f'<mark id="marked">{record["findings"][1][:24]}</mark>' in page
    assert served.get("/review/no-such-record")[0] == 404
    assert "not in this record any more" in served.get(f"/review/{record['id']}?at=findings%5B99%5D:0-5")[1]
    assert served.get("/health")[0] == 200
    assert served.get("/health", Host="evil.example")[0] == 403


def test_a_signal_in_the_very_moment_of_being_ready_ends_it(home: Path, models_folder: Path, command: list[str]) -> None:
    for how in (signal.SIGINT, signal.SIGTERM):
        running = Served(home, models_folder, command)
        running.stop(how)
        assert running.process.returncode == 0


def test_the_server_ends_on_a_signal_and_leaves_nothing_behind(served: Served) -> None:
    served.stop(signal.SIGTERM)
    assert not (served.home / "run" / "serve.json").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(served.process.pid, 0)
