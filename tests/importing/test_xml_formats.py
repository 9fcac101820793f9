"""PubMed XML, EndNote XML, Zotero RDF, JATS; and that no XML file can do harm."""

from __future__ import annotations

import pytest

from corpus.importing import Draft, Rejected

from .reading import names, only, parse, reviews
from .samples import ENDNOTE_XML, JATS, PUBMED_XML, SECOND, TITLE, ZOTERO_RDF


@pytest.mark.parametrize(("kind", "text"), [("pubmed-xml", PUBMED_XML), ("endnote-xml", ENDNOTE_XML), ("zotero-rdf", ZOTERO_RDF)])
def test_what_all_of_them_say_of_the_same_article(kind: str, text: str) -> None:
    first, second = reviews(text, kind)
    assert (first.title, second.title) == (TITLE, SECOND)
    assert first.authors[0].family == "Müller-Lyer"
    assert (first.year, first.doi, second.year) == (2021, "10.1000/jll.2021.5", 2019)
    assert (first.csl["volume"], first.csl["issue"], first.csl["page"], first.csl["ISSN"]) == ("12", "4", "101-110", "1234-5678")
    assert first.journal.lower() == "journal of later life"
    assert second.csl["type"] == "book"


def test_pubmed_mark_up_formulas_notices_and_others() -> None:
    first, _ = reviews(PUBMED_XML, "pubmed-xml")
    assert first.abstract == "BACKGROUND: Sadness & 5-HT2A, 10⁶ cells.\nMETHODS: We used a/b."
    assert names(first) == [("Müller-Lyer", "Ana B"), ("King", "Martin"), ("Later Life Group", "")]
    assert first.csl["author"][1]["suffix"] == "Jr"
    assert (first.authors_partial, first.keywords, first.facets) == (True, ("Depression",), {"kind": ("meta-analysis",), "topics": ("depression",)})
    assert [notice.type for notice in first.notices] == ["erratum"]
    assert (first.csl["PMCID"], first.extra["MeSH"]) == ("PMC7654321", ["Depression/drug therapy"])


def test_endnote_styles_notes_and_carriage_returns() -> None:
    first, second = reviews(ENDNOTE_XML, "endnote-xml")
    assert first.abstract == "Background: sadness.\nMethods: a trial < 5."
    assert (first.csl["container-title-short"], first.pmid, first.url) == ("J Later Life", "31234567", "http://example.org/5")
    assert first.extra["caption"] == ["Duplicate"]
    assert first.extra["notes"] == ["a note"]
    assert first.extra["pdf-urls"] == ["internal-pdf://5.pdf"]
    assert first.extra["ISSN"] == ["8765-4321"]
    assert second.csl["author"] == [{"literal": "World Health Organization"}]


def test_zotero_rdf_finds_what_items_point_to() -> None:
    first, second = reviews(ZOTERO_RDF, "zotero-rdf")
    assert names(first) == [("Müller-Lyer", "Ana B."), ("Later Life Group", "")]
    assert (first.csl["container-title-short"], first.keywords) == ("J Later Life", ("psilocybin", "depression"))
    assert first.extra == {"note": ["<p>my note</p>"], "attachment": ["files/8/jll.pdf Full text"]}
    assert second.csl["ISBN"] == "978-92-4-000000-1"


def test_jats_sections_stay_apart_and_references_are_left_out() -> None:
    review = only(JATS, "jats")
    assert review.title == TITLE
    assert review.section_titles == ("Introduction", "Methods")
    assert review.sections == ("Sadness is common and old (Doe 2016).", "People\n\nWe asked 10³ people:\n\nold ones")
    assert review.abstract == "Background: Sadness.\nResults: Less of it."
    assert names(review) == [("Müller-Lyer", "Ana B"), ("Later Life Group", "")]
    assert (review.year, review.csl["page"], review.csl["PMCID"], review.pmid) == (2021, "101-110", "PMC7654321", "31234567")
    assert review.extra["editor"] == ["E Boss"]


def test_lines_and_sources_of_records() -> None:
    _, (first, second) = parse(PUBMED_XML)
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.line, first.raw[:15], first.raw[-16:]) == (4, "<PubmedArticle>", "</PubmedArticle>")
    assert (second.record, second.line) == (2, 4 + PUBMED_XML.split("<PubmedArticle>")[1].split("<PubmedBook")[0].count("\n"))


def test_one_broken_record_never_stops_the_rest() -> None:
    broken = PUBMED_XML.replace("<Volume>12</Volume>", "<Volume>12</Wrong>")
    _, (first, second) = parse(broken)
    assert isinstance(first, Rejected)
    assert (first.record, first.line) == (1, 4)
    assert "mismatched tag" in first.reason
    assert isinstance(second, Draft)
    cut = PUBMED_XML[: PUBMED_XML.index("<BookTitle>")]
    _, (first, second) = parse(cut)
    assert isinstance(first, Draft)
    assert isinstance(second, Rejected)
    assert "cut off" in second.reason


def test_a_file_that_is_not_what_it_claims_gets_one_line() -> None:
    _, parsed = parse("<PubmedArticleSet>\n<PubmedArticle>\n  wrong format\n</PubmedArticleSet>")
    assert parsed == [Rejected(0, 2, "the file is not well-formed XML: <PubmedArticle> does not end")]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
THIEF = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n'


@pytest.mark.parametrize("prolog", [BOMB, THIEF])
@pytest.mark.parametrize("text", [PUBMED_XML, ENDNOTE_XML, ZOTERO_RDF, JATS])
def test_declared_entities_are_refused_in_one_line(prolog: str, text: str) -> None:
    body = text[text.index("<", text.index('dtd">') if 'dtd">' in text else 0) :].split("?>", 1)[-1]
    _, parsed = parse(prolog + body.replace(TITLE, "&b;"))
    assert parsed == [Rejected(0, 1, "the file declares XML entities, which are refused")]


def test_small_offences_against_xml_are_forgiven() -> None:
    text = ENDNOTE_XML.replace("Background: sadness.", "A & B &nbsp;&alpha; &#x1F; &#12; &bogus; <![CDATA[1 < 2 & 3]]>").replace("a note", "\x07bell")
    first, _ = reviews(text, "endnote-xml")
    assert first.abstract.split("\n")[0].split() == ["A", "&", "B", "α", "&bogus;", "1", "<", "2", "&", "3"]
    assert first.extra["notes"] == ["bell"]


def test_an_undeclared_prefix_does_no_harm() -> None:
    text = PUBMED_XML.replace(' xmlns:mml="http://www.w3.org/1998/Math/MathML"', "").replace("Sadness", "Note: sadness")
    assert reviews(text, "pubmed-xml")[0].abstract.startswith("BACKGROUND: Note: sadness")
