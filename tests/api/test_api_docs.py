"""The examples of docs/api.md run, and it names every call, scope and tool."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import Scope
from tests.conftest import ROOT
from ui.engine import LocalEngine
from ui.mcp.tools import TOOLS
from ui.web.access import Access
from ui.web.api import program_api

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
SHELL = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def place(listening: Callable[[Access | None], str], token: Callable[..., str]) -> dict[str, str]:
    return {"ADDRESS": listening(Access(True)), "TOKEN": token("lib")}


def test_the_python_examples_run(place: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert len(PYTHON) == 4
    for example in PYTHON:
        exec(compile(example, "docs/api.md", "exec"), dict(place))
        assert "etamine" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_the_shell_examples_run(place: dict[str, str], tmp_path: Path) -> None:
    for example in SHELL:
        done = subprocess.run(["bash", "-euc", example], cwd=tmp_path, env=os.environ | place, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        assert '"sentences"' in done.stdout
    assert (tmp_path / "ketamine.ris").read_text(encoding="utf-8").startswith("TY  - ")


def test_the_page_names_every_call_scope_and_tool(engine: LocalEngine) -> None:
    for path, calls in program_api(engine).openapi()["paths"].items():
        shown = path.replace("{name}", "NAME").replace("{review_id}", "ID").replace("{answer_id}", "ID").replace("{run_id}", "ID")
        assert all(f"{method.upper()} {shown}" in PAGE for method in calls), path
    assert all(f"`{name}`" in PAGE for name in (*Scope, *TOOLS))
