"""JATS full text (.nxml of PubMed Central and publishers): sections kept apart under their titles, references, tables and figures left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from corpus.importing.gather import Item
from corpus.importing.parsing import Parsed
from corpus.importing.xml_records import read_each
from corpus.importing.xml_text import found, text_of

_LEFT_OUT = frozenset(
    """fig fig-group table-wrap table-wrap-group table graphic inline-graphic media supplementary-material ref-list fn fn-group label object-id
    related-article related-object alternatives-graphic""".split()
)
_BLOCKS = frozenset("list disp-quote boxed-text def-list verse-group speech statement disp-formula-group".split())
_CITED = re.compile(r"\s*[\[(][\s,;\u2010-\u2015-]*[\])]")
_NUMBERS = re.compile(r"[\s\d,;*\u2010-\u2015-]*")
_OTHER_WORDS = frozenset({"abbreviations", "abbr", "jel", "headers"})
_DATES = ("ppub", "collection", "pub", "epub-ppub", "epub", "epreprint", "preprint", "")


def parse(chunks: Iterable[str]) -> Iterator[Parsed]:
    """Read every article (a file usually is one)."""
    yield from read_each(chunks, ("article",), _read)


def _read(article: Element) -> Item:
    _drop_citations(article)
    item = Item("article" if article.get("article-type") == "preprint" else "article-journal")
    meta = article.find("front/article-meta")
    meta = article.find("front-stub") if meta is None else meta
    if meta is not None:
        _meta(item, meta)
    journal = article.find("front/journal-meta")
    if journal is not None:
        item.put("container-title", found(journal, ".//journal-title"))
        for kind in ("nlm-ta", "iso-abbrev"):
            item.put("container-title-short", found(journal, f"journal-id[@journal-id-type='{kind}']"))
        for issn in journal.findall("issn"):
            item.numbers(text_of(issn), "ISSN")
        item.put("publisher", found(journal, "publisher/publisher-name"))
        item.put("publisher-place", found(journal, "publisher/publisher-loc"))
    item.put("language", article.get("{http://www.w3.org/XML/1998/namespace}lang", "") or article.get("lang", ""))
    item.kinds(article.get("article-type", "").replace("-", " "))
    body = article.find("body")
    if body is not None:
        item.sections = list(_sections(body))
    return item


def _meta(item: Item, meta: Element) -> None:
    for identifier in meta.findall("article-id"):
        kind, value = identifier.get("pub-id-type", ""), text_of(identifier)
        if kind == "doi":
            item.doi(value)
        elif kind == "pmid":
            item.pmid(value)
        elif kind in ("pmc", "pmcid", "pmcaid"):
            item.pmcid(value if value.upper().startswith("PMC") else f"PMC{value}") if kind != "pmcaid" else item.keep(kind, value)
        else:
            item.keep(kind or "id", value)
    titles = [text_of(meta.find(f"title-group/{name}"), _LEFT_OUT | {"xref"}) for name in ("article-title", "subtitle")]
    item.put("title", ": ".join(title for title in titles if title))
    _people(item, meta)
    dates = {entry.get("pub-type") or entry.get("date-type") or "": entry for entry in reversed(meta.findall("pub-date"))}
    for kind in _DATES:
        if kind in dates and "issued" not in item.csl:
            parts = [found(dates[kind], part) for part in ("year", "month", "day")]
            item.date("-".join(part for part in parts if part) if parts[1].isdecimal() else " ".join(filter(None, parts)), tag="pub-date")
    if "epub" in dates:  # the year is the one it is cited by
        item.date(found(dates["epub"], "year"), key="available-date", tag="epub")
    item.put("volume", found(meta, "volume"))
    item.put("issue", found(meta, "issue"))
    item.pages(found(meta, "fpage") or found(meta, "elocation-id"), found(meta, "lpage"))
    for abstract in meta.findall("abstract"):
        text = "\n".join(_abstract(abstract))
        if abstract.get("abstract-type") in (None, "", "executive-summary", "structured", "section"):
            item.texts(text, "abstract")
        else:
            item.keep(f"abstract {abstract.get('abstract-type')}", text)
    for other in meta.findall("trans-abstract"):
        item.keep("trans-abstract", "\n".join(_abstract(other)))
    for group in meta.findall("kwd-group"):
        words = [text_of(word) for word in group.iter("kwd")]
        if (group.get("kwd-group-type") or "").lower() in _OTHER_WORDS:
            item.keep(group.get("kwd-group-type", ""), *words)
        else:
            item.keyword(*words)
    for subject in meta.iter("subject"):
        item.kinds(text_of(subject))
        item.keep("subject", text_of(subject))
    for licence in meta.findall("permissions/license"):
        item.keep("license", text_of(licence))
    item.keep("copyright", found(meta, "permissions/copyright-statement"))


def _people(item: Item, meta: Element) -> None:
    for contributor in (entry for group in meta.findall("contrib-group") for entry in group.iter("contrib")):
        role = {"author": "author", "": "author", "translator": "translator"}.get(contributor.get("contrib-type", ""))
        name = contributor.find("name")
        name = contributor.find("name-alternatives/name") if name is None else name
        name = contributor.find("string-name") if name is None else name
        body = text_of(contributor.find("collab"), ("contrib-group", "xref"))
        if name is not None:
            family, given = found(name, "surname"), found(name, "given-names")
            parts = {"family": family, "given": given, "suffix": found(name, "suffix")} if family else {"literal": given or text_of(name)}
            whole = {key: value for key, value in parts.items() if value}
        else:
            whole = {"literal": body} if body else {}
        if role:
            item.person(whole or None, role)
        elif whole:
            item.keep(contributor.get("contrib-type", ""), " ".join(whole[key] for key in ("given", "family", "literal") if key in whole))
    item.partial = item.partial or meta.find("contrib-group/etal") is not None


def _abstract(element: Element) -> Iterator[str]:
    """The paragraphs of an abstract, each led in by its section's title."""
    for child in element:
        if child.tag == "sec":
            title = found(child, "title").rstrip(":. ")
            paragraphs = [text for part in child if part.tag != "title" for text in _blocks(part)]
            if paragraphs:
                yield f"{title}: {paragraphs[0]}" if title else paragraphs[0]
                yield from paragraphs[1:]
        elif child.tag != "title":
            yield from _blocks(child)


