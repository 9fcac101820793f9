"""Libraries of any size for the benchmarks: invented records of the sample collection's words, with vectors beside its real ones.

A record's words are drawn from those of the sample collection by their frequency; its title gets a number. A synthetic vector is that of one
real passage of the sample collection with Gaussian noise, brought to length 1, so that queries by the real encoder fall among them.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus import Library, Review
from corpus.importing import import_files
from index import Encoder, Passage, PassageSplitter, Vectors

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "corpus" / "sample"
#: Passages a record has: a summary, two of an abstract of some 260 words, a finding.
PASSAGES_EACH = 4
_NOISE = 0.6
_AT_ONCE = 2_000


class SyntheticEncoder:
    """A text encoder without a model: real vectors with noise, the same for the same text."""

    def __init__(self, real: Vectors) -> None:
        self._real = real

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text."""
        seeds = [int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) for text in texts]
        noise = np.stack([np.random.default_rng(seed).standard_normal(self._real.shape[1], dtype=np.float32) for seed in seeds])
        rows = self._real[[seed % len(self._real) for seed in seeds]] + noise * (_NOISE / np.sqrt(self._real.shape[1]))
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def sample_passages(splitter: PassageSplitter, folder: Path, most: int) -> list[Passage]:
    """Passages of the sample collection, the first `most`, read through a throw-away library in `folder`."""
    library = Library(f"sqlite:///{folder / 'sample.sqlite'}", create=True)
    import_files(library, [SAMPLE])
    found = [passage for review in library.iterate() for passage in splitter.split(review)]
    library.close()
    return found[:most]


def real_vectors(encoder: Encoder, passages: Sequence[Passage]) -> Vectors:
    """The real vectors that the synthetic ones lie around."""
    return encoder.query.encode([passage.embedded for passage in passages])


def invented(number: int, words: Sequence[str]) -> Review:
    """A record of drawn words, always the same for the same number."""
    draw = random.Random(number)  # noqa: S311 - no secret

    def sentence(length: int) -> str:
        return " ".join(draw.choices(words, k=length)).capitalize() + "."

    return Review.model_validate(
        {
            "id": f"invented-{number:06d}",
            "csl": {"title": f"{sentence(9)[:-1]} {number}", "issued": {"date-parts": [[1980 + number % 45]]}},
            "summary": sentence(20),
            "abstract": " ".join(sentence(20) for _ in range(8)),
            "findings": [sentence(22)],
        }
    )


def fill(library: Library, first: int, last: int, words: Sequence[str]) -> None:
    """Put the records numbered from `first` up to `last` into a library."""
    for start in range(first, last, _AT_ONCE):
        with library.change() as change:
            for number in range(start, min(last, start + _AT_ONCE)):
                change.put(invented(number, words), "import", new=True)


def words_of(passages: Sequence[Passage]) -> list[str]:
    """Every word of some passages, as often as it stands there."""
    return [word.strip(".,;:()[]") for passage in passages for word in passage.text.split()]
