"""Signing in by an OIDC provider: the authorization code flow with PKCE, state and nonce, by authlib and joserfc."""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from corpus import Account, ConflictError, ForbiddenError, InputError, Library, Role, UnavailableError, UsageError
from corpus.accounts import clean_name

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client

    from ui.settings import Settings

_SECONDS = 10.0
_MOST_BYTES = 1 << 20  # of what a provider says of itself
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ASKED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
_LEEWAY = 60  # seconds by which clocks may differ


class Provider:
    """One provider. Its addresses and keys are asked for on first use."""

    def __init__(self, settings: Settings, callback: str) -> None:
        """`callback` is the address of /signin/provider/back as browsers reach it. Raises UsageError for settings that cannot be used."""
        self.issuer = settings.oidc_issuer
        if not is_safe(self.issuer, self.issuer):
            raise UsageError("a provider is reached by https", where="FLORILEGIUM_OIDC_ISSUER", remedy="Write its issuer as https://…")
        if not settings.oidc_client_id:
            raise UsageError("the provider knows this site by an id", where="FLORILEGIUM_OIDC_CLIENT_ID", remedy="Set it to what the provider gave you")
        self._id, self._secret, self._callback = settings.oidc_client_id, settings.oidc_client_secret.get_secret_value(), callback
        self._claim, self._roles = settings.oidc_role_claim, roles_of(settings.oidc_roles)
        self._found: dict[str, Any] | None = None

    def begin(self, onward: str) -> tuple[str, dict[str, str]]:
        """The address to send a browser to, and what its answer has to match. Raises UnavailableError."""
        kept = {"state": secrets.token_urlsafe(24), "nonce": secrets.token_urlsafe(24), "verifier": secrets.token_urlsafe(48), "onward": onward}
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self._metadata()["authorization_endpoint"], state=kept["state"], nonce=kept["nonce"], code_verifier=kept["verifier"]
            )
        return address, kept

    def finish(self, given: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, Any]:
        """The claims of a person whom the provider sent back. Raises ForbiddenError for an answer that does not match, UnavailableError."""
        if not secrets.compare_digest(given.get("state", "").encode(), kept["state"].encode()):
            raise ForbiddenError("the provider's answer belongs to another sign-in", remedy="Begin it again")
        if given.get("error") or not given.get("code"):
            raise ForbiddenError("the provider did not let you in", where=given.get("error", "")[:80], remedy="Try again, or ask an admin of this site")
        if given.get("iss", self.issuer) != self.issuer:
            raise ForbiddenError("the answer is another provider's", remedy="Begin it again")
        token = self._token(given["code"], kept["verifier"])
        return self._claims(token, kept["nonce"])

    def account(self, library: Library, claims: Mapping[str, Any]) -> Account:
        """The account of these claims, made on the first sign-in; its role follows the claims where settings say so. Raises ForbiddenError."""
        subject = f"{self.issuer} {claims['sub']}"
        role = self._role(claims)
        account = library.accounts.of_subject(subject)
        if account is None:
            if role is None:
                raise ForbiddenError("the provider knows you, but gives you no role here", remedy="Ask an admin of this site")
            account = library.accounts.add(_free_name(library, claims), role, subject=subject)
        elif self._claim and role != account.role:
            if role is None:
                raise ForbiddenError("the provider gives you no role here any more", remedy="Ask an admin of this site")
            with contextlib.suppress(ConflictError):  # the last admin stays one
                library.accounts.set_role(account.name, role)
        if account.disabled:
            raise ForbiddenError("this account is disabled", remedy="Ask an admin of this site")
        return account

    def _role(self, claims: Mapping[str, Any]) -> Role | None:
        held = claims.get(self._claim) if self._claim else None
        values = [str(value) for value in held] if isinstance(held, list) else [str(held)] if held is not None else []
        return max((self._roles[value] for value in values if value in self._roles), default=self._roles.get("*"))

    def _client(self) -> OAuth2Client:
        from authlib.integrations.httpx_client import OAuth2Client

        return OAuth2Client(
            self._id,
            self._secret or None,
            scope="openid profile email",
            redirect_uri=self._callback,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
            timeout=_SECONDS,
            follow_redirects=False,
        )

    def _metadata(self) -> dict[str, Any]:
        if self._found is None:
            found = self._get(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise UnavailableError(
                    "the provider calls itself otherwise", where=str(found.get("issuer"))[:200], remedy="Set FLORILEGIUM_OIDC_ISSUER to that"
                )
            for name in _ASKED:
                if not is_safe(str(found.get(name) or ""), self.issuer):
                    where = f"{name} {found.get(name)}"[:200]
                    raise UnavailableError("the provider names an address that is not asked", where=where, remedy="It has to be reached by https")
            self._found = found
        return self._found

    def _get(self, address: str) -> dict[str, Any]:
        """JSON from the provider: of this very address (no redirect is followed), and not without end."""
        import httpx2

        try:
            with httpx2.stream("GET", address, timeout=_SECONDS, follow_redirects=False) as response:
                response.raise_for_status()
                text = b""
                for part in response.iter_bytes():
                    text += part
                    if len(text) > _MOST_BYTES:
                        raise ValueError("too long")
            answer = json.loads(text)
        except (httpx2.HTTPError, ValueError) as error:
            raise UnavailableError("the provider does not answer", where=address, remedy="Try again, or sign in with a password") from error
        return answer if isinstance(answer, dict) else {}

    def _token(self, code: str, verifier: str) -> str:
        import httpx2
        from authlib.integrations.base_client.errors import OAuthError

        try:
            with self._client() as client:
                answer = client.fetch_token(self._metadata()["token_endpoint"], code=code, code_verifier=verifier, grant_type="authorization_code")
        except OAuthError as error:
            raise ForbiddenError("the provider did not accept the sign-in", where=str(error)[:120], remedy="Begin it again") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise UnavailableError("the provider does not answer", where=self.issuer, remedy="Try again, or sign in with a password") from error
        return str(answer.get("id_token", ""))

    def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            keys = KeySet.import_key_set(self._get(self._metadata()["jwks_uri"]))  # type: ignore[arg-type]
            claims = dict(jwt.decode(token, keys, algorithms=_ALGORITHMS).claims)
            rules = jwt.JWTClaimsRegistry(
                now=lambda: int(time.time()),
                leeway=_LEEWAY,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self._id},
                exp={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            rules.validate(claims)
        except (JoseError, ValueError, KeyError) as error:
            raise ForbiddenError("the provider's word cannot be believed", where=type(error).__name__, remedy="Begin it again") from error
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self._id:
            raise ForbiddenError("the provider's word is meant for another site", remedy="Begin it again")
        return claims


def is_safe(address: str, issuer: str) -> bool:
    """Whether an address of a provider is asked: by https; by http on this machine alone, from an issuer that is there too."""
    try:
        parts, home = urlsplit(address), urlsplit(issuer)
        if not parts.hostname or parts.username is not None:
            return False
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == home.scheme == "http" and parts.hostname in _LOOPBACK and home.hostname in _LOOPBACK)


def roles_of(text: str) -> dict[str, Role]:
    """`staff=librarian,*=reader` as a table. Raises UsageError."""
    table: dict[str, Role] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        value, sign, role = part.rpartition("=")
        if not sign or not value.strip():
            raise UsageError(f"{part!r} is no VALUE=ROLE", where="FLORILEGIUM_OIDC_ROLES", remedy="Write it as staff=librarian,*=reader")
        table[value.strip()] = Role.named(role)
    return table


def _free_name(library: Library, claims: Mapping[str, Any]) -> str:
    """A name for a new account; one that is taken is never handed over to somebody whom a provider calls the same."""
    taken = {account.name for account in library.accounts.all()}
    for claim in ("preferred_username", "email", "sub"):
        try:
            name = clean_name(str(claims.get(claim) or ""))
        except InputError:
            continue
        return next(free for free in (name, *(f"{name[:58]}-{number}" for number in range(2, 10_000))) if free not in taken)
    return f"reader-{secrets.token_hex(4)}"
