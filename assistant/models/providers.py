"""Chat models of other makers, through LangChain's `init_chat_model`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from assistant.models.compatible import Limits
from assistant.models.names import ModelName
from assistant.models.tracing import tracing_off
from corpus.errors import UnavailableError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

KEY_VARIABLES: dict[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "cohere": ("COHERE_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "google_genai": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "groq": ("GROQ_API_KEY",),
    "mistralai": ("MISTRAL_API_KEY",),
    "openai": ("OPENAI_API_KEY",),
    "openrouter": ("OPENROUTER_API_KEY",),
    "xai": ("XAI_API_KEY",),
}
"""Environment variables of which one must hold the key; some integrations notice an absent key only at the first question."""


def open_by_provider(name: ModelName, limits: Limits) -> BaseChatModel:
    """Give the chat model `name.provider`:`name.model`; nothing is asked of the provider yet.

    Raises UnavailableError naming the pip package or the key that is missing.
    """
    tracing_off()
    from langchain.chat_models import init_chat_model

    keys = KEY_VARIABLES.get(name.provider, ())
    key_remedy = f"Set {' or '.join(keys)}" if keys else f"Check what the provider {name.provider} needs in its environment variables"
    try:
        model: BaseChatModel = init_chat_model(name.model, model_provider=name.provider, **_options(name.provider, limits))
    except ImportError as error:
        raise UnavailableError(_first_line(error), where=name.text, remedy=_package_remedy(name.provider, error)) from error
    except Exception as error:  # each integration has its own errors for a missing key or a setting that it refuses
        raise UnavailableError(f"The model could not be opened: {_first_line(error)}", where=name.text, remedy=key_remedy) from error
    if keys and not any(os.environ.get(variable) for variable in keys):
        raise UnavailableError("The provider's API key is missing", where=name.text, remedy=key_remedy)
    return model


def _options(provider: str, limits: Limits) -> dict[str, Any]:
    options: dict[str, Any] = {} if limits.temperature is None else {"temperature": limits.temperature}
    if provider == "ollama":
        return {**options, "num_predict": limits.max_tokens, "client_kwargs": {"timeout": limits.timeout_seconds}}
    return {**options, "max_tokens": limits.max_tokens, "timeout": limits.timeout_seconds}


def _package_remedy(provider: str, error: ImportError) -> str:
    cause = error.__cause__
    module = getattr(cause, "name", None) or getattr(error, "name", None) or f"langchain-{provider}"
    package = module.split(".")[0].replace("_", "-")
    other = "; or name its OpenAI-compatible address: http://127.0.0.1:11434/v1#NAME" if provider == "ollama" else ""
    return f"Run `pip install {package}`{other}"


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300].rstrip(". ")
