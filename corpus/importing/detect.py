"""Which format a text is in, told from its content."""

from __future__ import annotations

import json
import re

from corpus.importing import csl_json, jsonl, markdown, page
from corpus.importing.parsing import Parser

#: Every format by name. Adding one: its parser here, its mark in `detect`.
PARSERS: dict[str, Parser] = {"markdown": markdown.parse, "jsonl": jsonl.parse, "csl-json": csl_json.parse, "page": page.parse}


def detect(text: str) -> str | None:
    """The name of the format of `text`, or None where it is none we know."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("---") and re.match(r"---[ \t]*\r?\n", start):
        return "markdown"
    if start.startswith(("[", "{")):
        return _detect_json(start)
    if page.looks_like_page(text):
        return "page"
    return None


def _detect_json(text: str) -> str:
    first = text.split("\n", 1)[0]
    if first.startswith("{"):
        try:
            table = json.loads(first)
        except ValueError:
            return "csl-json"
        return "csl-json" if "type" in table and "csl" not in table and "author" in table else "jsonl"
    return "csl-json"
