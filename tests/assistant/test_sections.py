"""Which part of a work a sentence stands in, by headings within its text or over it."""

from __future__ import annotations

import pytest

from assistant.sections import Section, section_named, section_of
from corpus import Review

ABSTRACT = (
    "BACKGROUND: Mildew spreads in glasshouses. OBJECTIVE: To see whether sulphur stops it. "
    "METHODS AND MATERIALS: Forty vines were dusted: half with sulphur, half with chalk. "
    "MAIN OUTCOME MEASURES: Leaves lost. RESULTS: Sulphur halved the loss (n = 40). Conclusion: Sulphur works."
)


def record(**fields: object) -> Review:
    return Review.model_validate({"id": "vines", "csl": {"title": "Mildew"}, **fields})


@pytest.mark.parametrize(
    ("begins", "part"),
    [
        ("Mildew spreads", Section.AIM),
        ("To see", Section.AIM),
        ("Forty vines", Section.METHOD),
        ("half with", Section.METHOD),
        ("Leaves lost", Section.METHOD),
        ("Sulphur halved", Section.FINDING),
        ("Sulphur works", Section.CONCLUSION),
    ],
)
def test_headings_within_an_abstract(begins: str, part: Section) -> None:
    assert section_of(record(abstract=ABSTRACT), "abstract", ABSTRACT.index(begins)) is part


def test_a_heading_belongs_to_the_sentence_it_opens() -> None:
    assert section_of(record(abstract=ABSTRACT), "abstract", ABSTRACT.index("RESULTS")) is Section.FINDING


def test_no_heading_tells_nothing() -> None:
    plain = "We set out for the hills: the vines there were healthy. The results of last year: none."
    for start in (0, plain.index("The results")):
        assert section_of(record(abstract=plain), "abstract", start) is Section.UNKNOWN


def test_what_a_curator_lists_as_a_finding_is_one() -> None:
    assert section_of(record(findings=("METHODS: none.",)), "findings[0]", 0) is Section.FINDING


def test_sections_of_a_full_text_have_titles() -> None:
    review = record(sections=("Vines were dusted.", "Leaves were counted. CONCLUSION: Sulphur works."), section_titles=("2.1 Materials", "Results"))
    assert section_of(review, "sections[0]", 0) is Section.METHOD
    assert section_of(review, "sections[1]", 0) is Section.FINDING
    assert section_of(review, "sections[1]", 30) is Section.CONCLUSION


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("METHODS AND RESULTS", Section.MIXED),
        ("MEASUREMENTS AND MAIN RESULTS", Section.FINDING),
        ("CONCLUSIONS AND RELEVANCE", Section.CONCLUSION),
        ("SUMMARY OF BACKGROUND DATA", Section.AIM),
        ("DATA SYNTHESIS", Section.FINDING),
        ("TRIAL REGISTRATION", Section.APART),
        ("Competing interests", Section.APART),
        ("A NOTE ON NAMES", Section.UNKNOWN),
    ],
)
def test_names_of_parts(heading: str, part: Section) -> None:
    assert section_named(heading) is part
