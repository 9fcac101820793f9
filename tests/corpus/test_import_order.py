"""The order in which files and records come does not change which works are there, nor what is known of them."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Library, Review
from corpus.importing import import_files
from tests.conftest import SAMPLE
from tests.corpus.making import contents, opened, write_files

#: Works, each with what every description of it names: works are told apart by DOI, by PMID, or by title, year and first author.
WORKS: list[dict[str, Any]] = [
    {"doi": "10.1000/a", "title": "On mice"},
    {"doi": "10.1000/b", "title": "On mice", "year": 2001, "authors": ["Doe, Jane"]},
    {"pmid": "7"},
    {"title": "On rats", "year": 2001, "authors": ["Doe, Jane"]},
    {"title": "On rats", "year": 2002, "authors": ["Doe, Jane"]},
    {"title": "ON RATS!", "year": 2001, "authors": ["Roe, Jane"]},
]
DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "summary": st.sampled_from(["One thing.", "Another.", "A third."]),
        "abstract": st.sampled_from(["Short.", "Long."]),
        "journal": st.sampled_from(["Mice", "Rats"]),
        "keywords": st.lists(st.sampled_from(["k1", "k2", "AUD"]), max_size=2),
        "note": st.sampled_from(["x", "y"]),
    },
)


@st.composite
def described(draw: st.DrawFn) -> list[dict[str, Any]]:
    numbers = draw(st.lists(st.integers(0, len(WORKS) - 1), min_size=1, max_size=10))
    return [{**WORKS[number], **draw(DETAILS)} for number in numbers]


def known(library: Library) -> dict[tuple[object, ...], dict[str, set[str]]]:
    """What is known of each work: every value, whether it stands in its field or among the alternatives."""

    def said(record: Review) -> dict[str, set[str]]:
        fields = {"summary": record.summary, "abstract": record.abstract, "container-title": record.journal}
        table = {name: {value} - {""} | set(record.alternatives.get(name, ())) for name, value in fields.items()}
        facets = {f"{facet}={value}" for facet, values in record.facets.items() for value in values}
        return {**table, "keywords": set(record.keywords), "facets": facets, "note": set(record.extra.get("note", ()))}

    return {(record.doi, record.pmid, record.title.casefold().strip("!"), record.year, record.byline()): said(record) for record in library.iterate()}


def imported(records: list[dict[str, Any]], sizes: list[int]) -> dict[tuple[object, ...], dict[str, set[str]]]:
    """What a library knows when the records came in files of these sizes, every second file in an import of its own."""
    files: dict[str, str] = {}
    left = list(records)
    for number, size in enumerate([*sizes, len(records)]):
        part, left = left[:size], left[size:]
        if part:
            files[f"{number}.jsonl"] = "\n".join(json.dumps(record) for record in part)
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as library:
        paths = write_files(Path(folder) / "in", files)
        for start in range(0, len(paths), 2):
            import_files(library, paths[start : start + 2])
        found = known(library)
        assert len(found) == library.count() == len({record.get("doi") or record.get("pmid") or json.dumps(by_title(record)) for record in records})
        return found


def by_title(record: dict[str, Any]) -> list[object]:
    return [record.get(key) for key in ("title", "year", "authors")]


@settings(max_examples=20)
@given(described(), st.data())
def test_any_order_in_any_files_gives_the_same_works_with_the_same_knowledge(records: list[dict[str, Any]], data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(0, 4), max_size=3))
    other = data.draw(st.permutations(records))
    assert imported(records, []) == imported(other, sizes)


@pytest.mark.slow
def test_the_sample_comes_in_the_same_whichever_way_it_is_read(tmp_path: Path) -> None:
    paths = sorted(SAMPLE.iterdir())
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    with opened(folders[0]) as one, opened(folders[1]) as two:
        import_files(one, paths)
        import_files(two, paths[60:][::-1])
        import_files(two, paths)
        assert contents(one) == contents(two)
