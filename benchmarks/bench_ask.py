"""Time per step of an answer, cold and warm, in quotes mode and with a language model.

Usage: python benchmarks/bench_ask.py HOME [--model NAME] [--questions N] [--cold N]

HOME holds the sample collection, imported and synced; it is copied first and not changed. Warm: one process, everything loaded by one
question before. Cold: the command `ask --json`, a new process a question. Prints medians in seconds; "quotes" is when the first checked
text is there, "whole" when the answer is kept.
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
from pathlib import Path

from assistant import Event, Run
from corpus import Filter
from ui.engine import LocalEngine
from ui.settings import load_settings
from ui.wiring import Workshop, open_library

QUESTIONS = Path(__file__).parent / "data" / "sample_questions.jsonl"


def questions(count: int) -> list[str]:
    """The first answerable questions of the sample set."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    return [row["question"] for row in rows if row["answerable"]][:count]


def warm(home: Path, model: str, asked: list[str]) -> dict[str, float]:
    """Medians of an owner that has answered once before."""
    settings = load_settings(home)
    library = open_library(settings)
    engine = LocalEngine(Workshop(settings, library).open(patience=5.0))
    rows: list[dict[str, float]] = []
    try:
        for number, question in enumerate([asked[-1], *asked]):
            began, first = time.monotonic(), [0.0]

            def hear(event: Event, began: float = began, first: list[float] = first) -> None:
                if event.kind == "quotes":
                    first[0] = time.monotonic() - began

            run = Run(hear)
            engine.answer(question, model, Filter(), None, run=run)
            if number:
                rows.append({**run.seconds, "quotes": first[0], "whole": time.monotonic() - began})
    finally:
        engine.close()
        library.close()
    return {name: statistics.median(row.get(name, 0.0) for row in rows) for name in rows[0]}


def cold(home: Path, model: str, asked: list[str]) -> dict[str, float]:
    """Medians of the command, each time in a new process."""
    rows: list[dict[str, float]] = []
    code = "from ui.cli import main; main()"
    for question in asked:
        began = time.monotonic()
        words = [sys.executable, "-c", code, "--home", str(home), "ask", question, "--model", model, "--json"]
        done = subprocess.run(words, capture_output=True, check=True, env=os.environ)
        rows.append({**json.loads(done.stdout)["seconds"], "whole": time.monotonic() - began})
    return {name: statistics.median(row.get(name, 0.0) for row in rows) for name in rows[0]}


def main() -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--model", default="quotes")
    parser.add_argument("--questions", type=int, default=12)
    parser.add_argument("--cold", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(shutil.copytree(given.home, Path(folder) / "home"))
        found = {"model": given.model, "questions": given.questions, "load": os.getloadavg()[0]}
        found["warm"] = {name: round(value, 3) for name, value in warm(home, given.model, questions(given.questions)).items()}
        if given.cold:
            found["cold"] = {name: round(value, 3) for name, value in cold(home, given.model, questions(given.cold)).items()}
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
