"""Counting, listing and "newest" questions are told from all others, and read into the right filter."""

from __future__ import annotations

import pytest

from assistant.understanding import answer_from_catalogue, read_catalogue_question
from corpus import parse_filter
from tests.understanding.conftest import Shelf, cases

QUESTIONS = cases("catalogue_questions.jsonl")


def test_precision_and_recall(shelf: Shelf, capsys: pytest.CaptureFixture[str]) -> None:
    read = [(case, shelf.read(case["question"])) for case in QUESTIONS]
    wanted = [case for case, found in read if case["asked"]]
    taken = [case for case, found in read if found and found.sure]
    good = [case for case in taken if case["asked"]]
    precision, recall = len(good) / len(taken), len(good) / len(wanted)
    with capsys.disabled():
        print(f"\ncatalogue questions: precision {precision:.2f}, recall {recall:.2f} of {len(wanted)} among {len(read)}")
    assert len(read) >= 60
    assert precision >= 0.95
    assert recall >= 0.95


@pytest.mark.parametrize("case", [case for case in QUESTIONS if case["asked"]], ids=lambda case: case["question"])
def test_form_and_filter(shelf: Shelf, case: dict[str, object]) -> None:
    found = shelf.read(str(case["question"]))
    assert found is not None
    assert found.asked == case["asked"]
    assert sorted(found.filters) == sorted(case["filters"])  # type: ignore[call-overload]
    assert list(found.unknown) == case.get("unknown", [])


@pytest.mark.parametrize("question", ["What is the REBUS hypothesis?", "What is the predictive processing theory?"])
def test_what_one_thing_is_belongs_to_the_evidence(shelf: Shelf, question: str) -> None:
    assert shelf.read(question) is None


def test_the_count_is_the_catalogues(shelf: Shelf) -> None:
    question = shelf.read("How many systematic reviews of psilocybin since 2020?")
    assert question is not None
    answer = answer_from_catalogue(question, shelf.library, None, shelf.library.catalogue.facet_names())
    reviews = [
        review for review in shelf.library.iterate() if "psilocybin" in review.facets.get("substances", ()) and "systematic review" in review.facets["kind"]
    ]
    assert set(answer.ids) == {review.id for review in reviews if review.year and review.year >= 2020}
    assert answer.count == len(answer.ids) == len(answer.records) > 0
    assert answer.left_out == sum(review.year is None for review in reviews)
    assert [record.id for record in answer.records] == list(answer.ids)


def test_the_newest_is_the_newest_and_undated_records_are_counted(shelf: Shelf) -> None:
    question = shelf.read("What is the newest review on psilocybin?")
    assert question is not None
    answer = answer_from_catalogue(question, shelf.library, None, shelf.library.catalogue.facet_names())
    reviews = [review for review in shelf.library.iterate() if "psilocybin" in review.facets.get("substances", ())]
    assert answer.records[0].year == max(review.year for review in reviews if review.year)
    assert answer.left_out == sum(review.year is None for review in reviews)
    oldest = shelf.read("What is the oldest review on psilocybin?")
    assert oldest is not None
    assert answer_from_catalogue(oldest, shelf.library, None, []).records[0].year == min(review.year for review in reviews if review.year)


def test_a_word_that_nothing_explains_counts_nothing_and_is_said(shelf: Shelf) -> None:
    question = shelf.read("How many reviews of fluoxetine and depression since 2015?")
    assert question is not None
    answer = answer_from_catalogue(question, shelf.library, None, shelf.library.catalogue.facet_names())
    assert (answer.count, answer.ids, answer.unknown) == (0, (), ("fluoxetine",))
    assert "fluoxetine" in answer.said()


def test_the_readers_own_filter_binds_too(shelf: Shelf) -> None:
    question = shelf.read("List the reviews about ketamine and suicide")
    assert question is not None
    chosen = parse_filter(["year<=2019"], shelf.library.vocabulary)
    answer = answer_from_catalogue(question, shelf.library, chosen, shelf.library.catalogue.facet_names())
    assert answer.filter[0] == "year<=2019"
    assert all(record.year and record.year <= 2019 for record in answer.records)


def test_words_of_titles_are_used_and_told(shelf: Shelf) -> None:
    question = shelf.read("List the reviews on mystical renaissance hallucination")
    assert question is None or question.unknown or question.told


def test_what_may_be_meant_either_way_is_not_sure(shelf: Shelf) -> None:
    for text in ("Which reviews found that ketamine works for PTSD?", "Which reviews of psilocybin report headaches?"):
        found = shelf.read(text)
        assert found is not None
        assert not found.sure


def test_it_works_for_any_vocabulary() -> None:
    from assistant.understanding import Terms
    from corpus import Vocabulary

    terms = Terms(Vocabulary({"crop": ("winter wheat", "barley"), "kind": ("field trial",)}, {"crop": {"barley": ("Hordeum",)}}), {"soil": ["loam"]})
    found = read_catalogue_question("How many field trials of Hordeum on loam before 2001?", terms, lambda filters: 0, lambda word: False)
    assert found is not None
    assert sorted(found.filters) == ["crop=barley", "kind=field trial", "soil=loam", "year<=2000"]
