"""`Duplicates`: the librarian's desk for records that may be one work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from corpus import schema
from corpus.aliases import aliases_of
from corpus.change import fetch_stored
from corpus.duplicates import blocking, merges, pairs
from corpus.duplicates.compare import Comparison, Verdict, compare
from corpus.duplicates.joining import joined
from corpus.duplicates.merges import Merge
from corpus.duplicates.pairs import Decision, Pair
from corpus.duplicates.traits import Traits, traits_of
from corpus.review import Review, Status

if TYPE_CHECKING:
    from corpus.library import Library

_PART = 1_000  # pairs compared in one go
_KEPT = 20_000  # records whose traits are held meanwhile
Progress = Callable[[int, int], None]


class Scan(NamedTuple):
    """What a scan of the library did: pairs compared, found to be surely the same, put into the queue, merged."""

    compared: int
    same: int
    queued: int
    merged: int


class Duplicates:
    """Pairs in doubt, what was decided, and merges that can be taken back, of one library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def pairs(self, decisions: Sequence[Decision] = (Decision.UNDECIDED,), *, limit: int | None = None) -> list[Pair]:
        """The pairs that wait for a person (or have been decided so), the surest first."""
        with self._library.reading() as connection:
            return pairs.list_pairs(connection, decisions, limit=limit)

    def merges(self, *, limit: int | None = None) -> list[Merge]:
        """Every merge so far, newest first."""
        with self._library.reading() as connection:
            return merges.list_merges(connection, limit=limit)

    def compare(self, one: str, other: str) -> Comparison:
        """How alike two records are. Raises NotFoundError."""
        return compare(traits_of(self._library.get(one)), traits_of(self._library.get(other)))

    def merge(self, keep: str, other: str, *, actor: str = "local", automatic: bool = False) -> Merge:
        """Make two records one, under the id `keep`; the better value of each field stays. Raises NotFoundError, UsageError."""
        with self._library.change(actor) as change:
            kept, gone = change.one(keep), change.one(other)
            merges.refuse_same(kept, gone)
            comparison = compare(traits_of(kept), traits_of(gone))
            _, row = merges.put_merged(change, kept, joined(kept, gone), gone, automatic=automatic)
            merges.write_down(change, [row])
            if not automatic:
                pairs.decide(change.connection, kept.id, gone.id, Decision.SAME, actor=actor, at=change.at, comparison=comparison)
            return merges.merges_at(change.connection, change.revision)[0]

    def distinct(self, one: str, other: str, *, actor: str = "local") -> None:
        """Say that two records are different works: the pair is never queued nor merged unasked again. Raises NotFoundError, UsageError."""
        with self._library.change(actor) as change:
            first, second = change.one(one), change.one(other)
            merges.refuse_same(first, second)
            comparison = compare(traits_of(first), traits_of(second))
            pairs.decide(change.connection, first.id, second.id, Decision.DIFFERENT, actor=actor, at=change.at, comparison=comparison)

    def undo(self, asked: str, *, actor: str = "local") -> Merge:
        """Take a merge back, named by its number or by the id that was merged away; the pair goes back into the queue.

        Raises NotFoundError, and ConflictError when the kept record has been merged into another one since.
        """
        with self._library.change(actor) as change:
            merge = merges.find_merge(change.connection, asked)
            kept, other = merges.take_back(change, merge)
            comparison = compare(traits_of(kept), traits_of(other))
            pairs.decide(change.connection, kept.id, other.id, Decision.UNDECIDED, actor=actor, at=change.at, comparison=comparison)
            return merge._replace(undone_revision=change.revision)

    def scan(self, *, actor: str = "local", merge: bool = False, progress: Progress | None = None) -> Scan:
        """Compare every two records that share a key. Pairs in doubt go into the queue, and so do sure ones unless `merge`: then they are merged."""
        found: list[tuple[str, str, Comparison]] = []
        compared = 0
        with self._library.change(actor) as change:
            blocking.complete(change.connection)
        with self._library.reading() as connection:
            proposed = list(blocking.pairs(connection))
            for one, other, comparison in _compared(connection, proposed):
                compared += 1
                if comparison.verdict is not Verdict.DIFFERENT:
                    found.append((one, other, comparison))
                if progress and compared % _PART == 0:
                    progress(compared, len(proposed))
        sure = [entry for entry in found if entry[2].verdict is Verdict.SAME]
        merged = self._merge_sure(sure, actor) if merge else 0
        with self._library.change(actor) as change:
            now = aliases_of(change.connection, {review_id for entry in found for review_id in entry[:2]})
            standing = [(now.get(one, one), now.get(other, other), comparison) for one, other, comparison in found]
            queued = pairs.enqueue(change.connection, [entry for entry in standing if entry[0] != entry[1]], change.at)
        return Scan(compared, len(sure), queued, merged)

    def _merge_sure(self, sure: Sequence[tuple[str, str, Comparison]], actor: str) -> int:
        merged = 0
        with self._library.reading() as connection:
            known = pairs.spoken_of(connection, [(one, other) for one, other, _ in sure])
            table = schema.review
            added = {row.id: row.added_revision for row in connection.execute(sa.select(table.c.id, table.c.added_revision))}
        for one, other, _ in sorted(sure, key=lambda entry: (-entry[2].bits, entry[:2])):
            records = self._library.get_many([one, other])
            first, second = sorted((records[one], records[other]), key=lambda review: (added[review.id], review.id))
            if (one, other) in known or first.id == second.id or compare(traits_of(first), traits_of(second)).verdict is Verdict.DIFFERENT:
                continue
            self.merge(first.id, second.id, actor=actor, automatic=True)
            merged += 1
        return merged


def _compared(connection: sa.Connection, proposed: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str, Comparison]]:
    """Compare pairs of records that both stand."""
    held: dict[str, Traits | None] = {}
    for start in range(0, len(proposed), _PART):
        part = proposed[start : start + _PART]
        if len(held) > _KEPT:
            held.clear()
        missing = [review_id for review_id in dict.fromkeys(review_id for pair in part for review_id in pair) if review_id not in held]
        held.update({review_id: traits_of(review) if stands(review) else None for review_id, review in fetch_stored(connection, missing).items()})
        for one, other in part:
            a, b = held.get(one), held.get(other)
            if a is not None and b is not None:
                yield one, other, compare(a, b)


def stands(review: Review) -> bool:
    """Whether a stored record is one to compare: not withdrawn, nor merged away."""
    return review.status is not Status.WITHDRAWN


__all__ = ["Duplicates", "Scan"]
