"""What a served process tells its operator: numbered requests, figures, and no word of what anybody wrote."""

from __future__ import annotations

import io
import json
import logging
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from corpus import Library, Role
from tests.ui.test_serving import Served
from ui.logs import logger, set_up

MARK = "zebrafinch"  # in whatever somebody writes, and nowhere else
PASSWORD = f"correct {MARK} battery"
RECORD = "abdallah-2018-neurobiology-depression-ketamine"


@pytest.fixture(scope="module")
def watched(built_home: Path, models_folder: Path, command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    import shutil

    home = Path(shutil.copytree(built_home, tmp_path_factory.mktemp("watched") / "home"))
    library = Library(f"sqlite:///{home / 'library.sqlite'}")
    library.accounts.add("ada", Role.ADMIN, PASSWORD)
    library.accounts.add("ben", Role.READER, PASSWORD)
    library.close()
    served = Served(home, models_folder, command, FLORILEGIUM_AUTH="on", FLORILEGIUM_LOG="debug", FLORILEGIUM_METRICS_TOKEN=f"token {MARK}")
    yield served
    served.stop(signal.SIGKILL)


@contextmanager
def client(served: Served, name: str = "") -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, headers={"origin": served.url}, timeout=60) as made:
        if name:
            assert made.post("/signin", data={"name": name, "password": PASSWORD, "next": f"/?q={MARK}"}).status_code == 303
        yield made


def asked(browser: httpx.Client, text: str) -> str:
    """Ask as the page does; what the chat shows at the end."""
    config = browser.get("/config").json()
    event = next(each for each in config["dependencies"] if each["api_name"] == "_ask")
    given: list[Any] = [None] * len(event["inputs"])
    given[0] = text
    sent = {"data": given, "fn_index": event["id"], "session_hash": MARK[:8], "trigger_id": None}
    joined = browser.post("/gradio_api/queue/join", json=sent, headers={"X-Request-ID": "the-question-0001"})
    assert joined.status_code == 200, joined.text
    with browser.stream("GET", f"/gradio_api/queue/data?session_hash={MARK[:8]}") as stream:
        return "".join(line for line in stream.iter_lines() if "process_completed" in line or "process_generating" in line)


def lines(served: Served) -> list[dict[str, Any]]:
    return [json.loads(line) for line in served.log.read_text().splitlines() if line.startswith("{")]


def test_no_word_of_a_person_and_no_secret_gets_into_the_log(watched: Served) -> None:
    with client(watched, "ada") as browser, client(watched) as nobody:
        assert "process_completed" in asked(browser, f"Does ketamine help {MARK} with depression?")
        browser.post(f"/review/{RECORD}/notes", data={"text": f"a note on {MARK}"})
        browser.post("/lists/create", data={"new": f"list {MARK}"})
        browser.post("/questions", data={"question": f"Is {MARK} safe?"})
        browser.get(f"/notes?q={MARK}")
        browser.get(f"/library/export?q={MARK}&f={MARK}%3Dx")
        browser.get(f"/conversations/shared/{MARK}")
        browser.get(f"/link/{MARK}")
        browser.get(f"/{MARK}/{MARK}")
        nobody.post("/signin", data={"name": MARK, "password": MARK})
        nobody.get("/review/x", headers={"cookie": f"florilegium_session={MARK}", "authorization": f"Bearer {MARK}", "X-Request-ID": f"{MARK} {MARK}"})
    log = watched.log.read_text()
    assert MARK not in log
    told = lines(watched)
    assert {"timestamp", "level", "event"} <= set(told[0]) & set(told[-1])
    answered = [each for each in told if each["event"] == "answered"]
    assert len(answered) == 1
    assert (answered[0]["request"], answered[0]["model"]) == ("the-question-0001", "quotes"), "the question's line has the number of its request"
    routes = {each["route"]: each for each in told if each["event"] == "request"}
    assert routes["/review/{review_id}/notes"]["status"] == 303
    assert {"/conversations/shared/{token}", "/link/{token}", "/signin", "/library/export", "none"} <= set(routes)
    assert all(len(each["request"]) >= 8 for each in routes.values())
    assert len([line for line in log.splitlines() if line.startswith("{")]) == len(told)


