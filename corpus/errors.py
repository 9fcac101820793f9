"""The one error root. Errors are sorted by who must act, and each says what, where and what to do."""

from __future__ import annotations


class FlorilegiumError(Exception):
    """Something a person can act on.

    `message` says what happened, `where` names the place (a path, a record, a port), `remedy` says what to do next.
    `exit_code` is what the command line returns (DESIGN section 8).
    """

    exit_code = 3

    def __init__(self, message: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        """One line: what, where, remedy."""
        line = f"{self.message} ({self.where})" if self.where else self.message
        return f"{line}. {self.remedy}" if self.remedy else line


class InputError(FlorilegiumError):
    """What was given is wholly or partly bad; whoever made the input mends it."""

    exit_code = 1


class UsageError(FlorilegiumError):
    """The call itself is wrong (an unknown filter, an absent home); whoever typed it mends it."""

    exit_code = 2


class NotFoundError(UsageError):
    """The named thing (review, answer, configuration, batch) is not in this library."""


class ConflictError(UsageError):
    """An edit started from a revision that is no longer the record's last one."""


class ForbiddenError(FlorilegiumError):
    """The person who asks may not do this; they sign in, or an admin gives them the role."""

    exit_code = 3


class UnavailableError(FlorilegiumError):
    """It could not be done now (locked, damaged, model missing); whoever runs the machine mends it."""

    exit_code = 3


class LockedError(UnavailableError):
    """Another process owns the search data of this home; `pid` is that process, or None where it is not known."""

    def __init__(self, message: str, *, pid: int | None, where: str = "", remedy: str = "") -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.pid = pid
