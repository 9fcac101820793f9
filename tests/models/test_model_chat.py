"""Opening models by name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.models import OpenedModel, open_chat_model
from assistant.models.scripted import ScriptedServer
from corpus.errors import UnavailableError, UsageError


def opened(name: str, folder: Path = Path("/nowhere"), api_key: str = "") -> OpenedModel:
    return open_chat_model(name, models_folder=folder, max_tokens=20, timeout_seconds=30, api_key=api_key)


def test_quotes_is_no_chat_model() -> None:
    with pytest.raises(UsageError):
        opened("quotes")


def test_embedded_model_that_is_not_installed(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="florilegium model install embedded"):
        opened("embedded", tmp_path)


def test_absent_gguf_file(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="not there"):
        opened(f"gguf:{tmp_path / 'none.gguf'}")


@pytest.mark.parametrize(("name", "package"), [("anthropic:claude", "langchain-anthropic"), ("ollama:qwen", "langchain-ollama")])
def test_missing_integration_names_its_pip_package(name: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # None makes the import fail also where the package happens to be installed.
    monkeypatch.setitem(sys.modules, package.replace("-", "_"), None)
    with pytest.raises(UnavailableError, match=f"pip install {package}"):
        opened(name)


def test_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UnavailableError, match="OPENAI_API_KEY"):
        opened("openai:gpt-5.5")


def test_provider_with_a_key_opens_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "test-key")
    model = opened("openai:gpt-5.5")
    assert model.label == "openai:gpt-5.5"
    assert type(model.model()).__name__ == "ChatOpenAI"
    model.close()


def test_server_that_is_not_there() -> None:
    model = opened("http://127.0.0.1:9/v1")
    with pytest.raises(UnavailableError, match="cannot be reached"):
        model.model()


def test_named_model_and_key_of_a_server_are_used() -> None:
    with ScriptedServer(["fine"]) as server, opened(f"{server.url}#qwen", api_key="k") as model:
        assert model.label == "qwen"
        assert model.model().invoke("q").content == "fine"
        assert server.requests[0]["model"] == "qwen"


def test_proxy_settings_are_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with ScriptedServer(["fine"]) as server, opened(server.url) as model:
        assert model.model().invoke("q").content == "fine"


def test_nothing_is_traced_whatever_the_environment_says() -> None:
    script = """
import sys, time
from pathlib import Path
from assistant.models import open_chat_model
model = open_chat_model(sys.argv[1], models_folder=Path("/nowhere"), max_tokens=20, timeout_seconds=20).model()
print(model.invoke("q").content)
time.sleep(1)
"""
    with ScriptedServer(["fine"]) as server, ScriptedServer(["trace"]) as tracer:
        tracing = {"LANGSMITH_TRACING": "true", "LANGCHAIN_TRACING_V2": "true", "LANGSMITH_API_KEY": "k"}
        address = {"LANGSMITH_ENDPOINT": tracer.url, "LANGCHAIN_ENDPOINT": tracer.url}
        environment = {**os.environ, **tracing, **address}
        done = subprocess.run([sys.executable, "-c", script, server.url], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "fine"
        assert tracer.hits == 0


def test_gguf_model_answers_and_starts_again_after_close(small_gguf: Path) -> None:
    with opened(f"gguf:{small_gguf}") as model:
        assert model.label == small_gguf.stem
        first = model.model()
        message = first.invoke("Say hello.")
        assert message.content
        assert message.response_metadata["token_usage"]["completion_tokens"] <= 20
        assert "".join(str(chunk.content) for chunk in first.stream("Say hello.")) == message.content
        model.close()
        assert model.model() is not first
        assert model.model().invoke("Say hello.").content
