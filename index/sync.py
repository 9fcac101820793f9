"""Bringing a built index in step with the library: only what changed is embedded, an interrupted run is resumed, a difference is repaired."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from corpus import Library, Review, Status
from index.encoder import TextEncoder, Vectors
from index.passages import Passage, PassageSplitter
from index.store import BuiltIndex

#: Passages embedded and stored in one go: what a killed sync loses at most.
CHUNK = 512
#: Deleted postings still count in BM25's statistics; beyond this share of the whole they are written anew.
STALE_SHARE = 0.10
#: (step, done, total) with step one of "split", "embed", "repair".
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
    """What `compare` found between manifest, vectors and postings: passage ids that are in one and not in the other."""

    vectors_missing: set[str] = field(default_factory=set)
    vectors_orphaned: set[str] = field(default_factory=set)
    lexical_missing: set[str] = field(default_factory=set)
    lexical_orphaned: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def count(self) -> int:
        """How many ids differ."""
        return sum(len(ids) for ids in asdict(self).values())


class Syncer:
    """Syncs one built index with one library."""

    def __init__(self, library: Library, built: BuiltIndex, splitter: PassageSplitter, encoder: TextEncoder) -> None:
        self._library = library
        self._built = built
        self._splitter = splitter
        self._encoder = encoder

    def behind(self) -> bool:
        """Whether the library has gone on since the last sync, or that sync did not finish."""
        state = self._built.state
        return state.meta("clean") != "1" or state.revision != self._library.revision() or state.meta("library") != self._library.uid()

    def sync(self, progress: Progress | None = None) -> SyncReport:
        """Bring the index to the library's present revision. Safe to kill at any moment and to run again."""
        began = time.monotonic()
        tell = progress or (lambda step, done, total: None)
        state, report = self._built.state, SyncReport()
        if self.behind():
            self._begin(tell, report)
            revision, wanted = self._library.revision(), self._library.statuses()
            current = {review_id: at for review_id, (at, status) in wanted.items() if status == Status.CURRENT}
            indexed = state.records()
            gone = [review_id for review_id in indexed if review_id not in current]
            changed = [review_id for review_id, at in current.items() if indexed.get(review_id) != at]
            self._forget(gone, report)
            self._index(changed, tell, report)
            self._tidy_lexical(report, tell)
            state.note(revision=revision, clean=1)
            report.repaired += self._settle(tell)
        report.revision = state.revision
        report.reviews = len(state.records())
        report.total = state.count()
        report.unchanged = report.total - report.embedded
        report.seconds = time.monotonic() - began
        return report

    def compare(self) -> Differences:
        """Compare all ids of manifest, vectors and postings."""
        known, vectors = self._built.state.ids(), self._built.vectors.ids()
        held = Counter(self._built.lexical.ids())
        twice = {passage_id for passage_id, times in held.items() if times > 1}
        lexical = set(held)
        return Differences(known - vectors, vectors - known, known - lexical, (lexical - known) | twice)

    def repair(self, differences: Differences, progress: Progress | None = None) -> int:
        """Mend what `compare` found; a record whose vectors are missing is indexed again at the next sync. Returns how many ids were mended."""
        tell = progress or (lambda step, done, total: None)
        state = self._built.state
        self._built.vectors.remove(sorted(differences.vectors_orphaned))
        if differences.vectors_missing:
            rows = state.passages(sorted(differences.vectors_missing)).values()
            lost = sorted({row.review_id for row in rows})
            ids = [row.id for rows in state.passages_of(lost).values() for row in rows]
            self._built.vectors.remove(ids)
            state.note(clean=0)
            state.replace([(review_id, None) for review_id in lost], [], [])
        if differences.lexical_missing or differences.lexical_orphaned or differences.vectors_missing:
            self._rewrite_lexical(tell)
        return differences.count()

    # ---- steps

    def _begin(self, tell: Progress, report: SyncReport) -> None:
        state, uid = self._built.state, self._library.uid()
        if state.meta("library") not in ("", uid):
            self._built.clear()
        interrupted = state.meta("clean") == "0"
        state.note(spec=self._built.spec.model_dump_json(), library=uid, clean=0)
        if interrupted:
            tell("repair", 0, 1)
            report.repaired += self.repair(self.compare(), tell)

    def _settle(self, tell: Progress) -> int:
        """Counts are compared after every sync; only when they differ are all ids."""
        total = self._built.state.count()
        if total == self._built.vectors.count() == self._built.lexical.count():
            return 0
        mended = self.repair(self.compare(), tell)
        if self._built.state.meta("clean") == "0":
            mended += self.sync(tell).repaired
        return mended

    def _forget(self, review_ids: Sequence[str], report: SyncReport) -> None:
        for start in range(0, len(review_ids), CHUNK):
            part = review_ids[start : start + CHUNK]
            ids = [row.id for rows in self._built.state.passages_of(part).values() for row in rows]
            self._store([], np.zeros((0, 1), dtype=np.float32), {}, ids, [(review_id, None) for review_id in part])
            report.removed += len(ids)

    def _index(self, review_ids: Sequence[str], tell: Progress, report: SyncReport) -> None:
        done = 0
        for reviews, passages in self._chunks(review_ids):
            before = self._built.state.passages_of([review.id for review in reviews])
            old = {row.id for rows in before.values() for row in rows}
            fresh = [passage for passage in passages if passage.id not in old]
            removed = sorted(old - {passage.id for passage in passages})
            vectors, embedded = self._vectors(fresh)
            titles = {review.id: review.title for review in reviews}
            self._store(fresh, vectors, titles, removed, [(review.id, review.revision) for review in reviews])
            done += len(reviews)
            report.embedded += embedded
            report.removed += len(removed)
            tell("embed", done, len(review_ids))

    def _chunks(self, review_ids: Sequence[str]) -> Iterator[tuple[list[Review], list[Passage]]]:
        reviews: list[Review] = []
        passages: list[Passage] = []
        for review in self._library.iterate(review_ids):
            if review.status != Status.CURRENT:
                continue  # changed since we asked; the next sync forgets it
            reviews.append(review)
            passages.extend(self._splitter.split(review))
            if len(passages) >= CHUNK:
                yield reviews, passages
                reviews, passages = [], []
        if reviews:
            yield reviews, passages

    def _vectors(self, passages: Sequence[Passage]) -> tuple[Vectors, int]:
        """A vector for each passage, reused where the exact text has one already; and how many texts were embedded."""
        if not passages:
            return np.zeros((0, 1), dtype=np.float32), 0
        texts = {passage.text_hash: passage.embedded for passage in passages}
        sources = self._built.state.with_text(list(texts))
        held = self._built.vectors.get(list(dict.fromkeys(sources.values())))
        known = {digest: held[passage_id] for digest, passage_id in sources.items() if passage_id in held}
        wanted = [digest for digest in texts if digest not in known]
        known.update(zip(wanted, self._encoder.encode([texts[digest] for digest in wanted]), strict=True) if wanted else ())
        return np.stack([known[passage.text_hash] for passage in passages]), len(wanted)

    def _store(
        self, passages: Sequence[Passage], vectors: Vectors, titles: dict[str, str], removed: Sequence[str], records: Sequence[tuple[str, int | None]]
    ) -> None:
        """Vectors, then postings, then the manifest: what the manifest names is in both, whenever the process dies."""
        built = self._built
        if passages:
            built.vectors.put(passages, vectors)
            built.lexical.put((passage, titles[passage.review_id]) for passage in passages)
        if removed:
            built.vectors.remove(removed)
            built.lexical.remove(removed)
            built.state.note(deleted=int(built.state.meta("deleted", "0")) + len(removed))
        if passages or removed:
            built.lexical.commit()
        built.state.replace(records, passages, removed)

    def _tidy_lexical(self, report: SyncReport, tell: Progress) -> None:
        deleted = int(self._built.state.meta("deleted", "0"))
        if deleted > STALE_SHARE * max(1, self._built.state.count()) or (report.repaired and deleted):
            self._rewrite_lexical(tell)

    def _rewrite_lexical(self, tell: Progress) -> None:
        """Write the postings anew from manifest and library, so that BM25's statistics are those of an undisturbed index."""
        fresh = self._built.replace_lexical()
        reviews = self._built.state.records()
        for done, review in enumerate(self._library.iterate(sorted(reviews))):
            rows = {row.id for row in self._built.state.passages_of([review.id]).get(review.id, ())}
            fresh.put((passage, review.title) for passage in self._splitter.split(review) if passage.id in rows)
            if done % CHUNK == 0:
                tell("repair", done, len(reviews))
        fresh.commit()
        self._built.adopt_lexical(fresh)
        self._built.state.note(deleted=0)
