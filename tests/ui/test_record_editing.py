"""Correcting a record in the browser, without a browser: the form, conflicts, history, what changed, going back."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from corpus import InputError, Library, Review, Role, Status
from tests.corpus.making import put, reviews
from ui.web.access import Access
from ui.web.guard import Guard
from ui.web.people import Door
from ui.web.record_edit import editing_pages
from ui.web.record_form import changes_from, form_of
from ui.web.record_page import record_pages

OURS = {"origin": "http://localhost"}


def record(**more: object) -> Review:
    authors = [{"family": "Meer", "given": "Anna", "non-dropping-particle": "van der"}, {"literal": "The Group"}]
    csl = {"title": "Sleep", "author": authors, "issued": {"date-parts": [[2020, 5]]}, "DOI": "10.1000/x"}
    return Review.model_validate({"id": "meer", "csl": csl, "summary": "S.", "findings": ["One.", "Two."], "facets": {"topics": ["sleep"]}, **more})


@pytest.fixture
def site(library: Library) -> Iterator[TestClient]:
    put(library, record())
    app = FastAPI()
    app.include_router(record_pages(library))
    app.include_router(editing_pages(library))
    app.add_middleware(Door)
    app.add_middleware(Guard)
    with TestClient(app, base_url="http://localhost", headers=OURS) as client:
        yield client


@pytest.mark.parametrize(("name", "role", "code"), [("mia", Role.MEMBER, 403), ("lib", Role.LIBRARIAN, 303)])
def test_with_accounts_a_change_carries_the_name_of_the_librarian_who_made_it(library: Library, name: str, role: Role, code: int) -> None:
    put(library, record())
    library.accounts.add(name, role)
    app = FastAPI()
    app.include_router(editing_pages(library))
    app.add_middleware(Door, access=Access(True), library=library)
    client = TestClient(app, base_url="http://localhost", headers=OURS, cookies={"florilegium_session": library.sessions.start(name)}, follow_redirects=False)
    assert client.post("/review/meer/edit", data=typed(library.get("meer"), summary="By name.")).status_code == code
    assert client.post("/review/meer/status", data={"status": "withdrawn"}).status_code == code
    assert client.post("/review/meer/revert", data={"to": "1", "base": str(library.get("meer").revision)}).status_code == code
    made = [version.actor for version in library.history("meer")]
    assert made.count(name) == (3 if code == 303 else 0)


def typed(review: Review, **changed: str) -> dict[str, str]:
    shown = {field.name: field.value for group in form_of(review) for field in group.fields}
    return {**shown, "revision": str(review.revision), **{name.replace("__", "."): value for name, value in changed.items()}}


@given(reviews())
def test_a_form_sent_back_as_it_was_changes_nothing(review: Review) -> None:
    shown = {field.name: field.value.replace("\n", "\r\n") for group in form_of(review) for field in group.fields}
    assert changes_from(review, shown) == {}


@given(reviews(), st.sampled_from(["title", "summary", "csl.volume"]), st.sampled_from(["Anew", "Two\nlines", "é"]))
def test_one_field_typed_anew_changes_that_field_alone(review: Review, name: str, text: str) -> None:
    shown = {field.name: field.value for group in form_of(review) for field in group.fields}
    changes = changes_from(review, {**shown, name: text})
    edited = Review.model_validate({**review.model_dump(), **changes})
    assert {field.name: field.value for group in form_of(edited) for field in group.fields} == {**shown, name: text}
    assert edited.csl.get("author") == review.csl.get("author")


def test_names_that_were_not_touched_keep_their_parts_and_years_are_years() -> None:
    review = record()
    changes = changes_from(review, typed(review, authors="van der Meer, Anna\nThe Group\nDoe, Jane\nThe Other Group", year="2021"))
    assert changes["csl"]["author"] == [*review.csl["author"], {"family": "Doe", "given": "Jane"}, {"literal": "The Other Group"}]
    assert changes["csl"]["issued"] == {"date-parts": [[2021]]}
    with pytest.raises(InputError, match="not a year"):
        changes_from(review, typed(review, year="last year"))


def test_edit_look_at_what_changed_and_go_back(site: TestClient, library: Library) -> None:
    page = site.get("/review/meer/edit").text
    assert 'name="findings[3]"' in page
    before = library.get("meer")
    done = site.post(
        "/review/meer/edit", data=typed(before, **{"findings[1]": "", "findings[2]": "Three <b>bold</b>."}, title="Sleep anew"), follow_redirects=False
    )
    assert (done.status_code, done.headers["location"]) == (303, "/review/meer")
    edited = library.get("meer")
    assert (edited.title, edited.findings, edited.csl["author"]) == ("Sleep anew", ("One.", "Three <b>bold</b>."), before.csl["author"])
    diff = site.get(f"/review/meer/diff?older={before.revision}").text
    assert "<ins>Three &lt;b&gt;bold&lt;/b&gt;.</ins>" in diff or ("<ins>" in diff and "&lt;b&gt;" in diff)
    assert "<b>bold" not in diff
    history = site.get("/review/meer/history").text
    assert history.count("revision ") >= 2
    back = site.post("/review/meer/revert", data={"to": before.revision, "base": edited.revision}, follow_redirects=False)
    assert back.status_code == 303
    assert library.get("meer").findings == before.findings
    assert next(iter(library.history("meer"))).action == "revert"


def test_what_was_typed_is_kept_when_somebody_else_was_faster_or_a_value_is_bad(site: TestClient, library: Library) -> None:
    before = library.get("meer")
    library.edit("meer", {"summary": "Another's."}, base_revision=before.revision)
    late = site.post("/review/meer/edit", data=typed(before, summary="Mine & only mine."))
    assert late.status_code == 409
    assert "Mine &amp; only mine." in late.text
    assert library.get("meer").summary == "Another's."
    again = re.search(r'name="revision" value="(\d+)"', late.text)
    assert again is not None
    assert site.post("/review/meer/edit", data=typed(before, summary="Mine & only mine.", revision=again[1]), follow_redirects=False).status_code == 303
    assert library.get("meer").summary == "Mine & only mine."
    bad = site.post("/review/meer/edit", data=typed(library.get("meer"), csl__DOI="no doi", title="Kept?"))
    assert bad.status_code == 400
    assert "Kept?" in html.unescape(bad.text)
    assert library.get("meer").title == "Sleep"


def test_status_is_set_with_its_notice_and_seen_on_the_page(site: TestClient, library: Library) -> None:
    site.post("/review/meer/status", data={"status": "retracted", "note": "Data were made up.", "date": "2024-05-01"})
    assert library.get("meer").status is Status.RETRACTED
    assert "Data were made up." in site.get("/review/meer").text
    assert site.post("/review/meer/status", data={"status": "gone"}).status_code == 400
    assert site.post("/review/meer/status", data={"status": "retracted", "date": "yesterday"}).status_code == 400


def test_unknown_records_and_revisions_are_said_to_be_so(site: TestClient) -> None:
    for path in ("/review/nobody/edit", "/review/nobody/history", "/review/nobody/diff?older=1", "/review/meer/diff?older=0"):
        assert site.get(path).status_code == 404
    assert site.post("/review/nobody/edit", data={"revision": "1"}).status_code == 404
    assert site.post("/review/meer/revert", data={"to": "x", "base": "1"}).status_code == 400


def test_another_site_cannot_change_a_record(site: TestClient, library: Library) -> None:
    before = library.get("meer")
    for path, data in (("edit", typed(before, title="Owned")), ("status", {"status": "withdrawn"}), ("revert", {"to": "1", "base": "1"})):
        assert site.post(f"/review/meer/{path}", data=data, headers={"origin": "http://evil.example"}).status_code == 403
    assert library.get("meer") == before
