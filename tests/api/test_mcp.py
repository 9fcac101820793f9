"""The MCP server, asked by the protocol's own client: over the standard streams of a real process, and over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from tests.api.conftest import KETAMINE
from tests.conftest import ROOT
from tests.ui.conftest import environment
from ui.web.access import Access

TOOLS = {"search", "ask", "get_review", "count_reviews"}
Start = Callable[[Access | None], str]
COMMAND = ["-c", "import sys; from ui.cli import main; main()", "mcp"]


def stdio(home: Path, models: Path) -> StdioServerParameters:

    return StdioServerParameters(command=sys.executable, args=COMMAND, env=environment(home, models), cwd=ROOT)


async def _used(client: Client) -> None:
    """Every tool, and what the list says of them."""
    listed = (await client.list_tools()).tools
    assert {tool.name for tool in listed} == TOOLS
    for tool in listed:
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        assert tool.input_schema["additionalProperties"] is False

    async def call(name: str, **given: Any) -> Any:
        done = await client.call_tool(name, given)
        assert not done.is_error, done.content
        return done.structured_content, done.content[0].text  # type: ignore[union-attr]

    found, text = await call("search", query="ketamine depression", k=2, filters=["year>=2010"])
    assert [hit["rank"] for hit in found["hits"]] == [1, 2]
    assert all(hit["review_id"] in text for hit in found["hits"])
    record, text = await call("get_review", id=KETAMINE)
    assert (record["id"], KETAMINE in text) == (KETAMINE, True)
    counted, text = await call("count_reviews", filters=["substances=ketamine"])
    assert text.startswith(f"{counted['count']} records.")
    answer, text = await call("ask", question="How does ketamine act in depression?")
    assert answer["sentences"]
    assert "[1]" in text
    assert "draft" not in answer
    followed, _ = await call("ask", question="And in bipolar disorder?", after=answer["id"])
    assert "ketamine" in followed["standalone_question"].lower()
    for name, given, said in (
        ("search", {"query": "x", "filters": ["colour=red"]}, "The fields are"),
        ("search", {}, "query: Field required"),
        ("search", {"query": "x", "k": 1000}, "k: "),
        ("get_review", {"id": "none"}, "no record"),
        ("ask", {"question": "x", "model": "gguf:/etc/passwd"}, "model: "),
    ):
        failed = await client.call_tool(name, given)
        assert failed.is_error
        assert said in failed.content[0].text  # type: ignore[union-attr]
    with pytest.raises(Exception, match="there is no tool 'edit'"):
        await client.call_tool("edit", {"id": KETAMINE})


@pytest.mark.slow
def test_over_the_standard_streams_of_a_real_process(home: Path, models_folder: Path) -> None:
    async def go() -> None:
        async with Client(stdio(home, models_folder)) as client:
            await _used(client)

    anyio.run(go)


@pytest.mark.slow
def test_standard_output_carries_nothing_but_the_protocol(home: Path, models_folder: Path, tmp_path: Path) -> None:
    """What a part of the program prints meanwhile, natively or not, goes elsewhere; here on purpose."""

    noisy = (
        "import os, sys; import ui.desk; before = ui.desk.Desk.count\n"
        "def count(self, filters):\n    print('noise'); os.write(1, b'native noise'); return before(self, filters)\n"
        "ui.desk.Desk.count = count\nfrom ui.cli import main; main()"
    )
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    asked = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "count_reviews", "arguments": {}}},
    ]
    held_back = {name: value for name, value in environment(home, models_folder).items() if name != "PYTHONUNBUFFERED"}  # to the very end
    process = subprocess.Popen(
        [sys.executable, "-c", noisy, "mcp"],
        env=held_back,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    for message in asked:
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
    lines = [process.stdout.readline(), process.stdout.readline()]
    process.stdin.close()
    rest, errors = process.stdout.read(), process.stderr.read()
    assert process.wait(30) == 0
    process.stdout.close()
    process.stderr.close()
    assert [json.loads(line)["id"] for line in lines] == [1, 2]
    assert rest == ""
    assert "native noise" in errors


def test_an_absent_home_is_one_line_and_no_protocol(tmp_path: Path, models_folder: Path) -> None:

    done = subprocess.run([sys.executable, *COMMAND], env=environment(tmp_path / "absent", models_folder), cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@asynccontextmanager
async def _speaking(address: str, token: str = "") -> AsyncIterator[Client]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http, Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client:
        yield client


def test_over_http_for_the_local_user(listening: Start) -> None:
    address = listening(None)

    async def go() -> None:
        async with _speaking(address) as client:
            await _used(client)

    anyio.run(go)


def test_over_http_a_token_and_its_scopes_are_needed(listening: Start, token: Callable[..., str]) -> None:
    address = listening(Access(True))
    secret = token("ben", "read")

    async def go() -> None:
        async with _speaking(address, secret) as client:
            assert not (await client.call_tool("count_reviews", {})).is_error
            refused = await client.call_tool("ask", {"question": "Why?"})
            assert refused.is_error
            assert "lacks the scope ask" in refused.content[0].text  # type: ignore[union-attr]

    anyio.run(go)
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    with httpx2.Client(base_url=address, headers={"accept": "application/json, text/event-stream"}) as plain:
        for headers, status in (
            ({}, 401),
            ({"authorization": "Bearer flor_x"}, 401),
            ({"authorization": f"Bearer {secret}", "origin": "http://evil.example"}, 403),
            ({"authorization": f"Bearer {secret}", "host": "evil.example"}, 403),
        ):
            assert plain.post("/mcp", json=body, headers=headers).status_code == status
        assert plain.post("/mcp", content=b"x" * 300_000, headers={"authorization": f"Bearer {secret}", "content-type": "application/json"}).status_code == 413
