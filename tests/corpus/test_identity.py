"""When two records are the same work, and which id a record gets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Library, Review
from corpus.identity import base_id, clean_doi, clean_pmid, work_key
from corpus.importing import import_files
from tests.corpus.making import front, ids, nasty, review, reviews, write_files

SICI = "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"


@pytest.mark.parametrize(
    "written",
    ["10.1000/AbC", " 10.1000/abc ", "doi:10.1000/abc", "DOI: 10.1000/abc", "DOI 10.1000/abc", "https://doi.org/10.1000/abc", "http://dx.doi.org/10.1000/abc.",
     "doi.org/10.1000/abc", "10.1000/abc [doi]", "<10.1000/abc>", "(10.1000/abc)", "[10.1000/abc]", "doi:10.1000/abc]", "info:doi/10.1000/abc",
     "https://doi.org/10.1000%2Fabc", "https://journal.example/doi/full/10.1000/abc?src=feed", "'10.1000/abc';", "urn:doi:10.1000/abc,"],
)  # fmt: skip
def test_every_way_to_write_a_doi_gives_the_same(written: str) -> None:
    assert clean_doi(written) == "10.1000/abc"


@pytest.mark.parametrize("kept", [SICI, "10.1016/s0140-6736(05)67600-6", "10.1002/x.3.0.co;2-#", "10.31234/osf.io/9gbkt_v1", "10.1234/a?b"])
def test_strange_dois_stay_whole(kept: str) -> None:
    assert clean_doi(kept.upper()) == kept
    assert clean_doi(f"https://doi.org/{kept}.") == kept


@pytest.mark.parametrize("text", ["", "10.1/x", "abstract", "https://example.org/10.1000", "110.1000/abc", "10.1000/", "10.1234/)", "doi:", "https://doi.org/"])
def test_what_is_no_doi(text: str) -> None:
    assert clean_doi(text) == ""


@given(st.one_of(nasty(), st.from_regex(r"(doi:? ?)?10\.\d{4}/[\w().,;<>\[\]/%?=-]*", fullmatch=True)))
def test_a_cleaned_doi_is_clean(text: str) -> None:
    made = clean_doi(text)
    assert clean_doi(made) == made
    assert made == "" or re.fullmatch(r"10\.\d{4,9}/\S+", made)


@pytest.mark.parametrize(
    "written",
    ["29803629", "PMID: 29803629", "pmid29803629", "https://pubmed.ncbi.nlm.nih.gov/29803629/", "http://www.ncbi.nlm.nih.gov/pubmed/29803629",
     "pubmed.ncbi.nlm.nih.gov/29803629", "https://www.ncbi.nlm.nih.gov/pubmed/?term=29803629", "029803629", "29803629 [pmid]", "29803629.0", " 29803629\n"],
)  # fmt: skip
def test_every_way_to_write_a_pmid_gives_the_same(written: str) -> None:
    assert clean_pmid(written) == "29803629"


@pytest.mark.parametrize("text", ["", "0", "PMC6028999", "12345678901", "29803629x", "s12-29803629", "1.5", "https://example.org/29803629/"])
def test_what_is_no_pmid(text: str) -> None:
    assert clean_pmid(text) == ""


SAME = review("", "Ketamine for pain: a review", year=2019, authors=["Müller"])


@pytest.mark.parametrize(
    "other",
    [review("", "KETAMINE for pain – A Review.", year=2019, authors=["MULLER", "Doe"]), review("x", SAME.title, year=2019, authors=["Müller"], doi="10.1/x")],
)
def test_spelling_does_not_part_two_descriptions_of_a_work(other: Review) -> None:
    assert work_key(other) == work_key(SAME) is not None


@pytest.mark.parametrize(
    "other",
    [
        review("", SAME.title, year=2020, authors=["Müller"]),
        review("", SAME.title, year=2019, authors=["Miller"]),
        review("", "Ketamine for gain: a review", year=2019, authors=["Müller"]),
        review("", SAME.title, authors=["Müller"]),
    ],
)
def test_title_year_or_first_author_part_two_works(other: Review) -> None:
    assert work_key(other) != work_key(SAME)


def test_without_all_three_only_an_exact_repeat_is_the_same_and_doi_or_pmid_decide_where_given() -> None:
    bare = review("", "Untold", summary="Something.")
    assert work_key(bare) == work_key(review("other-id", "Untold", summary="Something.", facets={"topics": ["a"]}))
    assert work_key(bare) != work_key(review("", "Untold", summary="Something else."))
    assert work_key(review("", "Untold", doi="10.1000/x")) is None
    assert work_key(review("", "Untold", pmid="5")) is None


@given(reviews())
def test_ids_are_deterministic_and_safe_in_addresses(record: Review) -> None:
    made = base_id(record)
    assert made == base_id(Review.model_validate(record.model_dump()))
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,78}[a-z0-9]|[a-z0-9]", made)


def test_an_id_is_author_year_and_first_telling_words_or_a_digest_where_they_give_none() -> None:
    assert base_id(SAME) == "muller-2019-ketamine-pain-review"
    one, other = (base_id(review("", title, year=2019)) for title in ("中文", "日本"))
    assert one.startswith("record-")
    assert one != other


def test_different_works_that_ask_for_one_id_get_numbers_that_never_change(library: Library, tmp_path: Path) -> None:
    def file(*dois: str) -> list[Path]:
        records = [front(title="On mice", year=2001, authors=[{"family": "Doe"}], doi=f"10.1000/{doi}") for doi in dois]
        return write_files(tmp_path, {"-".join(dois) + ".md": "".join(records)})

    import_files(library, file("a", "b"))
    import_files(library, file("c"))
    import_files(library, file("c", "b", "a"))
    assert {record.id: record.doi for record in library.iterate()} == {
        "doe-2001-mice": "10.1000/a",
        "doe-2001-mice-2": "10.1000/b",
        "doe-2001-mice-3": "10.1000/c",
    }
    assert ids(library.iterate()) == sorted(ids(library.iterate()))
