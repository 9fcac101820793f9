"""The scripted server, spoken to by the client that speaks to real ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from assistant.models import OpenedModel, open_chat_model
from assistant.models.scripted import Messages, Reply, ScriptedServer

TEXT = "Ketamine lowered the scores [E1].\nIt lasted  seven days [E2]."


Open = Callable[..., OpenedModel]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Open the model of a server; all are closed at the end."""
    with ExitStack() as stack:

        def open_one(server: ScriptedServer, timeout_seconds: float = 10.0) -> OpenedModel:
            name = server.url
            model = open_chat_model(name, models_folder=Path("/nowhere"), max_tokens=50, timeout_seconds=timeout_seconds)
            return stack.enter_context(model)

        yield open_one


def test_invoke_and_stream_give_the_text(opened: Open) -> None:
    with ScriptedServer([TEXT]) as server:
        model = opened(server).model()
        assert model.invoke("question").content == TEXT
        pieces = [str(chunk.content) for chunk in model.stream("question")]
        assert "".join(pieces) == TEXT
        assert len(pieces) > 5


def test_requests_are_kept_and_bounded(opened: Open) -> None:
    with ScriptedServer(["a", "b"]) as server:
        model = opened(server).model()
        assert [model.invoke([("system", "s"), ("user", "q")]).content for _ in range(3)] == ["a", "b", "b"]
        body = server.requests[0]
        assert body["messages"] == [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}]
        assert body["max_tokens"] == 50
        assert "max_completion_tokens" not in body
        assert body["temperature"] == 0
        assert body["model"] == "scripted"  # asked of the server, since the address named none


def test_a_function_may_answer(opened: Open) -> None:
    def echo(messages: Messages) -> str:
        return f"you said {messages[-1]['content']}"

    with ScriptedServer(echo) as server:
        assert opened(server).model().invoke("hello").content == "you said hello"


@pytest.mark.parametrize("status", [429, 500])
def test_failures(opened: Open, status: int) -> None:
    with ScriptedServer([Reply(status=status), "fine"]) as server:
        model = opened(server).model()
        with pytest.raises(Exception, match=f"{status}.*scripted failure"):
            model.invoke("question")
        assert len(server.requests) == 1  # nothing is tried again behind the caller's back
        assert model.invoke("question").content == "fine"


def test_cut_off_by_the_token_limit_is_said(opened: Open) -> None:
    with ScriptedServer([Reply("half a", finish="length")]) as server:
        assert opened(server).model().invoke("question").response_metadata["finish_reason"] == "length"
        last = [chunk.response_metadata.get("finish_reason") for chunk in opened(server).model().stream("question")]
        assert "length" in last


@pytest.mark.parametrize("drop_after", [0, 2])
def test_dropped_connection(opened: Open, drop_after: int) -> None:
    with ScriptedServer([Reply(TEXT, drop_after=drop_after)]) as server:
        model = opened(server).model()
        with pytest.raises(Exception, match=r"(?i)connect|closed|incomplete|disconnect"):
            model.invoke("question")
        received: list[str] = []
        with pytest.raises(Exception, match=r"(?i)connect|closed|incomplete|disconnect"):
            received.extend(str(chunk.content) for chunk in model.stream("question"))
        assert "".join(received) == " ".join(TEXT.split(" ")[:drop_after])


def test_time_out(opened: Open) -> None:
    with ScriptedServer([Reply("late", delay_seconds=5)]) as server:
        began = time.monotonic()
        with pytest.raises(Exception, match=r"(?i)timed out"):
            opened(server, timeout_seconds=0.3).model().invoke("question")
        assert time.monotonic() - began < 3


def test_many_at_once(opened: Open) -> None:
    def echo(messages: Messages) -> str:
        return str(messages[-1]["content"])

    with ScriptedServer(echo) as server:
        shared = opened(server)
        answers: dict[int, object] = {}

        def ask(number: int) -> None:
            answers[number] = shared.model().invoke(str(number)).content

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == {number: str(number) for number in range(8)}


def test_an_empty_script_is_refused() -> None:
    with pytest.raises(ValueError, match="reply"):
        ScriptedServer([])
