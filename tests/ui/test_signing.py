"""Signing in, out, and one's own account, through the very doors of the site."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from corpus import Library, Role
from ui.web.access import Access
from ui.web.guard import Guard
from ui.web.people import Door, person_of
from ui.web.signing import signing_pages

PASSWORD = "correct horse battery"
ORIGIN = {"origin": "http://localhost"}
ACCESS = Access(True)
PAGE = {"accept": "text/html"}


def site(library: Library, access: Access = ACCESS) -> FastAPI:
    app = FastAPI()
    app.include_router(signing_pages(library, access))

    @app.get("/who")
    def who(request: Request) -> str:
        person = person_of(request)
        return f"{person.role.word} {person.name}"

    app.add_middleware(Door, access=access, library=library)
    app.add_middleware(Guard, access=access)
    return app


@pytest.fixture
def staffed(library: Library) -> Library:
    library.accounts.add("ada", Role.ADMIN, PASSWORD)
    library.accounts.add("ben", Role.MEMBER, PASSWORD)
    return library


def browser(library: Library, access: Access = ACCESS, base: str = "http://localhost") -> TestClient:
    return TestClient(site(library, access), base_url=base, headers={"origin": base}, follow_redirects=False)


@pytest.fixture
def client(staffed: Library) -> TestClient:
    return browser(staffed)


def enter(client: TestClient, name: str = "ada", password: str = PASSWORD, onward: str = "/") -> int:
    return client.post("/signin", data={"name": name, "password": password, "next": onward}).status_code


def test_nobody_sees_anything_before_signing_in_and_comes_back_to_where_they_were(client: TestClient) -> None:
    assert client.get("/who").status_code == 401
    turned = client.get("/who?a=1&b=%2F", headers=PAGE)
    assert (turned.status_code, turned.headers["location"]) == (303, f"/signin?next={quote('/who?a=1&b=%2F', safe='')}")
    form = client.get(turned.headers["location"], headers=PAGE).text
    assert 'value="/who?a=1&amp;b=%2F"' in form
    answer = client.post("/signin", data={"name": "Ada", "password": PASSWORD, "next": "/who?a=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/who?a=1")
    assert client.get("/who").json() == "admin ada"


_ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "http:/x",
    "",
    "/\n//x",
]


@pytest.mark.parametrize("onward", _ELSEWHERE)
def test_signing_in_never_leads_elsewhere(client: TestClient, onward: str) -> None:
    shown = client.get(f"/signin?next={quote(onward, safe='')}").text
    assert re.search(r'name="next" value="([^"]*)"', shown)[1] == "/"  # type: ignore[index]
    answer = client.post("/signin", data={"name": "ada", "password": PASSWORD, "next": onward})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_wrong_password_and_an_unknown_name_look_alike_and_keep_what_was_typed(client: TestClient) -> None:
    pages = [client.post("/signin", data={"name": name, "password": "wrong <b>", "next": "/who"}) for name in ("ada", "eve")]
    assert [answer.status_code for answer in pages] == [401, 401]
    assert pages[0].text.replace('value="ada"', 'value="eve"') == pages[1].text
    assert "wrong &lt;b" not in pages[0].text
    assert "set-cookie" not in pages[0].headers


def test_too_many_tries_wait_even_with_the_right_password(client: TestClient) -> None:
    assert [enter(client, password="wrong") for _ in range(5)] == [401] * 5
    assert enter(client) == 429
    assert enter(client, name="ben") == 303


def test_the_cookie_is_only_for_this_site_and_no_script(client: TestClient, staffed: Library) -> None:
    cookies = client.post("/signin", data={"name": "ada", "password": PASSWORD}).headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("florilegium_session="))
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(session.split("; "))
    public = Access(True, hosts=frozenset({"reviews.example.org"}), public="https://reviews.example.org")
    secure = browser(staffed, public, "https://reviews.example.org")
    cookies = secure.post("/signin", data={"name": "ada", "password": PASSWORD}).headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("__Host-florilegium_session="))
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Secure"} <= set(session.split("; "))
    assert "Domain" not in session
    assert secure.get("/who").json() == "admin ada"


def test_a_token_put_into_the_browser_before_is_worth_nothing_after(client: TestClient, staffed: Library) -> None:
    planted = staffed.sessions.start("ben")
    client.cookies.set("florilegium_session", planted, domain="localhost.local")
    assert client.get("/who").json() == "member ben"
    assert enter(client) == 303
    assert client.cookies["florilegium_session"] != planted
    assert staffed.sessions.find(planted) is None, "and the session that was there before has ended"
    client.cookies.clear()
    client.cookies.set("florilegium_session", "made-up-by-somebody")
    assert client.get("/who").status_code == 401


@pytest.mark.parametrize("path", ["/signin", "/signout", "/account/password", "/account/sessions/1/end"])
def test_another_site_can_neither_sign_a_browser_in_nor_out(client: TestClient, path: str) -> None:
    enter(client)
    for origin in ("http://evil.example", "null", ""):
        assert client.post(path, data={"name": "ben", "password": PASSWORD}, headers={"origin": origin}).status_code == 403
    assert client.get("/who").json() == "admin ada"


def test_signing_out_ends_the_session_itself(client: TestClient) -> None:
    enter(client)
    token = client.cookies["florilegium_session"]
    assert client.get("/signout").status_code == 200
    assert client.get("/who").json() == "admin ada", "looking at the page alone signs nobody out"
    assert client.post("/signout").headers["location"] == "/signin"
    client.cookies.clear()
    client.cookies.set("florilegium_session", token)
    assert client.get("/who").status_code == 401


def test_two_browsers_are_two_people_and_one_sees_the_other_nowhere(staffed: Library) -> None:
    first, second = browser(staffed), browser(staffed)
    enter(first)
    enter(second, name="ben")
    assert [each.get("/who").json() for each in (first, second)] == ["admin ada", "member ben"]
    assert ("ben" in first.get("/account").text, "ada" in second.get("/account").text) == (False, False)


def test_a_password_is_changed_by_who_knows_it_and_ends_the_other_sessions(staffed: Library) -> None:
    here, there = browser(staffed), browser(staffed)
    enter(here)
    enter(there)
    new = "another good password"
    for old, first, again, status in ((PASSWORD, new, "other", 400), (PASSWORD, "short", "short", 400), ("wrong", new, new, 403)):
        assert here.post("/account/password", data={"old": old, "new": first, "again": again}).status_code == status
    assert there.get("/who").status_code == 200
    assert here.post("/account/password", data={"old": PASSWORD, "new": new, "again": new}).status_code == 200
    assert [here.get("/who").status_code, there.get("/who").status_code] == [200, 401]
    assert [enter(there), enter(there, password=new)] == [401, 303]


def test_ones_own_sessions_are_listed_and_ended(staffed: Library) -> None:
    here, there, others = browser(staffed), browser(staffed), browser(staffed)
    there.headers["user-agent"] = "<script>Opera"
    for each in (here, there):
        enter(each)
    enter(others, name="ben")
    shown = here.get("/account").text
    assert "&lt;script&gt;Opera" in shown
    numbers = re.findall(r"/account/sessions/(\d+)/end", shown)
    assert len(numbers) == 1, "one's own session is not offered"
    assert here.post(f"/account/sessions/{numbers[0]}/end").status_code == 303
    assert [here.get("/who").status_code, there.get("/who").status_code, others.get("/who").status_code] == [200, 401, 200]
    bens = staffed.sessions.all("ben")[0].number
    assert here.post(f"/account/sessions/{bens}/end").status_code == 404
    assert others.get("/who").status_code == 200


def test_a_link_lets_one_person_choose_a_password_once(staffed: Library) -> None:
    staffed.accounts.add("cleo", Role.LIBRARIAN)
    token = staffed.accounts.link("cleo")
    client = browser(staffed)
    assert "cleo" in client.get(f"/link/{token}").text
    assert client.post(f"/link/{token}", data={"new": "x", "again": "x"}).status_code == 400
    assert client.post(f"/link/{token}", data={"new": PASSWORD, "again": PASSWORD}).status_code == 303
    assert client.get("/who").json() == "librarian cleo"
    assert [client.get(f"/link/{dead}").status_code for dead in (token, "x")] == [404, 404]
    assert client.post(f"/link/{token}", data={"new": PASSWORD, "again": PASSWORD}).status_code == 404


def test_where_anyone_may_read_nobody_without_an_account_is_more_than_a_reader(staffed: Library) -> None:
    client = browser(staffed, Access(True, open_reading=True))
    assert client.get("/who").json() == "reader "
    for path in ("/notes", "/lists", "/conversations/x", "/curate", "/admin", "/lab"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers=PAGE).headers["location"].startswith("/signin?next=")
    assert client.get("/account").headers["location"] == "/signin?next=/account"
    assert client.post("/account/password", data={"new": PASSWORD}).headers["location"] == "/signin?next=/account"
    enter(client, name="ben")
    assert client.get("/who").json() == "member ben"


def test_a_disabled_or_demoted_account_feels_it_at_the_next_click(client: TestClient, staffed: Library) -> None:
    enter(client, name="ben")
    staffed.accounts.set_role("ben", Role.READER)
    assert client.get("/who").json() == "reader ben"
    staffed.accounts.set_disabled("ben", True)
    assert client.get("/who").status_code == 401
    assert enter(client, name="ben") == 401
