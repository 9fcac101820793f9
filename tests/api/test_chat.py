"""The collection as a model of OpenAI's chat completions, asked by OpenAI's own client."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.api.conftest import KETAMINE
from ui.engine import LocalEngine
from ui.web.access import Access

QUESTION = "How does ketamine act in depression?"
Start = Callable[[Access | None], str]


@pytest.fixture
def client(listening: Start) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{listening(None)}/v1", api_key="none", max_retries=0) as made:
        yield made


def ask(client: OpenAI, *said: str, **more: Any) -> Any:
    messages = [{"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(said)]
    return client.chat.completions.create(model=more.pop("model", "florilegium"), messages=messages, **more)  # type: ignore[arg-type]


def test_an_answer_has_numbered_marks_its_sources_with_links_and_all_of_it_as_data(client: OpenAI, engine: LocalEngine) -> None:
    made = ask(client, QUESTION, temperature=0.3)
    choice = made.choices[0]
    assert (choice.finish_reason, choice.message.role, made.model) == ("stop", "assistant", "florilegium")
    answer = made.model_extra["florilegium"]
    assert engine.library.answers.get(answer["id"])["question"] == QUESTION
    text = choice.message.content
    body, _, below = text.partition("\n\nSources:\n\n")
    keys = [review["key"] for review in answer["reviews"]]
    assert [int(key) for key in dict.fromkeys(re.findall(r"\[(\d+)\]", body))] == keys
    for sentence in answer["sentences"]:
        assert sentence["support"] in ("verbatim", "supported")
    for review, line in zip(answer["reviews"], below.splitlines(), strict=False):
        assert line.startswith(f"[{review['key']}] {review['label']}. ")
        assert f"https://doi.org/{review['doi']}" in line
        assert f"{str(client.base_url).removesuffix('/v1/')}/review/{review['id']}?at=" in line
    assert f"/answers/{answer['id']})" in below
    assert "draft" not in answer


def test_a_stream_says_the_same_in_pieces(client: OpenAI) -> None:
    whole = ask(client, QUESTION).choices[0].message.content
    chunks = list(ask(client, QUESTION, stream=True))
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert re.sub(r"[0-9a-f]{16}", "ID", said) == re.sub(r"[0-9a-f]{16}", "ID", whole)
    assert chunks[-1].model_extra["florilegium"]["sentences"]


def test_a_follow_up_refers_to_what_was_said_before(client: OpenAI, engine: LocalEngine) -> None:
    first = ask(client, QUESTION)
    second = ask(client, QUESTION, first.choices[0].message.content, "And in bipolar disorder?")
    assert "ketamine" in second.model_extra["florilegium"]["standalone_question"].lower()
    assert "Understood as" in second.choices[0].message.content
    by_words = ask(client, QUESTION, "Some text of another client.", "And in bipolar disorder?", "More.", "And in adolescents?")
    assert "ketamine" in by_words.model_extra["florilegium"]["standalone_question"].lower()
    alone = ask(client, "And in bipolar disorder?").model_extra["florilegium"]
    assert alone["standalone_question"] == "And in bipolar disorder?"


def test_what_the_collection_does_not_answer_is_said(client: OpenAI) -> None:
    made = ask(client, "Which exhaust valve fits a 1967 tractor?")
    assert made.model_extra["florilegium"]["outcome"] == "not_in_corpus"
    assert made.choices[0].message.content.startswith("This collection does not answer that.")


def test_a_counting_question_filters_and_parts(client: OpenAI, engine: LocalEngine) -> None:
    made = client.chat.completions.create(
        model="florilegium-quotes",
        messages=[
            {"role": "system", "content": "You are a pirate."},
            {"role": "user", "content": [{"type": "text", "text": "How many reviews on ketamine are there?"}]},
        ],
        extra_body={"filters": [f"id={KETAMINE}"]},
    )
    assert made.choices[0].message.content is not None
    assert "**1 record for" in made.choices[0].message.content
    assert {model.id for model in client.models.list()} == {"florilegium", "florilegium-quotes"}
    assert client.models.retrieve("florilegium").owned_by == "florilegium"


def test_faults_reach_the_client_as_its_own_errors(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="The models are: florilegium"):
        ask(client, QUESTION, model="gpt-4o")
    with pytest.raises(openai.BadRequestError, match="the question is empty"):
        ask(client, "   ")
    with pytest.raises(openai.BadRequestError, match="no field 'colour'"):
        ask(client, QUESTION, extra_body={"filters": ["colour=red"]})
    with pytest.raises(openai.UnprocessableEntityError, match=r"body\.messages"):
        client.chat.completions.create(model="florilegium", messages=[])
    with pytest.raises(openai.APIError, match="no field 'colour'"):
        list(ask(client, QUESTION, stream=True, extra_body={"filters": ["colour=red"]}))


def test_with_accounts_the_key_is_a_token_and_answers_are_its_owner_s(listening: Start, engine: LocalEngine, token: Callable[..., str]) -> None:
    address = f"{listening(Access(True))}/v1"

    def client(key: str) -> OpenAI:
        return OpenAI(base_url=address, api_key=key, max_retries=0)

    with client("sk-something") as nobody, pytest.raises(openai.AuthenticationError, match="/tokens"):
        ask(nobody, QUESTION)
    with client(token("ben", "read")) as reading, pytest.raises(openai.PermissionDeniedError, match="lacks the scope ask"):
        ask(reading, QUESTION)
    with client(token("ben", "ask")) as ben, client(token("ada", "ask")) as ada:
        first = ask(ben, QUESTION)
        answer_id = first.model_extra["florilegium"]["id"]
        assert engine.library.answers.get(answer_id, "ben")
        stolen = ask(ada, "Hm.", f"See /answers/{answer_id}", "And in bipolar disorder?").model_extra["florilegium"]
        assert "ketamine" not in stolen["standalone_question"].lower(), "another's answer is no conversation of one's own"
