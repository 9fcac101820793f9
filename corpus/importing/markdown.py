"""Records as Markdown with YAML front matter: one file a record, or a stream of them. Written and read back without loss."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from corpus.importing.dates import date_parts
from corpus.importing.names import listed_names
from corpus.importing.parsing import Draft, Parsed, Rejected, build, make_csl
from corpus.review import LIST_FIELDS, Name, Review

_RULE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"^##[ \t]+(\S(?:.*\S)?)[ \t]*$", re.MULTILINE)
_SUBHEADING = re.compile(r"^###[ \t]+(\S(?:.*\S)?)[ \t]*$", re.MULTILINE)
_UNTITLED = "(untitled)"
_HEADINGS = {"Summary": "summary", "Abstract": "abstract", "Findings": "findings", "Limits": "limits", "Full text": "sections"}
_CSL_KEYS = {
    "journal": "container-title", "doi": "DOI", "pmid": "PMID", "url": "URL", "volume": "volume", "issue": "issue", "pages": "page",
    "issn": "ISSN", "language": "language", "publisher": "publisher",
}  # fmt: skip
_OWN_KEYS = ("id", "status", "keywords", "access", "extra", "alternatives", "section_titles", "summary", "abstract", "findings", "limits", "sections")
#: What the front matter says in keys of its own; a facet of such a name stands under `facets`.
_TAKEN = frozenset({*_OWN_KEYS, *_CSL_KEYS, "type", "title", "authors", "authors_partial", "year", "notices", "facets", "csl"})
#: What other programs call them.
_ALIASES = {
    "author": "authors", "creators": "authors", "tags": "keywords", "DOI": "doi", "PMID": "pmid", "URL": "url", "ISSN": "issn", "container-title": "journal",
    "publication": "journal", "page": "pages", "date": "year", "published": "year", "issued": "year",
}  # fmt: skip
_COLON = re.compile(r"^([\w-]+:[ \t]+)([^\s\"'\[{|>&*#!%@`].*(?::[ \t]|[ \t]#).*)$", re.MULTILINE)
_BOOLEAN = {"true": True, "yes": True, "false": False, "no": False, "": False}
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def parse(text: str) -> Iterator[Parsed]:
    """Read every record of a Markdown text."""
    for record, (line, front, body, raw) in enumerate(_split(text), start=1):
        try:
            if "*" in front and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(front, Loader=_Loader)):
                yield Rejected(record, line, "the front matter has YAML aliases, which are refused")  # a few lines of them make a text without end
                continue
            table = _load(front)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            yield Rejected(record, line, f"the front matter is not YAML: {str(error).splitlines()[0]}")
            continue
        if not isinstance(table, dict):
            yield Rejected(record, line, "the front matter is not a list of `name: value` lines")
            continue
        try:
            yield build(record, line, raw, **_fields(table, body))
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            yield Rejected(record, line, f"a value of the front matter has the wrong form: {error}")


def _load(front: str) -> Any:
    """The front matter's table. A title written by hand with a colon in it is quoted for its author."""
    try:
        return yaml.load(front, Loader=_Loader) or {}  # noqa: S506 - the base loader makes nothing but texts, lists and dicts
    except yaml.YAMLError:
        quoted = _COLON.sub(lambda line: f"{line[1]}{json.dumps(line[2].strip(), ensure_ascii=False)}", front)
        if quoted == front:
            raise
        return yaml.load(quoted, Loader=_Loader) or {}  # noqa: S506 - as above


def _split(text: str) -> Iterator[tuple[int, str, str, str]]:
    """Yield (line, front matter, body, raw). A rule opens a record only when a YAML mapping and a second rule follow it."""
    rules = list(_RULE.finditer(text))
    starts: list[tuple[int, int, int]] = []
    at = 0
    while at + 1 < len(rules):
        front = text[rules[at].end() : rules[at + 1].start()]
        if re.match(r"\s*(\"[^\"]*\"|[\w-]+):(\s|$)", front):
            starts.append((rules[at].start(), rules[at].end(), at + 1))
            at += 2
        else:
            at += 1
    line, counted = 1, 0
    for number, (start, front_start, closing) in enumerate(starts):
        line, counted = line + text.count("\n", counted, start), start
        end = starts[number + 1][0] if number + 1 < len(starts) else len(text)
        body = text[rules[closing].end() : end]
        yield line, text[front_start : rules[closing].start()], body, text[start:end]


