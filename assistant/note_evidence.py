"""The reader's own notes as evidence: sentences of theirs that answer the question, chosen at question time and kept apart from the collection's.

Notes are given with a question and stand in no index; no language model is given them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.evidence import MOST, EvidenceSentence, Question, weigh
from assistant.own_notes import NoteSentence, OwnNote
from corpus import Review
from index.encoder import TokenEncoder
from index.segment import sentence_spans

#: Note sentences in an answer at most.
MOST_SHOWN = 3
#: A note's sentence is shown when it is very near to the question (cosine, -1..1), or near and holds this share (0..1) of its telling words. Chosen by
#: looking at a few made-up notes (docs/decisions/0018); nobody's notes are there to measure on.
_VERY_NEAR, _NEAR, _HELD = 0.6, 0.4, 0.3
_MARKER = re.compile(r"(?:\s*(?:[-*+>]|#{1,6}|\d{1,3}[.)])\s+)*")  # what Markdown has before the words of a line
_SHORTEST = 12  # code points of a sentence worth showing


def sentences_that_answer(question: Question, notes: Sequence[OwnNote], titles: Mapping[str, str], encoder: TokenEncoder) -> tuple[NoteSentence, ...]:
    """The sentences of the notes that answer, best first; none where none is near enough. `titles` are those of the records, by id."""
    by_id = {note.id: note for note in notes}
    found = [sentence for note in notes for sentence in _sentences(note, titles.get(note.review_id, ""))]
    found.sort(key=lambda sentence: -question.coverage(sentence.text, sentence.review.title))
    weighed = weigh(question, found[:MOST], encoder)
    kept: dict[str, NoteSentence] = {}
    for sentence, cosine in sorted(zip(weighed.sentences, weighed.cosines, strict=True), key=lambda pair: (-pair[1], pair[0].review.id, pair[0].start)):
        near = cosine >= _VERY_NEAR or (cosine >= _NEAR and question.coverage(sentence.text) >= _HELD)
        if near and len(kept) < MOST_SHOWN:
            note = by_id[sentence.review.id]
            kept.setdefault(sentence.text, NoteSentence(note.id, note.review_id, sentence.start, sentence.end, note.changed, sentence.text))
    return tuple(kept.values())


def _sentences(note: OwnNote, title: str) -> Iterator[EvidenceSentence]:
    """The sentences of a note; its record's title says what "it" is. Lines end sentences, as they do in Markdown's lists."""
    review, at = Review(id=note.id, summary="", csl={"title": title}), 0
    for line in note.text.split("\n"):
        head = len(_MARKER.match(line)[0])  # type: ignore[index]  # the pattern matches the empty string
        for start, end in ((head + first, head + last) for first, last in sentence_spans(line[head:])):
            if end - start >= _SHORTEST:
                yield EvidenceSentence(review, "summary", at + start, at + end, line[start:end], 0.0, 1)
        at += len(line) + 1
