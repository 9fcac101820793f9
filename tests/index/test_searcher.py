"""Searching: what is cited stands there, filters are kept to, every rank can be explained, and it is the same for everybody at once."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus import Filter, Library, Review, Status, parse_filter
from index import Hit, SearchResult
from index.lexical import analyse
from tests.index.workbench import QUERIES, Bench, bench, edit, fill, invented

COUNT = 40
DENSE_ONLY: dict[str, Any] = {"dense_weight": 1, "lexical_weight": 0, "centring": 0, "smoothing": 0, "dense_depth": 2000}
LEXICAL_ONLY: dict[str, Any] = {"dense_weight": 0, "lexical_weight": 1, "smoothing": 0}


@pytest.fixture
def made(library: Library, tmp_path: Path, models_folder: Path) -> Iterator[Bench]:
    """An index of twelve records that a test may change."""
    fill(library, [invented(number) for number in range(12)])
    with bench(library, tmp_path / "index", models_folder) as made:
        made.syncer.sync()
        yield made


def chosen(made: Bench, *texts: str) -> Filter:
    return parse_filter(texts, made.library.vocabulary, made.library.facet_names())


def ids(result: SearchResult) -> list[str]:
    return [hit.review.id for hit in result.hits]


def by_cosine(made: Bench, query: str, reviews: list[Review]) -> list[str]:
    """Reviews by their best passage's cosine with the query, computed from their texts alone."""
    vector = made.encoder.encode([query])[0]
    best = {review.id: float((made.encoder.encode([p.embedded for p in made.splitter.split(review)]) @ vector).max()) for review in reviews}
    return sorted(best, key=lambda review_id: (-best[review_id], review_id))


def as_data(result: SearchResult) -> dict[str, Any]:
    return {**result.as_dict(), "seconds": 0}


@pytest.mark.parametrize("query", [*QUERIES, "ketamine", "a word nobody wrote: xyzzy", "lithium " * 200, "", "?"])
def test_every_span_shown_stands_in_its_record_and_ranks_and_scores_are_in_order(synced: Bench, query: str) -> None:
    result = synced.searcher().search(query, 15)
    assert [hit.rank for hit in result.hits] == list(range(1, 16))
    assert len(set(ids(result))) == 15
    order = [(-hit.score, hit.review.id) for hit in result.hits]
    assert order == sorted(order)
    assert (result.stale, result.revision, result.config) == (0, synced.library.revision(), "default")
    for hit in result.hits:
        for span in (hit.best, *hit.others):
            assert hit.review.field_text(span.field)[span.start : span.end] == span.text != ""
        assert hit.best not in hit.others


@pytest.mark.parametrize("k", [1, 3, 10, 39, 40, 41, 500])
def test_k_counts_reviews(synced: Bench, k: int) -> None:
    result = synced.searcher().search(QUERIES[0], k)
    assert len(set(ids(result))) == len(result.hits) == min(k, COUNT)
    assert ids(result)[:10] == ids(synced.searcher().search(QUERIES[0], 10))[:k]


def test_the_best_passage_is_the_one_most_like_the_query(synced: Bench) -> None:
    wanted = invented(17).findings[1]
    best = synced.searcher().search(wanted).hits[0]
    assert (best.review.id, best.best.field, best.best.text) == ("invented-0017", "findings[1]", wanted)
    assert best.best.score >= max(span.score for span in best.others)


def test_the_same_search_gives_the_same_result(synced: Bench) -> None:
    for query in QUERIES:
        assert as_data(synced.searcher().search(query)) == as_data(synced.searcher().search(query))


def test_equal_records_are_ordered_by_id(made: Bench) -> None:
    fill(made.library, [invented(77, id=review_id) for review_id in ("twin-c", "twin-a", "twin-b")])
    made.syncer.sync()
    assert ids(made.searcher().search(invented(77).findings[0]))[:3] == ["twin-a", "twin-b", "twin-c"]


def test_an_empty_library_has_no_hits(library: Library, tmp_path: Path, models_folder: Path) -> None:
    with bench(library, tmp_path, models_folder) as empty:
        for when in ("before the first sync", "after it"):
            assert empty.searcher().search("ketamine").hits == (), when
            assert empty.searcher().search("ketamine", 5, chosen(empty, "year>=2000")).hits == (), when
            empty.syncer.sync()


