"""The judging page's routes and the tabs that touch only the library, without a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus import Library, Role, UsageError
from corpus.lab import Judgement, TestQuery
from corpus.lab.drafts import draft_from_answer, drafts
from ui.engine import LocalEngine
from ui.settings import Settings
from ui.web.guard import Guard
from ui.web.lab import Reports, judge_pages, lab_pages
from ui.web.lab import judging_tab as judging
from ui.web.lab import queries_tab as queries
from ui.web.people import Door, Person
from ui.wiring import Workshop, open_library

OURS = {"origin": "http://localhost"}
KETAMINE = "abdallah-2018-neurobiology-depression-ketamine"


class As:
    """Lets every request through as one person."""

    person = Person("anna", Role.LIBRARIAN)

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["florilegium.person"] = self.person
        await self._app(scope, receive, send)


@pytest.fixture
def engine(home: Path, models_folder: Path) -> Iterator[LocalEngine]:
    settings = Settings(home=home, models=models_folder, model="quotes")
    library = open_library(settings)
    made = LocalEngine(Workshop(settings, library).open(patience=5))
    library.sets.create("depression", "3: answers it. <b>0</b>: does not.")
    library.sets.put("depression", [TestQuery("q1", "How does ketamine act on glutamate?", "mechanism"), TestQuery("q2", "Is <i>microdosing</i> better?")])
    ids = [review.id for review in library.iterate()][:4]
    library.pools.save("depression", 5, ["default"], {"q1": [KETAMINE, *ids[:3]], "q2": ids})
    yield made
    made.close()
    library.close()


def client_of(engine: LocalEngine, door: Any) -> TestClient:
    app = FastAPI()
    app.include_router(judge_pages(engine))
    app.include_router(lab_pages(engine, Reports()))
    app.add_middleware(door)
    app.add_middleware(Guard)
    return TestClient(app, base_url="http://localhost", headers=OURS)


@pytest.fixture
def site(engine: LocalEngine) -> TestClient:
    return client_of(engine, Door)


def work_on(page: str) -> dict[str, Any]:
    return dict(json.loads(re.search(r'<script type="application/json" id="work">(.*?)</script>', page, re.DOTALL)[1]))  # type: ignore[index]


def test_the_page_is_blind_and_holds_what_waits_with_the_guideline(site: TestClient, engine: LocalEngine) -> None:
    engine.library.judgements.add("depression", [Judgement("q1", KETAMINE, 3, "ben")])
    answer = site.get("/lab/judge?set=depression")
    work = work_on(answer.text)
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert len(work["items"]) == 8
    assert not any(item["said"] for item in work["items"]), "another's grade is not to be seen"
    assert "ben" not in answer.text
    assert "default" not in json.dumps(work), "nothing says who found what"
    assert "&lt;b&gt;0&lt;/b&gt;" in answer.text
    assert "<i>" not in answer.text.split("<body", 1)[0]


def test_the_record_is_whole_with_its_best_passage_marked(site: TestClient, engine: LocalEngine) -> None:
    answer = site.get("/lab/judge/record", params={"set": "depression", "query": "q1", "review": KETAMINE})
    found = re.search(r'data-field="([^"]+)" data-start="(\d+)" data-end="(\d+)"', answer.text)
    review = engine.library.get(KETAMINE)
    assert found is not None
    assert f"<mark>{review.field_text(found[1])[int(found[2]) : int(found[3])]}</mark>".replace("'", "&#39;") in answer.text
    assert all(text.split(". ")[0][:40] in answer.text.replace("&#39;", "'").replace("<mark>", "") for text in review.findings)
    assert site.get("/lab/judge/record", params={"set": "depression", "query": "q9", "review": KETAMINE}).status_code == 404


def test_grades_are_kept_changed_and_taken_back(site: TestClient, engine: LocalEngine) -> None:
    sent = {"set": "depression", "query": "q1", "review": KETAMINE}
    assert site.post("/lab/judge/grade", json={**sent, "grade": 1}).status_code == 200
    assert site.post("/lab/judge/grade", json={**sent, "grade": 3}).status_code == 200
    assert [one.grade for one in engine.library.judgements.of("depression")] == [3]
    assert site.post("/lab/judge/undo", json={"set": "depression"}).json() == {"query": "q1", "review": KETAMINE, "said": True, "grade": 1, "reason": ""}
    assert site.post("/lab/judge/undo", json={"set": "depression"}).json()["said"] is False
    assert site.post("/lab/judge/undo", json={"set": "depression"}).json()["query"] == ""


def test_cannot_tell_needs_a_reason(site: TestClient, engine: LocalEngine) -> None:
    sent = {"set": "depression", "query": "q1", "review": KETAMINE, "grade": None}
    refused = site.post("/lab/judge/grade", json=sent)
    assert (refused.status_code, "why" in refused.json()["fault"]) == (400, True)
    assert site.post("/lab/judge/grade", json={**sent, "reason": "only a title"}).status_code == 200
    item = next(item for item in work_on(site.get("/lab/judge?set=depression").text)["items"] if item["review"] == KETAMINE and item["query"] == "q1")
    assert (item["said"], item["grade"], item["reason"]) == (True, None, "only a title")


def test_a_grade_for_the_marked_words_is_anchored_to_them(site: TestClient, engine: LocalEngine) -> None:
    review = engine.library.get(KETAMINE)
    words = {"field": "summary", "start": 0, "end": 12, "revision": review.revision}
    sent = {"set": "depression", "query": "q1", "review": KETAMINE, "grade": 2}
    assert site.post("/lab/judge/grade", json={**sent, "words": words}).status_code == 200
    anchor = engine.library.judgements.of("depression")[0].anchor
    assert anchor is not None
    assert anchor.quote == review.summary[:12]
    assert site.post("/lab/judge/grade", json={**sent, "words": {**words, "end": 10**6}}).status_code == 400


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"grade": 4}, 422),
        ({"grade": "2"}, 200),
        ({"set": "nothing"}, 404),
        ({"query": "q9"}, 404),
        ({"review": "nobody"}, 404),
        ({"judge": "model:x"}, 403),
        ({"more": 1}, 422),
    ],
)
def test_what_cannot_be_kept_is_told(site: TestClient, engine: LocalEngine, change: dict[str, Any], status: int) -> None:
    sent = {"set": "depression", "query": "q1", "review": KETAMINE, "grade": 2, **change}
    assert site.post("/lab/judge/grade", json=sent).status_code == status
    assert len(engine.library.judgements.of("depression")) == (status == 200)


def test_only_our_own_pages_may_judge(site: TestClient, engine: LocalEngine) -> None:
    sent = {"set": "depression", "query": "q1", "review": KETAMINE, "grade": 2}
    assert site.post("/lab/judge/grade", json=sent, headers={"origin": "http://evil.example"}).status_code == 403
    assert engine.library.judgements.of("depression") == []


def test_a_librarian_judges_under_the_accounts_name_and_a_member_not_at_all(engine: LocalEngine) -> None:
    sent = {"set": "depression", "query": "q1", "review": KETAMINE, "grade": 2}
    librarian = client_of(engine, As)
    assert librarian.post("/lab/judge/grade", json=sent).status_code == 200
    assert librarian.post("/lab/judge/grade", json={**sent, "judge": "ben"}).status_code == 403
    assert [one.judge for one in engine.library.judgements.of("depression")] == ["anna"]

    class AsMember(As):
        person = Person("carl", Role.MEMBER)

    member = client_of(engine, AsMember)
    for path in ("/lab/judge?set=depression", "/lab/export?set=depression&kind=qrels", f"/lab/judge/record?set=depression&query=q1&review={KETAMINE}"):
        assert member.get(path).status_code == 403
    assert member.post("/lab/judge/grade", json=sent).status_code == 403
    assert member.post("/lab/judge/undo", json={"set": "depression"}).status_code == 403


def test_people_at_one_machine_judge_under_names_and_a_dispute_is_settled(site: TestClient, engine: LocalEngine) -> None:
    sent = {"set": "depression", "query": "q1", "review": KETAMINE}
    for judge, grade in (("Anna", 3), ("Ben", 1)):
        assert site.post("/lab/judge/grade", json={**sent, "grade": grade, "judge": judge}).status_code == 200
    shown = judging.agreement_html(engine.library, "depression")
    assert "Anna 3, Ben 1" in shown
    assert "kappa" in shown
    work = work_on(site.get("/lab/judge?set=depression&settle=1").text)
    assert [item["verdicts"] for item in work["items"]] == [{"Anna": 3, "Ben": 1}]
    assert site.post("/lab/judge/grade", json={**sent, "grade": 2, "settle": True}).status_code == 200
    assert work_on(site.get("/lab/judge?set=depression&settle=1").text)["items"] == []
    assert "Anna 3" not in judging.agreement_html(engine.library, "depression")
    assert site.get("/lab/export?set=depression&kind=qrels").text == f"q1 0 {KETAMINE} 2\n"


def test_exports_come_back_as_they_were(site: TestClient, engine: LocalEngine, tmp_path: Path) -> None:
    library = engine.library
    library.judgements.add("depression", [Judgement("q1", KETAMINE, 3, "ben", reason="plain")])
    paths = []
    for kind in ("queries", "judgements"):
        answer = site.get("/lab/export", params={"set": "depression", "kind": kind})
        assert answer.headers["content-disposition"] == f'attachment; filename="depression-{kind}.csv"'
        paths.append(tmp_path / f"{kind}.csv")
        paths[-1].write_bytes(answer.content)
    library.sets.create("copy")
    said, _ = queries.bring_in(library, "copy", "", "local", [str(path) for path in paths], None)
    assert "2 queries and 1 judgements" in said
    assert list(library.sets.queries("copy").values()) == list(library.sets.queries("depression").values())
    assert library.judgements.of("copy") == library.judgements.of("depression")
    assert site.get("/lab/export?set=depression&kind=nothing").status_code == 400
    assert site.get("/lab/export?set=nothing&kind=qrels").status_code == 404


def test_a_folder_in_the_beir_layout_brings_queries_and_judgements(library: Library, engine: LocalEngine, tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"_id": "a", "text": "What of ketamine?"}\n', encoding="utf-8")
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "title": "", "text": ""}\n', encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\na\t{KETAMINE}\t4\n", encoding="utf-8")
    kept = engine.library
    kept.sets.create("beir")
    queries.bring_in(kept, "beir", "", "local", None, [str(path) for path in tmp_path.iterdir()])
    assert [one.grade for one in kept.judgements.of("beir")] == [4], "grades of files are kept as given"
    with pytest.raises(UsageError, match=r"queries\.jsonl"):
        queries.bring_in(kept, "beir", "", "local", None, [str(tmp_path / "corpus.jsonl")])
    with pytest.raises(UsageError, match="No file"):
        queries.bring_in(kept, "beir", "", "local", None, None)


def test_a_query_is_saved_as_its_fields_say(engine: LocalEngine) -> None:
    library = engine.library
    _, made = queries.save_query(library, "depression", "", "local", " What of  sleep? ", "any", "sleep, dreams; sleep", "no")
    assert library.sets.queries("depression")[made] == TestQuery(made, "What of sleep?", "any", ("sleep", "dreams"), False)
    queries.save_query(library, "depression", made, "local", "What of dreams?", "", "", "")
    assert library.sets.queries("depression")[made] == TestQuery(made, "What of dreams?")
    assert "What of dreams" in queries.listing(library, "depression")
    assert "<i>" not in queries.listing(library, "depression")
    assert queries.remove_query(library, "depression", made, "local")[1] == ""
    with pytest.raises(UsageError):
        queries.remove_query(library, "depression", "", "local")


def test_a_draft_from_the_chat_waits_with_its_results_and_is_accepted_or_discarded(site: TestClient, engine: LocalEngine) -> None:
    library = engine.library
    answer = engine.answer("How does ketamine act on glutamate to relieve depression?", None, engine.filter([]), None)
    wrong = answer.reviews[0].id
    draft = draft_from_answer(library, answer.id, why="wrong source", wrong=[wrong], note="not about <b>glutamate</b>", actor="anna")
    shown = queries.show(library, "from the chat", draft.id)
    assert "1 draft from the chat waits" in shown[0]
    html = queries.origin_html(library, "from the chat", draft)
    assert "anna" in html
    assert f"/review/{wrong}" in html
    assert "<b>" not in html
    work = work_on(site.get("/lab/judge", params={"set": "from the chat", "query": draft.id}).text)
    assert {item["review"] for item in work["items"]} >= {review.id for review in answer.reviews}
    site.post("/lab/judge/grade", json={"set": "from the chat", "query": draft.id, "review": wrong, "grade": 0})
    said, _ = queries.accept_query(library, "from the chat", draft.id, "local", draft.text, "how it acts", "chat", "yes", "depression")
    assert "depression" in said
    moved = library.sets.queries("depression")[draft.id]
    assert (moved.draft, moved.need, moved.answerable) == (False, "how it acts", True)
    assert [one.grade for one in library.judgements.of("depression", query_id=draft.id)] == [0], "judgements go along"
    again = draft_from_answer(library, answer.id)
    assert queries.discard_query(library, "from the chat", again.id, "local")[1] == ""
    assert drafts(library) == []


def test_proposed_queries_are_marked_as_synthetic(engine: LocalEngine) -> None:
    queries.put_proposed(engine.library, "depression", "", "local", 3)
    made = [query for query in engine.library.sets.queries("depression").values() if query.synthetic]
    assert len(made) == 3
    assert "synthetic" in queries.listing(engine.library, "depression")
    assert all(engine.library.judgements.of("depression", query_id=query.id) for query in made)


def test_what_waits_for_a_judge_is_told(engine: LocalEngine) -> None:
    library = engine.library
    assert "0 of 8 judged" in judging.waiting_html(library, "depression", "anna")
    library.judgements.add("depression", [Judgement("q1", KETAMINE, 3, "anna"), Judgement("q2", KETAMINE, None, "ben", reason="no")])
    shown = judging.waiting_html(library, "depression", "anna")
    assert "1 of 8 judged" in shown
    assert "judge=anna" in shown
    library.sets.create("empty")
    assert "Build a pool" in judging.waiting_html(library, "empty", "anna")
