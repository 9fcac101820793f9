"""Reading a model's draft: sentences and the evidence keys they name. Never fails, whatever the text; invents nothing."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from assistant.prompts import NOT_IN_EVIDENCE
from index.segment import sentence_spans

_ONE = r"E?\s?\d{1,3}(?!\d)"
_GROUP = re.compile(rf"[\[(【]\s*({_ONE}(?:\s*(?:[,;/&\s]|and)\s*{_ONE})*)\s*[\])】]", re.IGNORECASE)
_KEY = re.compile(r"E?\s?(\d{1,3})", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_LABEL = re.compile(r"^\s*(?:answer|evidence)\s*:\s*", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence a model wrote, without its keys, and the known keys it named, in order."""

    text: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsedDraft:
    """A model's whole text taken apart. `refused`: it said that the evidence does not answer. `unknown_keys`: named but never given."""

    sentences: tuple[DraftSentence, ...]
    refused: bool
    unknown_keys: int


def parse_draft(text: str, known: Collection[str]) -> ParsedDraft:
    """Take a draft apart. Keys outside `known` are dropped and counted; a bracket with anything else in it stays text."""
    text = _INVISIBLE.sub("", text)
    refused = NOT_IN_EVIDENCE.casefold() in text.casefold()
    sentences: list[DraftSentence] = []
    unknown = 0
    for line in text.split("\n"):
        line = _LABEL.sub("", _BULLET.sub("", line))
        pending = ""
        at = 0
        for group in _GROUP.finditer(line):
            keys = [f"E{int(number)}" for number in _KEY.findall(group[1])]
            kept = tuple(dict.fromkeys(key for key in keys if key in known))
            looks_like_key = "E" in group[1].upper() or (bool(kept) and group[0][0] != "(")  # "(12)" may be a figure
            if not looks_like_key or not keys:
                continue
            unknown += len([key for key in keys if key not in known])
            pending += line[at : group.start()]
            at = group.end()
            if pending.strip(" .,;:"):
                sentences.extend(_sentences(pending, kept))
                pending = ""
            elif sentences and kept:
                last = sentences[-1]
                sentences[-1] = DraftSentence(last.text, tuple(dict.fromkeys([*last.keys, *kept])))
        sentences.extend(_sentences(pending + line[at:], ()))
    clean = [sentence for sentence in sentences if NOT_IN_EVIDENCE.casefold() not in sentence.text.casefold()]
    return ParsedDraft(tuple(_without_loops(clean)), refused and not clean, unknown)


def _sentences(text: str, keys: tuple[str, ...]) -> list[DraftSentence]:
    """The sentences of a piece of text; its keys belong to the last one, which they follow."""
    text = text.strip().lstrip(".,;: ")
    pieces = [text[start:end].strip() for start, end in sentence_spans(text)]
    pieces = [piece for piece in pieces if len(re.findall(r"\w+", piece)) >= 3]
    return [DraftSentence(_ended(piece), keys if number == len(pieces) - 1 else ()) for number, piece in enumerate(pieces)]


def _ended(sentence: str) -> str:
    return sentence if sentence[-1] in ".!?" else sentence.rstrip(" ,;:") + "."


def _without_loops(sentences: list[DraftSentence]) -> list[DraftSentence]:
    seen: set[str] = set()
    kept = []
    for sentence in sentences:
        folded = " ".join(re.findall(r"\w+", sentence.text.casefold()))
        if folded not in seen:
            seen.add(folded)
            kept.append(sentence)
    return kept
