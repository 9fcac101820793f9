"""Trains the model that decides whether the evidence answers a question, and prints how well it does on questions held out.

Usage: python benchmarks/train_decide.py SHARED_DATA [PUBMEDQA_QUESTIONS] [--write] [--held] [--cache FILE.npz]
Data: the `tune` half of benchmarks/data/sample_questions.jsonl, benchmarks/data/sample_training.jsonl (questions written for training alone), and
PubMedQA's questions, each asked twice: of all abstracts, and with its own abstract taken out of the collection. Signals are computed by the product's own
searcher. In the figures each PubMedQA question counts once, every second one without its abstract, as `lab answers` counts them. With --write the
coefficients in assistant/data are replaced; --held measures on the held half too (every such look is to be written down in docs/decisions/0013);
--cache keeps vectors for the next run.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from train_checker import RememberingEncoder

from assistant.abstention import auroc
from assistant.evidence import Question, Weighed
from assistant.look_up import look_up
from assistant.signals import signals
from corpus import Library, parse_filter
from corpus.importing import import_files
from index import EmbeddingModel, IndexHome, IndexSpec, PassageSplitter, SearchConfig, Searcher, Syncer, packaged_folder
from index.searcher import SearchResult
from ui.settings import load_settings

ROOT = Path(__file__).parent.parent
Array = np.ndarray[Any, Any]
OUT = ROOT / "assistant" / "data" / "decide.json"
#: Weight of the sample's questions beside PubMedQA's, and the strength of the penalty.
SAMPLE_WEIGHT, RIDGE = 1.0, 0.3
FOLDS = 5
#: Abstain below it: the best of both kinds of collection, by questions held out in training.
THRESHOLD = 0.45


@dataclass(frozen=True)
class Rows:
    """Signals of questions: `x` (n, signals), `y` 1 where answerable, `group` the question, `counted` whether the row counts in figures."""

    names: list[str]
    x: Array
    y: Array
    group: Array
    counted: Array

    @classmethod
    def of(cls, found: Sequence[dict[str, float]], labels: Sequence[bool], groups: Sequence[int], counted: Sequence[bool] | None = None) -> Rows:
        """From signals by name."""
        names = sorted(found[0])
        x = np.array([[row[name] for name in names] for row in found])
        return cls(names, x, np.array(labels, dtype=int), np.array(groups), np.ones(len(x), dtype=bool) if counted is None else np.array(counted))

    def part(self, mask: Array) -> Rows:
        """Those of a mask."""
        return Rows(self.names, self.x[mask], self.y[mask], self.group[mask], self.counted[mask])


class Collection:
    """A searchable throw-away collection."""

    def __init__(self, folder: Path, files: list[Path], encoder: RememberingEncoder | None = None) -> None:
        folder.mkdir(exist_ok=True)
        model = EmbeddingModel(packaged_folder(), load_settings().models)
        self.encoder = encoder or RememberingEncoder(None)
        self.library = Library(f"sqlite:///{folder / 'library.sqlite'}", create=True)
        import_files(self.library, list(files))
        spec = IndexSpec(weights_sha256=model.sha256)
        built, splitter = IndexHome(folder / "index").open(spec), PassageSplitter(spec, model)
        Syncer(self.library, built, splitter, self.encoder).sync()
        self.searcher = Searcher(self.library, built, splitter, self.encoder, SearchConfig(spec=spec))

    def look_up(self, question: str, without: list[str]) -> tuple[Question, SearchResult, Weighed]:
        """What the product finds for a question, some records being taken out."""
        chosen = parse_filter([f"id!={'|'.join(without)}"] if without else [], self.library.vocabulary)
        return look_up(question, self.searcher, self.encoder, self.library.vocabulary, chosen)

    def signals(self, question: str, without: list[str]) -> dict[str, float]:
        """The signals for it."""
        asked, result, weighed = self.look_up(question, without)
        return signals(asked, result.hits, weighed)


def sample_questions(name: str = "sample_questions") -> list[dict[str, Any]]:
    lines = (ROOT / "benchmarks" / "data" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def sample_rows(folder: Path, encoder: RememberingEncoder) -> tuple[Rows, Rows]:
    """What may be trained on (the tune half, which counts in figures, and the training questions), and the held half."""
    collection = Collection(folder / "sample", [ROOT / "corpus" / "sample"], encoder)
    entries = sample_questions()
    parts = []
    for split in ("tune", "held"):
        part = [entry for entry in entries if entry["split"] == split]
        more = sample_questions("sample_training") if split == "tune" else []
        found = [collection.signals(entry["question"], entry["without"]) for entry in part + more]
        numbers = {entry["id"]: number for number, entry in enumerate(part + more)}
        labels, groups = [entry["answerable"] for entry in part + more], [numbers[entry["id"]] for entry in part + more]
        parts.append(Rows.of(found, labels, groups, [True] * len(part) + [False] * len(more)))
    return parts[0], parts[1]


def pubmedqa(folder: Path, shared: Path, encoder: RememberingEncoder) -> Collection:
    """PubMedQA's abstracts."""
    records = folder / "pubmedqa.jsonl"
    with records.open("w", encoding="utf-8") as out:
        for line in (shared / "retrieval" / "pubmedqa" / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            out.write(json.dumps({"id": f"pmid-{entry['_id']}", "title": entry["title"], "abstract": entry["text"]}) + "\n")
    return Collection(folder / "pubmedqa", [records], encoder)


def pubmedqa_rows(folder: Path, shared: Path, most: int, encoder: RememberingEncoder) -> Rows:
    source, collection = shared / "retrieval" / "pubmedqa", pubmedqa(folder, shared, encoder)
    found, labels, groups, counted = [], [], [], []
    for number, line in enumerate((source / "queries.jsonl").read_text(encoding="utf-8").splitlines()[:most]):
        entry = json.loads(line)
        for answerable in (True, False):
            found.append(collection.signals(entry["text"], [] if answerable else [f"pmid-{entry['_id'].removeprefix('q')}"]))
            labels.append(answerable)
            groups.append(number)
            counted.append(answerable == (number % 2 == 0))
    return Rows.of(found, labels, groups, counted)


def fit(parts: Sequence[tuple[Rows, float]]) -> dict[str, Any]:
    """The model from rows with the weight of each set as a whole; in each, answerable and not weigh the same."""
    x, y = np.vstack([rows.x for rows, _ in parts]), np.concatenate([rows.y for rows, _ in parts])
    weights = np.concatenate([weight / np.where(rows.y == 1, max(1, rows.y.sum()), max(1, (1 - rows.y).sum())) for rows, weight in parts])
    weights *= len(y) / weights.sum()
    means, scales = np.average(x, axis=0, weights=weights), np.maximum(x.std(axis=0), 1e-6)
    model = LogisticRegression(C=RIDGE, max_iter=2000).fit((x - means) / scales, y, sample_weight=weights)
    named = [dict(zip(parts[0][0].names, (round(float(v), 5) for v in values), strict=True)) for values in (model.coef_[0], means, scales)]
    intercept = round(float(model.intercept_[0]), 5)
    return {"threshold": THRESHOLD, "intercept": intercept, "weights": named[0], "means": named[1], "scales": named[2]}


def confidence(model: dict[str, Any], rows: Rows) -> Array:
    columns = [(rows.x[:, i] - model["means"][name]) / model["scales"][name] * model["weights"][name] for i, name in enumerate(rows.names)]
    return 1 / (1 + np.exp(-(model["intercept"] + np.sum(columns, axis=0))))


def held_out(rows: Rows, other: Rows, weight: float, seed: int = 0) -> Array:
    """Confidence of each row from a model that saw all of `other` and nothing of the row's question."""
    groups = np.unique(rows.group)
    fold = dict(zip(groups.tolist(), (np.random.default_rng(seed).permutation(len(groups)) % FOLDS).tolist(), strict=True))
    of_row = np.array([fold[group] for group in rows.group.tolist()])
    out = np.zeros(len(rows.y))
    for k in range(FOLDS):
        out[of_row == k] = confidence(fit([(rows.part(of_row != k), weight), (other, 1.0)]), rows.part(of_row == k))
    return out


def report(name: str, rows: Rows, found: Array) -> None:
    label, found = rows.y[rows.counted] == 1, found[rows.counted]
    rng = np.random.default_rng(7)
    draws = [rng.integers(0, len(label), len(label)) for _ in range(2000)]

    def three(pick: Array) -> tuple[float, float, float]:
        no, said = ~label[pick], found[pick] < THRESHOLD
        both = int((no & said).sum())
        return auroc(label[pick], found[pick]) or 0.0, both / max(1, said.sum()), both / max(1, no.sum())

    spread = np.percentile([three(pick) for pick in draws], [2.5, 97.5], axis=0)
    figures = [f"{value:.3f} [{spread[0][i]:.3f}, {spread[1][i]:.3f}]" for i, value in enumerate(three(np.arange(len(label))))]
    print(f"{name:<34} n={len(label):<5} AUROC {figures[0]}  abstaining: precision {figures[1]} recall {figures[2]}")


def reliability(name: str, rows: Rows, found: Array) -> None:
    print(f"{name}: confidence from, questions, mean confidence, share answerable")
    label, found = rows.y[rows.counted], found[rows.counted]
    tenth = np.minimum((found * 10).astype(int), 9)
    error = 0.0
    for each in range(10):
        m = tenth == each
        if m.any():
            error += m.mean() * abs(found[m].mean() - label[m].mean())
            print(f"  {each / 10:.1f}  {m.sum():>4}  {found[m].mean():.3f}  {label[m].mean():.3f}")
    print(f"  expected calibration error {error:.3f}")


def measure(tune: Rows, held: Rows | None, medical: Rows) -> dict[str, Any]:
    """Print all figures; the model that is shipped."""
    model = fit([(medical, 1.0), (tune, SAMPLE_WEIGHT)])
    print("single signals, AUROC (sample tune and training, pubmedqa), weight:")
    for i, name in enumerate(tune.names):
        alone = [auroc(rows.y == 1, rows.x[:, i]) for rows in (tune, medical)]
        print(f"  {name:<14} {alone[0]:.3f}  {alone[1]:.3f}  {model['weights'][name]:+.3f}")
    folded = held_out(medical, tune, 1.0 / SAMPLE_WEIGHT)
    report("pubmedqa, five-fold by question", medical, folded)
    report("sample tune, five-fold", tune, held_out(tune, medical, SAMPLE_WEIGHT))
    training = replace(tune, counted=~tune.counted)
    report("sample training, five-fold", training, held_out(training, medical, SAMPLE_WEIGHT))
    report("across: pubmedqa -> sample tune", tune, confidence(fit([(medical, 1.0)]), tune))
    report("across: sample tune -> pubmedqa", medical, confidence(fit([(tune, 1.0)]), medical))
    report("pubmedqa, as shipped (seen)", medical, confidence(model, medical))
    if held is not None:
        report("across: pubmedqa -> sample held", held, confidence(fit([(medical, 1.0)]), held))
        report("sample held, as shipped", held, confidence(model, held))
    reliability("pubmedqa, five-fold", medical, folded)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("most", type=int, nargs="?", default=1000)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--held", action="store_true")
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    encoder = RememberingEncoder(given.cache)
    with tempfile.TemporaryDirectory() as folder:
        tune, held = sample_rows(Path(folder), encoder)
        medical = pubmedqa_rows(Path(folder), given.shared, given.most, encoder)
    encoder.save()
    model = measure(tune, held if given.held else None, medical)
    if given.write:
        OUT.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
