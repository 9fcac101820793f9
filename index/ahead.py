"""Working ahead of whoever asks: an iterator run in a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

T = TypeVar("T")
_END = object()
_POLL = 0.1  # seconds between looks at whether anybody still asks


def ahead(items: Iterable[T], most: int) -> Generator[T]:
    """The items in their order, made in another thread at most `most` ahead. What making one raises is raised here, in its place.

    The thread ends when the iterator is exhausted or closed.
    """
    made: queue.Queue[object] = queue.Queue(most)
    left = threading.Event()
    failed: list[BaseException] = []

    def offer(item: object) -> bool:
        while not left.is_set():
            try:
                made.put(item, timeout=_POLL)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        try:
            for item in items:
                if not offer(item):
                    return
        except BaseException as error:
            failed.append(error)
        offer(_END)

    worker = threading.Thread(target=work, name="ahead", daemon=True)
    worker.start()
    try:
        while (item := made.get()) is not _END:
            yield item  # type: ignore[misc]  # everything but _END is one of the items
        if failed:
            raise failed[0]
    finally:
        left.set()
        worker.join()
