"""`florilegium notes` and `florilegium comments` with the real command."""

from __future__ import annotations

import json
from pathlib import Path

from corpus import LOCAL, Anchor, Library
from tests.corpus.making import put, review
from tests.ui.conftest import Run


def test_notes_are_listed_and_exported_and_comments_moderated(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "noted"
    home.mkdir()
    library = Library(f"sqlite:///{home / 'library.sqlite'}", create=True)
    put(library, review("meer", "Sleep", findings=["One dose helped."]))
    anchor = Anchor.to(library.get("meer"), "findings[0]", 0, 8)
    library.notes.add(LOCAL, "meer", "About naïve patients", anchor)
    library.notes.add("somebody-else", "meer", "Secret patients")
    number = library.comments.add("ann", "meer", "Off topic?").number
    library.close()

    (note,) = run("notes", "list", "NAIVE", "--json", home=home).json
    assert (note["text"], note["anchor"]["quote"]) == ("About naïve patients", "One dose")
    shown = run("notes", "list", home=home)
    assert "About naïve patients" in shown.out
    assert "Secret" not in shown.out
    target = tmp_path / "notes.jsonl"
    assert run("notes", "export", "--format", "jsonl", "-o", str(target), home=home).code == 0
    assert [json.loads(line)["text"] for line in target.read_text(encoding="utf-8").splitlines()] == ["About naïve patients"]
    assert "> One dose" in run("notes", "export", home=home).out
    assert run("notes", "export", "--format", "doc", home=home).code == 2

    assert run("comments", "moderate", str(number), "hidden", "--reason", "Off topic", "--json", home=home).json["state"] == "hidden"
    assert run("comments", "list", "--json", home=home).json[0]["reason"] == "Off topic"
    assert run("comments", "moderate", str(number), "gone", "--reason", "x", home=home).code == 2
