"""The HTTP API: the same as the commands' --json, for whoever may, and one shape for all that goes wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from corpus import LOCAL, Library, Role
from tests.api.conftest import BASE, KETAMINE, Make
from ui.engine import LocalEngine
from ui.web.api import shapes
from ui.web.rules import is_closed, is_for_programs, role_of_path

ASKED = {"question": "How does ketamine act in depression?"}


def held_to(shape: type[BaseModel], given: Any) -> Any:
    shape.model_validate(given, strict=True)
    return given


def get(client: TestClient, path: str, status: int = 200, **query: Any) -> Any:
    answer = client.get(f"/api/v1{path}", params=query)
    assert answer.status_code == status, answer.text
    return answer.json()


def fault_of(answer: Any, status: int) -> dict[str, str]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    table = answer.json()
    assert set(table) == {"error"}
    shapes.Fault.model_validate(table["error"], strict=True)
    assert table["error"]["what"] in table["error"]["message"]
    return dict(table["error"])


def events_of(text: str) -> list[tuple[str, Any]]:
    made = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        made.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return made


def test_a_misspelt_parameter_is_told(local: TestClient) -> None:
    told = fault_of(local.get("/api/v1/search", params={"topk": 3}), 400)
    assert "'topk'" in told["what"]


def test_the_local_user_finds_and_reads_what_the_commands_do(local: TestClient, engine: LocalEngine) -> None:
    found = held_to(shapes.Hits, get(local, "/search", q="ketamine depression", k=3, filter=["year>=2010", "substances=ketamine"]))
    direct = engine.search("ketamine depression", 3, ["year>=2010", "substances=ketamine"], None)
    assert [hit["review_id"] for hit in found["hits"]] == [hit["review_id"] for hit in direct["hits"]]
    assert len(found["hits"]) == 3
    hit = found["hits"][0]
    record = held_to(shapes.Record, get(local, f"/records/{hit['review_id']}", revision=hit["revision"]))
    assert engine.library.get(record["id"]).field_text(hit["field"])[hit["start"] : hit["end"]] == hit["text"]
    history = held_to(shapes.History, get(local, f"/records/{record['id']}/history"))
    assert [version["action"] for version in history["versions"]] == ["import"]


def test_the_catalogue_is_paged_counted_and_exported(local: TestClient, engine: LocalEngine) -> None:
    every = held_to(shapes.Records, get(local, "/records", size=500))
    parts = [get(local, "/records", start=start, size=5)["records"] for start in (0, 5, 10)]
    assert [row["id"] for part in parts for row in part] == [row["id"] for row in every["records"]]
    assert every["total"] == engine.library.count()
    assert held_to(shapes.Count, get(local, "/count", filter="substances=ketamine"))["count"] == get(local, "/records", filter="substances=ketamine")["total"]
    facets = held_to(shapes.Facets, get(local, "/facets"))["facets"]
    assert {"value": "ketamine", "count": get(local, "/count", filter="substances=ketamine")["count"]} in facets["substances"]
    assert get(local, "/count", filter="substances=ketamin")["suggestions"][0]["near"]
    for format, begins in (("ris", "TY  - "), ("bibtex", "@"), ("csl-json", "["), ("csv", "Title,"), ("markdown", "---"), ("jsonl", "{"), ("bibliography", "")):
        file = local.get("/api/v1/export", params={"format": format, "filter": f"id={KETAMINE}"})
        assert file.status_code == 200
        assert file.text.lstrip("\ufeff").startswith(begins)
        assert "glutamate" in file.text
        assert file.headers["content-disposition"].startswith('attachment; filename="florilegium.')


def test_an_answer_in_one_piece_followed_up_and_read_again(local: TestClient, engine: LocalEngine) -> None:
    answer = local.post("/api/v1/ask", json=ASKED | {"filters": ["substances=ketamine"]}).json()
    held_to(shapes.Answer, answer)
    assert answer["sentences"]
    for sentence in answer["sentences"]:
        for cited in sentence["citations"]:
            text = engine.library.get(cited["review_id"], cited["revision"]).field_text(cited["field"])
            assert text[cited["start"] : cited["end"]] == cited["quote"]
    again = get(local, f"/answers/{answer['id']}")
    assert again == answer
    followed = local.post("/api/v1/ask", json={"question": "And in bipolar disorder?", "after": answer["id"]}).json()
    assert "ketamine" in followed["standalone_question"].lower()
    cited = local.get("/api/v1/export", params={"format": "jsonl", "answer": answer["id"]}).text
    assert [json.loads(line)["id"] for line in cited.splitlines()] == [review["id"] for review in answer["reviews"]]


def test_an_answer_as_it_comes(local: TestClient) -> None:
    with local.stream("POST", "/api/v1/ask", json=ASKED | {"stream": True}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = events_of("".join(answer.iter_text()))
    names = [name for name, _ in events]
    assert names[0] == "step"
    assert names[-1] == "answer"
    assert names.index("quotes") < names.index("answer")
    assert [data["step"] for name, data in events if name == "step"][:3] == ["understand", "retrieve", "decide"]
    held_to(shapes.Answer, events[-1][1])
    quotes = dict(events)["quotes"]["answer"]
    assert quotes["sentences"] == events[-1][1]["sentences"]


def test_what_goes_wrong_in_a_stream_is_its_last_event(local: TestClient) -> None:
    answer = local.post("/api/v1/ask", json={"question": "And then?", "after": "0123456789abcdef", "stream": True})
    name, data = events_of(answer.text)[-1]
    assert (name, answer.status_code) == ("error", 200)
    assert "no answer" in data["error"]["what"]
    assert fault_of(local.post("/api/v1/ask", json={"question": "Why?", "filters": ["colour=red"], "stream": True}), 400)


@pytest.mark.usefixtures("home")
def test_judging_over_http(local: TestClient, engine: LocalEngine) -> None:
    assert [each["name"] for each in held_to(shapes.Sets, get(local, "/sets"))["sets"]] == ["first questions"]
    assert [each["id"] for each in held_to(shapes.Set, get(local, "/sets/first questions"))["queries"]] == ["q1"]
    place = "/api/v1/sets/first questions/judgements"
    made = local.post(place, json={"query": "q1", "review": KETAMINE, "grade": 2})
    assert made.status_code == 201
    held_to(shapes.Judged, made.json())
    words = {"field": "summary", "start": 0, "end": 4, "revision": engine.library.revision()}
    assert local.post(place, json={"query": "q1", "review": KETAMINE, "grade": 3, "words": words}).json()["anchor"]["quote"] == "This"
    local.post(place, json={"query": "q1", "review": KETAMINE, "grade": 3})
    stand = held_to(shapes.Judgements, get(local, "/sets/first questions/judgements", query="q1"))["judgements"]
    assert [(each["grade"], each["judge"], each["anchor"] is None) for each in stand] == [(3, LOCAL, False), (3, LOCAL, True)]
    fault_of(local.post(place, json={"query": "q1", "review": KETAMINE, "grade": 4}), 422)
    fault_of(local.post(place, json={"query": "q1", "review": KETAMINE, "grade": None}), 400)
    fault_of(local.post(place, json={"query": "q9", "review": KETAMINE, "grade": 1}), 404)
    document = {"measures": {"nDCG@10": 0.5}, "per_query": {"q1": {"nDCG@10": 0.5}}, "fingerprint": "x", "program": "1"}
    run_id = engine.library.runs.save("first questions", "default", "0" * 64, 1, document, {"q1": [(KETAMINE, 1.0)]})
    assert [run["id"] for run in held_to(shapes.Runs, get(local, "/runs", set="first questions"))["runs"]] == [run_id]
    assert held_to(shapes.Run, get(local, f"/runs/{run_id}"))["document"]["measures"] == {"nDCG@10": 0.5}
    assert get(local, "/runs", set="other")["total"] == 0


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/search?q=x&filter=colour%3Dred", 400, "The fields are"),
        ("/search?q=x&filter=year%3E%3Dsoon", 400, "Write a number"),
        ("/search?q=x&config=other", 400, "no configuration"),
        ("/search?q=x&k=0", 422, "query.k"),
        ("/search", 422, "query.q"),
        ("/search?q=a%00b", 422, "query.q"),
        ("/records/no-such-record", 404, "no record"),
        (f"/records/{KETAMINE}?revision=0", 404, "did not exist"),
        (f"/records/{KETAMINE}?revision=99999999999999999999", 422, "revision"),
        ("/records?sort=colour", 422, "query.sort"),
        ("/answers/none", 404, "no answer"),
        ("/export?format=docx", 422, "query.format"),
        ("/export?format=ris&answer=none", 404, "no answer"),
        ("/export?format=ris&list=none", 404, ""),
        ("/sets/none", 404, "none"),
        ("/runs/none", 404, "no run"),
        ("/nothing/here", 404, "not found"),
        ("/ask", 405, "method not allowed"),
    ],
)
def test_every_fault_has_one_shape_and_says_who_mends_it(local: TestClient, path: str, status: int, said: str) -> None:
    assert said in fault_of(local.get(f"/api/v1{path}"), status)["message"]


def test_a_call_that_cannot_be_read_is_told_where(local: TestClient) -> None:
    for body, where in ((b"{", "body"), (b"[]", "body"), (b'{"question": ""}', "body.question"), (b'{"question": "x", "colour": 1}', "body.colour")):
        told = fault_of(local.post("/api/v1/ask", content=body, headers={"content-type": "application/json"}), 422)
        assert told["where"].startswith(where)
    fault_of(local.post("/api/v1/ask", content=b'{"question": "\\ud800"}', headers={"content-type": "application/json"}), 422)


def test_without_a_token_that_holds_nobody_is_let_in(acting: Make, engine: LocalEngine) -> None:
    nobody = acting()
    told = fault_of(nobody.get("/api/v1/search", params={"q": "ketamine"}), 401)
    assert "/tokens" in told["remedy"]
    assert nobody.get("/api/v1/count").headers["www-authenticate"] == "Bearer"
    secret, made = engine.library.tokens.new("ben", ["read"])
    bearer = {"authorization": f"Bearer {secret}"}
    assert nobody.get("/api/v1/count", headers=bearer).status_code == 200
    for wrong in (f"Basic {secret}", f"Bearer {secret}x", "Bearer", secret, ""):
        fault_of(nobody.get("/api/v1/count", headers={"authorization": wrong}), 401)
    engine.library.tokens.revoke(made.number)
    fault_of(nobody.get("/api/v1/count", headers=bearer), 401)
    fault_of(nobody.get("/api/v1//count", headers={}), 401)


def test_a_wrong_token_is_told_whatever_cookie_comes_with_it(acting: Make, engine: LocalEngine) -> None:
    client = acting()
    client.cookies.set("florilegium_session", engine.library.sessions.start("ada"))
    assert client.get("/api/v1/count").status_code == 200, "whoever has signed in may look with the browser"
    fault_of(client.get("/api/v1/count", headers={"authorization": "Bearer flor_x"}), 401)


def test_a_token_opens_nothing_but_what_is_for_programs(acting: Make) -> None:
    assert acting("ada").get("/who").status_code == 401


@pytest.mark.parametrize(
    ("name", "scopes", "may"),
    [
        ("rea", ["read"], "search"),
        ("rea", ["ask"], "ask"),
        ("rea", ["read", "ask", "judge"], "search ask"),
        ("ben", ["judge"], ""),
        ("lib", ["judge"], "judge"),
        ("lib", ["read"], "search"),
        ("ada", ["read", "ask", "judge"], "search ask judge"),
    ],
)
def test_a_token_may_what_its_scopes_and_its_account_s_role_both_allow(acting: Make, name: str, scopes: list[str], may: str) -> None:
    client = acting(name, *scopes)
    tried = {
        "search": client.get("/api/v1/count"),
        "ask": client.post("/api/v1/ask", json=ASKED),
        "judge": client.post("/api/v1/sets/first questions/judgements", json={"query": "q1", "review": KETAMINE, "grade": 1}),
    }
    for what, answer in tried.items():
        if what in may.split():
            assert answer.is_success, what
        else:
            fault_of(answer, 403)


@pytest.mark.usefixtures("home")
def test_a_demoted_or_disabled_account_s_tokens_feel_it_at_once(acting: Make, engine: LocalEngine) -> None:
    client = acting("lib")
    assert client.get("/api/v1/sets").status_code == 200
    engine.library.accounts.set_role("lib", Role.MEMBER)
    fault_of(client.get("/api/v1/sets"), 403)
    engine.library.accounts.set_disabled("lib", True)
    fault_of(client.get("/api/v1/count"), 401)


@pytest.mark.usefixtures("home")
def test_answers_and_lists_are_their_owner_s_alone(acting: Make, engine: LocalEngine) -> None:
    ada, ben = acting("ada"), acting("ben")
    answer = ben.post("/api/v1/ask", json=ASKED).json()
    engine.library.lists.create("mine", owner="ben")
    engine.library.lists.add("mine", [KETAMINE], "ben")
    assert ben.get(f"/api/v1/answers/{answer['id']}").status_code == 200
    for path in (f"/answers/{answer['id']}", f"/export?format=ris&answer={answer['id']}", "/export?format=ris&list=mine"):
        assert ben.get(f"/api/v1{path}").status_code == 200
        fault_of(ada.get(f"/api/v1{path}"), 404)
    fault_of(ada.post("/api/v1/ask", json={"question": "And why?", "after": answer["id"]}), 404)
    judged = acting("lib").post("/api/v1/sets/first questions/judgements", json={"query": "q1", "review": KETAMINE, "grade": 1})
    assert judged.json()["judge"] == "lib"


@pytest.mark.usefixtures("home")
def test_private_notes_never_pass(acting: Make, engine: LocalEngine) -> None:
    secret = "Zebrafinch ketamine depression mechanism is what I noted"
    engine.library.notes.add("ben", KETAMINE, secret)
    on_the_page = engine.ask("What did I note on ketamine in depression?", None, [], None, notes=True, owner="ben")
    assert secret in str(on_the_page["from_notes"]), "asked on the page, one's own notes do answer"
    for name in ("ben", "ada"):
        client = acting(name)
        assert secret not in client.get(f"/api/v1/answers/{on_the_page['id']}").text
        for answer in (
            client.post("/api/v1/ask", json={"question": "What did I note on ketamine in depression?"}),
            client.post("/api/v1/ask", json=ASKED | {"stream": True}),
            client.get("/api/v1/search", params={"q": "Zebrafinch"}),
            client.get(f"/api/v1/records/{KETAMINE}"),
            client.get(f"/api/v1/records/{KETAMINE}/history"),
            client.get("/api/v1/export", params={"format": "jsonl"}),
        ):
            assert answer.status_code == 200
            assert secret not in answer.text


def _restricted(library: Library) -> None:
    kept = library.get(KETAMINE)
    with library.change() as change:
        change.put(kept.model_copy(update={"sections": ("Long full text on zebrafinches. And more of it.",), "section_titles": ("Body",)}), "edit")
    library.edit(KETAMINE, {"access": "snippet"}, base_revision=library.get(KETAMINE).revision)


@pytest.mark.usefixtures("home")
def test_full_text_is_for_whom_its_record_says_in_its_earlier_states_too(acting: Make, engine: LocalEngine) -> None:
    _restricted(engine.library)
    open_state = engine.library.history(KETAMINE)[1].revision
    for name, sees in (("rea", False), ("ben", False), ("lib", True)):
        client = acting(name)
        for query in ("", f"?revision={open_state}"):
            assert bool(client.get(f"/api/v1/records/{KETAMINE}{query}").json()["sections"]) is sees
        assert ("zebrafinches" in client.get("/api/v1/export", params={"format": "jsonl"}).text) is sees


@pytest.mark.parametrize("origin", ["null", "http://evil.example", "http://127.0.0.1:9999", "https://127.0.0.1:7910.evil.example"])
def test_no_page_of_another_site_asks_for_anybody(local: TestClient, acting: Make, origin: str) -> None:
    for client in (local, acting("ada")):
        fault_of(client.post("/api/v1/ask", json=ASKED, headers={"origin": origin}), 403)
    fault_of(local.get("/api/v1/count", headers={"host": "evil.example"}), 403)


def test_what_a_form_could_send_is_not_taken(local: TestClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        fault_of(local.post("/api/v1/ask", content=json.dumps(ASKED), headers={"content-type": kind}), 403)
    assert local.post("/api/v1/ask", json=ASKED, headers={"origin": BASE}).status_code == 200


def test_the_description_has_an_example_of_everything_and_examples_are_as_described(local: TestClient) -> None:
    described = get(local, "/openapi.json")
    assert described["servers"] == [{"url": "/api/v1"}]
    for path, calls in described["paths"].items():
        for method, call in calls.items():
            content = next(call["responses"][status]["content"] for status in ("200", "201") if status in call["responses"])
            assert any("example" in each for each in content.values()), path
            assert {"400", "401", "403", "422", "503"} <= set(call["responses"])
            assert call["security"] == [{"token": []}]
            if "application/json" in content:
                shape = getattr(shapes, content["application/json"]["schema"]["$ref"].rpartition("/")[2])
                shape.model_validate(content["application/json"]["example"], strict=True)
            if method == "post":
                body = call["requestBody"]["content"]["application/json"]
                assert "example" in body or "example" in described["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
    assert len(described["paths"]) == 14


def test_every_call_is_for_programs_and_asks_for_its_role(local: TestClient) -> None:
    for path in ("/openapi.json", *get(local, "/openapi.json")["paths"]):
        assert is_for_programs(f"/api/v1{path}")
        librarians = path.startswith(("/sets", "/runs"))
        assert role_of_path(f"/api/v1{path}") == (None if path == "/openapi.json" else Role.LIBRARIAN if librarians else Role.READER)
    for path in ("/", "/api/local/ask", "/notes", "/v10", "/mcpx", "/api/v1x", "/review/api/v1"):
        assert not is_for_programs(path)
    assert [role_of_path(path) for path in ("/mcp", "/v1/chat/completions", "/tokens")] == [Role.READER] * 3
    assert [is_closed(path) for path in ("/mcp", "/mcp/sse", "/gradio_api/mcp", "/tokens")] == [False, True, True, False]
