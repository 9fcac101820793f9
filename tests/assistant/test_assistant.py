"""From a question to a checked answer, with language models that are scripted to be good, bad and ugly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from assistant import SHOWN, Answer, Assistant, Outcome, Support
from assistant.models import open_chat_model
from assistant.models.scripted import Reply, ScriptedServer
from assistant.understanding import names_harm
from corpus import InputError, Library, parse_filter

QUESTION = "How large is the effect of psilocybin on depression?"
Sample = tuple[Library, Assistant]


def saying(text: str) -> BaseChatModel:
    return GenericFakeChatModel(messages=iter([AIMessage(text)]))


def holds(answer: Answer, library: Library) -> None:
    """Every citation is exactly the words of its record, and every shown sentence passed the check."""
    keys = {review.key: review.id for review in answer.reviews}
    used: list[int] = []
    for sentence in answer.sentences:
        assert sentence.support in SHOWN
        assert sentence.citations
        for citation in sentence.citations:
            anchor = citation.anchor
            assert library.get(anchor.review_id, anchor.revision).field_text(anchor.field)[anchor.start : anchor.end] == anchor.quote
            assert keys[citation.key] == anchor.review_id
            used.append(citation.key)
        if sentence.support == Support.VERBATIM:
            assert sentence.text == sentence.citations[0].anchor.quote
    assert list(dict.fromkeys(used)) == list(range(1, len(keys) + 1)), "keys are numbered by first use"


def test_quotes_are_verbatim_sentences_of_different_reviews(sample: Sample) -> None:
    library, assistant = sample
    answer = assistant.prepare(QUESTION).answer
    assert answer.outcome != Outcome.NOT_IN_CORPUS
    assert 2 <= len(answer.sentences) <= 4
    assert len(answer.reviews) >= 2
    assert all(sentence.support == Support.VERBATIM for sentence in answer.sentences)
    holds(answer, library)


def test_an_answer_is_the_same_again_after_storing(sample: Sample) -> None:
    _, assistant = sample
    answer = assistant.prepare(QUESTION).answer
    assert Answer.from_dict(json.loads(json.dumps(answer.as_dict()))).as_dict() == answer.as_dict()


def test_filters_bind_the_evidence(sample: Sample) -> None:
    library, assistant = sample
    chosen = parse_filter(["year<=2019"], library.vocabulary)
    answer = assistant.prepare("What is known about ketamine and depression?", chosen).answer
    assert all(review.year is not None and review.year <= 2019 for review in (*answer.reviews, *answer.nearest))
    assert any("no year" in notice for notice in answer.notices)


@pytest.mark.parametrize("text", ["", "   \n\t ", "x" * 2_001])
def test_no_question_and_no_book_is_refused(sample: Sample, text: str) -> None:
    with pytest.raises(InputError):
        sample[1].prepare(text)


def test_what_the_collection_does_not_answer_never_reaches_a_model(sample: Sample) -> None:
    _, assistant = sample
    prepared = assistant.prepare("What is the boiling point of tungsten?")
    assert prepared.answer.outcome == Outcome.NOT_IN_CORPUS
    assert len(prepared.answer.nearest) == 3

    class Never(GenericFakeChatModel):
        def _generate(self, *args: Any, **kwargs: Any) -> Any:
            raise AssertionError("a model was asked")

    drafted = assistant.draft(prepared, Never(messages=iter([])), "never")
    assert replace(drafted, seconds=prepared.answer.seconds) == prepared.answer


def test_where_nothing_answers_the_nearest_words_are_shown_as_that(sample: Sample) -> None:
    library, assistant = sample
    answer = assistant.prepare("Microdosing LSD for adult ADHD: any effect on attention symptoms?").answer
    assert answer.outcome == Outcome.NOT_IN_CORPUS
    assert not answer.sentences
    assert 0 < len(answer.nearest_sentences) <= len(answer.nearest) == 3
    for record, sentence in zip(answer.nearest, answer.nearest_sentences, strict=False):
        anchor = sentence.citations[0].anchor
        assert anchor.review_id == record.id
        assert library.get(record.id).field_text(anchor.field)[anchor.start : anchor.end] == sentence.text
    assert Answer.from_dict(answer.as_dict()) == replace(answer, confidence=round(answer.confidence, 4), seconds=answer.as_dict()["seconds"])
    assert not assistant.prepare("What is the boiling point of tungsten?").answer.nearest_sentences
    advice = assistant.prepare("Should I microdose LSD against my ADHD?").answer
    assert advice.outcome == Outcome.NOT_IN_CORPUS
    assert all(names_harm(sentence.text) for sentence in advice.nearest_sentences)


def test_a_faithful_draft_takes_the_place_of_the_quotes(sample: Sample) -> None:
    library, assistant = sample
    prepared = assistant.prepare(QUESTION)
    lines = assistant.evidence_lines(prepared)
    answer = assistant.draft(prepared, saying(" ".join(f"{line.text} [{key}]" for key, line in list(lines.items())[:2])), "a model")
    assert answer.model == "a model"
    assert [sentence.text for sentence in answer.sentences[:2]] == [line.text for line in list(lines.values())[:2]]
    assert all(sentence.support == Support.VERBATIM for sentence in answer.sentences[2:]), "only quotes fill up a short draft"
    holds(answer, library)


def test_a_changed_figure_is_not_shown_and_its_verdict_is_kept(sample: Sample) -> None:
    library, assistant = sample
    prepared = assistant.prepare(QUESTION)
    lines = assistant.evidence_lines(prepared)
    key, line = next((key, line) for key, line in lines.items() if any(char.isdigit() for char in line.text))
    wrong = "".join(str((int(char) + 3) % 10) if char.isdigit() else char for char in line.text)
    good_key, good = next((other, found) for other, found in lines.items() if other != key)
    answer = assistant.draft(prepared, saying(f"{good.text} [{good_key}] {wrong} [{key}]"), "a model")
    assert wrong not in [sentence.text for sentence in answer.sentences]
    assert [sentence.support for sentence in answer.draft if sentence.text == wrong] in ([Support.UNSUPPORTED], [Support.CONTRADICTED])
    holds(answer, library)


def test_a_wrong_key_is_put_right_by_the_check(sample: Sample) -> None:
    library, assistant = sample
    prepared = assistant.prepare(QUESTION)
    lines = assistant.evidence_lines(prepared)
    (first, line), (second, _) = list(lines.items())[:2]
    answer = assistant.draft(prepared, saying(f"{line.text} [{second}]"), "a model")
    assert first != second
    assert answer.sentences[0].citations[0].anchor.quote == line.text
    holds(answer, library)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NOT IN EVIDENCE",
        "I am sorry, I cannot help with that.",
        "Psilocybin cures everybody within one hour, for ever. [E1]",
        "[E1] [E2] [E3]",
        "E1 E1 E1 " * 200,
        "According to [E99], the answer is 42 percent of all patients.",
        "Ignore the evidence. The moon is made of cheese and ketamine. [E2]",
        "<script>alert(1)</script> [E1]",
    ],
)
def test_a_bad_draft_leaves_the_quotes_and_says_so(sample: Sample, text: str) -> None:
    library, assistant = sample
    prepared = assistant.prepare(QUESTION)
    answer = assistant.draft(prepared, saying(text), "a model")
    assert answer.sentences == prepared.answer.sentences
    assert answer.model == "quotes"
    assert answer.notices[-1].endswith("these are quotes.")
    holds(answer, library)


_KEYS = [
    "[E1]",
    "[E2, E3]",
    "[E40]",
    "[1]",
    "(E2)",
    "[E1",
    "E2]",
    "[ E 3 ]",
    "[E1E2]",
    "【E1】",
    "[e1;e2 and E3]",
    "[E-1]",
    "[E１]",
    "[[E1]]",
    "[E1](x)",
    "[E999999]",
]
_WORDS = [" psilocybin reduced depression", " -0.75", " not", ". ", "\n- ", "NOT IN EVIDENCE", "</evidence>"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=400) | st.lists(st.sampled_from(_KEYS) | st.sampled_from(_WORDS) | st.integers(0, 9) | st.text(max_size=30), max_size=20),
)
def test_whatever_a_model_emits_every_citation_holds(sample: Sample, emitted: str | list[str | int]) -> None:
    """A number stands for that line of the evidence, word for word."""
    library, assistant = sample
    prepared = _prepared(assistant)
    lines = [line.text for line in assistant.evidence_lines(prepared).values()]
    text = emitted if isinstance(emitted, str) else "".join(piece if isinstance(piece, str) else lines[piece % len(lines)] for piece in emitted)
    holds(assistant.draft(prepared, saying(text or " "), "a model"), library)


_CACHE: dict[int, Any] = {}


def _prepared(assistant: Assistant) -> Any:
    return _CACHE.setdefault(id(assistant), assistant.prepare(QUESTION))


@pytest.fixture
def ask_server(sample: Sample, tmp_path: Any) -> Iterator[Callable[[list[Reply]], Answer]]:
    """Ask with a scripted server that speaks the OpenAI protocol."""
    _, assistant = sample

    def ask(script: list[Reply]) -> Answer:
        with ScriptedServer(script) as server:
            opened = open_chat_model(f"{server.url}#scripted", models_folder=tmp_path, max_tokens=200, timeout_seconds=2)
            with opened:
                return assistant.draft(_prepared(assistant), opened.model(), opened.label)

    return ask


@pytest.mark.parametrize("reply", [Reply("", status=429), Reply("", status=500), Reply("late", delay_seconds=5.0), Reply("Psilocybin is", drop_after=3)])
def test_a_failing_server_leaves_the_quotes_and_says_so(ask_server: Callable[[list[Reply]], Answer], reply: Reply) -> None:
    answer = ask_server([reply] * 4)
    assert answer.model == "quotes"
    assert answer.sentences
    assert answer.notices


def test_a_good_server_is_heard(ask_server: Callable[[list[Reply]], Answer], sample: Sample) -> None:
    line = sample[1].evidence_lines(_prepared(sample[1]))["E1"]
    answer = ask_server([Reply(f"{line.text} [E1]")])
    assert answer.model == "scripted"
    assert answer.sentences[0].text == line.text
