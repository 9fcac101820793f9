"""Record pages, notes, comments and lists without a browser: who sees what, and what becomes of it when records change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus import CommentState, ForbiddenError, Library, Review, Role
from tests.corpus.making import put, review
from ui.web import people
from ui.web.comment_pages import comment_pages
from ui.web.list_pages import list_pages
from ui.web.note_pages import note_pages
from ui.web.people import Person
from ui.web.record_edit import editing_pages
from ui.web.record_page import record_pages

ANN, BOB = Person("ann", Role.MEMBER), Person("bob", Role.MEMBER)
LIB, READER = Person("lib", Role.LIBRARIAN), Person("eve", Role.READER)
SECTION = "Open words come first. The Zanzibar cohort had 44 people. All of them slept well. Hidden words come last."
CITED = "The Zanzibar cohort had 44 people."


class As:
    """Says that every request is from a person named in its header, as the door of the site does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        names = {person.name: person for person in (ANN, BOB, LIB, READER)}
        header = dict(scope.get("headers", [])).get(b"x-person", b"ann").decode()
        scope[people._KEY] = names[header]
        await self._app(scope, receive, send)


@pytest.fixture
def site(library: Library) -> Iterator[TestClient]:
    csl = {"title": "Sleep & <b>rest</b>", "DOI": "10.1000/x", "author": [{"family": "Meer"}], "issued": {"date-parts": [[2020]]}}
    put(library, Review.model_validate({"id": "meer", "csl": csl, "summary": "Sleep came early.", "findings": ["One dose 😀 helped.", "Two did not."]}))
    put(library, review("other", "Other", findings=["A third finding."]))
    put(library, review("closed", "Closed", abstract="Open abstract.", sections=[SECTION], section_titles=["Methods"], access="snippet"))
    app = FastAPI()
    for router in (record_pages(library, lambda _: [library.get("other")]), note_pages(library), comment_pages(library), editing_pages(library)):
        app.include_router(router)
    app.include_router(list_pages(library, lambda words, filters: ["other", "meer"]))
    app.add_exception_handler(ForbiddenError, lambda _request, error: PlainTextResponse(str(error), status_code=403))
    app.add_middleware(As)
    with TestClient(app, base_url="http://localhost") as client:
        yield client


def by(person: Person) -> dict[str, str]:
    return {"x-person": person.name}


def cite(library: Library, review_id: str, field: str, words: str, owner: str = "bob") -> tuple[int, int, int]:
    """Keep an answer that cites words of a record; (start, end, revision)."""
    record = library.get(review_id)
    start = record.field_text(field).index(words)
    place = {"review_id": review_id, "field": field, "start": start, "end": start + len(words), "revision": record.revision}
    library.answers.save(f"answer-{owner}", "How many were there?", record.revision, {"sentences": [{"citations": [place]}]}, owner)
    return start, start + len(words), record.revision


# ---- the record page


def test_a_record_page_has_its_way_to_the_article_what_is_like_it_and_own_answers_that_cite_it(site: TestClient, library: Library) -> None:
    cite(library, "meer", "findings[1]", "Two did not.", owner="ann")
    page = site.get("/review/meer").text
    assert 'href="https://doi.org/10.1000/x"' in page
    assert '<a href="/review/other">' in page
    assert "/answers/answer-ann" in page
    assert "Sleep &amp; &lt;b&gt;rest&lt;/b&gt;" in page
    assert "answer-ann" not in site.get("/review/meer", headers=by(BOB)).text, "another's answers are not told of"
    panel = site.get("/review/meer?panel=1").text
    assert "answer-ann" not in panel
    assert "<form" not in panel


def test_a_deep_link_marks_the_words_of_its_revision_and_says_what_became_of_them(site: TestClient, library: Library) -> None:
    before = library.get("meer")
    link = f"/review/meer?at=findings[0]:4-10&rev={before.revision}"
    assert '<mark id="marked">dose 😀</mark>' in site.get(link).text
    library.edit("meer", {"findings": ["New first.", "One dose 😀 helped."]}, base_revision=before.revision)
    page = site.get(link).text
    assert '<mark id="marked">dose 😀</mark>' in page
    newest = library.get("meer").revision
    assert f"at=findings[1]:4-10&amp;rev={newest}" in page
    library.edit("meer", {"findings": ["Nothing."]}, base_revision=newest)
    assert "no longer in the record" in site.get(link).text
    assert '<mark id="marked">Sleep</mark>' in site.get("/review/meer?at=title:0-5").text
    assert "not in this record any more" in site.get("/review/meer?at=summary:5-900").text


