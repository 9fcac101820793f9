"""Chat models behind the OpenAI protocol: the embedded server, or one given by its URL."""

from __future__ import annotations

import functools
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assistant.models.child import Endpoint
from assistant.models.names import ModelName
from assistant.models.tracing import tracing_off
from corpus.errors import UnavailableError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_LISTING_SECONDS = 5.0
_NO_KEY = "none"
"""The client library refuses an empty key; a server without keys ignores it."""


@dataclass(frozen=True)
class Limits:
    """How a model answers: `temperature` (None: the provider's own), tokens of one answer, seconds of one request."""

    temperature: float | None
    max_tokens: int
    timeout_seconds: float


class CompatibleConnection:
    """A chat model for a server whose address, asked of `find` each time, changes when the server is restarted."""

    def __init__(self, find: Callable[[], Endpoint], limits: Limits) -> None:
        self._find = find
        self._limits = limits
        self._lock = threading.Lock()
        self._connected: tuple[Endpoint, BaseChatModel] | None = None
        self._forget: Callable[[], None] = lambda: None

    def model(self) -> BaseChatModel:
        """Give the chat model for the present address. Raises what `find` raises."""
        endpoint = self._find()
        with self._lock:
            if self._connected is None or self._connected[0] != endpoint:
                self._forget()
                model, self._forget = _chat_model(endpoint, self._limits)
                self._connected = (endpoint, model)
            return self._connected[1]

    def close(self) -> None:
        """Close the connections; a later `model()` opens new ones."""
        with self._lock:
            self._forget()
            self._connected = None


def url_finder(name: ModelName, api_key: str) -> Callable[[], Endpoint]:
    """Give a function that finds the endpoint of a model named by URL.

    Where the name holds no model, the server is asked once for its first. That function raises UnavailableError.
    """

    @functools.cache
    def find() -> Endpoint:
        return Endpoint(name.url, api_key or _NO_KEY, name.model or _first_model(name.url, api_key))

    return find


def _chat_model(endpoint: Endpoint, limits: Limits) -> tuple[BaseChatModel, Callable[[], None]]:
    """Give the chat model and what closes its connections."""
    tracing_off()
    import openai
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    # A proxy from the environment is not for this machine itself.
    use_environment = not _is_loopback(endpoint.base_url)
    client = openai.DefaultHttpxClient(trust_env=use_environment)
    model = ChatOpenAI(
        model=endpoint.model,
        base_url=endpoint.base_url,
        api_key=SecretStr(endpoint.api_key),
        temperature=limits.temperature,
        timeout=limits.timeout_seconds,
        max_retries=0,
        use_responses_api=False,
        # ChatOpenAI's own max_tokens goes out as max_completion_tokens, which older compatible servers do not know.
        extra_body={"max_tokens": limits.max_tokens},
        http_client=client,
        http_async_client=openai.DefaultAsyncHttpxClient(trust_env=use_environment),
    )
    return model, client.close


def _first_model(url: str, api_key: str) -> str:
    handlers = [urllib.request.ProxyHandler({})] if _is_loopback(url) else []
    headers = {"Authorization": f"Bearer {api_key or _NO_KEY}"}
    request = urllib.request.Request(f"{url}/models", headers=headers)  # noqa: S310 - only http(s) names a server, see names.py
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=_LISTING_SECONDS) as response:
            return str(json.load(response)["data"][0]["id"])
    except urllib.error.HTTPError as error:
        error.close()
        remedy = "Check the address, and the key if it needs one"
        raise UnavailableError(f"The model server refused to list its models (HTTP {error.code})", where=url, remedy=remedy) from error
    except OSError as error:
        raise UnavailableError(f"The model server cannot be reached: {error}", where=url, remedy="Start it or check the address") from error
    except (ValueError, LookupError, TypeError) as error:
        remedy = "Name the model after the address: URL#NAME"
        raise UnavailableError("The model server does not say which models it has", where=url, remedy=remedy) from error


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
