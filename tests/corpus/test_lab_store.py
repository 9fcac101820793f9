"""Test sets, judgements and runs in the library: nothing is overwritten, and one grade comes out of many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Anchor, ConflictError, InputError, Library, NotFoundError, Status, UsageError
from corpus.lab import Judgement, TestQuery, grades
from tests.corpus.making import put, review

pytestmark = pytest.mark.both_databases


@pytest.fixture
def judged(library: Library) -> Library:
    """A set of two queries over three records."""
    put(library, review("a", findings=["Sleep was better. Pain was not."]), review("b"), review("c"))
    library.sets.create("first", "3 answers it whole")
    library.sets.put("first", [TestQuery("", "does it help sleep?", tags=("sleep",)), TestQuery("pain", "and pain?", need="any pain", answerable=False)])
    return library


def final(library: Library) -> dict[str, dict[str, int]]:
    found = grades(library.judgements.of("first"), library.get_many)
    return {key: dict(rows) for key, rows in found.final.items()}


def test_queries_keep_their_order_and_all_that_was_said_of_them(judged: Library) -> None:
    first, second = judged.sets.queries("first").values()
    assert (first.id, first.text, first.tags, first.answerable) == ("q1", "does it help sleep?", ("sleep",), None)
    assert (second.id, second.need, second.answerable, second.draft) == ("pain", "any pain", False, False)
    judged.sets.put("first", [TestQuery("q1", "  does   it help\nsleep at all? ", draft=True)])
    assert [query.text for query in judged.sets.queries("first").values()] == ["does it help sleep at all?", "and pain?"]
    assert list(judged.sets.queries("first", drafts=False)) == ["pain"]
    assert (judged.sets.info("first").queries, judged.sets.info("first").drafts) == (2, 1)


def test_bad_names_texts_and_unknown_things_are_refused_and_nothing_is_kept(judged: Library) -> None:
    for call in (lambda: judged.sets.create(" "), lambda: judged.sets.create("a/b"), lambda: judged.sets.rename("first", "")):
        with pytest.raises(UsageError):
            call()
    with pytest.raises(ConflictError):
        judged.sets.create("first")
    with pytest.raises(NotFoundError, match="first"):
        judged.sets.queries("second")
    with pytest.raises(InputError):
        judged.sets.put("first", [TestQuery("q9", "kept?"), TestQuery("q10", " ")])
    with pytest.raises(InputError):
        judged.sets.put("first", [TestQuery("with space", "text")])
    with pytest.raises(NotFoundError):
        judged.judgements.add("first", [Judgement("q1", "a", 1), Judgement("q77", "a", 1)])
    assert (list(judged.sets.queries("first")), judged.judgements.of("first")) == (["q1", "pain"], [])


def test_a_judgement_takes_the_place_of_the_judges_former_one_and_undo_brings_it_back(judged: Library) -> None:
    judged.judgements.add("first", [Judgement("q1", "a", 1), Judgement("q1", "b", 2), Judgement("q1", "a", 3)])
    assert final(judged) == {"q1": {"b": 2, "a": 3}}
    undone = judged.judgements.undo("first", "local")
    assert undone is not None
    assert (undone.review_id, undone.grade) == ("a", 3)
    assert final(judged) == {"q1": {"b": 2, "a": 1}}
    assert judged.judgements.undo("first", "somebody else") is None
    assert [judged.judgements.undo("first", "local") for _ in range(3)][-1] is None
    assert final(judged) == {}


def test_the_explicit_grade_counts_before_that_of_words_and_the_best_words_before_others(judged: Library) -> None:
    record = judged.get("a")
    words = [Anchor.to(record, "findings[0]", 0, 17), Anchor.to(record, "findings[0]", 18, 31)]
    judged.judgements.add("first", [Judgement("q1", "a", 1, anchor=words[0]), Judgement("q1", "a", 2, anchor=words[1])])
    assert final(judged) == {"q1": {"a": 2}}
    judged.judgements.add("first", [Judgement("q1", "a", 0)])
    assert final(judged) == {"q1": {"a": 0}}


def test_words_are_followed_through_edits_and_counted_when_they_are_gone(judged: Library) -> None:
    record = judged.get("a")
    judged.judgements.add("first", [Judgement("q1", "a", 2, anchor=Anchor.to(record, "findings[0]", 18, 31))])
    moved = judged.edit("a", {"findings": ["In all, sleep was better. Pain was not."]}, base_revision=record.revision)
    assert final(judged) == {"q1": {"a": 2}}
    judged.edit("a", {"findings": ["Nothing."]}, base_revision=moved.revision)
    found = grades(judged.judgements.of("first"), judged.get_many)
    assert (dict(found.final), found.detached) == ({}, 1)


def test_withdrawn_and_unknown_records_and_those_that_cannot_be_told_are_left_out_and_counted(judged: Library) -> None:
    given = [Judgement("q1", "a", 3), Judgement("q1", "b", 2), Judgement("q1", "c", None, reason="no abstract"), Judgement("pain", "nobody", 1)]
    judged.judgements.add("first", given)
    judged.set_status("b", Status.WITHDRAWN)
    found = grades(judged.judgements.of("first"), judged.get_many)
    assert ({key: dict(rows) for key, rows in found.final.items()}, found.withdrawn, found.cannot_tell, found.unknown) == ({"q1": {"a": 3}}, 1, 1, 1)
    assert len(found.notes()) == 3


@given(st.lists(st.integers(0, 4), min_size=1, max_size=7), st.none() | st.integers(0, 4))
def test_across_judges_the_decided_grade_counts_else_the_lower_median(given_grades: list[int], decided: int | None) -> None:
    said = [Judgement("q", "a", grade, judge=str(number)) for number, grade in enumerate(given_grades)]
    said += [Judgement("q", "a", decided, judge="chair", adjudicated=True)] if decided is not None else []
    found = grades(said, lambda ids: {one: review(one) for one in ids})
    below = sorted(given_grades)[(len(given_grades) - 1) // 2]
    assert found.final["q"]["a"] == (below if decided is None else decided)
    assert bool(found.disputed) == (len(set(given_grades)) > 1 and decided is None)


def test_a_set_with_judgements_is_not_deleted_by_mistake(judged: Library) -> None:
    judged.judgements.add("first", [Judgement("q1", "a", 3)])
    with pytest.raises(ConflictError):
        judged.sets.delete("first")
    judged.sets.set_gate("first", ["nDCG@10>=0.5"])
    assert judged.sets.gate("first") == ["nDCG@10>=0.5"]
    assert judged.sets.delete("first", judged_too=True) == 1
    assert judged.sets.all() == []


def test_runs_come_back_with_their_rankings_exactly(judged: Library) -> None:
    rankings = {"q1": [("a", 0.1 + 0.2), ("b", -1e-17)], "pain": []}
    document = {"measures": {"nDCG@10": 0.5}, "per_query": {"q1": {"nDCG@10": 0.5}}}
    legs = {"q1": {"a": {"dense": 1}}}
    run_id = judged.runs.save("first", "default", "h" * 64, 3, document, rankings, reason="sync", legs=legs)
    run, found = judged.runs.get(run_id)
    assert (found, run.document, run.revision, run.reason) == (rankings, document, 3, "sync")
    assert judged.runs.legs(run_id) == legs
    assert "per_query" not in judged.runs.all("first")[0].document
    later = judged.runs.save("first", "default", "i" * 64, 3, document, rankings)
    assert [one.id for one in judged.runs.all("first")] == [later, run_id]
    judged.runs.delete(later)
    assert [one.id for one in judged.runs.all("first")] == [run_id]
    assert judged.runs.all("first", reason="asked") == []
    judged.runs.delete(run_id)
    with pytest.raises(NotFoundError):
        judged.runs.get(run_id)
