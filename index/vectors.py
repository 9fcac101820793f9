"""The dense leg's store: Chroma, through its public API, with embeddings passed explicitly and cosine as the distance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus import UnavailableError
from index.encoder import Vectors
from index.passages import Passage

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

_WRITE = 2_000  # entries in one call; Chroma refuses more than about 5,400
#: Measured on 4,079 passages of two collections: of the true first 200 all are found (with ef_search 400 now and then 3 are missed), for 0.3 ms more.
_HNSW: Any = {"space": "cosine", "ef_construction": 200, "ef_search": 1000, "max_neighbors": 24}


class VectorStore:
    """Vectors of the passages of one IndexSpec, by passage id."""

    def __init__(self, client: ClientAPI, name: str) -> None:
        self._client = client
        self._name = name
        with _explained(name):
            self._collection = client.get_or_create_collection(name, configuration={"hnsw": _HNSW}, embedding_function=None)
            space = (self._collection.configuration.get("hnsw") or {}).get("space")
        if space != "cosine":
            raise UnavailableError(f"the vector store measures {space}, not cosine", where=name, remedy="Run `florilegium doctor --rebuild`")

    def put(self, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Add or replace."""
        for start in range(0, len(passages), _WRITE):
            part = passages[start : start + _WRITE]
            with _explained(self._name):
                self._collection.upsert(
                    ids=[passage.id for passage in part],
                    embeddings=vectors[start : start + _WRITE],
                    metadatas=[{"review_id": passage.review_id} for passage in part],
                )

    def remove(self, ids: Sequence[str]) -> None:
        """Delete by passage id; unknown ids are no error."""
        for start in range(0, len(ids), _WRITE):
            with _explained(self._name):
                self._collection.delete(ids=list(ids[start : start + _WRITE]))

    def get(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Vectors by passage id; unknown ids are left out."""
        found: dict[str, Vectors] = {}
        for start in range(0, len(ids), _WRITE):
            with _explained(self._name):
                answer = self._collection.get(ids=list(ids[start : start + _WRITE]), include=["embeddings"])
            rows = answer["embeddings"]
            if rows is not None:
                found.update(zip(answer["ids"], np.asarray(rows, dtype=np.float32), strict=True))
        return found

    def search(self, vector: Vectors, depth: int, allowed: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """(passage id, cosine in -1..1) of the nearest passages, best first; ties by id. `allowed` limits the reviews."""
        total = self.count()
        if not total or (allowed is not None and not allowed):
            return []
        where: Any = {"review_id": {"$in": list(allowed)}} if allowed is not None else None
        with _explained(self._name):
            answer = self._collection.query(query_embeddings=vector.reshape(1, -1), n_results=min(depth, total), where=where, include=["distances"])
        distances = (answer["distances"] or [[]])[0]
        scored = [(passage_id, 1.0 - float(distance)) for passage_id, distance in zip(answer["ids"][0], distances, strict=True)]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def count(self) -> int:
        """How many vectors are held."""
        with _explained(self._name):
            return int(self._collection.count())

    def ids(self) -> set[str]:
        """Every passage id held."""
        found: set[str] = set()
        for offset in range(0, self.count(), 20_000):
            with _explained(self._name):
                found.update(self._collection.get(limit=20_000, offset=offset, include=[])["ids"])
        return found

    def drop(self) -> None:
        """Delete the collection with all its vectors and make an empty one."""
        with _explained(self._name):
            self._client.delete_collection(self._name)
            self._collection = self._client.create_collection(self._name, configuration={"hnsw": _HNSW}, embedding_function=None)


def open_client(place: Path | str) -> ClientAPI:
    """A Chroma client: embedded in a folder (whose owner lock must be held), or of the server at a URL. Raises UnavailableError."""
    import chromadb
    from chromadb.config import Settings

    quiet = Settings(anonymized_telemetry=False)
    if isinstance(place, str):
        from urllib.parse import urlsplit

        parts = urlsplit(place)
        with _explained(place):
            return chromadb.HttpClient(host=parts.hostname or "localhost", port=parts.port or 8000, ssl=parts.scheme == "https", settings=quiet)
    place.mkdir(parents=True, exist_ok=True)
    with _explained(str(place)):
        try:
            return chromadb.PersistentClient(path=str(place), settings=quiet)
        except Exception as error:  # a start that failed stays in Chroma's cache of this process; asking once more takes it out
            try:
                return chromadb.PersistentClient(path=str(place), settings=quiet)
            except Exception:
                raise error from None


def close_client(client: ClientAPI) -> None:
    """Let go of an embedded store's files (of a server's connection)."""
    client.close()  # type: ignore[attr-defined]  # on every client class of Chroma's, though not on their common type


class _explained:  # noqa: N801 - reads as a statement
    """Turns Chroma's many error classes into one that says what to do."""

    def __init__(self, where: str) -> None:
        self._where = where

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: Any) -> None:
        if error is None or not isinstance(error, Exception) or isinstance(error, UnavailableError):
            return
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UnavailableError(
            f"the vector store cannot be used: {reason}", where=self._where, remedy="Run `florilegium doctor --rebuild`: it is made anew from the library"
        ) from error
