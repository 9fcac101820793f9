"""A question is asked in the words that the records use, and only where they use them more."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.understanding.own_words import own_words
from corpus import Vocabulary, default_vocabulary
from index.lexical import analyse

RECORDS = (
    "Ketamine infusion eased complex regional pain syndrome.",
    "LSD and psilocybin were given as an infusion; adverse effects were rare.",
    "Adverse effects of intranasal esketamine in adults with HPPD, that is hallucinogen persisting perception disorder.",
    "Psychedelics and the taking of tablets: side effects in a hallucinogen trial; psychedelics again.",
    "5-MeO-DMT, a psychedelic.",
)


def frequencies(terms: Sequence[str]) -> tuple[dict[str, int], int]:
    held = [set(analyse(text)) for text in RECORDS]
    return {term: sum(term in words for words in held) for term in terms}, len(held)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("CRPS after a ketamine drip?", "complex regional pain syndrome after a ketamine infusion?"),
        ("Are shrooms or mebufotenin safe?", "Are psilocybin or 5-MeO-DMT safe?"),
        ("special k for pain", "ketamine for pain"),
        ("Is it the nasal spray?", "Is it the intranasal?"),
        ("Can esketamine be infused?", "Can esketamine be infused?"),  # a value of the vocabulary is never given another name
        ("hallucinogen persisting perception disorder", "hallucinogen persisting perception disorder"),
        ("Which side effects?", "Which adverse effects?"),
        ("Do children get heart attacks?", "Do children get heart attacks?"),  # the records have neither name
        ("dripping taps and dripstone", "dripping taps and dripstone"),
    ],
)
def test_names_are_those_of_the_records(asked: str, meant: str) -> None:
    assert own_words(asked, default_vocabulary(), frequencies) == meant


def test_a_narrower_word_is_no_other_name() -> None:
    words = Vocabulary.from_dict({"topics": {"chronic pain": ["fibromyalgia"]}, "substances": {}})
    assert own_words("psilocybin for fibromyalgia", words, lambda terms: ({term: int("fibromyalgia" not in term) for term in terms}, 1)) == (
        "psilocybin for fibromyalgia"
    )
