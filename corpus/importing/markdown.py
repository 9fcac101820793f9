"""Records as Markdown with YAML front matter: one file a record, or a stream of them. Written and read back without loss."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from corpus.importing.parsing import Draft, Parsed, Rejected, build, make_csl
from corpus.review import LIST_FIELDS, Name, Review

_RULE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"^(#{2,3})[ \t]+(.+?)[ \t]*$", re.MULTILINE)
_HEADINGS = {"Summary": "summary", "Abstract": "abstract", "Findings": "findings", "Limits": "limits", "Full text": "sections"}
_CSL_KEYS = {
    "journal": "container-title", "doi": "DOI", "pmid": "PMID", "url": "URL", "volume": "volume", "issue": "issue", "pages": "page",
    "issn": "ISSN", "language": "language", "publisher": "publisher",
}  # fmt: skip
_OWN_KEYS = ("id", "status", "keywords", "access", "extra", "alternatives", "section_titles", "summary", "abstract", "findings", "limits", "sections")
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
            table = yaml.load(front, Loader=_Loader) or {}
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


def _split(text: str) -> Iterator[tuple[int, str, str, str]]:
    """Yield (line, front matter, body, raw). A rule opens a record only when a YAML mapping and a second rule follow it."""
    rules = [match for match in _RULE.finditer(text)]
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
    csl: dict[str, Any] = dict(table.pop("csl", {}) or {})
    csl["type"] = table.pop("type", None)
    csl["title"] = table.pop("title", None)
    if table.get("authors"):
        csl["author"] = [_author(author) for author in table["authors"]]
    year = table.pop("year", None)
    if year:
        if not re.fullmatch(r"-?\d{1,4}", str(year)):
            raise ValueError(f"year {year!r} is not a number")
        csl["issued"] = {"date-parts": [[int(year)]]}
    for ours, theirs in _CSL_KEYS.items():
        if table.get(ours):
            csl[theirs] = table.pop(ours)
    partial = _BOOLEAN[str(table.pop("authors_partial", "")).lower()]
    fields: dict[str, Any] = {"csl": make_csl(csl), "authors_partial": partial}
    table.pop("authors", None)
    fields |= {key: table.pop(key) for key in _OWN_KEYS if key in table}
    if table.get("notices"):
        fields["notices"] = tuple(table.pop("notices"))
    facets = dict(table.pop("facets", {}) or {})
    facets |= {key: value if isinstance(value, list) else [value] for key, value in table.items() if value}
    return fields | {"facets": facets} | _read_body(body)


def _author(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {key: text for key, text in value.items() if text}
    raise ValueError(f"author {value!r} needs `family:` and `given:`")


def _read_body(body: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    heads = list(_HEADING.finditer(body))
    titles: list[str] = []
    texts: list[str] = []
    name = ""
    for number, head in enumerate(heads):
        text = body[head.end() : heads[number + 1].start() if number + 1 < len(heads) else len(body)].strip("\n")
        if head[1] == "##":
            name = _HEADINGS.get(head[2], "")
            if name in ("findings", "limits"):
                fields[name] = _bullets(text)
            elif name in ("summary", "abstract"):
                fields[name] = text
        elif name == "sections":
            titles.append("" if head[2] == "(untitled)" else head[2])
            texts.append(text)
    return fields | ({"sections": texts, "section_titles": titles} if texts else {})


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
    if _RULE.search(block):
        return False
    try:
        back = _read_body(block)
    except ValueError:
        return False
    same = back.get(name) == (list(value) if name in LIST_FIELDS else value)
    return same and (name != "sections" or back.get("section_titles") == list(review.section_titles)) and set(back) <= {name, "section_titles"}


def _block(heading: str, name: str, value: Any, titles: tuple[str, ...]) -> str:
    if name in ("findings", "limits"):
        text = "\n".join("- " + item.replace("\n", "\n  ") for item in value)
    elif name == "sections":
        text = "\n\n".join(f"### {title or '(untitled)'}\n\n{section}" for title, section in zip(titles, value, strict=False))
    else:
        text = value
    return f"## {heading}\n\n{text}"


def _front(review: Review) -> dict[str, Any]:
    front: dict[str, Any] = {"id": review.id} if review.id else {}
    front |= {"title": review.title}
    simple = all(set(author) <= {"family", "given"} for author in review.csl.get("author", []))
    if review.authors and simple:
        front["authors"] = [_name(name) for name in review.authors]
    if review.authors_partial:
        front["authors_partial"] = True
    front["year"] = review.year
    rest = dict(review.csl)
    rest.pop("title", None)
    if simple:
        rest.pop("author", None)
    if rest.get("issued") == {"date-parts": [[review.year]]}:
        rest.pop("issued")
    if rest.get("type") == "article-journal":
        rest.pop("type")
    for ours, theirs in _CSL_KEYS.items():
        if isinstance(rest.get(theirs), str):
            front[ours] = rest.pop(theirs)
    front["status"] = review.status.value if review.status != "current" else None
    front["access"] = review.access if review.access != "open" else None
    front["notices"] = [notice.model_dump(exclude_none=True) for notice in review.notices]
    front["keywords"] = list(review.keywords)
    own = {*_OWN_KEYS, *_CSL_KEYS, *front, "facets", "csl", "type"}
    front |= {name: list(values) for name, values in review.facets.items() if name not in own}
    front["facets"] = {name: list(values) for name, values in review.facets.items() if name in own}
    front |= {"extra": review.extra, "alternatives": review.alternatives, "csl": rest}
    return {key: value for key, value in front.items() if value not in (None, "", [], {})}


def _name(name: Name) -> dict[str, str]:
    return {"family": name.family, "given": name.given} if name.given else {"family": name.family}


__all__ = ["Draft", "parse", "write"]
