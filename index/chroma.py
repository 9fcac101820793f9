"""The Chroma client of one place: opened on first use, shared by all threads, exchangeable while they use it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corpus import UnavailableError, UsageError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI


#: Beside a store's folder: the one being written anew, marked once it is complete, and the former one.
FRESH, COMPLETE, FORMER = "-new", "complete", "-old"


class Chroma:
    """A Chroma store: a folder (whose owner lock must be held by whoever uses it), or the URL of a server, which needs no lock."""

    def __init__(self, place: Path | str) -> None:
        """Opens nothing yet. Raises UsageError for an address that is none."""
        self.place = place
        if isinstance(place, str):
            _parsed(place)
        self._client: ClientAPI | None = None
        self._changed = threading.Condition()
        self._users = 0
        self._exchanging = False

    @contextmanager
    def using(self) -> Iterator[ClientAPI]:
        """The client, kept open for the length of the block; waits while the store is exchanged. Not to be nested. Raises UnavailableError."""
        with self._changed:
            self._changed.wait_for(lambda: not self._exchanging)
            if self._client is None:
                self._client = _open(self.place)
            client = self._client
            self._users += 1
        try:
            yield client
        finally:
            with self._changed:
                self._users -= 1
                self._changed.notify_all()

    @contextmanager
    def exchanging(self) -> Iterator[None]:
        """A block in which nobody uses the store and its files are closed; afterwards it is opened again by whoever asks next."""
        with self._changed:
            self._changed.wait_for(lambda: not self._exchanging)
            self._exchanging = True
            self._changed.wait_for(lambda: self._users == 0)
            self._close()
        try:
            yield
        finally:
            with self._changed:
                self._exchanging = False
                self._changed.notify_all()

    def close(self) -> None:
        """Let go of an embedded store's files (of a server's connection)."""
        with self._changed:
            self._close()

    def explained(self, where: str) -> Explained:
        """A block in which Chroma's errors become one that says what to do."""
        return Explained(where, self.place)

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()  # type: ignore[attr-defined]  # on every client class of Chroma's, though not on their common type
        self._client = None


class Explained:
    """Turns Chroma's many error classes into UnavailableError."""

    def __init__(self, where: str, place: Path | str) -> None:
        self._where = where
        self._place = place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> None:
        if error is None or not isinstance(error, Exception) or isinstance(error, UnavailableError):
            return
        reason = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
        if isinstance(self._place, str):
            remedy = f"See that it runs (`chroma run --port {_parsed(self._place)[1]}`), then try again"
            raise UnavailableError(f"the Chroma server cannot be used: {reason}", where=self._place, remedy=remedy) from error
        remedy = "Run `florilegium doctor --rebuild`: it is made anew from the library"
        raise UnavailableError(f"the vector store cannot be used: {reason}", where=self._where, remedy=remedy) from error


def _parsed(url: str) -> tuple[str, int, bool]:
    """(host, port, whether by TLS). Raises UsageError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"the address of the Chroma server cannot be read: {error}", where=url, remedy="Write it as http://HOST:PORT") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise UsageError("this is no address of a Chroma server", where=url, remedy="Write it as http://HOST:PORT")
    return parts.hostname, port or (443 if parts.scheme == "https" else 8000), parts.scheme == "https"


def _settle(place: Path) -> None:
    """Finish an exchange of stores that was cut short."""
    fresh, former = place.with_name(place.name + FRESH), place.with_name(place.name + FORMER)
    if not place.exists() and (fresh / COMPLETE).exists():
        fresh.rename(place)
    elif not place.exists() and former.exists():
        former.rename(place)
    if place.exists():
        shutil.rmtree(former, ignore_errors=True)


def _open(place: Path | str) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    quiet = Settings(anonymized_telemetry=False)
    with Explained(str(place), place):
        if isinstance(place, str):
            host, port, secure = _parsed(place)
            return chromadb.HttpClient(host=host, port=port, ssl=secure, settings=quiet)
        _settle(place)
        place.mkdir(parents=True, exist_ok=True)
        try:
            return chromadb.PersistentClient(path=str(place), settings=quiet)
        except Exception as error:  # a start that failed stays in Chroma's cache of this process; asking once more takes it out
            try:
                return chromadb.PersistentClient(path=str(place), settings=quiet)
            except Exception:
                raise error from None
