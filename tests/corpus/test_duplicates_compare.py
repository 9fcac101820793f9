"""When two records are one work: the traps of real exports."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from corpus import Library, Review
from corpus.duplicates.blocking import FULL, keys_of
from corpus.duplicates.compare import Verdict, compare
from corpus.duplicates.traits import traits_of
from corpus.importing import import_files
from corpus.importing.intake import undo_import
from tests.corpus.making import contents, put, review, reviews, write_files

TITLE = "Efficacy of repeated ketamine infusions for treatment-resistant depression in older adults"


def paper(title: str = TITLE, **changes: object) -> Review:
    """A complete record; `volume`, `issue` and `page` are CSL variables."""
    place = {"volume": "12", "issue": "3", "page": "100-110"} | {name: changes.pop(name) for name in ("volume", "issue", "page") if name in changes}
    fields = {"year": 2019, "authors": ["García", "Müller", "Roe"], "journal": "Journal of Affective Disorders"} | changes
    made = review("", title, **fields)
    return made.model_copy(update={"csl": made.csl | {name: value for name, value in place.items() if value}})


def verdict(one: Review, other: Review) -> Verdict:
    found = compare(traits_of(one), traits_of(other))
    assert found == compare(traits_of(other), traits_of(one)) or found.verdict == compare(traits_of(other), traits_of(one)).verdict
    assert 0 <= found.score <= 1
    assert (found.score >= 0.9) == (found.verdict is Verdict.SAME)
    return found.verdict


@pytest.mark.parametrize(
    "other",
    [
        paper(TITLE.upper() + "."),
        paper(TITLE.replace("ketamine", "<i>ketamine</i>"), journal="J Affect Disord", authors=["Garcia", "Muller", "Roe"]),
        paper(year=2018, volume="", issue="", page=""),
        paper(TITLE.replace("treatment-resistant", "treatment resistant"), page="100-10"),
        paper("Short report: " + TITLE, pmid="7"),
        paper(f"[{TITLE}]"),
    ],
)
def test_the_same_work_told_by_another_tool(other: Review) -> None:
    assert verdict(paper(), other) is Verdict.SAME


@pytest.mark.parametrize(
    "other",
    [
        paper("Erratum: " + TITLE, page="400"),
        paper(TITLE + ": reply", page="401"),
        paper(TITLE.replace("older adults", "adolescents")),
        paper(TITLE + ": part II", page="111-120"),
        paper(TITLE + ": study protocol"),
        paper(journal="European Psychiatry", volume="33", page="S120"),
        paper(doi="10.1/b"),
        paper(journal="medRxiv", volume="", issue="", page=""),
        paper(year=2012),
        paper(authors=["Nobody", "Else"]),
        paper(page="210-220"),
    ],
)
def test_what_only_looks_the_same_is_never_merged_unasked(other: Review) -> None:
    assert verdict(paper(doi="10.1/a"), other) is not Verdict.SAME


def test_titles_that_many_papers_have_tell_nothing() -> None:
    one, other = (paper("Editorial", page=page) for page in ("1", "90"))
    assert verdict(one, other) is not Verdict.SAME
    assert compare(traits_of(one), traits_of(other), by_key=True).verdict is not Verdict.SAME


def test_abstracts_of_one_supplement_share_its_doi_and_stay_apart() -> None:
    one = paper("Ketamine in rats", doi="10.1/s", page="S1", authors=["Doe"])
    other = paper("Sleep of nurses on long shifts", doi="10.1/s", page="S2", authors=["Roe"])
    assert compare(traits_of(one), traits_of(other), by_key=True).verdict is Verdict.DIFFERENT


@given(reviews())
def test_any_record_is_the_same_as_itself_and_has_few_keys(record: Review) -> None:
    traits = traits_of(record)
    assert compare(traits, traits, by_key=True).verdict in (Verdict.SAME, Verdict.DOUBT)
    assert len(keys_of(traits)) < 12


def ris(title: str, page: str = "100", journal: str = "Journal of Affective Disorders", **more: str) -> str:
    tags = {"TI": title, "AU": "García, A.", "PY": "2019", "JF": journal, "VL": "12", "SP": page} | more
    return "TY  - JOUR\n" + "".join(f"{tag}  - {value}\n" for tag, value in tags.items()) + "ER  - \n\n"


def test_an_import_merges_the_sure_queues_the_doubtful_and_counts_all(library: Library, tmp_path: Path) -> None:
    text = ris(TITLE) + ris("Short report: " + TITLE) + ris(TITLE, "S120", "European Psychiatry", VL="33")
    (path,) = write_files(tmp_path / "in", {"a.ris": text})
    report = import_files(library, [path])
    assert [report.total(name) for name in ("read", "added", "duplicates", "skipped")] == [3, 2, 1, 0]
    assert (report.in_doubt, library.count(), len(library.duplicates.pairs())) == (1, 2, 1)
    (merge,) = library.duplicates.merges()
    assert merge.automatic
    before = contents(library)
    again = import_files(library, [path])
    assert (again.total("unchanged") + again.total("duplicates"), again.batch) == (3, "")
    library.duplicates.undo(str(merge.number))
    assert library.count() == 3
    import_files(library, [path])
    assert library.count() == 3  # a person parted them
    undo_import(library, report.batch)
    assert before
    assert {status for _, status in library.statuses().values()} <= {"withdrawn", "current"}


def test_records_known_by_different_keys_become_one_when_a_third_names_both(library: Library, tmp_path: Path) -> None:
    put(library, review("by-doi", TITLE, doi="10.1234/a", authors=["García"]), review("by-pmid", TITLE, pmid="77", authors=["García"]))
    (path,) = write_files(tmp_path / "in", {"a.ris": ris(TITLE, DO="10.1234/a", AN="PMID: 77")})
    report = import_files(library, [path])
    assert (report.total("updated"), report.merged, library.count()) == (1, 1, 1)
    assert library.get("by-pmid").id == library.get("by-doi").id == "by-doi"
    assert undo_import(library, report.batch) == []
    assert sorted(record.id for record in library.iterate()) == ["by-doi", "by-pmid"]
    assert library.get("by-pmid").doi == ""


def test_a_key_that_many_have_proposes_nothing(library: Library) -> None:
    put(library, *(review(f"r{number}", "Editorial", year=2019, authors=["Doe"]) for number in range(FULL + 5)))
    assert library.duplicates.scan().compared == 0


def test_a_changed_record_is_compared_by_what_it_is_now() -> None:
    one = paper()
    other = one.model_copy(update={"abstract": "Quite another text. " * 10})
    assert (traits_of(one).abstract, traits_of(other).abstract[:18]) == ("", "quite another text")
    assert traits_of(one) == traits_of(one.model_copy(update={"id": "other-id"}))
    assert traits_of(one.model_copy(update={"csl": one.csl | {"title": "Sleep"}})).title == "sleep"
