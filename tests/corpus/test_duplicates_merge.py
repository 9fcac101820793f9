"""Merging two records and taking that back: nothing is lost, and the former id is good everywhere."""

from __future__ import annotations

import pytest

from corpus import Anchor, ConflictError, Library, NotFoundError, Status, UsageError, find_again, parse_filter
from corpus.duplicates.pairs import Decision
from tests.corpus.making import contents, ids, put, review

pytestmark = pytest.mark.both_databases

ABSTRACT = "We gave ketamine to forty people with depression, and placebo to forty others, and asked how they were after one week and after four weeks."


@pytest.fixture
def two(library: Library) -> Library:
    """A library with two descriptions of one work, and a third record."""
    put(library, review("doe", "KETAMINE FOR DEPRESSION", year=2019, authors=["Doe"], pmid="1", abstract=ABSTRACT[:60] + "...", keywords=["ketamine"]))
    put(
        library,
        review(
            "roe",
            "Ketamine for depression",
            year=2019,
            authors=["Doe", "Roe"],
            doi="10.1/a",
            abstract=ABSTRACT,
            keywords=["Depression"],
            facets={"topics": ["a"]},
        ),
    )
    put(library, review("other", "Another work"))
    return library


def test_the_better_field_stays_and_the_other_one_is_kept_beside_it(two: Library) -> None:
    two.duplicates.merge("doe", "roe", actor="lib")
    kept = two.get("doe")
    assert (kept.title, kept.abstract, kept.doi, kept.pmid) == ("Ketamine for depression", ABSTRACT, "10.1/a", "1")
    assert [name.family for name in kept.authors] == ["Doe", "Roe"]
    assert kept.keywords == ("ketamine", "Depression")
    assert two.history("doe")[0][1:3] == ("merge", "lib")


def test_the_former_id_is_good_everywhere(two: Library) -> None:
    anchor = Anchor.to(two.get("roe"), "abstract", 8, 16)
    before = two.get("roe")
    two.duplicates.merge("doe", "roe")
    assert two.get("roe").id == two.get_many(["roe", "nobody"])["roe"].id == "doe"
    assert two.get("roe", before.revision).id == "roe"
    assert two.get("roe", two.revision()).id == "doe"
    found = find_again(anchor, two.get(anchor.review_id))
    assert found is not None
    assert (found.review_id, found.quote) == ("doe", anchor.quote)
    assert two.former_ids("doe") == ["roe"]
    assert two.history("roe") == two.history("doe")
    for text, expected in (("id=roe", ["doe"]), ("id=ROE|other", ["other", "doe"]), ("id!=roe", ["other"])):
        assert sorted(two.select(parse_filter([text], two.vocabulary)).ids) == sorted(expected), text
    assert sorted(ids(two.iterate())) == ["doe", "other"]
    assert two.count() == 2
    assert two.statuses()["roe"][1] == Status.WITHDRAWN  # it leaves the search data
    assert two.select(parse_filter(["status=withdrawn"], two.vocabulary)).ids == []
    edited = two.edit("roe", {"summary": "New."}, base_revision=two.get("doe").revision)
    assert edited.id == "doe"


def test_undoing_gives_both_back_exactly(two: Library) -> None:
    before = contents(two)
    merge = two.duplicates.merge("doe", "roe")
    undone = two.duplicates.undo("roe", actor="lib")
    assert contents(two) == before
    assert two.former_ids("doe") == []
    assert (merge.revision, undone.undone_revision) == (4, 5)
    assert two.history("roe")[0][:3] == (5, "undo-merge", "lib")
    assert [(pair.first_id, pair.second_id, pair.decision) for pair in two.duplicates.pairs()] == [("doe", "roe", Decision.UNDECIDED)]
    with pytest.raises(NotFoundError, match="no merge"):
        two.duplicates.undo(str(merge.number))


def test_undoing_leaves_what_was_changed_since(two: Library) -> None:
    two.duplicates.merge("doe", "roe")
    two.edit("doe", {"summary": "By a person.", "keywords": ["ketamine", "Depression", "new"]}, base_revision=two.get("doe").revision)
    two.duplicates.undo("roe")
    kept = two.get("doe")
    assert (kept.summary, kept.title, kept.doi, kept.keywords) == ("By a person.", "KETAMINE FOR DEPRESSION", "", ("ketamine", "new"))


def test_chains_are_followed_and_undone_from_the_last_one(two: Library) -> None:
    before = contents(two)
    two.duplicates.merge("roe", "doe")
    two.duplicates.merge("other", "roe")
    assert two.get("doe").id == "other"
    with pytest.raises(ConflictError, match=r"roe has been merged into other.*undo roe"):
        two.duplicates.undo("doe")
    two.duplicates.undo("roe")
    assert two.get("doe").id == "roe"
    two.duplicates.undo("doe")
    assert contents(two) == before


def test_a_record_is_not_merged_with_itself(two: Library) -> None:
    two.duplicates.merge("doe", "roe")
    with pytest.raises(UsageError, match="one record already"):
        two.duplicates.merge("roe", "doe")
    with pytest.raises(NotFoundError):
        two.duplicates.merge("doe", "nobody")


def test_a_retraction_is_not_lost(two: Library) -> None:
    two.set_status("roe", Status.RETRACTED)
    two.duplicates.merge("doe", "roe")
    assert two.get("doe").status is Status.RETRACTED
    two.duplicates.undo("roe")
    assert (two.get("doe").status, two.get("roe").status) == (Status.CURRENT, Status.RETRACTED)


def test_a_scan_queues_and_a_decision_stays(two: Library) -> None:
    assert two.duplicates.scan().queued == 1
    assert two.duplicates.scan().queued == 0
    (pair,) = two.duplicates.pairs()
    assert (pair.first_id, pair.second_id) == ("doe", "roe")
    assert "title" in pair.agree
    two.duplicates.distinct("roe", "doe", actor="lib")
    assert two.duplicates.pairs() == []
    (decided,) = two.duplicates.pairs((Decision.DIFFERENT,))
    assert (decided.decided_by, decided.decision) == ("lib", Decision.DIFFERENT)
    assert two.duplicates.scan(merge=True)[2:] == (0, 0)
    assert two.count() == 3


def test_a_scan_merges_sure_pairs_when_asked(two: Library) -> None:
    put(two, review("roe-2", "Ketamine for depression", year=2019, authors=["Doe", "Roe"], doi="10.1/a", abstract=ABSTRACT))
    scan = two.duplicates.scan(merge=True)
    assert (scan.same, scan.merged, scan.queued) == (1, 1, 1)
    assert two.get("roe-2").id == "roe"
    assert [(merge.automatic, merge.kept_id) for merge in two.duplicates.merges()] == [(True, "roe")]
    assert [(pair.first_id, pair.second_id) for pair in two.duplicates.pairs()] == [("doe", "roe")]
