"""A reader without a browser: signs in, asks on the Ask page and looks around, by the very requests that a browser makes. For load runs and tests."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_ANSWERED = "fl-sentence"  # the class of an answer's first sentence, or of the line that says there is none
_NONE = "fl-none"


class FailedError(Exception):
    """The site did not do what was asked of it."""


@dataclass(frozen=True)
class Told:
    """What came of an event: everything the page was sent, the values of its outputs at the end, seconds to the first sentence and to the end."""

    text: str
    values: tuple[Any, ...]
    first: float
    seconds: float

    @property
    def talk(self) -> dict[str, Any]:
        """Of a question: the ids of the answers shown, and of the conversation they are kept in."""
        found = re.findall(r'\{\\*"answers\\*": ?\[[^\]]*\], ?\\*"conversation\\*": ?\\*"[^"\\]*\\*"\}', self.text)
        if not found:
            raise FailedError(f"no answer was kept: {self.text[-500:]}")
        return dict(json.loads(re.sub(r"\\+\"", '"', found[-1])))


class Visitor:
    """One browser tab of one person. Use it as an async context manager."""

    def __init__(self, url: str, *, verify: Any = True, seconds: float = 120.0) -> None:
        self.url = url
        self._client = httpx.AsyncClient(base_url=url, verify=verify, timeout=seconds, headers={"Origin": url}, trust_env=False)
        self._tab = secrets.token_hex(6)
        self._pages: dict[str, Mapping[str, Any]] = {}

    async def __aenter__(self) -> Visitor:
        """Open nothing yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def sign_in(self, name: str, password: str) -> None:
        """Begin a session. Raises FailedError."""
        for _ in range(120):
            answer = await self._client.post("/signin", data={"name": name, "password": password, "next": "/"})
            if answer.status_code != 429:
                break
            await asyncio.sleep(1)  # all visitors come from one address: more than twenty at the same moment are told to wait
        if answer.status_code != 303:
            raise FailedError(f"signing in as {name} gave {answer.status_code}")

    async def get(self, path: str) -> str:
        """A page. Raises FailedError where it is not there."""
        answer = await self._client.get(path, headers={"Accept": "text/html"})
        if answer.status_code != 200:
            raise FailedError(f"{path} gave {answer.status_code}")
        return answer.text

    async def ask(self, question: str) -> Told:
        """Ask on the Ask page, in a chat of its own. Raises FailedError."""
        return await self._event("/", "fl-send", {"fl-box": question, "fl-chat": []})

    async def search(self, words: str) -> Told:
        """Search on the Library page. Raises FailedError."""
        return await self._event("/library", "fl-address", {"fl-address": f"?q={words}"})

    async def bring_in(self, file: Path) -> Told:
        """Import a file on the Curate page. Raises FailedError."""
        sent = await self._client.post("/gradio_api/upload", files={"files": (file.name, file.read_bytes())})
        if sent.status_code != 200:
            raise FailedError(f"uploading gave {sent.status_code}")
        here = {"path": sent.json()[0], "orig_name": file.name, "meta": {"_type": "gradio.FileData"}}
        return await self._event("/curate", "fl-accept", {"fl-files": [here]})

    async def load(self, page: str) -> None:
        """Open a page of Gradio's, as a browser does."""
        await self._config(page)

    async def _config(self, page: str) -> Mapping[str, Any]:
        if page not in self._pages:
            html = await self.get(page)
            found = re.search(r"window\.gradio_config = (\{.*?\});?\s*</script>", html, re.DOTALL)
            if found is None:
                raise FailedError(f"{page} is no page of Gradio's")
            self._pages[page] = json.loads(found[1])
        return self._pages[page]

    async def _event(self, page: str, trigger: str, given: Mapping[str, Any]) -> Told:
        config = await self._config(page)
        parts = {part["id"]: part["props"] for part in config["components"]}
        source = next(number for number, props in parts.items() if props.get("elem_id") == trigger)
        event = next(each for each in config["dependencies"] if any(target[0] == source for target in each["targets"]) and each.get("backend_fn", True))
        data = [given.get(parts[number].get("elem_id") or "", parts[number].get("value")) for number in event["inputs"]]
        body = {"data": data, "fn_index": event["id"], "session_hash": self._tab, "event_data": None, "trigger_id": source}
        began, first, said = time.monotonic(), 0.0, []
        joined = await self._client.post("/gradio_api/queue/join", json=body)
        if joined.status_code != 200:
            raise FailedError(f"{page} took no event: {joined.status_code} {joined.text[:200]}")
        mine = joined.json()["event_id"]
        async with self._client.stream("GET", f"/gradio_api/queue/data?session_hash={self._tab}") as stream:
            async for line in stream.aiter_lines():
                if not line.startswith("data:"):
                    continue
                said.append(line)
                if not first and (_ANSWERED in line or _NONE in line):
                    first = time.monotonic() - began
                message = json.loads(line[5:])
                if message.get("event_id") == mine and message["msg"] == "process_completed":
                    if not message["success"]:
                        raise FailedError(f"{page} failed: {line[:300]}")
                    seconds = time.monotonic() - began
                    return Told("\n".join(said), tuple(message["output"]["data"]), first or seconds, seconds)
        raise FailedError(f"{page} ended before its answer")
