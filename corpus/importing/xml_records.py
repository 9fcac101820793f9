"""XML by records: each is cut out of the text and parsed by itself, so that a broken one harms no other and a large file is never held whole.

Nothing outside the file is fetched, and a file that declares entities is refused.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from corpus.importing.gather import Item
from corpus.importing.parsing import Parsed, Rejected

_ENTITY = re.compile(r"<!ENTITY\b")
_NAMED = re.compile(r"&(?:(#[xX]?[0-9a-fA-F]+);|(\w+);|(?=.|\n|$))")
_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*[\"']", re.ASCII)
_LIMIT = 20_000_000  # characters of one record; beyond that something else is the matter


class Fragment(NamedTuple):
    """One record's text, the line it begins on, and whether its end was found."""

    number: int
    line: int
    text: str
    closed: bool


def read_each(chunks: Iterable[str], tags: tuple[str, ...], read: Callable[[Element], Item]) -> Iterator[Parsed]:
    """Yield what `read` makes of every element named by one of `tags` (outermost ones, any prefix)."""
    cut: Rejected | None = None  # the first record, if it does not end: where no other follows, it is the file that is wrong
    try:
        for fragment in fragments(chunks, tags):
            if cut:
                yield cut
                cut = None
            try:
                item = read(parse(fragment.text))
            except ParseError as error:
                reason = str(error).split(":")[0] if fragment.closed else "it is cut off"
                rejected = Rejected(fragment.number, fragment.line, f"the record is not well-formed XML: {reason}")
                if fragment.number == 1 and not fragment.closed:
                    cut = rejected
                else:
                    yield rejected
                continue
            except (RecursionError, ValueError) as error:
                yield Rejected(fragment.number, fragment.line, f"the record cannot be read: {error}")
                continue
            yield item.parsed(fragment.number, fragment.line, fragment.text)
        if cut:
            yield Rejected(0, cut.line, f"the file is not well-formed XML: <{tags[0]}> does not end")
    except DefusedXmlException:
        yield Rejected(0, 1, "the file declares XML entities, which are refused")


def fragments(chunks: Iterable[str], tags: tuple[str, ...]) -> Iterator[Fragment]:
    """Yield the text of every such element. Raises DefusedXmlException where entities are declared before the first."""
    names = "|".join(map(re.escape, tags))
    opening = re.compile(rf"<(?:[\w.-]+:)?({names})(?=[\s/>])")
    source = iter(chunks)
    text, line, number = "", 1, 0
    while True:
        start = opening.search(text)
        if start is None:
            _refuse_entities(text if number == 0 else "")
            keep = max(text.rfind("<"), 0) if number else 0
            more = next(source, None)
            if more is None or len(text) - keep > _LIMIT:
                return
            line += text.count("\n", 0, keep)
            text = text[keep:] + more
            continue
        if number == 0:
            _refuse_entities(text[: start.start()])
        line += text.count("\n", 0, start.start())
        text = text[start.start() :]
        number += 1
        text, end, closed = _end(text, start[1], source)
        yield Fragment(number, line, text[:end], closed)
        line += text.count("\n", 0, end)
        text = text[end:]


def _end(text: str, name: str, source: Iterator[str]) -> tuple[str, int, bool]:
    """(text with as much more as was needed, where the element that it begins with ends, whether it does)."""
    limit = re.compile(rf"</(?:[\w.-]+:)?{re.escape(name)}\s*>|<(?:[\w.-]+:)?{re.escape(name)}(?=[\s/>])|(?<=/)>")
    first_end = text.find(">")
    at = 1
    while True:
        for found in limit.finditer(text, at):
            if found[0] == ">":
                if found.start() == first_end:
                    return text, found.end(), True
            elif found[0].startswith("</"):
                return text, found.end(), True
            else:
                return text, found.start(), False
        more = next(source, None)
        if more is None or len(text) > _LIMIT:
            return text, len(text), False
        at = max(len(text) - len(name) - 50, 1)
        text += more
        first_end = text.find(">", 0, 100_000) if first_end < 0 else first_end


def _refuse_entities(prolog: str) -> None:
    if _ENTITY.search(prolog):
        raise DefusedXmlException("entities")


def parse(text: str) -> Element:
    """The element of a text, with names stripped of their prefixes. Raises ParseError."""
    text = clean(text)
    declared = {"xml", "xmlns", *re.findall(r"xmlns:([\w.-]+)\s*=", text)}
    missing = {tag or attribute for tag, attribute in _PREFIX.findall(text)} - declared
    prefixes = "".join(f' xmlns:{prefix}="{prefix}"' for prefix in sorted(missing))
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    root: Element = defusedxml.ElementTree.fromstring(f"<r{prefixes}>{text}</r>")
    for element in root.iter():
        if isinstance(element.tag, str) and "}" in element.tag:
            element.tag = element.tag.rsplit("}", 1)[1]
    return root[0] if len(root) == 1 else root


def clean(text: str) -> str:
    """XML text with what a strict parser stumbles over mended: HTML's names, a lone `&`, characters that XML cannot hold."""
    return _NOT_XML.sub("", _NAMED.sub(_character, _without_cdata(text)))


def _without_cdata(text: str) -> str:
    """The text with its literal parts escaped instead."""
    parts: list[str] = []
    at = 0
    while (start := text.find("<![CDATA[", at)) >= 0 and (end := text.find("]]>", start)) >= 0:
        parts += [text[at:start], html.escape(text[start + 9 : end], quote=False)]
        at = end + 3
    return "".join([*parts, text[at:]]) if parts else text


def _character(match: re.Match[str]) -> str:
    """What a reference stands for: HTML's names are undone, characters that XML cannot hold are left out, a lone `&` is one."""
    number, name = match[1], match[2]
    if number:
        code = int(number[2:], 16) if number[1] in "xX" else int(number[1:]) if number[1:].isdecimal() else -1
        return match[0] if 0 <= code <= 0x10FFFF and not _NOT_XML.match(chr(code)) else ""
    if name and name not in _OWN:
        return html.escape(html.unescape(f"&{name};"), quote=False)
    return match[0] if name else "&amp;"
