"""What one member keeps, nobody else reaches by its id: not another member, not a librarian, not an admin, on no page, in no export and by no event."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import gradio as gr
import pytest

from assistant.answer import Answer, Citation, Outcome, ReviewRef, Sentence, Support
from corpus import Anchor, Exchange, Filter, Library
from corpus.digest import changes_since
from tests.security.conftest import Site
from tests.security.test_who_may_what import ROWS, asked_by, pages_of

SECRET = "zebrafinch"  # in all that the member keeps
OTHERS = ("other", "librarian", "admin")
#: Every route with an id of somebody's own, and what is posted there.
PRIVATE = {
    "POST /notes/{note_id}/edit": {"text": "taken over"},
    "POST /notes/{note_id}/delete": {},
    "GET /conversations/{conversation_id}": {},
    "GET /conversations/{conversation_id}/export.{ending}": {},
    "POST /conversations/{conversation_id}/{act}": {"title": "taken over"},
    "GET /answers/{answer_id}": {},
    "GET /answers/{answer_id}.{ending}": {},
    "GET /answers/{answer_id}/table": {},
    "GET /answers/{answer_id}/table.csv": {},
    "POST /answers/{answer_id}/feedback": {},
    "POST /questions/{number:int}/remove": {},
    "POST /account/sessions/{number}/end": {},
    "POST /tokens/{number}/revoke": {},
    "GET /api/v1/answers/{answer_id}": {},
}
#: By the name of a list, which each person has their own of.
LISTS = ("GET /lists/show", "GET /lists/export", "POST /lists/add", "POST /lists/remove", "POST /lists/rename", "POST /lists/move", "POST /lists/delete")
#: Ids of what is not one person's: who may see it, the table of routes says.
SHARED = r"\{(review_id|token|path\S*|size|number:int|key|name|api_name|event_id|session_hash|\w+:path|run_id|component_id|id)\}"


@dataclass(frozen=True)
class Kept:
    """The ids of what the member keeps."""

    note: str
    conversation: str
    answer: str
    question: int
    comment: int
    session: int
    token: int

    def filled(self, route: str) -> list[tuple[str, str]]:
        """A route with the ids put in, in each of its forms."""
        method, _, path = route.partition(" ")
        number = self.session if "sessions" in path else self.token if "tokens" in path else self.question if "questions" in path else self.comment
        values = {"note_id": self.note, "conversation_id": self.conversation, "answer_id": self.answer, "number": number, "number:int": number}
        path = re.sub(r"\{([^}]+)\}", lambda match: str(values.get(match[1], match[0])), path)
        forms = {"{ending}": ("md", "docx", "ris", "bib", "json"), "{act}": ("rename", "share", "unshare", "delete")}
        for name, choices in forms.items():
            if name in path:
                return [(method, path.replace(name, choice)) for choice in choices]
        return [(method, path)]


def keep(library: Library) -> Kept:
    review = next(iter(library.get_many(library.select(Filter()).ids).values()))
    anchor = Anchor.to(review, "findings[0]", 0, len(review.findings[0]))
    sentence = Sentence(f"{SECRET} {anchor.quote}", Support.SUPPORTED, 1.0, (Citation(1, anchor),), "Doe, 2020:")
    made = Answer(
        id="0123456789abcdef", question=f"What of {SECRET}?", standalone_question=f"What of {SECRET}?", outcome=Outcome.ANSWERED, confidence=0.9,
        sentences=(sentence,), reviews=(ReviewRef.of(review, 1),), nearest=(), model="quotes", config="default", revision=review.revision,
        at="2026-01-02T03:04:05Z",
    )  # fmt: skip
    library.answers.save(made.id, made.question, made.revision, made.as_dict(), "member")
    talk = library.conversations.append("", Exchange(made.question, made.question, made.id), "member", said=SECRET)
    library.lists.create(SECRET, owner="member")
    library.lists.add(SECRET, [review.id], "member")
    return Kept(
        library.notes.add("member", review.id, f"a note on {SECRET}", anchor).id,
        talk.id,
        made.id,
        library.questions.save(f"Is {SECRET} new?", [], "member").number,
        library.comments.add("member", review.id, f"a comment on {SECRET}").number,
        library.sessions.find(library.sessions.start("member")).number,  # type: ignore[union-attr]
        library.tokens.new("member", ["read"], label=SECRET)[1].number,
    )


@pytest.fixture(scope="module")
def kept(site: Site) -> Kept:
    return keep(site.library)


def state_of(library: Library, kept: Kept) -> list[Any]:
    """All that the member keeps, to see that nobody touched it."""
    numbers = [session.number for session in library.sessions.all("member")]
    return [
        library.notes.find("member"),
        library.conversations.get(kept.conversation, "member"),
        library.answers.get(kept.answer),
        [(each.name, each.ids) for each in library.lists.all("member")],
        library.questions.all("member"),
        kept.session in numbers,
        [token.number for token in library.tokens.all("member")],
    ]


def test_every_route_with_an_id_is_tried(site: Site) -> None:
    with_ids = {route for route, who in ROWS.items() if re.sub(SHARED, "", route).count("{") and who not in ("closed to everybody",)}
    judged = {route for route in ROWS if route.startswith(("GET /lab/", "POST /lab/", "GET /pwa_icon"))}
    assert with_ids - judged - set(PRIVATE) <= {"POST /comments/{number}/edit", "POST /comments/{number}/delete", "POST /comments/{number}/moderate"}
    assert set(PRIVATE) <= set(ROWS)


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_reaches_what_is_anothers_by_its_id(site: Site, kept: Kept, who: str) -> None:
    before, wrong = state_of(site.library, kept), []
    for route, form in PRIVATE.items():
        for method, path in kept.filled(route):
            feedback = b'{"useful": true}' if path.endswith("/feedback") else None
            got = site.ask(who, method, path, form, json=feedback)
            if got.status not in ((400, 404) if path.endswith("/feedback") else (403, 404)) or SECRET in got.text:
                wrong.append(f"{method} {path}: {got.status} {got.text[:80]}")
    assert not wrong, "\n".join(wrong)
    assert state_of(site.library, kept) == before


@pytest.mark.parametrize("who", OTHERS)
def test_a_list_of_the_same_name_is_ones_own(site: Site, kept: Kept, who: str) -> None:
    before = state_of(site.library, kept)
    form = {"name": SECRET, "new": "taken over", "id": site.library.select(Filter()).ids[0], "place": "0"}
    for route in LISTS:
        method, _, path = route.partition(" ")
        sent = form | ({"new": ""} if path == "/lists/add" else {})
        got = site.ask(who, method, f"{path}?name={SECRET}" if method == "GET" else path, sent)
        assert got.status == 404, route
    assert state_of(site.library, kept) == before


@pytest.mark.parametrize("who", ["nobody", "reader", *OTHERS])
def test_no_page_shows_what_is_anothers(site: Site, kept: Kept, who: str) -> None:
    """Every page and file without an id of its own, and the record that was written on; comments are for members."""
    record = site.library.comments.all()[0].review_id
    pages = [route.partition(" ")[2] for route, needed in ROWS.items() if route.startswith("GET ") and "{" not in route and needed != "closed to everybody"]
    pages += [f"/review/{record}", f"/review/{record}/history", f"/review/{record}/edit", f"/notes?q={SECRET}", f"/conversations?q={SECRET}"]
    for path in pages:
        if path.startswith("/gradio_api/"):
            continue
        text = site.ask(who, "GET", path).text.replace(f"a comment on {SECRET}", "").replace(f'value="{SECRET}"', "").replace(f"q={SECRET}", "")
        assert SECRET not in text, path


@pytest.mark.parametrize("who", OTHERS)
def test_comments_are_changed_by_their_author_and_moderated_by_librarians(site: Site, kept: Kept, who: str) -> None:
    for act in ("edit", "delete"):
        assert site.ask(who, "POST", f"/comments/{kept.comment}/{act}", {"text": "taken over"}).status in (403, 404)
    assert site.library.comments.all()[0].text == f"a comment on {SECRET}"
    if who == "other":
        assert site.ask(who, "POST", f"/comments/{kept.comment}/moderate", {"state": "hidden"}).status == 403


def test_a_draft_of_the_digest_is_for_librarians(site: Site) -> None:
    issue = site.library.issues.create(changes_since(site.library, 0), f"Draft {SECRET}", "librarian")
    for who in ("nobody", "reader", "member"):
        for path in (f"/digest/{issue.number}", f"/digest/{issue.number}.md", "/digest", "/digest/feed.atom", f"/digest/{issue.number}/edit"):
            got = site.ask(who, "GET", path)
            assert SECRET not in got.text, (who, path)
        assert site.ask(who, "GET", f"/digest/{issue.number}").status in (401, 403, 404)
    assert site.ask("librarian", "GET", f"/digest/{issue.number}").status == 200
    site.library.issues.delete(issue.number)


@pytest.mark.parametrize("who", OTHERS)
def test_no_event_gives_away_what_is_anothers(site: Site, kept: Kept, who: str) -> None:
    """The handlers that take the id of a conversation or an answer, called as the page would, with another's."""
    pages, before = pages_of(site), state_of(site.library, kept)
    talk = f'{{"answers": ["{kept.answer}"], "conversation": "{kept.conversation}"}}'
    seen = set()
    for fn in pages.fns.values():
        name = getattr(fn.fn, "__name__", "")
        if fn.page or name not in ("_open", "_suggest", "_ask", "_command"):
            continue
        seen.add(name)
        inputs: list[Any] = [None] * len(fn.inputs)
        for at, block in enumerate(fn.inputs):
            if getattr(block, "elem_id", "") == "fl-talk":
                inputs[at] = talk
            elif getattr(block, "elem_id", "") == "fl-box":
                inputs[at] = "And what else?"
            elif isinstance(block, gr.Chatbot):
                inputs[at] = []
        asker = asked_by(who)
        asker.session_hash = f"the tab of {who}"
        assert asker.request is not None
        asker.request.scope["query_string"] = f"c={kept.conversation}".encode()
        try:
            again = gr.EventData(None, {"do": "retry", "turn": 0, "text": "And what else?"}) if name == "_command" else None
            got = str(site.loop.run(pages.process_api(fn, inputs, None, asker, event_data=again)))
        except gr.Error as error:
            got = str(error)
        assert SECRET not in got, name
    assert seen == {"_open", "_suggest", "_ask", "_command"}
    assert state_of(site.library, kept) == before


def test_the_member_reaches_all_of_it(site: Site, kept: Kept) -> None:
    """That the tests above ask for what is there."""
    for route in PRIVATE:
        if route.startswith("GET "):
            for method, path in kept.filled(route):
                assert site.ask("member", method, path).status == 200, path
    assert SECRET in site.ask("member", "GET", "/notes").text
    assert SECRET in site.ask("member", "GET", f"/lists/show?name={SECRET}").text
    assert SECRET in site.ask("member", "GET", "/questions").text
