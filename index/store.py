"""`BuiltIndex`: manifest, vectors and postings of one IndexSpec, opened together under the owner's lock."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from corpus import UnavailableError
from index.chroma import COMPLETE, FORMER, FRESH, Chroma
from index.copying import Copied
from index.encoder import Vectors
from index.lexical import LexicalIndex
from index.lock import WriterLock
from index.matrix import VectorFile
from index.spec import IndexSpec
from index.standing import Standing, read_standing
from index.state import IndexState, PassageRow
from index.vectors import VectorStore, delete_collection

#: Up to so many passages a query is compared with every vector; beyond, Chroma's graph proposes (docs/decisions/0021).
EXACT = 20_000
_OTHER_HOMES = 600.0  # seconds to wait for another home that is at the same vectors: a first sync takes minutes


@dataclass(frozen=True)
class Sharing:
    """How homes share a Chroma server. `library` names the library whose vectors they are, so that another one's are not among them; `alone(name, seconds)`
    is a block in which no other home of that library changes what the name stands for."""

    library: str
    alone: Callable[[str, float], AbstractContextManager[None]]


class IndexHome:
    """The folder `HOME/index`, or a Chroma server for its vectors. Hold the owner lock before opening an embedded one."""

    def __init__(self, folder: Path, chroma_url: str | None = None, sharing: Sharing | None = None) -> None:
        self.folder = folder
        self.chroma = Chroma(chroma_url or folder / "chroma")
        self.embedded = not chroma_url
        self.sharing = sharing

    @property
    def place(self) -> str:
        """Where the vectors are: "embedded", or the server's address. An index that was synced with another place is looked through first."""
        return "embedded" if self.embedded else str(self.chroma.place)

    def close(self) -> None:
        """Let go of Chroma's files; do this before the owner lock is given back. Indexes opened here cannot be used after it."""
        self.chroma.close()

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
            VectorStore(self.chroma, self.collection(spec.folder)).drop()
        except UnavailableError:
            if not self.embedded:
                raise
            self.close()
            shutil.rmtree(self.folder / "chroma", ignore_errors=True)  # unreadable: the vectors of every spec are made anew
            for state in self.folder.glob("*/state.sqlite"):
                shutil.rmtree(state.parent, ignore_errors=True)

    def standing(self, spec: IndexSpec) -> Standing | None:
        """How the index of a spec stands, or None where none has been begun; opens nothing."""
        return read_standing(self.folder / spec.folder)

    def standings(self) -> list[Standing]:
        """How every index of the library that lies here stands; opens nothing."""
        found = (read_standing(path.parent) for path in sorted(self.folder.glob("*/state.sqlite")))
        return [standing for standing in found if standing is not None]

    def standing_at(self, place: str) -> Standing | None:
        """How the index in a folder below this one stands, or None."""
        return read_standing(self.folder / place)

    def namespaced(self) -> list[tuple[str, str]]:
        """(folder, namespace) of every index of another collection; those of another version of this program are deleted, nothing can use them."""
        found = []
        for path in sorted(self.folder.glob("*/*/*/state.sqlite")):
            standing, namespace = read_standing(path.parent), str(path.parent.parent.relative_to(self.folder))
            if standing is not None and standing.spec is not None:
                found.append((standing.name, namespace))
            else:
                shutil.rmtree(path.parent, ignore_errors=True)
        return found

    def fresh_store(self) -> Path:
        """Where the embedded store is written anew; see `adopt_store`."""
        return self.folder / f"chroma{FRESH}"

    def adopt_store(self) -> None:
        """Put the store that was written anew in the place of the one in use, and delete that. Killed at any moment, one of them is whole."""
        place, fresh, former = self.folder / "chroma", self.fresh_store(), self.folder / f"chroma{FORMER}"
        shutil.rmtree(former, ignore_errors=True)
        fresh.mkdir(exist_ok=True)  # nothing was to be copied
        (fresh / COMPLETE).touch()
        with self.chroma.exchanging():
            place.rename(former)
            fresh.rename(place)
        (place / COMPLETE).unlink()
        shutil.rmtree(former, ignore_errors=True)

    def remove(self, name: str, namespace: str = "") -> None:
        """Delete a built index by the name of its folder, and no other. Raises UnavailableError."""
        shutil.rmtree(self.folder / namespace / name, ignore_errors=True)  # the manifest first: without it nothing counts as built
        delete_collection(self.chroma, self.collection(name, namespace))

    def collection(self, name: str, namespace: str = "") -> str:
        """The Chroma collection of a built index."""
        parts = [self.sharing.library if self.sharing else "", namespace.replace("/", "-"), name]
        return "-".join(["passages", *(part for part in parts if part)])


