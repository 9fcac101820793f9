"""Sentences: where biomedical text is and is not cut, and what holds for any text at all."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import sentence_spans

#: Pieces that decide where a sentence ends, for text that comes near every rule.
PIECES = (
    "Ketamine", "it", "i.v.", "vs.", "et al.", "p < 0.05.", "approx.", "Fig. 2", "e.g.", "No.", "Suppl.", "3.5", ".", ". ", "! ", "?\n", "\n\n", "\n \n",
    " ", "\t", ")", "\" ", "”", "(", "[12]", "…", "。", "次の文", "😀", "👩‍🔬", "e\u0301", "\u0301", "\u2028", "\u00a0",
    "\u200b", "\u0085", "ﬁ", "中", "\ud7ff", "á",
)  # fmt: skip
any_text = st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=25).map("".join))


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@given(any_text)
def test_spans_are_in_order_disjoint_trimmed_and_hold_every_character_that_is_not_white_space(text: str) -> None:
    spans = sentence_spans(text)
    at = 0
    for start, end in spans:
        assert at <= start < end <= len(text)
        assert text[at:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        at = end
    assert text[at:].strip() == ""


@given(any_text, any_text)
def test_an_empty_line_always_ends_a_sentence(before: str, after: str) -> None:
    text = f"{before}\n\n{after}"
    middle = len(before) + 1
    assert not any(start <= middle < end for start, end in sentence_spans(text))


@pytest.mark.parametrize(
    "whole",
    [
        "Ketamine 0.5 mg/kg i.v. over 40 min was given once.",
        "It was infused i.v. (0.5 mg/kg) or injected i.m. (1 mg/kg) before rest.",
        "Ketamine vs. midazolam was compared in adults.",
        "Ketamine vs. Midazolam was compared in adults.",
        "As Carhart-Harris et al. 2016 showed, mood rose.",
        "As Smith et al. (2019) showed, mood rose.",
        "The difference was small (p < 0.05, g = 0.31) and short.",
        "The effect was approx. 3.5 points.",
        "Scores fell (Fig. 2) and rose again (Figs. 3 and 4).",
        "See Fig. 2 for the doses.",
        "Some, e.g. ketamine, act within hours.",
        "Fast-acting agents, i.e. Ketamine and its kin, were left out.",
        "Doses were given p.o. b.i.d. for 8 wk in both arms.",
        "Details stand in Suppl. Table 2 and in Refs. 12 to 14.",
        "The mean diff. was 3.5 points.",
        "Dr. Smith and J. R. Jones rated all tapes.",
        "Dose was raised to max. 20 mg a day.",
        "It is listed in vol. 3, pp. 12-14.",
        "St. John's wort was not tested.",
        "The U.S. Food and Drug Administration approved it.",
        "Effects were found in E. coli and S. aureus strains.",
        "A dose of 0.05 mg gave 1.5 times the effect of 0.025 mg.",
        "Worms (C. elegans) and H. pylori were left out.",
        "Doses of 10 mg q.d. and 5 mg t.i.d. were safe (125 mg, i.p. or p.o., each).",
        "It binds 5-HT(2A) and 5-HT2C with Ki = 1.2 nM vs. 3.4 nM; P = .03.",
        "LSD (Sigma-Aldrich, St. Louis, MO) was pure, i.e. free of iso-LSD.",
        "Nos. 3 and 4 were excluded (cf. Table 2).",
    ],
)
def test_abbreviations_and_numbers_do_not_end_a_sentence(whole: str) -> None:
    assert sentences(whole) == [whole]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The effect held at p < 0.05.", "Nothing else did."),
        ("The effect was significant (P < .001).", "We found no other."),
        ("The score fell to 3.5.", "Then it rose."),
        ("The trial began in 2019.", "It ended early."),
        ("Doses were given in mg/kg.", "None was repeated."),
        ("It was shown before (Smith et al., 2019).", "It was not shown again."),
        ("Placebo was used (see Fig. 2).", "Nobody noticed."),
        ("It was tested by the group of Smith et al.", "They found nothing."),
        ("Is microdosing better than placebo?", "Nobody knows."),
        ("It was low in vitamin C.", "The rest was normal."),
        ("“It worked.”", "So they said."),
        ("The 95% CI was 0.2 to 0.4.", "The effect is small."),
        ("It was cited often.[12]", "It was never repeated."),
        ("This was shown before [12].", "It was repeated [13,14]."),
        ("It was shown by Smith et al. (2019).", "5-HT fell."),
        ("It also binds 5-HT(2A).", "C. elegans has no such receptor."),
        ("患者接受了治疗。", "结果良好。"),
    ],
)
def test_a_sentence_ends_where_it_ends(first: str, second: str) -> None:
    assert sentences(f"{first} {second}") == [first, second]


@pytest.mark.parametrize("gap", ["\n\n", "\n \n", "\n\t\n\n", "\n\n\n\n"])
def test_a_heading_is_no_part_of_the_sentence_below_it(gap: str) -> None:
    assert sentences(f"Main results{gap}mood rose at once. Sleep did not.") == ["Main results", "mood rose at once.", "Sleep did not."]


def test_a_line_broken_by_hand_stays_one_sentence() -> None:
    assert sentences("Mood rose\nwithin hours. Sleep did not.") == ["Mood rose\nwithin hours.", "Sleep did not."]


@pytest.mark.parametrize("text", ["", " ", "\n\n \t\n", "\u2028\u00a0"])
def test_white_space_holds_no_sentence(text: str) -> None:
    assert sentence_spans(text) == ()


@pytest.mark.parametrize("unit", ["a", "a. ", "日本。", "e\u0301", "😀", "(", "\n\n", "\n ", ". "])
def test_three_hundred_thousand_characters_are_split_in_seconds(unit: str) -> None:
    began = time.process_time()
    sentence_spans(unit * (300_000 // len(unit)))
    assert time.process_time() - began < 10
