"""Figures: what is found, what it counts, and when one bears out another."""

import pytest

from assistant.checking.figure_reading import read_figures
from assistant.checking.figures import borne_out
from assistant.checking.words import plain


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("25 mg of psilocybin in 53 patients", ["dose:mg", "n"]),
        ("12 weeks", ["time:week"]),
        ("p = .03, d = 0.5, OR 1.4", ["p", "effect", "effect"]),
        ("two thirds of 12 trials in 2019", ["percent", "count:study", "year"]),
        ("20-30 %", ["percent", "percent"]),
        ("the 5-HT2A receptor and COVID-19", []),
    ],
)
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [figure.kind for figure in read_figures(plain(text))] == kinds


@pytest.mark.parametrize(
    ("claim", "evidence", "holds"),
    [
        ("half of the patients", "50 % of the patients", True),
        ("0.5", "50%", True),
        ("half responded", "6 of 12 responded", True),
        ("a third", "33 %", True),
        ("53\u202f% responded", "53 percent responded", True),
        ("12 weeks", "84 days", True),
        ("twelve patients", "12 patients", True),
        ("7 points", "7.3 points", True),
        ("7.3 points", "7 points", False),
        ("1,200 people", "1200 people", True),
        ("25 mg", "25 ug", False),
        ("25 mg", "10 mg", False),
        ("0.025 g", "25 mg", True),
        ("p = 0.03", "p = 0.3", False),
        ("SMD = 0.5", "SMD = −0.5", False),
        ("fell by 2.7 points", "(−2.7 points)", True),
        ("60 % responded", "50 % responded", False),
        ("2019", "2020", False),
    ],
)
def test_bearing_out(claim: str, evidence: str, holds: bool) -> None:
    theirs = read_figures(plain(evidence))
    assert all(borne_out(figure, theirs) for figure in read_figures(plain(claim))) == holds
