"""A reader's own notes as evidence: found for the question, told apart, never kept with the answer, never given to a model or to anybody else."""

from __future__ import annotations

import json
from dataclasses import replace

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from assistant import Answer, Assistant, for_others, with_own_words
from assistant.steps import Request, Writer
from corpus import Library, Note
from corpus.exporting import FORMATS, export_from

Sample = tuple[Library, Assistant]
QUESTION = "What are the risks of ibogaine for the heart?"
SECRET = "Ibogaine prolongs QT; our ward refuses it for heart patients."


def note(text: str = f"# Seen in Basel\n\n- Buy milk.\n- {SECRET}", note_id: str = "n1") -> Note:
    return Note(note_id, "ann", "some-record", None, text, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")


def asked(sample: Sample, *notes: Note, question: str = QUESTION) -> Answer:
    return sample[1].answer(Request(question, notes=notes))


def test_a_note_that_answers_is_quoted_word_for_word_and_told_apart(sample: Sample) -> None:
    answer = asked(sample, note(), note("Email the author about the raw data.", "n2"))
    (own,) = answer.from_notes
    assert (own.text, own.note_id, own.review_id) == (SECRET, "n1", "some-record")
    assert note().text[own.start : own.end] == own.text
    assert answer.sentences == asked(sample).sentences, "notes change nothing of what the collection says"
    assert answer.reviews == asked(sample).reviews


def test_notes_beside_the_question_are_not_quoted(sample: Sample) -> None:
    beside = note("Buy milk and print the poster for the journal club on Monday.")
    assert asked(sample, beside).from_notes == ()
    nothing = asked(sample, note("Tungsten boils at 5,555 °C says the old handbook."), question="What is the boiling point of tungsten?")
    assert nothing.outcome == "not_in_corpus", "a note makes nothing of the collection an answer"
    assert len(nothing.from_notes) == 1


def test_the_words_are_never_kept_and_come_back_for_the_notes_owner_alone(sample: Sample) -> None:
    answer = asked(sample, note())
    kept = json.dumps(answer.as_dict())
    assert "ward refuses" not in kept
    again = Answer.from_dict(json.loads(kept))
    assert [sentence.text for sentence in again.from_notes] == [""]
    assert with_own_words(again, {"n1": note()}).from_notes == answer.from_notes
    assert with_own_words(again, {}).from_notes[0].text == ""
    edited = replace(note(), text="x" * 200, changed="2026-01-03T00:00:00Z")
    assert with_own_words(again, {"n1": edited}).from_notes[0].text == "", "of a note that was changed since nothing is shown"
    assert for_others(answer).from_notes == again.from_notes


def test_no_export_of_the_answer_has_them(sample: Sample) -> None:
    library, _ = sample
    answer = asked(sample, note())
    library.answers.save(answer.id, answer.question, answer.revision, answer.as_dict())
    for format in FORMATS:
        assert "ward refuses" not in "".join(export_from(library, format, answer_id=answer.id).chunks)


def test_no_model_is_given_them_and_they_stay_beside_its_draft(sample: Sample) -> None:
    heard: list[str] = []

    class Listening(GenericFakeChatModel):
        def _generate(self, messages, *args, **kwargs):  # type: ignore[no-untyped-def]
            heard.append(str(messages))
            return super()._generate(messages, *args, **kwargs)

    model = Listening(messages=iter([AIMessage("Ibogaine can prolong the QT interval [E1].")]))
    answer = sample[1].answer(Request(QUESTION, notes=(note(),), writer=Writer(lambda: (lambda: model, "scripted"))))
    assert "E1" in heard[0]
    assert "ward refuses" not in heard[0]
    assert answer.from_notes[0].text == SECRET
