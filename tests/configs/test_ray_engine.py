"""`--engine ray`: two local workers give the index that this process gives."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.configs.conftest import RECORDS, Command
from tests.conftest import ROOT
from ui.settings import Settings
from ui.wiring import Workshop, open_library


def looked_at(home: Path, models: Path) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """The vectors of the default configuration's index by passage id, after comparing every leg."""
    library = open_library(Settings(home=home, models=models))
    workshop = Workshop(Settings(home=home, models=models), library).open(patience=1)
    syncer = workshop.syncer(workshop.config())
    assert not syncer.compare()
    assert not syncer.behind()
    vectors = syncer.built.vectors.get(sorted(syncer.built.state.ids()))
    workshop.close()
    library.close()
    return vectors


@pytest.mark.soak  # Ray's start alone takes longer than all other tests of this folder
def test_two_workers_give_the_same_index(synced_home: Path, tmp_path: Path, models_folder: Path) -> None:
    home = tmp_path / "ray"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("FLORILEGIUM_", "RAY_"))}
    environment |= {"FLORILEGIUM_HOME": str(home), "FLORILEGIUM_MODELS": str(models_folder)}
    for words in (["import", *map(str, RECORDS)], ["sync", "--engine", "ray"]):
        program = [sys.executable, "-c", "from ui.cli import main; main()", *words]
        done = subprocess.run(program, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) <= 2, done.stdout
    by_ray, here = looked_at(home, models_folder), looked_at(synced_home, models_folder)
    assert by_ray.keys() == here.keys()
    for passage_id, vector in here.items():
        np.testing.assert_allclose(by_ray[passage_id], vector, atol=1e-5)


def test_without_ray_and_for_another_engine_one_line_says_so(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    absent = command("sync", "--engine", "ray")
    assert (absent.code, absent.out, absent.err.count("\n")) == (3, "", 1)
    assert "florilegium[ray]" in absent.err
    monkeypatch.undo()
    assert command("sync", "--engine", "dask").code == 2
