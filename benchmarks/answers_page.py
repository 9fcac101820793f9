"""Writes docs/answers.md: thirty questions on the sample collection with the full answers, as quotes, for a person to read through.

Usage: PYTHONPATH=. python benchmarks/answers_page.py HOME   (HOME holds the sample collection, imported and synced)
Every second answerable question and every fourth unanswerable one of `sample_questions.jsonl`, in their order. Remarks that a reader
made stand in benchmarks/data/answer_remarks.json, by question id, and are written under their answers.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ui.settings import load_settings
from ui.wiring import Workshop, open_library

ROOT = Path(__file__).parent.parent
DATA = ROOT / "benchmarks" / "data"
REMARKS = DATA / "answer_remarks.json"


def questions() -> list[dict[str, Any]]:
    entries = [json.loads(line) for line in (DATA / "sample_questions.jsonl").read_text(encoding="utf-8").splitlines()]
    asked = [entry for entry in entries if not entry["without"]]
    answerable, others = ([entry for entry in asked if entry["answerable"] is flag] for flag in (True, False))
    return answerable[::2][:22] + others[::4][:8]


def said(answer: dict[str, Any]) -> list[str]:
    lines = []
    for sentence in answer["sentences"]:
        keys = "".join(f"[{citation['key']}]" for citation in sentence["citations"])
        lines.append(f"- {sentence['lead']} {sentence['text']} {keys}")
    if answer["outcome"] == "not_in_corpus":
        nearest = "; ".join(review["label"] for review in answer["nearest"])
        lines.append(f"*This collection does not answer that.* Nearest: {nearest}.")
        lines += [f"\n> {sentence['lead']} “{sentence['text']}”" for sentence in answer["nearest_sentences"]]
    if answer["missing"]:
        lines.append(f"\nNot found: {', '.join(answer['missing'])}.")
    return lines + [f"\n{notice}" for notice in answer["notices"]]


def main(home: Path) -> None:
    settings = load_settings(home)
    library = open_library(settings)
    workshop = Workshop(settings, library).open(10)
    remarks = json.loads(REMARKS.read_text(encoding="utf-8")) if REMARKS.exists() else {}
    assistant = workshop.assistant()
    parts = [
        "# Thirty questions and their answers",
        "Made by `benchmarks/answers_page.py` over the sample collection, quotes mode. "
        "Read through once; a remark stands under each answer that is not good, or only in part.",
    ]
    parts += [remarks["summary"]] if "summary" in remarks else []
    for number, entry in enumerate(questions(), start=1):
        answer = assistant.prepare(entry["question"]).answer.as_dict()
        what = "answerable" if entry["answerable"] else "not answered by any record"
        parts.append(f"## {number}. {entry['question']}\n\n({entry['id']}, {entry['split']}, {what}; confidence {answer['confidence']:.2f})\n")
        parts.append("\n".join(said(answer)))
        if entry["id"] in remarks:
            parts.append(f"**Remark.** {remarks[entry['id']]}")
    (ROOT / "docs" / "answers.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    workshop.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
