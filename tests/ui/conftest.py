"""A home with the sample collection, built once for the run, and a way to run the real command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.conftest import ROOT, SAMPLE


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


def environment(home: Path, models: Path, model: str = "quotes") -> dict[str, str]:
    """The environment of a command that acts on one home, with no way out to the network; `model` answers, whatever is installed in `models`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLORILEGIUM_")}
    own = {"FLORILEGIUM_HOME": str(home), "FLORILEGIUM_MODELS": str(models), "FLORILEGIUM_MODEL": model, "FLORILEGIUM_LOG": "warning"}
    return kept | own | {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1,localhost"}


@pytest.fixture(scope="session")
def command() -> list[str]:
    return [sys.executable, "-c", "import sys; from ui.cli import main; main()"]


@pytest.fixture(scope="session")
def built_home(run_folder: Path, encoder: object, models_folder: Path, command: list[str]) -> Path:
    """The sample collection, imported and synced by the command; not to be changed."""
    home, done = run_folder / "built-home", run_folder / "built-home.done"
    with FileLock(run_folder / "built-home.lock"):
        if not done.exists():
            for words in (["import", str(SAMPLE)], ["sync"]):
                subprocess.run([*command, *words], env=environment(home, models_folder), cwd=ROOT, check=True, capture_output=True, timeout=300)
            done.touch()
    return home


@pytest.fixture
def home(built_home: Path, tmp_path: Path) -> Path:
    """A copy of the built home, to be changed at will."""
    return Path(shutil.copytree(built_home, tmp_path / "home"))


@pytest.fixture
def run(tmp_path: Path, models_folder: Path, command: list[str]) -> Run:
    """Run the real command; `home` names the home, by default an absent one."""

    def call(*words: str, home: Path | None = None, stdin: bytes = b"", timeout: float = 120) -> Ran:
        env = environment(home or tmp_path / "absent", models_folder)
        done = subprocess.run([*command, *words], env=env, cwd=ROOT, input=stdin, capture_output=True, timeout=timeout)
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call
