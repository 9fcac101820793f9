"""Answers as files: every word as it was given, numbered citations, and nothing of a note."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.answer import Answer, Citation, Outcome, ReviewRef, Sentence, Support
from assistant.own_notes import NoteSentence
from corpus import LOCAL, Anchor, Library, Status, UsageError
from corpus.conversations import Exchange
from tests.corpus.making import put, review
from ui.answer_export import FORMATS, export_answers, file_name
from ui.settings import Settings
from ui.web.answer_files import answer_files
from ui.web.people import Door
from ui.web.table_pages import table_pages

SUMMARY = "Mice *ran* <fast> & far."


@pytest.fixture
def filled(library: Library) -> Library:
    put(
        library,
        review("mice", "On mice & [men]", year=2019, authors=["Mus"], doi="10.1000/m", journal="J Mice", summary=SUMMARY),
        review("bees", "On bees", year=2021, authors=["Apis"], summary="Bees flew.", sections=["The whole text of bees."], access="members"),
    )
    return library


def answer(library: Library, name: str, *ids: str, **more: Any) -> Answer:
    records = [library.get(review_id) for review_id in ids]
    sentences = tuple(
        Sentence(each.summary, Support.VERBATIM, 1.0, (Citation(key, Anchor.to(each, "summary", 0, len(each.summary))),), f"{each.label()}:")
        for key, each in enumerate(records, start=1)
    )
    refs = tuple(ReviewRef.of(each, key) for key, each in enumerate(records, start=1))
    values: dict[str, Any] = {"question": name, "standalone_question": name, "outcome": Outcome.ANSWERED, "confidence": 0.9, "nearest": (), "model": "quotes"}
    made = Answer(id=name, sentences=sentences, reviews=refs, config="default", revision=library.revision(), at="2026-01-02T03:04:05Z", **values)
    made = replace(made, **more)
    library.answers.save(made.id, made.question, made.revision, made.as_dict())
    return made


def test_markdown_and_word_hold_the_answer_with_numbers_and_bibliography(filled: Library) -> None:
    made = answer(filled, "a1", "bees", "mice")
    text = export_answers(filled, [made], "markdown", base="https://x.org").decode()
    assert text.startswith("# a1\n")
    assert "*Apis, 2021:* Bees flew. [[1]](https://x.org/review/bees?at=summary:0-10&rev=1#marked)" in text
    assert "*Mus, 2019:* Mice \\*ran\\* \\<fast\\>" in text
    assert "\n1. Apis" in text
    assert "\n2. Mus" in text
    document = docx.Document(io.BytesIO(export_answers(filled, [made], "docx", style="vancouver")))
    words = [paragraph.text for paragraph in document.paragraphs]
    assert words[:3] == ["a1", "Apis, 2021: Bees flew. [1]", "Mus, 2019: Mice *ran* <fast> & far. [2]"]
    assert words[-2].startswith("[1] Apis")
    assert words[-1].startswith("[2] Mus")
    assert "10.1000/m" in words[-1]


def test_records_come_in_the_formats_of_reference_managers(filled: Library) -> None:
    made = answer(filled, "a1", "bees", "mice")
    assert export_answers(filled, [made], "ris").decode().count("TY  - ") == 2
    assert export_answers(filled, [made], "bibtex").decode().count("@article") == 2
    items = json.loads(export_answers(filled, [made], "csl-json"))
    assert [item["title"] for item in items] == ["On bees", "On mice & [men]"]
    for wrong in ({"format": "pdf"}, {"format": "docx", "style": "nature"}):
        with pytest.raises(UsageError):
            export_answers(filled, [made], **wrong)


def test_what_holds_today_is_told_and_notes_are_left_out(filled: Library) -> None:
    note = NoteSentence("n1", "mice", 0, 6, "2026-01-01T00:00:00Z", "My secret thought.")
    made = answer(filled, "a1", "mice", from_notes=(note,))
    filled.set_status("mice", Status.RETRACTED, note="Figures made up")
    for format in ("markdown", "docx"):
        whole = export_answers(filled, [made], format)
        text = whole.decode() if format == "markdown" else "\n".join(p.text for p in docx.Document(io.BytesIO(whole)).paragraphs)
        assert "secret" not in text
        assert "1 sentence of the reader's own notes is left out." in text
        assert "Mus, 2019 has been marked retracted; it is no longer evidence." in text
        assert "Figures made up" in text
        assert "ran" in text, "an answer is word for word as it was given"


def test_a_conversation_has_one_bibliography(filled: Library) -> None:
    both = [answer(filled, "First?", "mice"), answer(filled, "Second?", "bees", "mice"), answer(filled, "Third?", outcome=Outcome.NOT_IN_CORPUS)]
    text = export_answers(filled, both, "markdown", title="A talk").decode()
    assert [line for line in text.splitlines() if line.startswith("#")] == ["# A talk", "## First?", "## Second?", "## Third?", "## Cited"]
    assert text.count("[[1]](") == 2, "a record keeps its number"
    assert "This collection does not answer that." in text
    assert "\n2. Apis" in text
    german = export_answers(filled, both, "markdown", title="A talk", locale="de").decode()
    assert "## Zitiert" in german


def test_files_come_by_their_address(filled: Library, tmp_path: Path) -> None:
    answer(filled, "a1", "mice")
    head = filled.conversations.append("", Exchange("Q?", "Q?", "a1"), LOCAL)
    app = FastAPI()
    app.include_router(answer_files(filled, Settings(home=tmp_path)))
    app.include_router(table_pages(filled))
    app.add_middleware(Door)
    site = TestClient(app, base_url="http://localhost")
    for name, kind in FORMATS.items():
        for path in (f"/answers/a1.{kind.ending}", f"/conversations/{head.id}/export.{kind.ending}?style=vancouver"):
            got = site.get(path)
            assert (got.status_code, got.headers["content-type"]) == (200, kind.media_type), (name, path)
            assert f'.{kind.ending}"' in got.headers["content-disposition"]
            assert got.content
    for missing, status in (("/answers/a2.md", 404), ("/answers/a1.pdf", 404), ("/conversations/x/export.md", 404), ("/answers/a1.md?style=x", 400)):
        assert site.get(missing).status_code == status
    assert site.get("/answers/a1").status_code == 200
    assert "/answers/a1.docx" in site.get("/answers/a1").text


def test_file_names_are_plain() -> None:
    assert file_name('a"/..\r\nb', "docx") == "ab.docx"
    assert file_name("///", "ris") == "answer.ris"
