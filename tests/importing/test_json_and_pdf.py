"""CSL-JSON with what tools make of it, Zotero's own JSON, and PDF."""

from __future__ import annotations

import io
import json

import pypdf
import pytest
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from corpus.importing import Draft, Rejected, csl_json
from corpus.importing.document import Document

from .reading import names, only, parse, reviews
from .samples import CSL_JSON, SECOND, TITLE


def test_csl_json() -> None:
    first, second = reviews(CSL_JSON, "csl-json")
    assert (first.title, second.title) == (TITLE, SECOND)
    assert (first.csl["issued"], first.csl["volume"], first.doi, first.pmid) == ({"date-parts": [[2021, 3, 15]]}, "12", "10.1000/jll.2021.5", "31234567")
    assert first.csl["author"][1] == {"family": "Berg", "non-dropping-particle": "van den", "given": "Jan"}
    assert (first.keywords, first.extra) == (("psilocybin", "depression"), {"custom": ['{"a": 1}']})
    assert (second.year, names(second)) == (2019, [("World Health Organization", "")])


@pytest.mark.parametrize(
    "text",
    [
        '{"title": "T", "type": "book", "author": [{"family": "Doe"}]}',
        '{"items": [{"title": "T", "type": "book"}]}',
        '{"message": {"items": [{"title": ["T"], "type": "book"}]}, "status": "ok"}',
        '[\n{"title": "T", "type": "book"},\n]',
        '[{"itemType": "book", "title": "T", "creators": [{"lastName": "Doe", "creatorType": "author"}], "tags": [{"tag": "a"}]}]',
    ],
)
def test_lists_single_items_and_envelopes(text: str) -> None:
    review = only(text, "csl-json")
    assert (review.title, review.csl["type"]) == ("T", "book")


def test_values_of_the_wrong_form_are_mended_or_left_out() -> None:
    item = {
        "title": ["In", "two"], "author": ["Doe, J", {"family": "Roe", "given": None}, 5, {"literal": "et al."}], "issued": "2001-02", "volume": 3,
        "ISSN": ["1234-5678", "8765-4321"], "DOI": "10/fqd6hj", "URL": "https://doi.org/10.1000/x", "editor": "Poe", "page": ["1-2"],
        "reference": [{"DOI": "10.1/1"}], "event-date": {"date-parts": [["", "x"]]},
    }  # fmt: skip
    review = only(json.dumps([item]), "csl-json")
    assert review.csl == {
        "type": "article-journal", "title": "In two", "author": [{"family": "Doe", "given": "J"}, {"family": "Roe"}], "issued": {"date-parts": [[2001, 2]]},
        "volume": "3", "ISSN": "1234-5678", "DOI": "10.1000/x", "URL": "https://doi.org/10.1000/x", "editor": [{"literal": "Poe"}], "page": "1-2",
    }  # fmt: skip
    assert (review.authors_partial, review.extra) == (True, {"DOI": ["10/fqd6hj"], "ISSN": ["8765-4321"]})


def test_one_bad_item_never_stops_the_rest() -> None:
    text = '[\n {"title": "One", "type": "book"},\n {"title": "Two" "type": "book", "author": [{"family": "a"}, {"family": "b"}]},\n 7,\n {"title": "Three"}\n]'
    _, parsed = parse(text)
    assert [entry.review.title if isinstance(entry, Draft) else entry.line for entry in parsed] == ["One", 3, "Three"]
    assert isinstance(parsed[1], Rejected)
    assert "not JSON" in parsed[1].reason


def test_a_file_cut_short() -> None:
    _, parsed = parse(CSL_JSON[: CSL_JSON.index("Ketamine")])
    assert isinstance(parsed[0], Draft)
    assert isinstance(parsed[1], Rejected)
    assert len(parsed) == 2


def test_items_are_the_same_however_the_text_is_cut() -> None:
    whole = list(csl_json.parse(CSL_JSON))
    for size in (1, 2, 7, 64):
        assert list(csl_json.parse(CSL_JSON[at : at + size] for at in range(0, len(CSL_JSON), size))) == whole


def test_nesting_without_end_is_refused() -> None:
    assert parse("[" * 100_000) == ("csl-json", [])
    _, parsed = parse('{"a":' * 100_000)
    assert [type(entry) for entry in parsed] == [Rejected]
    _, parsed = parse('[{"title": "T", "custom": ' + "[" * 400 + "]" * 400 + "}]")
    assert len(parsed) == 1


def _pdf(text: str, *, title: str = "", password: str = "", pages: int = 1) -> bytes:
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"), NameObject("/BaseFont"): NameObject("/Helvetica")}
    )
    for _ in range(pages):
        page = writer.add_blank_page(612, 792)
        stream = DecodedStreamObject()
        lines = "".join(f"({line}) Tj T*\n" for line in text.split("\n"))
        stream.set_data(f"BT /F1 11 Tf 14 TL 50 740 Td\n{lines}ET".encode("latin-1"))
        page[NameObject("/Contents")] = stream
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
    if title:
        writer.add_metadata({"/Title": title, "/Author": "Jane Doe, Rolf Roe", "/Keywords": "sleep; mood"})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


ARTICLE = """Ketamine, sleep and mood
Jane Doe
https://doi.org/10.1000/x.5
Abstract
We slept and were in a bet-
ter mood than before.
1. Introduction
Sleep is good.
Methods
We asked people how they slept.
References
Nobody 2001"""


def test_pdf_text_by_its_headings() -> None:
    review = only(_pdf(ARTICLE, title="Ketamine, sleep and mood"), "pdf")
    assert (review.title, review.doi, review.keywords) == ("Ketamine, sleep and mood", "10.1000/x.5", ("sleep", "mood"))
    assert names(review) == [("Doe", "Jane"), ("Roe", "Rolf")]
    assert review.abstract == "We slept and were in a better mood than before."
    assert dict(zip(review.section_titles, review.sections, strict=True))["Methods"] == "We asked people how they slept."
    assert "Nobody" not in "".join(review.sections)


def test_pdf_without_metadata_takes_its_first_line_as_title() -> None:
    assert only(_pdf(ARTICLE), "pdf").title == "Ketamine, sleep and mood"


def test_a_scanned_pdf_is_refused_with_a_reason() -> None:
    _, (entry,) = parse(_pdf("", pages=3))
    assert isinstance(entry, Rejected)
    assert "no text layer (3 pages" in entry.reason
    _, (entry,) = parse(_pdf("page 1", pages=3))
    assert isinstance(entry, Rejected)


def test_a_locked_or_broken_pdf_is_refused_with_a_reason() -> None:
    _, (entry,) = parse(_pdf(ARTICLE, password="secret"))
    assert entry == Rejected(1, 1, "the PDF is locked by a password")
    _, (entry,) = parse(b"%PDF-1.4\nnothing of the kind")
    assert isinstance(entry, Rejected)
    assert entry.reason.startswith("the PDF cannot be read")


def test_a_document_is_read_as_often_as_wanted() -> None:
    document = Document(b"a\r\nb\rc")
    assert (list(document.lines()), document.text(), "".join(document.chunks(1)), document.head) == (["a", "b", "c"], "a\nb\nc", "a\nb\nc", "a\nb\nc")
    assert document.data() == b"a\r\nb\rc"
