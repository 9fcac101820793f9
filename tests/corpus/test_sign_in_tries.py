"""Failing to sign in: a name and an address have to wait longer each time, whether the name is one or not."""

from __future__ import annotations

import threading

import pytest

from corpus import NotFoundError, UnavailableError
from corpus.database import Database
from corpus.sessions import Sessions
from tests.corpus.making import Clock

pytestmark = pytest.mark.both_databases


@pytest.fixture
def sessions(database: Database, clock: Clock) -> Sessions:
    return Sessions(database, clock)


def tries_until_refused(sessions: Sessions, name: str, address: str, most: int = 60) -> int:
    for number in range(most):
        try:
            sessions.begin_try(name, address)
        except UnavailableError:
            return number
    return most


def test_a_name_has_five_tries_then_waits_twice_as_long_each_time(sessions: Sessions, clock: Clock) -> None:
    assert tries_until_refused(sessions, "ada", "192.0.2.1") == 5
    waits = []
    for _ in range(7):
        before = clock.now
        while tries_until_refused(sessions, " ADA", f"192.0.2.{int(clock.now) % 250}", 1) == 0:
            clock.now += 1
        waits.append(clock.now - before)
    assert waits == [16, 32, 64, 128, 256, 300, 300]
    sessions.begin_try("ben", "192.0.2.77")


def test_names_that_are_none_wait_like_the_others(sessions: Sessions) -> None:
    assert tries_until_refused(sessions, "nobody", "192.0.2.1") == 5
    with pytest.raises(UnavailableError, match="Try again in 16 seconds"):
        sessions.begin_try("nobody", "192.0.2.9")


def test_an_address_that_tries_many_names_waits(sessions: Sessions) -> None:
    for number in range(20):
        sessions.begin_try(f"name{number}", "192.0.2.1")
    with pytest.raises(UnavailableError):
        sessions.begin_try("name99", "192.0.2.1")
    sessions.begin_try("name99", "192.0.2.2")


def test_success_forgets_the_failures_of_a_name_and_a_day_forgets_all(sessions: Sessions, clock: Clock) -> None:
    for _ in range(3):
        for _ in range(4):
            sessions.begin_try("ada", "192.0.2.1")
        sessions.succeeded("ada", "192.0.2.1")
    assert tries_until_refused(sessions, "ada", "192.0.2.1") == 5
    clock.now += 24 * 3600 + 1
    assert tries_until_refused(sessions, "ada", "192.0.2.1") == 5


def test_many_tries_at_once_are_not_let_through_together(sessions: Sessions) -> None:
    passed: list[int] = []

    def attempt() -> None:
        try:
            sessions.begin_try("ada", "192.0.2.1")
            passed.append(1)
        except UnavailableError:
            pass

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 5


def test_a_sign_in_at_a_provider_comes_back_once_and_in_time(sessions: Sessions, clock: Clock) -> None:
    token = sessions.begin_flow({"state": "s", "onward": "/lab"})
    assert sessions.end_flow(token) == {"state": "s", "onward": "/lab"}
    late = sessions.begin_flow({"state": "t"})
    clock.now += 601
    for dead in (token, late, ""):
        with pytest.raises(NotFoundError):
            sessions.end_flow(dead)
