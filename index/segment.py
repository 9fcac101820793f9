"""Where sentences begin and end. The segmenter is sentencex (Wikimedia); what it does to biomedical text is mended here."""

from __future__ import annotations

import re
from functools import lru_cache

import sentencex

#: Part of every IndexSpec: raise it whenever the same text would be split in another way.
VERSION = "sentencex-1"

_SPACE = re.compile(r"\s*")
_OPEN_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[])(?:approx|ca|cf|vs|resp|incl|viz|Figs?|Tab|Eqs?|Refs?|No|Nos|Suppl|al|p\.o|i\.v|i\.m|s\.c|i\.p|b\.i\.d|t\.i\.d)\.$"
)
_CONTINUES = re.compile(r"[a-z0-9(\[=<>≤≥±,;]")
_NEVER_ENDS = re.compile(r"(?:^|[\s(\[])(?:approx|ca|cf|vs|resp|incl|viz|Figs?|Eqs?|Refs?|Nos?)\.$")


@lru_cache(maxsize=4096)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of each sentence, in code points, without the white space around it.

    Spans are in order, do not overlap, and together hold every character of `text` that is not white space.
    """
    spans: list[tuple[int, int]] = []
    at = 0
    for boundary in sentencex.get_sentence_boundaries("en", text) if text.strip() else ():
        end = max(at, min(int(boundary["end_index"]), len(text)))
        _append(spans, text, at, end)
        at = end
    _append(spans, text, at, len(text))
    return tuple(spans)


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    start = _SPACE.match(text, start).end()  # type: ignore[union-attr]  # the pattern matches the empty string
    end = start + len(text[start:end].rstrip())
    if start >= end:
        return
    if spans and _belongs_to_last(text[spans[-1][0] : spans[-1][1]], text[spans[-1][1] : start], text[start:end]):
        spans[-1] = (spans[-1][0], end)
    else:
        spans.append((start, end))


def _belongs_to_last(last: str, gap: str, sentence: str) -> bool:
    if "\n\n" in gap:
        return False
    if _NEVER_ENDS.search(last):
        return True
    return bool(_OPEN_ABBREVIATION.search(last) and _CONTINUES.match(sentence))
