"""Named configurations as a home has them: made, read, compared with what is built, promoted and rolled back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corpus import ConflictError, FlorilegiumError, Library, UnavailableError, UsageError
from corpus.configs import DEFAULT_CONFIG, SavedConfig
from index import EmbeddingModel, IndexHome, IndexSpec, SearchConfig, Sharing, Standing, packaged_folder, segment
from index.reranker import RERANKER_SETTINGS, find_reranker, reranker_hash
from ui.settings import Settings

_NAME = re.compile(r"\w[\w.-]{0,99}")
#: What follows from the model's files and from this program, and so is never set by hand.
_DERIVED = {"weights_sha256", "token_limit", "pooling", "splitter", "reranker_sha256"}


@dataclass(frozen=True)
class Configuration:
    """A name, the decisions under it, and where the models they name lie on this machine (outside the hash, as the name is)."""

    name: str
    search: SearchConfig
    folders: Mapping[str, str] = field(default_factory=dict)
    at: str = ""
    saved_hash: str = ""

    def document(self) -> dict[str, Any]:
        """As it is saved."""
        return self.search.model_dump(mode="json") | ({"folders": dict(self.folders)} if self.folders else {})


class Configurations:
    """The configurations of one home. Opens no store; nothing here needs the owner lock."""

    def __init__(self, settings: Settings, library: Library) -> None:
        self._settings = settings
        self._library = library
        self._models: dict[str, EmbeddingModel] = {}

    # ---- reading

    @cached_property
    def packaged_model(self) -> EmbeddingModel:
        """The embedding model that came with the program."""
        return EmbeddingModel(packaged_folder(), self._settings.models)

    @cached_property
    def indexes(self) -> IndexHome:
        """Where built indexes lie; used for reading manifests only."""
        url = self._settings.chroma_url
        return IndexHome(self._settings.index_folder, url or None, Sharing(self._library.uid(), self._library.alone) if url else None)

    def default(self) -> Configuration:
        """The configuration that ships."""
        model = self.packaged_model
        return Configuration(DEFAULT_CONFIG, SearchConfig(spec=IndexSpec(weights_sha256=model.sha256, token_limit=model.token_limit, pooling=model.pooling)))

    def active_name(self) -> str:
        """The name of the one in force."""
        return self._library.configs.active() or DEFAULT_CONFIG

    def get(self, name: str | None = None) -> Configuration:
        """A configuration by name, or the active one. Raises UsageError for an unknown name, UnavailableError for one that cannot be read."""
        name = name or self.active_name()
        if name == DEFAULT_CONFIG:
            return self.default()
        saved = self._library.configs.all()
        if name not in saved:
            raise UsageError(f"there is no configuration {name!r}", remedy=f"There are: {', '.join([DEFAULT_CONFIG, *saved])}")
        return _read(saved[name])

    def of_document(self, name: str, document: Mapping[str, Any]) -> Configuration:
        """A configuration as it was saved, for instance in a run. Raises UnavailableError for one that cannot be read."""
        return _read(SavedConfig(name, "", "", dict(document)))

    def all(self) -> tuple[list[Configuration], dict[str, UnavailableError]]:
        """Every configuration, `default` first, and by name what is wrong with those that cannot be read."""
        found, bad = [self.default()], {}
        for name, saved in self._library.configs.all().items():
            try:
                found.append(_read(saved))
            except UnavailableError as error:
                bad[name] = error
        return found, bad

    def usable(self, chosen: Configuration) -> None:
        """Raises UnavailableError where this machine cannot work under a configuration: another splitter, a model that is not there."""
        if chosen.search.spec.splitter != segment.VERSION:
            raise UnavailableError(
                f"the configuration {chosen.name!r} was made for another way of splitting text ({chosen.search.spec.splitter})",
                where=f"this program splits by {segment.VERSION}",
                remedy="Create and promote a configuration with this version",
            )
        self.model(chosen)

    def model(self, chosen: Configuration) -> EmbeddingModel:
        """The embedding model of a configuration. Raises UnavailableError where it is gone or another."""
        wanted = chosen.search.spec.weights_sha256
        if wanted == self.packaged_model.sha256:
            return self.packaged_model
        if wanted not in self._models:
            folder = chosen.folders.get("model")
            if folder is None:
                raise UnavailableError(
                    f"the configuration {chosen.name!r} was made for another embedding model",
                    where=chosen.search.spec.model,
                    remedy="Create and promote a configuration for the installed one",
                )
            model = EmbeddingModel(Path(folder), self._settings.models)
            if model.sha256 != wanted:
                message = f"the embedding model of the configuration {chosen.name!r} has been exchanged for another"
                raise UnavailableError(message, where=folder, remedy="Put the former files back, or create a configuration for these")
            self._models[wanted] = model
        return self._models[wanted]

    def standing_of(self, chosen: Configuration) -> Standing | None:
        """How its built index stands, or None where none has been begun."""
        return self.indexes.standing(chosen.search.spec)

    def begun(self) -> list[Configuration]:
        """One configuration for each begun index that this machine can keep in step, the active one's first."""
        found, _ = self.all()
        active = self.active_name()
        chosen: dict[str, Configuration] = {}
        for each in sorted(found, key=lambda one: one.name != active):
            if each.search.spec.hash in chosen or self.standing_of(each) is None:
                continue
            try:
                self.usable(each)
            except FlorilegiumError:
                continue
            chosen[each.search.spec.hash] = each
        return list(chosen.values())

    def built(self) -> list[Configuration]:
        """Those of `begun` whose index has been finished once: what is kept in step with the library."""
        return [each for each in self.begun() if (standing := self.standing_of(each)) is not None and standing.built]

    # ---- making

    def resolve(self, start: Configuration, settings: Mapping[str, str]) -> Configuration:
        """`start` with some settings changed; models are named by folder, and a reranker also by a name that is on this disk.

        Raises UsageError for an unknown setting or a wrong value, UnavailableError for a model that is not there.
        """
        changes, folders = dict(settings), dict(start.folders)
        for key in changes:
            if key in _DERIVED:
                raise UsageError(f"{key!r} follows from the models and cannot be set", remedy="Name a model instead: --set model=FOLDER")
        spec = start.search.spec
        if (value := changes.pop("model", None)) is not None:
            model = self._named(value)
            folders.pop("model", None)
            if model is not self.packaged_model:
                folders["model"] = str(model.folder)
                self._models[model.sha256] = model
            facts = {"model": model.name, "weights_sha256": model.sha256, "token_limit": model.token_limit, "pooling": model.pooling}
            spec = spec.model_copy(update=facts)
        search = start.search.model_copy(update={"spec": spec})
        if (value := changes.pop("reranker", None)) is not None:
            folders.pop("reranker", None)
            facts = dict.fromkeys(RERANKER_SETTINGS, "")
            if value:
                folder = find_reranker(value, self._settings.models)
                folders["reranker"] = str(folder)
                facts = {"reranker": folder.name, "reranker_sha256": reranker_hash(folder, self._settings.models)}
            search = search.model_copy(update=facts)
        return replace(start, search=search.changed(changes), folders=folders)

    def create(self, name: str, settings: Mapping[str, str], source: str | None = None) -> Configuration:
        """Make and keep a configuration, by default from the one that ships. Raises UsageError, ConflictError, UnavailableError."""
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} cannot be a configuration's name", remedy="Use letters, digits, '.', '_' and '-', at most 100")
        made = replace(self.resolve(self.get(source or DEFAULT_CONFIG), settings), name=name, at="", saved_hash="")
        self._library.configs.save(name, made.search.hash, made.document())
        return self.get(name)

    def _named(self, value: str) -> EmbeddingModel:
        if value == self.packaged_model.name:
            return self.packaged_model
        folder = Path(value).expanduser().absolute()
        if not folder.is_dir():
            raise UnavailableError("there is no such embedding model", where=str(folder), remedy="Name the folder of a sentence-transformers model")
        model = EmbeddingModel(folder, self._settings.models)
        return self.packaged_model if model.sha256 == self.packaged_model.sha256 else model

    # ---- putting in force

    def promote(self, name: str) -> Configuration:
        """Put a configuration in force. Raises UnavailableError where its index is not built or behind the library."""
        chosen = self.get(name)
        self._library.configs.promote(name, self._ready(chosen, "promote"))
        return chosen

    def rollback(self) -> Configuration:
        """Put the formerly promoted one in force. Raises as `promote`, and UsageError where nothing has been promoted yet."""
        former = self._library.configs.former()
        chosen = self.get(former) if former else None

        def ready(name: str) -> Callable[[str, int], None]:
            if chosen is None or chosen.name != name:
                raise ConflictError("another configuration has been promoted meanwhile", remedy="Look at `florilegium config list` and try again")
            return self._ready(chosen, "roll back")

        return self.get(self._library.configs.rollback(ready))

    def _ready(self, chosen: Configuration, act: str) -> Callable[[str, int], None]:
        self.usable(chosen)

        def check(library: str, revision: int) -> None:
            standing = self.standing_of(chosen)
            if standing is not None and standing.in_step(library, revision):
                return
            state = f"behind the library (revision {standing.revision} of {revision})" if standing is not None and standing.built else "not built"
            remedy = f"Run `florilegium sync --config {chosen.name}`, then {act} again"
            raise UnavailableError(f"the index of the configuration {chosen.name!r} is {state}", where=str(self._settings.index_folder), remedy=remedy)

        return check


