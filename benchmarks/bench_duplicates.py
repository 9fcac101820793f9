"""How well duplicates are found, on exports whose duplicates a person marked.

Each file is imported into an empty library, as a librarian would. A record of the file is "of a cluster" with all records that became one record
of the library. What a person marked are records, not pairs, so:

- merges: for every record of the library the records of the file it is made of, less one; wrong merges: the records in it that no mark calls
  duplicates, less one (each stands for a work of its own); precision = 1 - wrong / merges;
- recall: the share of marked records that became one with another record;
- in the queue: marked records that did not, but stand in a pair in doubt.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus import Library, Review
from corpus.identity import work_key
from corpus.importing import import_files
from corpus.importing.detect import PARSERS
from corpus.importing.intake import open_file
from corpus.importing.parsing import Draft
from corpus.merging import same_work

_SHARED = Path(__file__).parents[2] / "shared"
Mark = Callable[[Review], bool]
#: File, what its marks are, and which record has one. In the table of ASySD, `source` names 1,261 of 1,845 records duplicates and `label` 896: it leaves 370 of
#: the former in, most of them word for word the same as another. Which column a person filled is not said; both are measured.
_SETS: Sequence[tuple[str, str, Mark]] = (
    ("asysd_labelled_latin1.csv", "source = duplicate", lambda review: review.extra.get("source") == ["duplicate"]),
    ("asysd_labelled_latin1.csv", "label = Duplicate_in_trash", lambda review: review.extra.get("label") == ["Duplicate_in_trash"]),
    ("dedupesweep_tafenoquine.xml", "caption = Duplicate", lambda review: review.extra.get("caption") == ["Duplicate"]),
)


def main() -> int:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("shared", nargs="?", type=Path, default=_SHARED, help="the shared folder")
    options.add_argument("--show", action="store_true", help="print the wrong merges")
    options.add_argument("--own", nargs=3, metavar=("FILE", "FIELD", "VALUE"), help="measure FILE, where `extra` FIELD = VALUE marks a duplicate")
    given = options.parse_args()
    sets: list[tuple[Path, str, Mark]] = [(given.shared / "data" / "imports" / name, says, mark) for name, says, mark in _SETS]
    if given.own:
        file, name, value = given.own
        sets = [(Path(file), f"{name} = {value}", lambda review: value in review.extra.get(name, ()))]
    print(__doc__.split("\n\n", 1)[1] if __doc__ else "")
    for path, says, mark in sets:
        if path.is_file():
            _measure(path, says, mark, show=given.show)
        else:
            print(f"No {path}")
    return 0


def _measure(path: Path, says: str, mark: Mark, *, show: bool) -> None:
    document, kind = open_file(path)
    drafts = [parsed for parsed in PARSERS[kind](document) if isinstance(parsed, Draft)]
    marked = [mark(draft.review) for draft in drafts]
    print(f"{path.name}: {len(drafts):,} records, {sum(marked):,} marked ({says})")
    _print_line("identity alone", _by_identity([draft.review for draft in drafts]), marked)
    with tempfile.TemporaryDirectory() as folder:
        library = Library(f"sqlite:///{folder}/library.sqlite", create=True)
        begun = time.perf_counter()
        report = import_files(library, [path])
        seconds = time.perf_counter() - begun
        clusters, where = _clusters(library, drafts)
        pairs = library.duplicates.pairs()
        queued = {at for pair in pairs for review_id in (pair.first_id, pair.second_id) for at in where.get(review_id, ())}
        missed = _print_line("import", clusters, marked)
        if show:
            _show(clusters, drafts, marked)
        begun = time.perf_counter()
        scan = library.duplicates.scan()
        scanned = time.perf_counter() - begun
        library.close()
    print(f"  missed {len(missed)}, of them in the queue {sum(at in queued for at in missed)}; queue {len(pairs)} pairs")
    total = sum(report.total(name) for name in ("added", "updated", "unchanged", "duplicates", "skipped"))
    again = f"{scan.compared:,} pairs in {scanned:.1f} s, {scan.queued} new"
    print(f"  imported in {seconds:.1f} s (read {report.total('read')} = {total}); a scan afterwards: {again}\n")


def _clusters(library: Library, drafts: Sequence[Draft]) -> tuple[list[list[int]], dict[str, list[int]]]:
    """The records of the file by the record of the library they are in: found by importing each once more, alone, with nothing kept."""
    from corpus.importing.matching import Matches

    where: dict[str, list[int]] = defaultdict(list)
    with library.change() as change:
        for start in range(0, len(drafts), 500):
            part = drafts[start : start + 500]
            matches = Matches(change, [draft.review for draft in part])
            for at, draft in enumerate(part, start):
                kept = matches.find(draft.review).kept
                where[kept.id if kept else f"missing {at}"].append(at)
    return list(where.values()), where


def _by_identity(reviews: Sequence[Review]) -> list[list[int]]:
    """Clusters by DOI, PMID and title + year + first author, with nothing asked that may contradict them."""
    clusters: list[list[int]] = []
    keys: dict[str, int] = {}
    for at, review in enumerate(reviews):
        own = [f"doi:{review.doi}" * bool(review.doi), f"pmid:{review.pmid}" * bool(review.pmid), f"key:{work_key(review)}"]
        found = (keys[key] for key in own if key in keys)
        cluster = next((number for number in found if same_work(reviews[clusters[number][0]], review, by_key=True)), len(clusters))
        if cluster == len(clusters):
            clusters.append([])
        clusters[cluster].append(at)
        for key in filter(None, own):
            keys.setdefault(key, cluster)
    return clusters


def _show(clusters: Sequence[Sequence[int]], drafts: Sequence[Draft], marked: Sequence[bool]) -> None:
    for cluster in clusters:
        if sum(not marked[at] for at in cluster) > 1:
            print("  wrong:")
            for at in cluster:
                review = drafts[at].review
                place = " ".join(str(review.csl.get(name) or "-") for name in ("volume", "issue", "page", "DOI", "PMID"))
                print(f"    {'marked' if marked[at] else '      '} {review.label()}: {review.title[:110]}. {review.journal[:40]} {place}")


def _print_line(name: str, clusters: Sequence[Sequence[int]], marked: Sequence[bool]) -> list[int]:
    merges = sum(len(cluster) - 1 for cluster in clusters)
    wrong = sum(max(0, sum(not marked[at] for at in cluster) - 1) for cluster in clusters)
    missed = [cluster[0] for cluster in clusters if len(cluster) == 1 and marked[cluster[0]]]
    precision, recall = 1 - wrong / max(1, merges), 1 - len(missed) / max(1, sum(marked))
    print(f"  {name:<14} {merges:>5} merges, {wrong} wrong: precision {precision:.4f}, recall {recall:.4f}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
