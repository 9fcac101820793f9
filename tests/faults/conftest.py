"""A small home made once, servers and commands on copies of it: real processes, which may be killed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, SAMPLE
from tests.scale.site import COMMAND, Web, environment, free_port
from ui.cli.main import main

RECORDS = [path for path in sorted(SAMPLE.glob("*.md")) if "ketamine" in path.name][:6]
QUESTION = "How does ketamine act on glutamate to relieve depression?"


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]
Serve = Callable[..., Web]


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory, encoder: object, models_folder: Path) -> Path:
    """A synced home, not to be changed."""
    home = tmp_path_factory.mktemp("small") / "home"
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("FLORILEGIUM_")]:
            patch.delenv(name)
        patch.setenv("FLORILEGIUM_MODELS", str(models_folder))
        assert main(["--home", str(home), "import", *map(str, RECORDS)]) == 0
        assert main(["--home", str(home), "sync"]) == 0
    return home


@pytest.fixture
def home(small_home: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(small_home, tmp_path / "home"))


@pytest.fixture
def settings(models_folder: Path) -> dict[str, str]:
    """The settings of every process of a test; a test may add its own."""
    return {"FLORILEGIUM_MODELS": str(models_folder), "FLORILEGIUM_MODEL": "quotes"}


@pytest.fixture
def run(home: Path, settings: dict[str, str]) -> Run:
    """Run a command on the home; it may fail."""

    def call(*words: str, stdin: str = "", timeout: float = 120, at: Path | None = None) -> Done:
        env = environment(at or home, settings)
        done = subprocess.run([*COMMAND, *words], env=env, cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=timeout)
        return Done(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def serve(home: Path, settings: dict[str, str]) -> Iterator[Serve]:
    """Start servers of the home; they are killed at the end."""
    started: list[Web] = []

    def start(**more: str) -> Web:
        web = Web(home, free_port(), settings | more)
        started.append(web)
        web.wait()
        return web

    yield start
    for web in started:
        web.stop()


def told(done: Done, *words: str) -> None:
    """A command that could not: one line, with these words in it."""
    assert (done.code, done.out, done.err.count("\n")) == (3, "", 1), done
    assert not [word for word in words if word not in done.err], done.err


def answer_of(done: Done) -> Any:
    """What a command printed as JSON; it worked."""
    import json

    assert done.code == 0, done.err
    return json.loads(done.out)
