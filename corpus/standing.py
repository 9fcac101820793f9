"""How what was cited stands today: whether its words are still there, and what has been said of the paper since. Read whenever it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus.anchor import Anchor, find_again
from corpus.errors import NotFoundError
from corpus.review import Notice, Status

if TYPE_CHECKING:
    from corpus.library import Library


@dataclass(frozen=True, slots=True)
class Standing:
    """A cited place today.

    `now`: where its words stand in the record as it is, None where they are gone (the citation is detached) or the record is; `status` and
    `notices` are the record's own of today, `status` None where there is no such record any more.
    """

    cited: Anchor
    now: Anchor | None
    status: Status | None
    notices: tuple[Notice, ...] = ()

    @property
    def detached(self) -> bool:
        """Whether the cited words are not to be found any more."""
        return self.now is None

    @property
    def is_evidence(self) -> bool:
        """Whether it could be cited today: its words are there and its record is neither withdrawn nor retracted."""
        return self.now is not None and self.status is Status.CURRENT

    def as_dict(self) -> dict[str, Any]:
        """As data: where the words are now (or null), and what holds of the record."""
        return {
            "review_id": self.cited.review_id,
            "cited_revision": self.cited.revision,
            "now": self.now.as_dict() if self.now else None,
            "detached": self.detached,
            "status": self.status.value if self.status else None,
            "notices": [notice.model_dump() for notice in self.notices],
        }


def standings(library: Library, cited: Sequence[Anchor]) -> list[Standing]:
    """How each of the cited places stands, in their order; merged records are followed to the one that stayed."""
    found = library.get_many(anchor.review_id for anchor in cited)
    for review_id in {anchor.review_id for anchor in cited} - found.keys():
        try:
            found[review_id] = library.get(review_id)
        except NotFoundError:
            continue
    made = []
    for anchor in cited:
        review = found.get(anchor.review_id)
        made.append(Standing(anchor, find_again(anchor, review), review.status, review.notices) if review else Standing(anchor, None, None))
    return made
