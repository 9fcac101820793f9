"""Working ahead: the same items in the same order, what fails fails in its place, and whoever leaves early leaves no thread behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ahead import ahead


@given(st.lists(st.integers()), st.integers(1, 4))
def test_the_same_items_in_the_same_order(items: list[int], most: int) -> None:
    assert list(ahead(items, most)) == items


def test_what_making_an_item_raises_is_raised_after_those_before_it() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("no second")

    got = ahead(failing(), 2)
    assert next(got) == 1
    with pytest.raises(ValueError, match="no second"):
        next(got)


def test_no_more_than_asked_for_is_made_ahead_and_no_thread_stays() -> None:
    made: list[int] = []

    def counting() -> Iterator[int]:
        for number in range(1_000):
            made.append(number)
            yield number

    with closing(ahead(counting(), 2)) as items:
        assert next(items) == 0
    assert len(made) <= 5
    assert not [thread for thread in threading.enumerate() if thread.name == "ahead"]
