"""Deleting for good: everything that deleted records left in files is gone after their parts have been written anew.

Chroma keeps deleted vectors in its files, tantivy deleted postings, SQLite deleted rows. Vectors are copied, never embedded again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from index.copying import copy
from index.store import BuiltIndex, IndexHome
from index.sync import Syncer

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
            indexes = [built.copied() for built in (*(syncer.built for syncer in syncers), *others)]
            copy(home.fresh_store(), [each for each in indexes if each is not None], lambda done, total: tell("compact", done, total))
            home.adopt_store()
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
