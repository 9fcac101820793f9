"""The digest's pages without a browser: who may what, editing without a script, subscribing and leaving."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus import ForbiddenError, Library, Role
from corpus.digest import Issue, changes_since
from tests.corpus.making import put, review
from tests.digest.conftest import Inbox
from ui.digest.links import Tokens
from ui.engine import LocalEngine
from ui.settings import Settings
from ui.web.digest_desk import digest_desk
from ui.web.digest_pages import digest_pages
from ui.web.guard import Guard
from ui.web.people import Person
from ui.web.question_pages import question_pages
from ui.web.server import _forbidden
from ui.web.works import Works
from ui.wiring import Workshop

ORIGIN = {"origin": "http://localhost"}
As = Callable[[Role | None], TestClient]


class Entered:
    """Says who every request is from; nobody, for a role of None."""

    def __init__(self, app: ASGIApp, name: str, role: Role | None) -> None:
        self._app = app
        self._person = Person(name, role) if role else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["florilegium.person"] = self._person
        await self._app(scope, receive, send)


@pytest.fixture
def site(library: Library, settings: Settings) -> As:
    """The site for somebody of a role, who goes by that role's name."""
    engine = LocalEngine(Workshop(settings, library))

    def entered(role: Role | None) -> TestClient:
        app = FastAPI()
        for router in (digest_desk(Works(engine)), digest_pages(library, settings), question_pages(engine)):
            app.include_router(router)
        app.add_exception_handler(ForbiddenError, _forbidden)
        app.add_middleware(Entered, name=role.word if role else "", role=role)
        app.add_middleware(Guard)
        return TestClient(app, base_url="http://localhost", headers=ORIGIN, follow_redirects=False)

    return entered


@pytest.fixture
def filled(library: Library) -> Library:
    put(library, *(review(name, f"On {name}", year=2020, summary=f"Of {name}.", facets={"topics": [topic]}) for name, topic in
                   (("ants", "pain"), ("bees", "pain"), ("cats", "sleep"))))  # fmt: skip
    return library


def fields(page: str) -> dict[str, Any]:
    """What a browser would send back of the edit form."""
    found: dict[str, Any] = {"entry": re.findall(r'name="entry" value="([^"]*)"', page)}
    found |= dict(re.findall(r'name="(version|title|lead:[^"]*)" value="([^"]*)"', page))
    found |= dict.fromkeys(re.findall(r'name="(out:[^"]*)" value="1" checked', page), "1")
    found["introduction"] = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)[1]  # type: ignore[index]
    return {name: value if isinstance(value, list) else html.unescape(value) for name, value in found.items()}


def order(library: Library) -> list[str]:
    return [entry.review_id for entry in library.issues.get(1).digest.entries]


def test_a_draft_is_made_edited_looked_at_and_published(site: As, filled: Library) -> None:
    desk = site(Role.LIBRARIAN)
    assert desk.post("/digest/draft").headers["location"] == "/digest/1/edit"
    assert desk.post("/digest/draft").headers["location"] == "/digest/1/edit", "there is one draft at a time"
    form = fields(desk.get("/digest/1/edit").text)
    assert form["entry"] == ["ants", "bees", "cats"]
    changed = form | {"title": "Of <animals>", "introduction": "Dear\r\n\r\nreader", "lead:bees": "About bees:", "out:cats": "1"}
    done = desk.post("/digest/1/edit", data=changed | {"do": "entry-up:bees"})
    assert (done.status_code, done.headers["location"]) == (303, "/digest/1/edit#e-bees")
    assert order(filled) == ["bees", "ants", "cats"]
    moved = desk.post("/digest/1/edit", data=fields(desk.get("/digest/1/edit").text) | {"do": "section-up:1"})
    assert moved.headers["location"] == "/digest/1/edit#s-1"
    assert order(filled) == ["cats", "bees", "ants"]
    again = fields(desk.get("/digest/1/edit").text)
    assert again["out:cats"] == "1"
    assert desk.post("/digest/1/edit", data=again | {"do": "preview"}).headers["location"] == "/digest/1"
    look = desk.get("/digest/1").text
    assert "Of &lt;animals&gt;" in look
    assert "About bees:" in look
    assert '<q class="text">Of bees.</q>' in look
    assert "Of cats." not in look
    version = re.search(r'name="version" value="(\d+)"', look)[1]  # type: ignore[index]
    assert desk.post("/digest/1/publish", data={"version": version}).headers["location"] == "/digest/1"
    assert filled.issues.get(1).published
    assert (filled.issues.get(1).published_by, filled.issues.get(1).introduction) == ("librarian", "Dear\n\nreader")
    assert desk.get("/digest/1/edit").headers["location"] == "/digest/1"
    assert desk.post("/digest/1/delete").status_code == 409


