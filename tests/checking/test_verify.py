"""`florilegium verify`: one line out for each line in, in order, whatever is in them. It needs no home."""

import io
import json
import sys
from pathlib import Path

import pytest

from ui.cli import main

GOOD = {"claim": "Psilocybin reduced anxiety.", "evidence": "It was well tolerated. α: Psilocybin reduced anxiety. It did not last."}
TURNED = {"claim": "Psilocybin increased anxiety.", "evidence": GOOD["evidence"]}


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch, models_folder: Path, tmp_path: Path, encoder: object) -> None:
    monkeypatch.setenv("FLORILEGIUM_MODELS", str(models_folder))
    monkeypatch.setenv("FLORILEGIUM_HOME", str(tmp_path / "there-is-none"))


def written(tmp_path: Path, *lines: object) -> str:
    path = tmp_path / "claims.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def test_one_line_out_for_each_line_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", written(tmp_path, GOOD, TURNED), "--json"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert set(first) == {"support", "score", "quote"}
    assert first["support"] == "supported"
    assert first["quote"] in GOOD["evidence"]
    assert "Psilocybin reduced anxiety." in first["quote"]
    assert second["support"] == "contradicted"
    assert 0 <= second["score"] < first["score"] <= 1


def test_bad_lines_are_told_and_keep_their_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = ["{", "[]", "", '{"claim": 3, "evidence": "x"}', '{"claim": "x"}', '{"claim": "\\ud800", "evidence": "x"}']
    assert main(["verify", written(tmp_path, *bad, GOOD), "--json"]) == 1
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert len(lines) == len(bad) + 1
    assert all(line["support"] is None and line["score"] is None and line["quote"] is None and line["error"] for line in lines[:-1])
    assert lines[-1]["support"] == "supported"
    assert [f"line {number}:" in text for number, text in enumerate(err.splitlines(), start=1)] == [True] * len(bad)


def test_standard_input_and_reasons(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(TURNED).encode())))
    assert main(["verify", "-", "--json", "--explain"]) == 0
    assert "direction" in " ".join(json.loads(capsys.readouterr().out)["reasons"])


def test_readable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", written(tmp_path, GOOD, TURNED), "--explain"]) == 0
    out = capsys.readouterr().out
    assert "1. supported (" in out
    assert "2. contradicted (" in out
    assert "2 checked, 1 contradicted, 1 supported; 0 bad lines." in out


def test_no_such_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "nowhere.jsonl", "--json"]) == 2
    assert "nowhere.jsonl" in capsys.readouterr().err
