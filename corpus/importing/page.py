"""The page of one review, saved from a web database as text or HTML: title, summary, "Abstract:", "Authors:", topics, characteristics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from corpus.importing.names import read_names, split_people
from corpus.importing.parsing import Parsed, Rejected, build, find_year, issued, make_csl

_ABSTRACT = re.compile(r"^\s*Abstract\s*:\s*", re.IGNORECASE)
_AUTHORS = re.compile(r"^\s*Authors?\s*:\s*", re.IGNORECASE)
_TOPICS = re.compile(r"^\s*Topics studied\s*:?\s*", re.IGNORECASE)
_CHARACTERISTICS = re.compile(r"^\s*Study characteristics\s*:?\s*", re.IGNORECASE)
_FURNITURE = re.compile(
    r"^\s*(inline feedbacks|view all comments|become a |make an account|with a free |weekly newsletter|unlimited access|add \(private\)|study details"
    r"|[\W_]*(weekly newsletter|unlimited access|add \(private\))|find this paper|linked research|cite this|share|home\b|menu\b|log ?in\b|subscribe)",
    re.IGNORECASE,
)


def looks_like_page(text: str) -> bool:
    """Whether a text has the marks of such a page."""
    lines = _lines(text)
    return any(_ABSTRACT.match(line) for line in lines) and any(_AUTHORS.match(line) for line in lines)


def parse(text: str) -> Iterator[Parsed]:
    """Read the one record of a page."""
    lines = _lines(text)
    abstract_at = next((i for i, line in enumerate(lines) if _ABSTRACT.match(line)), None)
    authors_at = next((i for i, line in enumerate(lines) if _AUTHORS.match(line)), None)
    head = [line for line in lines[: abstract_at if abstract_at is not None else authors_at] if not _FURNITURE.match(line)]
    if not head or abstract_at is None:
        yield Rejected(1, 1, "the page has no title before its abstract")
        return
    title, summary = head[0], "\n\n".join(head[1:])
    end = next((i for i in range(abstract_at + 1, len(lines)) if _stops(lines[i])), len(lines))
    abstract = "\n\n".join([_ABSTRACT.sub("", lines[abstract_at]), *lines[abstract_at + 1 : end]]).strip(" “”\"'\n")
    authors = _AUTHORS.sub("", lines[authors_at]) if authors_at is not None else ""
    names, partial = read_names(split_people(authors))
    year = find_year(" ".join(re.findall(r"\((\d{4})\)", summary))) or find_year(title)
    listed = {"topics": _after(lines, _TOPICS), "characteristics": _after(lines, _CHARACTERISTICS)}
    csl = make_csl({"title": title, "author": names, "issued": issued(year)})
    yield build(1, 1, text, csl=csl, summary=summary, abstract=abstract, authors_partial=partial, listed=listed)


def _stops(line: str) -> bool:
    return any(pattern.match(line) for pattern in (_AUTHORS, _TOPICS, _CHARACTERISTICS, _FURNITURE))


def _after(lines: list[str], heading: re.Pattern[str]) -> str:
    """What stands after a heading, on its line and the next ones: values, run together or one a line."""
    at = next((i for i, line in enumerate(lines) if heading.match(line)), None)
    if at is None:
        return ""
    block = [heading.sub("", lines[at])]
    for line in lines[at + 1 :]:
        if _stops(line):
            break
        block.append(line)
    return "\n".join(block)


def _lines(text: str) -> list[str]:
    if re.search(r"<(html|body|div|p|h1)\b", text[:5000], re.IGNORECASE):
        stripper = _Text()
        stripper.feed(text)
        text = "".join(stripper.parts)
    return [line.strip() for line in text.split("\n") if line.strip()]


class _Text(HTMLParser):
    """The visible text of a page, a block element a line."""

    _BLOCKS = frozenset("p div h1 h2 h3 h4 h5 li ul ol br tr td section article header footer nav main".split())
    _HIDDEN = frozenset("script style head noscript template svg".split())

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = 0 if tag == "body" else self._hidden + (tag in self._HIDDEN)  # a head may go without its end tag
        if tag in self._BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in self._HIDDEN and self._hidden > 0
        if tag in self._BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data) if data.strip() else " ")
