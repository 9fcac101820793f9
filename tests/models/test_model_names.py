"""Names of models."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.models import parse_model_name
from assistant.models.names import PROVIDERS
from corpus.errors import UsageError


@pytest.mark.parametrize("text", ["quotes", "embedded", " embedded "])
def test_plain_names(text: str) -> None:
    assert parse_model_name(text).kind == text.strip()


def test_gguf_path_keeps_colons_and_opens_the_home_folder() -> None:
    assert parse_model_name("gguf:/models/a:b.gguf").path == Path("/models/a:b.gguf")
    assert parse_model_name("gguf:~/a.gguf").path == Path.home() / "a.gguf"


@pytest.mark.parametrize(
    ("text", "provider", "model"),
    [
        ("ollama:qwen2.5:7b", "ollama", "qwen2.5:7b"),
        ("openai:gpt-5.5", "openai", "gpt-5.5"),
        ("anthropic:claude-sonnet-5", "anthropic", "claude-sonnet-5"),
        ("mistralai:mistral-small", "mistralai", "mistral-small"),
    ],
)
def test_providers(text: str, provider: str, model: str) -> None:
    name = parse_model_name(text)
    assert (name.kind, name.provider, name.model) == ("provider", provider, model)


@pytest.mark.parametrize(
    ("text", "url", "model"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1", ""),
        ("http://localhost:8000/", "http://localhost:8000/v1", ""),
        ("https://models.example.org/openai/v1/#qwen:7b", "https://models.example.org/openai/v1", "qwen:7b"),
        ("HTTP://[::1]:1234/v1", "http://[::1]:1234/v1", ""),
    ],
)
def test_urls(text: str, url: str, model: str) -> None:
    name = parse_model_name(text)
    assert (name.kind, name.url, name.model) == ("url", url, model)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gpt-5",
        "embeded",
        "openai",
        "openai:",
        "gguf:",
        "gguf: ",
        "foo:bar",
        "http://",
        "http:///v1",
        "http://host:99999/v1",
        "http://a b/",
        "ftp://host/",
    ],
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_model_name(text)
    assert refusal.value.exit_code == 2
    assert refusal.value.remedy


def test_a_slip_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="Did you mean openai:gpt-5"):
        parse_model_name("opanai:gpt-5")


@pytest.mark.parametrize("text", ["http://user:secret@host/v1", "http://host/v1?key=secret", "http://user:secret@/v1"])
def test_secrets_in_an_address_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_model_name(text)
    assert "secret" not in str(refusal.value)


def test_the_copy_of_langchains_providers_is_true() -> None:
    from langchain.chat_models import base

    assert set(base._BUILTIN_PROVIDERS) == PROVIDERS