def test_what_two_editors_type_is_kept(site: As, filled: Library) -> None:
    desk = site(Role.LIBRARIAN)
    desk.post("/digest/draft")
    mine = fields(desk.get("/digest/1/edit").text) | {"lead:ants": "Mine & only:", "title": "Mine"}
    desk.post("/digest/1/edit", data=fields(desk.get("/digest/1/edit").text) | {"title": "Theirs", "do": "save"})
    refused = desk.post("/digest/1/edit", data=mine | {"do": "save"})
    assert refused.status_code == 409
    assert "has saved issue 1 since" in refused.text
    kept = fields(refused.text)
    assert (kept["title"], kept["lead:ants"]) == ("Mine", "Mine & only:")
    assert filled.issues.get(1).title == "Theirs"
    assert desk.post("/digest/1/edit", data=mine | {"version": kept["version"], "do": "save"}).status_code == 303
    assert filled.issues.get(1).title == "Mine"
    for wrong in ({"title": ""}, {"lead:ants": "x" * 301}, {"introduction": "x" * 20_001}):
        bad = desk.post("/digest/1/edit", data=fields(desk.get("/digest/1/edit").text) | wrong | {"do": "save"})
        assert bad.status_code == 400
        assert 'role="alert"' in bad.text
    for junk in ("entry-up:nobody", "section-up:99", "section-down:x", "nonsense", "entry-down:"):
        assert desk.post("/digest/1/edit", data=fields(desk.get("/digest/1/edit").text) | {"do": junk}).status_code == 303
    assert order(filled) == ["ants", "bees", "cats"]


def test_a_draft_takes_in_what_came_since(site: As, filled: Library) -> None:
    desk = site(Role.LIBRARIAN)
    desk.post("/digest/draft")
    put(filled, review("dogs", "On dogs", summary="Of dogs."))
    desk.post("/digest/1/edit", data=fields(desk.get("/digest/1/edit").text) | {"lead:ants": "Kept:", "do": "refresh"})
    assert order(filled) == ["ants", "bees", "cats", "dogs"]
    assert filled.issues.get(1).digest.entries[0].lead == "Kept:"


def test_who_may_what(site: As, filled: Library) -> None:
    filled.issues.create(changes_since(filled, 0), "A draft", "ann")
    for role in (Role.READER, Role.MEMBER):
        client = site(role)
        assert client.get("/digest").status_code == 200
        assert "A draft" not in client.get("/digest").text
        assert client.get("/digest/1").status_code == client.get("/digest/1.md").status_code == 404
        for path in ("/digest/1/edit", "/digest/1/mails"):
            assert client.get(path).status_code == 403
        for path in ("/digest/draft", "/digest/1/edit", "/digest/1/publish", "/digest/1/delete", "/digest/1/send"):
            assert client.post(path).status_code == 403
        assert client.get("/questions").status_code == (403 if role == Role.READER else 200)
    nobody = site(None)
    for path in ("/digest", "/digest/feed.atom", "/digest/1", "/digest/1.md", "/questions"):
        assert nobody.get(path).status_code == 403
    assert filled.issues.get(1).version == 1


def test_readers_have_the_issue_as_page_markdown_and_feed(site: As, issue: Issue) -> None:
    reader = site(Role.READER)
    page = reader.get("/digest/1")
    assert page.status_code == 200
    assert "script-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "alert(1)&lt;/script&gt; ran;" in page.text
    assert reader.get("/digest/1.md").text.startswith("# Wöchentliches")
    assert reader.get("/digest/feed.atom").headers["content-type"] == "application/atom+xml"
    assert reader.get("/digest/99").status_code == 404
    assert reader.get("/digest/1", headers={"accept-language": "de"}).status_code == 200


