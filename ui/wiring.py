"""The one place where the parts are wired: settings in, ready parts out. Nothing here is made before it is needed."""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import Library, UnavailableError, UsageError
from index import EmbeddingModel, Encoder, IndexHome, IndexSpec, OwnerLock, PassageSplitter, SearchConfig, Searcher, Syncer, packaged_folder, segment
from index.store import BuiltIndex
from ui.settings import Settings

if TYPE_CHECKING:
    from assistant import Assistant, OpenedModel

DEFAULT_CONFIG = "default"


def open_library(settings: Settings, *, create: bool = False) -> Library:
    """The library of the home. Raises UsageError where there is none and `create` is not set."""
    if not settings.database and not create and not settings.library_file.exists():
        raise UsageError(
            "there is no library here", where=str(settings.home), remedy="Import something first (`florilegium import FILE`), or name another --home"
        )
    if create:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Library(settings.database_url, create=create)


class Workshop:
    """The search data and the assistant of one home, owned by this process from `open` to `close`."""

    def __init__(self, settings: Settings, library: Library) -> None:
        self.settings = settings
        self.library = library
        self._lock = OwnerLock(settings.index_folder / "owner.lock")
        self._guard = threading.RLock()
        self._built: dict[str, BuiltIndex] = {}
        self._model: OpenedModel | None = None
        self._model_name = ""

    def open(self, patience: float) -> Workshop:
        """Become the owner of the embedded store. Raises LockedError, naming the owner, after `patience` seconds."""
        if not self.settings.chroma_url:
            self._lock.acquire(patience)
        return self

    def close(self) -> None:
        """Give everything back."""
        with self._guard:
            if self._model is not None:
                self._model.close()
            for built in self._built.values():
                built.close()
            self._built.clear()
            if "index_home" in self.__dict__:
                self.index_home.close()
        self._lock.release()

    # ---- parts

    @cached_property
    def model_files(self) -> EmbeddingModel:
        """The embedding model's files."""
        return EmbeddingModel(packaged_folder(), self.settings.models)

    @cached_property
    def encoder(self) -> Encoder:
        """Text to vectors."""
        return Encoder(self.model_files)

    @cached_property
    def index_home(self) -> IndexHome:
        """Where built indexes lie."""
        return IndexHome(self.settings.index_folder, self.settings.chroma_url or None)

    def default_config(self) -> SearchConfig:
        """The configuration that ships."""
        return SearchConfig(spec=IndexSpec(weights_sha256=self.model_files.sha256, token_limit=self.model_files.token_limit))

    def config(self, name: str | None = None) -> tuple[str, SearchConfig]:
        """A named configuration, or the active one. Raises UsageError for an unknown name, UnavailableError for another model's."""
        active = name or self.library.configs.active() or DEFAULT_CONFIG
        if active == DEFAULT_CONFIG:
            config = self.default_config()
        else:
            known = self.library.configs.all()
            if active not in known:
                raise UsageError(f"there is no configuration {active!r}", remedy=f"There are: {', '.join([DEFAULT_CONFIG, *known])}")
            config = SearchConfig.model_validate(known[active])
        if config.spec.weights_sha256 != self.model_files.sha256:
            raise UnavailableError(
                f"the configuration {active!r} was made for another embedding model",
                where=config.spec.model,
                remedy="Create and promote a configuration for the installed one",
            )
        if config.spec.splitter != segment.VERSION:
            raise UnavailableError(
                f"the configuration {active!r} was made for another way of splitting text ({config.spec.splitter})",
                where=f"this program splits by {segment.VERSION}",
                remedy="Create and promote a configuration with this version",
            )
        return active, config

    def built(self, spec: IndexSpec) -> BuiltIndex:
        """The index of a spec, opened once."""
        with self._guard:
            if spec.hash not in self._built:
                self._built[spec.hash] = self.index_home.open(spec)
            return self._built[spec.hash]

    def rebuild(self, spec: IndexSpec) -> None:
        """Throw the index of a spec away, whatever state it is in; the next sync makes it anew."""
        with self._guard:
            for built in self._built.values():  # an unreadable store is thrown away whole, so none of them may stay open
                built.close()
            self._built.clear()
            self.index_home.discard(spec)

    def syncer(self, config: SearchConfig) -> Syncer:
        """Keeps the index of a configuration in step with the library."""
        return Syncer(self.library, self.built(config.spec), PassageSplitter(config.spec, self.model_files), self.encoder)

    def searcher(self, name: str | None = None) -> Searcher:
        """The searcher of a configuration."""
        label, config = self.config(name)
        return Searcher(self.library, self.built(config.spec), PassageSplitter(config.spec, self.model_files), self.encoder, config, label)

    def assistant(self, name: str | None = None) -> Assistant:
        """The assistant, searching under a configuration."""
        from assistant import Assistant, ClaimChecker

        return Assistant(self.searcher(name), self.encoder, ClaimChecker(self.encoder))

    def model_name(self, asked: str | None) -> str:
        """The language model to use: the one asked for, the setting, or the embedded one once it is installed."""
        from assistant.models import find_model, installed_path

        name = asked or self.settings.model
        if name:
            return name
        try:
            return "embedded" if installed_path(find_model("embedded"), self.settings.models) else "quotes"
        except UnavailableError:
            return "embedded"  # there, but damaged: opening it says so, and the answer is quotes with that notice

    def language_model(self, name: str) -> OpenedModel:
        """The language model called `name`, opened once and kept. Raises UsageError, UnavailableError."""
        from assistant.models import open_chat_model

        with self._guard:
            if self._model is not None and self._model_name == name:
                return self._model
            opened = open_chat_model(
                name,
                models_folder=self.settings.models,
                max_tokens=320,
                timeout_seconds=90,
                api_key=self.settings.model_key,
                log=_model_log(self.settings),
            )
            if self._model is not None:
                self._model.close()
            self._model, self._model_name = opened, name
            return opened


def _model_log(settings: Settings) -> Path:
    folder = settings.home / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / "model.log"
