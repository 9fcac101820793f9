"""A small invented test set, written as a BEIR folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.ui.conftest import built_home, command, home, run  # noqa: F401 - fixtures

DOCUMENTS = {
    "d1": ("Growing tomatoes under glass", "Tomatoes grown in a glasshouse ripen earlier. Watering in the morning keeps mildew away from the leaves."),
    "d2": ("Bees and orchards", "Honey bees double the harvest of apple orchards. Wild bees pollinate on colder days than honey bees do."),
    "d3": ("", "A study of mildew on vines found that sulphur dust lowered the loss of grapes by a third."),
    "d4": ("Bread without kneading", "A wet dough that rests overnight needs no kneading, for time does the work of the hands."),
    "d5": ("Only a title about winter pruning of apple trees", ""),
    "d6": ("", ""),
    "d7": ("Composting leaves", "Leaves compost in a year when they are turned every month and kept moist."),
}
QUERIES = {"q1": "how to keep mildew away", "q2": "which insects pollinate apple trees", "q3": "dough that needs no kneading", "q4": "not judged by anybody"}
JUDGEMENTS = [("q1", "d1", "2"), ("q1", "d3", "4"), ("q1", "d4", "0"), ("q2", "d2", "1"), ("q2", "d5", "1"), ("q3", "d4", "3")]

Write = Callable[..., Path]


@pytest.fixture
def write_set(tmp_path: Path) -> Write:
    """Write a set; `judgements` as rows of strings, `qrels` the file's name, or whole texts by file name."""

    def call(
        documents: Mapping[str, Sequence[str]] = DOCUMENTS,
        queries: Mapping[str, str] = QUERIES,
        judgements: Sequence[Sequence[Any]] = JUDGEMENTS,
        qrels: str = "qrels.tsv",
        header: str = "query-id\tcorpus-id\tscore\n",
        **texts: str,
    ) -> Path:
        folder = tmp_path / "invented"
        (folder / qrels).parent.mkdir(parents=True, exist_ok=True)
        rows = [json.dumps({"_id": key, "title": title, "text": text}) for key, (title, text) in documents.items()]
        (folder / "corpus.jsonl").write_text("\n".join(rows) + "\n")
        (folder / "queries.jsonl").write_text("".join(json.dumps({"_id": key, "text": text}) + "\n" for key, text in queries.items()))
        (folder / qrels).write_text(header + "".join("\t".join(map(str, row)) + "\n" for row in judgements))
        for name, text in texts.items():
            (folder / name.replace("_", ".")).write_text(text)
        return folder

    return call
