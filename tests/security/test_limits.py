"""How often somebody may ask, and what becomes of who asks more often."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from corpus import LOCAL, Library, Role
from tests.security.conftest import Site
from tests.security.test_who_may_what import asked_by, pages_of
from ui.web.access import Access
from ui.web.limits import Limited, Limits, TooOftenError
from ui.web.people import ANYONE, LOCAL_PERSON, Door, Person
from ui.web.site import TABS_HELD


class Clock:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_turns_come_back_with_time() -> None:
    clock = Clock()
    limits = Limits(6, clock)
    assert [limits.wait("ada") for _ in range(6)] == [0] * 6
    assert (limits.wait("ada"), limits.wait("ben")) == (11, 0)
    clock.at = 9.9
    assert limits.wait("ada") > 0
    clock.at = 10.1
    assert limits.wait("ada") == 0
    assert limits.wait("ada") > 0
    clock.at = 10_000.0
    assert [limits.wait("ada") for _ in range(7)] == [0] * 6 + [11]


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 20))
def test_never_more_than_twice_the_turns_in_a_minute(steps: list[float], most: int) -> None:
    clock = Clock()
    limits, taken = Limits(most, clock), []
    for step in steps:
        clock.at += step
        if not limits.wait("ada"):
            taken.append(clock.at)
    assert all(sum(at <= each < at + 60 for each in taken) <= 2 * most for at in taken)


def test_the_local_user_has_no_limit_and_who_has_no_account_is_known_by_the_address() -> None:
    limits = Limits(1)
    for _ in range(5):
        limits.take(LOCAL_PERSON, "127.0.0.1")
        Limits(0).take(ANYONE, "192.0.2.1")
    assert LOCAL_PERSON.name == LOCAL
    limits.take(ANYONE, "192.0.2.1")
    limits.take(ANYONE, "192.0.2.2")
    limits.take(Person("192.0.2.1", Role.READER), "192.0.2.1")
    with pytest.raises(TooOftenError, match=r"1 times a minute, and have\. Try again in 60 seconds"):
        limits.take(ANYONE, "192.0.2.1")


def test_what_asks_by_an_address_is_told_when_to_come_again(library: Library) -> None:
    library.accounts.add("ada", Role.READER)
    app = Starlette(routes=[Route("/{path:path}", lambda _: PlainTextResponse("done"), methods=["GET", "POST"])])
    app.add_middleware(Limited, limits=Limits(2))
    app.add_middleware(Door, access=Access(True), library=library)
    client = TestClient(app, cookies={"florilegium_session": library.sessions.start("ada")})
    paths = ["/library/export", "/api/v1/search", "/v1/chat/completions"]
    got = [client.get(path) for path in paths]
    assert [each.status_code for each in got] == [200, 200, 429]
    assert got[2].headers["retry-after"] in ("30", "31")
    assert "2 times a minute" in got[2].json()["error"]["message"]
    assert client.get("/library/export").text.startswith("you may ask 2 times a minute, and have. Try again in ")
    assert client.get("/review/x").status_code == 200, "reading has no limit"


def test_the_chat_tells_it_and_asks_nothing(site: Site) -> None:
    pages = pages_of(site)
    fn = next(fn for fn in pages.fns.values() if getattr(fn.fn, "__name__", "") == "_ask")
    before, pages.limits = pages.limits, Limits(2)

    def ask() -> Any:
        return site.loop.run(pages.process_api(fn, ["", *[None] * (len(fn.inputs) - 1)], None, asked_by("reader")))

    try:
        ask(), ask()
        with pytest.raises(gr.Error, match="2 times a minute"):
            ask()
    finally:
        pages.limits = before
    assert isinstance(asked_by("reader").request, Request)


def test_only_so_many_browser_tabs_are_held(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    held = pages_of(site).state_holder
    assert held.capacity == TABS_HELD
    monkeypatch.setattr(held, "capacity", 3)
    before = dict(held.session_data)
    for tab in ("one", "two", "one", "three", "four"):
        held[tab]
    assert list(held.session_data) == ["one", "three", "four"], before.keys()
