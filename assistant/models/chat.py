"""Opening a language model by its name as a LangChain chat model. LangChain is imported when a model is opened, not before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from assistant.models.catalogue import find_model
from assistant.models.child import EmbeddedServer
from assistant.models.compatible import CompatibleConnection, Limits, url_finder
from assistant.models.install import installed_path
from assistant.models.names import ModelName, parse_model_name
from assistant.models.providers import open_by_provider
from corpus.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["ModelName", "OpenedModel", "open_chat_model", "parse_model_name"]


class OpenedModel:
    """A language model ready for use, from any thread. `label` names it for a reader; `close()` ends what was started for it."""

    def __init__(self, label: str, connect: Callable[[], BaseChatModel], close: Callable[[], None] = lambda: None) -> None:
        self.label = label
        self._connect = connect
        self._close = close

    def __enter__(self) -> Self:
        """Give itself; nothing is started yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def model(self) -> BaseChatModel:
        """Give the chat model; ask anew for each answer, since an embedded model's address changes when it had to be restarted.

        The first call can take seconds (a model is loaded). Raises UnavailableError when it cannot be had now.
        """
        return self._connect()

    def close(self) -> None:
        """End what was started; a later `model()` starts it again."""
        self._close()


def open_chat_model(
    name: str,
    *,
    models_folder: Path,
    max_tokens: int,
    timeout_seconds: float,
    temperature: float | None = 0.0,
    api_key: str = "",
    context_tokens: int = 4096,
    log: Path | None = None,
) -> OpenedModel:
    """Open the model called `name` (see `parse_model_name`); an embedded model's process starts at the first `model()`.

    `max_tokens` bounds an answer, `timeout_seconds` the wait for a server's next bytes; `temperature` None leaves it to the provider.
    `api_key` is for a server given by URL; providers take theirs from their own environment variables. `context_tokens` (prompt and
    answer together) and `log` are the embedded server's.
    Raises UsageError for a name that names no chat model, UnavailableError when the model, its package or its key is missing.
    """
    wanted = parse_model_name(name)
    limits = Limits(temperature, max_tokens, timeout_seconds)
    if wanted.kind == "quotes":
        raise UsageError("Quotes mode uses no language model", where=name, remedy="Name a model, or open none")
    if wanted.kind == "provider":
        model = open_by_provider(wanted, limits)
        return OpenedModel(wanted.text, lambda: model)
    if wanted.kind == "url":
        connection = CompatibleConnection(url_finder(wanted, api_key), limits)
        return OpenedModel(wanted.model or wanted.url, connection.model, connection.close)
    server = EmbeddedServer(_gguf(wanted, models_folder), context_tokens=context_tokens, log=log)
    connection = CompatibleConnection(server.endpoint, limits)

    def close() -> None:
        connection.close()
        server.stop()

    return OpenedModel(server.gguf.stem, connection.model, close)


def _gguf(wanted: ModelName, models_folder: Path) -> Path:
    if wanted.path is not None:
        if not wanted.path.is_file():
            raise UnavailableError("The model file is not there", where=str(wanted.path), remedy="Check the path after gguf:")
        return wanted.path
    path = installed_path(find_model("embedded"), models_folder)
    if path is None:
        remedy = "Run `florilegium model install embedded`, or use --model quotes"
        raise UnavailableError("The embedded model is not installed, or its file is not whole", where=str(models_folder), remedy=remedy)
    return path