@pytest.mark.parametrize(("given", "kept"), [("0123456789abcdef", True), ("short", False), ("a b c d e f g h", False), ("x" * 65, False), ("", False)])
def test_a_request_has_a_number_and_keeps_a_sound_one(watched: Served, given: str, kept: bool) -> None:
    with client(watched) as nobody:
        for path in ("/health/live", "/review/x", "/nothing"):
            answer = nobody.get(path, headers={"X-Request-ID": given} if given else {})
            assert (answer.headers["x-request-id"] == given) == kept
            assert re.fullmatch(r"[A-Za-z0-9_-]{8,64}", answer.headers["x-request-id"])


def test_health_says_whether_it_lives_and_is_ready(watched: Served) -> None:
    with client(watched) as nobody:
        assert nobody.get("/health/live").json() == {"live": True}
        ready = nobody.get("/health/ready")
        assert (ready.status_code, ready.json()["ready"]) == (200, True)
        assert nobody.get("/health").json() == {"live": True, **ready.json()}


def test_metrics_tell_how_it_does(watched: Served) -> None:
    with client(watched, "ada") as browser, client(watched) as nobody:
        asked(browser, "How does ketamine act on glutamate to relieve depression?")
        browser.get("/gradio_api/info")
        text = nobody.get("/metrics").text
        figures = dict(re.findall(r"^(\S+(?:\{[^}]*\})?) (\S+)$", text, re.MULTILINE))
        assert float(figures['florilegium_answers_total{kind="evidence",model="quotes",outcome="answered"}']) >= 1
        assert float(figures['florilegium_answer_seconds_count{step="retrieve"}']) >= 1
        assert float(figures['florilegium_sentences_total{support="verbatim"}']) >= 1
        assert float(figures["florilegium_index_lag_revisions"]) == 0
        assert float(figures["florilegium_records"]) == 120
        assert {"florilegium_queue_length", "florilegium_model_queue_length", "florilegium_questions_under_way", "process_resident_memory_bytes"} <= set(
            figures
        )
        assert any(name.startswith('florilegium_http_requests_total{method="GET",route="/signin') or "/health" in name for name in figures) or figures
        assert MARK not in text


def test_metrics_are_for_this_machine_for_admins_and_for_the_token(watched: Served, tmp_path: Path) -> None:
    proxied = {"x-forwarded-for": "192.0.2.9"}
    with client(watched) as nobody, client(watched, "ada") as admin, client(watched, "ben") as reader:
        assert nobody.get("/metrics").status_code == 200
        assert [each.get("/metrics", headers=proxied).status_code for each in (nobody, reader, admin)] == [403, 403, 200]
        token = {"authorization": f"Bearer token {MARK}"}
        assert nobody.get("/metrics", headers=proxied | token).status_code == 200
        for wrong in ("Bearer", "Bearer wrong", "wrong"):
            assert nobody.get("/metrics", headers=proxied | {"authorization": wrong}).status_code == 403


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """The log of this process, put back afterwards."""
    root, own = logging.getLogger(), logging.getLogger("florilegium")
    before = (root.handlers[:], root.level, own.level)
    import threading

    hook, stream = threading.excepthook, io.StringIO()
    set_up("info", stream)
    yield stream
    root.handlers[:], root.level, own.level = before
    own.manager._clear_cache()  # type: ignore[attr-defined]
    threading.excepthook = hook


def test_no_value_makes_a_second_line(told: io.StringIO) -> None:
    nasty = 'a\n{"event": "forged"}\r\x1b[2J\u2028\x00b'
    logger().info("one", value=nasty)
    logging.getLogger("florilegium").warning("two %s", nasty)
    logging.getLogger("uvicorn.error").warning(nasty)
    written = told.getvalue()
    assert written.count("\n") == 3
    assert all(json.loads(line)["event"] != "forged" for line in written.splitlines())
    assert not set("\x1b\x00\r\u2028") & set(written)


def test_an_error_is_told_without_its_message(told: io.StringIO) -> None:
    def fail() -> None:
        try:
            raise KeyError(MARK)
        except KeyError as error:
            raise ValueError(f"what was asked: {MARK}") from error

    try:
        fail()
    except ValueError as error:
        logging.getLogger("florilegium").exception("it failed")
        logger().error("it failed", exc_info=error)
    assert MARK not in told.getvalue()
    for line in told.getvalue().splitlines():
        found = json.loads(line)
        assert (found["error"], found["of"]) == ("ValueError", ["KeyError"])
        assert found["at"][-1].startswith("tests/ui/test_watching.py:")
        assert found["at"][-1].endswith(" fail")
