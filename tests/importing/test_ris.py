"""RIS, in the ways that tools and people write it."""

from __future__ import annotations

import pytest

from corpus.importing import Draft, Rejected

from .reading import names, only, parse, reviews
from .samples import RIS


def test_every_field_comes_to_its_place() -> None:
    first, second = reviews(RIS, "ris")
    assert names(first) == [("Müller-Lyer", "Ana B."), ("van den Berg", "Jan")]
    assert first.csl == {
        "type": "article-journal",
        "author": [{"family": "Müller-Lyer", "given": "Ana B."}, {"family": "van den Berg", "given": "Jan"}],
        "title": "Psilocybin for depression in later life: a trial",
        "container-title": "Journal of Later Life",
        "issued": {"date-parts": [[2021, 3, 15]]},
        "volume": "12",
        "issue": "4",
        "page": "101-110",
        "ISSN": "1234-5678",
        "DOI": "10.1000/jll.2021.5",
        "language": "English",
        "publisher": "Later Press",
    }
    assert (first.keywords, first.abstract, first.extra) == (("psilocybin", "depression"), "Background: sadness.", {"XX": ["something nobody knows"]})
    assert (second.csl["type"], second.csl["ISBN"], second.csl["publisher-place"]) == ("book", "978-92-4-000000-1", "Geneva")
    assert second.csl["author"] == [{"literal": "World Health Organization"}]


def test_records_know_their_number_line_and_source() -> None:
    _, (first, second) = parse("Provider: someone\n\n" + RIS)
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.record, first.line, second.record, second.line) == (1, 3, 2, 24)
    assert first.raw.startswith("TY  - JOUR\nAU")
    assert first.raw.endswith("ER  -")
    assert "Ketamine" not in first.raw


def test_text_between_records_belongs_to_none_and_a_stray_field_to_the_one_before() -> None:
    text = "1.\nTY  - JOUR\nT1  - One\nER  -\nNL  - J One\n\nLink to it: http://x.example\n\nRecord #2 of 2\n2.\nTY  - JOUR\nT1  - Two\nER  -\n"
    one, two = reviews(text, "ris")
    assert (one.title, one.extra) == ("One", {"NL": ["J One"]})
    assert (two.title, two.extra) == ("Two", {})


def test_a_missing_end_loses_nothing_and_mixes_nothing() -> None:
    text = "TY  - JOUR\nTI  - One\nKW  - a\n\nRecord #2 of 3\nTY  - JOUR\nTI  - Two\nAB  - Text\n\ngoes on\nPY  - 2001\nTY  - JOUR\nTI  - Three"
    one, two, three = reviews(text, "ris")
    assert (one.title, one.keywords) == ("One", ("a",))
    assert (two.title, two.abstract, two.year) == ("Two", "Text\n\ngoes on", 2001)
    assert three.title == "Three"


def test_a_record_without_its_first_line_is_still_one() -> None:
    assert only("T1  - No type\nA1  - Doe, J\nPY  - 1999\nER  -\n", "ris").title == "No type"


@pytest.mark.parametrize("tag", ["{} - {}", "{}  -{}", "{}  -  {}", " {}  - {}", "{}\t- {}", "{}  – {}", "{}  -\t{}"])
def test_tags_with_other_spacing(tag: str) -> None:
    lines = [("TY", "JOUR"), ("AU", "Doe, Jane"), ("TI", "On tags"), ("PY", "2001"), ("ER", "")]
    review = only("\n".join(tag.format(name, value) for name, value in lines), "ris")
    assert (review.title, review.year, names(review)) == ("On tags", 2001, [("Doe", "Jane")])


def test_what_looks_like_a_tag_inside_an_abstract_is_text() -> None:
    review = only("TY  - JOUR\nTI  - T\nAB  - We found\nOR - 1.5\nCI - 95%\nPY  - 2001\nER  - \n", "ris")
    assert review.abstract == "We found\nOR - 1.5\nCI - 95%"
    assert review.year == 2001


def test_lines_that_go_on() -> None:
    text = "TY  - JOUR\nTI  - A title that\n  goes on\nKW  - one\nTwo, with comma\nthree; and four\nAB  - broken\n      for width\nER  -\n"
    review = only(text, "ris")
    assert review.title == "A title that goes on"
    assert review.keywords == ("one", "Two, with comma", "three", "and four")
    assert review.abstract == "broken for width"


def test_a_semicolon_divides_keywords_only_where_one_field_holds_them_all() -> None:
    assert only("TY  - JOUR\nTI  - T\nKW  - a; b;c\nER  -\n", "ris").keywords == ("a", "b", "c")
    assert only("TY  - JOUR\nTI  - T\nKW  - a; b\nKW  - c\nER  -\n", "ris").keywords == ("a; b", "c")


def test_line_ends_of_every_kind_in_one_file() -> None:
    text = "TY  - JOUR\r\nTI  - One\rPY  - 2001\nER  -\r\n\r\nTY  - JOUR\rTI  - Two\rER  -\r"
    assert [review.title for review in reviews(text.encode(), "ris")] == ["One", "Two"]


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (("PY  - 2019//",), [2019]),
        (("PY  - 2019/10//undefined",), [2019, 10]),
        (("PY  - 2018", "DA  - SEP 4"), [2018, 9, 4]),
        (("PY  - 2018", "DA  - 2018/09/04/"), [2018, 9, 4]),
        (("PY  - 2018", "DA  - 2017/09/04"), [2018]),
        (("Y1  - 1900/01/01", "DA  - 1950/02/03"), [1950, 2, 3]),
        (("Y1  - 2014//",), [2014]),
        (("PY  - 20190312",), [2019, 3, 12]),
    ],
)
def test_dates(lines: tuple[str, ...], parts: list[int]) -> None:
    review = only("\n".join(["TY  - JOUR", "TI  - T", *lines, "ER  -"]), "ris")
    assert review.csl["issued"] == {"date-parts": [parts]}