def test_subscribing_takes_two_steps_and_leaving_one(site: As, library: Library, settings: Settings, inbox: Inbox) -> None:
    member = site(Role.MEMBER)
    said = member.post("/digest/subscribe", data={"address": "Ann@Example.org"})
    assert said.status_code == 200
    (mail,) = inbox.to("Ann@example.org")
    link = next(word for word in mail.get_content().split() if "/confirm/" in word).removeprefix("https://reviews.example.org")
    assert member.post("/digest/subscribe", data={"address": "Ann@example.org"}).text == said.text
    assert len(inbox.mails) == 1, "it is not asked again and again"

    anyone = site(None)
    assert anyone.get(link).status_code == 200
    assert library.subscribers.all(active=True) == [], "following the link alone changes nothing"
    assert anyone.post(link).status_code == 200
    (subscriber,) = library.subscribers.all(active=True)
    assert (subscriber.address, subscriber.owner) == ("Ann@example.org", "member")
    assert member.post("/digest/subscribe", data={"address": "Ann@example.org"}).text == said.text, "it does not tell who is subscribed"
    assert len(inbox.mails) == 1

    leave = f"/digest/unsubscribe/{Tokens(library).unsubscribe(subscriber.uid)}"
    assert "Ann@example.org" in anyone.get(leave).text
    assert len(library.subscribers.all()) == 1
    del anyone.headers["origin"]
    one_click = anyone.post(leave, content=b"List-Unsubscribe=One-Click", headers={"content-type": "application/x-www-form-urlencoded"})
    assert one_click.status_code == 200
    assert library.subscribers.all() == []
    assert anyone.get(leave).status_code == anyone.post(leave).status_code == 200
    for path in ("/digest/unsubscribe/forged", "/digest/confirm/forged"):
        assert anyone.get(path).status_code == 404
    assert anyone.post("/digest/subscribe", data={"address": "x@example.org"}).status_code == 403, "all else comes from our own pages"


def test_what_cannot_be_subscribed_is_said(site: As, library: Library, settings: Settings, inbox: Inbox) -> None:
    member = site(Role.MEMBER)
    assert "no mail address" in member.post("/digest/subscribe", data={"address": "a@b.org\r\nBcc: c@d.org"}).text
    for number in range(30):
        library.subscribers.add(f"n{number}@example.org")
    assert "Too many addresses" in member.post("/digest/subscribe", data={"address": "one@example.org"}).text
    assert inbox.mails == []


def test_an_issue_is_sent_from_its_page(site: As, library: Library, issue: Issue, inbox: Inbox) -> None:
    import time

    library.subscribers.add("ann@example.org", active=True)
    inbox.refuse["bob@example.org"] = "550 no <such> mailbox"
    library.subscribers.add("bob@example.org", active=True)
    desk = site(Role.LIBRARIAN)
    assert desk.post("/digest/1/send").headers["location"] == "/digest/1/mails"
    until = time.monotonic() + 20
    while library.mails.counts(1)["waiting"] or not library.mails.all(1):
        assert time.monotonic() < until
        time.sleep(0.05)
    shown = desk.get("/digest/1/mails").text
    assert "1 sent · 1 failed" in shown
    assert "550 no &lt;such&gt; mailbox" in shown
    assert len(inbox.mails) == 1


def test_each_reader_has_questions_of_their_own(site: As, filled: Library) -> None:
    member, librarian = site(Role.MEMBER), site(Role.LIBRARIAN)
    assert member.post("/questions", data={"question": "Do <b>ants</b> sleep?", "filter": ["year>=2000"]}).status_code == 303
    (saved,) = filled.questions.all("member")
    assert (saved.question, saved.filters) == ("Do <b>ants</b> sleep?", ("year>=2000",))
    assert "Do &lt;b&gt;ants&lt;/b&gt; sleep?" in member.get("/questions").text
    assert "ants" not in librarian.get("/questions").text
    assert librarian.post(f"/questions/{saved.number}/remove").status_code == 404
    filled.answers.save("a1", "Q", 1, {"id": "a1", "standalone_question": "And bees?", "filters": ["year>=2010"]}, "member")
    assert librarian.post("/questions", data={"answer": "a1"}).status_code == 400
    assert member.post("/questions", data={"answer": "a1"}).status_code == 303
    kept = filled.questions.all("member")[1]
    assert (kept.question, kept.filters, kept.answer and kept.answer["id"]) == ("And bees?", ("year>=2010",), "a1")
    for wrong in ({"question": " "}, {"question": "x", "filter": "colour=red"}):
        assert member.post("/questions", data=wrong).status_code == 400
    assert member.post(f"/questions/{saved.number}/remove").status_code == 303
    assert [each.number for each in filled.questions.all("member")] == [kept.number]
