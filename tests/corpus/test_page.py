"""The saved page of one review, as text and as HTML, with the site's furniture around it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from corpus import Library, Name, Review, default_vocabulary
from corpus.importing import Draft, import_files, page
from tests.conftest import SAMPLE
from tests.corpus.making import nasty, write_files

TEXT = """Home
Log in

Ketamine for chronic pain: a review

This systematic review (s=12, n=340) of 2019 examines ketamine in chronic pain (2019).

Its second paragraph.

Abstract: “Background: pain lasts. Methods: we searched.

Results: 12 trials (p<0.05).”

Authors: Jane A. Doe, Pim van der Meer & World Pain Group et al.

Find this paper

Topics studied
Chronic Pain Depression
TRD

Study characteristics
Systematic Review Literature Review

Inline Feedbacks
View all comments
"""
HTML = """<!DOCTYPE html>
<html><head><title>Not the title | Site</title><style>p { color: red }</style></head>
<body><header><nav><ul><li>Home</li><li>Log in</li></ul></nav></header>
<h1>Ketamine for chronic pain:
   a review</h1>
<p>This systematic review (s=12, n=340) of 2019 examines <em>ketamine</em> in chronic&nbsp;pain (2019).</p><p>Its second paragraph.</p>
<p><strong>Abstract:</strong> &ldquo;Background: pain lasts. Methods: we searched.</p><p>Results: 12 trials (p&lt;0.05).&rdquo;</p>
<p><b>Authors:</b> Jane A. Doe, Pim van der Meer &amp; World Pain Group et al.</p>
<p><a href="/x">Find this paper</a></p><script>var x = "Abstract: no";</script>
<h3>Topics studied</h3><ul><li>Chronic Pain</li><li>Depression</li><li>TRD</li></ul>
<h3>Study characteristics</h3><span>Systematic Review</span> <span>Literature Review</span>
<footer>Inline Feedbacks</footer></body></html>
"""


def read(text: str) -> Review:
    (parsed,) = page.parse(text)
    assert isinstance(parsed, Draft), parsed
    return parsed.review.model_copy(update={"facets": parsed.facets(default_vocabulary())})


@pytest.mark.parametrize("text", [TEXT, HTML, TEXT.replace("\n", "\r\n"), HTML.replace("</head>", "").replace("<style>p { color: red }</style>", "")])
def test_every_part_of_a_page_is_read_and_the_furniture_left(text: str) -> None:
    record = read(text)
    assert record.title == "Ketamine for chronic pain: a review"
    assert record.year == 2019
    assert record.summary.split("\n\n")[1] == "Its second paragraph."
    assert record.summary.startswith("This systematic review (s=12, n=340) of 2019 examines ketamine in chronic")
    assert record.abstract == "Background: pain lasts. Methods: we searched.\n\nResults: 12 trials (p<0.05)."
    assert record.authors == (Name("Doe", "Jane A."), Name("van der Meer", "Pim"), Name("World Pain Group"))
    assert record.authors_partial
    assert record.facets == {
        "topics": ("chronic pain", "depression", "treatment-resistant depression"),
        "characteristics": ("Systematic Review", "Literature Review"),
    }


@pytest.mark.parametrize("text", [TEXT, HTML])
def test_a_page_is_told_from_its_content(library: Library, tmp_path: Path, text: str) -> None:
    report = import_files(library, write_files(tmp_path / "in", {"saved.dat": text}))
    assert (report.files[0].format, report.total("added"), library.count()) == ("page", 1, 1)
    assert library.get("doe-2019-ketamine-chronic-pain").source is not None


@pytest.mark.parametrize(
    ("line", "families", "partial"),
    [
        ("Authors: Jane Doe", ["Doe"], False),
        ("Authors : Doe, J., Roe, R.", ["Doe", "Roe"], False),
        ("Author: Jane Doe and Richard Roe", ["Doe", "Roe"], False),
        ("Authors: Jane Doe; Richard Roe, et al", ["Doe", "Roe"], True),
        ("Authors: Sandra Anders, Al Alexander", ["Anders", "Alexander"], False),
        ("Authors:", [], False),
    ],
)
def test_authors_however_they_are_joined(line: str, families: list[str], partial: bool) -> None:
    start, end = TEXT.index("Authors:"), TEXT.index("\n", TEXT.index("Authors:"))
    record = read(TEXT[:start] + line + TEXT[end:])
    assert [name.family for name in record.authors] == families
    assert record.authors_partial is partial


@pytest.mark.parametrize("text", ["Abstract: x\nAuthors: Doe\n", "Home\nAbstract: only this\n"])
def test_a_page_without_a_title_is_refused_with_its_reason(text: str) -> None:
    (parsed,) = page.parse(text)
    assert not isinstance(parsed, Draft)
    assert "no title" in parsed.reason


@given(nasty(12), nasty(6))
def test_any_page_is_read_or_refused(before: str, within: str) -> None:
    for text in (before, f"{before}\nAbstract: {within}\nAuthors: {before}", f"<html><p>{before}</p><p>Abstract: {within}</p>Topics studied {before}"):
        for parsed in page.parse(text):
            assert isinstance(parsed, Draft) or parsed.reason


def test_the_seed_page_joins_the_record_of_the_sample(sample_library: Library, shared: Path) -> None:
    path = SAMPLE / "abdallah-2018-neurobiology-depression-ketamine.md"
    before = sample_library.get(path.stem)
    report = import_files(sample_library, [shared / "seed_page.txt"])
    assert (report.files[0].format, report.total("read"), report.total("updated"), sample_library.count()) == ("page", 1, 1, 120)
    after = sample_library.get(path.stem)
    assert before.abstract == ""
    assert after.abstract.startswith("The discovery of the antidepressant effects of ketamine has opened")
    assert after.abstract.endswith("discuss current challenges and future directions.")
    assert (after.summary, after.title, after.authors, after.findings) == (before.summary, before.title, before.authors, before.findings)
    assert [text[:49] for text in after.alternatives["summary"]] == ["This review (2018) examines the neurobiology of d"]
    assert set(after.alternatives) == {"summary"}
    assert after.facets == before.facets
    assert import_files(sample_library, [shared / "seed_page.txt"]).total("unchanged") == 1


def test_the_seed_page_alone_makes_a_whole_record(library: Library, shared: Path) -> None:
    import_files(library, [shared / "seed_page.txt"])
    record = library.get("abdallah-2018-neurobiology-depression-ketamine")
    assert (record.byline(), record.year, len(record.authors)) == ("Abdallah et al.", 2018, 4)
    assert record.facets == {"characteristics": ("Literature Review", "Theory Building", "Bio/Neuro")}
    assert "insider" not in "".join(text for _, text in record.evidence())
