"""The rules before every request."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.web.guard import LOOPBACK, Guard


@pytest.fixture
def client() -> TestClient:
    app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("in"), methods=["GET", "POST"])])
    return TestClient(Guard(app, LOOPBACK), base_url="http://127.0.0.1:7860")


def test_loopback_names_are_answered(client: TestClient) -> None:
    for host in ("127.0.0.1:7860", "localhost", "[::1]:7860"):
        assert client.get("/", headers={"host": host}).text == "in"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil.example:7860", "[::1].evil.example"])
def test_other_names_are_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host"])
def test_requests_through_a_proxy_are_refused_while_there_are_no_accounts(client: TestClient, header: str) -> None:
    answer = client.get("/", headers={header: "a"})
    assert answer.status_code == 403
    assert "proxy" in answer.text


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:9999"])
def test_changing_calls_need_our_own_origin(client: TestClient, origin: str | None) -> None:
    assert client.post("/", headers={"origin": origin} if origin else {}).status_code == 403


def test_changing_calls_from_our_own_pages_and_from_commands_pass(client: TestClient) -> None:
    assert client.post("/", headers={"origin": "http://127.0.0.1:7860"}).text == "in"
    assert client.post("/", headers={"authorization": "Bearer token"}).text == "in"


def test_answers_carry_security_headers(client: TestClient) -> None:
    headers = client.get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
