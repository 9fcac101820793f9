"""CSL-JSON, as Zotero, citeproc and Crossref write it (a list of items, one item, or one after another), and Zotero's own JSON."""

from __future__ import annotations

import html
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
_MEMBERS = re.compile(r'\{\s*"(?:message(?:-type|-version)?|items|references|data|config|status)"')
_INNER = re.compile(r'"(?:items|references|data)"\s*:\s*\[')
_ONE = re.compile(r'"message-type"\s*:\s*"work"|"message"\s*:\s*\{(?![^{}\[\]]*"(?:facets|items|total-results)")')
_MESSAGE = re.compile(r'"message"\s*:\s*(?=\{)')
_NEXT = re.compile(r"\}[\s,]*(?=\{)|\n[ \t]*(?=\{)")
#: What Crossref's abstracts are marked up by, and its titles.
_HEADING = re.compile(r"\s*<jats:title[^<>]*>\s*(.*?)\s*:?\s*</jats:title>\s*(?:<jats:p[^<>]*>\s*)?", re.DOTALL)
_PARAGRAPH = re.compile(r"\s*</?jats:(?:p|sec|list|list-item)\b[^<>]*>\s*")
_TAGS = re.compile(r"</?(?:jats:|mml:|i\b|b\b|em\b|strong\b|sub\b|sup\b|scp\b|p\b)[^<>]*>")
_CROSSREF = {
    "journal-article": "article-journal", "posted-content": "article", "book-chapter": "chapter", "book-section": "chapter", "book-part": "chapter",
    "proceedings-article": "paper-conference", "proceedings": "book", "monograph": "book", "edited-book": "book", "reference-book": "book",
    "reference-entry": "entry", "dissertation": "thesis", "peer-review": "review", "database": "dataset", "report-series": "report",
}  # fmt: skip
_FIRST_SEEN = ("published-print", "published", "published-online", "created")
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
        for one in _unwrapped(item):
            record += 1
            if not isinstance(one, dict):
                yield Rejected(record, line, "the item is no JSON object")
                continue
            try:
                yield (zotero_json.read(one) if "itemType" in one else _item(one)).parsed(record, line, raw)
            except (RecursionError, ValueError, TypeError, AttributeError) as error:
                yield Rejected(record, line, f"a value has the wrong form: {error}")


def _unwrapped(item: Any) -> list[Any]:
    """The works of a value: itself, what Zotero's web API wraps, or the works that stand under their keys. Zotero's notes and files are none."""
    if not isinstance(item, dict):
        return [item]
    data = item.get("data")
    if isinstance(data, dict) and "itemType" in data:
        item = data
    if item.get("itemType") in ("attachment", "note", "annotation"):
        return []
    works = list(item.values())
    return works if works and all(isinstance(work, dict) and work.keys() & {"type", "itemType"} for work in works) else [item]


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
        if _MEMBERS.match(self.held.lstrip()):
            one = _MESSAGE.search(self.held, 0, 100_000) if _ONE.search(self.held, 0, 100_000) else None
            inner = one or _INNER.search(self.held, 0, 100_000)
            self.at = inner.end() if inner else 0

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
    if table.keys() & {"indexed", "deposited", "is-referenced-by-count", "published-online", "published-print"}:
        table = _of_crossref(table)
    told_type = str(table.get("type") or "article-journal")
    item = Item(_CROSSREF.get(told_type, told_type))
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
    item.texts(_abstract(str(table.get("abstract") or "")), "abstract")
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


def _of_crossref(table: dict[str, Any]) -> dict[str, Any]:
    """A work as Crossref's API gives it, with CSL's names, without mark-up in its titles."""
    table = dict(table)
    for theirs, ours in (("short-container-title", "container-title-short"), ("article-number", "number")):
        if table.get(theirs) and not table.get(ours):
            table[ours] = table.pop(theirs)
    titles, subtitles = _texts(table.get("title")), _texts(table.pop("subtitle", None))
    if titles and subtitles and subtitles[0].lower() not in titles[0].lower():
        titles = [f"{titles[0]}: {subtitles[0]}"]
    table["title"] = " ".join(_TAGS.sub("", html.unescape(titles[0])).split()) if titles else None
    table["container-title"] = [html.unescape(name) for name in _texts(table.get("container-title"))]
    if (_date(table.get("issued")) or {}).get("date-parts") in (None, [[None]]):
        table["issued"] = next((table[key] for key in _FIRST_SEEN if isinstance(table.get(key), dict)), None)
    return table


def _abstract(text: str) -> str:
    """The abstract without JATS mark-up, its sections' titles led in by a colon."""
    if "<jats:" not in text:
        return paragraphs(text)
    text = _HEADING.sub(lambda title: "\n" if title[1].lower() in ("abstract", "summary") else f"\n{title[1]}: ", text)
    lines = _TAGS.sub("", _PARAGRAPH.sub("\n", text)).split("\n")
    return html.unescape("\n".join(" ".join(line.split()) for line in lines if line.strip()))


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
