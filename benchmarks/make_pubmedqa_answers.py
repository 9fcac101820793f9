"""Writes the questions of a BEIR folder as lines for `florilegium lab answers`: every second one has its own documents taken out.

Usage: python benchmarks/make_pubmedqa_answers.py FOLDER > pubmedqa_answers.jsonl
       florilegium lab answers pubmedqa_answers.jsonl --collection FOLDER
FOLDER is ../shared/data/retrieval/pubmedqa or any set with one answering document a question. Question 1, 3, 5, … of queries.jsonl is answerable;
2, 4, 6, … is not, since the documents judged for it are left out. --swap turns that round.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from index.lab import read_set


def main(folder: Path, swap: bool) -> None:
    chosen = read_set(folder)
    for number, (query_id, text) in enumerate(chosen.queries.items()):
        answerable = (number % 2 == 0) != swap
        own = [document for document, grade in chosen.judgements.get(query_id, {}).items() if grade > 0]
        line = {"question": text, "answerable": answerable, "without": [] if answerable else own}
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--swap" in sys.argv)
