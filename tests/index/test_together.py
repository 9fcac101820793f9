"""A sync and searches at the same time, as in `serve`: nothing fails, nothing wrong is cited, and the index is whole afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from corpus import Status
from tests.index.workbench import MADE, QUERIES, Bench, assert_same, bench, edit, fill, invented, picture


def all_at_once(seconds: float, *jobs: Callable[[], object]) -> None:
    """Each job in a thread of its own, again and again; raises what any of them raised."""
    end = time.monotonic() + seconds
    failed = threading.Event()

    def repeat(job: Callable[[], object]) -> int:
        times = 0
        while time.monotonic() < end and not failed.is_set():
            try:
                job()
            except BaseException:
                failed.set()
                raise
            times += 1
        return times

    with ThreadPoolExecutor(len(jobs)) as pool:
        assert all(future.result() > 0 for future in [pool.submit(repeat, job) for job in jobs])


def changes(made: Bench) -> Callable[[], None]:
    """One change of the library after the other: edits, withdrawals, returns, new records."""
    count = 0

    def change() -> None:
        nonlocal count
        count += 1
        review = made.library.get(f"invented-{count % MADE:04d}")
        match count % 4:
            case 0:
                edit(made.library, review.id, abstract=f"Now for the {count}th time: {review.abstract[-400:]}")
            case 1:
                edit(made.library, review.id, findings=review.findings[::-1], csl={**review.csl, "title": f"Title {count} of ketamine"})
            case 2:
                made.library.set_status(review.id, Status.CURRENT if review.status != Status.CURRENT else Status.WITHDRAWN)
            case 3:
                fill(made.library, [invented(1_000 + count)])

    return change


def search_and_check(made: Bench, query: str) -> Callable[[], None]:
    searcher = made.searcher()

    def search() -> None:
        result = searcher.search(query, 8)
        for hit in result.hits:
            assert hit.review.status == Status.CURRENT
            at_that_revision = made.library.get(hit.review.id, result.revision)
            for span in (hit.best, *hit.others):
                assert at_that_revision.field_text(span.field)[span.start : span.end] == span.text

    return search


def test_searches_during_syncs_never_fail_and_cite_what_stands_at_their_revision(made: Bench, tmp_path: Path, models_folder: Path) -> None:
    searches = [search_and_check(made, query) for query in QUERIES[:3]]
    all_at_once(4, changes(made), made.syncer.sync, *searches)
    made.syncer.sync()
    assert not made.syncer.compare()
    with bench(made.library, tmp_path / "anew", models_folder) as new:
        new.syncer.sync()
        assert picture(new).passages == picture(made).passages


def test_two_syncs_and_a_doctor_at_once_leave_a_whole_index(made: Bench, tmp_path: Path, models_folder: Path) -> None:
    def look_and_mend() -> None:
        made.syncer.repair(made.syncer.compare())

    all_at_once(3, changes(made), made.syncer.sync, made.syncer.sync, look_and_mend)
    report = made.syncer.sync()
    assert report.revision == made.library.revision()
    assert not made.syncer.compare()
    for number in range(MADE):  # enough for the postings to be written anew, so that statistics can be compared too
        edit(made.library, f"invented-{number:04d}", summary=f"The last word on {number}.")
    made.syncer.sync()
    with bench(made.library, tmp_path / "anew", models_folder) as new:
        new.syncer.sync()
        assert_same(picture(made), picture(new))


def test_a_search_is_answered_while_a_long_sync_runs(made: Bench) -> None:
    fill(made.library, [invented(number, sentences=200) for number in range(2_000, 2_060)])
    longest = 0.0
    with ThreadPoolExecutor(1) as pool:
        syncing = pool.submit(made.syncer.sync)
        while not syncing.done():
            began = time.monotonic()
            assert made.searcher().search(QUERIES[0]).hits
            longest = max(longest, time.monotonic() - began)
        report = syncing.result()
    assert report.reviews == MADE + 60
    assert longest < max(3.0, report.seconds / 2)


def test_every_thread_that_opens_the_parts_gets_the_same_ones(made: Bench, tmp_path: Path, models_folder: Path) -> None:
    made.close()
    with bench(made.library, tmp_path / "index", models_folder) as again:
        barrier = threading.Barrier(8)

        def open_parts() -> tuple[int, int]:
            barrier.wait()
            return id(again.built.lexical), id(again.built.matrix)

        with ThreadPoolExecutor(8) as pool:
            assert len({future.result() for future in [pool.submit(open_parts) for _ in range(8)]}) == 1


def test_a_reader_sees_what_another_process_has_written(made: Bench, tmp_path: Path, models_folder: Path) -> None:
    def found(one: Bench) -> list[tuple[str, float]]:
        return [(hit.review.id, hit.score) for query in QUERIES for hit in one.searcher().search(query, 20).hits]

    before = found(made)
    with bench(made.library, tmp_path / "index", models_folder) as writer:  # connections of its own, as another process has
        for number in range(MADE):
            edit(made.library, f"invented-{number:04d}", summary=f"Ketamine again, number {number}.")
            if number == 1:  # few changes are added to the postings, many have them written anew in another folder
                writer.syncer.sync()
                assert found(made) == found(writer) != before
        writer.syncer.sync()
        assert found(made) == found(writer)
        assert made.built.lexical.folder == writer.built.lexical.folder
        assert not made.syncer.behind()
