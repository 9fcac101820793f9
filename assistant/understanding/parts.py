"""Questions that ask several things: the parts of one that can be asked alone, for when no evidence answers the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.segment import sentence_spans

_ASKING = r"(?:how|what|which|who|whom|whose|why|when|where|does|do|did|is|are|was|were|can|could|should|will|would|has|have|had)"
_BEFORE = r"(?:(?:by|at|in|for|to|with|after|from|until|since|if so,?)\s+)?"
#: Before a second thing asked ("and by what factor", "and does it", "or just").
_BREAK = re.compile(rf"\s*[,;:]?\s+(?:and|but|or)\s+(?={_BEFORE}{_ASKING}\b|(?:just|rather|merely)\b)", re.IGNORECASE)
#: A part that asks something, perhaps after a few words that say of what.
_ASKS = re.compile(rf"(?:[^:]{{0,60}}:\s*)?{_BEFORE}{_ASKING}\b", re.IGNORECASE)
#: Words that lean on another part.
_LEANS = re.compile(r"\b(?:it|its|they|them|their|this|that|these|those|so|he|she|one)\b", re.IGNORECASE)
_LEAST = 4  # words of a part that says enough to be asked alone


@dataclass(frozen=True)
class Part:
    """A part of a question that can be asked alone, and what of the question is left over then."""

    text: str
    rest: str


def parts_of(question: str) -> tuple[Part, ...]:
    """The parts that can be asked alone, in order; none of a question that asks one thing."""
    sentences = [question[start:end] for start, end in sentence_spans(question)]
    pieces = [piece for piece in (found.strip(" ,;:?!.") for sentence in sentences for found in _BREAK.split(sentence)) if piece]
    if len(pieces) < 2:
        return ()
    alone = [i for i, piece in enumerate(pieces) if _ASKS.match(piece) and not _LEANS.search(piece) and len(piece.split()) >= _LEAST]
    return tuple(Part(f"{pieces[i]}?", "; ".join(pieces[:i] + pieces[i + 1 :])) for i in alone)
