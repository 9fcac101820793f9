"""The page of one's own tokens, through the doors of the site, and the command that does the same."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from corpus import Library, Role
from ui.cli import main
from ui.web.access import Access
from ui.web.guard import Guard
from ui.web.people import Door
from ui.web.signing import without_accounts
from ui.web.token_pages import token_pages

BASE = "http://localhost"


@pytest.fixture
def staffed(library: Library) -> Library:
    for name, role in (("ada", Role.LIBRARIAN), ("ben", Role.READER)):
        library.accounts.add(name, role, "correct horse battery")
    return library


def browser(library: Library, name: str = "", access: Access | None = None) -> TestClient:
    app, access = FastAPI(), access or Access(True)
    app.include_router(token_pages(library))
    app.add_middleware(Door, access=access, library=library)
    app.add_middleware(Guard, access=access)
    client = TestClient(app, base_url=BASE, headers={"origin": BASE}, follow_redirects=False)
    if name:
        client.cookies.set("florilegium_session", library.sessions.start(name), domain="localhost.local")
    return client


def test_a_token_is_shown_once_and_works_as_chosen(staffed: Library) -> None:
    ben = browser(staffed, "ben")
    made = ben.post("/tokens/new", data={"label": "<b>Zotero", "scope": ["read"], "days": "30"})
    assert made.headers["cache-control"] == "no-store"
    secret = re.search(r"flor_[\w-]{43}", made.text)
    assert secret is not None
    found = staffed.tokens.find(secret[0])
    assert found is not None
    assert (found.name, sorted(found.scopes), found.expires - found.made) == ("ben", ["read"], 30 * 24 * 3600)
    shown = ben.get("/tokens").text
    assert secret[0] not in shown
    assert "&lt;b&gt;Zotero" in shown
    assert ben.post("/tokens/new", data={"label": "endless", "scope": ["read", "ask"], "days": ""}).status_code == 200
    assert [token.expires == 0 for token in staffed.tokens.all("ben")] == [False, True]


def test_only_one_s_own_are_shown_and_revoked(staffed: Library) -> None:
    secret, made = staffed.tokens.new("ada", ["judge"], label="of Ada")
    ada, ben = browser(staffed, "ada"), browser(staffed, "ben")
    assert "of Ada" not in ben.get("/tokens").text
    assert ben.post(f"/tokens/{made.number}/revoke").status_code == 404
    assert staffed.tokens.find(secret) is not None
    assert ada.post(f"/tokens/{made.number}/revoke").headers["location"] == "/tokens"
    assert staffed.tokens.find(secret) is None


def test_what_cannot_be_made_is_told_on_the_page(staffed: Library) -> None:
    ben = browser(staffed, "ben")
    for data, said in (({"label": "x"}, "without a scope"), ({"label": "x", "scope": "root"}, "no scope"), ({"scope": "read", "label": "x" * 200}, "100")):
        refused = ben.post("/tokens/new", data=data)
        assert refused.status_code == 400
        assert said in refused.text
    assert staffed.tokens.all() == []
    assert ('value="judge"' in ben.get("/tokens").text, 'value="judge"' in browser(staffed, "ada").get("/tokens").text) == (False, True)


def test_nobody_else_makes_one(staffed: Library) -> None:
    assert browser(staffed).get("/tokens").status_code == 401
    anyone = browser(staffed, access=Access(True, open_reading=True))
    assert anyone.get("/tokens").headers["location"] == "/signin?next=/tokens"
    ada = browser(staffed, "ada")
    for origin in ("http://evil.example", "null", ""):
        assert ada.post("/tokens/new", data={"label": "x", "scope": "read"}, headers={"origin": origin}).status_code == 403
    secret, _ = staffed.tokens.new("ada", ["read", "ask", "judge"])
    assert browser(staffed).post("/tokens/new", data={"label": "x", "scope": "read"}, headers={"authorization": f"Bearer {secret}"}).status_code == 401
    assert len(staffed.tokens.all()) == 1


def test_without_accounts_the_page_says_so(library: Library) -> None:
    app = FastAPI()
    app.include_router(without_accounts())
    app.add_middleware(Door)
    answer = TestClient(app).get("/tokens")
    assert (answer.status_code, "No accounts here" in answer.text) == (404, True)


def test_the_command_makes_lists_and_revokes(staffed: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("FLORILEGIUM_")]:
        monkeypatch.delenv(name)

    def told(*words: str, code: int = 0) -> str:
        assert main(["--home", str(tmp_path), "token", *words]) == code
        said = capsys.readouterr()
        assert (said.out if code else said.err) == ""
        return said.err if code else said.out

    made = json.loads(told("new", "ada", "--scope", "read", "--scope", "judge", "--days", "7", "--label", "nightly run", "--json"))
    found = staffed.tokens.find(made["token"])
    assert found is not None
    assert (made["scopes"], made["label"], found.number) == (["judge", "read"], "nightly run", made["number"])
    listed = told("list", "--json")
    assert [each["number"] for each in json.loads(listed)] == [made["number"]]
    assert made["token"] not in listed
    assert "nightly run" in told("list", "ada")
    assert re.fullmatch(r"flor_[\w-]{43}\n", told("new", "ben"))
    told("revoke", str(made["number"]))
    assert staffed.tokens.find(made["token"]) is None
    for words in (["new", "eve"], ["new", "ada", "--scope", "root"], ["revoke", "99"], ["list", "eve"]):
        assert told(*words, code=2).count("\n") == 1
