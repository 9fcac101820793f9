"""The dense leg's store: Chroma, through its public API, with embeddings passed explicitly and cosine as the distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from corpus import UnavailableError
from index.chroma import Chroma
from index.encoder import Vectors

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_WRITE = 2_000  # entries in one call; Chroma refuses more than about 5,400
#: Measured on 4,079 passages of two collections: of the true first 200 all are found (with ef_search 400 now and then 3 are missed), for 0.3 ms more.
_HNSW: Any = {"space": "cosine", "ef_construction": 200, "ef_search": 1000, "max_neighbors": 24}


class Entry(Protocol):
    """What is kept beside a vector: a passage, or its row in the manifest."""

    @property
    def id(self) -> str:
        """The passage's id."""
        ...

    @property
    def review_id(self) -> str:
        """Its review's id."""
        ...


class VectorStore:
    """Vectors of the passages of one IndexSpec, by passage id."""

    def __init__(self, chroma: Chroma, name: str) -> None:
        self._chroma = chroma
        self._name = name
        self._opened: tuple[ClientAPI, Collection] | None = None

    def put(self, passages: Sequence[Entry], vectors: Vectors) -> None:
        """Add or replace."""
        for start in range(0, len(passages), _WRITE):
            part, rows = passages[start : start + _WRITE], vectors[start : start + _WRITE]
            ids: list[str] = [passage.id for passage in part]
            notes: Any = [{"review_id": passage.review_id} for passage in part]
            self._call("upsert", ids=ids, embeddings=rows, metadatas=notes)

    def remove(self, ids: Sequence[str]) -> None:
        """Delete by passage id; unknown ids are no error."""
        for start in range(0, len(ids), _WRITE):
            self._call("delete", ids=list(ids[start : start + _WRITE]))

    def get(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Vectors by passage id; unknown ids are left out."""
        found: dict[str, Vectors] = {}
        for start in range(0, len(ids), _WRITE):
            answer = self._call("get", ids=list(ids[start : start + _WRITE]), include=["embeddings"])
            rows = answer["embeddings"]
            if rows is not None:
                found.update(zip(answer["ids"], np.asarray(rows, dtype=np.float32), strict=True))
        return found

    def search(self, vector: Vectors, depth: int, allowed: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """(passage id, cosine in -1..1) of the nearest passages, best first; ties by id. `allowed` limits the reviews."""
        if allowed is not None and not allowed:
            return []
        where: Any = {"review_id": {"$in": list(allowed)}} if allowed is not None else None
        answer = self.bare_query(vector, depth, where)
        distances = (answer["distances"] or [[]])[0]
        scored = [(passage_id, 1.0 - float(distance)) for passage_id, distance in zip(answer["ids"][0], distances, strict=True)]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def bare_query(self, vector: Vectors, depth: int, where: Any = None) -> Any:
        """Chroma's own answer, distances included: what the time of a search is compared with."""
        return self._call("query", query_embeddings=vector.reshape(1, -1), n_results=depth, where=where, include=["distances"])

    def count(self) -> int:
        """How many vectors are held."""
        return int(self._call("count"))

    def ids(self) -> set[str]:
        """Every passage id held."""
        found: set[str] = set()
        for offset in range(0, self.count(), 20_000):
            found.update(self._call("get", limit=20_000, offset=offset, include=[])["ids"])
        return found

    def drop(self) -> None:
        """Delete the collection with all its vectors and make an empty one."""
        delete_collection(self._chroma, self._name)
        self._opened = None
        self._call()

    def _call(self, method: str = "", **arguments: Any) -> Any:
        """Call a method of the collection, or only see that it is there. One made anew since, in this process or another, is asked for again."""
        from chromadb.errors import NotFoundError

        with self._chroma.using() as client, self._chroma.explained(self._name):
            opened = self._opened
            if opened is not None and opened[0] is client:
                try:
                    return getattr(opened[1], method)(**arguments)
                except NotFoundError:
                    pass
            collection = self._collection(client)
            self._opened = (client, collection)
            return getattr(collection, method)(**arguments) if method else None

    def _collection(self, client: ClientAPI) -> Collection:
        collection = client.get_or_create_collection(self._name, configuration={"hnsw": _HNSW}, embedding_function=None)
        space = (collection.configuration.get("hnsw") or {}).get("space")
        if space != "cosine":
            raise UnavailableError(f"the vector store measures {space}, not cosine", where=self._name, remedy="Run `florilegium doctor --rebuild`")
        return collection


def delete_collection(chroma: Chroma, name: str) -> None:
    """Delete a collection with all its vectors; an absent one is no error."""
    from chromadb.errors import NotFoundError

    with chroma.using() as client, chroma.explained(name):
        try:
            client.delete_collection(name)
        except NotFoundError:
            return