def _fields(table: dict[str, Any], body: str) -> dict[str, Any]:
    foreign = "id" not in table  # not written here
    if foreign:
        _rename(table)
    csl: dict[str, Any] = dict(table.pop("csl", {}) or {})
    csl["type"] = table.pop("type", None) or csl.get("type")
    csl["title"] = table.pop("title", None)
    partial = _BOOLEAN[str(table.pop("authors_partial", "")).lower()]
    authors = table.pop("authors", None)
    if authors:
        csl["author"], cut = listed_names(authors)
        partial = partial or cut
    csl["issued"] = _issued(table.pop("year", None), csl.get("issued"))
    for ours, theirs in _CSL_KEYS.items():
        if table.get(ours):
            csl[theirs] = table.pop(ours)
    fields: dict[str, Any] = {"csl": make_csl(csl), "authors_partial": partial}
    fields |= {key: table.pop(key) for key in _OWN_KEYS if key in table}
    if table.get("notices"):
        fields["notices"] = tuple(table.pop("notices"))
    facets = dict(table.pop("facets", {}) or {})
    facets |= {key: value for key, value in table.items() if value}
    told, unknown = _read_body(body)
    if foreign and unknown and told.keys() <= {"abstract"}:
        told["section_titles"] = ["" if heading == "text" else heading for heading, texts in unknown.items() for _ in texts]
        told["sections"] = [text for texts in unknown.values() for text in texts]
    elif unknown:
        fields["extra"] = {**unknown, **dict(fields.get("extra") or {})}
    return fields | {"facets": facets} | told


def _rename(table: dict[str, Any]) -> None:
    """Give the keys of other programs our names."""
    for theirs, ours in _ALIASES.items():
        if isinstance(table.get(theirs), str | list) and not table.get(ours):
            table[ours] = table.pop(theirs)
    if isinstance(table.get("year"), str) and not re.fullmatch(r"-?\d{1,5}", table["year"]) and (parts := date_parts(table["year"])):
        table["csl"] = {**dict(table.get("csl") or {}), "issued": {"date-parts": [parts]}}
        table["year"] = str(parts[0])
    if isinstance(table.get("keywords"), str):
        table["keywords"] = [word.strip() for word in re.split(r"[;,]", table["keywords"]) if word.strip()]
    if isinstance(table.get("authors"), list):  # pandoc's `- name: Jane Doe`
        table["authors"] = [str(entry["name"]) if isinstance(entry, dict) and entry.get("name") else entry for entry in table["authors"]]


def _issued(year: Any, date: Any) -> Any:
    """The CSL date: the year, unless `date` is of that year and says more."""
    if not year:
        return date
    if not re.fullmatch(r"-?\d{1,5}", str(year)):
        raise ValueError(f"year {year!r} is not a number")
    match date:
        case {"date-parts": [[first, *_], *_]} if str(first) == str(year):
            return {key: _BOOLEAN.get(value, value) if key == "circa" else value for key, value in date.items()}
    return {"date-parts": [[int(year)]]}


def _read_body(body: str) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """(fields, what stands under headings that are none of ours) of the text below the front matter."""
    fields: dict[str, Any] = {}
    unknown: dict[str, list[str]] = {}
    for heading, text in _parts(body, _HEADING):
        name = _HEADINGS.get(heading)
        if name in ("findings", "limits"):
            fields[name] = [*fields.get(name, []), *_bullets(text)]
        elif name == "sections":
            parts = _parts(text, _SUBHEADING)
            fields["section_titles"] = [*fields.get("section_titles", []), *("" if title == _UNTITLED else title for title, _ in parts)]
            fields["sections"] = [*fields.get("sections", []), *(section for _, section in parts)]
        elif name:
            fields[name] = "\n\n".join(part for part in (fields.get(name), text) if part)
        elif text.strip():
            unknown.setdefault(heading or "text", []).append(text.strip())
    return fields, unknown


