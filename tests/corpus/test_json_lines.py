"""JSON Lines that others wrote: what they call things, and ids that are not ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus import Library, Name, Review
from corpus.importing import Draft, import_files, jsonl
from tests.corpus.making import ids, write_files


def read(**table: Any) -> Review:
    (parsed,) = jsonl.parse(json.dumps(table))
    assert isinstance(parsed, Draft), parsed
    return parsed.review


@pytest.mark.parametrize(
    ("authors", "names", "partial"),
    [
        (["Doe, Jane", "Roe, R."], [("Doe", "Jane"), ("Roe", "R.")], False),
        (["Jane Doe", "et al."], [("Doe", "Jane")], True),
        ("Jane Doe, Pim van der Meer", [("Doe", "Jane"), ("van der Meer", "Pim")], False),
        ([{"family": "Doe", "given": ""}, {"literal": "WHO"}], [("Doe", ""), ("WHO", "")], False),
        ([], [], False),
        (None, [], False),
    ],
)
def test_authors_in_every_form(authors: Any, names: list[tuple[str, str]], partial: bool) -> None:
    record = read(title="T", authors=authors)
    assert record.authors == tuple(Name(*name) for name in names)
    assert record.authors_partial is partial


def test_plain_names_of_fields_are_understood_and_unknown_ones_kept() -> None:
    record = read(title="T", journal="J", doi="https://doi.org/10.1000/X", pmid=7, year="May 2018", source="PubMed", rating=5, tags=["a"], keywords="mice")
    assert (record.journal, record.doi, record.pmid, record.year, record.keywords) == ("J", "10.1000/x", "7", 2018, ("mice",))
    assert record.extra == {"source": ["PubMed"], "rating": ["5"], "tags": ['["a"]']}


def test_the_csl_item_counts_more_than_the_plain_names() -> None:
    record = read(title="Plain", year=1999, csl={"title": "From CSL", "issued": {"date-parts": [[2018]]}, "type": "book"})
    assert (record.title, record.year, record.csl["type"]) == ("From CSL", 2018, "book")


@pytest.mark.parametrize("given", ["17", 17, "Smith_2020.b", "doe-2001-mice"])
def test_an_id_that_an_address_can_carry_is_kept(library: Library, tmp_path: Path, given: Any) -> None:
    paths = write_files(tmp_path / "in", {"a.jsonl": json.dumps({"id": given, "title": "On mice", "summary": "S."})})
    import_files(library, paths)
    assert ids(library.iterate()) == [str(given)]
    assert import_files(library, paths).total("unchanged") == 1


@pytest.mark.parametrize("given", ["../../etc/passwd", "a b", "https://example.org/x", "é", "a/b", "x" * 200, "-x", "<b>", ".."])
def test_any_other_id_is_noted_and_replaced_by_one_of_ours(library: Library, tmp_path: Path, given: str) -> None:
    paths = write_files(tmp_path / "in", {"a.jsonl": json.dumps({"id": given, "title": "On black mice", "summary": "S."})})
    import_files(library, paths)
    assert ids(library.iterate()) == ["black-mice"]
    assert library.get("black-mice").extra == {"id": [given]}
    assert import_files(library, paths).total("unchanged") == 1


def test_an_id_of_another_work_does_not_make_two_works_one(library: Library, tmp_path: Path) -> None:
    lines = [json.dumps({"id": "r1", "title": f"Work {name}", "doi": f"10.1000/{name}"}) for name in ("a", "b")]
    import_files(library, write_files(tmp_path / "in", {"a.jsonl": lines[0], "b.jsonl": lines[1]}))
    assert {record.id: record.doi for record in library.iterate()} == {"r1": "10.1000/a", "r1-2": "10.1000/b"}
