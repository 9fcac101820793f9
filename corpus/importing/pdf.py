"""PDF full text by its text layer. A scanned PDF has none and is refused."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

from corpus.importing.document import Document
from corpus.importing.gather import Item
from corpus.importing.names import read_names, split_people
from corpus.importing.parsing import Parsed, Rejected

_MOST_PAGES = 1500
_ENOUGH = 30  # characters of text a page below which the text layer is a stamp at most
_HEADINGS = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})*\.?\s+)?"
    r"(abstract|summary|introduction|background|(?:materials? and |patients and )?methods?|methods and materials|methodology|"
    r"results|findings|results and discussion|discussion|limitations|(?:discussion and )?conclusions?|concluding remarks|references|bibliography|"
    r"acknowledge?ments?|funding|literature cited|works cited)\s*[:.]?$",
    re.IGNORECASE,
)
_END = frozenset({"references", "bibliography", "literature cited", "works cited"})
_ASIDE = frozenset({"acknowledgements", "acknowledgments", "acknowledgement", "acknowledgment", "funding"})
_DOI = re.compile(r"\b(?:doi\.org/|doi:?\s*)(10\.\d{4,9}/[^\s\"<>]+)", re.IGNORECASE)
_FURNITURE = re.compile(r"@|doi|https?:|©|\bvol\b|issn|^[\W\d]*$|(?:\. ){4}", re.IGNORECASE)
_NO_TITLE = re.compile(r"^(?:untitled|microsoft word|title|doi:|pii:|.*\.(?:docx?|pdf|tex|indd|qxd|dvi)$|[\W\d_]*$)", re.IGNORECASE)


def parse(document: Document) -> Iterator[Parsed]:
    """Read the one record of a PDF: title, authors and DOI as far as they can be told, and the text by its headings."""
    import pypdf
    import pypdf.errors

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns of every flaw that it mends
    try:
        reader = pypdf.PdfReader(io.BytesIO(document.data()))
        if reader.is_encrypted and not reader.decrypt(""):
            yield Rejected(1, 1, "the PDF is locked by a password")
            return
        pages = [reader.pages[at].extract_text() or "" for at in range(min(len(reader.pages), _MOST_PAGES))]
        about = {str(key): str(value) for key, value in (reader.metadata or {}).items()}
    except pypdf.errors.DependencyError:
        yield Rejected(1, 1, "the PDF is locked by an encryption that is not read here (AES): save it unlocked")
        return
    except Exception as error:  # pypdf raises whatever the damage leads to, from KeyError to RecursionError
        yield Rejected(1, 1, f"the PDF cannot be read: {type(error).__name__}: {str(error)[:100]}")
        return
    if sum(len(re.sub(r"\W", "", page)) for page in pages) < _ENOUGH * max(len(pages), 1):
        yield Rejected(1, 1, f"the PDF has no text layer ({len(pages)} pages, scanned?): run OCR on it first")
        return
    yield _item(pages, about).parsed(1, 1, "")


def _item(pages: list[str], about: dict[str, Any]) -> Item:
    item = Item("article-journal")
    lines = _body_lines(pages)
    title = about.get("/Title", "").strip()
    if len(title) < 8 or _NO_TITLE.match(title):
        title = _first_title(lines)
    item.put("title", title)
    names, item.partial = read_names(split_people(about.get("/Author", "")))
    for name in names:
        item.person(name)
    doi = _DOI.search(" ".join([about.get("/Subject", ""), about.get("/doi", ""), about.get("/WPS-ARTICLEDOI", ""), *pages[:2]]))
    if doi:
        item.doi(doi[1])
    item.keyword(*re.split(r"[;,]", about.get("/Keywords", "")))
    for heading, text in _sections(lines):
        if heading.lower() in ("abstract", "summary") and not item.abstract:
            item.texts(text, "abstract")
        elif heading.lower() not in _ASIDE:
            item.sections.append((heading, text))
    return item


def _body_lines(pages: list[str]) -> list[str]:
    """The lines without running heads, feet and page numbers; words broken at a line's end are joined."""
    count: dict[str, int] = {}
    for page in pages:
        for line in {re.sub(r"\d+", "#", line.strip()) for line in page.split("\n")}:
            count[line] = count.get(line, 0) + 1
    often = {line for line, times in count.items() if times > max(2, len(pages) // 2) and len(line) < 150}
    kept = [line.strip() for page in pages for line in page.split("\n") if line.strip() and re.sub(r"\d+", "#", line.strip()) not in often]
    return [line for line in kept if not re.fullmatch(r"\d{1,4}", line)]


def _first_title(lines: list[str]) -> str:
    """The first lines that read like a title, for a PDF that does not name its own."""
    start = next((at for at, line in enumerate(lines[:30]) if len(line) > 15 and " " in line and not _FURNITURE.search(line)), None)
    if start is None:
        return ""
    title = lines[start]
    for line in lines[start + 1 : start + 3]:
        if title.endswith((".", "?", "!")) or not re.match(r"[a-z(]", line):
            break
        title += f" {line}"
    return title[:300]


def _sections(lines: list[str]) -> Iterator[tuple[str, str]]:
    """(heading, text) until the references."""
    heading, held = "", list[str]()
    for line in lines:
        found = _HEADINGS.match(line)
        if found:
            if held:
                yield heading, _joined(held)
            heading, held = found[1].capitalize() if found[1].isupper() else found[1], []
            if heading.lower() in _END:
                return
        else:
            held.append(line)
    if held:
        yield heading, _joined(held)


def _joined(lines: list[str]) -> str:
    """Lines as paragraphs: a short line that ends a sentence ends one."""
    width = sorted(map(len, lines))[len(lines) * 3 // 4]
    parts = [""]
    for line in lines:
        if parts[-1].endswith("-") and re.match(r"[a-z]", line) and re.search(r"[a-z]-$", parts[-1]):
            parts[-1] = parts[-1][:-1] + line
        else:
            parts[-1] = f"{parts[-1]} {line}".strip()
        if line.endswith((".", "?", "!")) and len(line) < 0.75 * width:
            parts.append("")
    return "\n\n".join(part for part in parts if part)
