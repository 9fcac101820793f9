"""A real Chroma server for the vectors: several processes at once, no owner lock, the results of the embedded store."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.configs.conftest import Command
from tests.conftest import ROOT, SAMPLE

QUERIES = ("ketamine for depression", "harms of psychedelics", "placebo", "mechanisms in the brain")
#: Chroma's client leaves its connections to the garbage collector, which warns of them.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
COMMAND = [sys.executable, "-c", "from ui.cli import main; main()"]


class Server:
    """`chroma run` on a free port, over a folder that outlives it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        program = [str(Path(sys.executable).parent / "chroma"), "run", "--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder.parent)
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=5).close()
                return
            except OSError:
                assert time.monotonic() < deadline, "the Chroma server did not start"
                time.sleep(0.1)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "server")
    yield made
    made.stop()
    for left in gc.get_objects():  # Chroma's clients close no connection; left alone they would warn in whatever test is running when they go
        if type(left) is httpx.Client:  # not isinstance: that asks every object for its class, and lazy ones of torch warn
            left.close()


def found(command: Command, *options: str) -> list[list[tuple[str, float]]]:
    results = [command("search", query, "-k", "20", "--json", *options) for query in QUERIES]
    assert [result.code for result in results] == [0] * len(QUERIES), results[0].err
    return [[(hit["review_id"], round(hit["score"], 3)) for hit in result.json["hits"]] for result in results]


def test_a_server_gives_what_the_embedded_store_gives_and_several_processes_use_it_at_once(
    command: Command, home: Path, server: Server, models_folder: Path
) -> None:
    embedded = found(command)
    at_server = ("--chroma-url", server.url)
    report = command("sync", *at_server, "--json").json
    assert (report["passages"]["embedded"], report["repaired"] > 0) == (0, True)  # the vectors are copied, not made again
    assert found(command, *at_server) == embedded

    assert command("import", str(sorted(SAMPLE.glob("*.md"))[20])).code == 0
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FLORILEGIUM_")}
    environment |= {"FLORILEGIUM_HOME": str(home), "FLORILEGIUM_MODELS": str(models_folder), "FLORILEGIUM_CHROMA_URL": server.url}
    words = (["sync"], ["search", QUERIES[0]], ["ask", "Does ketamine help in depression?", "--model", "quotes"], ["doctor"])
    together = [subprocess.Popen([*COMMAND, *each], env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for each in words]
    for process in together:
        out, err = process.communicate(timeout=240)
        assert (process.returncode, bool(out)) == (0, True), err
    assert command("sync", *at_server, "--json").json["passages"]["embedded"] == 0
    after = found(command, *at_server)
    assert command("doctor", *at_server).code == 0
    assert command("sync", "--json").json["reviews"] == 6  # the embedded store is brought in step too
    assert found(command) == after


def test_a_server_that_is_gone_is_named_and_one_that_is_back_is_used(command: Command, server: Server, tmp_path: Path) -> None:
    at_server = ("--chroma-url", server.url)
    assert command("sync", *at_server).code == 0
    before = found(command, *at_server)
    server.stop()
    gone = command("sync", *at_server)
    assert (gone.code, gone.out, gone.err.count("\n")) == (3, "", 1), gone
    assert server.url in gone.err
    assert "chroma run" in gone.err
    assert found(command, *at_server) == before, "so few passages are found without the server"
    server.start()
    assert found(command, *at_server) == before
    server.stop()
    shutil.rmtree(server.folder)
    server.start()  # with nothing in it any more
    assert command("sync", *at_server, "--json").json["passages"]["embedded"] == 0
    assert found(command, *at_server) == before


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://127.0.0.1", "http://", "http://127.0.0.1:port", "http://127.0.0.1:1/path"])
def test_what_is_no_address_is_refused(command: Command, url: str) -> None:
    refused = command("search", "x", "--chroma-url", url)
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1), refused
