"""From a question to weighed evidence: asked in the collection's own words, searched, held against the question sentence by sentence."""

from __future__ import annotations

from typing import NamedTuple

from assistant.evidence import Question, Weighed, ask_about, collect, weigh
from assistant.understanding.own_words import own_words
from corpus import Filter, Vocabulary
from index.encoder import TokenEncoder
from index.searcher import Searcher, SearchResult

#: Reviews asked for.
HITS = 12


class Looked(NamedTuple):
    """The question as it was asked of the collection, what was found, and each sentence's weight."""

    question: Question
    result: SearchResult
    weighed: Weighed


def look_up(text: str, searcher: Searcher, encoder: TokenEncoder, vocabulary: Vocabulary, chosen: Filter | None) -> Looked:
    """The question as it was asked of the collection, what was found, and each sentence's weight."""
    question = ask_about(own_words(text, vocabulary, searcher.frequencies), searcher.frequencies)
    result = searcher.search(question.text, HITS, chosen)
    return Looked(question, result, weigh(question, collect(result.hits), encoder, remember=True))
