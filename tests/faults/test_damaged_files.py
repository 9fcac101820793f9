"""Damaged files under real commands: told in one line, what machines made is made anew, what people made comes from a backup."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import QUESTION, Run, answer_of, told

pytestmark = pytest.mark.slow
_LONG = pytest.mark.soak  # the same way again: tests/index/test_damaged_index.py has these parts in one process


def damage(folder: Path, pattern: str) -> None:
    """Put nonsense into the files of a folder, as long as they were."""
    found = [path for path in folder.rglob(pattern) if path.is_file() and path.suffix != ".lock"]
    assert found
    for path in found:
        path.write_bytes(os.urandom(max(64, path.stat().st_size)))


def hits(run: Run) -> list[tuple[str, Any]]:
    return [(hit["review_id"], round(hit["score"], 3)) for hit in answer_of(run("search", QUESTION, "--json"))["hits"]]


@pytest.mark.parametrize(
    ("part", "files"),
    [
        pytest.param("chroma", "*", id="chroma"),
        pytest.param("*/lexical-0", "*", id="tantivy", marks=_LONG),
        pytest.param("*", "state.sqlite", id="manifest", marks=_LONG),
    ],
)
def test_damaged_search_data_is_told_and_made_anew(home: Path, run: Run, part: str, files: str) -> None:
    before = hits(run)
    folder = next((home / "index").glob(part) if part != "*" else iter([home / "index"]))
    damage(folder, files)
    told(run("sync"), "Run `florilegium doctor --rebuild`")
    if part == "chroma":
        assert hits(run) == before, "so few passages are found without Chroma's graph"
    else:
        told(run("search", QUESTION), "Run `florilegium doctor --rebuild`")
    rebuilt = run("doctor", "--rebuild")
    assert rebuilt.code == 0, rebuilt
    assert hits(run) == before


@pytest.mark.parametrize("kept", [0.5, pytest.param(0.01, marks=_LONG)])
def test_a_truncated_library_is_told_and_a_backup_brings_all_back(home: Path, run: Run, tmp_path: Path, kept: float) -> None:
    file = home / "library.sqlite"
    assert run("backup", str(tmp_path / "out.backup")).code == 0
    whole = answer_of(run("export", "--format", "csl-json"))
    for extra in home.glob("library.sqlite-*"):
        extra.unlink()
    os.truncate(file, int(file.stat().st_size * kept))
    told(run("export", "--format", "csl-json"), "library.sqlite", "restore a backup")
    checked = run("doctor")
    assert checked.code == 3
    assert "restore a backup" in (checked.out + checked.err).lower()
    assert "Traceback" not in checked.out + checked.err
    again = tmp_path / "again"
    assert run("restore", str(tmp_path / "out.backup"), at=again).code == 0
    assert answer_of(run("export", "--format", "csl-json", at=again)) == whole
