"""What one command line call holds: settings, library and engine, each opened on first use and closed at the end."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus import Library
    from ui.engine import Engine
    from ui.settings import Settings


class Session:
    """Opened parts of the home that `--home` or the environment names, with the store of `--chroma-url`."""

    def __init__(self) -> None:
        self.home: Path | None = None
        self.chroma_url: str | None = None
        self._library: Library | None = None
        self._engine: Engine | None = None

    @cached_property
    def settings(self) -> Settings:
        """The settings in force."""
        from ui.settings import load_settings

        return load_settings(self.home, chroma_url=self.chroma_url)

    def library(self, *, create: bool = False) -> Library:
        """The library of the home. Raises UsageError for an absent home unless `create` is set."""
        from ui.wiring import open_library

        if self._library is None:
            self._library = open_library(self.settings, create=create)
        return self._library

    def engine(self) -> Engine:
        """The search data of the home: through a live `serve`, or owned by this process."""
        from ui.remote import find_server

        if self._engine is None:
            self._engine = find_server(self.settings, self.library)
        if self._engine is None:
            from ui.engine import wait_for_owner

            self._engine = wait_for_owner(self.settings, self.library())
        return self._engine

    def close(self) -> None:
        """Close what was opened."""
        if self._engine is not None:
            self._engine.close()
        if self._library is not None:
            self._library.close()
