"""Which words of a claim a sentence of the evidence has, weighed by how rare they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.checking.abbreviations import is_capitals, spelt_by
from assistant.checking.lexicon import GENERIC
from assistant.checking.reading import Reading, ReadSentence
from assistant.checking.words import Word

Floats = npt.NDArray[np.float64]

#: A generic word ("study", "patients") weighs this share of what its rarity says.
_GENERIC_SHARE = 0.35
#: What a shared beginning ("depress", "depressiv") or matching initials count, where an equal stem counts 1.
_DERIVED, _INITIALS = 0.85, 0.9


class Rarity:
    """How much a word weighs: inverse document frequency by stem from a fixed table; a stem that is not in it weighs most."""

    def __init__(self, table: Mapping[str, float], unseen: float) -> None:
        self.table = table
        self.unseen = unseen

    def __call__(self, word: Word) -> float:
        """The weight of one word, from 0 up."""
        weight = self.table.get(word.stem, self.unseen)
        return _GENERIC_SHARE * weight if word.norm in GENERIC else weight


@dataclass(frozen=True, slots=True)
class Alignment:
    """The content words of a claim against each sentence of its evidence.

    `weights` has one value a word; `match` is (sentences, words), each 0..1; `coverage` is the weighed share of the words each sentence has, 0..1.
    """

    words: tuple[Word, ...]
    weights: Floats
    match: Floats
    coverage: Floats

    @property
    def total(self) -> float:
        """Weight of all words; 1 where there is none."""
        return float(self.weights.sum()) or 1.0

    def covered(self, match: Floats) -> float:
        """Weighed share of the words for one row of matches, 0..1."""
        return float(match @ self.weights) / self.total

    def weight_of(self) -> dict[str, float]:
        """The weight of each stem of the claim."""
        table: dict[str, float] = {}
        for word, weight in zip(self.words, self.weights, strict=True):
            table[word.stem] = max(table.get(word.stem, 0.0), float(weight))
        return table


def align(claim: Reading, evidence: Reading, rarity: Rarity) -> Alignment:
    """Align a claim with every sentence of its evidence; the evidence has at least one."""
    words = claim.content
    weights = np.array([rarity(word) for word in words], dtype=np.float64)
    match = np.array([_matches(words, sentence) for sentence in evidence.sentences], dtype=np.float64).reshape(len(evidence.sentences), len(words))
    _explained(words, evidence.sentences, {**evidence.short, **claim.short}, match)
    _spelt_out(words, evidence.sentences, match)
    total = float(weights.sum()) or 1.0
    return Alignment(words, weights, match, match @ weights / total)


def _matches(words: Sequence[Word], sentence: ReadSentence) -> list[float]:
    out = []
    for word in words:
        if word.stem in sentence.stems:
            out.append(1.0)
            continue
        near = _DERIVED if len(word.stem) >= 4 and any(_derived(word.stem, other) for other in sentence.by_start.get(word.stem[:4], ())) else 0.0
        if not near and is_capitals(word) and spelt_by(word.text, sentence.words):
            near = _INITIALS
        out.append(near)
    return out


def _derived(a: str, b: str) -> bool:
    """Whether the shared beginning of two stems with the same first four letters is most of both (depress, depressiv)."""
    k, top = 4, min(len(a), len(b))
    while k < top and a[k] == b[k]:
        k += 1
    return (k >= 5 or k == top == 4) and k >= 0.6 * max(len(a), len(b))


def _explained(words: Sequence[Word], sentences: Sequence[ReadSentence], short: Mapping[str, tuple[str, ...]], match: Floats) -> None:
    """A short form in the claim counts where the sentence has its long form in full."""
    for i, word in enumerate(words):
        long = short.get(word.stem)
        if long:
            for j, sentence in enumerate(sentences):
                if sentence.stems.issuperset(long):
                    match[j, i] = 1.0


def _spelt_out(words: Sequence[Word], sentences: Sequence[ReadSentence], match: Floats) -> None:
    """Words of the claim whose initials the sentence has in capitals (post-traumatic stress disorder, PTSD)."""
    initials = "".join(word.norm[0] for word in words)
    for j, sentence in enumerate(sentences):
        for word in sentence.content:
            if is_capitals(word) and word.text.isalpha() and (at := initials.find(word.norm)) >= 0:
                match[j, at : at + len(word.norm)] = np.maximum(match[j, at : at + len(word.norm)], _INITIALS)


def common_order(a: Sequence[str], b: Sequence[str], weight: Mapping[str, float]) -> float:
    """Weight of the heaviest common subsequence of two lists of stems."""
    row = [0.0] * (len(b) + 1)
    for x in a:
        diagonal = 0.0
        for j, y in enumerate(b, 1):
            above = row[j]
            row[j] = diagonal + weight[x] if x == y else max(above, row[j - 1])
            diagonal = above
    return row[-1]
