"""Deleting for good: everything that deleted records left in files is gone after their parts have been written anew.

Chroma keeps deleted vectors in its files, tantivy deleted postings, SQLite deleted rows. Vectors are copied, never embedded again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from index.chroma import Chroma
from index.store import BuiltIndex, IndexHome
from index.sync import Syncer

_CHUNK = 4_096  # vectors copied in one go
#: (step, done, total) with step "compact" and vectors as the unit, besides those of a sync.
Progress = Callable[[str, int, int], None]


def compact(home: IndexHome, syncers: Sequence[Syncer], progress: Progress | None = None) -> int:
    """Write every built index of the library anew, after bringing it in step, and then the embedded store; returns the passages embedded by that.

    `syncers` are those of all indexes to be kept; nobody else may write meanwhile, reading goes on. Killed at any moment it has changed nothing
    or all, and the next run takes up what was copied. A Chroma server's own files are left to it.
    """
    tell = progress or (lambda step, done, total: None)
    with ExitStack() as held:
        for syncer in syncers:
            held.enter_context(syncer.built.writing)
        embedded = 0
        for syncer in syncers:
            embedded += syncer.sync(progress).embedded
            syncer.write_anew(progress)
        if home.embedded:
            others = [held.enter_context(_opened(home, *place)) for place in home.namespaced()]
            _copy(home, [*(syncer.built for syncer in syncers), *others], tell)
        return embedded


@contextmanager
def _opened(home: IndexHome, folder: str, namespace: str) -> Iterator[BuiltIndex]:
    standing = home.standing_at(f"{namespace}/{folder}")
    assert standing is not None and standing.spec is not None  # noqa: S101, PT018 - `namespaced` names only those
    built = home.open(standing.spec, namespace)
    try:
        yield built
    finally:
        built.close()


def _copy(home: IndexHome, indexes: Sequence[BuiltIndex], tell: Progress) -> None:
    """Fill a store beside the one in use with what the manifests name, then put it in its place."""
    total, done = sum(built.state.count() for built in indexes), 0
    fresh = Chroma(home.fresh_store())
    if not all(built.store_in(fresh).ids() <= built.state.ids() for built in indexes):
        fresh.close()  # left by a run before the last changes: what was deleted since must not stay in its files either
        shutil.rmtree(home.fresh_store(), ignore_errors=True)
    for built in indexes:
        store, matrix = built.store_in(fresh), built.matrix
        held = store.ids()
        rows = [row for row in built.state.all_rows() if row.id not in held and matrix is not None and row.row < matrix.count()]
        done += len(held)
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            if matrix is not None:
                store.put(part, matrix.read([row.row for row in part]))
            done += len(part)
            tell("compact", done, total)
    fresh.close()
    home.adopt_store()
