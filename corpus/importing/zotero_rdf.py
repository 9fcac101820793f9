"""Zotero RDF: items, the journals and notes they point to, attachments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from corpus.importing.fields import Named, assemble
from corpus.importing.gather import Item
from corpus.importing.item_types import from_name
from corpus.importing.parsing import Parsed, Rejected
from corpus.importing.xml_records import clean
from corpus.importing.xml_text import lines_of

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ROLES = {
    "authors": "author", "editors": "editor", "seriesEditors": "collection-editor", "translators": "translator",
    "contributors": "contributor", "presenters": "author", "directors": "director", "inventors": "author", "artists": "author",
    "programmers": "author", "composers": "composer", "performers": "performer", "interviewers": "interviewer", "recipients": "recipient",
    "bookAuthors": "container-author", "podcasters": "author", "reviewedAuthors": "reviewed-author", "sponsors": "author",
    "cartographers": "author",
}  # fmt: skip
_NAMES = {
    "title": "title", "abstract": "abstract", "date": "year", "pages": "pages", "language": "language", "shortTitle": "short-title",
    "volume": "volume", "number": "issue", "edition": "edition", "libraryCatalog": "database", "rights": "rights",
    "numberOfVolumes": "volumes", "numPages": "", "type": "type-of-work", "callNumber": "call-number", "dateSubmitted": "accessed",
    "description": "note", "value": "", "section": "",
}  # fmt: skip
_KINDS = {
    "Article": "journalArticle", "Book": "book", "BookSection": "bookSection", "Thesis": "thesis", "Report": "report", "Patent": "patent",
    "Document": "document", "Manuscript": "manuscript", "Letter": "letter", "Image": "artwork", "Illustration": "artwork", "Data": "dataset",
    "Recording": "audioRecording", "MotionPicture": "film", "ConferenceProceedings": "conferencePaper",
}  # fmt: skip
_ASIDE = frozenset({"Memo", "Attachment", "Collection", "Journal", "Series", "Person", "Organization", "Subject", "AutomaticTag", "URI", "Address"})


def parse(text: str) -> Iterator[Parsed]:
    """Read every item. Notes, tags and file paths are kept with the item they belong to."""
    try:
        root: Element = defusedxml.ElementTree.fromstring(clean(text))
    except DefusedXmlException:
        yield Rejected(0, 1, "the file declares XML entities, which are refused")
        return
    except (ParseError, ValueError, RecursionError) as error:
        line = error.position[0] if isinstance(error, ParseError) else 1
        yield Rejected(0, line, f"the file is not well-formed XML: {str(error).split(':')[0]}")
        return
    nodes = {node.get(f"{_RDF}about") or f"#{node.get(f'{_RDF}ID')}": node for node in root}
    places = _lines(text)
    number = 0
    for node in root:
        if not isinstance(node.tag, str) or not _is_item(node):
            continue
        number += 1
        about = node.get(f"{_RDF}about", "")
        line, raw = places.get(about, (1, ""))
        try:
            yield _read(node, nodes).parsed(number, line, raw)
        except (RecursionError, ValueError, TypeError) as error:
            yield Rejected(number, line, f"the item cannot be read: {error}")


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _is_item(node: Element) -> bool:
    """Whether a node stands for a work, not for a journal, note, file or folder that a work points to."""
    told = next((child.text or "" for child in node if _local(child.tag) == "itemType"), "")
    if told:
        return told not in ("attachment", "note")
    return _local(node.tag) not in _ASIDE and any(_local(child.tag) == "title" for child in node)


def _lines(text: str) -> dict[str, tuple[int, str]]:
    """Line and source text by the address of each top node."""
    places: dict[str, tuple[int, str]] = {}
    starts = list(re.finditer(r"<([\w-]+:[\w-]+)\s[^<>]*?rdf:about\s*=\s*[\"']([^\"'<>]*)[\"']", text))
    line, at = 1, 0
    for start in starts:
        line += text.count("\n", at, start.start())
        at = start.start()
        end = text.find(f"</{start[1]}>", start.end())
        raw = text[start.start() : end + len(start[1]) + 3] if end >= 0 else start[0]
        places.setdefault(start[2].replace("&amp;", "&"), (line, raw))
    return places


def _read(node: Element, nodes: dict[str, Element]) -> Item:
    told = next((child.text or "" for child in node if _local(child.tag) == "itemType"), "") or _KINDS.get(_local(node.tag), "")
    kind = from_name(told)
    named: list[Named] = []
    people: list[tuple[str, dict[str, str]]] = []
    for child in node:
        _property(child, nodes, named, people)
    if kind in ("report", "patent", "bill", "thesis"):
        named = [entry._replace(name="number") if entry.name == "issue" else entry for entry in named]
    item = assemble(kind, named)
    for role, name in people:
        item.person(name, role)
    if told.lower() == "preprint":
        item.kinds("preprint")
    return item


def _property(child: Element, nodes: dict[str, Element], named: list[Named], people: list[tuple[str, dict[str, str]]]) -> None:
    tag = _local(child.tag)
    if tag in _ROLES:
        people += [(_ROLES[tag], name) for person in child.iter() if _local(person.tag) == "Person" and (name := _name(person))]
    elif tag in ("isPartOf", "presentedAt"):
        target = next(iter(child), None)
        target = target if target is not None else nodes.get(child.get(f"{_RDF}resource", ""))
        if target is not None:
            named += _container(target, tag, nodes, people)
    elif tag == "identifier":
        named += _identifier(child)
    elif tag == "subject":
        named.append(Named("keyword", tag, _deep(child)))
    elif tag == "publisher":
        for part in child.iter():
            if _local(part.tag) in ("name", "locality"):
                named.append(Named("publisher" if _local(part.tag) == "name" else "place", tag, part.text or ""))
    elif tag == "link":
        target = nodes.get(child.get(f"{_RDF}resource", ""))
        if target is not None:
            named.append(Named("", "attachment", " ".join([_path(target), *(entry.text or "" for entry in target if _local(entry.tag) == "title")])))
    elif tag == "isReferencedBy":
        target = nodes.get(child.get(f"{_RDF}resource", ""))
        if target is not None:
            named.append(Named("note", "note", "".join(target.itertext()).strip()))
    elif tag != "itemType":
        named.append(Named(_NAMES.get(tag, ""), tag, lines_of(child) if len(child) == 0 else _deep(child)))


def _container(target: Element, tag: str, nodes: dict[str, Element], people: list[tuple[str, dict[str, str]]]) -> Iterator[Named]:
    for child in target:
        name = _local(child.tag)
        if name == "title":
            serial = _local(target.tag) == "Series"
            yield Named("event" if tag == "presentedAt" else "series" if serial else "journal", name, lines_of(child))
        elif name == "alternative":
            yield Named("journal-short", name, lines_of(child))
        elif name == "identifier":
            if _local(target.tag) == "Series":
                yield Named("series-number", name, _deep(child))
            else:
                yield from _identifier(child)
        elif name in ("volume", "number"):
            yield Named(_NAMES[name], name, lines_of(child))
        elif name in ("isPartOf", "authors", "editors"):
            inner: list[Named] = []
            _property(child, nodes, inner, people)
            yield from inner
        elif name != "itemType":
            yield Named("", name, _deep(child))


def _identifier(child: Element) -> Iterator[Named]:
    text = _deep(child)
    address = any(_local(part.tag) == "URI" for part in child.iter())
    match = re.match(r"(DOI|ISSN|ISBN)\s+(.*)", text, re.DOTALL)
    if match:
        yield Named("doi" if match[1] == "DOI" else "serial", match[1], match[2])
    else:
        yield Named("url" if address or text.startswith("http") else "", "identifier", text)


def _deep(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _path(target: Element) -> str:
    return next((entry.get(f"{_RDF}resource", "") for entry in target if _local(entry.tag) == "resource"), target.get(f"{_RDF}about", ""))


def _name(person: Element) -> dict[str, str]:
    parts = {_local(part.tag).lower(): (part.text or "").strip() for part in person}
    family, given = parts.get("surname", ""), parts.get("givenname", "") or parts.get("firstname", "")
    if family and not given:
        return {"literal": family}
    return {key: value for key, value in (("family", family), ("given", given)) if value}
