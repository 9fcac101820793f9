"""CSL-JSON, as Zotero, citeproc and Crossref write it (a list of items, one item, or one after another), and Zotero's own JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from corpus.importing import zotero_json
from corpus.importing.csl import DATES, NAMES
from corpus.importing.dates import csl_date, date_parts
from corpus.importing.fields import told
from corpus.importing.gather import Item
from corpus.importing.names import without_et_al
from corpus.importing.own import CSL_KEY
from corpus.importing.parsing import Parsed, Rejected
from corpus.importing.tagged import paragraphs

_ABSENT = frozenset({"abstract", "keyword", "categories", "DOI", "PMID", "PMCID", "ISSN", "ISBN", "issued", "type", "reference", "subject"})
_SIGNS = re.compile(r"[\s,;\[]*")
_MEMBERS = re.compile(r'\{\s*"(?:message|items|references|data|config)"')
_INNER = re.compile(r'"(?:items|references|data)"\s*:\s*\[')
_NEXT = re.compile(r"\}[\s,]*(?=\{)|\n[ \t]*(?=\{)")
_TAGS = re.compile(r"</?jats:[^<>]*>")
_MOST = 50_000_000  # characters of one item
_KEPT = 1_000_000
_TRIES = 2000  # places after an error where the next item might begin


def parse(chunks: Iterable[str] | str) -> Iterator[Parsed]:
    """Read every item. What is no JSON is told with its line, and reading goes on at the next item."""
    record = 0
    for line, item, raw in _objects([chunks] if isinstance(chunks, str) else chunks):
        if isinstance(item, str):
            record += bool(raw or record)
            yield Rejected(record, line, item)
            continue
        record += 1
        if not isinstance(item, dict):
            yield Rejected(record, line, "the item is no JSON object")
            continue
        try:
            yield (zotero_json.read(item) if "itemType" in item else _item(item)).parsed(record, line, raw)
        except (RecursionError, ValueError, TypeError, AttributeError) as error:
            yield Rejected(record, line, f"a value has the wrong form: {error}")


def _objects(chunks: Iterable[str]) -> Iterator[tuple[int, Any, str]]:
    """Yield (line, item or what is wrong, raw) for every value of the list, or of the list that an envelope holds."""
    text = _Text(chunks)
    decoder = json.JSONDecoder()
    while text.skip():
        try:
            value, end = decoder.raw_decode(text.held, text.at)
        except (ValueError, RecursionError) as error:
            if text.may_go_on(error) and text.more():
                continue
            place = getattr(error, "pos", text.at)
            raw = text.held[text.at : text.at + 200] if text.held[text.at] == "{" else ""
            yield text.line_of(place), f"not JSON: {getattr(error, 'msg', None) or error}", raw
            if not _to_next(text, decoder, max(text.at + 1, place)):
                return
            continue
        yield text.line_of(text.at), value, text.held[text.at : end]
        text.go(end)


def _to_next(text: _Text, decoder: json.JSONDecoder, place: int) -> bool:
    """Go to the next item after something that is none; says whether there is one."""
    for _ in range(_TRIES):
        following = _NEXT.search(text.held, place)
        while following is None:
            text.go(max(place, len(text.held) - 100))
            place = text.at
            if not text.more():
                return False
            following = _NEXT.search(text.held, place)
        while not (is_item := _is_item(decoder, text.held, following.end())) and len(text.held) - following.end() < _KEPT and text.more():
            pass
        if is_item:
            text.go(following.end())
            return True
        place = following.end()
    return False


class _Text:
    """The text read so far and the place reached in it; what lies behind is let go from time to time."""

    def __init__(self, chunks: Iterable[str]) -> None:
        self._source = iter(chunks)
        self.held = next(self._source, "").lstrip("\ufeff")
        self.at = 0
        self._line, self._counted = 1, 0
        if _MEMBERS.match(self.held.lstrip()) and (inner := _INNER.search(self.held, 0, 100_000)):
            self.at = inner.end()

    def may_go_on(self, error: Exception) -> bool:
        """Whether what is wrong may only be that the text read so far ends there."""
        place = getattr(error, "pos", 0)
        return "Unterminated" in str(error) or place >= len(self.held) - 20

    def more(self) -> bool:
        """Read on; says whether there was more (an item without end is not waited for)."""
        piece = next(self._source, None) if len(self.held) - self.at < _MOST else None
        self.held += piece or ""
        return piece is not None

    def skip(self) -> bool:
        """Go over what stands between items; says whether anything follows."""
        while True:
            found = _SIGNS.match(self.held, self.at)
            self.go(found.end() if found else self.at)
            if self.at < len(self.held):
                return self.held[self.at] not in "]}"
            if not self.more():
                return False

    def go(self, at: int) -> None:
        """Move to a later place."""
        self.at = at
        if at > _KEPT:
            self._line = self.line_of(at)
            self.held, self.at, self._counted = self.held[at:], 0, 0

    def line_of(self, place: int) -> int:
        """The line of a place that is not before the last one asked for."""
        if place >= self._counted:
            self._line += self.held.count("\n", self._counted, place)
            self._counted = place
        return self._line


def _is_item(decoder: json.JSONDecoder, text: str, at: int) -> bool:
    """Whether an item, and not a name inside one, begins here."""
    try:
        value, _ = decoder.raw_decode(text, at)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and bool(value.keys() & {"type", "title", "itemType", "DOI"})


def _item(table: dict[str, Any]) -> Item:
    item = Item(str(table.get("type") or "article-journal"))
    if "type" in table and table["type"] == "journal-article":  # Crossref's name for it
        item.csl["type"] = "article-journal"
    for key, value in table.items():
        if key in _ABSENT:
            continue
        if key in DATES:
            item.csl[key] = _date(value)
        elif key in NAMES:
            item.csl[key] = value
        elif key == "custom" and isinstance(value, dict) and isinstance(value.get(CSL_KEY), str):
            item.keep(key, value[CSL_KEY], *(json.dumps({name: rest}, ensure_ascii=False) for name, rest in value.items() if name != CSL_KEY))
        elif isinstance(value, dict):
            item.keep(key, json.dumps(value, ensure_ascii=False))
        elif isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
            item.keep(key, *(json.dumps(entry, ensure_ascii=False) for entry in value))
        else:
            item.csl[key] = value
    item.csl["issued"] = _date(table.get("issued"))
    for key, take in (("DOI", item.doi), ("PMID", item.pmid), ("PMCID", item.pmcid)):
        if table.get(key):
            take(str(table[key]))
    for key in ("ISSN", "ISBN"):
        for value in _texts(table.get(key)):
            item.numbers(value, key)
    item.texts(_TAGS.sub("", paragraphs(str(table.get("abstract") or ""))), "abstract")
    for line in str(table.get("note") or "").split("\n"):
        told(item, line)
    keywords = table.get("categories") or table.get("keyword") or table.get("subject") or []
    if isinstance(keywords, str):
        item.keyword(*re.split(";" if ";" in keywords else ",", keywords))
    else:
        item.keyword(*_texts(keywords))
    authors = item.csl.get("author")
    if isinstance(authors, list):
        item.csl["author"] = [author for author in authors if not _is_et_al(author)]
        item.partial = len(item.csl["author"]) < len(authors)
    item.csl = {key: value for key, value in item.csl.items() if value not in (None, "", [], {})}
    return item


def _is_et_al(author: Any) -> bool:
    text = (author.get("literal") or author.get("family") or "") if isinstance(author, dict) else author
    return not without_et_al(str(text))[0] and bool(str(text).strip())


def _texts(value: Any) -> list[str]:
    return [str(entry) for entry in (value if isinstance(value, list) else [value]) if isinstance(entry, str | int) and str(entry)]


def _date(value: Any) -> Any:
    """A CSL date whose year is a number, wherever the tool put it."""
    if isinstance(value, dict) and value.get("date-parts") not in (None, [], [[]], [[None]]):
        return value
    spelt = value.get("raw") or value.get("literal") or value.get("date-time") or "" if isinstance(value, dict) else value
    return csl_date(date_parts(spelt)) or (value if isinstance(value, dict) else None)
