"""A small home, synced once, and the programs' part of the site before it, with accounts or without."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI, Request
from filelock import FileLock
from starlette.testclient import TestClient

from corpus import NotFoundError, Role
from corpus.importing import import_files
from corpus.lab import TestQuery
from tests.conftest import SAMPLE
from ui.desk import Desk
from ui.engine import LocalEngine
from ui.mcp.http import McpOverHttp
from ui.settings import Settings
from ui.web import api
from ui.web.access import Access
from ui.web.guard import Guard
from ui.web.people import Door, person_of
from ui.wiring import Workshop, open_library

KETAMINE = "abdallah-2018-neurobiology-depression-ketamine"
PASSWORD = "correct horse battery"
BASE = "http://127.0.0.1:7910"
Make = Callable[..., TestClient]


@pytest.fixture(scope="session")
def small_home(run_folder: Path, encoder: object, models_folder: Path) -> Path:
    """Twelve records of the sample collection, synced, with a test set and accounts; not to be changed."""
    home, done = run_folder / "small-home", run_folder / "small-home.done"
    with FileLock(run_folder / "small-home.lock"):
        if not done.exists():
            _make(Settings(home=home, models=models_folder, model="quotes"))
            done.touch()
    return home


def _make(settings: Settings) -> None:
    library = open_library(settings, create=True)
    import_files(library, [*sorted(SAMPLE.glob("*ketamine*.md"))[:7], *sorted(SAMPLE.glob("*psilocybin*.md"))[:5]])
    library.sets.create("first questions")
    library.sets.put("first questions", [TestQuery("q1", "ketamine and depression")])
    library.accounts.add("ada", Role.ADMIN, PASSWORD)
    for name, role in (("lib", Role.LIBRARIAN), ("ben", Role.MEMBER), ("rea", Role.READER)):
        library.accounts.add(name, role)
    engine = LocalEngine(Workshop(settings, library).open(patience=1))
    engine.sync(None)
    engine.close()
    library.close()


@pytest.fixture
def home(small_home: Path, tmp_path: Path) -> Path:
    """A copy, to be changed at will."""
    return Path(shutil.copytree(small_home, tmp_path / "home"))


def _opened(home: Path, models_folder: Path) -> Iterator[LocalEngine]:
    settings = Settings(home=home, models=models_folder, model="quotes")
    library = open_library(settings)
    made = LocalEngine(Workshop(settings, library).open(patience=1))
    yield made
    made.close()
    library.close()


@pytest.fixture(scope="session")
def shared_engine(small_home: Path, models_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    """Of a copy that all tests of this process ask, and none changes but by asking."""
    yield from _opened(Path(shutil.copytree(small_home, tmp_path_factory.mktemp("asked") / "home")), models_folder)


@pytest.fixture
def engine(request: pytest.FixtureRequest, models_folder: Path) -> Iterator[LocalEngine]:
    """Of the test's own home where it has one."""
    if "home" in request.fixturenames:
        yield from _opened(request.getfixturevalue("home"), models_folder)
    else:
        yield request.getfixturevalue("shared_engine")


@pytest.fixture
def site(engine: LocalEngine) -> Callable[[Access | None], FastAPI]:
    """The programs' part of the site, and a page beside it that says who asks."""

    def make(access: Access | None) -> FastAPI:
        mcp = McpOverHttp(Desk(engine))
        app = FastAPI(openapi_url=None, lifespan=mcp.lifespan)
        app.mount(api.PLACE, api.program_api(engine))
        app.mount(api.CHAT_PLACE, api.chat_api(engine))
        app.router.routes.append(mcp.route)

        @app.get("/who")
        def who(request: Request) -> str:
            return person_of(request).name

        app.add_middleware(Door, access=access, library=engine.library)
        app.add_middleware(Guard, access=access)
        return app

    return make


@pytest.fixture
def local(site: Callable[[Access | None], FastAPI]) -> TestClient:
    """Of the local user, without accounts."""
    return TestClient(site(None), base_url=BASE)


@pytest.fixture
def token(engine: LocalEngine) -> Iterator[Callable[..., str]]:
    """Makes a token of somebody, with all scopes unless some are named; it ends with the test."""
    numbers = []

    def make(name: str, *scopes: str) -> str:
        secret, made = engine.library.tokens.new(name, scopes or ("read", "ask", "judge"))
        numbers.append(made.number)
        return secret

    yield make
    for number in numbers:
        with contextlib.suppress(NotFoundError):
            engine.library.tokens.revoke(number)


@pytest.fixture
def acting(site: Callable[[Access | None], FastAPI], token: Callable[..., str]) -> Make:
    """With accounts: a program that acts for somebody within some scopes, or for nobody."""
    app = site(Access(True))

    def make(name: str = "", *scopes: str) -> TestClient:
        headers = {"authorization": f"Bearer {token(name, *scopes)}"} if name else {}
        return TestClient(app, base_url=BASE, headers=headers)

    return make


@pytest.fixture
def listening(engine: LocalEngine, site: Callable[[Access | None], FastAPI]) -> Iterator[Callable[[Access | None], str]]:
    """The site on a port of this machine, for clients that bring their own HTTP; its address."""
    servers: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(access: Access | None) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(site(access), log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=2))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        servers.append((server, thread))
        while not server.started:
            time.sleep(0.02)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, thread in servers:
        server.should_exit = True
        thread.join(20)
