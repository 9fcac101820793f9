"""What readers say of answers is kept, one word of each person, and goes with the answer."""

from __future__ import annotations

import pytest

from corpus import InputError, Library, NotFoundError

pytestmark = pytest.mark.both_databases


@pytest.fixture
def answered(library: Library) -> Library:
    library.answers.save("a1", "Why?", 1, {"id": "a1"})
    library.answers.save("a2", "How?", 1, {"id": "a2"})
    return library


def test_the_last_word_of_a_person_holds(answered: Library) -> None:
    feedback = answered.feedback
    feedback.put("a1", False, "wrong", "  It says the opposite. ")
    feedback.put("a1", True)
    feedback.put("a1", False, "wrong_source", person="ada")
    feedback.put("a2", True, person="ada")
    mine = feedback.of("a1")
    assert mine is not None
    assert (mine.useful, mine.reason, mine.note) == (True, "", "")
    assert {(each.answer_id, each.person) for each in feedback.all()} == {("a1", "local"), ("a1", "ada"), ("a2", "ada")}
    assert [(each.answer_id, each.reason) for each in feedback.all(useful=False)] == [("a1", "wrong_source")]
    assert feedback.of("a2") is None


def test_bad_feedback_is_refused_in_one_line(answered: Library) -> None:
    with pytest.raises(NotFoundError):
        answered.feedback.put("none", True)
    for useful, reason, note in ((False, "boring", ""), (True, "wrong", ""), (False, "other", "x" * 2_001)):
        with pytest.raises(InputError) as raised:
            answered.feedback.put("a1", useful, reason, note)
        assert "\n" not in str(raised.value)
    assert answered.feedback.all() == []