def _sections(body: Element) -> Iterator[tuple[str, str]]:
    """(title, text) of each section of the first level; text outside them has no title."""
    loose: list[str] = []
    for child in body:
        if child.tag != "sec":
            loose += _blocks(child)
            continue
        if loose:
            yield "", "\n\n".join(loose)
            loose = []
        text = "\n\n".join(part for entry in child if entry.tag != "title" for part in _blocks(entry))
        label = " ".join(filter(None, (text_of(child.find("label")), text_of(child.find("title"), _LEFT_OUT - {"label"}))))
        if text:
            yield label, text
    if loose:
        yield "", "\n\n".join(loose)


def _blocks(element: Element) -> Iterator[str]:
    """The paragraphs of an element in reading order; titles of inner sections are paragraphs of their own."""
    if element.tag in _LEFT_OUT or not isinstance(element.tag, str):
        return
    if element.tag in ("sec", "list", "list-item", "boxed-text", "disp-quote", "def-list", "def-item", "statement", "speech", "verse-group", "app"):
        for child in element:
            yield from _blocks(child)
        return
    text = _tidy(text_of(element, _LEFT_OUT | _BLOCKS))
    if text:
        yield text
    for child in element:
        if child.tag in _BLOCKS:
            yield from _blocks(child)


def _drop_citations(article: Element) -> None:
    """Take out the numbers of references; a year that is a reference ("Doe, 2016") stays, it is part of the sentence."""
    for element in article.iter("xref"):
        text = "".join(element.itertext())
        if element.get("ref-type") == "bibr" and _NUMBERS.fullmatch(text) and not re.search(r"\d{4}", text):
            for child in list(element):
                element.remove(child)
            element.text = ""
    for element in article.iter("sup"):
        inner = "".join(element.itertext())
        if element.find("xref") is not None and not re.search(r"\w", inner):
            for child in list(element):
                element.remove(child)
            element.text = ""


def _tidy(text: str) -> str:
    return re.sub(r"\s+([.,;:])(?=\s|$)", r"\1", _CITED.sub("", text))
