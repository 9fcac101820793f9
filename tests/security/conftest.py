"""A whole site with accounts, in this process: a few records, a person of each role, and something private of each member's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI

from corpus import Library, Role
from corpus.importing import import_files
from corpus.importing.intake import Upload
from ui.engine import LocalEngine
from ui.settings import Settings
from ui.web.access import Access
from ui.web.model_job import ModelJob
from ui.web.server import create_app
from ui.web.works import Works
from ui.wiring import Workshop, open_library

TOKEN = "the token of run/serve.json"
HOST = "127.0.0.1:7930"
#: Every role by the name of its person; nobody has signed in, and "other" is a second member.
PEOPLE = {"nobody": None, "reader": Role.READER, "member": Role.MEMBER, "other": Role.MEMBER, "librarian": Role.LIBRARIAN, "admin": Role.ADMIN}
RECORDS = (
    b'{"title": "Ketamine and glutamate", "authors": ["Doe, Jane"], "year": 2020, "findings": ["Ketamine raised glutamate."]}\n'
    b'{"title": "Psilocybin and sleep", "authors": ["Roe, Max"], "year": 2021, "findings": ["Psilocybin changed sleep."]}\n'
)


@dataclass(frozen=True)
class Got:
    """The head of a response and what of its body came at once."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass
class Site:
    """The app, asked without a server: a response that never ends is left once its head is there."""

    app: FastAPI
    engine: LocalEngine
    loop: asyncio.Runner
    sessions: dict[str, str] = field(default_factory=dict)

    @property
    def library(self) -> Library:
        return self.engine.library

    def cookie(self, who: str) -> str:
        if PEOPLE.get(who) is None:
            return ""
        if self.library.sessions.find(self.sessions.get(who, "")) is None:
            self.sessions[who] = self.library.sessions.start(who)
        return f"florilegium_session={self.sessions[who]}"

    def ask(self, who: str, method: str, path: str, form: Any = None, *, json: bytes | None = None, **headers: str) -> Got:
        return self.loop.run(self._ask(who, method, path, form, json, headers))

    async def _ask(self, who: str, method: str, path: str, form: Any, json: bytes | None, headers: dict[str, str]) -> Got:
        path, _, query = path.partition("?")
        body = json if json is not None else urlencode(form or {}, doseq=True).encode()
        kind = "application/json" if json is not None else "application/x-www-form-urlencoded"
        sent = {"host": HOST, "cookie": self.cookie(who), "content-type": kind, "content-length": str(len(body))}
        sent |= {"origin": f"http://{HOST}"} if method not in ("GET", "HEAD", "OPTIONS") else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http", "path": path, "raw_path": path.encode(),
            "query_string": query.encode(), "root_path": "", "client": ("192.0.2.9", 4711), "server": ("127.0.0.1", 7930),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items() if value],
        }  # fmt: skip
        begun: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        parts: list[bytes] = []
        ended, given = asyncio.Event(), False

        async def receive() -> dict[str, Any]:
            nonlocal given
            if not given:
                given = True
                return {"type": "http.request", "body": body, "more_body": False}
            await ended.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start" and not begun.done():
                begun.set_result(message)
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    ended.set()

        task = asyncio.create_task(self.app(scope, receive, send))
        await asyncio.wait([task, begun], timeout=60, return_when=asyncio.FIRST_COMPLETED)
        if not begun.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            raise AssertionError(f"{method} {path} was not answered")
        stream = asyncio.create_task(ended.wait())
        await asyncio.wait([task, stream], timeout=1, return_when=asyncio.FIRST_COMPLETED)
        ended.set()
        await asyncio.wait([task], timeout=1)
        for each in (task, stream):
            each.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await each
        head = begun.result()
        return Got(head["status"], {name.decode().lower(): value.decode() for name, value in head["headers"]}, b"".join(parts))


def staff(library: Library) -> None:
    for name, role in PEOPLE.items():
        if role is not None:
            library.accounts.add(name, role, "correct horse battery" if role is Role.ADMIN else "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Iterator[Site]:
    """With accounts on; its records are not searchable yet."""
    settings = Settings(home=tmp_path_factory.mktemp("site"), models=models_folder, model="quotes", auth="on", port=7930)
    library = open_library(settings, create=True)
    assert import_files(library, [Upload("records.jsonl", RECORDS)]).total("added") == 2
    staff(library)
    engine = LocalEngine(Workshop(settings, library).open(patience=5))
    works = Works(engine)

    async def made() -> FastAPI:  # Gradio makes a loop of its own where none is running, and leaves it open
        return create_app(works, TOKEN, ModelJob(settings.models, settings.model, works.jobs), Access(True))

    with asyncio.Runner() as loop:
        yield Site(loop.run(made()), engine, loop)
    engine.close()
    library.close()
