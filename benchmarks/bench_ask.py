"""Time per step of an answer, cold and warm, in quotes mode and with a language model.

Usage: python benchmarks/bench_ask.py HOME [--model NAME] [--split held|tune] [--questions N] [--cold N] [--read FILE]

HOME holds the sample collection, imported and synced; it is copied first and not changed. Warm: one process, everything loaded by one
question before. Cold: the command `ask --json`, a new process a question. Prints medians in seconds; "quotes" is when the first quoted
text is there, "passed" when the first sentence of a model's draft has passed its check (over the answers that have one, counted as
"with_passed"), "whole" when the answer is kept. "verdicts" counts drafted sentences by support. --read writes each question's quotes and
draft as Markdown, to be read.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from assistant import Answer, Event, Run
from corpus import Filter
from ui.engine import LocalEngine
from ui.settings import load_settings
from ui.wiring import Workshop, open_library

QUESTIONS = Path(__file__).parent / "data" / "sample_questions.jsonl"


def questions(count: int, split: str) -> list[str]:
    """The first answerable questions of the sample set, of one half of it or of both."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    return [row["question"] for row in rows if row["answerable"] and split in ("", row["split"])][:count]


def warm(home: Path, model: str, asked: list[str], told: list[tuple[Answer, Answer]]) -> tuple[dict[str, float], Counter[str]]:
    """Medians of an owner that has answered once before, and drafted sentences by verdict; `told` gets each question's quotes and answer."""
    settings = load_settings(home)
    library = open_library(settings)
    engine = LocalEngine(Workshop(settings, library).open(patience=5.0))
    rows: list[dict[str, float]] = []
    verdicts: Counter[str] = Counter()
    try:
        for number, question in enumerate([asked[-1], *asked]):
            began = time.monotonic()
            first: dict[str, float] = {}
            quotes: list[Answer] = []

            def hear(event: Event, began: float = began, first: dict[str, float] = first, quotes: list[Answer] = quotes) -> None:
                if event.kind in ("quotes", "passed"):
                    first.setdefault(event.kind, time.monotonic() - began)
                if event.kind == "quotes" and event.answer:
                    quotes.append(event.answer)

            run = Run(hear)
            answer = engine.answer(question, model, Filter(), None, run=run)
            if number:
                rows.append({**run.seconds, **first, "whole": time.monotonic() - began})
                verdicts.update(sentence.support.value for sentence in answer.draft)
                told.append((quotes[0] if quotes else answer, answer))
    finally:
        engine.close()
        library.close()
    return _medians(rows), verdicts


def _medians(rows: list[dict[str, float]]) -> dict[str, float]:
    """Of each figure, over the rows that have it."""
    names = dict.fromkeys(name for row in rows for name in row)
    found = {name: statistics.median([row[name] for row in rows if name in row]) for name in names}
    return found | {"with_passed": sum("passed" in row for row in rows)}


def written(quotes: Answer, answer: Answer) -> str:
    """One question to be read: its quotes, and what the model wrote with each sentence's verdict."""
    lines = [f"## {answer.question}", "", "Quotes:", "", *(f"- {sentence.text}" for sentence in quotes.sentences)]
    return "\n".join([*lines, "", "Draft:", "", *(f"- *{sentence.support.value}* {sentence.text}" for sentence in answer.draft), "", *answer.notices, ""])


def cold(home: Path, model: str, asked: list[str]) -> dict[str, float]:
    """Medians of the command, each time in a new process."""
    rows: list[dict[str, float]] = []
    code = "from ui.cli import main; main()"
    for question in asked:
        began = time.monotonic()
        words = [sys.executable, "-c", code, "--home", str(home), "ask", question, "--model", model, "--json"]
        done = subprocess.run(words, capture_output=True, check=True, env=os.environ)
        rows.append({**json.loads(done.stdout)["seconds"], "whole": time.monotonic() - began})
    return _medians(rows)


def main() -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--model", default="quotes")
    parser.add_argument("--split", default="", choices=("", "held", "tune"))
    parser.add_argument("--questions", type=int, default=12)
    parser.add_argument("--cold", type=int, default=10)
    parser.add_argument("--read", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(shutil.copytree(given.home, Path(folder) / "home"))
        found = {"model": given.model, "questions": given.questions, "load": os.getloadavg()[0]}
        told: list[tuple[Answer, Answer]] = []
        times, verdicts = warm(home, given.model, questions(given.questions, given.split), told)
        found["warm"], found["verdicts"] = {name: round(value, 3) for name, value in times.items()}, dict(verdicts)
        if given.cold:
            found["cold"] = {name: round(value, 3) for name, value in cold(home, given.model, questions(given.cold, given.split)).items()}
        if given.read:
            given.read.write_text("\n".join(written(quotes, answer) for quotes, answer in told), encoding="utf-8")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
