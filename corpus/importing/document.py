"""A file as parsers see it: its bytes, its text in chunks, by lines or whole, decoded as it is read and never held longer than wanted."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from corpus.importing.decoding import Encoding, detect_encoding
from corpus.importing.table_columns import NOTHING

_HEAD = 1 << 18  # characters that are enough to tell a format
_CHUNK = 1 << 20


class Document:
    """The content of one file, read as often as wanted. Line ends are LF, whatever the file has."""

    def __init__(self, source: Path | bytes, columns: Mapping[str, str] = NOTHING) -> None:
        """`columns`: what the user says of a table's columns. Raises OSError, on first reading, where a path cannot be read."""
        self._source = source
        self.columns = columns

    @classmethod
    def of_text(cls, text: str) -> Document:
        """A document that holds `text`."""
        return cls(text.encode("utf-8", errors="replace"))

    @cached_property
    def encoding(self) -> Encoding:
        """The encoding it is read in."""
        with self.open() as stream:
            return detect_encoding(stream)

    @cached_property
    def head(self) -> str:
        """The beginning of the text, enough to tell the format."""
        return next(self.chunks(_HEAD), "")

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes as a seekable stream."""
        with io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source.open("rb") as stream:
            yield stream

    @contextmanager
    def _reading(self) -> Iterator[io.TextIOWrapper]:
        encoding = self.encoding
        with self.open() as stream, io.TextIOWrapper(stream, encoding=encoding.codec, errors=encoding.errors, newline=None) as wrapper:
            yield wrapper

    def chunks(self, size: int = _CHUNK) -> Iterator[str]:
        """The text in pieces of at most `size` characters."""
        with self._reading() as wrapper:
            while piece := wrapper.read(size):
                yield piece

    def lines(self) -> Iterator[str]:
        """The text by lines, without their ends."""
        with self._reading() as wrapper:
            for line in wrapper:
                yield line[:-1] if line.endswith("\n") else line

    def text(self) -> str:
        """The whole text."""
        with self._reading() as wrapper:
            return wrapper.read()

    def data(self) -> bytes:
        """The bytes."""
        return self._source if isinstance(self._source, bytes) else self._source.read_bytes()
