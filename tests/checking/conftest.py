"""A checker on the real encoder, one on a fake that needs no model, and sentences of the sample collection."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import pytest

from assistant import ClaimChecker
from index import Encoder
from index.encoder import Tokens, Vectors
from tests.conftest import SAMPLE


class HashedWords:
    """Vectors made of the words alone: texts with the same words are alike. Counts its calls."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self._remembered: set[str] = set()

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(list(texts))
        return self._rows(texts)

    def encode_tokens(self, texts: Sequence[str], *, remember: bool = False) -> tuple[Vectors, list[Tokens]]:
        self.calls.append([text for text in texts if text not in self._remembered])
        self._remembered.update(texts if remember else ())
        return self._rows(texts), [self._pieces(text) for text in texts]

    def _pieces(self, text: str) -> Tokens:
        found = list(re.finditer(r"\w+", text))
        return Tokens(self._rows([match[0] for match in found]), tuple(match.span() for match in found))

    def _rows(self, texts: Sequence[str]) -> Vectors:
        out = np.zeros((len(texts), 384), dtype=np.float32)
        for row, text in zip(out, texts, strict=True):
            for word in [*text.lower().split(), ""]:
                row[int.from_bytes(hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:2], "big") % 384] += 1
        return out / np.linalg.norm(out, axis=1, keepdims=True)


@pytest.fixture
def fake_encoder() -> HashedWords:
    return HashedWords()


@pytest.fixture
def quick_checker(fake_encoder: HashedWords) -> ClaimChecker:
    return ClaimChecker(fake_encoder)


@pytest.fixture(scope="session")
def checker(encoder: Encoder) -> ClaimChecker:
    return ClaimChecker(encoder)


@pytest.fixture(scope="session")
def findings() -> list[str]:
    """Findings of the sample collection, as they stand."""
    lines = [line.strip() for path in sorted(SAMPLE.glob("*.md")) for line in path.read_text(encoding="utf-8").split("---", 2)[2].splitlines()]
    return [line[2:] for line in lines if line.startswith("- ") and 8 <= len(line.split()) <= 45 and line.endswith(".")]
