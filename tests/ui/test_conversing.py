"""A conversation in the page, without a browser: what is shown, what is kept, and whose it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.answer import Answer
from assistant.follow_ups import candidates
from corpus import Filter, NotFoundError, Role
from ui.engine import LocalEngine
from ui.settings import Settings
from ui.web.answer_tools import tools_html
from ui.web.asking import Asked, Asking
from ui.web.conversing import Shown, Talk, converse, reopened
from ui.web.feedback import feedback_routes
from ui.web.people import Door, Person
from ui.wiring import Workshop, open_library

ADA = Person("ada", Role.MEMBER)
READER = Person("guest", Role.READER)
QUESTION = "Does psilocybin help with depression?"


@pytest.fixture(scope="module")
def engine(built_home: Path, models_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    import shutil

    home = Path(shutil.copytree(built_home, tmp_path_factory.mktemp("conversing") / "home"))
    settings = Settings(home=home, models=models_folder, model="quotes")
    library = open_library(settings)
    made = LocalEngine(Workshop(settings, library).open(patience=5))
    yield made
    made.close()
    library.close()


def ask(engine: LocalEngine, text: str, before: Shown | None = None, person: Person = ADA, turn: int | None = None, **asked: str) -> Shown:
    """Ask in a tab that shows `before`; what it shows at last."""
    history, talk = (before.messages, before.talk) if before else ([], Talk())
    shown = list(converse(engine, Asking(), Asked(text, **asked), history, talk, "tab", person, turn))
    assert shown[0].first
    assert all(each.busy for each in shown[:-1])
    assert not shown[-1].busy
    return shown[-1]


def questions(engine: LocalEngine, shown: Shown) -> list[str]:
    return [exchange.question for exchange in engine.library.conversations.get(shown.talk.conversation, "ada").exchanges]


def test_a_follow_up_goes_on_with_the_conversation_and_both_open_again_as_they_were(engine: LocalEngine) -> None:
    first = ask(engine, QUESTION)
    second = ask(engine, "And for anxiety?", first)
    assert second.answer is not None
    assert second.answer.standalone_question == "Does psilocybin help with anxiety?"
    assert second.talk.conversation == first.talk.conversation
    assert questions(engine, second) == [QUESTION, "And for anxiety?"]
    messages, talk = reopened(engine.library, second.talk.conversation, ADA)
    assert messages == second.messages, "what is opened again is what was shown, with every citation"
    assert talk == second.talk
    with pytest.raises(NotFoundError):
        reopened(engine.library, second.talk.conversation, Person("eve", Role.ADMIN))


def test_asking_anew_takes_back_what_came_after(engine: LocalEngine) -> None:
    shown = ask(engine, QUESTION)
    shown = ask(engine, "And for anxiety?", shown)
    shown = ask(engine, "Why?", shown)
    anew = ask(engine, "Does ketamine help with depression?", shown, turn=1)
    assert questions(engine, anew) == [QUESTION, "Does ketamine help with depression?"]
    assert [message["role"] for message in anew.messages] == ["user", "assistant"] * 2
    assert len(anew.talk.answers) == 2
    again = ask(engine, QUESTION, anew, turn=0)
    assert questions(engine, again) == [QUESTION]


def test_a_fault_is_shown_and_the_talk_goes_on_without_it(engine: LocalEngine) -> None:
    shown = ask(engine, QUESTION)
    failed = ask(engine, "x" * 3_000, shown)
    assert failed.fault
    assert failed.answer is None
    assert failed.talk.answers == (*shown.talk.answers, "")
    assert failed.talk.last == shown.talk.last
    later = ask(engine, "And for anxiety?", failed)
    assert questions(engine, later) == [QUESTION, "And for anxiety?"]
    anew = ask(engine, "Is it safe?", later, turn=2)
    assert questions(engine, anew) == [QUESTION, "Is it safe?"]


def test_a_conversation_deleted_in_another_tab_goes_on_as_a_new_one(engine: LocalEngine) -> None:
    shown = ask(engine, QUESTION)
    engine.library.conversations.delete(shown.talk.conversation, "ada")
    later = ask(engine, "Does ketamine help with depression?", Shown(shown.messages, Talk((), shown.talk.conversation)))
    assert later.talk.conversation != shown.talk.conversation
    assert questions(engine, later) == ["Does ketamine help with depression?"]


def test_a_reader_without_an_account_gets_answers_that_are_in_no_conversation(engine: LocalEngine) -> None:
    shown = ask(engine, QUESTION, person=READER)
    assert shown.answer is not None
    assert shown.talk.conversation == ""
    assert engine.library.conversations.all("guest") == []


def test_what_is_suggested_can_be_answered_and_was_not_asked(engine: LocalEngine) -> None:
    answer = ask(engine, QUESTION).answer
    assert answer is not None
    found = engine.suggest(answer, Filter())
    assert found
    assert QUESTION not in found
    for question in found:
        assert engine.workshop.assistant(None).prepare(question).decision.answers, question
    cited = engine.library.get_many(review.id for review in answer.reviews).values()
    assert all("psilocybin and depression?" not in question for question in candidates(engine.workshop.assistant(None), answer, cited))
    nothing = ask(engine, "What is the boiling point of tungsten?").answer
    assert nothing is not None
    assert engine.suggest(nothing, Filter()) == ()


def test_thumbs_are_kept_and_a_wrong_source_becomes_a_draft_of_the_lab(engine: LocalEngine) -> None:
    app = FastAPI()
    app.include_router(feedback_routes(engine.library))
    app.add_middleware(Door)
    client = TestClient(app)
    mine = ask(engine, QUESTION, person=Person("local", Role.ADMIN)).answer
    other = ask(engine, QUESTION).answer
    assert mine is not None
    assert other is not None
    assert client.post(f"/answers/{mine.id}/feedback", json={"useful": True}).status_code == 200
    wrong = {"useful": False, "reason": "wrong_source", "note": "Mice.", "wrong": [mine.reviews[0].id]}
    assert client.post(f"/answers/{mine.id}/feedback", json=wrong).json().keys() == {"text"}
    kept = engine.library.feedback.of(mine.id)
    assert kept is not None
    assert (kept.useful, kept.reason, kept.note) == (False, "wrong_source", "Mice.")
    [draft] = [query for query in engine.library.sets.queries("from the chat", drafts=True).values() if query.origin["answer"] == mine.id]
    assert (draft.text, draft.origin["wrong"]) == (mine.standalone_question, [mine.reviews[0].id])
    assert client.post(f"/answers/{other.id}/feedback", json={"useful": True}).status_code == 400, "another's answer"
    assert client.post(f"/answers/{mine.id}/feedback", json={"useful": False, "reason": "dull"}).status_code == 400
    assert client.post(f"/answers/{mine.id}/feedback", json={"useful": "perhaps"}).status_code == 422


def test_the_tools_of_an_answer_say_what_each_sign_means(engine: LocalEngine) -> None:
    answer = ask(engine, QUESTION).answer
    assert answer is not None
    html = tools_html(answer)
    assert "quoted word for word" in html
    assert "checked against" not in html
    kept = Answer.from_dict(json.loads(json.dumps(answer.as_dict())))
    assert f'href="/answers/{answer.id}.docx"' in tools_html(kept)
