"""Formats are told from the content: never from a file's name, whatever stands before the first record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus import Library
from corpus.importing import import_files
from corpus.importing.detect import PARSERS, detect

from .reading import parse
from .samples import ALL, OVID_LABELLED


@pytest.mark.parametrize("kind", ALL)
def test_each_format_is_told(kind: str) -> None:
    assert detect(ALL[kind]) == kind
    assert detect(ALL[kind].replace("\n", "\r\n").encode().decode()) == kind
    assert detect("\n\n  \n" + ALL[kind].lstrip("\ufeff")) == kind


def test_every_format_has_a_parser_and_a_sample_or_a_test_of_its_own() -> None:
    assert set(PARSERS) - set(ALL) == {"markdown", "jsonl", "page", "pdf"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (OVID_LABELLED, "ovid"), ("%A Jane Doe\n%T On titles\n", "enw"), ("AU  - Doe, J\nT1  - T\nJF  - J\n", "ris"), ("title\nOne\nTwo\n", "csv"),
        ("<html><pre>\nPMID- 12345\nTI  - T\n</pre>", "nbib"), ("FN ISI Export Format\nVR 1.0\nPT J\nTI T\nER\n", "wos"), ('{"title": "T"}\n', "jsonl"),
        ('{"type": "book", "title": "T", "author": []}', "csl-json"), ('{\n "title": "T"\n}', "csl-json"), ("---\ntitle: T\n---\n", "markdown"),
        ("Dear reader,\nthe title, the author and the year are below.\n", None), ("", None), ("<html><body>hello</body></html>", None),
        ("a,b,c\n1,2,3\n", None), ("PK\x03\x04 not a table", None), ("[note] this is prose", None), ("TY  is no tag", None), ("1\t2\t3\n", None),
        ("query-id\tcorpus-id\tscore\n1\t2\t3\n", None), ("<svg xmlns='x'><title>T</title></svg>", None), ("@ home { of prose", None),
    ],
)  # fmt: skip
def test_shapes_between(text: str, kind: str | None) -> None:
    assert detect(text) == kind


def test_the_name_of_a_file_says_nothing(library: Library, tmp_path: Path) -> None:
    for number, (kind, text) in enumerate(ALL.items()):
        path = tmp_path / f"{number:02}.{list(ALL)[number - 1]}"
        path.write_text(text, encoding="utf-8", newline="")
        assert import_files(library, [path], dry_run=True).files[0].format == kind


@pytest.mark.parametrize("kind", ALL)
def test_every_record_found_is_accounted_for(library: Library, tmp_path: Path, kind: str) -> None:
    """The same file twice in one batch and once more after it: added, then duplicates, then unchanged."""
    path = tmp_path / "export.txt"
    path.write_text(ALL[kind], encoding="utf-8", newline="")
    count = len(parse(ALL[kind])[1])
    first, second = import_files(library, [path, path]).files
    assert (first.read, first.added, first.skipped) == (count, count, [])
    assert (second.read, second.duplicates, second.skipped) == (count, count, [])
    (third,) = import_files(library, [path]).files
    assert (third.read, third.unchanged, third.skipped) == (count, count, [])
    assert library.count() == count


def test_one_work_in_every_format_is_one_record(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for kind, text in ALL.items():
        (folder / kind).write_text(text, encoding="utf-8", newline="")
    report = import_files(library, [folder])
    sums = report.as_dict()
    assert sums["read"] == sums["added"] + sums["updated"] + sums["unchanged"] + sums["duplicates"] + sums["skipped"]
    assert [entry.skipped for entry in report.files if entry.skipped] == []
    trials = [review for review in library.iterate() if review.doi == "10.1000/jll.2021.5"]
    assert len(trials) == 1
    assert json.loads(json.dumps(trials[0].public()))["journal"].lower() == "journal of later life"
