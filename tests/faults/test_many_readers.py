"""A short load run by benchmarks/load.py: no error, nothing of one reader sent to another. The long one is in docs/operations.md."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.scale.site import environment, free_port


@pytest.mark.slow
def test_readers_at_once_see_no_error_and_nothing_of_each_other(small_home: Path, settings: dict[str, str]) -> None:
    words = ["--home", str(small_home), "--users", "6", "--minutes", "0.2", "--pause", "0.4", "--port", str(free_port()), "--name", ""]
    kept = {name: value for name, value in environment(small_home, settings).items() if name != "FLORILEGIUM_HOME"}
    done = subprocess.run([sys.executable, "benchmarks/load.py", *words], cwd=ROOT, env=kept, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, (done.stdout[-3_000:], done.stderr[-3_000:])
    found = json.loads(done.stdout)
    assert (found["errors"], found["crosstalk"]) == ({}, [])
    assert found["acts"]["ask"]["count"] > 0
    assert found["acts"]["search"]["count"] > 0
    assert found["memory_mb"]["start"] > 50
