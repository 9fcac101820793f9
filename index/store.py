"""`BuiltIndex`: manifest, vectors and postings of one IndexSpec, opened together under the owner's lock."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import UnavailableError
from index.lexical import LexicalIndex
from index.spec import IndexSpec
from index.state import IndexState
from index.vectors import VectorStore, open_client

if TYPE_CHECKING:
    from chromadb.api import ClientAPI


class IndexHome:
    """The folder `HOME/index`, or a Chroma server for its vectors. Hold the owner lock before opening an embedded one."""

    def __init__(self, folder: Path, chroma_url: str | None = None) -> None:
        self.folder = folder
        self._url = chroma_url
        self._client: ClientAPI | None = None

    @property
    def client(self) -> ClientAPI:
        """The Chroma client, opened on first use (importing Chroma costs about a second)."""
        if self._client is None:
            self._client = open_client(None if self._url else self.folder / "chroma", self._url)
        return self._client

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
            shutil.rmtree(self.folder / "chroma", ignore_errors=True)  # unreadable: the vectors of every spec are made anew
            for state in self.folder.glob("*/state.sqlite"):
                shutil.rmtree(state.parent, ignore_errors=True)
            self._client = None

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
    """One spec's index. Made by machines: deleting it and syncing again loses nothing."""

    def __init__(self, home: IndexHome, spec: IndexSpec, namespace: str = "") -> None:
        self.spec = spec
        self._home = home
        self.folder = home.folder / namespace / spec.folder if namespace else home.folder / spec.folder
        self.state = IndexState(self.folder / "state.sqlite")
        known = self.state.spec
        if known is not None and known != spec:
            raise UnavailableError("the index was built from another specification", where=str(self.folder), remedy="Run `florilegium doctor --rebuild`")
        self.vectors = VectorStore(home.client, f"passages-{namespace + '-' if namespace else ''}{spec.folder}")
        self._lexical: LexicalIndex | None = None

    @property
    def lexical(self) -> LexicalIndex:
        """The postings now in use."""
        if self._lexical is None:
            self._lexical = LexicalIndex(self._lexical_folder(int(self.state.meta("lexical", "0"))), self.spec.analyser)
        return self._lexical

    def replace_lexical(self) -> LexicalIndex:
        """An empty lexical index beside the one in use; `adopt_lexical` puts it in its place."""
        fresh = LexicalIndex(self._lexical_folder(int(self.state.meta("lexical", "0")) + 1), self.spec.analyser)
        if fresh.count():
            fresh.drop()
        return fresh

    def adopt_lexical(self, fresh: LexicalIndex) -> None:
        """Make a filled lexical index the one in use, and remove the former."""
        number = int(self.state.meta("lexical", "0"))
        self.state.note(lexical=number + 1)
        self._lexical = fresh
        shutil.rmtree(self._lexical_folder(number), ignore_errors=True)

    def clear(self) -> None:
        """Empty every part."""
        self.vectors.drop()
        self.lexical.drop()
        self.state.clear()

    def close(self) -> None:
        """Close the manifest; the stores close with the process."""
        self.state.close()

    def _lexical_folder(self, number: int) -> Path:
        return self.folder / f"lexical-{number}"