def removable(configurations: Configurations, name: str) -> dict[str, Any]:
    """What `config remove-index` would delete: {index, configs, bytes}. `name` is the index's or that of a configuration that uses it.

    Raises UsageError for the index in force and for one that is not there.
    """
    found, _ = configurations.all()
    by_folder: dict[str, list[str]] = {}
    for each in found:
        by_folder.setdefault(each.search.spec.folder, []).append(each.name)
    folder = next((folder for folder, names in by_folder.items() if name in names), name)
    standings = {standing.name: standing for standing in configurations.indexes.standings()}
    if folder not in standings:
        listed = f"There are: {', '.join(standings)}" if standings else "None has been built"
        raise UsageError(f"there is no built index {name!r}", remedy=listed)
    active = configurations.active_name()
    if active in by_folder.get(folder, ()):
        raise UsageError(f"the index {folder} is that of the active configuration {active!r}", remedy="Promote another configuration first")
    return {"index": folder, "configs": by_folder.get(folder, []), "bytes": standings[folder].size}


def _read(saved: SavedConfig) -> Configuration:
    """A saved configuration. One saved before a setting existed takes that setting's default; one that sets what is no more is refused."""
    document = dict(saved.document)
    folders = document.pop("folders", {})
    try:
        return Configuration(saved.name, SearchConfig.model_validate(document), folders, saved.at, saved.hash)
    except ValidationError as error:
        first = error.errors()[0]
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        message = f"the configuration {saved.name!r} was saved by another version of this program and cannot be read ({what})"
        raise UnavailableError(message, remedy=f"Create it anew under another name; `florilegium config show {saved.name}` prints what it says") from error