def test_a_year_that_is_none_is_kept_and_told_of() -> None:
    review = only("TY  - JOUR\nTI  - T\nPY  - 10 15\nER  -\n", "ris")
    assert (review.year, review.extra) == (None, {"PY": ["10 15"]})


@pytest.mark.parametrize(
    ("fields", "page"),
    [
        ("SP  - 97\nEP  - 105", "97-105"), ("SP  - 359-376", "359-376"), ("SP  - 359-376\nEP  - 376", "359-376"), ("SP  - e12\nEP  - e12", "e12"),
        ("SP  - No\nEP  - Specified", None), ("SP  - 125\nEP  - nan", "125"), ("C7  - 104501", "104501"), ("SP  - 5\nC7  - 104501", "5"),
    ],
)  # fmt: skip
def test_pages(fields: str, page: str | None) -> None:
    assert only(f"TY  - JOUR\nTI  - T\n{fields}\nER  -\n", "ris").csl.get("page") == page


def test_identifiers_where_each_database_puts_them() -> None:
    def pmid(*lines: str) -> str:
        return only("\n".join(["TY  - JOUR", "TI  - T", *lines, "ER  -"]), "ris").pmid

    assert pmid("AN  - 21553931", "DP  - NLM") == "21553931"
    assert pmid("AN  - 21553931", "DP  - EBSCOhost") == ""
    assert pmid("C2  - 31421429", "DB  - Scopus") == "31421429"
    assert pmid("C5  - 15368318", "DB  - Embase", "DB  - Medline") == "15368318"
    assert pmid("L2  - http://www.ncbi.nlm.nih.gov/pubmed/22752652") == "22752652"
    assert pmid("N1  - PMID: 123456") == "123456"
    assert pmid("N1  - References: Doe (2001) PMID: 123456; Roe (2002)") == ""
    review = only("TY  - JOUR\nTI  - T\nUR  - https://doi.org/10.1000/X.1\nUR  - http://b.example\nC2  - PMC4348420\nER  -\n", "ris")
    assert (review.doi, review.url, review.extra) == ("10.1000/x.1", "https://doi.org/10.1000/X.1", {"UR": ["http://b.example"]})
    assert review.csl["PMCID"] == "PMC4348420"


def test_a_doi_that_is_none_is_kept_apart() -> None:
    review = only("TY  - JOUR\nTI  - T\nDO  - in press\nER  -\n", "ris")
    assert (review.doi, review.extra) == ("", {"DO": ["in press"]})


def test_others_are_not_an_author() -> None:
    review = only("TY  - JOUR\nTI  - T\nAU  - Liu R.\nAU  - Adler D.G.\nAU  - et al.\nER  -\n", "ris")
    assert (names(review), review.authors_partial) == ([("Liu", "R."), ("Adler", "D.G.")], True)


def test_two_authors_may_have_one_name() -> None:
    assert len(only("TY  - JOUR\nTI  - T\nAU  - Wang, Y.\nAU  - Wang, Y.\nER  -\n", "ris").authors) == 2


def test_ovids_list_of_cited_authors_is_no_editor() -> None:
    review = only("TY  - JOUR\nTI  - T\nA2  - Andres, Bucchianeri, Buote, Byrne, Casati\nA2  - Roe, R.\nER  -\n", "ris")
    assert review.csl["editor"] == [{"family": "Roe", "given": "R."}]
    assert review.extra["A2"] == ["Andres, Bucchianeri, Buote, Byrne, Casati"]


def test_titles_of_books_proceedings_and_series() -> None:
    chapter = only("TY  - CHAP\nTI  - T\nT2  - The Book\nT3  - The Series\nA2  - Roe, R.\nER  -\n", "ris")
    assert (chapter.csl["type"], chapter.journal, chapter.csl["collection-title"]) == ("chapter", "The Book", "The Series")
    book = only("TY  - BOOK\nTI  - T\nT2  - The Series\nER  -\n", "ris")
    assert (book.journal, book.csl["collection-title"]) == ("", "The Series")
    talk = only("TY  - CONF\nTI  - T\nT2  - The Meeting\nC3  - The Proceedings\nER  -\n", "ris")
    assert (talk.journal, talk.csl["event-title"]) == ("The Proceedings", "The Meeting")
    science = only("TY  - JOUR\nTI  - T\nT2  - JOURNAL\nC3  - University of X\nC3  - University of Y\nPU  - P\nER  -\n", "ris")
    assert (science.journal, science.extra["C3"]) == ("JOURNAL", ["University of X", "University of Y"])
    edited = only("TY  - EDBOOK\nTI  - T\nAU  - Roe, R.\nER  -\n", "ris")
    assert edited.csl["editor"] == [{"family": "Roe", "given": "R."}]


def test_a_record_without_title_comes_in_and_an_empty_one_is_told() -> None:
    _, parsed = parse("TY  - JOUR\nAU  - Doe, J\nER  -\n\nTY  - JOUR\nER  -\n\nTY  - JOUR\nN1  - only a note\nER  -\n")
    first, second, third = parsed
    assert isinstance(first, Draft)
    assert first.review.title == ""
    assert second == Rejected(2, 5, "the record is empty")
    assert isinstance(third, Draft)
    assert third.review.csl["note"] == "N1: only a note"
