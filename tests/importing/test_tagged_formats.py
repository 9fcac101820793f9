"""The other formats of tagged lines: ENW, nbib, Web of Science, Ovid, RefWorks."""

from __future__ import annotations

import pytest

from corpus.review import Review

from .reading import names, only, reviews
from .samples import ENW, NBIB, OVID, OVID_LABELLED, REFWORKS, SECOND, TITLE, WOS


@pytest.mark.parametrize(("kind", "text"), [("enw", ENW), ("nbib", NBIB), ("wos", WOS), ("ovid", OVID), ("refworks", REFWORKS)])
def test_what_all_of_them_say_of_the_same_article(kind: str, text: str) -> None:
    first, second = reviews(text, kind)
    assert (first.title, second.title) == (TITLE, SECOND)
    assert [name.family for name in first.authors][:2] == ["Müller-Lyer", "van den Berg"]
    assert (first.year, first.doi, second.year) == (2021, "10.1000/jll.2021.5", 2019)
    assert (first.csl["volume"], first.csl["issue"], first.csl["page"], first.csl["ISSN"]) == ("12", "4", "101-110", "1234-5678")
    assert first.journal.lower() == "journal of later life"
    assert first.abstract.startswith("Background: sadness.")
    assert "psilocybin" in first.keywords


def test_enw_paragraphs_keywords_and_bodies() -> None:
    first, second = reviews(ENW, "enw")
    assert first.abstract == "Background: sadness.\n\nA second paragraph."
    assert (first.keywords, first.extra) == (("psilocybin", "depression"), {"%Z": ["a note"]})
    assert second.csl["author"] == [{"literal": "World Health Organization"}]


def test_refer_without_types_is_divided_by_blank_lines() -> None:
    one, two = reviews("%A Jane Doe\n%T One\n%J Mind\n%D 2001\n\n%A Rolf Roe\n%T Two\n", "enw")
    assert (one.title, one.csl["type"], two.title, two.csl["type"]) == ("One", "article-journal", "Two", "document")


def test_nbib_says_more() -> None:
    first, second = reviews(NBIB, "nbib")
    assert (first.pmid, first.csl["PMCID"], first.csl["issued"]) == ("31234567", "PMC7654321", {"date-parts": [[2021, 3, 15]]})
    assert names(first) == [("Müller-Lyer", "Ana B"), ("van den Berg", "Jan"), ("Later Life Group", "")]
    assert first.facets == {"kind": ("systematic review",), "substances": ("psilocybin",)}
    assert [(notice.type, "2022" in notice.text) for notice in first.notices] == [("retraction", True)]
    assert first.extra["ISSN"] == ["8765-4321"]
    assert first.extra["PT"] == ["Journal Article", "Systematic Review"]
    assert second.pmid == "31234568"


def test_nbib_of_eric_has_no_pmid() -> None:
    text = "\nOWN - ERIC\nTI  - One\nAU  - Doe, Jane\nDP  - 2001\n\nOWN - ERIC\nTI  - Two\n"
    assert [review.title for review in reviews(text, "nbib")] == ["One", "Two"]


def test_nbib_books() -> None:
    text = "PMID- 21249755\nTI  - A Syndrome\nBTI - Syndromes\nPB  - NCBI\nPL  - Bethesda (MD)\nFED - Roe, Rolf\nFAU - Doe, Jane\nDP  - 2009\n"
    review = only(text, "nbib")
    assert (review.csl["type"], review.journal, review.csl["publisher-place"]) == ("chapter", "Syndromes", "Bethesda (MD)")
    assert (names(review), review.csl["editor"]) == ([("Doe", "Jane")], [{"family": "Roe", "given": "Rolf"}])


def test_nbib_pages_are_written_out() -> None:
    assert only("PMID- 1234567\nTI  - T\nPG  - 6913-7\n", "nbib").csl["page"] == "6913-6917"
    assert only("PMID- 1234567\nTI  - T\nPG  - S12-9, e5\n", "nbib").csl["page"] == "S12-9, e5"
    assert only("PMID- 1234567\nTI  - T\nLID - e42692 [pii]\n", "nbib").csl["page"] == "e42692"


def test_web_of_science_takes_the_full_names_and_joins_broken_lines() -> None:
    first, second = reviews(WOS, "wos")
    assert names(first) == [("Müller-Lyer", "Ana B."), ("van den Berg", "Jan")]
    assert first.keywords == ("psilocybin", "later life", "DEPRESSION", "RANDOMIZED TRIAL")
    assert (first.pmid, first.extra["UT"], first.csl["issued"]) == ("31234567", ["WOS:000000000000001"], {"date-parts": [[2021, 3, 15]]})
    assert second.csl["type"] == "book"


def test_web_of_science_without_end_and_before_print() -> None:
    one, two = reviews("PT J\nAU Doe, J\nTI One\nEA JAN 2020\nEY 2020\nPT J\nTI Two\nCA Study Grp\nPY 2001\nER\nEF", "wos")
    assert (one.year, two.csl["author"]) == (2020, [{"literal": "Study Grp"}])


def test_ovid_source_line_and_title() -> None:
    first, _ = reviews(OVID, "ovid")
    assert (first.title, first.csl["source"]) == (TITLE, "PsycINFO")
    assert first.keywords == ("*Depression", "psilocybin", "later life")


def test_ovid_with_labels_on_lines_of_their_own() -> None:
    review = only(OVID_LABELLED, "ovid")
    assert names(review) == [("Muller-Lyer", "Ana B"), ("van den Berg", "Jan")]
    assert (review.pmid, review.journal, review.csl["volume"], review.csl["page"], review.year) == ("31234567", "Journal of Later Life", "12", "101-110", 2021)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Mind. Vol.43(5), Sep 2015, pp. 623-634.", ("Mind", "43", "5", "623-634")),
        ("Mind & Brain June 2015;58(6):688-696", ("Mind & Brain", "58", "6", "688-696")),
        ("Mind. 286(8):944-53, 2001 Aug 22", ("Mind", "286", "8", "944-53")),
        ("Mind.", ("Mind", None, None, None)),
    ],
)
def test_ovid_sources(source: str, expected: tuple[str, str | None, str | None, str | None]) -> None:
    csl = only(f"<1>\nVN  - Ovid Technologies\nTI  - T\nSO  - {source}\n", "ovid").csl
    assert (csl["container-title"], csl.get("volume"), csl.get("issue"), csl.get("page")) == expected


def _types(review: Review) -> str:
    return str(review.csl["type"])


def test_refworks_goes_on_without_tags() -> None:
    first, second = reviews(REFWORKS, "refworks")
    assert first.abstract.split("\n")[1] == "IN fact, this line goes on with the abstract."
    assert (first.csl["issued"], first.url, _types(second)) == ({"date-parts": [[2021, 3, 15]]}, "http://example.org/5", "book")
