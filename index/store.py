"""`BuiltIndex`: manifest, vectors and postings of one IndexSpec, opened together under the owner's lock."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus import UnavailableError
from index.encoder import Vectors
from index.lexical import LexicalIndex
from index.matrix import VectorFile
from index.spec import IndexSpec
from index.state import IndexState, PassageRow
from index.vectors import VectorStore, close_client, open_client

if TYPE_CHECKING:
    from chromadb.api import ClientAPI


class IndexHome:
    """The folder `HOME/index`, or a Chroma server for its vectors. Hold the owner lock before opening an embedded one."""

    def __init__(self, folder: Path, chroma_url: str | None = None) -> None:
        self.folder = folder
        self._url = chroma_url
        self._client: ClientAPI | None = None
        self._guard = threading.RLock()

    @property
    def client(self) -> ClientAPI:
        """The Chroma client, opened on first use (importing Chroma costs about a second)."""
        with self._guard:
            if self._client is None:
                self._client = open_client(self._url or self.folder / "chroma")
            return self._client

    def close(self) -> None:
        """Let go of Chroma's files; do this before the owner lock is given back. Indexes opened here cannot be used after it."""
        with self._guard:
            if self._client is not None:
                close_client(self._client)
            self._client = None

    def is_built(self, spec: IndexSpec) -> bool:
        """Whether an index of this spec has been begun here."""
        return (self.folder / spec.folder / "state.sqlite").is_file()

    def open(self, spec: IndexSpec, namespace: str = "") -> BuiltIndex:
        """The index of a spec, made empty where it is absent. `namespace` keeps indexes of other collections apart."""
        return BuiltIndex(self, spec, namespace)

    def discard(self, spec: IndexSpec) -> None:
        """Delete the index of a spec, readable or not."""
        shutil.rmtree(self.folder / spec.folder, ignore_errors=True)
        try:
            VectorStore(self.client, f"passages-{spec.folder}").drop()
        except UnavailableError:
            if self._url:
                raise
            self.close()
            shutil.rmtree(self.folder / "chroma", ignore_errors=True)  # unreadable: the vectors of every spec are made anew
            for state in self.folder.glob("*/state.sqlite"):
                shutil.rmtree(state.parent, ignore_errors=True)

    def built_specs(self) -> list[IndexSpec]:
        """The specs of every index that stands here."""
        found = []
        for path in sorted(self.folder.glob("*/state.sqlite")):
            state = IndexState(path)
            if state.spec is not None:
                found.append(state.spec)
            state.close()
        return found


class BuiltIndex:
    """One spec's index. Made by machines: deleting it and syncing again loses nothing. `writing` is held by whoever changes it."""

    def __init__(self, home: IndexHome, spec: IndexSpec, namespace: str = "") -> None:
        self.spec = spec
        self.writing = threading.RLock()
        self._home = home
        self.folder = home.folder / namespace / spec.folder if namespace else home.folder / spec.folder
        self.state = IndexState(self.folder / "state.sqlite")
        known = self.state.spec
        if known is not None and known != spec:
            raise UnavailableError("the index was built from another specification", where=str(self.folder), remedy="Run `florilegium doctor --rebuild`")
        self.vectors = VectorStore(home.client, f"passages-{namespace.replace('/', '-') + '-' if namespace else ''}{spec.folder}")
        self._lexical: LexicalIndex | None = None
        self._matrix: VectorFile | None = None
        self._guard = threading.RLock()  # one object a file, whichever thread asks first; row numbers and their file change together

    @property
    def matrix(self) -> VectorFile | None:
        """The vectors by row, or None before the first passage."""
        with self._guard:
            dimension = int(self.state.meta("dimension", "0"))
            if self._matrix is None and dimension:
                self._matrix = VectorFile(self._vector_file(int(self.state.meta("vectors", "0"))), dimension)
            return self._matrix

    def rows_of(self, review_ids: Sequence[str]) -> tuple[VectorFile | None, dict[str, list[PassageRow]]]:
        """The passages of some reviews, and the file that their row numbers are of."""
        with self._guard:
            return self.matrix, self.state.passages_of(review_ids)

    def matrix_of(self, dimension: int) -> VectorFile:
        """The vectors by row, made for vectors of this dimension where there are none yet."""
        if not int(self.state.meta("dimension", "0")):
            self.state.note(dimension=dimension)
        matrix = self.matrix
        if matrix is None or matrix.dimension != dimension:
            raise UnavailableError("the vectors have another dimension", where=str(self.folder), remedy="Run `florilegium doctor --rebuild`")
        return matrix

    def pack_vectors(self, vectors: Vectors, ids: Sequence[str]) -> None:
        """Write the vector file anew without holes: `vectors[i]` is that of passage `ids[i]`."""
        number = int(self.state.meta("vectors", "0"))
        fresh = VectorFile(self._vector_file(number + 1), vectors.shape[1])
        fresh.write(0, vectors)
        with self._guard:
            self.state.move_rows(((passage_id, row) for row, passage_id in enumerate(ids)), vectors=number + 1)
            self._matrix = fresh
        self._vector_file(number).unlink(missing_ok=True)

    @property
    def mean(self) -> Vectors | None:
        """The mean of all passage vectors as of the last sync, or None before it."""
        text = self.state.meta("mean")
        return np.frombuffer(bytes.fromhex(text), dtype=np.float32) if text else None

    @property
    def lexical(self) -> LexicalIndex:
        """The postings now in use."""
        with self._guard:
            if self._lexical is None:
                self._lexical = LexicalIndex(self._lexical_folder(int(self.state.meta("lexical", "0"))))
            return self._lexical

    def replace_lexical(self) -> LexicalIndex:
        """An empty lexical index beside the one in use; `adopt_lexical` puts it in its place."""
        fresh = LexicalIndex(self._lexical_folder(int(self.state.meta("lexical", "0")) + 1))
        return fresh.drop() if fresh.count() else fresh

    def adopt_lexical(self, fresh: LexicalIndex) -> None:
        """Make a filled lexical index the one in use, and remove the former."""
        number = int(self.state.meta("lexical", "0"))
        with self._guard:
            self.state.note(lexical=number + 1)
            self._lexical = fresh
        shutil.rmtree(self._lexical_folder(number), ignore_errors=True)

    def clear(self) -> None:
        """Empty every part."""
        with self._guard:
            self.vectors.drop()
            self._lexical = self.lexical.drop()
            self._vector_file(int(self.state.meta("vectors", "0"))).unlink(missing_ok=True)
            self._matrix = None
            number = self.state.meta("lexical", "0")
            self.state.clear()
            self.state.note(lexical=number)

    def sweep(self) -> None:
        """Delete what a process killed while it wrote a part anew has left behind."""
        lexical, vectors = self.state.meta("lexical", "0"), self.state.meta("vectors", "0")
        for path in self.folder.glob("lexical-*"):
            if path.name != f"lexical-{lexical}":
                shutil.rmtree(path, ignore_errors=True)
        for path in self.folder.glob("vectors-*.f32"):
            if path.name != f"vectors-{vectors}.f32":
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the manifest; the vectors close with `IndexHome.close`, the postings with the last who holds them."""
        self.state.close()

    def _vector_file(self, number: int) -> Path:
        return self.folder / f"vectors-{number}.f32"

    def _lexical_folder(self, number: int) -> Path:
        return self.folder / f"lexical-{number}"
