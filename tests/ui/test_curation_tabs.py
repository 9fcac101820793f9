"""The librarian's page, without a browser: what its tabs show and do."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import Library, UsageError
from corpus.importing.intake import list_imports
from corpus.vocabulary_store import change_vocabulary
from tests.corpus.making import put, review
from ui.engine import LocalEngine
from ui.settings import Settings
from ui.web.curation import duplicates_tab
from ui.web.curation.completeness_tab import report
from ui.web.curation.import_tab import bring_in, preview, take_back
from ui.web.curation.notices_tab import take_notices_back, take_table
from ui.web.curation.vocabulary_tab import save_value
from ui.web.works import Works
from ui.wiring import Workshop

RIS = "TY  - JOUR\nTI  - Sleep <script>alert(1)</script>\nAU  - Doe, Jane\nPY  - 2020\nDO  - 10.1000/x\nER  - \n"


def quiet(step: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


@pytest.fixture
def works(library: Library, tmp_path: Path) -> Works:
    return Works(LocalEngine(Workshop(Settings(home=tmp_path), library)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "one <b>.ris"
    made.write_text(RIS + RIS.replace("10.1000/x", "10.1000/y").replace("Sleep", "Pain") + "TY  - JOUR\nER  - \n", encoding="utf-8")
    return made


def test_a_preview_shows_what_would_come_in_and_writes_nothing(library: Library, file: Path) -> None:
    text, ready = preview(library, [str(file)], quiet)
    assert ready
    assert "Of 3 records 2 would be added, 1 skipped" in text
    assert "&lt;script&gt;" in text.replace("&#62;", "&gt;").replace("&#60;", "&lt;")
    assert "<script>" not in text
    assert "record 3" in text
    assert (library.count(), library.revision(), list_imports(library)) == (0, 0, [])


def test_a_table_without_a_column_of_titles_is_told_by_its_columns(library: Library, tmp_path: Path) -> None:
    made = tmp_path / "screened.csv"
    made.write_text('Paper <i>,authors,year\nSleep,"Doe, J",2021\n', encoding="utf-8")
    text, ready = preview(library, [str(made)], quiet)
    assert ready
    assert "the columns are Paper &lt;i&gt;, authors, year" in text


def test_what_was_looked_at_comes_in_and_can_be_taken_back(library: Library, file: Path) -> None:
    assert "2 were added" in bring_in(library, [str(file)], "ann", quiet)
    assert library.count() == 2
    text, ready = preview(library, [str(file)], quiet)
    assert not ready
    assert "there already" in text
    batch = list_imports(library)[0]["batch"]
    assert "was taken back" in take_back(library, batch, "ann")
    assert list_imports(library)[0]["undone"]
    assert "fl-warn" in take_back(library, batch, "ann")
    assert "fl-warn" in take_back(library, None, "ann")


def test_files_that_are_none_are_told_in_a_line(library: Library, tmp_path: Path) -> None:
    other = tmp_path / "x.bin"
    other.write_bytes(b"\x00\x01\x02" * 50)
    text, ready = preview(library, [str(other)], quiet)
    assert not ready
    assert "x.bin" in text.replace("&#46;", ".")


def test_a_value_is_saved_as_its_fields_say(library: Library) -> None:
    put(library, review("a", facets={"topics": ["slumber"]}))
    change_vocabulary(library, save_value("topics", "", "sleep", "slumber\nsomnus"), "new")
    assert library.vocabulary.spellings("topics", "sleep") == ("sleep", "slumber", "somnus")
    assert library.get("a").facets == {"topics": ("sleep",)}
    change_vocabulary(library, save_value("topics", "sleep", "sleeping", "somnus\nrest"), "other words")
    assert library.vocabulary.canonical("topics", "rest") == "sleeping"
    assert library.vocabulary.canonical("topics", "slumber") is None
    assert library.vocabulary.canonical("topics", "sleep") == "sleeping"
    assert library.get("a").facets == {"topics": ("sleeping",)}
    with pytest.raises(UsageError):
        change_vocabulary(library, save_value("topics", "", "rest", ""), "taken")


def test_a_pair_is_shown_side_by_side_with_what_agrees(library: Library, works: Works) -> None:
    csl = {"title": "Psilocybin for sleep in adults: a review", "issued": {"date-parts": [[2020]]}, "volume": "3", "page": "1-9"}
    put(library, review("a", csl={**csl, "author": [{"family": "Doe", "given": "Jane"}], "DOI": "10.1000/x"}))
    put(library, review("b", csl={**csl, "author": [{"family": "Do", "given": "J"}], "title": "Psilocybin <i>for</i> sleep in adults, a review"}))
    assert "No pair" in duplicates_tab.beside(library, None)
    said = duplicates_tab.scan(works, "ann")
    pairs = library.duplicates.pairs()
    assert "1 new" in said
    assert len(pairs) == 1
    shown = duplicates_tab.beside(library, f"{pairs[0].first_id}\t{pairs[0].second_id}")
    assert "Agree" in shown
    assert "<i>" not in shown
    library.duplicates.merge("a", "b")
    assert "No pair" in duplicates_tab.beside(library, "a\tb")


def test_notices_come_in_as_a_table_and_go_again(library: Library, tmp_path: Path) -> None:
    put(library, review("a", csl={"title": "Sleep", "DOI": "10.1000/x"}))
    file = tmp_path / "n.csv"
    file.write_text("doi,type,date,text\n10.1000/x,retraction,2024-05-01,Made <b>up</b>\n10.1000/z,erratum,,x\nnothing,erratum,,x\n", encoding="utf-8")
    said = take_table(library, str(file), "ann")
    assert "Of 3 rows 1 were given to a record" in said
    assert "line 4" in said
    assert library.get("a").status == "retracted"
    assert "fl-warn" in take_table(library, None, "ann")
    assert "were taken back" in take_notices_back(library, library.batches()[0]["id"], "ann")
    assert library.get("a").status == "current"


def test_what_records_lack_leads_to_their_forms(library: Library) -> None:
    put(library, review("a", csl={"title": "<b>Sleep</b>"}, facets={"topics": ["no such <i>topic</i>"]}))
    put(library, review("b", csl={"title": "Pain", "ISSN": "1234-5678"}))
    shown = report(library, "")
    assert "0 of 2 records lack nothing" in shown
    assert '<a href="/review/a/edit">' in shown
    assert "<i>" not in shown
    assert "1 value that cannot be right" in shown
    assert "0 of 1 records" in report(library, "title~pain")
    assert "fl-warn" in report(library, "colour=red")
