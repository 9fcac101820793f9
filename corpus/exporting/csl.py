"""CSL-JSON, a list of items, an item a line."""

from __future__ import annotations

import json
from typing import Any

from corpus.exporting.marking import marked, notice_lines
from corpus.importing import csl_json
from corpus.importing.own import CSL_KEY
from corpus.review import Review


def write(review: Review) -> str:
    """A record as a CSL-JSON item."""
    return marked(review, _write, csl_json.parse)


def _write(review: Review, mark: str) -> str:
    item: dict[str, Any] = {"id": review.id, "type": "article", **{key: value for key, value in review.csl.items() if key != "id"}}  # CSL demands a type
    if review.abstract:
        item["abstract"] = review.abstract
    if review.keywords:
        item |= {"keyword": ", ".join(review.keywords), "categories": list(review.keywords)}
    if notice_lines(review):
        item.setdefault("note", ". ".join(notice_lines(review)))
    return json.dumps({**item, "custom": {CSL_KEY: mark}}, ensure_ascii=False)
