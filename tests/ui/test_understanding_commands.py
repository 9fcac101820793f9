"""`ask` on the command line: follow-ups, the catalogue, other languages."""

from __future__ import annotations

from pathlib import Path

from tests.ui.conftest import Run


def test_a_follow_up_names_the_answer_before_it(run: Run, home: Path) -> None:
    first = run("ask", "Does psilocybin help with depression?", "--model", "quotes", "--json", home=home).json
    assert first["understood"] == {"how": "typed", "language": "en", "advice": False}
    second = run("ask", "And for anxiety?", "--after", first["id"], "--model", "quotes", "--json", home=home).json
    assert (second["question"], second["standalone_question"]) == ("And for anxiety?", "Does psilocybin help with anxiety?")
    shown = run("ask", "Why?", "--after", second["id"], "--model", "quotes", home=home)
    assert "Understood as: Why does psilocybin help with anxiety?" in shown.out
    unknown = run("ask", "Why?", "--after", "no-such-answer", "--model", "quotes", home=home)
    assert unknown.code == 2
    assert "no-such-answer" in unknown.err


def test_a_counting_question_has_its_filter_ids_and_what_was_left_out(run: Run, home: Path) -> None:
    answer = run("ask", "How many systematic reviews of psilocybin since 2020?", "--model", "quotes", "--json", home=home).json
    assert (answer["kind"], answer["outcome"], answer["sentences"]) == ("catalogue", "answered", [])
    catalogue = answer["catalogue"]
    assert catalogue["count"] == len(catalogue["ids"]) > 5
    assert set(catalogue["filter"]) == {"substances=psilocybin", "kind=systematic review", "year>=2020"}
    assert isinstance(catalogue["left_out"], int)
    shown = run("ask", "How many reviews of fluoxetine are there?", "--model", "quotes", home=home)
    assert shown.code == 0
    assert "0 records" in shown.out
    assert "fluoxetine" in shown.out


def test_a_language_that_is_not_handled_is_told(run: Run, home: Path) -> None:
    answer = run("ask", "Wie wirkt Psilocybin bei Depressionen?", "--model", "quotes", "--json", home=home)
    assert answer.code == 0
    assert answer.json["outcome"] is None
    assert answer.json["understood"]["language"] == "de"
    assert "German" in answer.json["notices"][0]
