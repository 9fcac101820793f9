"""How fast the catalogue is at 100,000 records: a page with its total, and the counts of every facet, for a table of filters.

Run: python benchmarks/bench_catalogue.py [--records N] [--rounds N] [--library FOLDER]. The records are made up (the same each time) and put into a library
in a temporary folder; with `--library` it is kept there and used again. Every figure is of a library just opened, so that nothing it keeps is used. Exit code 1
where the processor's time is over a limit (the clock's depends on what else the machine does).
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus import Filter, Library, Review, parse_filter

_WORDS = "psilocybin ketamine depression trial of the and in for patients α-receptor ≥ efficacy safety weeks placebo naïve anxiety score mean".split()
_RARE = [f"word{number}" for number in range(3000)]
_VALUES = {
    "kind": (["systematic review", "meta-analysis", "narrative review", "scoping review", "umbrella review", "guideline"], (1, 2)),
    "topics": ([f"topic {number}" for number in range(70)] + ["depression", "anxiety"], (1, 4)),
    "substances": (["psilocybin", "ketamine", "LSD", "MDMA", "ayahuasca", "DMT", "mescaline", "ibogaine"], (1, 3)),
    "characteristics": ([f"characteristic {number}" for number in range(25)], (0, 3)),
}
#: Filters from none to the worst: text that no index finds, values that half of the records have, denials, several at once.
_FILTERS: tuple[tuple[str, ...], ...] = (
    (),
    ("year>=2010",),
    ("title~placebo",),
    ("title~zzz",),
    ("author~family12",),
    ("journal~placebo",),
    ("any~word17",),
    ("any~zzz",),
    ("keyword=depression",),
    ("has=fulltext",),
    ("topics=depression",),
    ("topics=depression|anxiety",),
    ("topics~topic",),
    ("substances=psilocybin|ketamine|LSD|MDMA",),
    ("substances!=psilocybin",),
    ("status=current|withdrawn|retracted",),
    ("year!=2001", "kind!=guideline"),
    ("year>=2000", "topics=depression|anxiety", "kind=systematic review"),
    ("year>=1995", "substances=psilocybin|ketamine|LSD", "kind!=guideline", "any~placebo"),
)

_PAGE, _COUNTS = 100, 500  # the limits in milliseconds


def make(folder: Path, count: int) -> tuple[float, float]:
    """Put made-up records into a new library; returns the seconds that took by the clock and of the processor, making the records left out."""
    library = Library(f"sqlite:///{folder}/library.sqlite", create=True)
    chance = random.Random(1)  # noqa: S311 - made-up records, the same each time
    spent = worked = 0.0
    with library.change() as change:
        for start in range(0, count, 500):
            records = [_record(number, chance) for number in range(start, min(start + 500, count))]
            begun, cpu = time.perf_counter(), time.thread_time()
            for record in records:
                change.put(record, "import", new=True)
            spent, worked = spent + time.perf_counter() - begun, worked + time.thread_time() - cpu
        begun, cpu = time.perf_counter(), time.thread_time()
    spent, worked = spent + time.perf_counter() - begun, worked + time.thread_time() - cpu
    library.close()
    return spent, worked


def _record(number: int, chance: random.Random) -> Review:
    words = " ".join(chance.choices(_WORDS, k=170))
    facets = {name: chance.sample(values, chance.randint(*least_most)) for name, (values, least_most) in _VALUES.items()}
    csl = {
        "type": "article-journal",
        "title": " ".join([*chance.choices(_WORDS, k=8), chance.choice(_RARE), str(number)]),
        "author": [{"family": f"Family{chance.randrange(40_000)}", "given": f"Given {letter}."} for letter in "ABCDE"],
        "container-title": f"Journal of {chance.choice(_WORDS)} {chance.choice(_WORDS)}",
        "DOI": f"10.1234/abc.{number}",
    }
    if chance.random() > 0.02:
        csl["issued"] = {"date-parts": [[chance.randrange(1980, 2026)]]}
    status = chance.choices(["current", "withdrawn", "retracted"], [96, 3, 1])[0]
    sections = (words[:300],) if chance.random() < 0.2 else ()
    keywords = chance.sample([*facets["topics"], "ketamine", "trial", "depression", chance.choice(_RARE)], 3)
    return Review.model_validate(
        {
            "id": f"family-{number}-{chance.choice(_RARE)}-placebo",
            "csl": csl,
            "abstract": words,
            "status": status,
            "sections": sections,
            "facets": facets,
            "keywords": keywords,
        }
    )


class Timing(NamedTuple):
    """Milliseconds by the clock (median and 95th percentile) and of the processor (median)."""

    median: float
    high: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.median:.0f} / {self.high:.0f}, {self.cpu:.0f}"


@contextmanager
def _opened(place: Path) -> Iterator[Library]:
    library = Library(f"sqlite:///{place}/library.sqlite")
    try:
        yield library
    finally:
        library.close()


def timed(place: Path, rounds: int, act: Callable[[Library], object]) -> Timing:
    """How long `act` takes on a library just opened."""
    taken, worked = [], []
    for _ in range(rounds):
        with _opened(place) as library:
            library.revision()
            begun, cpu = time.perf_counter(), time.thread_time()
            act(library)
            taken.append(1000 * (time.perf_counter() - begun))
            worked.append(1000 * (time.thread_time() - cpu))
    return Timing(statistics.median(taken), sorted(taken)[round(0.95 * (rounds - 1))], statistics.median(worked))


def main() -> int:
    """Print the tables; 1 where a median is over its limit."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--records", type=int, default=100_000, metavar="N")
    options.add_argument("--rounds", type=int, default=5, metavar="N")
    options.add_argument("--library", type=Path, metavar="FOLDER", help="keep the library here, and use it where it is already there")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = given.library or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        if not (place / "library.sqlite").exists():
            spent, worked = make(place, given.records)
            print(f"{given.records:,} records put in {spent:.1f} s ({worked:.1f} s of the processor)")
        return _tables(place, given.rounds)


def _tables(place: Path, rounds: int) -> int:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; ms: median / 95th percentile of {rounds} rounds, median of the processor's time\n")
    over = 0
    line = "{:<72} {:>9} {:>22} {:>24}"
    print(line.format("filter", "records", f"page with total <={_PAGE}", f"facet counts <={_COUNTS}"))
    for texts in _FILTERS:
        with _opened(place) as library:
            chosen = parse_filter(texts, library.vocabulary, library.catalogue.facet_names())
            total = library.catalogue.count(chosen)[0]
        page = timed(place, rounds, lambda library, chosen=chosen: library.catalogue.page(chosen))
        counts = timed(place, rounds, lambda library, chosen=chosen: library.catalogue.facet_counts(chosen))
        over += (page.cpu > _PAGE) + (counts.cpu > _COUNTS)
        print(line.format(" & ".join(texts) or "(none)", f"{total:,}", str(page), str(counts)))
    print("\n" + line.format("page of 50, no filter", "", "first", "at 90 % of the records"))
    for sort in ("year", "-year", "title", "-title", "author", "added"):
        with _opened(place) as library:
            deep = library.count() * 9 // 10
        first = timed(place, rounds, lambda library, sort=sort: library.catalogue.page(Filter(), sort=sort))
        last = timed(place, rounds, lambda library, sort=sort, deep=deep: library.catalogue.page(Filter(), sort=sort, start=deep))
        print(line.format(f"sorted by {sort}", "", str(first), str(last)))
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
