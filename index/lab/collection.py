"""A test set's documents as a library that only reads: what `Syncer` and `Searcher` ask of one, and nothing of the real library."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, Protocol

from corpus import Filter, Review, Selection, Status, UsageError, Vocabulary

_REVISION = 1


class Document(NamedTuple):
    """A document of a test set; both texts may be empty."""

    title: str
    text: str


class Records(Protocol):
    """What an index asks of the records it is made from. `corpus.Library` is one, `Collection` another."""

    def revision(self) -> int:
        """The number of the last change."""
        ...

    def uid(self) -> str:
        """Which collection this is; an index made from another is made anew."""
        ...

    def statuses(self) -> dict[str, tuple[int, str]]:
        """Every record's id with its revision and status."""
        ...

    def iterate(self, ids: Sequence[str] | None = None) -> Iterator[Review]:
        """All records, or those with `ids` in that order."""
        ...

    def get_many(self, ids: Iterable[str]) -> dict[str, Review]:
        """The records with these ids; unknown ones are left out."""
        ...

    def view(self, ids: Sequence[str]) -> tuple[int, dict[str, Review]]:
        """The number of the last change and the records with these ids, both as of one moment."""
        ...

    def select(self, chosen: Filter) -> Selection:
        """Ids of the records a filter lets through."""
        ...

    def count(self) -> int:
        """How many records there are."""
        ...

    @property
    def vocabulary(self) -> Vocabulary:
        """The words its records are described by, with other words for them."""
        ...


class Collection:
    """Documents by id, each seen as a current `Review` (title -> title, text -> abstract). Never de-duplicated or changed; filtered by id alone.

    It has no vocabulary: that of a library speaks of the library's records, and what a set measures must not hang on who measures it.
    """

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self.vocabulary = Vocabulary({}, {})

    @cached_property
    def hash(self) -> str:
        """sha256 of ids, titles and texts in the order of ids: the name of the cached index."""
        digest = hashlib.sha256()
        for document_id in sorted(self._documents):
            digest.update(json.dumps([document_id, *self._documents[document_id]]).encode() + b"\n")
        return digest.hexdigest()

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._documents

    def revision(self) -> int:
        """Always the same: another content is another collection."""
        return _REVISION

    def uid(self) -> str:
        """The content's hash."""
        return self.hash

    def count(self) -> int:
        """How many documents there are, empty ones included."""
        return len(self._documents)

    def statuses(self) -> dict[str, tuple[int, str]]:
        """Every id, with the one revision and the status `current`."""
        return dict.fromkeys(self._documents, (_REVISION, Status.CURRENT.value))

    def iterate(self, ids: Sequence[str] | None = None) -> Iterator[Review]:
        """All documents, or those with `ids` in that order, as reviews."""
        for document_id in self._documents if ids is None else ids:
            if document_id in self._documents:
                yield self._review(document_id)

    def get_many(self, ids: Iterable[str]) -> dict[str, Review]:
        """The documents with these ids as reviews; unknown ones are left out."""
        return {review.id: review for review in self.iterate(list(dict.fromkeys(ids)))}

    def view(self, ids: Sequence[str]) -> tuple[int, dict[str, Review]]:
        """The one revision, and the documents with these ids."""
        return _REVISION, self.get_many(ids)

    def select(self, chosen: Filter) -> Selection:
        """The ids that pass. Raises UsageError for a filter by anything but ids: a test set has nothing else to filter by."""
        ids = list(self._documents)
        for condition in chosen.conditions:
            if condition.field != "id" or condition.op not in ("=", "!="):
                raise UsageError("a test set cannot be filtered", where=str(condition), remedy="Leave the filter out")
            named = set(condition.values)
            ids = [each for each in ids if (each in named) == (condition.op == "=")]
        return Selection(ids, 0)

    def _review(self, document_id: str) -> Review:
        title, text = self._documents[document_id]
        return Review(id=document_id, revision=_REVISION, csl={"title": title} if title else {}, abstract=text)
