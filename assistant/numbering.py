"""Numbering citations by first use: the program does this, never a model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from assistant.answer import ReviewRef, Sentence
from corpus import Review


class Numbers:
    """Numbers reviews from 1 in the order in which they are first cited."""

    def __init__(self) -> None:
        self._reviews: dict[str, Review] = {}

    def key(self, review: Review) -> int:
        """The review's number in this answer."""
        self._reviews.setdefault(review.id, review)
        return list(self._reviews).index(review.id) + 1

    def renumber(self, sentence: Sentence, review: Review) -> Sentence:
        """The sentence with its citations under the number of their review."""
        key = self.key(review)
        return replace(sentence, citations=tuple(replace(citation, key=key) for citation in sentence.citations))

    def reviews(self) -> tuple[ReviewRef, ...]:
        """The numbered reviews."""
        return tuple(ReviewRef.of(review, key) for key, review in enumerate(self._reviews.values(), start=1))


def number(sentences: Iterable[tuple[Sentence, Review]]) -> tuple[tuple[Sentence, ...], tuple[ReviewRef, ...]]:
    """The sentences with their citations numbered, and the reviews under those numbers."""
    numbers = Numbers()
    shown = tuple(numbers.renumber(sentence, review) for sentence, review in sentences)
    return shown, numbers.reviews()
