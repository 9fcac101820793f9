"""Kept answers: `answer`, `replay` and their pages show what holds of the cited records today, and change no word of what was said."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from corpus import Library, Status
from tests.ui.conftest import Run
from ui.engine import LocalEngine
from ui.settings import Settings
from ui.web.people import Door
from ui.web.table_pages import table_pages
from ui.wiring import Workshop, open_library

QUESTION = "Does psilocybin help with depression?"


@pytest.fixture
def asked(home: Path, models_folder: Path) -> Iterator[tuple[Library, dict[str, Any]]]:
    """The library of a home in which a question has just been answered, and the answer; the home can be used by commands."""
    settings = Settings(home=home, models=models_folder, model="quotes")
    library = open_library(settings)
    engine = LocalEngine(Workshop(settings, library).open(patience=5))
    answer = engine.ask(QUESTION, "quotes", [], None)
    engine.close()
    library = open_library(settings)
    yield library, answer
    library.close()


def cited(answer: dict[str, Any], number: int = 0) -> dict[str, Any]:
    place: dict[str, Any] = answer["sentences"][number]["citations"][0]
    return place


def change_words(library: Library, place: dict[str, Any], words: str) -> None:
    """Put other words in the place of the cited ones."""
    review = library.get(place["review_id"])
    name, _, number = place["field"].partition("[")
    text = review.field_text(place["field"]).replace(place["quote"], words)
    held = getattr(review, name)
    value = [text if at == int(number[:-1]) else item for at, item in enumerate(held)] if number else text
    library.edit(review.id, {name: value}, base_revision=review.revision)


def retract(library: Library, review_id: str) -> None:
    library.set_status(review_id, Status.RETRACTED, note="Figures <b>made up</b>", date="2026-01-02")


def test_an_answer_is_shown_as_it_was_with_what_holds_today(asked: tuple[Library, dict[str, Any]], run: Run, home: Path) -> None:
    library, answer = asked
    first = run("answer", answer["id"], "--json", home=home).json
    assert first["sentences"] == answer["sentences"]
    assert first["evidence_table"] == answer["evidence_table"]
    assert [(s["key"], s["detached"], s["status"]) for s in first["standings"]] == [
        (c["key"], False, "current") for s in answer["sentences"] for c in s["citations"]
    ]
    assert first["notices"] == answer["notices"]

    gone, away = cited(answer), next(cited(answer, n) for n in range(1, 9) if cited(answer, n)["review_id"] != cited(answer)["review_id"])
    change_words(library, gone, "Something else was found.")
    retract(library, away["review_id"])
    later = run("answer", answer["id"], "--json", home=home).json
    assert later["sentences"] == answer["sentences"], "not one word of it changes"
    standing = {s["key"]: s for s in later["standings"]}
    assert (standing[gone["key"]]["detached"], standing[gone["key"]]["now"], standing[gone["key"]]["status"]) == (True, None, "current")
    assert (standing[away["key"]]["detached"], standing[away["key"]]["status"]) == (False, "retracted")
    notices = {review["key"]: review["notices"] for review in later["reviews"]}
    assert notices[away["key"]][0]["type"] == "retraction"
    shown = " ".join(run("answer", answer["id"], home=home).out.split())
    assert f"[{away['key']}]" in shown
    assert "has been marked retracted; it is no longer evidence" in shown
    assert f"no longer has the words cited: “{' '.join(gone['quote'].split())}”" in shown
    unknown = run("answer", "no-such-answer", home=home)
    assert (unknown.code, "no-such-answer" in unknown.err) == (2, True)


def test_replay_says_the_same_until_something_changes(asked: tuple[Library, dict[str, Any]], run: Run, home: Path) -> None:
    library, answer = asked
    same = run("replay", answer["id"], "--json", home=home).json
    assert (same["same"], same["gone"], same["new"], same["records"], same["settings"]) == (True, [], [], [], {})
    assert [sentence["text"] for sentence in same["kept"]] == [sentence["text"] for sentence in answer["sentences"]]

    place = cited(answer)
    change_words(library, place, "Something else was found.")
    edited = run("replay", answer["id"], "--json", home=home).json
    assert not edited["same"]
    assert place["quote"] in [sentence["text"] for sentence in edited["gone"]], "a passage that no longer matches its record is never cited"
    assert [record["review_id"] for record in edited["records"]] == [place["review_id"]]
    assert edited["records"][0]["parts"] == [place["field"].partition("[")[0]]
    assert edited["standings"][0]["detached"]

    retract(library, place["review_id"])
    run("config", "create", "plain", "--set", "neighbours=0", home=home)
    run("sync", "--config", "plain", home=home)
    assert run("config", "promote", "plain", home=home).code == 0
    retracted = run("replay", answer["id"], "--json", home=home).json
    assert {"status", "notices"} <= set(retracted["records"][0]["parts"])
    assert place["review_id"] not in {c["review_id"] for kind in ("kept", "new") for s in retracted[kind] for c in s["citations"]}
    assert retracted["settings"]["config"] == {"then": "default", "now": "plain"}
    shown = run("replay", answer["id"], home=home).out
    assert "has been marked retracted" in shown
    assert "config: default, now plain" in shown


def test_its_pages_tell_of_today_and_escape_every_word(asked: tuple[Library, dict[str, Any]]) -> None:
    library, answer = asked
    place = cited(answer)
    change_words(library, place, "<script>alert(1)</script> was found.")
    retract(library, place["review_id"])
    app = FastAPI()
    app.include_router(table_pages(library))
    app.add_middleware(Door)
    client = TestClient(app)
    for address in (f"/answers/{answer['id']}", f"/answers/{answer['id']}/table", f"/answers/{answer['id']}/table?sort=year&down=1"):
        page = client.get(address)
        assert page.status_code == 200
        assert "has been marked retracted" in page.text
        assert "no longer has the words cited" in page.text
        assert "Figures &lt;b&gt;made up&lt;/b&gt;" in page.text
        assert not {"<script", "<b>made up"} & {tag for tag in ("<script", "<b>made up") if tag in page.text}
        assert "default-src 'none'" in page.headers["content-security-policy"]
    answered = client.get(f"/answers/{answer['id']}").text
    assert all(f">[{c['key']}]</a>" in answered for s in answer["sentences"] for c in s["citations"])
    given = client.get(f"/answers/{answer['id']}/table.csv")
    assert given.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(given.text.removeprefix("\ufeff"))))
    assert {row["record"] for row in rows} == {review["id"] for review in answer["reviews"]}
    assert all(("has been marked retracted" in row["today"]) == (row["record"] == place["review_id"]) for row in rows)
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())
    for address in ("/answers/none", "/answers/none/table", "/answers/none/table.csv", "/answers/<script>/table"):
        assert client.get(address).status_code == 404
        assert "<script" not in client.get(address).text
