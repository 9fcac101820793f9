"""The vectors once more, as one memory-mapped file by row number: exact scores for many passages at once, and vectors to reuse.

Chroma proposes by its graph and answers one query in about a millisecond, but takes far longer to hand back a thousand given vectors. Up to
`index.store.EXACT` passages every one is compared here, which is faster than the graph, misses none, and needs no store to be opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.encoder import Vectors

_BYTES = 4


class VectorFile:
    """Rows of float32. Rows beyond what the manifest names are leftovers of a killed sync and are written over."""

    def __init__(self, path: Path, dimension: int) -> None:
        self.path = path
        self.dimension = dimension
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self._map = self._open()

    def write(self, first: int, vectors: Vectors) -> None:
        """Put vectors at rows `first`, `first + 1`, …"""
        with self.path.open("r+b") as file:
            file.seek(first * self.dimension * _BYTES)
            file.write(np.ascontiguousarray(vectors, dtype=np.float32).tobytes())
            file.flush()
        self._map = self._open()

    def read(self, rows: Sequence[int]) -> Vectors:
        """The vectors at these rows, in order. Raises IndexError where the file is too short."""
        if not len(rows):
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.asarray(self._map[np.asarray(rows, dtype=np.int64)], dtype=np.float32)

    def products(self, vector: Vectors) -> Vectors:
        """The dot product of a vector with every row, leftovers among them; shape (rows,)."""
        return np.asarray(self._map @ vector, dtype=np.float32)

    def count(self) -> int:
        """How many rows the file has room for."""
        return int(self._map.shape[0])

    def _open(self) -> Vectors:
        rows = self.path.stat().st_size // (self.dimension * _BYTES)
        if not rows:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.memmap(self.path, dtype=np.float32, mode="r", shape=(rows, self.dimension))
