"""Searching: what is cited stands there, filters are kept to, every rank can be explained, and it is the same for everybody at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from corpus import Library
from index import SearchResult
from index.lexical import analyse
from tests.index.workbench import MADE, QUERIES, Bench, bench, by_cosine, chosen, edit, fill, invented

COUNT = 40
DENSE_ONLY: dict[str, Any] = {"dense_weight": 1, "lexical_weight": 0, "centring": 0, "smoothing": 0, "dense_depth": 2000}
LEXICAL_ONLY: dict[str, Any] = {"dense_weight": 0, "lexical_weight": 1, "smoothing": 0}


def ids(result: SearchResult) -> list[str]:
    return [hit.review.id for hit in result.hits]


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
                raw = made.built.lexical.search(Counter(analyse(query)), 3_400, rarity=made.config.rarity)
                assert lexical == [review_id for review_id, _ in raw if review_id in set(allowed)][:10]


def test_a_passage_whose_words_have_changed_is_dropped_and_counted_until_the_next_sync(made: Bench) -> None:
    query, review = invented(5).findings[1], made.library.get("invented-0005")
    assert made.searcher().search(query).hits[0].best.text == query
    changed = edit(made.library, review.id, findings=[review.findings[0], "Nothing was found.", review.findings[2]])
    result = made.searcher().search(query, MADE)
    assert result.stale == 1
    assert result.revision == changed.revision
    (hit,) = [hit for hit in result.hits if hit.review.id == review.id]
    assert query not in {span.text for span in (hit.best, *hit.others)}
    made.syncer.sync()
    after = made.searcher().search("Nothing was found.", MADE)
    assert (after.stale, after.hits[0].best.text) == (0, "Nothing was found.")


def test_words_put_before_others_move_no_citation_to_a_wrong_place(made: Bench) -> None:
    review = made.library.get("invented-0005")
    edit(made.library, review.id, abstract=f"Words before all others. {review.abstract}")
    result = made.searcher().search(review.abstract, MADE)
    assert result.stale > 0
    for hit in result.hits:
        assert hit.review == made.library.get(hit.review.id)
        assert hit.review.field_text(hit.best.field)[hit.best.start : hit.best.end] == hit.best.text


def test_a_record_with_a_new_title_is_not_found_by_its_old_one(made: Bench) -> None:
    review = made.library.get("invented-0005")
    edit(made.library, review.id, csl={**review.csl, "title": "Something else"})
    result = made.searcher().search(review.title, MADE)
    assert review.id not in ids(result)
    assert result.stale > 0


def test_ten_threads_at_once_get_what_one_gets(synced: Bench) -> None:
    searcher = synced.searcher()
    alone = {query: as_data(searcher.search(query)) for query in QUERIES}
    with ThreadPoolExecutor(10) as pool:
        for query, result in zip(QUERIES * 25, pool.map(searcher.search, QUERIES * 25), strict=True):
            assert as_data(result) == alone[query]
