"""The evidence table: every cell is words of its record; sorting; CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import table_rules as rules
from assistant.table import Cell, Row, sort_rows, table_csv


def words(text: str, span: rules.Span | None) -> str:
    return text[slice(*span)] if span else ""


@pytest.mark.parametrize(
    ("text", "n", "dose", "effect", "outcome"),
    [
        ("Trait anxiety was lower with drug X (n = 51), with g at -0.71 at 1 day.", "51", "", "g at -0.71", "Trait anxiety"),
        ("Suicidal ideation dropped strongly (SMD = -0.92; p < 0.001).", "", "", "SMD = -0.92", "Suicidal ideation"),
        ("Six trials with 536 participants in all gave 20 to 800 mcg.", "536", "20 to 800 mcg", "", ""),
        ("The drug reduced blood pressure by 8.66 mmHg.", "", "", "8.66 mmHg", "blood pressure"),
        ("Remission came in 57.5% of participants.", "", "", "57.5%", "Remission"),
        ("The risk ratio was 1.7 (95% CI 1.28-2.24) at 28 days.", "", "", "risk ratio was 1.7 (95% CI 1.28-2.24)", ""),
        ("Levels of 3 mg/dl were seen.", "", "", "", ""),
        ("Fifty per cent of 12 studies (I2 = 96.9%) differed.", "", "", "", ""),
    ],
)
def test_cells_are_found(text: str, n: str, dose: str, effect: str, outcome: str) -> None:
    found = (rules.find_n(text), rules.find_dose(text), rules.find_effect(text), rules.find_outcome(text))
    assert [words(text, span) for span in found] == [n, dose, effect, outcome]


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("No significant difference from placebo was seen.", rules.Direction.NOT_FOUND),
        ("Scores did not differ between groups.", rules.Direction.NOT_FOUND),
        ("Results were contradictory.", rules.Direction.NOT_FOUND),
        ("Pain was reduced by half.", rules.Direction.FOUND),
        ("Mortality was higher than before.", rules.Direction.FOUND),
        ("The review covered 12 studies.", None),
    ],
)
def test_a_denial_goes_before_an_assertion(text: str, direction: rules.Direction | None) -> None:
    found = rules.find_direction(text)
    assert (found[0] if found else None) == direction


@settings(deadline=None)
@given(st.text(max_size=300))
def test_spans_lie_inside_any_text(text: str) -> None:
    for find in (rules.find_n, rules.find_dose, rules.find_effect, rules.find_outcome, rules.find_kind):
        span = find(text)
        assert span is None or 0 <= span[0] < span[1] <= len(text)


def row(key: int, **cells: str) -> Row:
    return Row(key, f"r{key}", 1, f"Name, {key}", None, {name: Cell(text) for name, text in cells.items()})


def test_numbers_sort_as_numbers_and_empty_cells_stay_last() -> None:
    rows = [row(1, n="1,200"), row(2), row(3, n="90"), row(4, n="450")]
    assert [r.key for r in sort_rows(rows, "n")] == [3, 4, 1, 2]
    assert [r.key for r in sort_rows(rows, "n", descending=True)] == [1, 4, 3, 2]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-0.92", "@SUM(A1)", "\tx"])
def test_no_spreadsheet_runs_a_cell(text: str) -> None:
    line = list(csv.reader(io.StringIO(table_csv([row(1, effect=text).as_dict()]))))[1]
    assert f"'{text}" in line
