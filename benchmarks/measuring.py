"""What the speed benchmarks share: a synthetic home of any size, percentiles, the state of the machine, figures as data and as a plot."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from synthetic import PASSAGES_EACH, ROOT, SyntheticEncoder, fill, real_vectors, sample_passages, words_of

from corpus import Library
from index import EmbeddingModel, Encoder, IndexHome, IndexSpec, PassageSplitter, SearchConfig, Searcher, Syncer, SyncReport, packaged_folder
from ui.settings import load_settings

FIGURES = ROOT / "docs" / "figures"
QUESTIONS = ROOT / "benchmarks" / "data" / "sample_questions.jsonl"
#: Real passages that synthetic vectors are made from.
_REAL = 250


class Parts:
    """Model, splitter and encoder of the default configuration."""

    def __init__(self) -> None:
        self.model = EmbeddingModel(packaged_folder(), load_settings().models)
        self.spec = IndexSpec(weights_sha256=self.model.sha256, token_limit=self.model.token_limit)
        self.splitter = PassageSplitter(self.spec, self.model)
        self.encoder = Encoder(self.model)
        self.encoder.query.encode(["ready"])

    def searcher(self, library: Library, indexes: IndexHome, **settings: Any) -> Searcher:
        """A searcher over a home's index, with some settings changed."""
        config = SearchConfig.model_validate({"spec": self.spec, **settings})
        return Searcher(library, indexes.open(self.spec), self.splitter, self.encoder, config)


class SyntheticHome:
    """A home in a folder that is filled and synced up to a number of passages, again and again."""

    def __init__(self, folder: Path, parts: Parts) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._parts, self._records = folder, parts, 0
        passages = sample_passages(parts.splitter, folder, _REAL)
        self._words, self._encoder = words_of(passages), SyntheticEncoder(real_vectors(parts.encoder, passages))
        (folder / "sample.sqlite").unlink()
        self.library = Library(f"sqlite:///{folder / 'library.sqlite'}", create=True)

    def grow(self, passages: int) -> SyncReport:
        """Add records until there are so many passages, and sync; nothing is left open but the library."""
        records = passages // PASSAGES_EACH
        fill(self.library, self._records, records, self._words)
        self._records = records
        indexes = IndexHome(self.folder / "index")
        built = indexes.open(self._parts.spec)
        try:
            return Syncer(self.library, built, self._parts.splitter, self._encoder).sync()
        finally:
            built.close()
            indexes.close()


def questions(most: int) -> list[str]:
    """Questions that people would ask the sample collection."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines][:most]


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds."""
    return {"p50": round(1000 * float(np.percentile(seconds, 50)), 3), "p95": round(1000 * float(np.percentile(seconds, 95)), 3)}


def machine() -> dict[str, Any]:
    """Processor count, load average over one minute, Python: what figures depend on."""
    return {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 2), "python": platform.python_version(), "system": platform.machine()}


def disk_bytes(folder: Path) -> int:
    """The size of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def keep(name: str, figures: Mapping[str, Any]) -> None:
    """Write figures to docs/figures/NAME.json, with the machine they were taken on, and say so."""
    FIGURES.mkdir(parents=True, exist_ok=True)
    path = FIGURES / f"{name}.json"
    path.write_text(json.dumps({"machine": machine(), **figures}, indent=1) + "\n")
    print(f"load average {machine()['load']}; figures in {path.relative_to(ROOT)}")


def plot(name: str, title: str, panels: Sequence[tuple[str, Mapping[str, Sequence[float]], Sequence[Any]]], *, bars: bool = False) -> None:
    """Draw docs/figures/NAME.svg: panels of (label of the y axis, series by name, x values), as lines over log axes or as bars."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = name
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(panels), figsize=(5.2 * len(panels), 3.6), squeeze=False)
    for axis, (label, series, places) in zip(axes[0], panels, strict=True):
        for series_name, values in series.items():
            if bars:
                axis.barh([str(place) for place in places], values, label=series_name)
            else:
                axis.plot(places, values, marker="o", label=series_name)
        if bars:
            axis.invert_yaxis()
            axis.set_xlabel(label)
        else:
            axis.set(xscale="log", yscale="log", xlabel="passages", ylabel=label)
        if len(series) > 1:
            axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.25), fontsize="small", frameon=False)
        axis.grid(alpha=0.3)
    figure.suptitle(title)
    figure.tight_layout()
    figure.savefig(FIGURES / f"{name}.svg", metadata={"Date": None})
