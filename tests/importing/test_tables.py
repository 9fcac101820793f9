"""CSV and TSV: columns found by name, authors however they are joined, rows that are not well-formed."""

from __future__ import annotations

import pytest

from corpus.importing import Draft

from .reading import names, only, parse, reviews
from .samples import CSV, SECOND, TITLE, TSV


def test_zotero() -> None:
    first, second = reviews(CSV, "csv")
    assert (first.title, second.title) == (TITLE, SECOND)
    assert names(first) == [("Müller-Lyer", "Ana B."), ("van den Berg", "Jan")]
    assert first.abstract == 'Background: sadness.\n\nMethods: "a trial", said we.'
    assert (first.pmid, first.doi, first.csl["issued"], first.keywords) == (
        "31234567",
        "10.1000/jll.2021.5",
        {"date-parts": [[2021, 3, 15]]},
        ("psilocybin", "depression"),
    )
    assert first.extra == {"Key": ["AB"], "Extra": ["PMID: 31234567"]}
    assert (second.csl["type"], second.csl["author"]) == ("book", [{"literal": "World Health Organization"}])


def test_rows_know_their_lines() -> None:
    _, (first, second) = parse(CSV)
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.line, second.line, first.raw.count("\n")) == (2, 5, 2)


def test_web_of_science_tab_delimited() -> None:
    review = only(TSV, "tsv")
    assert (review.title, review.journal, review.csl["page"]) == (TITLE, "JOURNAL OF LATER LIFE", "101-110")
    assert names(review) == [("Müller-Lyer", "Ana B."), ("van den Berg", "Jan")]


@pytest.mark.parametrize(
    ("tool", "header", "row"),
    [
        ("asreview", "record_id,title,abstract,authors,year,doi,label_included", '7,T,A,"J. Doe, R. Roe and A. Poe",2001,10.1000/x,1'),
        ("scopus", "Authors,Title,Year,Source title,Volume,Page start,Page end,DOI,Abstract", '"Doe J., Roe R., Poe A.",T,2001,Mind,5,1,9,10.1000/x,A'),
        ("pubmed", "PMID,Title,Authors,Citation,Journal/Book,Publication Year,DOI", '5,T,"Doe J, Roe R, Poe A.",c,Mind,2001,10.1000/x'),
        (
            "rayyan", "key,title,year,journal,issn,volume,issue,pages,authors,url,abstract,notes,doi",
            'r1,T,2001,Mind,,5,2,1-9,"Doe, J. and Roe, R. and Poe, A.",,A,n,10.1000/x',
        ),
        ("covidence", "Title,Authors,Abstract,Published Year,Journal,DOI,Tags", 'T,"Doe, J.; Roe, R.; Poe, A.",A,2001,Mind,10.1000/x,a; b'),
        ("mendeley", "Title;Authors;Year;Journal;DOI", "T;\"Doe, J.; Roe, R.; Poe, A.\";2001;Mind;10.1000/x"),
        ("glued", "author,title,year,doi", "Doe J.Roe R.Poe A.,T,2001,10.1000/x"),
        ("tabs", "Authors\tTitle\tYear\tDOI", "Doe, J.|Roe, R.|Poe, A.\tT\t2001\thttps://doi.org/10.1000/x"),
        ("apa", "Authors,Title,Year,DOI", '"Doe, J., Roe, R., & Poe, A.",T,2001,10.1000/x'),
    ],
)  # fmt: skip
def test_columns_of_many_tools(tool: str, header: str, row: str) -> None:
    _, (parsed,) = parse(f"{header}\n{row}\n")
    assert isinstance(parsed, Draft)
    review = parsed.review
    assert (review.title, review.year, review.doi) == ("T", 2001, "10.1000/x")
    assert [name.family for name in review.authors] == ["Doe", "Roe", "Poe"]


def test_others_in_a_cell() -> None:
    review = only('title,authors,year\nT,"Doe, J.; Roe, R.; et al.",2001\n', "csv")
    assert (names(review), review.authors_partial) == ([("Doe", "J."), ("Roe", "R.")], True)


def test_missing_values_of_r_and_pandas_are_missing() -> None:
    review = only("author,title,year,journal,pages,doi\nDoe J.,T,NA,nan,NULL,NA\n", "csv")
    assert (review.year, review.journal, review.doi, review.extra) == (None, "", "", {})


def test_labels_of_screening_tools_are_kept() -> None:
    review = only("title,abstract,source,label,included\nT,A,unique,Duplicate,1\n", "csv")
    assert review.extra == {"source": ["unique"], "label": ["Duplicate"], "included": ["1"]}
    assert review.journal == ""


def test_lines_above_the_headings() -> None:
    text = '"About the data: exported on 2020-01-01"\nsep=,\nTitle,Authors,PubYear,DOI\nT,"Doe, J.",2001,10.1000/x\n'
    review = only(text, "csv")
    assert (review.title, review.year) == ("T", 2001)


def test_rows_too_long_too_short_and_empty() -> None:
    long, short = reviews("title,year,authors\nOne,2001,Doe J,more\n\n,,\nTwo\n", "csv")
    assert (long.title, long.extra) == ("One", {"column 4": ["more"]})
    assert short.title == "Two"


@pytest.mark.parametrize("tail", ["", 'Four,"2004"\n'])
def test_a_quote_that_never_closes_swallows_no_other_row(tail: str) -> None:
    text = 'title,year\nOne,2001\n"Two,2002\nThree,2003\n' + tail
    assert [(review.title, review.year) for review in reviews(text, "csv")][:3] == [("One", 2001), ('"Two', 2002), ("Three", 2003)]


def test_embase_upright() -> None:
    text = '"TITLE","Ketamine"\n"AUTHOR NAMES","Doe J.","Roe R."\n"PUBLICATION YEAR","2001"\n"ABSTRACT","Text."\n\n"TITLE","Sleep"\n"AUTHOR NAMES","Poe A."\n'
    first, second = reviews(text, "csv")
    assert (first.title, names(first), first.year, first.abstract) == ("Ketamine", [("Doe", "J."), ("Roe", "R.")], 2001, "Text.")
    assert second.title == "Sleep"


def test_embase_sources_are_taken_apart() -> None:
    text = 'Title,Author Names,Source,Abstract\nT,"Liu R., Adler D.G.",Endoscopic Ultrasound (2014) 3:3 (152-160). Date of Publication: 2014,A\n'
    review = only(text, "csv")
    assert (review.journal, review.year, review.csl["volume"], review.csl["page"]) == ("Endoscopic Ultrasound", 2014, "3", "152-160")
    assert names(review) == [("Liu", "R."), ("Adler", "D.G.")]
