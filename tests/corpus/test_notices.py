"""Notices for many records at once: every row accounted for, the records' status and notices set in one batch that can be taken back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import InputError, Library, Notice, Status
from corpus.importing import undo_import
from corpus.importing.document import Document
from corpus.importing.intake import list_imports
from corpus.notices import BadRow, list_notices, read_rows, take_notices
from tests.corpus.making import nasty, put, review

PLAIN = b"""doi,pmid,type,date,text
https://doi.org/10.1000/A,,retraction,2024-05-01,Bad data
,123,Expression of concern,2024,
10.1000/none,999,erratum,,Typo
10.1000/c,,praise,,Well done
nonsense,,retraction,,
10.1000/a,123,erratum,,Two records
10.1000/c,,erratum,soon,
,,retraction,,

10.1000/c,,corrigendum,1 May 2023,"A table, mended
on two lines"
10.1000/c,,,,
"""
WATCH = (
    "Record ID,Title,Reason,RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature\n"
    '1,T,"+Concerns/Issues About Data;+Unreliable Results;",5/3/2024 0:00,10.1000/notice,0,1/1/2020 0:00,10.1000/A,0,Retraction\n'
    "2,T,+Error;,5/3/2024 0:00,unavailable,0,1/1/2020 0:00,unavailable,123,Correction\n"
    "3,T,+Error;,5/3/2024 0:00,unavailable,0,1/1/2020 0:00,unavailable,0,Retraction\n"
    "4,T,,5/3/2024 0:00,10.1000/c,0,1/1/2020 0:00,10.1000/c,0,Reinstatement\n"
)


@pytest.fixture
def held(library: Library) -> Library:
    put(library, review("a", "A", doi="10.1000/a"), review("b", "B", pmid="123"), review("c", "C", doi="10.1000/c"))
    return library


def test_every_row_of_a_plain_table_is_accounted_for(held: Library) -> None:
    report = take_notices(held, PLAIN, path="notices.csv", actor="ann")
    assert (report.read, report.matched, report.unchanged, report.unmatched) == (10, 3, 0, 1)
    assert [row.line for row in report.bad] == [5, 6, 7, 8, 9, 13]
    assert "DOI is that of a, its PMID that of b" in report.bad[2].reason
    assert report.read == report.matched + report.unchanged + report.unmatched + len(report.bad)
    assert report.records == ["a", "b", "c"]
    assert (held.get("a").status, held.get("a").notices) == (Status.RETRACTED, (Notice(type="retraction", date="2024-05-01", text="Bad data"),))
    assert (held.get("b").status, held.get("b").notices) == (Status.CURRENT, (Notice(type="concern", date="2024", text="Expression of concern"),))
    assert held.get("c").notices == (Notice(type="erratum", date="2023-05-01", text="A table, mended\non two lines"),)
    assert held.revision() == 2
    assert held.history("a")[0][1:3] == ("notice", "ann")


def test_taken_again_nothing_changes_and_nothing_is_written(held: Library) -> None:
    first = take_notices(held, PLAIN)
    again = take_notices(held, PLAIN)
    assert (again.matched, again.unchanged, again.batch, held.revision()) == (0, first.matched, "", 2)


def test_the_retraction_watch_export_is_told_by_its_columns(held: Library) -> None:
    report = take_notices(held, WATCH.encode())
    assert (report.read, report.matched, report.unmatched) == (4, 2, 1)
    assert [row.line for row in report.bad] == [5]
    notice = Notice(type="retraction", date="2024-05-03", text="Concerns/Issues About Data; Unreliable Results (notice: doi:10.1000/notice)")
    assert held.get("a").notices == (notice,)
    assert held.get("b").notices == (Notice(type="erratum", date="2024-05-03", text="Error"),)


def test_a_batch_is_listed_and_taken_back_but_for_records_changed_since(held: Library) -> None:
    report = take_notices(held, PLAIN)
    held.edit("c", {"summary": "New."}, base_revision=2)
    assert [(entry["batch"], entry["matched"], entry["undone"]) for entry in list_notices(held)] == [(report.batch, 3, False)]
    assert list_imports(held) == []
    assert undo_import(held, report.batch) == ["c"]
    assert (held.get("a").status, held.get("a").notices, held.get("b").notices) == (Status.CURRENT, (), ())
    assert len(held.get("c").notices) == 1
    assert list_notices(held)[0]["undone"]


@pytest.mark.parametrize("data", [b"", b"title,year\nA,2000\n", b"\x00\x01"])
def test_what_is_no_table_of_notices_is_refused(held: Library, data: bytes) -> None:
    with pytest.raises(InputError, match="DOI or PMID"):
        take_notices(held, data, path="x.csv")
    assert held.revision() == 1


@pytest.mark.parametrize("sign", [";", "\t"])
def test_other_signs_between_cells_and_other_encodings_are_read(held: Library, sign: str) -> None:
    text = sign.join(["PMID", "Type", "Text"]) + "\r\n" + sign.join(["123", "erratum", "Änderung"]) + "\r\n"
    assert take_notices(held, text.encode("utf-16")).matched == 1
    assert held.get("b").notices[0].text == "Änderung"


@given(st.lists(st.lists(nasty(2), min_size=1, max_size=6), max_size=4))
def test_any_cells_make_rows_good_or_bad_and_never_an_error(rows: list[list[str]]) -> None:
    import csv
    import io

    clean = [[cell.replace("\x00", "") for cell in row] for row in rows]  # a file with NULs is taken for UTF-16
    out = io.StringIO()
    csv.writer(out).writerows([["doi", "pmid", "type", "date", "text"], *clean])
    for row in read_rows(Document(out.getvalue().encode("utf-8", "replace")), "x.csv"):
        assert row.line >= 2
        assert isinstance(row, BadRow) or row.doi or row.pmid
