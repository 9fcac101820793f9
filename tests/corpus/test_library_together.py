"""Several threads and several real processes at one library: no gap, no lost change, one order."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corpus import ConflictError, Library, UnavailableError
from tests.conftest import ROOT, SAMPLE
from tests.corpus.making import opened, put, review

PROCESSES, ROUNDS = 4, 12
#: Adds records of its own, one a transaction, and counts up a shared one, starting anew whenever another was faster.
WRITER = """
import json, sys
from corpus import ConflictError, Library, Review
me, rounds, url = sys.argv[1], int(sys.argv[2]), sys.argv[3]
library = Library(url, create=True)
taken, refused = [], 0
for number in range(rounds):
    with library.change(me) as change:
        taken.append(change.put(Review(id=f"{me}-{number}"), "import", new=True).revision)
    while True:
        shared = library.get("shared")
        try:
            library.edit("shared", {"summary": str(int(shared.summary) + 1)}, base_revision=shared.revision, actor=me)
            break
        except ConflictError:
            refused += 1
print(json.dumps({"taken": taken, "refused": refused}))
"""
IMPORTER = """
import json, sys
from pathlib import Path
from corpus import Library
from corpus.importing import import_files
report = import_files(Library(sys.argv[1], create=True), [Path(sys.argv[2])])
print(json.dumps(report.as_dict()))
"""
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


def started(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> dict[str, object]:
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return dict(json.loads(out))


def assert_no_gap(library: Library) -> None:
    """Every record was added by a transaction of its own: whoever reads sees the first so many of them."""
    seen = sorted(revision for revision, _ in library.statuses().values())
    assert seen == list(range(1, len(seen) + 1))


@pytest.mark.both_databases
def test_threads_take_their_revisions_in_the_order_of_their_commits(library: Library) -> None:
    threads, rounds = 6, 10

    def add(thread: int) -> list[int]:
        return [put(library, review(f"t{thread}-{number}"), actor=str(thread)) for number in range(rounds)]

    done = threading.Event()

    def watch() -> int:
        looks = 0
        while not done.is_set():
            assert_no_gap(library)
            looks += 1
        return looks

    with ThreadPoolExecutor(threads + 1) as pool:
        watching = pool.submit(watch)
        try:
            after = list(pool.map(add, range(threads)))
        finally:
            done.set()
        assert watching.result() > 0
    assert all(revisions == sorted(set(revisions)) for revisions in after)
    assert library.revision() == library.count() == threads * rounds
    assert_no_gap(library)


@pytest.mark.both_databases
def test_of_threads_that_edit_the_same_revision_one_wins_and_the_others_are_told(library: Library) -> None:
    put(library, review("doe", summary="0"))
    start = threading.Barrier(5)

    def edit(thread: int) -> str:
        start.wait()
        try:
            return library.edit("doe", {"summary": f"By {thread}."}, base_revision=1).summary
        except ConflictError:
            return ""

    with ThreadPoolExecutor(5) as pool:
        results = list(pool.map(edit, range(5)))
    assert [text for text in results if text] == [library.get("doe").summary]
    assert library.revision() == 2


@pytest.mark.slow
def test_processes_that_write_at_once_lose_nothing_and_repeat_no_revision(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        put(library, review("shared", summary="0"))
        url = f"sqlite:///{tmp_path / 'library.sqlite'}"
        writers = [started(WRITER, f"p{number}", str(ROUNDS), url) for number in range(PROCESSES)]
        results = [finished(writer) for writer in writers]
        taken = [revision for result in results for revision in result["taken"]]  # type: ignore[attr-defined]
        total = PROCESSES * ROUNDS
        assert library.get("shared").summary == str(total)
        assert library.count() == 1 + total
        assert library.revision() == 1 + 2 * total
        history = library.history("shared")
        assert sorted([*taken, *(version.revision for version in history)]) == list(range(1, 2 * total + 2))
        assert {version.actor for version in history} == {"local", *(f"p{number}" for number in range(PROCESSES))}
        assert [library.get("shared", version.revision).summary for version in reversed(history)] == [str(number) for number in range(total + 1)]
        assert library.integrity() == ""


@pytest.mark.slow
def test_processes_that_create_and_fill_one_library_at_once_make_one_library(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'library.sqlite'}"
    reports = [finished(process) for process in [started(IMPORTER, url, str(SAMPLE)) for _ in range(2)]]
    assert sorted((str(report["added"]), str(report["unchanged"])) for report in reports) == [("0", "120"), ("120", "0")]
    with opened(tmp_path, create=False) as library:
        assert (library.revision(), library.count(), len(library.batches())) == (1, 120, 1)


def test_a_writer_that_holds_on_too_long_is_told_of_in_one_line(library: Library, tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path / "library.sqlite")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        hasty = Library(f"sqlite:///{tmp_path / 'library.sqlite'}?timeout=0.1")
        assert hasty.revision() == 0
        with pytest.raises(UnavailableError, match=r"locked.*Try again") as caught:
            put(hasty, review("doe"))
        assert caught.value.exit_code == 3
        hasty.close()
    finally:
        holder.communicate("")
    assert put(library, review("doe")) == 1
