"""Reading a model's draft."""

import re

from hypothesis import given
from hypothesis import strategies as st

from assistant.draft import parse_draft

KNOWN = ("E1", "E2", "E3")


def texts(draft: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(sentence.text, sentence.keys) for sentence in parse_draft(draft, KNOWN).sentences]


def test_each_sentence_keeps_the_keys_that_follow_it() -> None:
    draft = "Ketamine works within hours [E1]. The effect fades after a week [E2, E3]."
    assert texts(draft) == [("Ketamine works within hours.", ("E1",)), ("The effect fades after a week.", ("E2", "E3"))]


def test_a_key_after_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    assert texts("Ketamine works within hours. [E1] The effect fades soon after. [E2]") == [
        ("Ketamine works within hours.", ("E1",)),
        ("The effect fades soon after.", ("E2",)),
    ]


def test_plain_numbers_in_square_brackets_are_keys_and_in_round_ones_are_figures() -> None:
    assert texts("Twelve trials were found (2) in all [2].") == [("Twelve trials were found (2) in all.", ("E2",))]


def test_unknown_keys_are_dropped_and_counted() -> None:
    parsed = parse_draft("Ketamine works within hours [E9][E1].", KNOWN)
    assert [sentence.keys for sentence in parsed.sentences] == [("E1",)]
    assert parsed.unknown_keys == 1


def test_a_refusal_is_told_apart_from_an_answer() -> None:
    assert parse_draft("NOT IN EVIDENCE", KNOWN).refused
    assert parse_draft("Not in evidence.", KNOWN).refused
    assert not parse_draft("Ketamine works within hours [E1]. NOT IN EVIDENCE", KNOWN).refused


def test_bullets_labels_loops_and_invisible_characters_are_cleaned() -> None:
    draft = "Answer:\n- Ketamine works within hours [E1].\n- Ketamine works within\u200b hours [E1].\n1. It fades within days [E2]."
    assert texts(draft) == [("Ketamine works within hours.", ("E1",)), ("It fades within days.", ("E2",))]


def test_years_percentages_and_intervals_stay_text() -> None:
    draft = "Response was 54% (95% CI [40, 66]) in [2021] trials [E1]."
    assert texts(draft)[0][0].startswith("Response was 54% (95% CI [40, 66]) in [2021] trials")


@given(
    st.text(max_size=400)
    | st.lists(st.sampled_from(["[E1]", "[E77]", "[", "]", "E", "1", ". ", "\n", "ketamine ", "NOT IN EVIDENCE", "(E2)", "[1,"])).map("".join)
)
def test_never_fails_and_never_invents_a_key_or_a_word(draft: str) -> None:
    parsed = parse_draft(draft, KNOWN)
    known_words = set(re.findall(r"\w+", draft.casefold()))
    for sentence in parsed.sentences:
        assert set(sentence.keys) <= set(KNOWN)
        joined = "".join(draft.casefold().split())
        assert all(word in known_words or word in joined for word in re.findall(r"\w+", sentence.text.casefold()) if word.isascii())
