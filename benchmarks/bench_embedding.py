"""Bulk embedding by `sync` against bare `SentenceTransformer.encode` on the same passages, taking turns in one process.

    python benchmarks/bench_embedding.py [SHARED] [--rounds 3] [--passages 3000]

`sync` reads the library, splits, hashes, embeds, stores in Chroma, tantivy and the manifest. The model is loaded before either is timed.
SHARED is not used: the passages are those of the sample collection, and beyond them those of invented records of
its words. Writes docs/figures/embedding.json and .svg.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
from measuring import Parts, keep, plot
from synthetic import PASSAGES_EACH, SAMPLE, fill, words_of

from corpus import Library
from corpus.importing import import_files
from index import IndexHome, Syncer
from index.encoder import BulkEncoder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--passages", type=int, default=3000)
    given = parser.parse_args()
    parts = Parts()
    bulk = BulkEncoder(parts.model)
    bare = bulk.transformer
    bulk.encode(["ready"])
    seconds: dict[str, list[float]] = {"bare encode": [], "bare encode, batches of 16": [], "sync": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = Library(f"sqlite:///{folder / 'library.sqlite'}", create=True)
        import_files(library, files_for(given.passages))
        passages = [passage for review in library.iterate() for passage in parts.splitter.split(review)]
        fill(library, 0, max(0, given.passages - len(passages)) // PASSAGES_EACH, words_of(passages))
        texts = [passage.embedded for review in library.iterate() for passage in parts.splitter.split(review)]
        for turn in range(given.rounds):
            began = time.perf_counter()
            bare.encode(texts, show_progress_bar=False)
            seconds["bare encode"].append(time.perf_counter() - began)
            began = time.perf_counter()
            bare.encode(texts, batch_size=16, show_progress_bar=False)
            seconds["bare encode, batches of 16"].append(time.perf_counter() - began)
            indexes = IndexHome(folder / str(turn))
            built = indexes.open(parts.spec)
            began = time.perf_counter()
            report = Syncer(library, built, parts.splitter, bulk).sync()
            seconds["sync"].append(time.perf_counter() - began)
            assert report.embedded == len(set(texts))
            built.close()
            indexes.close()
            print(f"round {turn + 1}: " + ", ".join(f"{key} {len(texts) / values[-1]:.1f} passages/s" for key, values in seconds.items()))
        library.close()
    rates = {key: len(texts) / float(np.median(values)) for key, values in seconds.items()}
    best = max(rate for key, rate in rates.items() if key != "sync")
    ratios = {key: round(rates["sync"] / rate, 3) for key, rate in rates.items() if key != "sync"}
    print(f"{len(texts)} passages; sync against each: {ratios}; against the faster {rates['sync'] / best:.3f} (wanted: 0.95)")
    keep("embedding", {"passages": len(texts), "seconds": seconds, "passages_per_second": rates, "ratio": ratios})
    plot("embedding", "Bulk embedding", [("passages a second", {"": list(rates.values())}, list(rates))], bars=True)
    return 0


def files_for(passages: int) -> list[Path]:
    """So many files of the sample collection that they hold about so many passages (a record has about eight)."""
    return sorted(SAMPLE.glob("*.md"))[: max(1, passages // 8)]


if __name__ == "__main__":
    sys.exit(main())
