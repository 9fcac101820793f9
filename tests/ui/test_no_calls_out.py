"""Nothing that Florilegium or a library of its does reaches beyond this machine unless a person asks for it: each attempt is noted, and there is none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow
_CALL = "import urllib.request\ntry: urllib.request.urlopen('https://huggingface.co', timeout=2)\nexcept OSError as error: print(error)"
_NATIVE = (
    "import subprocess; from tests.ui.journey_alone import loopback_up, no_ways_out; loopback_up(); before = no_ways_out();"
    "subprocess.run(['getent', 'hosts', 'huggingface.co']); print(before, no_ways_out() > 0)"
)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Where every Python process that has this folder on its path notes its calls."""
    shutil.copy(ROOT / "tests" / "ui" / "calls_out.py", tmp_path / "sitecustomize.py")
    made = tmp_path / "calls"
    made.touch()
    return made


def own_network() -> list[str]:
    """What a command is led in by to have a network of its own, where this machine lets it."""
    words = ["unshare", "-rn"]
    return words if shutil.which("unshare") and subprocess.run([*words, "true"], capture_output=True).returncode == 0 else []


def test_the_listener_hears_a_call(calls: Path) -> None:
    env = os.environ | {"CALLS_OUT": str(calls), "PYTHONPATH": str(calls.parent), "HTTPS_PROXY": "", "https_proxy": ""}
    done = subprocess.run([sys.executable, "-c", _CALL], env=env, capture_output=True, text=True, check=True)
    assert "no network" in done.stdout
    assert "huggingface.co" in calls.read_text()


def test_a_network_of_its_own_counts_what_finds_no_way_out() -> None:
    apart = own_network()
    if not apart or not shutil.which("getent"):
        pytest.skip("this machine gives no process a network of its own")
    done = subprocess.run([*apart, sys.executable, "-c", _NATIVE], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-2:] == ["0", "True"]


def test_commands_and_the_served_pages_call_nobody(built_home: Path, tmp_path: Path, models_folder: Path, calls: Path) -> None:
    home, apart = Path(shutil.copytree(built_home, tmp_path / "home")), own_network()
    words = [*apart, sys.executable, "-m", "tests.ui.journey_alone", str(home), str(models_folder), str(calls), *(["alone"] if apart else [])]
    done = subprocess.run(words, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    assert calls.read_text() == ""
    assert json.loads(done.stdout.splitlines()[-1]) == {"done": True, "no_ways_out": 0 if apart else None}
