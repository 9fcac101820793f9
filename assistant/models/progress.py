"""What an install tells its caller while it runs, and how it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corpus.errors import UnavailableError


@dataclass(frozen=True)
class Progress:
    """How far an install is: bytes done and bytes in all of the present `step`, a few words for a person."""

    done_bytes: int
    total_bytes: int
    step: str


Report = Callable[[Progress], None]
Cancelled = Callable[[], bool]


class InstallCancelled(UnavailableError):  # noqa: N818 - it is no fault
    """The caller asked to stop; what has been fetched is kept, and the next install goes on from there."""

    def __init__(self, where: str) -> None:
        super().__init__("The install was cancelled", where=where, remedy="Start it again to go on from here")


def stop_if_cancelled(cancelled: Cancelled, where: str) -> None:
    """Raise InstallCancelled when the caller has asked to stop."""
    if cancelled():
        raise InstallCancelled(where)
