"""Private notes and comments: whose they are, finding them, what becomes of them when records are edited, merged or withdrawn."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Anchor, CommentState, InputError, Library, NotFoundError, Status, UsageError, find_again
from tests.corpus.making import opened, put, review

pytestmark = pytest.mark.both_databases

WORDS = st.sampled_from("sleep came late and left early; rest, dose 12 mg é α 😀".split())
TEXTS = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
EDITS = st.tuples(st.integers(0, 3), TEXTS, st.sampled_from("insert replace before after".split()))


@pytest.fixture
def filled(library: Library) -> Library:
    csl = {"title": "Sleep: a review", "DOI": "10.1000/x"}
    put(library, review("meer", csl=csl, summary="Sleep came early.", findings=["One dose helped.", "Two doses did not."]))
    put(library, review("other", "Sleep: a review", findings=["A third finding."]))
    return library


def anchored(library: Library, field: str, words: str, review_id: str = "meer") -> Anchor:
    record = library.get(review_id)
    at = record.field_text(field).index(words)
    return Anchor.to(record, field, at, at + len(words))


def test_a_note_is_its_owners_alone(filled: Library) -> None:
    mine = filled.notes.add("ann", "meer", "Ask about **naïve** patients", anchored(filled, "findings[1]", "Two doses"))
    filled.notes.add("bob", "meer", "Bob's own")
    assert [note.text for note in filled.notes.of_review("ann", "meer")] == ["Ask about **naïve** patients"]
    assert [note.id for note in filled.notes.find("ann", "naive")] == [mine.id]
    assert [note.id for note in filled.notes.find("ann", "two DOSES patients")] == [mine.id], "the marked words are searched with the text"
    assert filled.notes.find("ann", "own") == []
    assert (filled.notes.count("ann"), filled.notes.count("eve")) == (1, 0)
    for act in (filled.notes.get, filled.notes.delete):
        with pytest.raises(NotFoundError):
            act("bob", mine.id)
    with pytest.raises(NotFoundError):
        filled.notes.edit("bob", mine.id, "Taken over")
    assert filled.notes.get_many("bob", [mine.id]) == {}
    assert filled.notes.get("ann", mine.id) == mine
    assert filled.notes.forget("ann") == 1
    assert filled.notes.find("ann") == []
    assert filled.notes.count("bob") == 1


def test_a_note_is_changed_found_anew_and_deleted(filled: Library) -> None:
    revision = filled.revision()
    note = filled.notes.add("ann", "meer", "  First\r\nline ")
    assert note.text == "First\nline"
    changed = filled.notes.edit("ann", note.id, "100% sure_")
    assert filled.notes.find("ann", "first") == []
    assert filled.notes.find("ann", "100") == [changed]
    filled.notes.delete("ann", note.id)
    assert filled.notes.find("ann") == []
    assert filled.revision() == revision, "notes change no revision, so no index either"


@pytest.mark.parametrize("text", ["", " \n", "x" * 20_001])
def test_a_text_that_is_none_or_too_long_is_refused(filled: Library, text: str) -> None:
    with pytest.raises(InputError):
        filled.notes.add("ann", "meer", text)
    with pytest.raises(InputError):
        filled.comments.add("ann", "meer", text)
    with pytest.raises(NotFoundError, match="no record 'nobody'"):
        filled.notes.add("ann", "nobody", "x")


def test_notes_comments_and_citing_answers_follow_a_merge_and_its_undoing(filled: Library) -> None:
    anchor = anchored(filled, "findings[0]", "third finding", "other")
    filled.notes.add("ann", "other", "On the one merged away", anchor)
    filled.comments.add("ann", "other", "Said of it")
    sentence = {"citations": [{"review_id": "other", "revision": 2, "field": "findings[0]", "start": 0, "end": 16}]}
    filled.answers.save("a1", "What is third?", 2, {"sentences": [sentence]})
    filled.duplicates.merge("meer", "other")
    for name in ("meer", "other"):
        (note,), (comment,) = filled.notes.of_review("ann", name), filled.comments.of_review(name)
        assert (note.review_id, comment.review_id) == ("meer", "meer")
        assert [answer.id for answer in filled.answers.citing(name)] == ["a1"]
        assert {place.field for place in filled.answers.cited_places(name)} == {"findings[0]"}
    assert filled.notes.find("ann")[0].review_id == "meer"
    filled.duplicates.undo("other")
    assert filled.notes.of_review("ann", "meer") == []
    assert filled.notes.of_review("ann", "other")[0].anchor == anchor
    assert filled.comments.of_review("other")[0].review_id == "other"


def test_they_stay_with_a_record_that_is_withdrawn(filled: Library) -> None:
    filled.notes.add("ann", "meer", "Kept")
    filled.comments.add("ann", "meer", "Kept too")
    filled.set_status("meer", Status.WITHDRAWN)
    assert filled.notes.of_review("ann", "meer")[0].text == "Kept"
    assert filled.comments.of_review("meer")[0].text == "Kept too"


def test_a_comment_is_changed_by_its_author_and_moderated_with_a_reason(filled: Library) -> None:
    comment = filled.comments.add("ann", "meer", "Is that so?", anchored(filled, "summary", "early"))
    assert filled.comments.edit("ann", comment.number, "Is that really so?").text == "Is that really so?"
    with pytest.raises(NotFoundError):
        filled.comments.edit("bob", comment.number, "Mine")
    with pytest.raises(InputError):
        filled.comments.moderate("lib", comment.number, CommentState.HIDDEN, " ")
    hidden = filled.comments.moderate("lib", comment.number, CommentState.HIDDEN, "Off topic")
    assert (hidden.state, hidden.reason, hidden.moderator, hidden.text) == ("hidden", "Off topic", "lib", "Is that really so?")
    with pytest.raises(UsageError, match="hidden"):
        filled.comments.edit("ann", comment.number, "Again")
    assert filled.comments.moderate("lib", comment.number, CommentState.SHOWN, "It is on topic after all").state is CommentState.SHOWN
    deleted = filled.comments.moderate("lib", comment.number, CommentState.DELETED, "Names a patient")
    assert (deleted.text, deleted.reason) == ("", "Names a patient")
    with pytest.raises(UsageError, match="deleted"):
        filled.comments.moderate("lib", comment.number, CommentState.SHOWN, "Back")
    assert [entry.number for entry in filled.comments.all((CommentState.DELETED,))] == [comment.number]
    with pytest.raises(NotFoundError):
        filled.comments.moderate("lib", 999, CommentState.HIDDEN, "x")


def test_an_author_takes_a_comment_back(filled: Library) -> None:
    comment = filled.comments.add("ann", "meer", "Said too soon")
    with pytest.raises(NotFoundError):
        filled.comments.withdraw("bob", comment.number)
    gone = filled.comments.withdraw("ann", comment.number)
    assert (gone.text, gone.state, gone.moderator) == ("", "deleted", "ann")
    assert filled.comments.withdraw("ann", comment.number) == gone


@settings(max_examples=40)
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=3),
    edits=st.lists(st.tuples(st.integers(0, 3), TEXTS, st.sampled_from("insert replace before after".split()))),
    data=st.data(),
)
def test_a_note_on_words_stands_on_the_same_words_after_edits_or_is_detached(texts: list[str], edits: list[tuple[int, str, str]], data: st.DataObject) -> None:
    with TemporaryDirectory() as folder, opened(Path(folder)) as library:
        put(library, review("meer", "T", findings=texts))
        place = data.draw(st.integers(0, len(texts) - 1))
        start = data.draw(st.integers(0, len(texts[place]) - 1))
        end = data.draw(st.integers(start + 1, len(texts[place])))
        record = library.get("meer")
        note = library.notes.add("ann", "meer", "Mine", Anchor.to(record, f"findings[{place}]", start, end))
        for at, words, how in edits:
            findings = list(record.findings)
            at = min(at, len(findings) - 1)
            if how == "insert":
                findings.insert(at, words)
            else:
                findings[at] = {"replace": words, "before": f"{words} {findings[at]}", "after": f"{findings[at]} {words}"}[how]
            record = library.edit("meer", {"findings": findings}, base_revision=record.revision)
        (kept,) = library.notes.of_review("ann", "meer")
        assert kept == note, "an edit of the record changes no note"
        assert kept.anchor is not None
        found = find_again(kept.anchor, record)
        held = sum(text.count(kept.anchor.quote) for text in record.findings)
        if found is not None:
            assert record.field_text(found.field)[found.start : found.end] == kept.anchor.quote
            assert found.revision == record.revision
        elif held == 1:
            pytest.fail("the words stand there once, and were not found")
        assert library.get("meer", kept.anchor.revision).field_text(kept.anchor.field)[kept.anchor.start : kept.anchor.end] == kept.anchor.quote
        assert dataclasses.asdict(kept)["text"] == "Mine"
