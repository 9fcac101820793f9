"""records, export and lists on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import SAMPLE
from tests.ui.conftest import Run


@pytest.fixture
def stocked(run: Run, tmp_path: Path) -> Path:
    home = tmp_path / "stocked"
    assert run("import", *(str(path) for path in sorted(SAMPLE.iterdir())[:20]), home=home).code == 0
    return home


def test_records_are_listed_counted_and_suggested(run: Run, stocked: Path) -> None:
    page = run("records", "--filter", "year>=2020", "-n", "2", "--sort", "title", "--facets", "--json", home=stocked).json
    assert set(page) == {"filter", "sort", "start", "total", "left_out", "revision", "records", "facets", "suggestions"}
    assert (len(page["records"]), page["filter"]) == (2, ["year>=2020"])
    assert sum(entry["count"] for entry in page["facets"]["kind"]) >= page["total"] > 2
    unknown = run("records", "--filter", "substances=psilocibin", "--count", "--json", home=stocked)
    assert (unknown.code, unknown.json["total"], unknown.json["suggestions"][0]["near"][0]) == (0, 0, "substances=psilocybin")
    assert "psilocybin" in unknown.err
    assert run("records", "--filter", "yaer>=2020", home=stocked).code == 2


def test_an_export_goes_to_standard_output_or_whole_into_a_file(run: Run, stocked: Path, tmp_path: Path) -> None:
    shown = run("export", "--format", "jsonl", home=stocked)
    assert len([json.loads(line) for line in shown.out.splitlines()]) == 20
    file = tmp_path / "out.ris"
    assert run("export", "--format", "ris", "-o", str(file), home=stocked).code == 0
    report = run("import", str(file), "--json", home=stocked).json
    assert (report["unchanged"], report["added"]) == (20, 0)
    assert run("export", "--format", "ris", "-o", str(tmp_path / "absent" / "x.ris"), home=stocked).code == 3
    assert run("export", "--format", "endnote", home=stocked).code == 2


def test_lists_are_made_filled_shown_and_exported(run: Run, stocked: Path) -> None:
    ids = [entry["id"] for entry in run("records", "--sort", "title", "-n", "3", "--json", home=stocked).json["records"]]
    assert run("lists", "create", "mine", home=stocked).code == 0
    kept = run("lists", "add", "mine", "-", "--json", home=stocked, stdin="\n".join(reversed(ids)).encode()).json
    assert set(kept) == {"name", "changed", "filters", "words", "records", "current", "ids"}
    assert kept["ids"] == ids[::-1]
    assert [entry["name"] for entry in run("lists", "--json", home=stocked).json] == ["mine"]
    lines = run("export", "--format", "jsonl", "--list", "mine", home=stocked).out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids[::-1]
    assert run("lists", "delete", "mine", home=stocked).code == 0
    assert run("lists", "show", "mine", home=stocked).code == 2
