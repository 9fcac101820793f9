"""Who may read the digest, through the very doors of the site: the rules and the pages say the same."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from corpus import ForbiddenError, Library, Role
from corpus.digest import Issue
from ui.digest.links import Tokens
from ui.engine import LocalEngine
from ui.settings import Settings
from ui.web.access import Access
from ui.web.digest_desk import digest_desk
from ui.web.digest_pages import digest_pages
from ui.web.guard import Guard
from ui.web.people import Door
from ui.web.server import _forbidden
from ui.web.signing import signing_pages
from ui.web.works import Works
from ui.wiring import Workshop

PASSWORD = "correct horse battery"
PAGE = {"accept": "text/html"}
READABLE = ("/digest", "/digest/1", "/digest/1.md", "/digest/feed.atom")
OPENED, CLOSED, OFF = Access(True, open_reading=True), Access(True), Access()


def client(library: Library, settings: Settings, access: Access, role: Role | None = None) -> TestClient:
    """A browser at the site, signed in as somebody of a role."""
    app = FastAPI()
    for router in (digest_desk(Works(LocalEngine(Workshop(settings, library)))), digest_pages(library, settings), signing_pages(library, access)):
        app.include_router(router)
    app.add_exception_handler(ForbiddenError, _forbidden)
    app.add_middleware(Door, access=access, library=library)
    app.add_middleware(Guard, access=access)
    made = TestClient(app, base_url="http://localhost", headers={"origin": "http://localhost"}, follow_redirects=False)
    if role is not None:
        library.accounts.add(f"a-{role.word}", role, PASSWORD)
        assert made.post("/signin", data={"name": f"a-{role.word}", "password": PASSWORD}).status_code == 303
    return made


@pytest.mark.parametrize("path", READABLE)
@pytest.mark.usefixtures("issue")
def test_whoever_may_read_reads_what_is_published(library: Library, settings: Settings, path: str) -> None:
    for access, role in ((OFF, None), (OPENED, None), (CLOSED, Role.READER)):
        answer = client(library, settings, access, role).get(path, headers=PAGE)
        assert (answer.status_code, access) == (200, access)


@pytest.mark.parametrize("path", READABLE)
@pytest.mark.usefixtures("issue")
def test_where_reading_is_closed_it_is_for_those_who_have_signed_in(library: Library, settings: Settings, path: str) -> None:
    stranger = client(library, settings, CLOSED)
    turned = stranger.get(path, headers=PAGE)
    assert (turned.status_code, turned.headers["location"].partition("?")[0]) == (303, "/signin"), "a link in a mail leads to signing in, and on from there"
    assert stranger.get(path).status_code == 401


@pytest.mark.usefixtures("issue")
def test_a_reader_is_not_led_to_what_is_for_members(library: Library, settings: Settings) -> None:
    shown = {role: client(library, settings, CLOSED, role).get("/digest").text for role in (Role.READER, Role.MEMBER)}
    assert ["/questions" in text for text in shown.values()] == [False, True]
    assert ['href="/notes"' in text for text in shown.values()] == [False, True]
    assert 'href="/admin"' not in shown[Role.MEMBER]
    assert "a-member" in shown[Role.MEMBER]


@pytest.mark.usefixtures("issue")
def test_editing_is_for_librarians_at_the_door_already(library: Library, settings: Settings) -> None:
    for role, status in ((Role.MEMBER, 403), (Role.LIBRARIAN, 200)):
        assert client(library, settings, CLOSED, role).get("/digest/1/mails").status_code == status
    assert client(library, settings, OPENED).post("/digest/draft").status_code == 401


@pytest.mark.parametrize("access", [OFF, OPENED, CLOSED])
def test_the_links_of_mails_work_for_whoever_has_them(library: Library, settings: Settings, access: Access, issue: Issue) -> None:
    browser = client(library, settings, access)
    uid = library.subscribers.add("ann@example.org").uid
    tokens = Tokens(library)
    assert browser.post(f"/digest/confirm/{tokens.confirm(uid)}").status_code == 200
    assert library.subscribers.get(uid).active
    assert browser.post(f"/digest/unsubscribe/{tokens.unsubscribe(uid)}").status_code == 200
    assert library.subscribers.all() == []
    assert issue.published
