"""The rules before every request."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.web.access import Access
from ui.web.guard import Guard

_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]", "reviews.example.org"})
PUBLIC = Access(True, hosts=_NAMES, public="https://reviews.example.org", proxies=frozenset({"10.0.0.1"}))
OURS = {"host": "reviews.example.org"}


def seen(request: Request) -> JSONResponse:
    forwarded = [name for name in request.headers if "forwarded" in name or name == "x-real-ip"]
    return JSONResponse({"url": str(request.url), "client": request.client.host if request.client else "", "forwarded": forwarded})


def site(access: Access | None = None, peer: str = "127.0.0.1") -> TestClient:
    app = Starlette(routes=[Route("/{path:path}", seen, methods=["GET", "POST"])])
    return TestClient(Guard(app, access), base_url="http://127.0.0.1:7860", client=(peer, 4711))


@pytest.fixture
def client() -> TestClient:
    return site()


def test_loopback_names_are_answered(client: TestClient) -> None:
    for host in ("127.0.0.1:7860", "localhost", "[::1]:7860"):
        assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil.example:7860", "[::1].evil.example", "reviews.example.org"])
def test_other_names_are_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"])
def test_requests_through_a_proxy_are_refused_while_there_are_no_accounts(client: TestClient, header: str) -> None:
    answer = client.get("/", headers={header: "a"})
    assert answer.status_code == 403
    assert "FLORILEGIUM_AUTH=on" in answer.text


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:9999"])
def test_changing_calls_need_our_own_origin(client: TestClient, origin: str | None) -> None:
    headers = {"origin": origin} if origin else {}
    assert client.post("/", headers=headers).status_code == 403
    assert client.post("/signin", headers=headers | {"authorization": "Bearer token"}).status_code == 403, "a token is for the commands' calls alone"


def test_changing_calls_from_our_own_pages_and_from_commands_pass(client: TestClient) -> None:
    assert client.post("/", headers={"origin": "http://127.0.0.1:7860"}).status_code == 200
    assert client.post("/api/local/ping", headers={"authorization": "Bearer token"}).status_code == 200


def test_answers_carry_security_headers(client: TestClient) -> None:
    headers = client.get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert "strict-transport-security" not in headers
    assert "strict-transport-security" in site(PUBLIC).get("/", headers=OURS).headers


def test_a_public_address_is_the_name_the_scheme_and_the_origin() -> None:
    client = site(PUBLIC)
    assert client.get("/x", headers=OURS).json()["url"] == "https://reviews.example.org/x"
    assert client.get("/x").json()["url"] == "http://127.0.0.1:7860/x"
    assert client.get("/", headers={"host": "other.example.org"}).status_code == 403
    assert client.post("/", headers=OURS | {"origin": "https://reviews.example.org"}).status_code == 200
    for origin in ("http://reviews.example.org", "https://reviews.example.org:8443", "https://other.example.org", "null"):
        assert client.post("/", headers=OURS | {"origin": origin}).status_code == 403


@pytest.mark.parametrize(
    ("peer", "named", "client"),
    [
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.7"], "198.51.100.7"),  # what the reader wrote there stands further left
        ("10.0.0.1", ["198.51.100.7, 10.0.0.1"], "198.51.100.7"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("203.0.113.9", ["198.51.100.7"], "203.0.113.9"),
    ],
)
def test_the_readers_address_is_believed_from_a_known_proxy_alone(peer: str, named: list[str], client: str) -> None:
    headers = OURS | {
        "x-forwarded-for": named[0],
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "ftp",
        "forwarded": "for=1.2.3.4",
        "x-real-ip": "9.9.9.9",
    }
    got = site(PUBLIC, peer).get("/", headers=headers).json()
    assert got == {"url": "https://reviews.example.org/", "client": client, "forwarded": []}


def test_the_commands_calls_are_not_reached_through_a_proxy() -> None:
    client = site(PUBLIC)
    bearer = {"authorization": "Bearer token"}
    assert client.post("/api/local/ping", headers=bearer).status_code == 200
    assert client.post("/api/local/ping", headers=bearer | OURS).status_code == 403
    assert client.post("/api/local/ping", headers=bearer | {"x-forwarded-for": "1.2.3.4"}).status_code == 403
