"""`digest` and `questions` on a real home: what they print, and that news are told once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui.conftest import Ran
from ui.cli import main

Run = Callable[..., Ran]

QUESTION = "How does ketamine act on glutamate to relieve depression?"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, models_folder: Path) -> Run:
    """Run a command in this process: each of its own would cost a second and more."""
    monkeypatch.setenv("FLORILEGIUM_MODELS", str(models_folder))
    monkeypatch.setenv("FLORILEGIUM_MODEL", "quotes")

    def call(*words: str, home: Path) -> Ran:
        capsys.readouterr()
        code = main(["--home", str(home), *words])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return call


def test_from_what_is_new_to_a_published_issue(run: Run, home: Path, tmp_path: Path) -> None:
    found = run("digest", "--since", "0", "--json", home=home).json
    assert found["counts"] == {"new": 120}
    for entry in found["entries"]:
        if cited := entry["cited"]:
            record = run("show", cited["review_id"], "--json", home=home).json if entry is found["entries"][0] else None
            assert record is None or record["summary"][cited["start"] : cited["end"]] == cited["quote"]
    draft = run("digest", "draft", "--filter", "topics=pain|anxiety", "--title", "The first", "--json", home=home).json
    assert (draft["number"], draft["published"], draft["title"]) == (1, False, "The first")
    assert run("digest", "publish", "--json", home=home).json["published"]
    assert "# The first" in run("digest", "show", home=home).out
    assert run("digest", "show", "1", "--format", "atom", home=home).out.startswith("<?xml")
    empty = run("digest", home=home)
    assert (empty.code, "Nothing came in or changed." in empty.out) == (0, True)
    page = tmp_path / "new.html"
    assert run("digest", "--since", "2020-01-01", "--format", "html", "-o", str(page), home=home).code == 0
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_saved_question_tells_what_is_new_once(run: Run, home: Path) -> None:
    saved = run("questions", "save", QUESTION, "--filter", "year>=2010", "--json", home=home).json
    first = run("questions", "ask", "--json", home=home).json["news"]
    assert (first[0]["number"], first[0]["first"], first[0]["outcome"]) == (saved["number"], True, "answered")
    assert first[0]["new"]
    (again,) = run("questions", "ask", "--json", home=home).json["news"]
    assert (again["nothing"], again["new"], again["gone"]) == (True, [], [])
    place = first[0]["new"][0]["place"]
    assert run("status", place["review_id"], "withdrawn", home=home).code == 0
    assert run("sync", home=home).code == 0
    (changed,) = run("questions", "ask", "--json", home=home).json["news"]
    assert not changed["nothing"]
    gone = [said for said in changed["gone"] if said["place"]["review_id"] == place["review_id"]]
    assert gone
    assert all(said["text"] == "" for said in gone), "a withdrawn record's words are not shown again"
    digest = run("digest", "--since", "1", "--questions", home=home).out
    assert "New answers to your saved questions" in digest
    assert QUESTION in digest.replace("\\", "")
    assert QUESTION not in run("digest", "--since", "1", home=home).out
    assert run("questions", "remove", str(saved["number"]), home=home).code == 0
    assert run("questions", "--json", home=home).json == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["digest", "--since", "yesterday"], 1),
        (["digest", "--format", "pdf"], 2),
        (["digest", "--by", "nothing"], 2),
        (["digest", "--filter", "colour=red"], 2),
        (["digest", "show"], 2),
        (["digest", "publish", "7"], 2),
        (["digest", "send"], 2),
        (["digest", "subscribe", "nobody", "--confirmed"], 1),
        (["digest", "subscribe", "a@example.org"], 2),
        (["digest", "unsubscribe", "a@example.org"], 2),
        (["questions", "remove", "9"], 2),
        (["questions", "save", " "], 1),
    ],
)
def test_bad_calls_get_one_line(run: Run, built_home: Path, words: list[str], code: int) -> None:
    done = run(*words, home=built_home)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("florilegium: ")
    assert done.err.count("\n") == 1