class BuiltIndex:
    """One spec's index. Made by machines: deleting it and syncing again loses nothing. `writing` is held by whoever changes it."""

    def __init__(self, home: IndexHome, spec: IndexSpec, namespace: str = "") -> None:
        self.spec = spec
        self.place = home.place
        self.folder = home.folder / namespace / spec.folder if namespace else home.folder / spec.folder
        self._collection = home.collection(spec.folder, namespace)
        sharing = home.sharing
        self.shared = sharing is not None  # other homes may have put vectors there that this manifest does not know yet
        homes = partial(sharing.alone, f"the vectors {self._collection}", _OTHER_HOMES) if sharing else nullcontext
        self.writing = WriterLock(self.folder / "writer.lock", homes=homes)
        self.state = IndexState(self.folder / "state.sqlite")
        known = self.state.spec
        if known is not None and known != spec:
            raise UnavailableError("the index was built from another specification", where=str(self.folder), remedy="Run `florilegium doctor --rebuild`")
        self.vectors = VectorStore(home.chroma, self._collection)
        self._lexical: LexicalIndex | None = None
        self._matrix: VectorFile | None = None
        self._seen = self.state.version()
        self._guard = threading.RLock()  # one object a file, whichever thread asks first; row numbers and their file change together

    @property
    def matrix(self) -> VectorFile | None:
        """The vectors by row, or None before the first passage."""
        with self._guard:
            self._look_again()
            dimension = int(self.state.meta("dimension", "0"))
            if self._matrix is None and dimension:
                self._matrix = VectorFile(self._vector_file(int(self.state.meta("vectors", "0"))), dimension)
            return self._matrix

    def copied(self) -> Copied | None:
        """What a copy of its vectors needs to know, or None where it has none."""
        matrix = self.matrix
        return Copied(self._collection, str(self.folder / "state.sqlite"), str(matrix.path), matrix.dimension) if matrix is not None else None

    def rows_of(self, review_ids: Sequence[str]) -> tuple[VectorFile | None, dict[str, list[PassageRow]]]:
        """The passages of some reviews, and the file that their row numbers are of."""
        with self._guard:
            return self.matrix, self.state.passages_of(review_ids)

    def nearest(self, vector: Vectors, depth: int, allowed: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """(passage id, cosine in -1..1) of the nearest passages, best first; ties by id. `allowed` limits the reviews."""
        with self._guard:
            matrix, places = self.matrix, self.state.places(EXACT)
        if places is None:
            return self.vectors.search(vector, depth, allowed)
        if matrix is None:
            return []
        products = matrix.products(vector)
        usable = places.rows < len(products)  # one that a sync is writing just now may have no vector yet
        if allowed is not None:
            within = frozenset(allowed)
            usable &= np.fromiter((review_id in within for review_id in places.reviews), dtype=bool, count=len(places.reviews))
        chosen = np.flatnonzero(usable)
        cosines = products[places.rows[chosen]]
        if len(chosen) > depth > 0:
            near = cosines >= np.partition(cosines, -depth)[-depth]
            chosen, cosines = chosen[near], cosines[near]
        order = np.argsort(-cosines, kind="stable")[:depth]  # places are in the order of their ids
        return [(places.ids[chosen[i]], float(cosines[i])) for i in order]

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
            self._look_again()
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

    def _look_again(self) -> None:
        """Open anew what another process has changed."""
        version = self.state.version()
        if version != self._seen:
            self._seen, self._matrix = version, None
            if self._lexical is not None and self._lexical.folder == self._lexical_folder(int(self.state.meta("lexical", "0"))):
                self._lexical.reload()
            else:
                self._lexical = None

    def _vector_file(self, number: int) -> Path:
        return self.folder / f"vectors-{number}.f32"

    def _lexical_folder(self, number: int) -> Path:
        return self.folder / f"lexical-{number}"
