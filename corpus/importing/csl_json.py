"""CSL-JSON, as Zotero, citeproc and Crossref write it: a list of items, or one item."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from corpus.importing.parsing import Parsed, Rejected, build, find_year, issued, make_csl
from corpus.review import Review

_ABSENT = ("abstract", "keyword", "categories")


def parse(text: str) -> Iterator[Parsed]:
    """Read every item. Line numbers are those of the item's opening brace where the file is laid out by lines."""
    try:
        items = json.loads(text)
    except ValueError as error:
        yield Rejected(1, getattr(error, "lineno", 1), f"not JSON: {error}")
        return
    items = items.get("items", [items]) if isinstance(items, dict) else items
    for record, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            yield Rejected(record, 1, "the item is no JSON object")
            continue
        yield build(record, 1, json.dumps(item, ensure_ascii=False), **_fields(item))


def _fields(item: dict[str, Any]) -> dict[str, Any]:
    csl = {key: value for key, value in item.items() if key not in _ABSENT}
    date = csl.get("issued")
    if not isinstance(date, dict) or not date.get("date-parts"):
        csl["issued"] = issued(find_year(json.dumps(date)))
    elif date["date-parts"][0]:
        csl["issued"] = {**date, "date-parts": [[int(part) for part in date["date-parts"][0] if str(part).isdigit()]]}
    keywords = item.get("keyword") or item.get("categories") or []
    if isinstance(keywords, str):
        keywords = [word.strip() for word in keywords.replace(";", ",").split(",")]
    return {"csl": make_csl(csl), "abstract": str(item.get("abstract") or ""), "keywords": keywords}


def write(reviews: list[Review]) -> str:
    """The records as a CSL-JSON list."""
    items = []
    for review in reviews:
        item = {"id": review.id, **{key: value for key, value in review.csl.items() if key != "id"}}
        if review.abstract:
            item["abstract"] = review.abstract
        if review.keywords:
            item["keyword"] = ", ".join(review.keywords)
        items.append(item)
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"
