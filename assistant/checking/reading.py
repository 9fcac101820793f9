"""Reading a text: its sentences with words, figures and stance, each knowing where it stands in the text as written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from assistant.checking.abbreviations import abbreviations
from assistant.checking.figure_reading import read_figures
from assistant.checking.figures import Figure
from assistant.checking.polarity import Stance, negated, stance_of
from assistant.checking.words import Word, plain, split_words
from index.segment import sentence_spans

#: Texts kept read: the lines of an answer's evidence are read once, however many sentences are checked against them.
_KEPT = 2048


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence. `text` is plain (`words.plain`); `start` and `end` are code points of the text as written."""

    text: str
    start: int
    end: int
    words: tuple[Word, ...]
    content: tuple[Word, ...]
    stems: frozenset[str]
    by_start: Mapping[str, tuple[str, ...]]  # first four letters -> stems that begin so
    figures: tuple[Figure, ...]
    stance: Stance


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read. `text` is plain; `short` gives the long form's stems for the stem of each short form it explains."""

    text: str
    sentences: tuple[ReadSentence, ...]
    short: Mapping[str, tuple[str, ...]]

    @property
    def content(self) -> tuple[Word, ...]:
        """The words that carry meaning, in order."""
        return tuple(word for sentence in self.sentences for word in sentence.content)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, in order."""
        return tuple(figure for sentence in self.sentences for figure in sentence.figures)


@lru_cache(maxsize=_KEPT)
def read(text: str) -> Reading:
    """Read a text. Its sentences are those of `index.segment`, so a quote is a sentence as the rest of the program knows it."""
    short = abbreviations(plain(text))
    sentences = tuple(_sentence(text, start, end, short) for start, end in sentence_spans(text))
    return Reading(plain(text).strip(), sentences, short)


def _sentence(text: str, start: int, end: int, short: Mapping[str, tuple[str, ...]]) -> ReadSentence:
    body = plain(text[start:end])
    words = tuple(negated(body, split_words(body)))
    content = tuple(word for word in words if word.content)
    stems = {word.stem for word in content}
    for code, long in short.items():
        if code in stems:
            stems.update(long)
        elif stems.issuperset(long):
            stems.add(code)
    by_start: dict[str, tuple[str, ...]] = {}
    for known in sorted(stems):
        by_start[known[:4]] = (*by_start.get(known[:4], ()), known)
    return ReadSentence(body, start, end, words, content, frozenset(stems), by_start, tuple(read_figures(body)), stance_of(body, words))
