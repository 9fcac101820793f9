"""What the fields of a BibTeX or BibLaTeX entry mean."""

from __future__ import annotations

import re

from corpus.importing import tex
from corpus.importing.fields import Named, assemble
from corpus.importing.gather import Item
from corpus.importing.item_types import BIBTEX, from_name
from corpus.importing.names import person, without_et_al
from corpus.importing.tagged import paragraphs

_NAMES = {
    "journal": "journal", "journaltitle": "journal", "journal-title": "journal", "shortjournal": "journal-short",
    "booktitle": "secondary-title", "series": "series", "year": "year", "date": "year", "volume": "volume", "pages": "pages",
    "eid": "article-number", "article-number": "article-number", "articleno": "article-number", "issn": "serial", "isbn": "serial",
    "eissn": "serial", "abstract": "abstract", "publisher": "publisher", "school": "publisher", "institution": "publisher",
    "organization": "publisher", "address": "place", "location": "place", "city": "place", "language": "language", "langid": "language",
    "edition": "edition", "shorttitle": "short-title", "type": "type-of-work", "volumes": "volumes", "eventtitle": "event",
    "conference": "event", "venue": "event-place", "urldate": "accessed", "note": "note", "annote": "note", "annotation": "note",
    "art_number": "article-number", "pmid": "pmid", "pmcid": "pmcid", "origtitle": "original-title", "copyright": "rights", "lccn": "call-number",
}  # fmt: skip
_ADDRESSES = frozenset("url doi file eprint pmid pmcid issn isbn eissn howpublished bdsk-url-1 bdsk-url-2 ee pdf".split())
_PEOPLE = {
    "author": "author", "authors": "author", "editor": "editor", "editors": "editor", "translator": "translator", "bookauthor": "container-author",
}  # fmt: skip


def read(kind: str, key: str, fields: list[tuple[str, str]]) -> Item:
    """The record that an entry makes; `kind` is its type in lower case."""
    csl_type = BIBTEX.get(kind) or from_name(kind)
    if csl_type == "document" and any(name in ("journal", "journaltitle") for name, _ in fields):
        csl_type = "article-journal"
    named: list[Named] = []
    people: list[tuple[str, str]] = []
    table = dict(reversed(fields))
    for name, value in fields:
        if name in _PEOPLE:
            people.append((name, value))
        elif name in ("title", "subtitle"):
            if name == "title" or "title" not in table:
                parts = [tex.plain(part).strip() for part in ((value, table.get("subtitle", "")) if name == "title" else (value,))]
                named.append(Named("title", name, ": ".join(part for part in parts if part)))
        elif name in _ADDRESSES:
            named.append(_address(name, tex.address(value), table))
        elif name == "abstract":
            named.append(Named("abstract", name, tex.plain(paragraphs(value))))
        else:
            meaning = "event-place" if name == "location" and "address" in table else _meaning(name, csl_type)
            named.append(Named(meaning, name, tex.plain(value)))
    item = assemble(csl_type, (entry for entry in named if entry.name not in ("keywords", "month")))
    seen: set[str] = set()
    for name, value in people:
        if name in seen:
            item.keep(name, tex.plain(value))
        else:
            _people(item, value, _PEOPLE[name])
        seen.add(name)
    for entry in named:
        if entry.name == "keywords":
            item.keyword(*re.split(r"[;\n]" if ";" in entry.value else r"[,\n]", entry.value))
    _month(item, table)
    if key:
        item.csl["citation-key"] = key
    if kind not in BIBTEX and csl_type == "document":
        item.keep("type", kind)
    if kind == "preprint":
        item.kinds("preprint")
    return item


def _meaning(name: str, csl_type: str) -> str:
    if name in ("keywords", "keyword", "mendeley-tags", "author_keywords", "keywords-plus"):
        return "keywords"
    if name == "number":
        return "issue" if csl_type.startswith("article-") or csl_type == "paper-conference" else "series-number" if csl_type == "book" else "number"
    return {"month": "month", "day": "month", "issue": "issue"}.get(name) or _NAMES.get(name, "")


def _address(name: str, value: str, table: dict[str, str]) -> Named:
    if name == "eprint":
        kind = table.get("eprinttype", table.get("archiveprefix", "")).lower()
        return Named("pmid" if kind in ("pubmed", "pmid", "medline") else "", f"eprint {kind}".strip(), value)
    if name == "howpublished":
        found = re.search(r"https?://\S+", value.removeprefix("\\url"))
        return Named("url" if found and "url" not in table else "", name, found[0] if found else tex.plain(table[name]))
    return Named({"url": "url", "doi": "doi", "ee": "url"}.get(name) or _NAMES.get(name, ""), name, value)


def _month(item: Item, table: dict[str, str]) -> None:
    """Make the date finer by month and day, which stand in fields of their own."""
    dated = item.csl.get("issued", {}).get("date-parts", [[]])[0]
    month = tex.plain(table.get("month", ""))
    if not dated and month:
        item.keep("month", month)
    elif len(dated) == 1 and month:
        text = f"{dated[0]}-{month}-{table.get('day', '')}" if month.strip().isdecimal() else f"{month} {table.get('day', '')} {dated[0]}"
        item.csl.pop("issued")
        item.date(text, str(dated[0]), tag="month")


def _people(item: Item, text: str, role: str) -> None:
    for name in _split(tex.decoded(text)):
        if re.fullmatch(r"\{?\s*(others|et\.? al\.?)\s*\}?", name, re.IGNORECASE):
            item.partial = item.partial or role == "author"
        elif name.startswith("{") and name.endswith("}") and _wraps(name):
            item.person({"literal": " ".join(tex.without_braces(name).split())}, role)
        elif re.match(r"(family|given|prefix|suffix)\s*=", name):
            item.person(_extended(name), role)
        else:
            _one(item, name, role)


def _one(item: Item, name: str, role: str) -> None:
    """A name with the parts that braces hold together kept together."""
    name, cut = without_et_al(name)
    item.partial = item.partial or (cut and role == "author")
    held = re.sub(r"\{[^{}]*\}", lambda group: group[0].replace(" ", "\ue020").replace(",", "\ue021"), name)
    item.person({part: tex.without_braces(text.replace("\ue020", " ").replace("\ue021", ",")) for part, text in (person(held) or {}).items()}, role)


def _split(text: str) -> list[str]:
    """The names between the "and"s that stand outside braces."""
    names, start, depth = [], 0, 0
    for match in re.finditer(r"[{}]|\s+and\s+(?=\S)", text, re.IGNORECASE):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth = max(depth - 1, 0)
        elif depth == 0:
            names.append(text[start : match.start()])
            start = match.end()
    names.append(text[start:])
    return [" ".join(name.split()) for name in names if name.strip()]


def _wraps(text: str) -> bool:
    """Whether the first brace is closed by the last."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if depth == 0:
            return at == len(text) - 1
    return False


def _extended(text: str) -> dict[str, str]:
    """BibLaTeX's spelt-out form: `family=Doe, given=Jane, prefix=van`."""
    parts = dict(part.split("=", 1) for part in re.split(r",\s*(?=[\w-]+\s*=)", text) if "=" in part)
    parts = {key.strip(): tex.without_braces(value).strip() for key, value in parts.items()}
    family = " ".join(part for part in (parts.get("prefix", ""), parts.get("family", "")) if part)
    return {key: value for key, value in (("family", family), ("given", parts.get("given", "")), ("suffix", parts.get("suffix", ""))) if value}
