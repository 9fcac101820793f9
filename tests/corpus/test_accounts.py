"""Accounts: names, roles, passwords that are kept as hashes alone, links that work once, and always an admin left."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import ConflictError, InputError, NotFoundError, Role, UsageError, schema
from corpus.accounts import Accounts
from corpus.database import Database
from corpus.sessions import IDLE_SECONDS, LONGEST_SECONDS, Sessions
from tests.corpus.making import Clock, opened

pytestmark = pytest.mark.both_databases

PASSWORD = "correct horse battery"


@pytest.fixture
def accounts(database: Database, clock: Clock) -> Accounts:
    made = Accounts(database, clock)
    made.add("Ada", Role.ADMIN, PASSWORD)
    return made


@pytest.fixture
def sessions(database: Database, clock: Clock, accounts: Accounts) -> Sessions:
    return Sessions(database, clock)


def test_an_account_is_opened_by_its_password_alone(accounts: Accounts) -> None:
    found = accounts.check(" ADA ", PASSWORD)
    assert found == accounts.get("ada")
    assert (found.name, found.role, found.has_password) == ("ada", Role.ADMIN, True)
    for name, password in (("ada", PASSWORD + " "), ("ada", ""), ("eve", PASSWORD), ("", ""), ("ada", PASSWORD.upper())):
        assert accounts.check(name, password) is None


def test_no_password_and_no_token_is_in_the_files(accounts: Accounts, sessions: Sessions, database: Database, tmp_path: Path) -> None:
    tokens = [sessions.start("ada"), accounts.link("ada"), sessions.begin_flow({"state": "x"})]
    with database.read() as connection:
        rows = [str(row) for table in schema.metadata.sorted_tables for row in connection.execute(table.select())]
    held = "".join(rows).encode() + b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"$argon2id$" in held
    assert not [secret for secret in (PASSWORD, *tokens) if secret.encode() in held]


@pytest.mark.parametrize("name", ["", "a", "local", "Local", "a b", "a\nb", "-ada", "ada/../x", "x" * 65, "ädä", "<b>"])
def test_names_that_are_none_are_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(InputError):
        accounts.add(name, Role.READER, PASSWORD)
    assert [account.name for account in accounts.all()] == ["ada"]


@pytest.mark.parametrize("password", ["short", "x" * 1001, "ben@example.org", "aaaaaaaaaaaa"])
def test_passwords_that_are_too_easy_are_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(InputError):
        accounts.add("ben@example.org", Role.READER, password)
    with pytest.raises(InputError):
        accounts.set_password("ada", password if password != "ben@example.org" else "ada")


def test_a_name_is_given_once(accounts: Accounts) -> None:
    with pytest.raises(UsageError, match="already"):
        accounts.add("ADA", Role.READER, PASSWORD)


def test_there_is_always_an_admin_left(accounts: Accounts) -> None:
    accounts.add("ben", Role.ADMIN)  # by a link that was not used yet: nobody could sign in
    for act in (lambda: accounts.remove("ada"), lambda: accounts.set_disabled("ada", True), lambda: accounts.set_role("ada", Role.LIBRARIAN)):
        with pytest.raises(ConflictError, match="last admin"):
            act()
        assert accounts.get("ada").role is Role.ADMIN
        assert not accounts.get("ada").disabled
    accounts.set_password("ben", PASSWORD)
    accounts.remove("ada")
    assert [account.name for account in accounts.all()] == ["ben"]
    assert accounts.has_admin()


def test_a_disabled_account_lets_nobody_in_and_ends_its_sessions(accounts: Accounts, sessions: Sessions) -> None:
    accounts.add("ben", Role.MEMBER, PASSWORD)
    token, link = sessions.start("ben"), accounts.link("ben")
    accounts.set_disabled("ben", True)
    assert (accounts.check("ben", PASSWORD), sessions.find(token)) == (None, None)
    with pytest.raises(NotFoundError):
        accounts.linked(link)
    accounts.set_disabled("ben", False)
    assert accounts.check("ben", PASSWORD) is not None
    assert sessions.find(token) is None


def test_a_link_sets_one_password_and_an_older_one_is_dead(accounts: Accounts, clock: Clock) -> None:
    accounts.add("ben", Role.MEMBER)
    assert accounts.check("ben", "") is None
    first, second = accounts.link("ben"), accounts.link("ben")
    with pytest.raises(NotFoundError):
        accounts.linked(first)
    assert accounts.linked(second).name == "ben"
    accounts.set_password("ben", PASSWORD)
    with pytest.raises(NotFoundError):
        accounts.linked(second)
    third = accounts.link("ben")
    clock.now += 3 * 24 * 3600 + 1
    with pytest.raises(NotFoundError, match="not valid any more"):
        accounts.linked(third)


def test_a_role_holds_at_once(accounts: Accounts, sessions: Sessions) -> None:
    accounts.add("ben", Role.READER, PASSWORD)
    token = sessions.start("ben", address="192.0.2.1", agent="Firefox")
    accounts.set_role("ben", Role.LIBRARIAN)
    session = sessions.find(token)
    assert session is not None
    assert (session.name, session.role, session.address, session.agent) == ("ben", Role.LIBRARIAN, "192.0.2.1", "Firefox")


def test_sessions_end_unused_and_in_any_case(sessions: Sessions, clock: Clock) -> None:
    unused, used = sessions.start("ada"), sessions.start("ada")
    started = clock.now
    while clock.now - started + IDLE_SECONDS <= LONGEST_SECONDS:
        clock.now += IDLE_SECONDS
        assert sessions.find(used) is not None
    clock.now = started + LONGEST_SECONDS
    assert sessions.find(used) is not None
    assert sessions.find(unused) is None
    clock.now += 1
    assert sessions.find(used) is None
    assert sessions.all() == []
    idle = sessions.start("ada")
    clock.now += IDLE_SECONDS + 1
    assert sessions.find(idle) is None


def test_sessions_outlive_closing_are_listed_and_can_be_ended(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.accounts.add("ada", Role.ADMIN, PASSWORD)
        tokens = [library.sessions.start("ada") for _ in range(3)]
    with opened(tmp_path) as library:
        assert [session.name for session in library.sessions.all("ada")] == ["ada"] * 3
        first = library.sessions.find(tokens[0])
        assert first is not None
        with pytest.raises(NotFoundError):
            library.sessions.revoke(first.number, "eve")
        library.sessions.revoke(first.number, "ada")
        library.sessions.end(tokens[1])
        assert [library.sessions.find(token) is None for token in tokens] == [True, True, False]
        third = library.sessions.find(tokens[2])
        assert third is not None
        other = library.sessions.start("ada")
        library.accounts.set_password("ada", "another good one", keep_session=third.number)
        assert [library.sessions.find(token) is None for token in (tokens[2], other)] == [False, True]
        assert library.sessions.revoke_all("ada") == 1
    for nothing in ("", "x", "' OR 1=1 --"):
        with opened(tmp_path) as library:
            assert library.sessions.find(nothing) is None


def test_a_removed_account_leaves_no_session(accounts: Accounts, sessions: Sessions, database: Database) -> None:
    accounts.add("ben", Role.MEMBER, PASSWORD)
    token = sessions.start("ben")
    accounts.link("ben")
    accounts.remove("ben")
    assert sessions.find(token) is None
    with database.read() as connection:
        assert [list(connection.execute(table.select())) for table in (schema.account_session, schema.account_link)] == [[], []]
