"""Records kept in memory once they were read: searches ask for the same few again and again, and parsing one costs more than finding it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import sqlalchemy as sa

from corpus import schema
from corpus.aliases import is_no_alias
from corpus.change import fetch
from corpus.review import Review

_RECORDS = 1_000
#: A record with more text than this is read anew each time, so that full texts do not fill the memory.
_LONGEST = 50_000


class Remembered:
    """The records of one library by id and revision: what is stored at a revision never changes. Safe to use from several threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: OrderedDict[tuple[str, int], Review] = OrderedDict()

    def fetch(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, Review]:
        """As `corpus.change.fetch`, and from memory what stands at the revision that is held."""
        table = schema.review
        query = sa.select(table.c.id, table.c.revision).where(table.c.id.in_(ids), is_no_alias())
        places = [(str(row.id), int(row.revision)) for row in connection.execute(query)]
        with self._guard:
            found = {place[0]: self._held[place] for place in places if place in self._held}
            for place in places:
                if place in self._held:
                    self._held.move_to_end(place)
        missing = [review_id for review_id in ids if review_id not in found]
        if missing:
            read = fetch(connection, missing)
            self._keep([review for review_id, review in read.items() if review.id == review_id])
            found.update(read)
        return found

    def _keep(self, reviews: Sequence[Review]) -> None:
        with self._guard:
            for review in reviews:
                if sum(len(text) for _, text in review.evidence()) <= _LONGEST:
                    self._held[review.id, review.revision] = review
            while len(self._held) > _RECORDS:
                self._held.popitem(last=False)