def test_a_former_id_leads_to_the_record_of_today_and_its_own_past_stays_readable(site: TestClient, library: Library) -> None:
    old = library.get("other")
    library.duplicates.merge("meer", "other")
    moved = site.get("/review/other?at=summary:0-5", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (307, "/review/meer?at=summary:0-5")
    then = site.get(f"/review/other?at=findings[0]:2-7&rev={old.revision}", follow_redirects=False)
    assert then.status_code == 200
    assert '<mark id="marked">third</mark>' in then.text


# ---- full text that is not for everybody


def pages_of(site: TestClient, library: Library, person: Person) -> str:
    """All that a person gets to see of the closed record, by every way there is."""
    first, last = library.history("closed")[-1].revision, library.history("closed")[0].revision
    ways = ["/review/closed", "/review/closed?panel=1", f"/review/closed?rev={first}", f"/review/closed?at=sections[0]:0-{len(SECTION)}&rev={last}"]
    ways += [f"/review/closed?at=sections[0]:{at}-{at + 12}&rev={revision}" for at in range(0, len(SECTION) - 12, 9) for revision in (first, last)]
    ways += [f"/review/closed/diff?older={first}&newer={last}", f"/review/closed/diff?older={first}", "/review/closed/history"]
    ways += [f"/library/export?f=id%3Dclosed&format={format}" for format in ("ris", "bibtex", "csl-json", "csv", "markdown", "jsonl", "bibliography")]
    ways += ["/library/export?q=zanzibar&format=jsonl"]
    return "\n".join(site.get(way, headers=by(person)).text for way in ways)


@pytest.mark.parametrize("access", ["snippet", "members"])
def test_withheld_full_text_gets_out_by_no_way(site: TestClient, library: Library, access: str) -> None:
    library.edit("closed", {"access": access, "sections": [SECTION + " Quite last."]}, base_revision=library.get("closed").revision)
    for person in (READER, ANN) if access == "snippet" else (READER,):
        seen = pages_of(site, library, person)
        for words in ("Open words", "Zanzibar", "slept well", "Hidden words", "Quite last"):
            assert words not in seen, (person, words)
        assert "Open abstract." in seen
    assert "Hidden words" in pages_of(site, library, LIB)
    assert ("Hidden words" in pages_of(site, library, ANN)) is (access == "members")


def test_of_withheld_text_the_cited_words_are_shown_with_a_sentence_around_them(site: TestClient, library: Library) -> None:
    start, end, revision = cite(library, "closed", "sections[0]", CITED)
    page = site.get(f"/review/closed?at=sections[0]:{start}-{end}&rev={revision}").text
    assert f'<mark id="marked">{CITED}</mark>' in page
    assert "Open words come first." in page
    assert "All of them slept well." in page
    assert "Hidden words" not in page
    inside = site.get(f"/review/closed?at=sections[0]:{start + 4}-{start + 12}&rev={revision}").text
    assert '<mark id="marked">Zanzibar</mark>' in inside
    beside = site.get(f"/review/closed?at=sections[0]:{start}-{end + 1}&rev={revision}").text
    assert "Zanzibar" not in beside, "a link to more than what is cited shows nothing"
    assert "Zanzibar" not in site.get("/review/closed").text
    library.edit("closed", {"summary": "Anew."}, base_revision=revision)
    later = library.get("closed").revision
    assert CITED in site.get(f"/review/closed?at=sections[0]:{start}-{end}&rev={later}").text, "found again in a later state"


def test_the_access_of_today_holds_for_earlier_states_too(site: TestClient, library: Library) -> None:
    put(library, review("was-open", "Was open", sections=["Zanzibar once was open."]))
    first = library.get("was-open").revision
    library.edit("was-open", {"access": "snippet"}, base_revision=first)
    assert "Zanzibar" not in site.get(f"/review/was-open?rev={first}").text
    library.edit("was-open", {"access": "open"}, base_revision=library.get("was-open").revision)
    assert "Zanzibar" in site.get(f"/review/was-open?rev={first}").text


def test_nobody_reads_withheld_text_by_writing_on_it(site: TestClient, library: Library) -> None:
    for what in ("notes", "comments"):
        refused = site.post(f"/review/closed/{what}", data={"text": "Mine", "at": f"sections[0]:0-{len(SECTION)}"})
        assert refused.status_code == 400
        assert "Zanzibar" not in refused.text
    site.post("/review/closed/comments", data={"text": "See here", "at": "sections[0]:23-57"}, headers=by(LIB))
    assert "Zanzibar" in site.get("/review/closed", headers=by(LIB)).text
    members = site.get("/review/closed").text
    assert "See here" in members
    assert "Zanzibar" not in members, "a librarian's marked words do not carry it to others"


# ---- notes


def note_id(page: str) -> str:
    found = re.search(r'id="note-([0-9a-f]+)"', page)
    assert found
    return found[1]


def test_a_note_on_marked_words_is_kept_shown_changed_and_deleted(site: TestClient, library: Library) -> None:
    text = "**Bold** <script>alert(1)</script> [x](javascript:alert(1)) ![p](http://evil.example/p.png)\n\n# Head"
    done = site.post("/review/meer/notes", data={"text": text, "at": "findings[0]:4-10", "rev": str(library.get("meer").revision)}, follow_redirects=False)
    assert done.status_code == 303
    page = site.get("/review/meer").text
    assert "<strong>Bold</strong>" in page
    assert '<blockquote class="on">dose 😀</blockquote>' in page
    made = page[page.index('<div class="markdown">') : page.index("</div>", page.index('<div class="markdown">'))]
    for wrong in ("<script", 'href="javascript', "<img", "<h1"):
        assert wrong not in made
    assert "alert" not in site.get("/review/meer", headers=by(BOB)).text
    note = note_id(page)
    assert site.post(f"/notes/{note}/edit", data={"text": "Stolen"}, headers=by(BOB)).status_code == 404
    assert site.post(f"/notes/{note}/delete", headers=by(BOB)).status_code == 404
    changed = site.post(f"/notes/{note}/edit", data={"text": "Second thoughts", "back": "//evil.example/"}, follow_redirects=False)
    assert changed.headers["location"] == f"/notes#note-{note}", "nobody is led to another site"
    assert library.notes.get("ann", note).text == "Second thoughts"
    site.post(f"/notes/{note}/delete")
    assert library.notes.count("ann") == 0


def test_a_note_whose_words_are_gone_says_so_and_leads_to_where_they_were(site: TestClient, library: Library) -> None:
    before = library.get("meer").revision
    site.post("/review/meer/notes", data={"text": "Mine", "at": "findings[0]:4-10"})
    assert f"at=findings[0]:4-10&amp;rev={before}" in site.get("/review/meer").text
    library.edit("meer", {"findings": ["Other words."]}, base_revision=before)
    page = site.get("/review/meer").text
    assert "The words it stood on are no longer in the record." in page
    assert "dose 😀" in page
    assert f"at=findings[0]:4-10&amp;rev={before}" in page


def test_what_was_typed_is_not_lost_when_it_cannot_be_kept(site: TestClient) -> None:
    bad = site.post("/review/meer/notes", data={"text": "My <i>thought</i>", "at": "findings[0]:4-900"})
    assert bad.status_code == 400
    assert "My &lt;i&gt;thought&lt;/i&gt;" in bad.text
    assert site.post("/review/meer/notes", data={"text": "  "}).status_code == 400
    assert site.post("/review/nobody/notes", data={"text": "x"}).status_code == 404


def test_notes_are_searched_and_exported_by_their_owner_alone(site: TestClient, library: Library) -> None:
    site.post("/review/meer/notes", data={"text": "About naïve patients", "at": "findings[0]:4-10"})
    site.post("/review/other/notes", data={"text": "Something else"})
    site.post("/review/meer/notes", data={"text": "Bob's secret"}, headers=by(BOB))
    found = site.get("/notes?q=naive").text
    assert "About naïve patients" in found
    assert "Something else" not in found
    assert "secret" not in site.get("/notes").text
    markdown = site.get("/notes/export?format=markdown").text
    assert "> dose 😀" in markdown
    assert "About naïve patients" in markdown
    assert "secret" not in markdown
    (line,) = site.get("/notes/export?format=jsonl&q=naive").text.splitlines()
    told = json.loads(line)
    assert (told["text"], told["now"]["quote"], told["record"]["doi"], told["detached"]) == ("About naïve patients", "dose 😀", "10.1000/x", False)
    assert "owner" not in told
    assert site.get("/notes/export?format=doc").status_code == 400


@pytest.mark.parametrize("path", ["/notes", "/notes/export", "/lists", "/lists/show?name=x", "/lists/export?name=x"])
def test_readers_have_no_notes_and_lists(site: TestClient, path: str) -> None:
    assert site.get(path, headers=by(READER)).status_code == 403


@pytest.mark.parametrize("path", "/review/meer/notes /review/meer/comments /notes/1/edit /notes/1/delete /comments/1/edit /lists/create /lists/add".split())
def test_readers_write_nothing(site: TestClient, path: str, library: Library) -> None:
    assert site.post(path, data={"text": "x", "new": "x", "id": "meer"}, headers=by(READER)).status_code == 403
    page = site.get("/review/meer", headers=by(READER)).text
    assert "<textarea" not in page
    assert "/edit" not in page


# ---- comments


def test_comments_are_read_by_members_and_moderated_by_librarians(site: TestClient, library: Library) -> None:
    site.post("/review/meer/comments", data={"text": "Is *that* so?"})
    number = library.comments.of_review("meer")[0].number
    assert "<em>that</em>" in site.get("/review/meer", headers=by(BOB)).text
    assert "Is <em>" not in site.get("/review/meer", headers=by(READER)).text
    assert site.post(f"/comments/{number}/moderate", data={"state": "hidden", "reason": "x"}, headers=by(BOB)).status_code == 403
    assert site.post(f"/comments/{number}/moderate", data={"state": "hidden", "reason": ""}, headers=by(LIB)).status_code == 400
    site.post(f"/comments/{number}/moderate", data={"state": "hidden", "reason": "Off topic"}, headers=by(LIB))
    assert "Is <em>" not in site.get("/review/meer", headers=by(BOB)).text
    own = site.get("/review/meer").text
    assert "This comment is hidden from members." in own
    assert "Off topic" in own
    assert "Is <em>" in site.get("/comments", headers=by(LIB)).text
    assert site.get("/comments").status_code == 403
    site.post(f"/comments/{number}/moderate", data={"state": "shown", "reason": "It is fine"}, headers=by(LIB))
    assert "Is <em>" in site.get("/review/meer", headers=by(BOB)).text
    assert site.post(f"/comments/{number}/edit", data={"text": "Bob's now"}, headers=by(BOB)).status_code == 404
    site.post(f"/comments/{number}/delete")
    assert library.comments.of_review("meer")[0].state is CommentState.DELETED
    assert "Is <em>" not in site.get("/review/meer", headers=by(LIB)).text


# ---- lists


def test_lists_are_made_filled_ordered_renamed_exported_and_deleted(site: TestClient, library: Library) -> None:
    for review_id in ("meer", "other", "closed"):
        site.post("/lists/add", data={"id": review_id, "new" if review_id == "meer" else "name": "To <read>"})
    assert library.lists.get("To <read>", "ann").ids == ("meer", "other", "closed")
    assert library.lists.all("bob") == []
    assert "To &lt;read&gt;" in site.get("/review/meer").text
    site.post("/lists/move", data={"name": "To <read>", "id": "closed", "place": "0"})
    site.post("/lists/remove", data={"name": "To <read>", "id": "other"})
    page = site.get("/lists/show", params={"name": "To <read>"}).text
    assert page.index("/review/closed") < page.index("/review/meer")
    assert "/review/other" not in page
    exported = site.get("/lists/export", params={"name": "To <read>", "format": "jsonl"})
    assert [json.loads(line)["id"] for line in exported.text.splitlines()] == ["closed", "meer"]
    assert "Zanzibar" not in exported.text
    assert site.get("/lists/export", params={"name": "To <read>"}, headers=by(BOB)).status_code == 404
    site.post("/lists/rename", data={"name": "To <read>", "new": "Read"})
    assert site.get("/lists/show?name=Read").status_code == 200
    assert site.post("/lists/add", data={"id": "nobody", "name": "Read"}).status_code == 404
    site.post("/lists/delete", data={"name": "Read"})
    assert library.lists.all("ann") == []


def test_a_saved_search_leads_to_the_library_and_is_exported_as_it_finds_now(site: TestClient, library: Library) -> None:
    library.lists.create("Sleepers", ["year>=2020"], "ann", words="sleep & rest")
    page = site.get("/lists").text
    assert 'href="/library?q=sleep+%26+rest&amp;f=year&gt;=2020"' in page
    exported = site.get("/lists/export?name=Sleepers&format=jsonl").text
    assert [json.loads(line)["id"] for line in exported.splitlines()] == ["other", "meer"]
