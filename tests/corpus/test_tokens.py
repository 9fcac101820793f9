"""Tokens: shown once and kept as hashes, ended by date, by hand, and with their account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus import InputError, NotFoundError, Role, UsageError
from corpus.accounts import Accounts
from corpus.database import Database
from corpus.tokens import MOST, PREFIX, Scope, Tokens
from tests.corpus.making import Clock

DAY = 24 * 3600


@pytest.fixture
def accounts(database: Database) -> Accounts:
    made = Accounts(database)
    made.add("ada", Role.ADMIN, "correct horse battery")
    made.add("ben", Role.MEMBER, "correct horse battery")
    return made


@pytest.fixture
def tokens(database: Database, clock: Clock, accounts: Accounts) -> Tokens:
    return Tokens(database, clock)


def test_a_token_is_known_by_its_secret_alone_with_the_role_its_account_has_now(tokens: Tokens, accounts: Accounts) -> None:
    secret, made = tokens.new("Ben", ["ask", "read", "read"], label="  Open\nWebUI ")
    assert secret.startswith(PREFIX)
    assert len(secret) == len(PREFIX) + 43  # 256 bits
    found = tokens.find(secret)
    assert found is not None
    assert (found.number, found.name, found.role, found.label) == (made.number, "ben", Role.MEMBER, "Open WebUI")
    assert found.scopes == {Scope.ASK, Scope.READ}
    for other in ("", PREFIX, secret[:-1], secret + "x", secret.upper(), secret.removeprefix(PREFIX), "' OR 1=1 --"):
        assert tokens.find(other) is None
    accounts.set_role("ben", Role.READER)
    found = tokens.find(secret)
    assert found is not None
    assert found.role is Role.READER


def test_the_secret_is_in_no_file(tokens: Tokens, tmp_path: Path) -> None:
    secret, _ = tokens.new("ben", ["read"])
    tokens.find(secret)
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert secret.removeprefix(PREFIX).encode() not in held
    assert secret not in str(tokens.all())


def test_a_token_ends_at_its_date_and_not_before(tokens: Tokens, clock: Clock) -> None:
    lasting, (secret, made) = tokens.new("ben", ["read"])[0], tokens.new("ben", ["read"], days=2)
    assert made.as_dict()["expires"] == "2027-01-17T08:00:00Z"
    clock.now += 2 * DAY - 1
    assert tokens.find(secret) is not None
    clock.now += 1
    assert tokens.find(secret) is None
    clock.now += 1000 * DAY
    assert tokens.find(lasting) is not None
    tokens.new("ada", ["read"])
    assert len(tokens.all()) == 2, "one that ended long ago is swept away"


def test_last_use_is_kept_to_the_minute(tokens: Tokens, clock: Clock) -> None:
    secret, made = tokens.new("ben", ["read"])
    assert made.as_dict()["used"] is None
    for passed, used in ((0, 0), (59, 0), (61, 61)):
        clock.now = 1_800_000_000 + passed
        tokens.find(secret)
        assert tokens.all("ben")[0].used == 1_800_000_000 + used


def test_a_token_is_revoked_by_its_owner_or_by_anyone_who_may_see_all(tokens: Tokens) -> None:
    first, second = tokens.new("ben", ["read"]), tokens.new("ben", ["ask"])
    with pytest.raises(NotFoundError):
        tokens.revoke(first[1].number, "ada")
    tokens.revoke(first[1].number, "ben")
    tokens.revoke(second[1].number)
    assert [tokens.find(secret) for secret, _ in (first, second)] == [None, None]
    with pytest.raises(NotFoundError, match="token list"):
        tokens.revoke(first[1].number)


def test_a_disabled_account_s_tokens_rest_and_a_removed_one_s_are_gone(tokens: Tokens, accounts: Accounts) -> None:
    secret, _ = tokens.new("ben", ["read"])
    accounts.set_disabled("ben", True)
    assert tokens.find(secret) is None
    accounts.set_disabled("ben", False)
    assert tokens.find(secret) is not None
    accounts.remove("ben")
    accounts.add("ben", Role.ADMIN, "correct horse battery")
    assert (tokens.find(secret), tokens.all()) == (None, [])


@pytest.mark.parametrize(
    ("name", "scopes", "more", "fault", "said"),
    [
        ("eve", ["read"], {}, NotFoundError, "user add"),
        ("local", ["read"], {}, NotFoundError, "no account"),
        ("ben", [], {}, UsageError, "read, ask, judge"),
        ("ben", ["read", "admin"], {}, UsageError, "no scope 'admin'"),
        ("ben", ["read"], {"days": 0}, InputError, "1 to 3,650 days"),
        ("ben", ["read"], {"days": 4000}, InputError, "1 to 3,650 days"),
        ("ben", ["read"], {"label": "x" * 101}, InputError, "100 characters"),
    ],
)
def test_what_is_no_token_is_refused(tokens: Tokens, name: str, scopes: list[str], more: dict[str, Any], fault: type[Exception], said: str) -> None:
    with pytest.raises(fault, match=said):
        tokens.new(name, scopes, **more)
    assert tokens.all() == []


def test_an_account_has_so_many_tokens_and_no_more(tokens: Tokens) -> None:
    for _ in range(MOST):
        tokens.new("ben", ["read"])
    with pytest.raises(UsageError, match="Revoke"):
        tokens.new("ben", ["read"])
    tokens.new("ada", ["read"])
