"""Who is asking: routes and Gradio handlers learn it alike, and what came by no door is nobody's."""

from __future__ import annotations

import gradio as gr
import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from corpus import LOCAL, ForbiddenError, Role, UsageError
from ui.web.people import Door, Person, person_of, require


def site() -> FastAPI:
    app = FastAPI()

    @app.get("/route")
    def route(request: Request) -> str:
        return require(request, Role.ADMIN).name

    @app.get("/event")
    def event(request: Request) -> str:
        return person_of(gr.Request(request=request)).name

    return app


def test_without_accounts_everybody_is_the_local_admin() -> None:
    app = site()
    app.add_middleware(Door)
    client = TestClient(app)
    assert client.get("/route").json() == client.get("/event").json() == LOCAL


@pytest.mark.parametrize("path", ["/route", "/event"])
def test_a_request_that_came_by_no_door_is_refused(path: str) -> None:
    with pytest.raises(ForbiddenError, match="nobody has signed in"):
        TestClient(site()).get(path, headers={"florilegium.person": "admin"})


def test_roles_have_one_order_and_one_spelling() -> None:
    assert [role.word for role in sorted(Role)] == ["reader", "member", "librarian", "admin"]
    assert all(Role.named(role.word) is role for role in Role)
    with pytest.raises(UsageError, match="reader, member, librarian, admin"):
        Role.named("owner")
    assert [Person("a", Role.MEMBER).may(role) for role in Role] == [True, True, False, False]
