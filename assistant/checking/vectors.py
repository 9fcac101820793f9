"""Sentence and word vectors for the checker: each text encoded once, what all texts share taken out, common words from a table."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache

from index.encoder import TextEncoder, Vectors

#: Shape (n, d) or (d,), any length.
Array = npt.NDArray[np.float32]

#: Vectors kept: 1.5 kB each.
_KEPT = 8192


class KeptVectors:
    """An encoder that remembers the last texts it encoded. Safe to use from several threads."""

    def __init__(self, encoder: TextEncoder, size: int = _KEPT) -> None:
        self._encoder = encoder
        self._rows: LRUCache[str, Vectors] = LRUCache(size)
        self._guard = threading.Lock()

    def of(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """Text -> unit vector; those not known are encoded in one call."""
        with self._guard:
            found = {text: self._rows[text] for text in texts if text in self._rows}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            made = dict(zip(new, self._encoder.encode(new), strict=True))
            found.update(made)
            with self._guard:
                self._rows.update(made)
        return found


@dataclass(frozen=True, slots=True)
class Background:
    """What texts of this field share, taken out before cosines: the mean and the first principal directions (`axes`, orthonormal rows)."""

    mean: Array
    axes: Array

    def without(self, vectors: Array) -> Array:
        """The vectors, shape (n, d), without the background; unit length again."""
        x = vectors - self.mean
        return unit(x - (x @ self.axes.T) @ self.axes)


class WordVectors:
    """Vectors of single words with their mean taken out, in `axes` (m, d) of most spread: common words from a table, others encoded."""

    def __init__(self, words: Sequence[str], rows: npt.NDArray[np.int8], mean: Array, axes: Array) -> None:
        self._row = {word: i for i, word in enumerate(words)}
        self._rows = rows
        self._mean = mean
        self._axes = axes

    def unknown(self, words: Sequence[str]) -> list[str]:
        """Those that have to be encoded."""
        return [word for word in words if word not in self._row]

    def of(self, words: Sequence[str], encoded: Mapping[str, Vectors]) -> Array:
        """Unit vectors, shape (n, m); `encoded` holds those that the table lacks. A word in neither is like no other: zeros."""
        out = np.zeros((len(words), len(self._axes)), dtype=np.float32)
        for i, word in enumerate(words):
            row = self._row.get(word)
            if row is not None:
                out[i] = self._rows[row]
            elif word in encoded:
                out[i] = (encoded[word] - self._mean) @ self._axes.T
        return unit(out)


def unit(x: npt.NDArray[Any]) -> Array:
    """Rows brought to length 1; a row of zeros stays."""
    scaled: Array = x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-6)
    return scaled
