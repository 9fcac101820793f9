"""`python -m index.copying`: fills a fresh Chroma store from manifests and vector files, in a process of its own.

Chroma writes memory that it never set into its files (measured with 1.5.9: a freshly made graph file held vectors that the process had once read,
deleted ones among them). This process reads only what is to be kept, so nothing else can get into the files.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from corpus import UnavailableError
from index.chroma import Chroma
from index.lock import OwnerLock
from index.matrix import VectorFile
from index.state import IndexState, PassageRow
from index.vectors import VectorStore

_CHUNK = 4_096  # vectors copied in one go
_PATIENCE = 30.0  # seconds that a killed run's copying may take to end


class Copied(NamedTuple):
    """An index to be copied: its collection, manifest, vector file and vectors' dimension."""

    collection: str
    state: str
    vectors: str
    dimension: int


def copy(place: Path, indexes: Sequence[Copied], tell: Callable[[int, int], None]) -> None:
    """Fill the store at `place` by a process of its own that ends with this one; what a killed run copied is kept. Raises UnavailableError."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(part or os.getcwd() for part in sys.path)}
    program = [sys.executable, "-m", "index.copying"]
    process = subprocess.Popen(program, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise RuntimeError("the process has no pipes")
    with process, process.stdin as orders, process.stdout as steps:
        orders.write(json.dumps({"place": str(place), "indexes": [list(each) for each in indexes]}) + "\n")
        orders.flush()  # and kept open: the process ends when this end is gone
        for step in steps:
            done, total = step.split()
            tell(int(done), int(total))
        problem = process.stderr.read()
    if process.returncode:
        reason = problem.strip().splitlines()[-1] if problem.strip() else f"the process ended with {process.returncode}"
        raise UnavailableError(f"the search data could not be copied: {reason}", where=str(place), remedy="See that the disk has room, then run it again")


def main() -> None:
    """Read the order from standard input, copy, and print "done total" as it goes."""
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    place = Path(order["place"])
    with OwnerLock(place.with_name(f"{place.name}.lock"), _PATIENCE):
        _fill(place, [Copied(*each) for each in order["indexes"]])
    sys.stdout.flush()


def _end_with_the_parent() -> None:
    while os.read(0, 4_096):  # past Python's own buffer, whose lock would be missed at the end of this process
        pass
    os._exit(1)


def _fill(place: Path, indexes: Sequence[Copied]) -> None:
    rows = {each.collection: _rows(each) for each in indexes}
    chroma = Chroma(place)
    stores = {name: VectorStore(chroma, name) for name in rows}
    held = {name: store.ids() for name, store in stores.items()}
    if any(held[name] - {row.id for row in rows[name]} for name in rows):  # of a run before the last changes: what was deleted since must not stay
        chroma.close()
        shutil.rmtree(place)
        chroma = Chroma(place)
        stores, held = {name: VectorStore(chroma, name) for name in rows}, {name: set() for name in rows}
    done, total = sum(map(len, held.values())), sum(map(len, rows.values()))
    for each in indexes:
        missing = [row for row in rows[each.collection] if row.id not in held[each.collection]]
        matrix = VectorFile(Path(each.vectors), each.dimension)
        for start in range(0, len(missing), _CHUNK):
            part = [row for row in missing[start : start + _CHUNK] if row.row < matrix.count()]
            stores[each.collection].put(part, matrix.read([row.row for row in part]))
            done += len(part)
            print(done, total, flush=True)
    chroma.close()


def _rows(each: Copied) -> list[PassageRow]:
    state = IndexState(Path(each.state))
    try:
        return list(state.all_rows())
    finally:
        state.close()


if __name__ == "__main__":
    main()
