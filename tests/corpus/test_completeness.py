"""The completeness report counts what records lack and what in them cannot be right, as a plain loop over the records would."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Library, Review, Status, default_vocabulary, parse_filter
from corpus.completeness import WANTED, Fault, UnknownValue, completeness
from corpus.text import fold
from corpus.validation import csl_faults
from tests.corpus.making import opened, put, review, reviews

EVERY = parse_filter(["status=current|withdrawn|retracted"], default_vocabulary())


def test_what_is_missing_and_wrong_is_listed(library: Library) -> None:
    whole = review("a", "A", year=2020, authors=["Doe"], doi="10.1000/a", abstract="Words.", summary="Short.", facets={"topics": ["anxiety", "anxieties"]})
    bare = review("b", "B", doi="no doi", pmid="x1", year=3020)
    put(library, whole, bare.model_copy(update={"csl": {**bare.csl, "ISSN": "1234-5678"}}), review("c", "C", status=Status.WITHDRAWN))
    found = completeness(library, parse_filter([], library.vocabulary))
    assert (found.records, found.complete) == (2, 1)
    assert found.lacks == {"title": [], "authors": ["b"], "year": [], "doi": [], "abstract": ["b"], "summary": ["b"]}
    assert found.unknown == [UnknownValue("topics", "anxieties", 1, "anxiety")]
    assert [fault[:2] for fault in found.faults] == [("b", "doi"), ("b", "pmid"), ("b", "year"), ("b", "issn")]
    assert completeness(library, parse_filter(["topics=anxiety"], library.vocabulary)).records == 1
    assert found.as_dict(most=0)["lacks"]["abstract"] == {"count": 1, "ids": []}


def test_an_empty_library_lacks_nothing(library: Library) -> None:
    found = completeness(library, parse_filter([], library.vocabulary))
    assert (found.records, found.complete, found.faults, found.unknown, set(found.lacks)) == (0, 0, [], [], set(WANTED))


def has(record: Review, name: str) -> bool:
    if name == "authors":
        return bool(fold("; ".join(f"{author.given} {author.family}".strip() for author in record.authors)))
    value = getattr(record, name)
    return bool(fold(value) if isinstance(value, str) else value)


@settings(max_examples=20)
@given(st.lists(reviews(), max_size=6, unique_by=lambda record: record.id))
def test_the_report_is_what_a_loop_over_the_records_finds(records: list[Review]) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as library:
        put(library, *records)
        found = completeness(library, EVERY)
        held = sorted(records, key=lambda record: record.id)
        assert found.lacks == {name: [record.id for record in held if not has(record, name)] for name in WANTED}
        names = {"DOI": "doi", "PMID": "pmid", "ISSN": "issn", "issued": "year"}
        wrong = {(record.id, names[name]) for record in held for name in csl_faults(record.csl) if name != "issued" or record.year}
        assert {fault[:2] for fault in found.faults} == wrong
        assert all(isinstance(fault, Fault) and fault.reason for fault in found.faults)
        assert found.complete == sum(all(has(record, name) for name in WANTED) and record.id not in {i for i, _ in wrong} for record in held)
