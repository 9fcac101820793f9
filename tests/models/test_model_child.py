"""The embedded model's child process, with a small real model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.models import EmbeddedServer, Endpoint
from assistant.models.processes import child_command
from assistant.models.serve_gguf import KEY_VARIABLE
from corpus.errors import UnavailableError

Eventually = Callable[[Callable[[], bool], float], bool]

OWNER = """
import sys, time
from pathlib import Path
from assistant.models import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), context_tokens=512)
server.endpoint()
print(server.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def server(small_gguf: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(small_gguf, context_tokens=512) as started:
        yield started


def ask(endpoint: Endpoint, key: str | None = None) -> tuple[int, dict[str, object]]:
    body = {"model": endpoint.model, "messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 8, "temperature": 0}
    headers = {"Authorization": f"Bearer {endpoint.api_key if key is None else key}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{endpoint.base_url}/chat/completions", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and is not yet collected counts as ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip()) and not done.stdout.strip().startswith("Z")


def test_nothing_starts_before_it_is_used(small_gguf: Path) -> None:
    assert EmbeddedServer(small_gguf).pid is None


def test_it_answers_on_loopback_with_its_key_only(server: EmbeddedServer) -> None:
    endpoint = server.endpoint()
    assert endpoint.base_url.startswith("http://127.0.0.1:")
    assert endpoint.base_url.endswith("/v1")
    status, answer = ask(endpoint)
    assert status == 200
    assert answer["model"] == endpoint.model
    assert ask(endpoint, key="guess")[0] == 401
    assert server.endpoint() == endpoint
    assert endpoint.api_key not in repr(endpoint)


def test_the_key_is_not_on_the_command_line_and_priority_is_low(server: EmbeddedServer) -> None:
    endpoint = server.endpoint()
    shown = subprocess.run(["ps", "-ww", "-o", "ni=,args=", "-p", str(server.pid)], capture_output=True, text=True, check=True).stdout
    assert "serve_gguf" in shown
    assert endpoint.api_key not in shown
    assert int(shown.split()[0]) >= min(19, os.nice(0) + 10)


def test_the_same_prompt_is_read_from_the_cache(server: EmbeddedServer) -> None:
    endpoint = server.endpoint()
    ask(endpoint)
    _, answer = ask(endpoint)
    timings = answer["timings"]
    assert isinstance(timings, dict)
    assert timings["cache_n"] > timings["prompt_n"]


def test_it_outlives_the_thread_that_first_used_it(small_gguf: Path) -> None:
    with EmbeddedServer(small_gguf, context_tokens=512) as server:
        endpoints: list[Endpoint] = []
        threads = [threading.Thread(target=lambda: endpoints.append(server.endpoint())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(endpoints)) == 1  # four callers, one child
        assert ask(endpoints[0])[0] == 200


def test_after_a_crash_it_is_started_again_and_at_last_refused(small_gguf: Path, eventually: Eventually) -> None:
    with EmbeddedServer(small_gguf, context_tokens=512) as server:
        seen = set()
        for _ in range(3):
            endpoint = server.endpoint()
            assert endpoint not in seen
            assert ask(endpoint)[0] == 200
            seen.add(endpoint)
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            assert eventually(lambda: server.pid is None, 3)
        with pytest.raises(UnavailableError, match="SIGKILL"):
            server.endpoint()


def test_stop_ends_it_and_it_can_be_started_again(small_gguf: Path, eventually: Eventually) -> None:
    server = EmbeddedServer(small_gguf, context_tokens=512)
    first = server.endpoint()
    pid = server.pid
    assert pid is not None
    server.stop()
    assert not is_alive(pid)
    assert server.pid is None
    server.stop()
    assert server.endpoint() != first
    server.stop()


def test_stop_during_the_start(small_gguf: Path, eventually: Eventually) -> None:
    server = EmbeddedServer(small_gguf, context_tokens=512)
    failures: list[UnavailableError] = []

    def start() -> None:
        try:
            server.endpoint()
        except UnavailableError as error:
            failures.append(error)

    starter = threading.Thread(target=start)
    starter.start()
    assert eventually(lambda: server.pid is not None, 10)
    server.stop()
    starter.join(10)
    assert not starter.is_alive()
    assert server.pid is None
    assert not failures or "stopped while it started" in str(failures[0])


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_its_owner(small_gguf: Path, how: signal.Signals, eventually: Eventually) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, str(small_gguf)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        child = int(owner.stdout.readline())
        assert is_alive(child)
        owner.send_signal(how)
        owner.wait(5)
        assert eventually(lambda: not is_alive(child), 3)


def test_the_end_of_its_input_alone_ends_it(small_gguf: Path) -> None:
    """Where the kernel gives no signal (macOS), the closed pipe has to do."""
    command = child_command("serve_gguf.py", f"--gguf={small_gguf}", "--alias=a", "--context-tokens=512", "--threads=1")
    environment = {**os.environ, KEY_VARIABLE: "key"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert "url" in json.loads(child.stdout.readline())
        child.stdin.close()
        assert child.wait(3) == 0


@pytest.mark.parametrize("damage", ["cut short", "not a model", "empty", "absent", "broken header"])
def test_damaged_file(small_gguf: Path, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "damaged.gguf"
    with small_gguf.open("rb") as file:
        start = file.read(200_000)
    if damage == "cut short":
        path.write_bytes(start)
    elif damage == "broken header":
        path.write_bytes(start[:24] + b"\xff" * 100 + start[124:])
    elif damage != "absent":
        path.write_bytes(b"" if damage == "empty" else b"hello")
    server = EmbeddedServer(path)
    with pytest.raises(UnavailableError) as refusal:
        server.endpoint()
    assert str(path) == refusal.value.where
    assert refusal.value.remedy
    assert server.pid is None


def test_a_start_that_takes_too_long_is_given_up(small_gguf: Path, eventually: Eventually) -> None:
    server = EmbeddedServer(small_gguf, start_seconds=0.05)
    with pytest.raises(UnavailableError, match="no answer within"):
        server.endpoint()
    assert eventually(lambda: server.pid is None, 3)


def test_nothing_is_printed_and_the_log_is_written_where_it_was_asked(
    small_gguf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], eventually: Eventually
) -> None:
    log = tmp_path / "model.log"
    with EmbeddedServer(small_gguf, context_tokens=512, log=log) as server:
        ask(server.endpoint(), key="guess")
        assert eventually(lambda: "unauthorized" in log.read_text(), 10)  # the server writes its log beside its answers
    assert capfd.readouterr() == ("", "")
