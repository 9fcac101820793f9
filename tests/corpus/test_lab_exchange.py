"""Queries and judgements as files: read back without a difference, faults named by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Anchor, InputError
from corpus.lab import Judgement, TestQuery
from corpus.lab.exchange import read_judgements, read_queries, write_judgements, write_qrels, write_queries
from corpus.text import normalise
from tests.corpus.making import nasty

IDS = st.from_regex(r"[A-Za-z0-9._:-]{1,12}", fullmatch=True)
TEXTS = nasty().map(lambda text: " ".join(normalise(text).split())).filter(bool)
ANCHORS = st.builds(
    Anchor, st.just("r"), st.integers(0, 9), st.sampled_from(["summary", "findings[3]"]), st.integers(0, 9), st.integers(10, 20), nasty(), nasty(), nasty()
)


@given(
    st.dictionaries(IDS, st.tuples(TEXTS, nasty(), st.lists(TEXTS, max_size=3), st.sampled_from([None, True, False]), st.booleans()), min_size=1, max_size=5)
)
def test_queries_come_back_from_csv_as_they_were(given_rows: dict[str, tuple[str, str, list[str], bool | None, bool]]) -> None:
    queries = [
        TestQuery(key, text, need, tuple(dict.fromkeys(tags)), answerable, synthetic=flag, draft=not flag, origin={"answer": text})
        for key, (text, need, tags, answerable, flag) in given_rows.items()
    ]
    assert read_queries(write_queries(queries), "x.csv") == queries


@given(
    st.dictionaries(st.tuples(IDS, IDS, IDS, st.none() | ANCHORS), st.tuples(st.none() | st.integers(-2, 9), nasty(), st.booleans()), min_size=1, max_size=6)
)
def test_judgements_come_back_from_csv_as_they_were(rows: dict[tuple[str, str, str, Anchor | None], tuple[int | None, str, bool]]) -> None:
    def moved(anchor: Anchor | None, review_id: str) -> Anchor | None:
        return anchor and Anchor(**{**anchor.as_dict(), "review_id": review_id})

    given_judgements = [
        Judgement(query, review_id, grade, judge, moved(anchor, review_id), reason, settled, "2026-01-01T00:00:00Z")
        for (query, review_id, judge, anchor), (grade, reason, settled) in rows.items()
    ]
    places = [one.place() for one in given_judgements]
    if len(set(places)) == len(places):
        assert read_judgements(write_judgements(given_judgements), "x.csv") == given_judgements


def test_qrels_come_back_exactly_and_keep_grades_beyond_three() -> None:
    grades = {"1": {"doc-a": 4, "doc-b": -1}, "q2": {"doc-a": 0}}
    read = read_judgements(write_qrels(grades), "qrels")
    assert {(one.query_id, one.review_id, one.grade) for one in read} == {("1", "doc-a", 4), ("1", "doc-b", -1), ("q2", "doc-a", 0)}
    beir = read_judgements("query-id\tcorpus-id\tscore\n1\tdoc-a\t2\n", "qrels.tsv")
    assert [(one.query_id, one.review_id, one.grade) for one in beir] == [("1", "doc-a", 2)]


def test_trec_topics_give_number_title_and_need() -> None:
    text = "<top>\n<num> Number: 301\n<title> Organized Crime\n\n<desc> Description:\nIdentify organisations.\n<narr> Narrative:\nNames\nonly.\n</top>"
    closed = "<top><num>7</num><title>ketamine dose</title></top>"
    assert read_queries(text, "t") == [TestQuery("301", "Organized Crime", "Identify organisations. Names only.")]
    assert read_queries(closed, "t") == [TestQuery("7", "ketamine dose")]
    assert read_queries('{"_id": "1", "text": "a b"}\n', "q.jsonl") == [TestQuery("1", "a b")]


def test_columns_are_known_by_other_names_and_separators() -> None:
    assert read_queries("Question;Tags\nwhat is it?;a; \n".replace("; \n", "|b\n"), "x") == [TestQuery("", "what is it?", tags=("a", "b"))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no query"),
        ("id,need\n1,x\n", "column `text`"),
        ("id,text\n1,\n", "line 2"),
        ("id,text,answerable\n1,a,perhaps\n", "line 2"),
        ("id,text\n1,a\n1,b\n", "twice"),
        ("id,text\n1,a,b\n", "line 2"),
        ('{"_id": 1', "line 1"),
        ("<top><title>x</top>", "topic 1"),
    ],
)
def test_a_bad_query_file_is_one_line_that_says_where(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_queries(text, "x.csv")
    assert said in str(caught.value)
    assert "x.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"), [("", "no judgement"), ("1 0 a\tb", "line 1"), ("1 0 a high\n", "line 1"), ("1 0 a 1\n1 0 a 2\n", "twice"), ("1 0 a 1 x\n", "line 1")]
)
def test_a_bad_judgement_file_is_one_line_that_says_where(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_judgements(text, "qrels")
    assert said in str(caught.value)
