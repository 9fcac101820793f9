"""What Markdown, JSON Lines and `show --json` write is read back equal, whatever the text in it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Review
from corpus.importing import Draft, import_files, jsonl, markdown
from corpus.importing.parsing import Parsed
from tests.conftest import SAMPLE
from tests.corpus.making import IDS, contents, front, nasty, opened, review, reviews, write_files

STREAMS = st.lists(reviews(), min_size=1, max_size=3)


def read(parsed: list[Parsed]) -> list[Review]:
    """The records read; fails with the reason where one was refused."""
    assert [entry for entry in parsed if not isinstance(entry, Draft)] == []
    return [entry.review for entry in parsed if isinstance(entry, Draft)]


@given(STREAMS)
def test_a_stream_of_markdown_is_read_back_equal(records: list[Review]) -> None:
    assert read(list(markdown.parse("".join(markdown.write(record) for record in records)))) == records


@given(reviews(st.just("")))
def test_markdown_without_an_id_is_read_back_equal(record: Review) -> None:
    assert read(list(markdown.parse(markdown.write(record)))) == [record]


@given(STREAMS)
def test_json_lines_are_read_back_equal(records: list[Review]) -> None:
    text = "".join(jsonl.write(record) for record in records)
    assert text.count("\n") == len(records)
    assert read(list(jsonl.parse(text))) == records


@given(reviews())
def test_what_show_prints_can_be_imported(record: Review) -> None:
    assert read(list(jsonl.parse(json.dumps(record.public())))) == [record]


@settings(max_examples=12)
@given(st.lists(reviews(), min_size=1, max_size=4, unique_by=lambda record: record.id), st.sampled_from([markdown.write, jsonl.write]))
def test_an_exported_library_imports_into_an_equal_one(records: list[Review], write: Any) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as one:
        first = write_files(Path(folder), {"first.jsonl": "".join(jsonl.write(record) for record in records)})
        import_files(one, first)
        exported = "".join(write(record) for record in one.iterate())
        (Path(folder) / "other").mkdir()
        with opened(Path(folder) / "other") as other:
            import_files(other, write_files(Path(folder), {"export": exported}))
            assert contents(other) == contents(one)


@given(st.lists(nasty(), max_size=4))
def test_lists_of_any_text_survive_markdown(texts: list[str]) -> None:
    record = review("r", "T", findings=texts, limits=texts[::-1], sections=texts, section_titles=texts)
    assert read(list(markdown.parse(markdown.write(record)))) == [record]


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLE.iterdir())[::10])
def test_a_curated_file_is_written_as_it_stands(name: str) -> None:
    text = (SAMPLE / name).read_text(encoding="utf-8")
    (record,) = read(list(markdown.parse(text)))
    assert markdown.write(record) == text


def test_plain_text_stands_in_the_body_where_people_read_it() -> None:
    record = review("r", "T", summary="A summary.", findings=["One {thing} – 5%.", "Two\nlines."], sections=["Text.\n\nMore."], section_titles=["Intro"])
    assert markdown.write(record) == (
        "---\nid: r\ntitle: T\n---\n\n## Summary\n\nA summary.\n\n## Findings\n\n- One {thing} – 5%.\n- Two\n  lines.\n\n"
        "## Full text\n\n### Intro\n\nText.\n\nMore.\n"
    )


def test_what_the_body_cannot_carry_goes_into_the_front_matter() -> None:
    record = review("r", "T", summary="A rule:\n---\nand a heading:\n## Findings\n")
    text = markdown.write(record)
    assert "## Summary" not in text
    assert read(list(markdown.parse(text))) == [record]


def test_text_that_looks_like_a_record_is_not_read_as_one() -> None:
    record = review("r", "T", summary="One.\n---\nid: forged\ntitle: Forged\n---\nTwo.", findings=["x\n---\nid: forged\n---\ny"])
    assert read(list(markdown.parse(markdown.write(record) + markdown.write(record)))) == [record, record]


@pytest.mark.parametrize(
    "csl",
    [
        {"type": "book", "title": "T"},
        {"type": "article-journal", "issued": {"date-parts": [[2018, 5, 1]]}},
        {"type": "article-journal", "issued": {"date-parts": [[2018]], "literal": "Spring 2018"}},
        {"type": "article-journal", "issued": {"date-parts": [[2018], [2019]]}},
        {"type": "article-journal", "issued": {"literal": "in press"}, "title": "T"},
        {"type": "article-journal", "issued": {"date-parts": [[2018]], "circa": True}},
        {"type": "article-journal", "issued": {"date-parts": [[-44, 3, 15]]}},
        {"type": "thesis", "author": [{"family": "Meer", "given": "Pim", "non-dropping-particle": "van der", "suffix": "Jr."}]},
        {"type": "chapter", "editor": [{"literal": "WHO"}], "container-title": "Book", "volume": "null", "page": "1e3", "language": "no"},
        {"type": "article-journal", "title": "  spaced  \n title", "note": ": x"},
    ],
)  # fmt: skip
def test_every_part_of_a_csl_item_survives_markdown(csl: dict[str, Any]) -> None:
    record = Review(id="r", csl=csl, summary="S.")
    assert read(list(markdown.parse(markdown.write(record)))) == [record]


@pytest.mark.parametrize(
    "facet", ["authors", "authors_partial", "title", "year", "csl", "type", "facets", "summary", "notices", "a: b", "null", "1", "---", "# x"]
)
def test_facets_may_have_any_name(facet: str) -> None:
    record = review("r", "T", facets={facet: ["null", "1e3"], "topics": ["yes"]})
    assert read(list(markdown.parse(markdown.write(record)))) == [record]


def test_authors_may_be_written_as_people_write_names() -> None:
    listed = front(title="T", authors=["Jane Doe", "van der Meer, Pim", "et al."])
    in_one_line = front(title="T", authors="Jane Doe, Pim van der Meer et al.")
    for record in read([*markdown.parse(listed + in_one_line)]):
        assert [name.family for name in record.authors] == ["Doe", "van der Meer"]
        assert record.authors_partial


def test_headings_that_mean_nothing_to_us_are_kept() -> None:
    text = front(title="T").replace("## Summary", "A word before.\n\n## Comment of the editor\n\nWell done.\n\n## Summary")
    (record,) = read(list(markdown.parse(text)))
    assert record.summary == "A summary of what was found."
    assert record.extra == {"text": ["A word before."], "Comment of the editor": ["Well done."]}


@given(nasty(12), IDS)
def test_any_text_is_read_or_refused_and_never_breaks_the_reader(text: str, record_id: str) -> None:
    for content in (text, f"---\nid: {record_id}\n{text}\n---\n{text}", f'{{"id": "{record_id}", "title": {text}}}'):
        for parsed in [*markdown.parse(content), *jsonl.parse(content)]:
            assert isinstance(parsed, Draft) or parsed.reason
