"""Conversations as pages: each person's own, the shared one for whoever has the link, and every citation as it was after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.answer import Answer, Citation, Outcome, ReviewRef, Sentence, Support
from corpus import Anchor, Exchange, Library, Notice, Role, Status
from tests.corpus.making import opened, put, review
from ui.web.access import Access
from ui.web.conversation_pages import conversation_pages
from ui.web.guard import Guard
from ui.web.people import Door
from ui.web.signing import signing_pages
from ui.web.table_pages import table_pages

PASSWORD = "correct horse battery"
WORDS = "Sleep came sooner <b>."


def answer(library: Library, number: str, owner: str) -> Answer:
    """A kept answer that cites the words of a record."""
    record = library.get("doe")
    anchor = Anchor("doe", record.revision, "abstract", 0, len(WORDS), WORDS)
    sentence = Sentence(WORDS, Support.VERBATIM, 1.0, (Citation(1, anchor),), "Doe, 2020:")
    made = Answer(
        id=number, question=f"Does it help? {number}", standalone_question=f"Does it help? {number}", outcome=Outcome.ANSWERED, confidence=0.9,
        sentences=(sentence,), reviews=(ReviewRef.of(record, 1),), nearest=(), model="quotes", config="default", revision=record.revision,
        at="2026-01-02T03:04:05Z",
    )  # fmt: skip
    library.answers.save(number, made.question, made.revision, made.as_dict(), owner)
    return made


def browser(library: Library, name: str = "") -> TestClient:
    app, access = FastAPI(), Access(True)
    for router in (signing_pages(library, access), conversation_pages(library), table_pages(library)):
        app.include_router(router)
    app.add_middleware(Door, access=access, library=library)
    app.add_middleware(Guard, access=access)
    client = TestClient(app, base_url="http://localhost", headers={"origin": "http://localhost"}, follow_redirects=False)
    if name:
        assert client.post("/signin", data={"name": name, "password": PASSWORD}).status_code == 303
    return client


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Library]:
    """A library with two members, closed and opened again after Ada's conversation."""
    with opened(tmp_path) as library:
        put(library, review("doe", "Sleep", abstract=WORDS))
        for name in ("ada", "ben"):
            library.accounts.add(name, Role.MEMBER, PASSWORD)
        library.accounts.add("rea", Role.READER, PASSWORD)
        going = ""
        for number in ("a1", "a2"):
            made = answer(library, number, "ada")
            exchange = Exchange(made.question, made.standalone_question, made.id)
            going = library.conversations.append(going, exchange, "ada", said=made.sentences[0].text).id
    with opened(tmp_path) as library:
        yield library


def test_a_conversation_is_its_owners_alone_and_its_answers_too(held: Library) -> None:
    ada, ben, rea, nobody = (browser(held, name) for name in ("ada", "ben", "rea", ""))
    head = held.conversations.all("ada")[0]
    assert head.exchanges == 2
    page = ada.get(f"/conversations/{head.id}")
    assert page.status_code == 200
    assert page.text.count("Sleep came sooner &lt;b&gt;.") == 2
    assert page.text.count("/review/doe?at=abstract:0-22") == 2
    assert head.title in ada.get("/conversations?q=sooner").text
    assert head.title not in ada.get("/conversations?q=nowhere").text
    for path, codes in ((f"/conversations/{head.id}", [404, 403, 401]), ("/answers/a1", [404, 404, 401]), ("/answers/a1/table.csv", [404, 404, 401])):
        assert ada.get(path).status_code == 200
        assert [each.get(path).status_code for each in (ben, rea, nobody)] == codes
    assert head.title not in ben.get("/conversations").text
    for act in ("rename", "share", "unshare", "delete"):
        assert ben.post(f"/conversations/{head.id}/{act}", data={"title": "Mine"}).status_code == 404


def test_a_shared_one_is_read_by_whoever_has_the_link_until_it_is_taken_back(held: Library) -> None:
    ada, nobody = browser(held, "ada"), browser(held)
    mine = f"/conversations/{held.conversations.all('ada')[0].id}"
    ada.post(f"{mine}/share")
    link = f"/conversations/shared/{held.conversations.all('ada')[0].share}"
    assert link in ada.get(mine).text
    held.set_status("doe", Status.RETRACTED, note="Figures <i>made up")
    shown = nobody.get(link)
    assert shown.status_code == 200
    assert shown.text.count("Sleep came sooner &lt;b&gt;.") == 2
    assert "retracted" in shown.text
    assert "<form" not in shown.text
    assert "/answers/" not in shown.text
    assert shown.headers["referrer-policy"] == "no-referrer"
    ada.post(f"{mine}/unshare")
    assert nobody.get(link).status_code == 404


def test_it_is_renamed_and_deleted_for_good(held: Library) -> None:
    ada = browser(held, "ada")
    mine = f"/conversations/{held.conversations.all('ada')[0].id}"
    assert ada.post(f"{mine}/rename", data={"title": "<i>Sleep"}).headers["location"] == mine
    assert "&lt;i&gt;Sleep" in ada.get("/conversations").text
    assert ada.post(f"{mine}/rename", data={"title": " "}).status_code == 400
    assert ada.post(f"{mine}/nothing").status_code == 404
    assert ada.post(f"{mine}/delete").headers["location"] == "/conversations"
    assert [ada.get(path).status_code for path in (mine, "/answers/a1")] == [404, 404]


def test_what_came_nearest_is_shown_with_its_notice_where_nothing_answers(held: Library) -> None:
    concern = Notice(type="concern", text="Counts <i>differ</i>.")
    put(held, review("roe", "Rest", abstract=WORDS, notices=(concern,)))
    record = held.get("roe")
    near = Sentence(WORDS, Support.VERBATIM, 1.0, (Citation(0, Anchor("roe", record.revision, "abstract", 0, len(WORDS), WORDS)),), "Roe:")
    refused = replace(
        Answer.from_dict(held.answers.get("a1")), id="b1", outcome=Outcome.NOT_IN_CORPUS, sentences=(), reviews=(), nearest=(ReviewRef.of(record, 0),),
        nearest_sentences=(near,),
    )  # fmt: skip
    held.answers.save("b1", refused.question, refused.revision, refused.as_dict(), "ada")
    talk = held.conversations.append("", Exchange("Does it help?", "Does it help?", "b1"), "ada", said="").id
    ada = browser(held, "ada")
    for path in ("/answers/b1", f"/conversations/{talk}"):
        text = ada.get(path).text
        assert "This collection does not answer that." in text
        assert "“Sleep came sooner &lt;b&gt;.”" in text
        assert "Counts &lt;i&gt;differ&lt;/i&gt;." in text