def _parts(text: str, heading: re.Pattern[str]) -> list[tuple[str, str]]:
    """The text cut at its headings, as (heading, text); what stands before the first one has the heading ""."""
    heads = list(heading.finditer(text))
    ends = [*(head.start() for head in heads), len(text)]
    before = text[: ends[0]].strip("\n")
    parts = [(head[1], text[head.end() : end].strip("\n")) for head, end in zip(heads, ends[1:], strict=True)]
    return [("", before), *parts] if before.strip() else parts


def _bullets(text: str) -> list[str]:
    items: list[str] = []
    for line in text.split("\n"):
        if line.startswith("- "):
            items.append(line[2:])
        elif line.startswith("  ") and items:
            items[-1] += "\n" + line[2:]
        elif line.strip():
            raise ValueError(f"a list line must begin with '- ': {line[:40]!r}")
    return items


def write(review: Review) -> str:
    """A record as Markdown. Text that the body could not carry unharmed goes into the front matter."""
    front = _front(review)
    body: list[str] = []
    for heading, name in _HEADINGS.items():
        value = getattr(review, name)
        if not value:
            continue
        block = _block(heading, name, value, review.section_titles)
        if _survives(name, value, review, block):
            body.append(block)
        else:
            front[name] = list(value) if name in LIST_FIELDS else value
            if name == "sections":
                front["section_titles"] = list(review.section_titles)
    text = yaml.dump(front, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6)
    return f"---\n{text}---\n\n" + "\n\n".join(body) + "\n"


def _survives(name: str, value: Any, review: Review, block: str) -> bool:
    """Whether reading the block gives back what it was made from."""
    if _RULE.search(block):
        return False
    expected = {name: list(value) if name in LIST_FIELDS else value}
    if name == "sections":
        expected["section_titles"] = list(review.section_titles)
    try:
        return _read_body(block) == (expected, {})
    except ValueError:
        return False


def _block(heading: str, name: str, value: Any, titles: tuple[str, ...]) -> str:
    if name in ("findings", "limits"):
        text = "\n".join("- " + item.replace("\n", "\n  ") for item in value)
    elif name == "sections":
        text = "\n\n".join(f"### {title or _UNTITLED}\n\n{section}" for title, section in zip(titles, value, strict=False))
    else:
        text = value
    return f"## {heading}\n\n{text}"


def _front(review: Review) -> dict[str, Any]:
    rest = dict(review.csl)
    rest.pop("title", None)
    front: dict[str, Any] = {"authors_partial": review.authors_partial or None}
    if all(set(author) <= {"family", "given"} for author in rest.get("author", [])):
        front = {"authors": [_name(name) for name in review.authors], **front}
        rest.pop("author", None)
    front["year"] = review.year
    if rest.get("issued") == {"date-parts": [[review.year]]}:
        rest.pop("issued")
    front["type"] = rest.pop("type", None) if rest.get("type") != "article-journal" else None
    for ours, theirs in _CSL_KEYS.items():
        front[ours] = rest.pop(theirs, None)
    front["status"] = review.status.value if review.status != "current" else None
    front["access"] = review.access if review.access != "open" else None
    front["notices"] = [notice.model_dump(exclude_none=True) for notice in review.notices]
    front["keywords"] = list(review.keywords)
    front |= {name: list(values) for name, values in review.facets.items() if name not in _TAKEN}
    front["facets"] = {name: list(values) for name, values in review.facets.items() if name in _TAKEN}
    front |= {"extra": review.extra, "alternatives": review.alternatives, "csl": {key: value for key, value in rest.items() if key != "type"}}
    head = {"id": review.id, "title": review.title} if review.id else {"title": review.title}  # the first key is one that `_split` knows
    return {key: value for key, value in {**head, **front}.items() if value not in (None, "", [], {}) or (key == "title" and not review.id)}


def _name(name: Name) -> dict[str, str]:
    return {"family": name.family, "given": name.given} if name.given else {"family": name.family}


__all__ = ["Draft", "parse", "write"]
