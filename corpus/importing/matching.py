"""What the library holds that new records may be the same as: by identity first, then by likeness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from corpus import schema
from corpus.aliases import aliases_of
from corpus.change import Change, fetch_stored, load_review
from corpus.duplicates import blocking
from corpus.duplicates.compare import Comparison, Verdict, compare
from corpus.duplicates.traits import Traits, traits_of
from corpus.identity import base_id, work_key
from corpus.merging import same_work
from corpus.review import Review, Status

#: What was done to a record whose adding was taken back.
UNDONE = "undo-import"


@dataclass
class Match:
    """What was found for a new record.

    `kept`: the record that it is, or None, found `by_key` (DOI, PMID, or title, year and first author) or by likeness. `others`: ids of more records
    that it is as well. `doubts`: those it may be.
    """

    kept: Review | None = None
    by_key: bool = False
    others: list[str] = field(default_factory=list)
    doubts: list[tuple[str, Comparison]] = field(default_factory=list)


def _keys(review: Review) -> list[str]:
    """The keys two records of one work may share, the strongest first."""
    keys = [f"doi:{review.doi}" if review.doi else "", f"pmid:{review.pmid}" if review.pmid else ""]
    key = work_key(review)
    return [text for text in [*keys, f"key:{key}" if key else ""] if text]


class Matches:
    """What a chunk of new records may be the same as: read in a few statements, and kept up as the chunk goes in."""

    def __init__(self, change: Change, reviews: Sequence[Review]) -> None:
        change.flush()
        self._connection = change.connection
        self._reviews: dict[str, Review] = {}
        self._traits: dict[str, Traits] = {}
        self._new = {id(review): traits_of(review) for review in reviews}
        self._by_key: dict[str, list[str]] = {}
        self._by_block: dict[int, list[str]] = {}
        self._load_named(reviews)
        self._load_alike(reviews)
        self._now = aliases_of(self._connection, self._reviews)
        self._reviews |= fetch_stored(self._connection, [now for now in set(self._now.values()) if now not in self._reviews])
        self.undone = self._undone()
        wanted = {review.id or base_id(review) for review in reviews}
        self._taken = set(fetch_ids(self._connection, sorted(wanted)))

    def _load_named(self, reviews: Sequence[Review]) -> None:
        table = schema.review
        keys = {key for review in reviews for key in _keys(review)}
        for prefix, column in (("doi:", table.c.doi), ("pmid:", table.c.pmid), ("key:", table.c.work_key)):
            values = [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]
            if not values:
                continue
            query = sa.select(column.label("value"), table.c.revision, table.c.document).where(column.in_(values))
            for row in self._connection.execute(query):
                review = load_review(row.document, row.revision)
                self._reviews[review.id] = review
                self._by_key.setdefault(prefix + row.value, []).append(review.id)
        self._reviews |= fetch_stored(self._connection, [review.id for review in reviews if review.id])

    def _load_alike(self, reviews: Sequence[Review]) -> None:
        """Read, for each new record, the stored ones that share the most keys with it."""
        keys = [blocking.keys_of(self._new[id(review)]) for review in reviews]
        self._by_block = blocking.sharing(self._connection, {key for own in keys for key in own})
        proposed = {review_id: None for own in keys for review_id in self._proposed(own)}
        self._reviews |= fetch_stored(self._connection, [review_id for review_id in proposed if review_id not in self._reviews])

    def _proposed(self, keys: Sequence[int]) -> list[str]:
        shared = Counter(review_id for key in keys if len(held := self._by_block.get(key, ())) < blocking.FULL for review_id in held)
        return [review_id for review_id, _ in sorted(shared.items(), key=lambda entry: (-entry[1], entry[0]))[: blocking.MOST]]

    def _undone(self) -> set[str]:
        """Ids of the records found that are withdrawn because the import that added them was undone."""
        version = schema.review_version
        withdrawn = [review.id for review in self._reviews.values() if review.status is Status.WITHDRAWN and review.id not in self._now]
        query = sa.select(version.c.review_id, version.c.revision).where(version.c.review_id.in_(withdrawn), version.c.action == UNDONE)
        return {row.review_id for row in self._connection.execute(query) if row.revision == self._reviews[row.review_id].revision} if withdrawn else set()

    def standing(self, review_id: str) -> Review | None:
        """The record that an id stands for now, or None where its adding was taken back."""
        now = self._now.get(review_id, review_id)
        return None if now in self.undone else self._reviews.get(now)

    def compare(self, one: Review, other: Review) -> Comparison:
        """How alike two stored records are."""
        return compare(traits_of(one), traits_of(other))

    def find(self, review: Review) -> Match:
        """The record that is the same work. An id given by the file counts unless DOI or PMID speak against it."""
        named = self._reviews.get(review.id)
        if named is not None and same_work(named, review, by_key=True):
            return Match(self._reviews[self._now.get(named.id, named.id)], by_key=True)
        traits = self._new[id(review)]
        match = Match()
        judged: set[str] = set()
        for key in _keys(review):
            for review_id in self._by_key.get(key, ()):
                if review_id not in judged and same_work(self._reviews[review_id], review, by_key=key.startswith("key:")):
                    judged.add(review_id)
                    self._judge(match, review_id, compare(traits, self._traits_of(review_id), by_key=True), by_key=True)
        if match.kept is not None and match.kept.id in self.undone:
            return match
        alike = []
        for review_id in self._proposed(blocking.keys_of(traits)):
            if review_id not in judged and review_id in self._reviews and self.standing(review_id):
                alike.append((review_id, compare(traits, self._traits_of(review_id))))
        for review_id, comparison in sorted(alike, key=lambda entry: (-entry[1].bits, entry[0])):
            self._judge(match, review_id, comparison, by_key=False)
        return match

    def _judge(self, match: Match, review_id: str, comparison: Comparison, *, by_key: bool) -> None:
        now = self._now.get(review_id, review_id)
        if comparison.verdict is Verdict.DOUBT:
            if now not in self.undone:
                match.doubts.append((now, comparison))
        elif comparison.verdict is Verdict.SAME:
            if match.kept is None:
                match.kept, match.by_key = self._reviews[now], by_key
            elif now != match.kept.id and now not in match.others:
                match.others.append(now)

    def _traits_of(self, review_id: str) -> Traits:
        if review_id not in self._traits:
            self._traits[review_id] = traits_of(self._reviews[review_id])
        return self._traits[review_id]

    def remember(self, review: Review, *, into: str = "", was: Review | None = None) -> None:
        """Take the new state of a record, or a new record, for those that follow in the chunk.

        `into`: the record it has been merged into. `was`: the record of the chunk that it is, but for its id.
        """
        self._reviews[review.id] = review
        if was is None:
            self._traits.pop(review.id, None)
        else:
            self._traits[review.id] = self._new[id(was)]
        self.undone.discard(review.id)
        self._taken.add(review.id)
        if into:
            self._now |= {old: into for old, now in self._now.items() if now == review.id} | {review.id: into}
        for key in _keys(review):
            held = self._by_key.setdefault(key, [])
            if review.id not in held:
                held.append(review.id)
        for number in blocking.keys_of(self._traits_of(review.id)):
            block = self._by_block.setdefault(number, [])
            if review.id not in block and len(block) < blocking.FULL:
                block.append(review.id)

    def is_taken(self, review_id: str, *, asked: bool) -> bool:
        """Whether an id is in use; `asked` = it was among those that the chunk asked for."""
        if asked or review_id in self._taken:
            return review_id in self._taken
        return bool(fetch_ids(self._connection, [review_id]))


def fetch_ids(connection: sa.Connection, wanted: Sequence[str]) -> list[str]:
    """Those of the ids that are in use."""
    found = list(connection.execute(sa.select(schema.review.c.id).where(schema.review.c.id.in_(wanted))).scalars())
    return found + list(connection.execute(sa.select(schema.review_alias.c.alias).where(schema.review_alias.c.alias.in_(wanted))).scalars())
