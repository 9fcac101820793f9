"""A claim beside its evidence with their vectors: the sentence it rests on, and what the rest of the package asks of the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from assistant.checking.alignment import Alignment, Rarity, align
from assistant.checking.lexicon import GENERIC
from assistant.checking.opposites import turned
from assistant.checking.reading import Reading, ReadSentence
from assistant.checking.vectors import Array, Background, WordVectors, unit
from assistant.checking.words import Word
from index.encoder import Vectors

#: A best sentence with less coverage plus cosine (0..2) than this is not looked at more closely: its turned form is not encoded.
TOO_FAR = 0.4


@dataclass(frozen=True)
class Tables:
    """What was learnt without labels: rarity, background, and the vectors of common words."""

    rarity: Rarity
    background: Background
    word_vectors: WordVectors


@dataclass(frozen=True)
class Pair:
    """One claim and one piece of evidence with at least one sentence each; `order` ranks the sentences by coverage plus cosine."""

    claim: Reading
    evidence: Reading
    alignment: Alignment
    claim_vector: Array
    head_vectors: Array
    turned_vectors: Array
    sentence_vectors: Array
    order: tuple[int, ...]

    @property
    def best_index(self) -> int:
        """The sentence the claim rests on, if on any."""
        return self.order[0]

    @property
    def best(self) -> ReadSentence:
        """The sentence the claim rests on, if on any."""
        return self.evidence.sentences[self.order[0]]

    @property
    def near(self) -> bool:
        """Whether the best sentence is worth a closer look."""
        b = self.best_index
        return float(self.alignment.coverage[b] + self.sentence_vectors[b] @ self.claim_vector) >= TOO_FAR

    @property
    def top2_coverage(self) -> float:
        """Weighed share of the claim's words in the two best sentences together, 0..1."""
        return self.alignment.covered(self.alignment.match[list(self.order[:2])].max(axis=0, initial=0.0))

    @property
    def telling(self) -> list[int]:
        """Indices of the claim's words that carry a finding of their own."""
        return [i for i, word in enumerate(self.alignment.words) if word.norm not in GENERIC]

    def loose_words(self) -> tuple[list[Word], list[Word]]:
        """Words to compare by their vectors: those of the claim that the best sentence lacks, and all of that sentence; none if it has all."""
        b = self.best_index
        lacking = [word for i, word in enumerate(self.alignment.words) if self.alignment.match[b, i] < 1.0]
        return (lacking, list(self.best.content)) if lacking else ([], [])


def texts_of(claim: Reading) -> list[str]:
    """The texts of a claim to encode: whole, each sentence, each sentence turned round, and all of those joined."""
    heads = [sentence.text for sentence in claim.sentences]
    other = [turned(head) for head in heads]
    return [claim.text, *heads, *other, " ".join(other)]


def pair_up(claim: Reading, evidence: Reading, rarity: Rarity, vectors: Mapping[str, Vectors]) -> Pair:
    """Put a claim beside its evidence; `vectors` holds `texts_of(claim)` and the evidence's sentences."""
    alignment = align(claim, evidence, rarity)
    heads = [sentence.text for sentence in claim.sentences]
    claim_vector = vectors[claim.text]
    sentence_vectors = np.stack([vectors[sentence.text] for sentence in evidence.sentences])
    order = np.argsort(-(alignment.coverage + sentence_vectors @ claim_vector), kind="stable")
    return Pair(
        claim,
        evidence,
        alignment,
        claim_vector,
        np.stack([vectors[head] for head in heads]),
        np.stack([vectors[turned(head)] for head in heads]),
        sentence_vectors,
        tuple(int(i) for i in order),
    )


def unknown_words(pair: Pair, tables: Tables) -> list[str]:
    """The loose words that have no vector in the tables and must be encoded."""
    mine, theirs = pair.loose_words()
    return tables.word_vectors.unknown([word.norm for word in (*mine, *theirs)])


def word_likeness(pair: Pair, tables: Tables, vectors: Mapping[str, Vectors]) -> dict[str, float]:
    """Cosine (-1..1) of each loose word of the claim with the nearest word of the best sentence, by the word's form."""
    mine, theirs = pair.loose_words()
    if not mine or not theirs:
        return {}
    rows = tables.word_vectors.of([word.norm for word in mine], vectors) @ tables.word_vectors.of([word.norm for word in theirs], vectors).T
    return {word.norm: float(row.max()) for word, row in zip(mine, rows, strict=True)}


def whole(sentence_vectors: Array) -> Array:
    """One vector for the evidence: the mean of its sentences', at length 1."""
    return unit(sentence_vectors.mean(axis=0))
