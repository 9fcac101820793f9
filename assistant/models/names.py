"""How a language model is named in settings and on the command line."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from corpus.errors import UsageError

PROVIDERS = frozenset(
    (
        "anthropic",
        "anthropic_bedrock",
        "azure_ai",
        "azure_openai",
        "baseten",
        "bedrock",
        "bedrock_converse",
        "bedrock_mantle_anthropic",
        "bedrock_mantle_openai",
        "cohere",
        "deepseek",
        "fireworks",
        "google_anthropic_vertex",
        "google_genai",
        "google_vertexai",
        "groq",
        "huggingface",
        "ibm",
        "langsmith",
        "litellm",
        "meta",
        "mistralai",
        "nvidia",
        "ollama",
        "openai",
        "openrouter",
        "perplexity",
        "together",
        "upstage",
        "xai",
    )
)
"""The providers of LangChain's `init_chat_model` (1.4.7): a copy, since quotes mode must not import LangChain. A test compares them."""

_FORMS = "quotes, embedded, gguf:PATH, ollama:NAME, openai:NAME, anthropic:NAME, another provider:NAME, or http://HOST:PORT/v1#NAME"


@dataclass(frozen=True)
class ModelName:
    """A language model's name, taken apart. `text` is as it was given; the other fields hold what their kind needs, else nothing.

    gguf: `path`. url: `url` (no trailing slash; /v1 where no path was given) and `model` (empty: ask the server).
    provider: `provider` and `model`. quotes and embedded: nothing more.
    """

    text: str
    kind: Literal["quotes", "embedded", "gguf", "url", "provider"]
    provider: str = ""
    model: str = ""
    url: str = ""
    path: Path | None = None


def parse_model_name(name: str) -> ModelName:
    """Take a model's name apart; nothing is opened or imported. Raises UsageError with the forms that are understood."""
    text = name.strip()
    if text == "quotes":
        return ModelName(text, "quotes")
    if text == "embedded":
        return ModelName(text, "embedded")
    if re.match(r"https?:", text, re.IGNORECASE):
        return _parse_url(text)
    before, colon, after = text.partition(":")
    after = after.strip()
    if colon and not after:
        raise UsageError("The model's name lacks what comes after the colon", where=text, remedy=f"Use one of: {_FORMS}")
    if before == "gguf" and colon:
        return ModelName(text, "gguf", path=Path(after).expanduser())
    if before in PROVIDERS and colon:
        return ModelName(text, "provider", provider=before, model=after)
    near = difflib.get_close_matches(before.lower(), [*PROVIDERS, "quotes", "embedded", "gguf"], n=1)
    hint = f"Did you mean {near[0]}{colon}{after}? " if near else ""
    raise UsageError("This is not a model's name", where=text or "empty", remedy=f"{hint}Use one of: {_FORMS}")


def _parse_url(text: str) -> ModelName:
    parts = urlsplit(text)
    try:
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", text):
        raise UsageError("This is not the address of a server", where=_without_login(text), remedy="Use http://HOST:PORT/v1#NAME")
    if "@" in parts.netloc or parts.query:
        # It would stand in logs, answers and the page.
        raise UsageError("A model's address must hold no login and no query", where=_without_login(text), remedy="Give the key as a setting")
    address = urlunsplit((parts.scheme.lower(), parts.netloc, parts.path.rstrip("/") or "/v1", "", ""))
    return ModelName(text, "url", url=address, model=parts.fragment.strip())


def _without_login(text: str) -> str:
    return re.sub(r"//[^/@]*@", "//…@", text.split("?", maxsplit=1)[0])
