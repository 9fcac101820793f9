"""What other programs see of an export: plain fields, notices, guarded cells, formatted entries; and that it streams."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest

from corpus import Library, Review, UsageError
from corpus.exporting import FORMATS, STYLES, export_records
from tests.corpus.making import review

RECORD = Review.model_validate(
    {
        "id": "doe-2020-mice",
        "csl": {
            "type": "article-journal",
            "title": "Mice & {men}: 100% of DNA",
            "author": [
                {"family": "Doe", "given": "Jane B."},
                {"family": "Meer", "given": "Pim", "non-dropping-particle": "van der", "suffix": "Jr."},
                {"literal": "Society of Dogs and Cats"},
            ],
            "issued": {"date-parts": [[2020, 5]]},
            "container-title": "Journal of Mice",
            "volume": "12",
            "page": "1-10",
            "DOI": "10.1000/abc_d",
            "PMID": "123",
        },
        "abstract": "First.\nER  - is a tag.",
        "keywords": ["mice", "men, women"],
        "status": "retracted",
        "notices": [{"type": "retraction", "text": "Withdrawn.", "date": "2021-01-02"}],
    }
)


def exported(*records: Review, kind: str, style: str = "apa") -> str:
    return "".join(export_records(records, kind, style=style).chunks)


def test_ris_is_what_reference_managers_expect() -> None:
    lines = exported(RECORD, kind="ris").split("\n")
    assert lines[0] == "TY  - JOUR"
    assert lines[-3:] == ["ER  - ", "", ""]
    expected = [
        "TI  - Mice & {men}: 100% of DNA",
        "AU  - Doe, Jane B.",
        "AU  - van der Meer, Pim, Jr.",
        "AU  - Society of Dogs and Cats,",
        "PY  - 2020",
        "SP  - 1",
    ]
    expected += [
        "T2  - Journal of Mice",
        "KW  - men, women",
        "N1  - RETRACTION (2021-01-02): Withdrawn.",
        "AB  - First. ER  - is a tag.",
        "DO  - 10.1000/abc_d",
    ]
    assert set(expected) <= set(lines)


def test_bibtex_escapes_what_tex_would_take_for_its_own() -> None:
    text = exported(RECORD, kind="bibtex")
    assert text.startswith("@article{doe-2020-mice,\n  title = {{Mice \\& \\{men\\}: 100\\% of DNA}},\n")
    assert "author = {Doe, Jane B. and van der Meer, Jr., Pim and {Society of Dogs and Cats}}," in text
    assert "pages = {1--10}," in text
    assert "doi = {10.1000/abc_d}," in text
    assert "note = {RETRACTED in the library" in text


def test_csl_json_is_a_list_of_items_that_say_they_are_retracted() -> None:
    (item,) = json.loads(exported(RECORD, kind="csl-json"))
    assert (item["id"], item["title"], item["keyword"]) == ("doe-2020-mice", "Mice & {men}: 100% of DNA", "mice, men, women")
    assert "RETRACTED" in item["note"]
    assert json.loads(exported(kind="csl-json")) == []


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1"])
def test_no_cell_begins_a_formula(start: str) -> None:
    text = exported(review("r", start, abstract=start, keywords=[start]), kind="csv")
    assert text.startswith("\ufeffTitle,")
    _, row = csv.reader(io.StringIO(text))
    assert not [cell for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert row[0] == f"'{start}"


@pytest.mark.parametrize("style", STYLES)
def test_a_bibliography_names_authors_title_journal_and_what_became_of_the_paper(style: str) -> None:
    text = exported(RECORD, RECORD, kind="bibliography", style=style)
    assert text.count("\n") == 2
    for words in ("Doe", "van der Meer", "Mice & {men}: 100% of DNA", "Journal of Mice", "1–10", "2020", "[RETRACTED]", "Withdrawn."):
        assert words in text
    assert ("2. [RETRACTED] Doe JB" in text) == (style == "vancouver")


def test_apa_lists_a_record_without_authors_by_its_title_once() -> None:
    record = review("r", "On mice", year=2020, journal="Journal of Mice")
    assert exported(record, kind="bibliography") == "On mice. (2020). Journal of Mice.\n"
    partly = review("r", "On mice", year=2020, authors=["Doe"], authors_partial=True)
    assert exported(partly, kind="bibliography").startswith("Doe, et al. (2020). On mice.")


def test_what_no_style_can_format_gets_a_plain_entry_and_is_told() -> None:
    strange = Review(id="r", csl={"type": "article-journal", "title": "On mice", "issued": {"date-parts": [[2020]]}, "author": [{"family": 7}]})
    export = export_records([strange, RECORD], "bibliography")
    lines = list(export.chunks)
    assert "On mice" in lines[1]
    assert "Doe" in lines[2]
    assert [fault.review_id for fault in export.faults] in (["r"], [])
    assert export.count == 2


@pytest.mark.parametrize("kind", FORMATS)
def test_records_are_written_as_they_come(kind: str) -> None:
    taken = 0

    def coming() -> Iterator[Review]:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield RECORD

    export = export_records(coming(), kind)
    chunks = [next(export.chunks) for _ in range(4)]
    assert taken == 3
    assert "Mice" in chunks[3]
    assert export.file_name.startswith("florilegium.")
    assert "charset=utf-8" in export.media_type


@pytest.mark.parametrize(("kind", "style"), [("endnote", "apa"), ("bibliography", "chicago")])
def test_unknown_formats_and_styles_are_named(kind: str, style: str) -> None:
    with pytest.raises(UsageError, match="there is no") as caught:
        export_records([], kind, style=style)
    assert "apa" in caught.value.remedy or "ris" in caught.value.remedy


def test_nothing_is_an_export_too(library: Library) -> None:
    for kind in FORMATS:
        assert exported(*library.iterate(), kind=kind).strip("\ufeff[]\n ") in ("", exported(kind="csv").strip("\ufeff\n"))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_record_whose_item_says_no_type_is_exported_all_the_same(kind: str) -> None:
    bare = Review.model_validate({"id": "mice", "csl": {"title": "Mice", "issued": {"date-parts": [[2020]]}}, "summary": "Of mice."})
    made = export_records([bare], kind)
    text = "".join(made.chunks)
    assert "Mice" in text
    assert made.faults == []
    if kind == "markdown":
        assert "type:" not in text
    if kind == "csl-json":
        assert json.loads(text)[0]["type"]
