"""The mark that an export puts on each record: its id, and what the format at hand cannot carry unharmed. The import takes it back.

A mark is the record's id and, where there is more to say, a space and a JSON object of the fields that would come back otherwise. All but letters, digits and
a few harmless signs is percent-encoded, so that no format finds anything in it to unescape, break or take for mark-up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

#: What a mark begins with where the format has no field of that name.
PREFIX = "florilegium:"
#: Where a mark stands in CSL-JSON (in the item's `custom`) and in a table.
CSL_KEY = "florilegium"
COLUMN = "Florilegium"
#: The columns of our tables that are there to be read only: the curator's own words travel back in Markdown and JSON Lines.
OWN_COLUMNS = ("Summary", "Findings", "Limits", "Facets", "Status", "Notices")
_MARK = re.compile(r"\s*(?:florilegium:)?([\w.%-]*)(?: (%7B[\w.%:,\"/ -]*))?\s*")
_FIELDS = frozenset("abstract keywords authors_partial status notices extra facets summary findings limits sections section_titles access alternatives".split())


def mark(review_id: str, fields: Mapping[str, Any]) -> str:
    """The mark of a record. `fields` maps names of a review's fields to values; `csl` maps CSL variables to values, None for one that is absent."""
    said = [quote(review_id, safe=""), *([quote(json.dumps(fields, ensure_ascii=False, separators=(",", ":")), safe=':,/"')] if fields else [])]
    return " ".join(said).replace("~", "%7E").replace("_", "%5F").replace("--", "-%2D")


def read_mark(text: str) -> tuple[str, dict[str, Any]] | None:
    """(id, fields) of a mark; None where the text is none."""
    found = _MARK.fullmatch(text)
    if not found:
        return None
    try:
        fields = json.loads(unquote(found[2])) if found[2] else {}
    except ValueError:
        return None
    return (unquote(found[1]), fields) if isinstance(fields, dict) and isinstance(fields.get("csl", {}), dict) else None


def restored(read: Mapping[str, Any], review_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record as they were read from a file, put right by its mark."""
    csl = {**read.get("csl", {}), **fields.get("csl", {})}
    kept = {name: value for name, value in fields.items() if name in _FIELDS}
    return {**read, "types": [], **kept, "id": review_id, "csl": {key: value for key, value in csl.items() if value is not None}}
