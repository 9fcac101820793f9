"""The lexical leg knows what else a query's words are called in the vocabulary; the words themselves count more, and other queries are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Vocabulary
from index.lexical import LexicalIndex, QueryTerms, analyse
from index.synonyms import Synonyms, synonyms_of

WORDS = Vocabulary.from_dict(
    {"topics": {"alcohol use disorder": ("AUD",), "depression": ("MDD", "major depression")}, "substances": {"MDMA": ("3,4-methylenedioxymethamphetamine",)}}
)
SYNONYMS = Synonyms(WORDS)
TEXTS = {
    "long": "Psilocybin for alcohol use disorder.",
    "short": "Psilocybin for AUD.",
    "use": "The use of alcohol.",
    "low": "Ketamine in depression.",
    "mdd": "Ketamine in MDD.",
    "mdma": "MDMA in veterans.",
    "other": "A history of music.",
}


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    made = LexicalIndex(tmp_path / "lexical")
    made.put(TEXTS.items())
    made.commit()
    return made


def found(index: LexicalIndex, query: str, weight: float = 0.5) -> list[str]:
    return [review_id for review_id, _ in index.search(SYNONYMS.widen(analyse(query), weight), 10)]


@pytest.mark.parametrize(
    ("query", "first", "also"),
    [
        ("AUD", "short", ["long"]),
        ("alcohol use disorder", "long", ["use", "short"]),
        ("MDD", "mdd", ["low"]),
        ("depression", "low", ["mdd"]),
        ("3,4-methylenedioxymethamphetamine", "mdma", []),
    ],
)
def test_other_spellings_are_found_and_the_words_asked_for_come_first(index: LexicalIndex, query: str, first: str, also: list[str]) -> None:
    ids = found(index, query)
    assert ids[0] == first
    assert set(ids) == {first, *also}
    assert set(also).isdisjoint(found(index, query, weight=0)) or also == ["use", "short"]


def test_a_way_counts_only_where_all_its_words_stand(index: LexicalIndex) -> None:
    assert "use" not in found(index, "AUD")


def test_a_common_word_and_a_stray_letter_are_no_way() -> None:
    vocabulary = Vocabulary.from_dict({"substances": {"ketamine": ("special K",), "MDMA": ("3,4-methylenedioxymethamphetamine", "molly")}})
    assert Synonyms(vocabulary).widen(analyse("ketamine"), 0.5).alternatives == ()
    assert [each.ways for each in Synonyms(vocabulary).widen(analyse("special K"), 0.5).alternatives] == [(("ketamin",),)]
    assert [len(each.ways) for each in Synonyms(vocabulary).widen(analyse("MDMA"), 0.5).alternatives] == [2]


def test_ways_that_share_a_word_with_the_query_are_none() -> None:
    assert [each.ways for each in SYNONYMS.widen(analyse("depression"), 0.5).alternatives] == [(("mdd",),)]


def test_the_longest_spelling_wins() -> None:
    vocabulary = Vocabulary.from_dict({"topics": {"pain": ("ache",), "chronic pain": ("fibromyalgia",)}})
    assert [each.ways for each in Synonyms(vocabulary).widen(analyse("chronic pain"), 0.5).alternatives] == [(("fibromyalgia",),)]


@given(st.lists(st.sampled_from(["ketamine", "music", "AUD", "depression", "alcohol", "use", "disorder", "of"]), max_size=8), st.sampled_from([0.0, 0.5]))
def test_the_words_of_the_query_are_never_changed(words: list[str], weight: float) -> None:
    terms = analyse(" ".join(words))
    widened = SYNONYMS.widen(terms, weight)
    assert widened == QueryTerms(terms)
    assert not (widened.alternatives and weight == 0)
    assert Synonyms(Vocabulary({}, {})).widen(terms, weight).alternatives == ()


def test_the_table_is_made_once_for_a_vocabulary() -> None:
    assert synonyms_of(WORDS) is synonyms_of(WORDS)
    assert synonyms_of(WORDS) is not synonyms_of(Vocabulary({}, {}))
