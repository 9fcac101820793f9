"""Where sentences begin and end. The segmenter is sentencex (Wikimedia); what it does to biomedical text is mended here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import sentencex

#: Part of every IndexSpec: raise it whenever the same text would be split in another way.
VERSION = "sentencex-2"

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_SPACE = re.compile(r"\s*")
_BLOCK = 10_000  # characters
#: Closing marks right behind a full stop belong to the sentence before them.
_CLOSERS = re.compile(r"[)\]}”’»\"']+(?=\s|$)")
_ABBREVIATIONS = "approx|ca|cf|vs|resp|incl|viz|Figs?|Eqs?|Refs?|Nos?|Suppl"
_NEVER_ENDS = re.compile(rf"(?:^|[\s(\[])(?:{_ABBREVIATIONS})\.$")
_MAY_END = r"Tab|al|p\.o|i\.v|i\.m|s\.c|i\.p|b\.i\.d|t\.i\.d|max|min|avg|diff|est|[Vv]ol|eds?|Sect|Chap|spp?|subsp|var"
_OPEN_ABBREVIATION = re.compile(rf"(?:^|[\s(\[])(?:{_MAY_END})\.$")
_CONTINUES = re.compile(r"[a-z0-9(\[=<>≤≥±,;]")


@lru_cache(maxsize=4096)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of each sentence, in code points, without the white space around it.

    Spans are in order, do not overlap, and together hold every character of `text` that is not white space. None crosses an empty line.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for gap in [*_PARAGRAPH.finditer(text), None]:
        end = gap.start() if gap else len(text)
        spans.extend((start + first, start + last) for first, last in _paragraph_spans(text[start:end]))
        start = gap.end() if gap else end
    return tuple(spans)


def _paragraph_spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    at = 0
    for end in _sentence_ends(text) if text.strip() else ():
        _append(spans, text, at, end)
        at = max(at, end)
    _append(spans, text, at, len(text))
    return spans


def _sentence_ends(text: str) -> Iterator[int]:
    """Where sentencex ends sentences, asked block by block: its time grows with the square of a paragraph without spaces (Chinese, Japanese)."""
    at, size = 0, _BLOCK
    while at < len(text):
        ends = [at + int(boundary["end_index"]) for boundary in sentencex.get_sentence_boundaries("en", text[at : at + size])]
        if at + size >= len(text):
            yield from ends
            return
        if len(ends) < 2:
            size *= 2
            continue
        yield from ends[:-1]
        at, size = ends[-2], _BLOCK


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    closers = _CLOSERS.match(text, start, end) if spans and spans[-1][1] == start else None
    if closers:
        start = closers.end()
        spans[-1] = (spans[-1][0], start)
    start = _SPACE.match(text, start).end()  # type: ignore[union-attr]  # the pattern matches the empty string
    end = start + len(text[start:end].rstrip())
    if start >= end:
        return
    if spans and _belongs_to_last(text[slice(*spans[-1])], text[start:end]):
        spans[-1] = (spans[-1][0], end)
    else:
        spans.append((start, end))


def _belongs_to_last(last: str, sentence: str) -> bool:
    return bool(_NEVER_ENDS.search(last) or (_OPEN_ABBREVIATION.search(last) and _CONTINUES.match(sentence)))