@pytest.mark.parametrize("settings", [{}, {"fusion": "rrf"}, DENSE_ONLY, LEXICAL_ONLY])
def test_each_legs_rank_and_score_are_those_of_the_raw_leg(synced: Bench, settings: dict[str, Any]) -> None:
    for query in QUERIES:
        hits = synced.searcher(**settings).search(query, COUNT).hits
        raw = synced.built.lexical.search(Counter(analyse(query)), COUNT)
        if settings != DENSE_ONLY:
            assert {hit.review.id: hit.legs["lexical"] and hit.legs["lexical"].score for hit in hits if hit.legs["lexical"]} == pytest.approx(dict(raw))
        nearest = by_cosine(synced, query, list(synced.library.iterate()))
        if settings == DENSE_ONLY:
            assert [hit.review.id for hit in hits] == nearest
            assert [hit.legs["dense"] and hit.legs["dense"].rank for hit in hits] == list(range(1, COUNT + 1))
        for leg in ("dense", "lexical", "neighbours"):
            said = [place for hit in hits if (place := hit.legs[leg])]
            assert sorted(place.rank for place in said)[:1] in ([1], [])
            for one, other in itertools.pairwise(said):
                assert (one.score > other.score) == (one.rank < other.rank)


def test_the_plain_cosine_is_shown_beside_the_centred_one(synced: Bench) -> None:
    for hit in synced.searcher().search(QUERIES[0], COUNT).hits:
        vector = synced.encoder.encode([QUERIES[0]])[0]
        cosines = synced.encoder.encode([passage.embedded for passage in synced.splitter.split(hit.review)]) @ vector
        assert hit.cosine == pytest.approx(float(cosines.max()), abs=1e-4)


@pytest.mark.parametrize(
    "filters",
    [["year>=2005"], ["year>=2005", "substances=ketamine"], ["substances=ketamine|lithium"], ["id=invented-0011"], ["year=1066"], ["has=abstract"]],
)
def test_a_filter_lets_through_what_the_library_says_in_the_same_order(synced: Bench, filters: list[str]) -> None:
    allowed = synced.library.select(chosen(synced, *filters)).ids
    for query in QUERIES:
        dense = synced.searcher(**DENSE_ONLY).search(query, COUNT, chosen(synced, *filters))
        assert ids(dense) == by_cosine(synced, query, list(synced.library.get_many(allowed).values()))
        both = synced.searcher().search(query, COUNT, chosen(synced, *filters))
        assert sorted(ids(both)) == sorted(allowed)


def test_what_a_year_filter_could_not_judge_is_counted(made: Bench) -> None:
    fill(made.library, [invented(50, csl={"title": "Of no year"})])
    made.syncer.sync()
    assert made.searcher().search("ketamine", 5, chosen(made, "year>=1900")).left_out == 1
    assert made.searcher().search("ketamine", 5).left_out == 0


def test_a_filter_too_wide_to_hand_down_gives_the_same_as_brute_force(library: Library, tmp_path: Path, models_folder: Path) -> None:
    short: dict[str, Any] = {"summary": "", "abstract": "", "limits": []}
    reviews = [invented(number, findings=[invented(number).findings[0]], **short) for number in range(3_400)]
    fill(library, reviews)
    with bench(library, tmp_path / "index", models_folder) as made:
        made.syncer.sync()
        for filters, wide in ((["year>=1993"], True), (["year>=1993", "substances!=ketamine"], False), (["substances=ketamine"], False)):
            allowed = library.select(chosen(made, *filters)).ids
            assert (len(allowed) > 3_000) == wide
            for query in QUERIES[:2]:
                dense = ids(made.searcher(**{**DENSE_ONLY, "dense_depth": 20}).search(query, 10, chosen(made, *filters)))
                assert dense == by_cosine(made, query, list(library.get_many(allowed).values()))[:10]
                lexical = ids(made.searcher(**LEXICAL_ONLY, candidates=20).search(query, 10, chosen(made, *filters)))
                raw = made.built.lexical.search(Counter(analyse(query)), 3_400)
                assert lexical == [review_id for review_id, _ in raw if review_id in set(allowed)][:10]


def test_a_passage_whose_words_have_changed_is_dropped_and_counted_until_the_next_sync(made: Bench) -> None:
    query, review = invented(5).findings[1], made.library.get("invented-0005")
    assert made.searcher().search(query).hits[0].best.text == query
    changed = edit(made.library, review.id, findings=[review.findings[0], "Nothing was found.", review.findings[2]])
    result = made.searcher().search(query, 12)
    assert result.stale == 1
    assert result.revision == changed.revision
    (hit,) = [hit for hit in result.hits if hit.review.id == review.id]
    assert query not in {span.text for span in (hit.best, *hit.others)}
    made.syncer.sync()
    after = made.searcher().search("Nothing was found.", 12)
    assert (after.stale, after.hits[0].best.text) == (0, "Nothing was found.")


