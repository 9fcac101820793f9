"""`open_home`: a home's library and search data from Python, in a few calls that give what the commands' --json prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from corpus import Library, Review
from ui.engine import Engine, wait_for_owner
from ui.settings import load_settings
from ui.wiring import open_library

if TYPE_CHECKING:
    from assistant.retriever import FlorilegiumRetriever


class Home:
    """An opened home. The search data is opened on first use: through a live `serve`, or owned by this process until `close`.

    Every method may be called from several threads. Errors are FlorilegiumError: what, where, remedy.
    """

    def __init__(self, folder: Path | None = None, *, chroma_url: str | None = None) -> None:
        """See `open_home`."""
        self._settings = load_settings(folder, chroma_url=chroma_url)
        self.library: Library = open_library(self._settings)
        self._engine: Engine | None = None

    def sync(self, config: str | None = None) -> dict[str, Any]:
        """Bring the search data in step with the library."""
        return self._data.sync(config)

    def search(self, query: str, k: int = 10, filters: Sequence[str] = (), config: str | None = None) -> dict[str, Any]:
        """The best `k` records."""
        return self._data.search(query, k, list(filters), config)

    def why(self, query: str, review_id: str, filters: Sequence[str] = (), config: str | None = None) -> dict[str, Any]:
        """Why a record ranks where it does."""
        return self._data.why(query, review_id, list(filters), config)

    def ask(self, question: str, model: str | None = None, filters: Sequence[str] = (), config: str | None = None) -> dict[str, Any]:
        """A checked answer, kept in the library."""
        return self._data.ask(question, model, list(filters), config)

    def get(self, review_id: str, revision: int | None = None) -> Review:
        """A record, as it stands or as it stood at a revision."""
        return self.library.get(review_id, revision)

    def retriever(self, **settings: Any) -> FlorilegiumRetriever:
        """A LangChain retriever; `settings` are its `k`, `filters` and `config`."""
        from assistant.retriever import FlorilegiumRetriever

        return FlorilegiumRetriever(data=self, **settings)

    def close(self) -> None:
        """Let go of everything, so that other processes may own the search data."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None
        self.library.close()

    def __enter__(self) -> Home:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def _data(self) -> Engine:
        if self._engine is None:
            self._engine = wait_for_owner(self._settings, self.library)
        return self._engine


def open_home(folder: str | Path | None = None, *, chroma_url: str | None = None) -> Home:
    """Open a home: the folder given, else that of FLORILEGIUM_HOME, else the user's own. Use it as a context manager.

    Raises UsageError where there is no library, LockedError (when the search data is first asked for) while another command holds it.
    """
    return Home(Path(folder) if folder is not None else None, chroma_url=chroma_url)
