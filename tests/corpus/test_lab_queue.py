"""Judging: blind, shuffled, resumable; drafts from the chat; pools, sweeps and suggestions as the library keeps them."""

from __future__ import annotations

from typing import Any

import pytest

from corpus import ConflictError, InputError, Library, NotFoundError, Status
from corpus.lab import Judgement, TestQuery, grades
from corpus.lab.drafts import DEFAULT_SET, accept_draft, discard_draft, draft_from_answer, drafts
from corpus.lab.queue import disputed, next_pair, pair_of, progress
from tests.corpus.making import put, review

pytestmark = pytest.mark.both_databases


@pytest.fixture
def pooled(library: Library) -> Library:
    """Two queries, a pool of five and two records."""
    put(library, *(review(one, f"On {one}", findings=[f"Finding of {one}."]) for one in "abcdef"))
    library.sets.create("first")
    library.sets.put("first", [TestQuery("q1", "what helps?"), TestQuery("q2", "what harms?")])
    library.pools.save("first", 10, ["default", "dense"], {"q1": list("abcde"), "q2": ["a", "f"], "gone": ["b"]})
    return library


def judge_all(library: Library, judge: str, grade: int = 1) -> list[tuple[str, str]]:
    seen = []
    while pair := next_pair(library, "first", judge):
        assert (pair.number, pair.of) == (len(seen) + 1, 7)
        seen.append((pair.query.id, pair.review.id))
        library.judgements.add("first", [Judgement(*seen[-1], grade, judge)])
    return seen


def answer(*, reviews: list[str], nearest: list[str] = [], question: str = "Does it help?") -> dict[str, Any]:  # noqa: B006 - never changed
    return {
        "question": question,
        "standalone_question": "Does ketamine help?",
        "reviews": [{"id": one} for one in reviews],
        "nearest": [{"id": one} for one in nearest],
    }


def test_each_pair_comes_once_query_by_query_in_an_order_of_the_judges_own(pooled: Library) -> None:
    ann, bob = judge_all(pooled, "ann"), judge_all(pooled, "bob")
    assert sorted(ann) == sorted(bob) == [*(("q1", one) for one in "abcde"), ("q2", "a"), ("q2", "f")]
    assert [query for query, _ in ann] == ["q1"] * 5 + ["q2"] * 2
    orders = {tuple(judge_all(pooled, f"judge {number}")) for number in range(6)}
    assert len(orders) > 1
    assert progress(pooled, "first", "ann")[:3] == (7, 0, 0)
    assert progress(pooled, "first", "somebody")[:3] == (0, 7, 0)


def test_a_wider_pool_brings_only_what_is_new_and_keeps_the_order(pooled: Library) -> None:
    first = next_pair(pooled, "first", "ann")
    assert first is not None
    judge_all(pooled, "ann")
    pooled.pools.save("first", 20, ["default"], {"q1": list("abcdef")})
    left = next_pair(pooled, "first", "ann")
    assert left is not None
    assert (left.query.id, left.review.id, left.number, left.of) == ("q1", "f", 8, 8)


def test_skipped_pairs_come_last_and_undo_leads_back(pooled: Library) -> None:
    pair = next_pair(pooled, "first", "ann")
    assert pair is not None
    place = (pair.query.id, pair.review.id)
    other = next_pair(pooled, "first", "ann", skipped=[place])
    assert other is not None
    assert (other.query.id, other.review.id) != place
    pooled.judgements.add("first", [Judgement(other.query.id, other.review.id, None, "ann", reason="no abstract")])
    assert progress(pooled, "first", "ann")[:3] == (1, 6, 1)
    undone = pooled.judgements.undo("first", "ann")
    assert undone is not None
    assert pair_of(pooled, "first", undone.query_id, undone.review_id, "ann").review.id == other.review.id
    judged = [place]
    while (found := next_pair(pooled, "first", "ann", skipped=[place])) and (found.query.id, found.review.id) != place:
        pooled.judgements.add("first", [Judgement(found.query.id, found.review.id, 0, "ann")])
        judged.append((found.query.id, found.review.id))
    assert len(judged) == 7
    assert next_pair(pooled, "first", "ann", query_id="q2") is None


def test_withdrawn_and_merged_records_never_come_up(pooled: Library) -> None:
    pooled.judgements.add("first", [Judgement("q1", "c", 2, "ann")])
    pooled.set_status("b", Status.WITHDRAWN)
    pooled.duplicates.merge("d", "c")  # c is d now, so d has been judged
    seen = []
    while pair := next_pair(pooled, "first", "ann"):
        seen.append((pair.query.id, pair.review.id))
        pooled.judgements.add("first", [Judgement(*seen[-1], 1, "ann")])
    assert sorted(seen) == [("q1", "a"), ("q1", "e"), ("q2", "a"), ("q2", "f")]


def test_what_judges_differ_on_is_listed_until_it_is_decided_and_a_models_word_is_no_grade(pooled: Library) -> None:
    said = [Judgement("q1", "a", 3, "ann"), Judgement("q1", "a", 1, "bob"), Judgement("q1", "b", 2, "ann"), Judgement("q1", "b", 2, "bob")]
    pooled.judgements.add("first", [*said, Judgement("q1", "b", 0, "model:scripted"), Judgement("q2", "a", 3, "model:scripted")])
    found = disputed(pooled, "first")
    assert [(one.query.id, one.review.id, dict(one.grades)) for one in found] == [("q1", "a", {"ann": 3, "bob": 1})]
    pooled.judgements.add("first", [Judgement("q1", "a", 2, "chair", adjudicated=True)])
    assert disputed(pooled, "first") == []
    final = grades(pooled.judgements.of("first"), pooled.get_many).final
    assert {key: dict(rows) for key, rows in final.items()} == {"q1": {"a": 2, "b": 2}}
    assert progress(pooled, "first", "chair")[:2] == (0, 7)


