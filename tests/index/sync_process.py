"""A sync as a process of its own, for tests that kill it: `python -m tests.index.sync_process DATABASE INDEX_FOLDER MODELS_FOLDER`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from corpus import Library
from index import OwnerLock
from tests.index.workbench import Bench


def main(database: str, folder: str, models: str) -> None:
    """Own the index, open it, say "ready", sync, say how many seconds that took."""
    with OwnerLock(Path(folder) / "owner.lock"):
        library = Library(database)
        bench = Bench(library, Path(folder), Path(models))
        print("ready", flush=True)
        began = time.monotonic()
        bench.syncer.sync()
        print(time.monotonic() - began, flush=True)
        bench.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
