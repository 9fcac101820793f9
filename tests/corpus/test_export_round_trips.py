"""Every format that can be imported gives a record back as it was: nasty text, names of all kinds, notices; and into the same library, nothing new."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Review, Status
from corpus.exporting import FORMATS, export_records
from corpus.importing import Draft, import_files
from corpus.importing.detect import PARSERS, detect
from corpus.importing.document import Document
from corpus.importing.own import mark, read_mark
from tests.conftest import SAMPLE
from tests.corpus.making import contents, nasty, opened, reviews, write_files

IMPORTABLE = [name for name in FORMATS if name != "bibliography"]
TRAPS = (
    "ER  - ", "\nER  - \n", "\nTY  - JOUR\n", "\n@article{x,\n", "\n@article(x,\n", "% no comment", "a; b, c", " and ", "The Society and Friends",
    "{", "}", "\\", "\\'e", "$x_2$", "#", "&", "~", "^", "--", "---", "``", "''", "=1+1", "+1", "-1", "@SUM(A1)", "'=x", "\t=x", ",", ";", '"', '""',
    "et al.", "others", "nan", "N/A", "null", "I", "<b>x</b>", "<jats:p>", "&amp;", "PMID: 12", "doi:10.1/x", "https://x.org", "…", "\u202eabc", "שלום",
    "😀", "e\u0301", "\u2028",
)  # fmt: skip
FORMS = [("literal",), ("family",), ("family", "given"), ("family", "given", "suffix"), ("non-dropping-particle", "family", "given")]


def trapped() -> st.SearchStrategy[str]:
    return st.lists(st.one_of(st.sampled_from(TRAPS), st.sampled_from(("word", "Ketamine", " ", "\n")), nasty(2)), max_size=6).map("".join)


@st.composite
def records(draw: st.DrawFn) -> Review:
    """A record whose fields may hold any trap."""
    from corpus.importing.parsing import build, make_csl

    text = trapped()

    def name() -> dict[str, str]:
        keys = draw(st.sampled_from(FORMS))
        return {key: draw(st.one_of(text, st.sampled_from(["Doe", "van der Meer", "Jr.", "WHO", "Jane B."]))) for key in keys}

    csl: dict[str, Any] = {"type": draw(st.sampled_from(["article-journal", "book", "chapter", "thesis", "dataset", "article"]))}
    csl |= {"title": draw(text), "container-title": draw(text), "author": [name() for _ in range(draw(st.integers(0, 3)))]}
    csl |= {"DOI": draw(st.sampled_from(["", "10.1000/abc", "10.1016/(sici)1_2%3", "10.1234/é{x}"])), "PMID": draw(st.sampled_from(["", "123"]))}
    csl |= {"page": draw(st.sampled_from(["", "1-10", "e12", "S1-S2", "12"])), "note": draw(st.sampled_from(["", "kept"]))}
    csl["issued"] = {"date-parts": [draw(st.sampled_from([[2020], [2020, 5], [1999, 12, 31], [-44]]))]} if draw(st.booleans()) else None
    made = build(
        1,
        1,
        csl=make_csl(csl),
        abstract=draw(text),
        keywords=draw(st.lists(text, max_size=3)),
        summary="S.",
        authors_partial=draw(st.booleans()),
        status=draw(st.sampled_from(list(Status))).value,
        notices=[{"type": "retraction", "date": "2024-05-01", "text": draw(text)}] if draw(st.booleans()) else [],
        id=draw(st.sampled_from(["doe-2020-mice", "Smith_2020.b", "a--b", ""])),
    )
    assert isinstance(made, Draft)
    return made.review


def exported(chosen: list[Review], kind: str) -> str:
    return "".join(export_records(chosen, kind).chunks)


def read(text: str, kind: str) -> list[Review]:
    parsed = list(PARSERS[kind](Document(text.encode())))
    assert [entry for entry in parsed if not isinstance(entry, Draft)] == []
    return [entry.review for entry in parsed if isinstance(entry, Draft)]


def carried(record: Review) -> dict[str, Any]:
    """What every format keeps."""
    names = {"id", "csl", "abstract", "keywords", "authors_partial", "status", "notices"}
    kept = record.model_dump(include=names)
    kept["csl"] = {key: value for key, value in kept["csl"].items() if key not in ("citation-key", "id")}
    return kept


@pytest.mark.parametrize("kind", IMPORTABLE)
@settings(max_examples=60)
@given(chosen=st.lists(st.one_of(records(), reviews()), min_size=1, max_size=3))
def test_records_come_back_as_they_were_whatever_stands_in_them(kind: str, chosen: list[Review]) -> None:
    assert [carried(record) for record in read(exported(chosen, kind), kind)] == [carried(record) for record in chosen]


@pytest.mark.parametrize("kind", IMPORTABLE)
def test_the_sample_collection_goes_out_and_into_itself_without_a_change(kind: str, tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        import_files(library, [SAMPLE])
        retracted = library.get("gattuso-2023-default-mode-network")
        library.edit(retracted.id, {"notices": [{"type": "retraction", "text": "Withdrawn by the journal."}]}, base_revision=retracted.revision)
        library.set_status(retracted.id, Status.RETRACTED)
        before, revision = contents(library), library.revision()
        text = exported(list(library.iterate()), kind)
        assert detect(text) == kind
        report = import_files(library, write_files(tmp_path / "out", {f"export.{kind}": text}))
        assert (report.total("unchanged"), report.wholly_good) == (120, True)
        assert (contents(library), library.revision()) == (before, revision)


@settings(max_examples=15)
@given(chosen=st.lists(records(), min_size=1, max_size=4), kind=st.sampled_from(IMPORTABLE))
def test_any_library_goes_out_and_into_itself_without_a_change(chosen: list[Review], kind: str) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as library:
        import_files(library, write_files(Path(folder) / "in", {"first.jsonl": exported(chosen, "jsonl")}))
        before, revision = contents(library), library.revision()
        report = import_files(library, write_files(Path(folder) / "out", {"export": exported(list(library.iterate()), kind)}))
        assert (report.total("unchanged"), library.revision(), contents(library)) == (len(before), revision, before)


@given(st.text(max_size=20), st.dictionaries(st.sampled_from(["abstract", "status", "extra"]), trapped()))
def test_a_mark_is_read_back_and_holds_nothing_that_a_format_could_break(review_id: str, fields: dict[str, str]) -> None:
    review_id = review_id.encode("utf-8", "ignore").decode()
    text = mark(review_id, fields)
    assert read_mark("florilegium:" + text) == (review_id, fields)
    assert not set(text) & set("\\{}\n\r$#&~^_;")
    assert "--" not in text


@given(trapped())
def test_any_text_is_a_mark_or_none(text: str) -> None:
    found = read_mark("florilegium:" + text)
    assert found is None or isinstance(found[1], dict)
