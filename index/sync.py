"""Bringing a built index in step with the library: only what changed is embedded, an interrupted run is resumed, a difference is repaired."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from corpus import Library, Review, Status, UnavailableError
from index.ahead import ahead
from index.encoder import TextEncoder, Vectors
from index.passages import Passage, PassageSplitter
from index.store import BuiltIndex

#: Passages embedded and stored in one go: what a killed sync loses at most.
CHUNK = 512
#: Deleted postings still count in BM25's statistics, and deleted vectors take room; beyond this share both are written anew.
STALE_SHARE = 0.10
_ROUNDS = 3
_NAMED = 5  # ids named of one kind of difference
_SPLIT_AHEAD = 2  # chunks split and not yet embedded
#: (step, done, total) with step one of "embed", "repair".
Progress = Callable[[str, int, int], None]


@dataclass
class SyncReport:
    """What a sync did. `passages`: total in the index, embedded anew, unchanged, removed. `repaired` counts differences mended."""

    revision: int = 0
    reviews: int = 0
    total: int = 0
    embedded: int = 0
    unchanged: int = 0
    removed: int = 0
    repaired: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """As `sync --json` prints it, without the configuration's name."""
        passages = {name: getattr(self, name) for name in ("total", "embedded", "unchanged", "removed")}
        return {"revision": self.revision, "reviews": self.reviews, "passages": passages, "repaired": self.repaired, "seconds": round(self.seconds, 3)}


@dataclass
class Differences:
    """What `compare` found between library, manifest, vectors and postings: ids in one and not in the other.

    Passage ids for vectors, review ids for postings; `records_…` are review ids that the manifest lacks (or has at another revision) or has too
    many of, looked for only where the index claims to be in step.
    """

    vectors_missing: set[str] = field(default_factory=set)
    vectors_orphaned: set[str] = field(default_factory=set)
    lexical_missing: set[str] = field(default_factory=set)
    lexical_orphaned: set[str] = field(default_factory=set)
    records_missing: set[str] = field(default_factory=set)
    records_orphaned: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def __str__(self) -> str:
        """Which ids differ, a few of each kind by name."""
        parts = []
        for kind, ids in asdict(self).items():
            if ids:
                named = ", ".join(sorted(ids)[:_NAMED])
                parts.append(f"{kind.replace('_', ' ')}: {named}{f' and {len(ids) - _NAMED} more' if len(ids) > _NAMED else ''}")
        return "; ".join(parts)

    def count(self) -> int:
        """How many ids differ."""
        return sum(len(ids) for ids in asdict(self).values())


