"""The lexical leg: what is put is found by its words' stems, scored as BM25 says, and no query is syntax or an error."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import UnavailableError
from index.lexical import LexicalIndex, analyse
from tests.index.workbench import Bench

TEXTS = {
    "a": "Ketamine relieves depression within hours",
    "b": "Ketamine and ketamine again, with anaesthesia and many more words that make this text rather long indeed",
    "c": "Depressive symptoms under psilocybin (n = 120)",
    "d": "Lithium AND valproate, NOT carbamazepine; title:lithium OR text:lithium",
    "e": "Sleep quality improved by 3.5 points; p < 0.05",
}


@pytest.fixture
def lexical(tmp_path: Path) -> LexicalIndex:
    made = LexicalIndex(tmp_path / "lexical")
    made.put(TEXTS.items())
    made.commit()
    return made


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    made = LexicalIndex(tmp_path_factory.mktemp("standing"))
    made.put(TEXTS.items())
    made.commit()
    return made


def found(lexical: LexicalIndex, query: str, depth: int = 10, allowed: list[str] | None = None) -> list[str]:
    return [review_id for review_id, _ in lexical.search(Counter(analyse(query)), depth, allowed)]


def bm25(query: str, texts: dict[str, str]) -> dict[str, float]:
    """BM25 as Lucene and tantivy write it (k1 1.2, b 0.75), on exact lengths."""
    words = {key: Counter(analyse(text)) for key, text in texts.items()}
    mean = sum(sum(counts.values()) for counts in words.values()) / len(words)
    scores: dict[str, float] = {}
    for term, times in Counter(analyse(query)).items():
        held = sum(term in counts for counts in words.values())
        rarity = math.log(1 + (len(words) - held + 0.5) / (held + 0.5))
        for key, counts in words.items():
            if term in counts:
                length = 1 - 0.75 + 0.75 * sum(counts.values()) / mean
                scores[key] = scores.get(key, 0.0) + times * rarity * 2.2 * counts[term] / (counts[term] + 1.2 * length)
    return scores


@pytest.mark.parametrize("query", ["ketamine", "ketamine depression", "lithium lithium sleep", "long text of anaesthesia and ketamine"])
def test_scores_are_bm25_and_the_best_comes_first(standing: LexicalIndex, query: str) -> None:
    got = standing.search(Counter(analyse(query)), 10)
    expected = bm25(query, TEXTS)
    assert dict(got) == pytest.approx(expected, rel=0.05)  # tantivy keeps lengths in one byte each
    assert [score for _, score in got] == sorted((score for _, score in got), reverse=True)


@pytest.mark.parametrize(
    ("query", "review_id"),
    [("depressions", "a"), ("depress", "a"), ("DEPRESSION", "a"), ("anaesthesias", "b"), ("improving", "e"), ("psilocybin's", "c")],
)
def test_other_forms_of_a_word_are_found(standing: LexicalIndex, query: str, review_id: str) -> None:
    assert review_id in found(standing, query)


def test_function_words_alone_find_nothing(standing: LexicalIndex) -> None:
    assert found(standing, "what is the of and NOT") == []
    assert analyse("Is it better than before?") == ["better"]


def test_equal_scores_are_ordered_by_id(tmp_path: Path) -> None:
    lexical = LexicalIndex(tmp_path)
    lexical.put((f"r{number}", "the very same words") for number in (4, 2, 9, 1))
    lexical.commit()
    assert found(lexical, "same words") == ["r1", "r2", "r4", "r9"]


@pytest.mark.parametrize("numbers", [range(200), range(199, -1, -1), [*range(100, 200), *range(100)]])
def test_which_of_equal_scores_are_within_the_depth_does_not_depend_on_the_order_of_writing(tmp_path: Path, numbers: Iterable[int]) -> None:
    lexical = LexicalIndex(tmp_path)
    for number in numbers:
        lexical.put([(f"r{number:03d}", "ketamine" if number == 77 else "ketamine in some longer text")])
        if number % 40 == 0:
            lexical.commit()
    lexical.commit()
    assert found(lexical, "ketamine", depth=5) == ["r077", "r000", "r001", "r002", "r003"]


def test_a_title_said_twice_outweighs_one_said_once(tmp_path: Path) -> None:
    lexical = LexicalIndex(tmp_path)
    lexical.put([("once", "ketamine\nmood sleep pain"), ("twice", "ketamine\nketamine\nmood sleep"), ("other", "mood sleep pain")])
    lexical.commit()
    assert found(lexical, "ketamine") == ["twice", "once"]


def test_only_the_allowed_are_found_with_the_score_they_have_anyway(standing: LexicalIndex) -> None:
    free = dict(standing.search(Counter(analyse("ketamine depression sleep")), 10))
    for allowed in (["a"], ["a", "e", "unknown"], ["d"], ["unknown"], []):
        among = dict(standing.search(Counter(analyse("ketamine depression sleep")), 10, allowed))
        assert among == pytest.approx({key: score for key, score in free.items() if key in allowed})


def test_scores_of_given_reviews_are_those_of_the_search(standing: LexicalIndex) -> None:
    terms = Counter(analyse("ketamine depression"))
    free = dict(standing.search(terms, 10))
    assert standing.scores(terms, ["b", "c", "e"]) == pytest.approx({"b": free["b"], "c": free["c"]})
    assert standing.scores(terms, []) == {}


def test_depth_bounds_what_is_given_back(standing: LexicalIndex) -> None:
    assert len(found(standing, "ketamine depression lithium sleep", depth=2)) == 2


def test_removed_is_gone_and_unknown_ids_are_no_error(lexical: LexicalIndex) -> None:
    lexical.remove(["a", "unknown"])
    lexical.commit()
    assert sorted(lexical.ids()) == ["b", "c", "d", "e"]
    assert lexical.count() == 4
    assert "a" not in found(lexical, "ketamine depression")


def test_removed_and_put_again_stands_once_with_its_new_words(lexical: LexicalIndex) -> None:
    lexical.remove(["a"])
    lexical.put([("a", "Modafinil")])
    lexical.commit()
    assert sorted(lexical.ids()) == sorted(TEXTS)
    assert found(lexical, "modafinil") == ["a"]
    assert "a" not in found(lexical, "ketamine")


def test_changes_are_seen_after_commit_and_by_whoever_opens_the_folder_then(lexical: LexicalIndex) -> None:
    lexical.put([("f", "Oxytocin")])
    assert found(lexical, "oxytocin") == []
    lexical.commit()
    assert found(lexical, "oxytocin") == found(LexicalIndex(lexical.folder), "oxytocin") == ["f"]


def test_frequencies_count_reviews_that_hold_the_stem(standing: LexicalIndex) -> None:
    assert standing.document_frequency("ketamin") == 2
    assert standing.document_frequency("depress") == 2
    assert standing.document_frequency("nowhere") == 0


def test_dropped_is_empty_and_can_be_filled_again(lexical: LexicalIndex) -> None:
    fresh = lexical.drop()
    assert (fresh.count(), list(fresh.ids()), found(fresh, "ketamine")) == (0, [], [])
    fresh.put([("a", "Ketamine")])
    fresh.commit()
    assert found(fresh, "ketamine") == ["a"]


def test_a_damaged_index_is_refused_with_a_remedy(lexical: LexicalIndex) -> None:
    (lexical.folder / "meta.json").write_text("{ no json")
    with pytest.raises(UnavailableError, match="lexical index") as caught:
        LexicalIndex(lexical.folder)
    assert "doctor" in caught.value.remedy


ODD = (
    '"', '"ketamine', "ketamine AND depression", "NOT ketamine", "-ketamine", "+ketamine", "words:ketamine", "review_id:a", "review_id:[a TO e]", "[",
    "]]", "(((", "{ketamine", "ketamine~2", "ketam*", "*", "^2", "\\", "/ket.*/", "a:b:c", "IN [a b]", "😀", "👩‍🔬 ketamine", "\0", "\ud7ff",
    "ketamine " * 250, "x" * 2_000, "", " ", "…", "中文", "<script>", "%s", "'; DROP TABLE passage; --", "\u202eketamine",
)  # fmt: skip


@pytest.mark.parametrize("query", ODD)
def test_an_odd_query_is_read_as_its_words_and_nothing_else(standing: LexicalIndex, query: str) -> None:
    assert sorted(found(standing, query)) == sorted(bm25(query, TEXTS))


def test_no_operator_takes_a_word_away_or_names_a_field(standing: LexicalIndex) -> None:
    assert set(found(standing, "ketamine NOT depression")) == set(found(standing, "ketamine depression")) == {"a", "b", "c"}
    assert set(found(standing, "ketamine AND psilocybin")) == {"a", "b", "c"}
    assert found(standing, "review_id:a") == []
    assert set(found(standing, '"psilocybin ketamine"')) == {"a", "b", "c"}


@settings(max_examples=150)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from([*ODD[:24], "ketamine", "sleep", "AND", "OR", "NOT", ":"]), max_size=12).map(" ".join)))
def test_any_text_can_be_searched_for_and_finds_exactly_what_shares_a_word_with_it(standing: LexicalIndex, query: str) -> None:
    assert set(found(standing, query)) == set(bm25(query, TEXTS))


@given(st.text(max_size=200))
def test_any_text_can_be_analysed(text: str) -> None:
    terms = analyse(text)
    assert terms == analyse(text)
    assert all(terms)


def test_with_rarity_a_terms_scores_grow_by_its_idf(synced: Bench) -> None:
    lexical = synced.built.lexical
    for term in analyse("ketamine depression relapse"):
        asked, held = Counter({term: 2}), lexical.document_frequency(term)
        plain, rarer = dict(lexical.search(asked, 50)), dict(lexical.search(asked, 50, rarity=0.5))
        weight = math.log(1 + (lexical.count() - held + 0.5) / (held + 0.5)) ** 0.5
        assert held > 0
        assert rarer == pytest.approx({review_id: score * weight for review_id, score in plain.items()}, rel=1e-5)
        assert lexical.scores(asked, list(plain), 0.5) == pytest.approx(rarer)
