"""Reading test sets: both layouts, and one clear line with file and line for every fault."""

from __future__ import annotations

import pytest

from corpus import Filter, InputError, Library, Review, Status, UsageError
from corpus.filters import Condition
from index.lab import Collection, read_set
from index.lab.collection import Document, Records
from tests.lab.conftest import DOCUMENTS, QUERIES, Write


@pytest.mark.parametrize("qrels", ["qrels.tsv", "qrels/test.tsv"])
@pytest.mark.parametrize("header", ["query-id\tcorpus-id\tscore\n", "", "q d grade\n"])
def test_both_places_with_and_without_header(write_set: Write, qrels: str, header: str) -> None:
    given = read_set(write_set(qrels=qrels, header=header))
    assert given.name == "invented"
    assert list(given.queries) == list(QUERIES)
    assert given.judgements == {"q1": {"d1": 2, "d3": 4, "d4": 0}, "q2": {"d2": 1, "d5": 1}, "q3": {"d4": 3}}
    assert given.collection.count() == len(DOCUMENTS)
    assert given.notes() == ["1 of 4 queries have no judgement and take no part in the means."]


def test_trec_columns_whole_decimals_and_numbers_as_ids(write_set: Write) -> None:
    folder = write_set(
        qrels_tsv="7 0 1 2.0\n7 0 2 -1\n", queries_jsonl='{"_id": 7, "text": "a"}\n', corpus_jsonl='{"_id": 1, "text": null}\n\n{"_id": 2, "title": "b"}\n'
    )
    assert read_set(folder).judgements == {"7": {"1": 2, "2": -1}}


def test_unknown_ids_and_repeats_are_counted_and_said(write_set: Write) -> None:
    folder = write_set(judgements=[("q1", "d1", 1), ("q1", "d1", 1), ("q1", "gone", 2), ("nobody", "d1", 1)])
    given = read_set(folder)
    assert (given.unknown_queries, given.unknown_documents, given.repeated) == (1, 1, 1)
    assert given.judgements == {"q1": {"d1": 1, "gone": 2}}
    assert len(given.notes()) == 4


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"qrels_tsv": "q1\td1\t1\nq1\td1\t2\n"}, ["judged 1 and 2", "qrels.tsv, line 1 and 2"]),
        ({"qrels_tsv": "query\tdoc\tscore\nq1\td1\thigh\n"}, ["'high' is not a whole number", "qrels.tsv, line 2"]),
        ({"qrels_tsv": "q1\td1\thigh\n"}, ["'high' is not a whole number", "line 1"]),
        ({"qrels_tsv": "q1\td1\t0.5\n"}, ["'0.5' is not a whole number", "line 1"]),
        ({"qrels_tsv": "q1\td1\n"}, ["2 columns", "line 1"]),
        ({"qrels_tsv": ""}, ["no query of the set is judged", "qrels.tsv"]),
        ({"qrels_tsv": "other\td1\t1\n"}, ["no query of the set is judged"]),
        ({"corpus_jsonl": '{"_id": "a", "text": ""}\n{"_id": "a", "text": ""}\n'}, ["'a' stands twice", "lines 1 and 2"]),
        ({"corpus_jsonl": '{"_id": "a"}\n[1]\n'}, ["no JSON object", "corpus.jsonl, line 2"]),
        ({"corpus_jsonl": '{"_id": "a"}\n\nnot json\n'}, ["not JSON", "corpus.jsonl, line 3"]),
        ({"corpus_jsonl": '{"text": "a"}\n'}, ["no usable `_id`", "line 1"]),
        ({"corpus_jsonl": '{"_id": "a b"}\n'}, ["no usable `_id`", "line 1"]),
        ({"corpus_jsonl": '{"_id": "a", "text": 5}\n'}, ["`text` is no text", "line 1"]),
        ({"corpus_jsonl": ""}, ["no documents"]),
        ({"queries_jsonl": ""}, ["no queries"]),
    ],
)
def test_bad_files_give_one_line_with_the_place(write_set: Write, texts: dict[str, str], said: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read_set(write_set(**texts))
    line = str(caught.value)
    assert "\n" not in line
    assert all(part in line for part in said), line
    assert caught.value.remedy


def test_bytes_that_are_no_text(write_set: Write) -> None:
    folder = write_set()
    (folder / "queries.jsonl").write_bytes(b'{"_id": "q1", "text": "caf\xe9"}\n')
    with pytest.raises(InputError, match=r"not UTF-8.*queries\.jsonl"):
        read_set(folder)


def test_a_folder_that_is_no_set(write_set: Write) -> None:
    folder = write_set()
    with pytest.raises(UsageError, match="no such test set"):
        read_set(folder / "none")
    (folder / "qrels.tsv").unlink()
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(UsageError, match=r"no corpus\.jsonl and no qrels\.tsv"):
        read_set(folder)


def test_the_collection_reads_like_a_library() -> None:
    records: Records = Collection({"b": Document("T", "Text."), "a": Document("", "")})
    assert records.statuses() == {"b": (1, Status.CURRENT), "a": (1, Status.CURRENT)}
    assert [review.id for review in records.iterate()] == ["b", "a"]
    assert [review.id for review in records.iterate(["a", "x", "b"])] == ["a", "b"]
    assert records.get_many(["b", "b", "x"]) == {"b": Review(id="b", revision=1, csl={"title": "T"}, abstract="Text.")}
    assert records.select(Filter()).ids == ["b", "a"]
    assert (records.count(), records.revision()) == (2, 1)
    with pytest.raises(UsageError, match="cannot be filtered"):
        records.select(Filter((Condition("year", "=", ("2020",)),)))


def test_library_and_collection_keep_one_contract(library: Library) -> None:
    with library.change() as change:
        for title, text in DOCUMENTS.values():
            if title and text:
                change.put(Review(id=title.split()[0], csl={"title": title}, abstract=text), "import", new=True)
    stored = list(library.iterate())
    collection = Collection({review.id: Document(review.title, review.abstract) for review in stored})
    some = [stored[2].id, "nobody", stored[0].id]
    for records in (library, collection):
        given: Records = records
        assert given.count() == len(stored) == len(given.statuses()) == len(given.select(Filter()).ids)
        assert {status for _, status in given.statuses().values()} == {Status.CURRENT}
        assert [review.id for review in given.iterate(some)] == [stored[2].id, stored[0].id]
        assert {key: list(review.evidence()) for key, review in given.get_many(some).items()} == {
            review.id: list(review.evidence()) for review in (stored[2], stored[0])
        }
        assert given.uid()
        assert given.revision() >= 1


def test_the_hash_is_that_of_the_content_in_any_order() -> None:
    one = Collection({"a": Document("x", "y"), "b": Document("", "")})
    assert one.hash == Collection({"b": Document("", ""), "a": Document("x", "y")}).hash == one.uid()
    assert one.hash != Collection({"a": Document("xy", ""), "b": Document("", "")}).hash
