"""Signing in by an OpenID provider: one that runs on this machine, and lies in one thing at a time."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.testclient import TestClient

from corpus import Library, Role, UsageError
from ui.settings import Settings
from ui.web.access import Access
from ui.web.guard import Guard
from ui.web.people import Door, person_of
from ui.web.provider import Provider, is_safe, roles_of
from ui.web.signing import signing_pages

SITE = "http://localhost"
CLIENT, SECRET = "florilegium", "a secret of the test"
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
OTHERS_KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


class OpenIdProvider:
    """Discovery, authorize, token and keys. `claims` go into every token; `lie` names what it does wrong."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"sub": "4711", "preferred_username": "Ada.Lovelace"}
        self.lie = ""
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.serve(self, b"")

            def do_POST(self) -> None:
                provider.serve(self, self.rfile.read(int(self.headers["content-length"])))

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def serve(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        parts = urlsplit(handler.path)
        self.asked.append(parts.path)
        step = {"/.well-known/openid-configuration": "discovery", "/authorize": "authorize", "/token": "token", "/keys": "keys"}.get(parts.path, "")
        if self.lie == f"{step} redirects":
            handler.send_response(302)
            handler.send_header("Location", f"{self.issuer}/elsewhere")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        if self.lie == f"{step} is not there" or not step:
            handler.send_error(500 if step else 404)
            return
        said = {"discovery": self._discovery, "token": lambda: self._token(handler, body), "keys": self._keys}[step]()
        text = said if isinstance(said, bytes) else json.dumps(said).encode()
        handler.send_response(400 if isinstance(said, dict) and "error" in said else 200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has heard enough
            handler.wfile.write(text)

    def authorize(self, address: str) -> str:
        """A person consents; the address that the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def _discovery(self) -> Any:
        if self.lie == "discovery is endless":
            return b"[" + b"0," * (1 << 20) + b"0]"
        keys = {"keys elsewhere": "http://169.254.169.254/latest", "keys in a file": "file:///etc/passwd", "keys with a name": "https://me:pw@x.example"}
        return {
            "issuer": "https://other.example" if self.lie == "other issuer in discovery" else self.issuer,
            "authorization_endpoint": "http://evil.example/authorize" if self.lie == "authorize elsewhere" else f"{self.issuer}/authorize",
            "token_endpoint": "" if self.lie == "no token endpoint" else f"{self.issuer}/token",
            "jwks_uri": keys.get(self.lie, f"{self.issuer}/keys"),
        }

    def _keys(self) -> Any:
        return KeySet([OTHERS_KEY if self.lie == "other keys" else KEY]).as_dict(private=False)

    def _token(self, handler: BaseHTTPRequestHandler, body: bytes) -> Any:
        sent = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        asked = self._codes.pop(sent["code"], None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '%20')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if handler.headers["authorization"] not in (f"Basic {basic}", f"Basic {plain}") or asked is None:
            return {"error": "invalid_grant"}
        challenge = _base64(hashlib.sha256(sent["code_verifier"].encode()).digest())
        if challenge != asked["code_challenge"] or sent["redirect_uri"] != asked["redirect_uri"]:
            return {"error": "invalid_grant"}
        return {"access_token": "a", "token_type": "Bearer", "id_token": self._signed(asked["nonce"])}

    def _signed(self, nonce: str) -> str:
        at = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "exp": at + 300, "iat": at, "nonce": nonce, **self.claims}
        match self.lie:
            case "unsigned":
                return f"{_part({'alg': 'none'})}.{_part(claims)}."
            case "signed with the public key as a secret":
                signed = f"{_part({'alg': 'HS256', 'kid': 'first'})}.{_part(claims)}"
                return f"{signed}.{_base64(hmac.digest(KEY.as_pem(private=False), signed.encode(), 'sha256'))}"
            case "signed by somebody else":
                return jwt.encode({"alg": "RS256", "kid": "first"}, claims, OTHERS_KEY)
            case "no token":
                return ""
        return jwt.encode({"alg": "RS256", "kid": "first"}, {name: value for name, value in claims.items() if value is not None}, KEY)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _part(claims: dict[str, Any]) -> str:
    return _base64(json.dumps(claims).encode())


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    made = OpenIdProvider()
    yield made
    made.close()


def site(library: Library, provider: OpenIdProvider, **given: Any) -> TestClient:
    access = Access(True)
    settings = Settings(oidc_issuer=provider.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET, **given)
    app = FastAPI()
    app.include_router(signing_pages(library, access, Provider(settings, f"{SITE}/signin/provider/back")))

    @app.get("/who")
    def who(request: Request) -> str:
        person = person_of(request)
        return f"{person.role.word} {person.name}"

    app.add_middleware(Door, access=access, library=library)
    app.add_middleware(Guard, access=access)
    return TestClient(app, base_url=SITE, follow_redirects=False)


def begin(client: TestClient, onward: str = "/who") -> str:
    """Press the button; the address of the provider that the browser is sent to."""
    answer = client.get("/signin/provider", params={"next": onward})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def sign_in(client: TestClient, provider: OpenIdProvider, onward: str = "/who") -> Any:
    return client.get(provider.authorize(begin(client, onward)))


def test_the_whole_way_makes_an_account_once_and_finds_it_again(library: Library, provider: OpenIdProvider) -> None:
    client = site(library, provider)
    assert 'href="/signin/provider?next=%2Fwho"' in client.get("/signin?next=/who").text
    back = sign_in(client, provider)
    assert (back.status_code, back.headers["location"]) == (303, "/who")
    assert client.get("/who").json() == "reader ada.lovelace"
    again = site(library, provider)
    sign_in(again, provider)
    assert again.get("/who").json() == "reader ada.lovelace"
    assert [account.subject for account in library.accounts.all()] == [f"{provider.issuer} 4711"]
    assert client.post("/signin", data={"name": "ada.lovelace", "password": ""}, headers={"origin": SITE}).status_code == 401, "it has no password"


def test_an_account_is_never_handed_to_who_is_called_the_same(library: Library, provider: OpenIdProvider) -> None:
    library.accounts.add("ada.lovelace", Role.ADMIN, "correct horse battery")
    client = site(library, provider)
    sign_in(client, provider)
    assert client.get("/who").json() == "reader ada.lovelace-2"
    provider.claims = {"sub": "4712", "preferred_username": "local"}
    other = site(library, provider)
    sign_in(other, provider)
    assert other.get("/who").json() == "reader 4712", "nobody is the local user"


def test_groups_say_the_role_at_every_sign_in(library: Library, provider: OpenIdProvider) -> None:
    client = site(library, provider, oidc_role_claim="groups", oidc_roles="staff=librarian,readers=reader")
    provider.claims |= {"groups": ["other", "readers", "staff"]}
    sign_in(client, provider)
    assert client.get("/who").json() == "librarian ada.lovelace"
    provider.claims |= {"groups": "readers"}
    sign_in(client, provider)
    assert client.get("/who").json() == "reader ada.lovelace"
    provider.claims |= {"groups": []}
    assert sign_in(client, provider).status_code == 403
    provider.claims |= {"sub": "4713", "groups": ["admin", "*"]}
    assert sign_in(client, provider).status_code == 403
    assert len(library.accounts.all()) == 1


def test_a_disabled_account_stays_out(library: Library, provider: OpenIdProvider) -> None:
    client = site(library, provider)
    sign_in(client, provider)
    library.accounts.set_disabled("ada.lovelace", True)
    assert sign_in(client, provider).status_code == 403
    assert client.get("/who").status_code == 401


@pytest.mark.parametrize(
    ("lie", "claims"),
    [
        ("unsigned", {}),
        ("signed with the public key as a secret", {}),
        ("signed by somebody else", {}),
        ("other keys", {}),
        ("no token", {}),
        ("", {"nonce": "another"}),
        ("", {"nonce": None}),
        ("", {"iss": "https://evil.example"}),
        ("", {"iss": None}),
        ("", {"aud": "another-site"}),
        ("", {"aud": None}),
        ("", {"aud": [CLIENT, "another-site"]}),
        ("", {"aud": [CLIENT, "another-site"], "azp": "another-site"}),
        ("", {"exp": int(time.time()) - 3600}),
        ("", {"exp": None}),
        ("", {"nbf": int(time.time()) + 3600}),
        ("", {"sub": None}),
        ("", {"sub": ""}),
    ],
)
def test_a_word_that_cannot_be_believed_lets_nobody_in(library: Library, provider: OpenIdProvider, lie: str, claims: dict[str, Any]) -> None:
    provider.lie, provider.claims = lie, provider.claims | claims
    client = site(library, provider)
    answer = sign_in(client, provider)
    assert answer.status_code == 403
    assert 'role="alert"' in answer.text
    assert client.get("/who").status_code == 401
    assert library.accounts.all() == []


def test_the_answer_belongs_to_the_browser_that_began_and_works_once(library: Library, provider: OpenIdProvider) -> None:
    client, other = site(library, provider), site(library, provider)
    address = provider.authorize(begin(client))
    begin(other)
    assert other.get(address).status_code == 403, "another browser's sign-in"
    forged = site(library, provider)
    begin(forged)
    for query in ("code=code-0&state=guessed", "code=code-0", "state=", "error=access_denied", ""):
        assert forged.get(f"/signin/provider/back?{query}").status_code == 403
        begin(forged)
    mixed = provider.authorize(begin(forged)).replace("iss=http", "iss=https")
    assert forged.get(mixed).status_code == 403, "another provider's answer"
    assert client.get(address).status_code == 303
    client.cookies.delete("florilegium_session")
    assert client.get(address).status_code == 403, "a second time"
    assert client.get("/who").status_code == 401


@pytest.mark.parametrize("onward", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"])
def test_it_leads_to_no_other_site(library: Library, provider: OpenIdProvider, onward: str) -> None:
    assert sign_in(site(library, provider), provider, onward).headers["location"] == "/"


_WRONG_ADDRESSES = ["other issuer in discovery", "authorize elsewhere", "keys elsewhere", "keys in a file", "keys with a name", "no token endpoint"]


@pytest.mark.parametrize("lie", _WRONG_ADDRESSES)
def test_addresses_that_are_not_the_providers_are_not_asked(library: Library, provider: OpenIdProvider, lie: str) -> None:
    provider.lie = lie
    answer = site(library, provider).get("/signin/provider")
    assert answer.status_code == 503
    assert 'role="alert"' in answer.text
    assert provider.asked == ["/.well-known/openid-configuration"]


@pytest.mark.parametrize("step", ["discovery redirects", "discovery is not there", "discovery is endless"])
def test_a_provider_that_cannot_be_asked_is_told(library: Library, provider: OpenIdProvider, step: str) -> None:
    provider.lie = step
    assert site(library, provider).get("/signin/provider").status_code == 503
    assert "/elsewhere" not in provider.asked, "no redirect is followed"


@pytest.mark.parametrize("step", ["token redirects", "token is not there", "keys redirects", "keys is not there"])
def test_a_provider_that_goes_away_meanwhile_is_told(library: Library, provider: OpenIdProvider, step: str) -> None:
    client = site(library, provider)
    address = provider.authorize(begin(client))
    provider.lie = step
    answer = client.get(address)
    assert answer.status_code == 503
    assert "Try again" in answer.text
    assert "/elsewhere" not in provider.asked


def test_a_provider_that_is_gone_is_told(library: Library, provider: OpenIdProvider) -> None:
    client = site(library, provider)
    address = provider.authorize(begin(client))
    provider.close()
    assert client.get(address).status_code == 503
    assert site(library, provider).get("/signin/provider").status_code == 503


@pytest.mark.parametrize("issuer", ["http://id.example", "ftp://id.example", "https://", "https://me:pw@id.example", "id.example", "file:///etc/passwd"])
def test_an_issuer_is_reached_by_https(issuer: str) -> None:
    with pytest.raises(UsageError, match="FLORILEGIUM_OIDC_ISSUER"):
        Provider(Settings(oidc_issuer=issuer, oidc_client_id="x"), "https://x.example/signin/provider/back")


def test_an_issuer_beyond_this_machine_names_no_address_on_it() -> None:
    assert not is_safe("http://127.0.0.1:9/keys", "https://id.example")
    assert not is_safe("http://id.example/keys", "https://id.example")
    assert is_safe("https://keys.example/keys", "https://id.example")


def test_settings_of_roles_are_read_strictly() -> None:
    assert roles_of("staff=librarian, *=reader") == {"staff": Role.LIBRARIAN, "*": Role.READER}
    for wrong in ("staff", "=reader", "staff=owner"):
        with pytest.raises(UsageError):
            roles_of(wrong)
