"""The 40 real exports: what is expected, what is read, in which format and encoding, what records lack, how long it takes.

Run: python benchmarks/bench_imports.py [--large N]. The data is looked for in FLORILEGIUM_SHARED, else beside the checkout. With `--large`, a RIS file of N
records is made as well and imported into a library of its own; its time and the most memory the process took are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus import Library
from corpus.importing import Draft, import_files
from corpus.importing.detect import PARSERS, detect
from corpus.importing.document import Document

_SHARED = Path(os.environ.get("FLORILEGIUM_SHARED") or Path(__file__).resolve().parent.parent.parent / "shared")
_COLUMNS = "{:<34} {:>8} {:>6} {:>8}  {:<12} {:<14} {:>9} {:>8} {:>10} {:>8}"
_WORDS = "psilocybin ketamine depression trial of the and in for patients α-receptor ≥ efficacy safety weeks placebo naïve anxiety score mean".split()


def main() -> int:
    """Print the table; 1 where a count differs."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--large", type=int, default=0, metavar="N", help="import a made RIS file of N records as well")
    options.add_argument("shared", nargs="?", type=Path, default=_SHARED, help="the shared folder")
    given = options.parse_args()
    wrong = _table(given.shared / "data" / "imports")
    if given.large:
        _large(given.large)
    return int(bool(wrong))


def _table(folder: Path) -> int:
    if not folder.is_dir():
        print(f"No shared data in {folder}")
        return 0
    known = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    print(_COLUMNS.format("file", "expected", "read", "skipped", "format", "encoding", "no title", "no year", "no author", "seconds"))
    wrong, sums = 0, [0] * 6
    for entry in known:
        begun = time.perf_counter()
        document = Document(folder / entry["file"])
        kind = detect(document)
        parsed = list(PARSERS[kind](document)) if kind else []
        seconds = time.perf_counter() - begun
        reviews = [found.review for found in parsed if isinstance(found, Draft)]
        read = sum(bool(found.record) for found in parsed)
        lacking = [sum(not review.title for review in reviews), sum(not review.year for review in reviews), sum(not review.authors for review in reviews)]
        row = [entry["records"], read, len(parsed) - len(reviews), *lacking]
        sums = [total + value for total, value in zip(sums, row, strict=True)]
        mark = "" if read == entry["records"] else "  <- differs"
        wrong += bool(mark)
        print(_COLUMNS.format(entry["file"], *row[:3], kind or "-", document.encoding.name, *row[3:], f"{seconds:.2f}") + mark)
    print(_COLUMNS.format(f"{len(known)} files", *sums[:3], "", "", *sums[3:], ""))
    return wrong


def _large(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.ris"
        _make(path, count)
        library = Library(f"sqlite:///{folder}/library.sqlite", create=True)
        begun = time.perf_counter()
        report = import_files(library, [path])
        seconds = time.perf_counter() - begun
        library.close()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        size = path.stat().st_size // 1_000_000
        print(f"\n{count} records of RIS ({size} MB): {report.total('added')} added in {seconds:.0f} s, at most {peak} MiB of memory")


def _make(path: Path, count: int) -> None:
    chance = random.Random(1)  # noqa: S311 - made-up records, the same each time
    with path.open("w", encoding="utf-8", newline="\r\n") as file:
        for number in range(count):
            people = "".join(f"AU  - Family{chance.randrange(40_000)}, Given {letter}.\n" for letter in "ABCDE")
            words = [" ".join(chance.choices(_WORDS, k=size)) for size in (12, 170)]
            file.write(f"TY  - JOUR\nTI  - {words[0]} {number} 😀\n{people}T2  - Journal of {chance.choice(_WORDS)}\nPY  - {chance.randrange(1990, 2025)}\n")
            file.write(f"DO  - 10.1234/abc.{number}\nVL  - 12\nSP  - 100\nEP  - 110\nKW  - ketamine\nKW  - depression\nAB  - {words[1]}\nER  - \n\n")


if __name__ == "__main__":
    sys.exit(main())