def test_words_put_before_others_move_no_citation_to_a_wrong_place(made: Bench) -> None:
    review = made.library.get("invented-0005")
    edit(made.library, review.id, abstract=f"Words before all others. {review.abstract}")
    result = made.searcher().search(review.abstract, 12)
    assert result.stale > 0
    for hit in result.hits:
        assert hit.review == made.library.get(hit.review.id)
        assert hit.review.field_text(hit.best.field)[hit.best.start : hit.best.end] == hit.best.text


def test_a_record_with_a_new_title_is_not_found_by_its_old_one(made: Bench) -> None:
    review = made.library.get("invented-0005")
    edit(made.library, review.id, csl={**review.csl, "title": "Something else"})
    result = made.searcher().search(review.title, 12)
    assert review.id not in ids(result)
    assert result.stale > 0


def test_ten_threads_at_once_get_what_one_gets(synced: Bench) -> None:
    searcher = synced.searcher()
    alone = {query: as_data(searcher.search(query)) for query in QUERIES}
    with ThreadPoolExecutor(10) as pool:
        for query, result in zip(QUERIES * 25, pool.map(searcher.search, QUERIES * 25), strict=True):
            assert as_data(result) == alone[query]


def places(hit: Hit) -> dict[str, Any]:
    return {name: leg and leg._asdict() for name, leg in hit.legs.items()}


@pytest.mark.parametrize("filters", [[], ["year>=2005"], ["substances=ketamine"]])
def test_why_agrees_with_search(synced: Bench, filters: list[str]) -> None:
    for query in QUERIES:
        filtered = chosen(synced, *filters) if filters else None
        for hit in synced.searcher().search(query, 10, filtered).hits:
            reason = synced.searcher().why(query, hit.review, filtered)
            assert (reason["rank"], reason["removed_by"], reason["proposed"]) == (hit.rank, None, True)
            assert reason["score"] == pytest.approx(hit.score)
            assert reason["passage"] == hit.best.as_dict()
            for name, place in places(hit).items():
                assert (reason["legs"][name] is None) == (place is None)
                if place is not None:
                    assert reason["legs"][name]["rank"] == place["rank"]
                    assert reason["legs"][name]["score"] == pytest.approx(place["score"], abs=1e-5)


def test_why_agrees_with_search_while_a_better_record_is_withdrawn(made: Bench) -> None:
    first, second = made.searcher().search(QUERIES[0]).hits[:2]
    made.library.set_status(first.review.id, Status.WITHDRAWN)
    assert ids(made.searcher().search(QUERIES[0]))[0] == second.review.id
    assert made.searcher().why(QUERIES[0], made.library.get(second.review.id))["rank"] == 1


def test_why_names_what_removed_a_record(made: Bench) -> None:
    review = made.library.get("invented-0000")
    because = made.searcher().why(QUERIES[0], review, chosen(made, "year>=2019", "substances=ketamine"))
    assert (because["removed_by"], because["rank"]) == ("the filter year>=2019", None)
    withdrawn = made.library.set_status(review.id, Status.WITHDRAWN)
    assert made.searcher().why(QUERIES[0], withdrawn)["removed_by"] == "its status is withdrawn"
    fill(made.library, [invented(60)])
    newer = made.searcher().why(QUERIES[0], made.library.get("invented-0060"))
    assert (newer["rank"], newer["passage"]) == (None, None)
    assert "newer" in newer["removed_by"]


def test_why_says_which_words_of_the_query_the_record_has(synced: Bench) -> None:
    review = synced.library.get("invented-0000")
    reason = synced.searcher().why("Does ketamine help zebrafish with depressions?", review)
    assert set(reason["matched_words"]) == {"ketamine", "depressions?"}
    assert set(reason["missing_words"]) == {"help", "zebrafish"}


def test_the_lab_ranks_in_the_order_of_production(synced: Bench) -> None:
    for query in QUERIES:
        ranked = synced.searcher().rank(query, 10)
        hits = synced.searcher().search(query, 10).hits
        assert [review_id for review_id, _ in ranked] == [hit.review.id for hit in hits]
        np.testing.assert_allclose([score for _, score in ranked], [hit.score for hit in hits])


def test_frequencies_are_of_reviews(synced: Bench) -> None:
    held, total = synced.searcher().frequencies(analyse("ketamine zebrafish"))
    assert total == COUNT
    (term,) = analyse("ketamine")
    holding = [review for review in synced.library.iterate() if term in analyse(f"{review.title} " + " ".join(text for _, text in review.evidence()))]
    assert held == {term: len(holding), "zebrafish": 0}
