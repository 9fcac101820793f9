"""When a crashed child may start again."""

from __future__ import annotations

import pytest

from assistant.models.backoff import Backoff
from corpus.errors import UnavailableError


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_pauses_grow_then_it_refuses_and_later_forgives() -> None:
    clock = Clock()
    backoff = Backoff(clock)
    assert backoff.pause_seconds() == 0
    backoff.crashed("first")
    assert backoff.pause_seconds() == pytest.approx(0.5)
    backoff.crashed("second")
    assert backoff.pause_seconds() == pytest.approx(1.0)
    clock.now += 5
    assert backoff.pause_seconds() == 0
    backoff.crashed("third")
    with pytest.raises(UnavailableError, match="third"):
        backoff.pause_seconds()
    clock.now += 61
    assert backoff.pause_seconds() == 0


def test_crashes_far_apart_do_not_add_up() -> None:
    clock = Clock()
    backoff = Backoff(clock)
    for _ in range(10):
        backoff.crashed("now and then")
        clock.now += 100
        assert backoff.pause_seconds() == 0
