"""Deep links into a record: `/review/ID?at=findings[3]:12-80&rev=41`."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, urlencode

from corpus import Anchor

_AT = re.compile(r"^([a-z_]+(?:\[\d{1,6}\])?):(\d{1,9})-(\d{1,9})$")


class Place(NamedTuple):
    """A span of a field."""

    field: str
    start: int
    end: int


def parse_place(text: str) -> Place | None:
    """The span that an `at=` value names, or None where it names none."""
    match = _AT.match(text)
    return Place(match[1], int(match[2]), int(match[3])) if match and int(match[2]) < int(match[3]) else None


def link_to(anchor: Anchor, *, panel: bool = False) -> str:
    """The address at which an anchor's words are shown marked."""
    query = {"at": f"{anchor.field}:{anchor.start}-{anchor.end}", "rev": str(anchor.revision)} | ({"panel": "1"} if panel else {})
    return f"/review/{quote(anchor.review_id)}?{urlencode(query, safe='[]:')}#marked"
