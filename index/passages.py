"""Passages: spans of one field of a review, whole sentences, short enough for the embedding model together with the title.

Joining the passages of a field, with the white space between them, gives the field back.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from corpus import Review
from index.segment import sentence_spans
from index.spec import IndexSpec
from index.weights import EmbeddingModel

_SPECIAL_TOKENS = 2
#: Tokens that a passage's own text gets at least, however long the title.
_LEAST = 8
#: White space that surely ends a word for the tokenizer (it drops some of Unicode's other spaces).
_WORD_GAP = re.compile(r"[ \n\t]")


@dataclass(frozen=True, slots=True)
class Passage:
    """`review[field][start:end]`, and `embedded`: the text the vector is made of (title and passage)."""

    id: str
    review_id: str
    field: str
    start: int
    end: int
    text: str
    embedded: str

    @property
    def text_hash(self) -> str:
        """Hash of the exact text embedded: equal texts share one vector."""
        return hash_text(self.embedded)


def hash_text(embedded: str) -> str:
    """The hash under which a vector is kept for reuse."""
    return hashlib.sha256(embedded.encode()).hexdigest()[:32]


class PassageSplitter:
    """Splits reviews under one IndexSpec, counting tokens with the embedding model's own tokenizer."""

    def __init__(self, spec: IndexSpec, model: EmbeddingModel) -> None:
        self._spec = spec
        self._model = model
        self._spec_hash = spec.hash
        self._room = min(spec.token_limit, model.token_limit) - _SPECIAL_TOKENS

    def split(self, review: Review) -> list[Passage]:
        """All passages of a review, in reading order. A review without evidence text is found by its title alone."""
        title = self.title_before(review)
        room = min(self._spec.passage_tokens, self._room)
        limit = max(_LEAST, room - (self._count(title) if title else 0))
        passages = [
            self._passage(review.id, field, start, end, text, title)
            for field, text in review.evidence()
            if field.partition("[")[0] in self._spec.fields
            for start, end in self._spans(text, limit)
        ]
        if not passages:
            first = next(self._spans(review.title, limit), None)
            passages = [self._passage(review.id, "title", *first, review.title, "")] if first else []
        return passages

    def _passage(self, review_id: str, field: str, start: int, end: int, whole: str, title: str) -> Passage:
        text = whole[start:end]
        embedded = self.embedded(title, text)
        key = "\x1f".join([self._spec_hash, review_id, field, str(start), str(end), embedded])
        return Passage(hashlib.sha256(key.encode()).hexdigest()[:32], review_id, field, start, end, text, embedded)

    def title_before(self, review: Review) -> str:
        """The title as it is put before the review's passages: cut to the spec's length, "" where the spec puts none."""
        title = review.title
        longest = min(self._spec.title_tokens, self._room - _LEAST)
        if self._spec.title_rule == "none" or longest < 1 or not title.strip():
            return ""
        offsets = self._model.tokenizer.encode(title, add_special_tokens=False).offsets
        return title if len(offsets) <= longest else title[: offsets[longest][0]].rsplit(" ", 1)[0]

    @staticmethod
    def embedded(title: str, text: str) -> str:
        """The text a vector is made of."""
        return f"{title}\n{text}" if title else text

    def _count(self, text: str) -> int:
        return self._model.count_tokens([text])[0]

    def _spans(self, text: str, limit: int) -> Iterator[tuple[int, int]]:
        """Runs of whole sentences of at most `limit` tokens; a sentence longer than that is cut between words."""
        spans = sentence_spans(text)
        counts = self._model.count_tokens([text[start:end] for start, end in spans]) if spans else []
        first = last = -1
        held = 0
        for (start, end), count in zip(spans, counts, strict=True):
            if first >= 0:
                apart = _WORD_GAP.search(text, last, start)
                together = held + count if apart else self._count(text[first:end])
                if together <= limit:
                    last, held = end, together
                    continue
                yield first, last
            first, last, held = start, end, count
            if count > limit:
                yield from self._cut(text, start, end, limit)
                first = -1
        if first >= 0:
            yield first, last

    def _cut(self, text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
        begins = sorted(start + begin for begin, _ in self._model.tokenizer.encode(text[start:end], add_special_tokens=False).offsets)
        at = start
        while at < end:
            token, room = bisect_left(begins, at), limit
            cut = _cut_before(text, at, begins[token + room]) if token + room < len(begins) else end
            while cut > at + 1 and (count := self._count(text[at:cut])) > limit:  # a word cut in two may have more tokens than it had
                room -= min(room, count - limit)
                cut = _cut_before(text, at, begins[token + room]) if room and token + room < len(begins) else at + max(1, (cut - at) // 2)
            stop = at + len(text[at:cut].rstrip())
            if stop > at:
                yield at, stop
            at = cut
            while at < end and text[at].isspace():
                at += 1


def _cut_before(text: str, at: int, cut: int) -> int:
    """The last place after `at` and not beyond `cut` where a word begins, or `cut` itself."""
    space = max(text.rfind(" ", at + 1, cut), text.rfind("\n", at + 1, cut))
    return space + 1 if space > at else max(cut, at + 1)
