"""Files of tagged lines (RIS, ENW, nbib, Web of Science, Ovid, RefWorks): cut into records and fields, whatever stands between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Field(NamedTuple):
    """A tag and its value; the value's lines are those of the file."""

    tag: str
    value: str


@dataclass
class Record:
    """A record as it is read, with the line it begins on. `gap` = a blank line has come since the last field's text."""

    number: int
    line: int
    gap: bool = False
    tags: set[str] = field(default_factory=set)
    _parts: list[tuple[str, list[str]]] = field(default_factory=list)
    _source: list[str] = field(default_factory=list)

    @property
    def fields(self) -> list[Field]:
        """The fields in order."""
        return [Field(tag, "\n".join(lines)) for tag, lines in self._parts]

    @property
    def last_tag(self) -> str:
        """The tag of the field read last."""
        return self._parts[-1][0] if self._parts else ""

    @property
    def raw(self) -> str:
        """The record as it stands in the file."""
        return "\n".join(self._source).rstrip("\n")

    def add(self, found: Field, line: str, *, closing: bool = False) -> None:
        """Take a field, or the tag that closes the record."""
        self.gap = False
        self._source.append(line)
        if not closing:
            self.tags.add(found.tag)
            self._parts.append((found.tag, [found.value]))

    def extend(self, lines: list[str]) -> None:
        """Take lines of text as the rest of the last field; blank ones at the end say nothing."""
        end = len(lines)
        while end and not lines[end - 1].strip():
            end -= 1
        if self._parts:
            self._parts[-1][1].extend(line.rstrip() for line in lines[:end])
            self._source.extend(lines[:end])


@dataclass(frozen=True)
class Dialect:
    """How a format marks fields and records.

    `match` reads a line as tag and value, or says that it is text; `starts` says whether a tag may begin a record where there is none; `opens`
    whether it ends the record before it and begins the next; `closing` are tags that end one; `divider` says whether a line that is no field
    ends the record before it (a heading between records).
    """

    match: Callable[[str, Record | None], Field | None]
    opens: Callable[[str, Record], bool]
    starts: Callable[[str], bool] = lambda _tag: True
    closing: frozenset[str] = frozenset()
    divider: Callable[[str], bool] = lambda _line: False


def read_records(lines: Iterable[str], dialect: Dialect) -> Iterator[Record]:
    """Yield every record. Text before the first record and after a closed one belongs to none; stray fields after a closed one belong to it.

    Text after a blank line belongs to the field above it only when more of the same record follows; otherwise it is the next record's heading.
    """
    record: Record | None = None
    closed: Record | None = None
    waiting: list[str] = []
    number = 0
    for at, line in enumerate(lines, start=1):
        found = dialect.match(line, record)
        if found is None:
            if dialect.divider(line):
                yield from (one for one in (closed, record) if one)
                record, closed, waiting = None, None, []
            elif record is not None:
                _take_text(record, waiting, line)
            continue
        closing = found.tag in dialect.closing
        if record is not None and not closing and dialect.opens(found.tag, record):
            yield record
            record, waiting = None, []
        if record is None:
            if closing or not dialect.starts(found.tag):
                if closed is not None and not closing:
                    closed.add(found, line)
                continue
            if closed is not None:
                yield closed
                closed = None
            number += 1
            record = Record(number, at)
        record.extend(waiting)
        waiting = []
        record.add(found, line, closing=closing)
        if closing:
            record, closed = None, record
    yield from (one for one in (closed, record) if one)


def _take_text(record: Record, waiting: list[str], line: str) -> None:
    if not line.strip():
        record.gap = True
        waiting.append("")
    elif waiting:
        waiting.append(line)
    else:
        record.extend([line])


def flow(value: str) -> str:
    """A value's lines as one."""
    return " ".join(line.strip() for line in value.split("\n") if line.strip())


def paragraphs(value: str) -> str:
    """A value's lines as paragraphs; where all lines after the first are set in, they are one paragraph broken for width."""
    first, *rest = value.split("\n")
    if rest and all(line.startswith((" ", "\t")) for line in rest):
        return flow(value)
    return "\n".join(line.strip() for line in [first, *rest]).strip()
