"""The rules themselves, where the way they are written could leave a gap."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from corpus import Role
from ui.web.guard import Guard
from ui.web.rules import is_closed, is_for_programs, role_of_path


@pytest.mark.parametrize(
    ("path", "role"), [("/curate/a\nb", Role.LIBRARIAN), ("/admin/\n", Role.ADMIN), ("/notes/a\nb/edit", Role.MEMBER), ("/review/a\nb/edit", Role.LIBRARIAN)]
)
def test_a_line_end_in_a_path_leads_past_no_rule(path: str, role: Role) -> None:
    assert role_of_path(path) is role


def test_a_line_end_opens_nothing_that_is_closed_and_a_program_is_told_as_programs_are() -> None:
    assert is_closed("/gradio_api/proxy=http://a\nb")
    assert is_closed("/monitoring/\n")
    assert is_for_programs("/api/v1/records/a\nb")


@pytest.mark.parametrize(("path", "kind"), [("/api/v1/records/7%0Am", "application/json"), ("/review/7%0Am", "text/plain; charset=utf-8")])
def test_a_control_character_in_an_address_leads_nowhere(path: str, kind: str) -> None:
    app = FastAPI()
    app.add_middleware(Guard)
    app.add_api_route("/review/{review_id}", lambda review_id: review_id)
    client = TestClient(app, base_url="http://127.0.0.1")
    refused = client.get(path)
    assert (refused.status_code, refused.headers["content-type"]) == (404, kind)
    assert client.get("/review/7").status_code == 200
