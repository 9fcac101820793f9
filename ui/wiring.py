"""The one place where the parts are wired: settings in, ready parts out. Nothing here is made before it is needed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import LOCAL, Library, UnavailableError, UsageError
from index import BuiltIndex, EmbeddingModel, Encoder, IndexHome, IndexSpec, OwnerLock, PassageSplitter, Searcher, Syncer
from index.reranker import Reranker, open_reranker
from ui.configurations import Configuration, Configurations
from ui.settings import Settings

if TYPE_CHECKING:
    from assistant import Answer, Assistant, Checker, OpenedModel, Turns


def open_library(settings: Settings, *, create: bool = False) -> Library:
    """The library of the home. Raises UsageError where there is none and `create` is not set."""
    if not settings.database and not create and not settings.library_file.exists():
        raise UsageError(
            "there is no library here", where=str(settings.home), remedy="Import something first (`florilegium import FILE`), or name another --home"
        )
    if create:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Library(settings.database_url, create=create)


#: Questions that a model server is given at once.
AT_A_SERVER = 8


class Workshop:
    """The search data and the assistant of one home, owned by this process from `open` to `close`."""

    def __init__(self, settings: Settings, library: Library) -> None:
        self.settings = settings
        self.library = library
        self._lock = OwnerLock(settings.index_folder / "owner.lock")
        self._guard = threading.RLock()
        self._built: dict[str, BuiltIndex] = {}
        self._encoders: dict[str, Encoder] = {}
        self._rerankers: dict[str, Reranker | None] = {}
        self._models: dict[str, OpenedModel] = {}
        self._turns: dict[bool, Turns] = {}
        self._judge: OpenedModel | None = None

    def open(self, patience: float) -> Workshop:
        """Become the owner of the embedded store. Raises LockedError, naming the owner, after `patience` seconds."""
        if not self.settings.chroma_url:
            self._lock.acquire(patience)
        return self

    def close(self) -> None:
        """Give everything back."""
        with self._guard:
            for opened in (*self._models.values(), *([self._judge] if self._judge else [])):
                opened.close()
            self._models.clear()
            for built in self._built.values():
                built.close()
            self._built.clear()
            if "index_home" in self.__dict__:
                self.index_home.close()
        self._lock.release()

    # ---- parts

    @cached_property
    def configurations(self) -> Configurations:
        """The named configurations."""
        return Configurations(self.settings, self.library)

    @cached_property
    def encoder(self) -> Encoder:
        """Text to vectors by the embedding model that came with the program: what checking and deciding were trained with."""
        return self._encoder_of(self.configurations.packaged_model)

    @cached_property
    def index_home(self) -> IndexHome:
        """Where built indexes lie."""
        return self.configurations.indexes

    def config(self, name: str | None = None) -> Configuration:
        """A named configuration, or the active one, that this machine can work under. Raises UsageError, UnavailableError."""
        chosen = self.configurations.get(name)
        self.configurations.usable(chosen)
        return chosen

    def encoder_of(self, chosen: Configuration) -> Encoder:
        """Text to vectors by the embedding model of a configuration."""
        return self._encoder_of(self.configurations.model(chosen))

    def reranker_of(self, chosen: Configuration) -> Reranker | None:
        """The reranker of a configuration, loaded once, or None where it has none."""
        key = chosen.search.reranker_sha256
        with self._guard:
            if key not in self._rerankers:
                self._rerankers[key] = open_reranker(chosen.search, chosen.folders, self.settings.models)
            return self._rerankers[key]

    def _encoder_of(self, model: EmbeddingModel) -> Encoder:
        with self._guard:
            if model.sha256 not in self._encoders:
                self._encoders[model.sha256] = Encoder(model)
            return self._encoders[model.sha256]

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

    def forget(self, name: str) -> None:
        """Delete a built index by the name of its folder."""
        with self._guard:
            for digest, built in list(self._built.items()):
                if built.folder.name == name:
                    with built.writing:
                        built.close()
                        del self._built[digest]
            self.index_home.remove(name)

    def syncer(self, chosen: Configuration) -> Syncer:
        """Keeps the index of a configuration in step with the library."""
        return Syncer(self.library, self.built(chosen.search.spec), self.splitter(chosen), self.encoder_of(chosen))

    @contextmanager
    def ray_syncer(self, chosen: Configuration) -> Iterator[Syncer]:
        """The same, embedding by Ray's workers, which end with the block. Raises UnavailableError where Ray is not installed."""
        from index.ray_engine import RAY_CHUNK, RayEncoder

        encoder = RayEncoder(self.configurations.model(chosen))
        try:
            yield Syncer(self.library, self.built(chosen.search.spec), self.splitter(chosen), encoder, RAY_CHUNK)
        finally:
            encoder.close()

    def searcher(self, name: str | None = None) -> Searcher:
        """The searcher of a named configuration, or of the active one."""
        return self.searcher_of(self.config(name))

    def searcher_of(self, chosen: Configuration) -> Searcher:
        """The searcher of a configuration."""
        built, encoder = self.built(chosen.search.spec), self.encoder_of(chosen)
        return Searcher(self.library, built, self.splitter(chosen), encoder, chosen.search, chosen.name, self.reranker_of(chosen))

    def splitter(self, chosen: Configuration) -> PassageSplitter:
        """Splits records as a configuration's index has them."""
        return PassageSplitter(chosen.search.spec, self.configurations.model(chosen))

    def assistant(self, name: str | None = None, owner: str = LOCAL) -> Assistant:
        """The assistant, searching under a configuration; its answers are kept as the owner's."""
        from assistant import Assistant

        library = self.library

        def keep(answer: Answer) -> None:
            library.answers.save(answer.id, answer.question, answer.revision, answer.as_dict(), owner)

        return Assistant(self.searcher(name), self.encoder, self.checker, library, keep)

    @cached_property
    def checker(self) -> Checker:
        """The checker that the settings name. Raises UsageError, UnavailableError."""
        from ui.checkers import open_checker

        return open_checker(self.settings.checker, self.encoder, self._open_judge, self.model_name(None))

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
        """The language model called `name`, opened once and kept; ask it in a turn of `turns(name)`. Raises UsageError, UnavailableError."""
        with self._guard:
            if name not in self._models:
                self._models[name] = open_model(self.settings, name)
            opened = self._models[name]
        if not runs_here(name):
            return opened
        from assistant import OpenedModel

        return OpenedModel(opened.label, lambda: self._alone(name).model())

    def waiting(self) -> int:
        """How many questions wait for a language model."""
        with self._guard:
            return sum(turns.waiting for turns in self._turns.values())

    def turns(self, name: str) -> Turns:
        """The queue before the language model called `name`: one for what runs on this machine, one question at a time, and one for servers."""
        from assistant import Turns

        here = runs_here(name)
        with self._guard:
            if here not in self._turns:
                self._turns[here] = Turns(1 if here else AT_A_SERVER)
            return self._turns[here]

    def _alone(self, name: str) -> OpenedModel:
        """A model that runs on this machine, and no other one with it: there is memory for one. Whoever asks has the one turn there is."""
        with self._guard:
            for other, opened in self._models.items():
                if other != name and runs_here(other):
                    opened.close()
            return self._models[name]

    def _open_judge(self, name: str) -> OpenedModel:
        with self._guard:
            if self._judge is None:
                self._judge = open_model(self.settings, name)
            return self._judge


def runs_here(name: str) -> bool:
    """Whether the language model called `name` runs in a process of ours, and not on a server."""
    return name.partition(":")[0] in ("embedded", "gguf")


def open_model(settings: Settings, name: str) -> OpenedModel:
    """Open the language model called `name`. Raises UsageError, UnavailableError."""
    from assistant.models import open_chat_model

    log = _model_log(settings) if settings.home.is_dir() else None
    return open_chat_model(name, models_folder=settings.models, max_tokens=320, timeout_seconds=90, api_key=settings.model_key, log=log)


def _model_log(settings: Settings) -> Path:
    folder = settings.home / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / "model.log"
