"""Who may do what: roles in one order, and the one local user of a home without accounts."""

from __future__ import annotations

from enum import IntEnum

from corpus.errors import UsageError

#: The name of the one local user of a home without accounts; no account may take it.
LOCAL = "local"


class Role(IntEnum):
    """What a person may do; each role may do all that those below it may."""

    READER = 1  # ask and read
    MEMBER = 2  # keep notes, comments, lists, conversations, saved questions
    LIBRARIAN = 3  # import, edit, moderate, measure
    ADMIN = 4  # accounts, jobs, settings

    @property
    def word(self) -> str:
        """The role as people write it."""
        return self.name.lower()

    @classmethod
    def named(cls, word: str) -> Role:
        """The role that a word names. Raises UsageError."""
        try:
            return cls[word.strip().upper()]
        except KeyError:
            raise UsageError(f"there is no role {word!r}", remedy=f"The roles are: {', '.join(role.word for role in cls)}") from None