class Syncer:
    """Syncs one built index with one library."""

    def __init__(self, library: Library, built: BuiltIndex, splitter: PassageSplitter, encoder: TextEncoder, chunk: int = CHUNK) -> None:
        self._library = library
        self._built = built
        self._splitter = splitter
        self._encoder = encoder
        self._chunk = chunk

    def behind(self) -> bool:
        """Whether the library has gone on since the last sync, or that sync did not finish."""
        state = self._built.state
        elsewhere = state.meta("store", "embedded") != self._built.place
        return state.meta("clean") != "1" or elsewhere or state.revision != self._library.revision() or state.meta("library") != self._library.uid()

    def sync(self, progress: Progress | None = None) -> SyncReport:
        """Bring the index to the library's present revision. Safe to kill at any moment and to run again; one thread at a time.

        Raises UnavailableError where the index cannot be written.
        """
        with self._built.writing:
            try:
                return self._sync(progress or (lambda step, done, total: None))
            except OSError as error:
                remedy = "See that the disk has room, then run `florilegium sync` again"
                raise UnavailableError(f"the search data cannot be written: {error}", where=str(self._built.folder), remedy=remedy) from error

    @property
    def built(self) -> BuiltIndex:
        """The index it keeps in step."""
        return self._built

    def write_anew(self, progress: Progress | None = None) -> None:
        """Write postings, vector file and manifest anew, so that no file of the index holds anything of a deleted record any more."""
        with self._built.writing:
            self._rewrite_lexical(progress or (lambda step, done, total: None))
            matrix, rows = self._built.matrix, list(self._built.state.all_rows())
            rows = [row for row in rows if matrix is not None and row.row < matrix.count()]
            if matrix is not None:
                self._built.pack_vectors(matrix.read([row.row for row in rows]), [row.id for row in rows])
            self._built.sweep()
            self._built.state.vacuum()

    def compare(self) -> Differences:
        """Compare all ids of library, manifest, vectors and postings."""
        with self._built.writing:
            state = self._built.state
            known, vectors = state.ids(), self._built.vectors.ids()
            wanted, held = state.review_ids(), Counter(self._built.lexical.ids())
            twice = {review_id for review_id, times in held.items() if times > 1}
            orphaned = (set(held) - wanted) | twice
            return Differences((known - vectors) | self._unreadable(), vectors - known, wanted - set(held), orphaned, *self._strayed())

    def repair(self, differences: Differences, progress: Progress | None = None) -> int:
        """Mend what `compare` found, as far as it is still so; a record whose vectors are lost is indexed again at the next sync.

        Returns how many ids were mended.
        """
        with self._built.writing:
            if differences:
                differences = self._mine(self.compare()) if self.behind() else self.compare()
            return self._repair(differences, progress or (lambda step, done, total: None))

    # ---- steps

    def _mine(self, found: Differences) -> Differences:
        """Differences that are this home's to mend while it is behind: another that shares the store may be further, and what it put there stays."""
        return replace(found, vectors_orphaned=set()) if self._built.shared else found

    def _unreadable(self) -> set[str]:
        """Passages whose row in the vector file is missing or holds no unit vector."""
        matrix, rows = self._built.matrix, list(self._built.state.all_rows())
        inside = [row for row in rows if matrix is not None and row.row < matrix.count()]
        lost = {row.id for row in rows} - {row.id for row in inside}
        if matrix is not None and inside:
            lengths = np.linalg.norm(matrix.read([row.row for row in inside]), axis=1)
            lost.update(row.id for row, length in zip(inside, lengths, strict=True) if not abs(length - 1) < 1e-2)
        return lost

    def _strayed(self) -> tuple[set[str], set[str]]:
        """Records that the manifest lacks or has at another revision, and those it has too many of; none where the index is behind anyway."""
        state, revision = self._built.state, self._library.revision()
        wanted = self._current()
        if self.behind() or self._library.revision() != revision:
            return set(), set()
        noted = state.records()
        return {review_id for review_id, at in wanted.items() if noted.get(review_id) != at}, set(noted) - set(wanted)

    def _current(self) -> dict[str, int]:
        """The library's current records with the revision of their last change."""
        return {review_id: at for review_id, (at, status) in self._library.statuses().items() if status == Status.CURRENT}

    def _repair(self, differences: Differences, tell: Progress) -> int:
        state, vectors, matrix = self._built.state, self._built.vectors, self._built.matrix
        vectors.remove(sorted(differences.vectors_orphaned))
        if differences.vectors_missing:
            unreadable = self._unreadable()
            there = list(state.passages(sorted(differences.vectors_missing - unreadable)).values())
            if there and matrix is not None:
                vectors.put(there, matrix.read([row.row for row in there]))  # the store lost them; they need not be embedded again
            lost = sorted({row.review_id for row in state.passages(sorted(unreadable)).values()})
            vectors.remove([row.id for found in state.passages_of(lost).values() for row in found])
            if lost:
                state.note(clean=0)
                state.replace([(review_id, None) for review_id in lost], [], [])
        if differences.records_missing or differences.records_orphaned:
            state.note(clean=0)  # the next sync indexes or forgets them
        if differences:
            self._rewrite_lexical(tell)
        return differences.count()

    def _sync(self, tell: Progress) -> SyncReport:
        began = time.monotonic()
        state, report = self._built.state, SyncReport()
        in_step = not self.behind()
        if not in_step or not self._agrees(state.revision):
            if in_step:  # somebody else took records out: what they left in the postings is not known, so it is written anew
                report.repaired = sum(map(len, self._strayed()))
                state.note(deleted=int(state.meta("deleted", "0")) + report.repaired)
            resumed = self._begin(tell, report)
            for _ in range(_ROUNDS):
                revision = self._follow(tell, report)
                self._tidy(tell, anew=resumed or report.repaired > 0)
                if self._agrees(revision):
                    break
                report.repaired += self._repair(self.compare(), tell)
            else:
                raise UnavailableError(
                    "the search data does not keep what is written to it", where=str(self._built.folder), remedy="Run `florilegium doctor --rebuild`"
                )
            state.note(revision=revision, clean=1, synced=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        report.revision = state.revision
        report.reviews = len(state.records())
        report.total = state.count()
        report.unchanged = report.total - report.embedded
        report.seconds = time.monotonic() - began
        return report

    def _begin(self, tell: Progress, report: SyncReport) -> bool:
        """Make ready for writing; what a killed sync left is put right first. Returns whether there was one."""
        state, uid = self._built.state, self._library.uid()
        if state.meta("library") not in ("", uid):
            self._built.clear()
        interrupted = state.meta("clean") == "0" or state.meta("store", "embedded") != self._built.place
        state.note(spec=self._built.spec.model_dump_json(), library=uid, clean=0, store=self._built.place)
        self._built.sweep()
        if interrupted or (not self._built.shared and not self._agrees()):
            tell("repair", 0, 1)
            report.repaired += self._repair(self._mine(self.compare()), tell)
        return interrupted

    def _agrees(self, revision: int | None = None) -> bool:
        """Whether the counts of manifest, vectors and postings agree: looked at in every sync; only when they differ are all ids compared.

        With a `revision` at which the index should be, the records are counted too, unless the library has gone on since.
        """
        state, matrix = self._built.state, self._built.matrix
        if revision is not None and len(self._current()) != len(state.records()) and self._library.revision() == revision:
            return False
        room = matrix.count() if matrix is not None else 0
        return state.count() == self._built.vectors.count() and len(state.review_ids()) == self._built.lexical.count() and state.next_row() <= room

    def _follow(self, tell: Progress, report: SyncReport) -> int:
        """Take out what is gone and index what changed. Returns the library revision this brought the index to."""
        revision, current = self._library.revision(), self._current()
        indexed = self._built.state.records()
        self._forget([review_id for review_id in indexed if review_id not in current], report)
        self._index([review_id for review_id, at in current.items() if indexed.get(review_id) != at], tell, report)
        return revision

    def _forget(self, review_ids: Sequence[str], report: SyncReport) -> None:
        for start in range(0, len(review_ids), CHUNK):
            part = review_ids[start : start + CHUNK]
            ids = [row.id for rows in self._built.state.passages_of(part).values() for row in rows]
            self._store([], None, part, {}, ids, [(review_id, None) for review_id in part])
            report.removed += len(ids)

    def _index(self, review_ids: Sequence[str], tell: Progress, report: SyncReport) -> None:
        """Three threads: one splits ahead, this one embeds, one stores what was embedded before, chunk after chunk in order."""
        done = 0
        with ThreadPoolExecutor(1, thread_name_prefix="store") as storing, closing(ahead(self._chunks(review_ids), _SPLIT_AHEAD)) as chunks:
            stored: Future[None] | None = None
            recent: dict[str, Vectors] = {}  # of the chunk that is being stored: the manifest does not know its texts yet
            for reviews, passages in chunks:
                before = self._built.state.passages_of([review.id for review in reviews])
                old = {row.id for rows in before.values() for row in rows}
                fresh = [passage for passage in passages if passage.id not in old]
                removed = sorted(old - {passage.id for passage in passages})
                vectors, embedded, there = self._vectors(fresh, recent)
                have_text = {passage.review_id for passage in passages}
                words = {review.id: self._words(review) for review in reviews if review.id in have_text}
                if stored is not None:
                    stored.result()
                records = [(review.id, review.revision) for review in reviews]
                stored = storing.submit(self._store, fresh, vectors, list(before), words, removed, records, there)
                recent = {passage.text_hash: vector for passage, vector in zip(fresh, () if vectors is None else vectors, strict=True)}
                done += len(reviews)
                report.embedded += embedded
                report.removed += len(removed)
                tell("embed", done, len(review_ids))
            if stored is not None:
                stored.result()

    def _chunks(self, review_ids: Sequence[str]) -> Iterator[tuple[list[Review], list[Passage]]]:
        reviews: list[Review] = []
        passages: list[Passage] = []
        for review in self._library.iterate(review_ids):
            if review.status != Status.CURRENT:
                continue  # changed since we asked; the next sync forgets it
            reviews.append(review)
            passages.extend(self._splitter.split(review))
            if len(passages) >= self._chunk:
                yield reviews, passages
                reviews, passages = [], []
        if reviews:
            yield reviews, passages

    def _vectors(self, passages: Sequence[Passage], recent: Mapping[str, Vectors]) -> tuple[Vectors | None, int, Set[str]]:
        """A vector for each passage, reused where the exact text has one already; how many texts were embedded; and the ids that the store has already.

        `recent`: vectors by text hash that are not in the manifest yet.
        """
        if not passages:
            return None, 0, set()
        texts = {passage.text_hash: passage.embedded for passage in passages}
        rows, matrix = self._built.state.with_text(list(texts)), self._built.matrix
        rows = {digest: row for digest, row in rows.items() if matrix is not None and row < matrix.count()}
        known = dict(zip(rows, matrix.read(list(rows.values())), strict=True)) if matrix is not None else {}
        known.update((digest, recent[digest]) for digest in texts if digest in recent)
        there = self._of_other_homes(passages)
        known.update((passage.text_hash, there[passage.id]) for passage in passages if passage.id in there)
        wanted = [digest for digest in texts if digest not in known]
        known.update(zip(wanted, self._encoder.encode([texts[digest] for digest in wanted]), strict=True) if wanted else ())
        return np.stack([known[passage.text_hash] for passage in passages]), len(wanted), there.keys()

    def _of_other_homes(self, passages: Sequence[Passage]) -> dict[str, Vectors]:
        """What another home has put into the store they share, by passage id: the id says text and model, so it is what this one would make."""
        if not self._built.shared:
            return {}
        found = self._built.vectors.get([passage.id for passage in passages])
        return {passage_id: vector for passage_id, vector in found.items() if abs(float(np.linalg.norm(vector)) - 1) < 1e-2}

    def _words(self, review: Review) -> str:
        """A review's lexical document: its title as often as the spec says, then all its evidence text."""
        texts = [text for name, text in review.evidence() if name.partition("[")[0] in self._built.spec.fields]
        return "\n".join([*([review.title] * self._built.spec.title_times), *texts])

    def _store(
        self,
        passages: Sequence[Passage],
        vectors: Vectors | None,
        rewritten: Sequence[str],
        words: dict[str, str],
        removed: Sequence[str],
        records: Sequence[tuple[str, int | None]],
        there: Set[str] = frozenset(),
    ) -> None:
        """Vectors, then postings, then the manifest: what the manifest names is in both, whenever the process dies."""
        built, rows = self._built, range(0)
        if passages and vectors is not None:
            first = built.state.next_row()
            built.matrix_of(vectors.shape[1]).write(first, vectors)
            new = [place for place, passage in enumerate(passages) if passage.id not in there]
            built.vectors.put([passages[place] for place in new], vectors[new])
            rows = range(first, first + len(passages))
        built.vectors.remove(removed)
        built.lexical.remove(rewritten)
        built.lexical.put(sorted(words.items()))
        built.state.note(deleted=int(built.state.meta("deleted", "0")) + len(rewritten))
        built.lexical.commit()
        built.state.replace(records, zip(passages, rows, strict=True), removed)

    def _tidy(self, tell: Progress, *, anew: bool) -> None:
        """Keep statistics and files as those of an undisturbed index: mean vector, no long-dead postings, few holes among the vectors.

        With `anew` no dead posting is left at all.
        """
        built = self._built
        deleted = int(built.state.meta("deleted", "0"))
        if deleted > STALE_SHARE * max(1, len(built.state.records())) or (anew and deleted):
            self._rewrite_lexical(tell)
        rows = list(built.state.all_rows())
        matrix = built.matrix
        if not rows or matrix is None:
            built.state.note(mean="")
            return
        vectors = matrix.read([row.row for row in rows])
        built.state.note(mean=vectors.mean(0, dtype=np.float64).astype(np.float32).tobytes().hex())
        if matrix.count() > (1 + STALE_SHARE) * len(rows) + CHUNK:
            built.pack_vectors(vectors, [row.id for row in rows])

    def _rewrite_lexical(self, tell: Progress) -> None:
        """Write the postings anew from manifest and library, so that BM25's statistics are those of an undisturbed index."""
        fresh = self._built.replace_lexical()
        review_ids = sorted(self._built.state.review_ids())
        for done, review in enumerate(self._library.iterate(review_ids)):
            fresh.put([(review.id, self._words(review))])
            if done % CHUNK == 0:
                tell("repair", done, len(review_ids))
        fresh.commit()
        self._built.adopt_lexical(fresh)
        self._built.state.note(deleted=0)
