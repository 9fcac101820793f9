"""BibTeX and BibLaTeX, as tools and people write them: macros, doubled keys, missing commas and braces.

An entry that does not close ends where the next begins.

(bibtexparser 2.1 leaves macros with `#` unresolved and loses entries with a doubled field, a doubled comma or no key.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from corpus.importing import bibtex_fields
from corpus.importing.parsing import Parsed

_START = re.compile(r"@\s*([A-Za-z][\w-]*)\s*([{(])")
_SURE_START = re.compile(r"^\s*@\s*[A-Za-z][\w-]*\s*[{(]\s*(?:[^\s,{}()=\"']*\s*(?:,|$)|[\w-]+\s*=)")
_BRACES = re.compile(r"\\.|[{}]")
_PARENS = re.compile(r"\\.|[{}()]")
_KEY = re.compile(r"([^,={}\"]*)(?:,|$)")
_BARE_KEY = re.compile(r"\s*([^\s,={}\"]+)\s+(?=[A-Za-z][\w-]*\s*=\s*[{\"\d])")  # the comma after it forgotten
_NAME = re.compile(r"[\s,]*([^\s=,{}\"#()]+)\s*=\s*")
_NEXT = re.compile(r",\s*(?=[^\s=,{}\"#()]+\s*=)|\n[ \t]*(?=[^\s=,{}\"#()]+\s*=\s*[{\"\d])")
_WORD = re.compile(r"[^\s,#{}\"]+")
_QUOTE_OR_BRACE = re.compile(r"\\.|[{}\"]", re.DOTALL)
_AFTER_QUOTE = re.compile(r"\s*(?:[,#})]|$|\n\s*[\w-]+\s*=)")
_JOINT = re.compile(r"\s*#\s*")
_UNCLOSED = re.compile(r"\n[ \t]*[\w-]+[ \t]*=[ \t]*[{\"\d]")


@dataclass
class _Entry:
    kind: str
    opener: str
    line: int
    text: list[str] = field(default_factory=list)
    depth: int = 0
    started: bool = False


def parse(lines: Iterable[str]) -> Iterator[Parsed]:
    """Read every entry. `@string`, `@comment` and `@preamble` are none."""
    macros: dict[str, str] = {}
    record = 0
    for kind, line, body, raw in _entries(lines):
        if kind == "string":
            macros |= {name.lower(): value for name, value in _fields(body, macros)}
        elif kind not in ("comment", "preamble"):
            record += 1
            key, rest = _split_key(body)
            yield bibtex_fields.read(kind, key, _fields(rest, macros)).parsed(record, line, raw)


def _entries(lines: Iterable[str]) -> Iterator[tuple[str, int, str, str]]:
    """Yield (kind, line, what stands between the braces, raw)."""
    entry: _Entry | None = None
    for number, line in enumerate(lines, start=1):
        if entry is not None and _SURE_START.match(line) and entry.text:
            yield _finished(entry)
            entry = None
        rest = line
        while rest or entry is not None:
            if entry is None:
                start = _START.search(rest)
                if start is None:
                    break
                entry = _Entry(start[1].lower(), start[2], number)
                entry.text.append(start[0])
                rest = rest[start.end() :]
            end = _close(entry, rest)
            if end is None:
                entry.text.append(rest + "\n")
                break
            entry.text.append(rest[:end])
            yield _finished(entry)
            entry, rest = None, rest[end:]
    if entry is not None:
        yield _finished(entry)


def _close(entry: _Entry, text: str) -> int | None:
    """The place after the brace that closes the entry, or None; keeps count over lines."""
    for match in (_BRACES if entry.opener == "{" else _PARENS).finditer(text):
        sign = match[0]
        if sign == "{":
            entry.depth += 1
        elif sign == "}":
            if entry.depth == 0 and entry.opener == "{":
                return match.end()
            entry.depth = max(entry.depth - 1, 0)
        elif sign == ")" and entry.depth == 0:
            return match.end()
    return None


def _finished(entry: _Entry) -> tuple[str, int, str, str]:
    raw = "".join(entry.text).rstrip()
    body = raw[len(entry.text[0]) :].rstrip()
    return entry.kind, entry.line, body[:-1] if body.endswith(("}", ")")) else body, raw


def _split_key(body: str) -> tuple[str, str]:
    bare = _BARE_KEY.match(body)
    if bare:
        return bare[1], body[bare.end() :]
    found = _KEY.match(body)
    return (found[1].strip(), body[found.end() :]) if found else ("", body)


def _fields(text: str, macros: dict[str, str]) -> list[tuple[str, str]]:
    """(name in lower case, value) of every field, in order."""
    fields: list[tuple[str, str]] = []
    pairs = _pairs(text)
    at = 0
    while True:
        name = _NAME.match(text, at)
        if name is None:
            again = _NEXT.search(text, at)
            if again is None:
                return fields
            at = again.end()
            continue
        value, at = _value(text, name.end(), macros, pairs)
        fields.append((name[1].lower(), value))


def _value(text: str, at: int, macros: dict[str, str], pairs: dict[int, int]) -> tuple[str, int]:
    """A value whose parts may be joined by `#`, and the place after it."""
    parts: list[str] = []
    while True:
        sign = text[at : at + 1]
        if sign == "{":
            end = pairs[at] if at in pairs else _line_end(text, at)
            parts.append(text[at + 1 : end])
            at = end + 1
        elif sign == '"':
            end = _closing_quote(text, at + 1)
            parts.append(text[at + 1 : end])
            at = end + 1
        else:
            word = _WORD.match(text, at)
            if word is None:
                return "".join(parts), at
            parts.append(macros.get(word[0].lower(), word[0]))
            at = word.end()
        joint = _JOINT.match(text, at)
        if joint is None:
            return "".join(parts), at
        at = joint.end()


def _closing_quote(text: str, at: int) -> int:
    """The place of the quote that ends a value: outside braces, and with a field's end after it (people quote inside quotes)."""
    depth = 0
    for match in _QUOTE_OR_BRACE.finditer(text, at):
        depth += (match[0] == "{") - (match[0] == "}")
        if match[0] == '"' and depth <= 0 and _AFTER_QUOTE.match(text, match.end()):
            return match.start()
    return len(text)


def _pairs(text: str) -> dict[int, int]:
    """The place of the closing brace for each opening one."""
    pairs: dict[int, int] = {}
    open_ones: list[int] = []
    for match in _BRACES.finditer(text):
        if match[0] == "{":
            open_ones.append(match.start())
        elif match[0] == "}" and open_ones:
            pairs[open_ones.pop()] = match.start()
    return pairs


def _line_end(text: str, at: int) -> int:
    """Where a value ends whose brace is never closed: before the line of the next field."""
    unclosed = _UNCLOSED.search(text, at)
    return unclosed.start() if unclosed else len(text)
