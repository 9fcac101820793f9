"""The 40 real exports and 20 full texts of the shared data: every record is found, and says what Zotero says it says."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from corpus.identity import clean_doi
from corpus.importing import Draft, Rejected
from corpus.importing.detect import PARSERS, detect
from corpus.importing.document import Document
from corpus.review import Review
from corpus.text import normalise, words_of

FORMATS = {"bib": "bibtex", "pubmedxml": "pubmed-xml", "endnotexml": "endnote-xml", "csljson": "csl-json"}
FILES = """asreview_baseline_100.ris asreview_baseline_zotero_crlf.ris asreview_embase.ris asreview_faulty_year.ris asreview_issue_1099.txt
    asreview_issue_992.txt asreview_ovid_psycinfo.ris asreview_proquest.ris asreview_pubmed_endnote.txt asreview_pubmed_zotero.ris asreview_scopus.ris
    asreview_web_of_science.txt asysd_labelled_latin1.csv asysd_mendeley_export.xml asysd_ris_export.txt asysd_zotero_export.bib asysd_zotero_export.csv
    asysd_zotero_export.ris bbt_csl.json bbt_mendeley.bib biopython_pubmed7.xml dedupesweep_tafenoquine.xml jabref_medline_bookset.xml
    jabref_medline_malformed.xml jabref_medline_mathml.xml jabref_utf16be.bib jabref_windows1252.bib revtools_pubmed.nbib revtools_scopus.ris revtools_wos.ciw
    rispy_extraneous_data.ris rispy_wos_tagged.ris srd_bannach_brown_depression.csv srd_ptsd_included_1.ris zotero_csl.json zotero_endnote_9.xml
    zotero_endnote_alltypes.ris zotero_medline_2.nbib zotero_ovid_psycinfo.txt zotero_pubmed_2.xml""".split()


def read(path: Path) -> tuple[str | None, list[Draft | Rejected]]:
    """(format, everything found) of a file."""
    document = Document(path)
    kind = detect(document)
    return kind, list(PARSERS[kind](document)) if kind else []


@pytest.fixture(scope="module")
def manifest(shared: Path) -> dict[str, dict[str, Any]]:
    """What is known of each file, by name."""
    return {entry["file"]: entry for entry in json.loads((shared / "imports/manifest.json").read_text(encoding="utf-8"))}


def test_these_are_all(manifest: dict[str, dict[str, Any]]) -> None:
    assert sorted(manifest) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_every_record_is_found(shared: Path, manifest: dict[str, dict[str, Any]], name: str) -> None:
    kind, parsed = read(shared / "imports" / name)
    known = manifest[name]
    assert kind == FORMATS.get(known["format"], known["format"])
    numbers = [entry.record for entry in parsed if entry.record]
    assert numbers == list(range(1, known["records"] + 1))
    drafts = [entry for entry in parsed if isinstance(entry, Draft)]
    assert len(drafts) == known["records"]
    if known["no_title"] is not None:
        assert sum(not draft.review.title for draft in drafts) == known["no_title"]
    lines = [draft.line for draft in drafts]
    assert lines == sorted(lines)
    text = Document(shared / "imports" / name).text().split("\n")
    assert all(draft.raw.split("\n")[0].strip() in text[draft.line - 1] for draft in drafts)


def test_the_file_that_is_not_well_formed_gets_one_line(shared: Path) -> None:
    _, parsed = read(shared / "imports/jabref_medline_malformed.xml")
    assert [(entry.record, isinstance(entry, Rejected)) for entry in parsed] == [(0, True)]


@pytest.mark.parametrize(
    ("name", "without", "doi", "pmid", "abstracts"),
    [  # without year and author, with DOI, PMID and abstract: counted by hand or by another tool
        ("asysd_zotero_export.ris", (3, 0), 718, 0, 776),
        ("asysd_zotero_export.bib", (3, 0), 718, 0, 776),
        ("asysd_zotero_export.csv", (0, 7), 1064, 1233, 1128),
        ("asysd_mendeley_export.xml", (0, 7), 1064, 0, 1128),
        ("revtools_pubmed.nbib", (0, 0), 104, 104, 96),
        ("srd_bannach_brown_depression.csv", (0, 5), 0, 0, 1599),
        ("bbt_mendeley.bib", (6, 6), 169, 0, 313),
        ("asreview_issue_992.txt", (0, 16), 3, 2, 8),
    ],
)
def test_what_records_have(shared: Path, name: str, without: tuple[int, int], doi: int, pmid: int, abstracts: int) -> None:
    found = [entry.review for entry in read(shared / "imports" / name)[1] if isinstance(entry, Draft)]
    assert (sum(review.year is None for review in found), sum(not review.authors for review in found)) == without
    assert sum(bool(review.doi) for review in found) == doi
    assert sum(bool(review.pmid) for review in found) == pmid
    assert sum(bool(review.abstract) for review in found) == abstracts


def test_the_same_library_in_three_formats_is_the_same(shared: Path) -> None:
    ris, bib = (
        [entry.review for entry in read(shared / "imports" / f"asysd_zotero_export.{ending}")[1] if isinstance(entry, Draft)] for ending in ("ris", "bib")
    )
    for one, other in zip(ris, bib, strict=True):
        assert words_of(one.title) == words_of(other.title)
        # a name without a comma is one piece in BibTeX's braces, and two parts in RIS
        assert [words_of(name.family)[-1] for name in one.authors] == [words_of(name.family)[-1] for name in other.authors]
        assert (one.doi, one.year, one.csl.get("volume"), one.csl.get("page")) == (other.doi, other.year, other.csl.get("volume"), other.csl.get("page"))


EXPECTED = [
    "zotero_csl.json",
    "zotero_endnote_9.xml",
    "zotero_endnote_alltypes.ris",
    "zotero_medline_2.nbib",
    "zotero_ovid_psycinfo.txt",
    "zotero_pubmed_2.xml",
]
#: Zotero's field -> ours. EndNote's 48 types put other things into these fields; of those only what all types share is compared.
FIELDS = {
    "volume": "volume", "issue": "issue", "pages": "page", "publicationTitle": "container-title", "bookTitle": "container-title",
    "journalAbbreviation": "container-title-short", "publisher": "publisher", "place": "publisher-place", "language": "language", "ISSN": "ISSN",
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_fields_are_those_that_zotero_reads(shared: Path, name: str) -> None:
    expected = json.loads(normalise((shared / f"imports/expected/{name}.zotero.json").read_text(encoding="utf-8")))
    found = [entry.review for entry in read(shared / "imports" / name)[1] if isinstance(entry, Draft)]
    for theirs, ours in zip(expected, found, strict=True):
        _same_work(theirs, ours, every_field=name != "zotero_endnote_alltypes.ris")


def _same_work(theirs: dict[str, Any], ours: Review, *, every_field: bool) -> None:
    if every_field or "title" in theirs:
        assert ours.title == theirs.get("title", "")
    year = re.search(r"(?<!\d)[12]\d{3}(?!\d)", (theirs.get("date") or theirs.get("issueDate") or "").replace("0000", ""))
    assert ours.year == (int(year[0]) if year else None)
    assert ours.doi == clean_doi(theirs.get("DOI", ""))
    assert words_of(ours.abstract) == words_of(theirs.get("abstractNote", ""))
    if theirs.get("PMID"):
        assert ours.pmid == theirs["PMID"]
    if "PMID: " in theirs.get("extra", ""):
        assert f"PMID: {ours.pmid}" in theirs["extra"]
    if every_field:
        roles: dict[str, list[tuple[str, str]]] = {}
        for creator in theirs["creators"]:
            roles.setdefault(creator["creatorType"], []).append((creator["lastName"], creator.get("firstName", "").replace(".", "")))
        assert [(name.family, name.given.replace(".", "")) for name in ours.authors] == roles.get("author", roles.get("inventor", []))
        editors = [(name.get("family"), name["given"].replace(".", "")) for name in ours.csl.get("editor", [])]
        assert editors == roles.get("editor", roles.get("seriesEditor", []))  # Zotero makes the editors of a book those of a series
        for zotero, csl in FIELDS.items():
            if theirs.get(zotero) and theirs["itemType"] != "patent":
                assert words_of(str(ours.csl.get(csl, ""))) == words_of(theirs[zotero]), zotero
    tags = {tag["tag"] for tag in theirs["tags"]}
    if tags:
        assert set(ours.keywords) == tags


def test_full_texts(shared: Path) -> None:
    known = json.loads((shared / "fulltext/manifest.json").read_text(encoding="utf-8"))
    for entry in known:
        kind, (draft,) = read(shared / "fulltext" / entry["file"])
        assert kind == "jats"
        assert isinstance(draft, Draft)
        review = draft.review
        assert words_of(review.title) == words_of(html.unescape(entry["title"]))
        assert (review.doi, review.journal) == (clean_doi(entry["doi"] or ""), entry["journal"])
        first_seen = review.csl.get("available-date", review.csl["issued"])["date-parts"][0][0]
        assert int(entry["year"]) in (review.year, first_seen)
        titled = sum(bool(title) for title in review.section_titles)  # text before the first section has no title; empty sections are left out
        assert titled in (entry["sections"], entry["sections"] - 1)
        assert len(review.abstract) > 500
        assert min(map(len, review.sections)) > 40
        assert not re.search(r"\[\s*[-–,;]*\s*\]", "".join(review.sections))
