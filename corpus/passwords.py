"""Passwords: argon2id hashes by argon2-cffi, with its defaults (RFC 9106's low-memory profile: 64 MiB, three passes)."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus.errors import InputError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

#: Characters in a password (NIST SP 800-63B asks for 8 at least; nothing is asked of their kind).
SHORTEST, LONGEST = 10, 1_000
_TOGETHER = threading.Semaphore(4)  # 64 MiB each: guesses by the hundred must not take the machine's memory


def check_new(password: str, name: str) -> str:
    """The password, fit to be set for an account. Raises InputError."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"a password has between {SHORTEST} and {LONGEST:,} characters", remedy="Take a few words that only you would put together")
    if password.casefold() == name.casefold() or len(set(password)) < 4:
        raise InputError("this password is too easy to guess", remedy="Take a few words that only you would put together")
    return password


def hashed(password: str) -> str:
    """What is kept in the place of a password."""
    with _TOGETHER:
        return _hasher().hash(password)


def matches(kept: str, password: str) -> bool:
    """Whether this is the password; where none is kept, False after the same work, so that no one can tell names apart by the time it takes."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _TOGETHER:
        try:
            return _hasher().verify(kept or _nobodys(), password[: LONGEST + 1]) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Whether a kept hash was made with other parameters than those of today."""
    return _hasher().check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@lru_cache(maxsize=1)
def _nobodys() -> str:
    import secrets

    return _hasher().hash(secrets.token_hex(16))
