"""Every rank can be explained: each leg's own word on a record, what removed it, which words it lacks."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np
import pytest

from corpus import Status
from index import Hit
from index.lexical import analyse
from tests.index.workbench import QUERIES, Bench, by_cosine, chosen, fill, invented

COUNT = 40
DENSE_ONLY: dict[str, Any] = {"dense_weight": 1, "lexical_weight": 0, "centring": 0, "smoothing": 0, "dense_depth": 2000}
LEXICAL_ONLY: dict[str, Any] = {"dense_weight": 0, "lexical_weight": 1, "smoothing": 0}


@pytest.mark.parametrize("settings", [{}, {"fusion": "rrf"}, DENSE_ONLY, LEXICAL_ONLY])
def test_each_legs_rank_and_score_are_those_of_the_raw_leg(synced: Bench, settings: dict[str, Any]) -> None:
    for query in QUERIES:
        hits = synced.searcher(**settings).search(query, COUNT).hits
        raw = synced.built.lexical.search(Counter(analyse(query)), COUNT, rarity=synced.config.rarity)
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
    assert made.searcher().search(QUERIES[0]).hits[0].review.id == second.review.id
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
    assert set(reason["matched_words"]) == {"ketamine", "depressions"}
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


def test_a_ranking_goes_on_beyond_the_candidates_without_a_change_of_its_head(synced: Bench) -> None:
    few = synced.searcher(dense_depth=4, candidates=3)
    for query in QUERIES:
        head = few.rank(query, 1000)
        assert len(head) < COUNT
        whole = few.beyond(query, head, 1000)
        assert whole[: len(head)] == head
        assert len({review_id for review_id, _ in whole}) == len(whole) == COUNT
        assert all(one > other or first < second for (first, one), (second, other) in itertools.pairwise(whole))
        assert whole[len(head)][1] < head[-1][1]
        assert len(few.beyond(query, head, len(head) + 2)) == len(head) + 2
