"""An import killed in the middle leaves the library as it was, and the next one completes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from corpus import Library
from corpus.importing import import_files
from tests.conftest import ROOT
from tests.corpus.making import contents, opened, put, review

#: Says after every 500 records how many it has read, and waits to be told to go on.
IMPORTER = """
import sys
from pathlib import Path
from corpus import Library
from corpus.importing import import_files

def wait(name, count):
    print(count, flush=True)
    sys.stdin.readline()

import_files(Library(sys.argv[1], create=True), [Path(sys.argv[2])], progress=wait)
print("done", flush=True)
"""
RECORDS = 1600


@pytest.fixture
def big(tmp_path: Path) -> Path:
    """A file whose import takes several chunks: new records, and one that changes a record of the library."""
    lines = [json.dumps({"title": f"Work {number}", "doi": f"10.1000/{number}", "summary": "Said.", "topics": "x"}) for number in range(RECORDS)]
    path = tmp_path / "big.jsonl"
    path.write_text("\n".join(lines))
    return path


def kill_after(folder: Path, file: Path, chunks: int) -> str:
    """Start an import, kill it (SIGKILL) when it has reported so often; returns what it reported last."""
    command = [sys.executable, "-c", IMPORTER, f"sqlite:///{folder / 'library.sqlite'}", str(file)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for _ in range(chunks - 1):
            process.stdout.readline()
            process.stdin.write("go on\n")
            process.stdin.flush()
        return process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def assert_complete(library: Library, report_of: Path, added: int) -> None:
    report = import_files(library, [report_of])
    assert (report.total("added"), report.total("read")) == (added, RECORDS)
    assert library.count() == RECORDS
    assert library.get_many([record.id for record in library.iterate()]).keys() == library.statuses().keys()
    assert import_files(library, [report_of]).total("unchanged") == RECORDS
    assert library.integrity() == ""


@pytest.mark.parametrize("chunks", [2, 4])
def test_a_library_is_as_before_the_killed_import_and_the_next_completes(tmp_path: Path, big: Path, chunks: int) -> None:
    with opened(tmp_path) as library:
        put(library, review("mine", "Work 3", doi="10.1000/3", abstract="An abstract."))
        library.edit("mine", {"summary": "A person's."}, base_revision=1)
        before, history = contents(library), library.history("mine")
    assert kill_after(tmp_path, big, chunks) == str(min(500 * chunks, RECORDS))
    with opened(tmp_path, create=False) as library:
        assert (contents(library), library.revision(), library.history("mine"), library.batches()) == (before, 2, history, [])
        assert library.catalogue.facet_names() == []
        assert_complete(library, big, RECORDS - 1)
        assert library.revision() == 3


def test_a_first_import_that_was_killed_leaves_a_library_that_the_next_fills(tmp_path: Path, big: Path) -> None:
    assert kill_after(tmp_path, big, 1) == "500"
    with opened(tmp_path) as library:
        assert (library.revision(), library.count()) == (0, 0)
        assert_complete(library, big, RECORDS)