def test_the_time_left_is_told_from_the_judges_own_pace(pooled: Library) -> None:
    assert progress(pooled, "first", "ann").seconds_left is None
    times = ["2024-05-01T10:00:00Z", "2024-05-01T10:00:20Z", "2024-05-01T12:00:00Z", "2024-05-01T12:00:40Z"]
    pooled.judgements.add("first", [Judgement("q1", one, 1, "ann", at=at) for one, at in zip("abcd", times, strict=True)])
    found = progress(pooled, "first", "ann")
    assert (found.seconds_each, found.seconds_left) == (30.0, 90.0)
    assert found.in_words() == "4 judged, 3 left, about 2 min"


def test_a_set_or_query_gone_meanwhile_is_one_clear_line_and_nothing_is_lost(pooled: Library) -> None:
    pooled.judgements.add("first", [Judgement("q2", "a", 2, "ann")])
    pooled.sets.remove("first", "q1")
    with pytest.raises(NotFoundError, match="no query 'q1'"):
        pooled.judgements.add("first", [Judgement("q2", "f", 1, "ann"), Judgement("q1", "a", 2, "ann")])
    with pytest.raises(NotFoundError, match="no query 'q1'"):
        pair_of(pooled, "first", "q1", "a", "ann")
    assert len(pooled.judgements.of("first")) == 1
    with pytest.raises(ConflictError, match="1 judgements that would be lost"):
        pooled.sets.delete("first")
    pooled.sets.delete("first", judged_too=True)
    for gone in (lambda: next_pair(pooled, "first", "ann"), lambda: pooled.judgements.add("first", [Judgement("q2", "f", 1, "ann")])):
        with pytest.raises(NotFoundError, match="no test set 'first'"):
            gone()


def test_an_answer_becomes_one_draft_with_its_results_to_judge(pooled: Library) -> None:
    pooled.answers.save("0a1b", "Does it help?", 1, answer(reviews=["a", "b"], nearest=["b", "c"]))
    made = draft_from_answer(pooled, "0a1b", why="thumbs down", actor="ann")
    assert (made.text, made.draft, made.origin["results"], made.origin["by"]) == ("Does ketamine help?", True, ["a", "b", "c"], "ann")
    again = draft_from_answer(pooled, "0a1b", why="wrong source", wrong=["b"], actor="bob")
    third = draft_from_answer(pooled, "0a1b", why="asked")
    assert (again.id, third.origin["why"], third.origin["wrong"], third.origin["by"]) == (made.id, "wrong source", ["b"], "ann")
    assert [(name, query.id) for name, query in drafts(pooled)] == [(DEFAULT_SET, made.id)]
    assert pooled.sets.queries(DEFAULT_SET, drafts=False) == {}
    pair = next_pair(pooled, DEFAULT_SET, "ann")
    assert pair is not None
    assert (pair.query.id, pair.of) == (made.id, 3)
    with pytest.raises(InputError, match="does not show the record 'f'"):
        draft_from_answer(pooled, "0a1b", why="wrong source", wrong=["f"])
    with pytest.raises(NotFoundError):
        draft_from_answer(pooled, "none")


def test_a_draft_is_accepted_into_another_set_with_its_judgements_or_discarded(pooled: Library) -> None:
    for number in "12":
        pooled.answers.save(number, "Does it help?", 1, answer(reviews=["a"]))
        draft_from_answer(pooled, number)
    pooled.judgements.add(DEFAULT_SET, [Judgement("chat-1", "a", 3, "ann"), Judgement("chat-2", "a", 0, "ann")])
    accepted = accept_draft(pooled, DEFAULT_SET, "chat-1", need="Whether it helps at all.", answerable=True, to_set="first")
    assert (accepted.draft, accepted.need, accepted.answerable, accepted.tags) == (False, "Whether it helps at all.", True, ("chat",))
    assert [one.grade for one in pooled.judgements.of("first", query_id="chat-1")] == [3]
    assert discard_draft(pooled, DEFAULT_SET, "chat-2") == 1
    with pytest.raises(ConflictError, match="no draft any more"):
        discard_draft(pooled, "first", "chat-1")
    with pytest.raises(NotFoundError):
        accept_draft(pooled, DEFAULT_SET, "chat-2")


def test_sweeps_are_taken_up_paused_and_kept(pooled: Library) -> None:
    made = pooled.sweeps.start("first", {"settings": [{"smoothing": "0"}], "values": {}})
    assert (made.state, made.done, made.total) == ("paused", 0, 1)
    assert pooled.sweeps.begin(made.id).state == "running"
    with pytest.raises(ConflictError, match="is running"):
        pooled.sweeps.begin(made.id)
    pooled.sweeps.pause(made.id)
    assert pooled.sweeps.save(made.id, {"settings": [{}], "values": {"a": {}}}) == "paused"
    assert [one.id for one in pooled.sweeps.all("first")] == [made.id]
    pooled.sweeps.delete(made.id)
    with pytest.raises(NotFoundError):
        pooled.sweeps.get(made.id)
