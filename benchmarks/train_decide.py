"""Trains the model that decides whether the evidence answers a question, and prints how well it does on questions held out.

Usage: python benchmarks/train_decide.py SHARED_DATA [PUBMEDQA_QUESTIONS] [--write]
Data: the `tune` half of benchmarks/data/sample_questions.jsonl, and PubMedQA's questions (every second one with its own abstract taken out of
the collection). Signals are computed by the product's own searcher. With --write the coefficients in assistant/data are replaced.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from assistant.decide import signals
from assistant.evidence import ask_about, collect, weigh
from corpus import Library, parse_filter
from corpus.importing import import_files
from index import EmbeddingModel, Encoder, IndexHome, IndexSpec, PassageSplitter, SearchConfig, Searcher, Syncer, packaged_folder
from ui.settings import load_settings

ROOT = Path(__file__).parent.parent
Array = np.ndarray[Any, Any]
OUT = ROOT / "assistant" / "data" / "decide.json"


class Collection:
    """A searchable throw-away collection."""

    def __init__(self, folder: Path, files: list[Path]) -> None:
        model = EmbeddingModel(packaged_folder(), load_settings().models)
        self.encoder = Encoder(model)
        self.library = Library(f"sqlite:///{folder / 'library.sqlite'}", create=True)
        import_files(self.library, list(files))
        spec = IndexSpec(weights_sha256=model.sha256)
        built, splitter = IndexHome(folder / "index").open(spec), PassageSplitter(spec, model)
        Syncer(self.library, built, splitter, self.encoder).sync()
        self.searcher = Searcher(self.library, built, splitter, self.encoder, SearchConfig(spec=spec))

    def signals(self, question: str, without: list[str]) -> dict[str, float]:
        """The signals for a question, some records being taken out."""
        chosen = parse_filter([f"id!={'|'.join(without)}"] if without else [], self.library.vocabulary)
        asked = ask_about(question, self.searcher.frequencies)
        result = self.searcher.search(question, 12, chosen)
        return signals(asked, result, weigh(asked, collect(result.hits), self.encoder))


def sample_questions() -> list[dict[str, Any]]:
    lines = (ROOT / "benchmarks" / "data" / "sample_questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def pubmedqa(folder: Path, shared: Path, most: int) -> tuple[Path, list[dict[str, Any]]]:
    source = shared / "retrieval" / "pubmedqa"
    records = folder / "pubmedqa.jsonl"
    with records.open("w", encoding="utf-8") as out:
        for line in (source / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            out.write(json.dumps({"id": f"pmid-{entry['_id']}", "title": entry["title"], "abstract": entry["text"]}) + "\n")
    questions = []
    for number, line in enumerate((source / "queries.jsonl").read_text(encoding="utf-8").splitlines()[:most]):
        entry = json.loads(line)
        answerable = number % 2 == 0
        own = f"pmid-{entry['_id'].removeprefix('q')}"
        questions.append({"question": entry["text"], "answerable": answerable, "without": [] if answerable else [own]})
    return records, questions


def rows(collection: Collection, questions: list[dict[str, Any]]) -> tuple[list[str], Array, Array]:
    found = [collection.signals(entry["question"], entry["without"]) for entry in questions]
    names = sorted(found[0])
    return names, np.array([[signals[name] for name in names] for signals in found]), np.array([entry["answerable"] for entry in questions], dtype=int)


def report(name: str, labels: Array, probabilities: Array, threshold: float) -> None:
    said_no, no = probabilities < threshold, labels == 0
    hits = int((said_no & no).sum())
    precision, recall = hits / max(1, said_no.sum()), hits / max(1, no.sum())
    rng = np.random.default_rng(7)
    spread = []
    for _ in range(1000):
        pick = rng.integers(0, len(labels), len(labels))
        if 0 < labels[pick].sum() < len(pick):
            spread.append(roc_auc_score(labels[pick], probabilities[pick]))
    low, high = np.percentile(spread, [2.5, 97.5])
    area = f"AUROC {roc_auc_score(labels, probabilities):.3f} [{low:.3f}, {high:.3f}]"
    print(f"{name:<28} n={len(labels):<5} {area}  abstaining: precision {precision:.3f} recall {recall:.3f}")


def main(shared: Path, most: int, write: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        for name in ("sample", "pubmedqa"):
            (base / name).mkdir()
        sample = Collection(base / "sample", [ROOT / "corpus" / "sample"])
        questions = sample_questions()
        tune = [entry for entry in questions if entry["split"] == "tune"]
        held = [entry for entry in questions if entry["split"] == "held"]
        names, tune_x, tune_y = rows(sample, tune)
        _, held_x, held_y = rows(sample, held)
        records, medical = pubmedqa(base, shared, most)
        other = Collection(base / "pubmedqa", [records])
        _, med_x, med_y = rows(other, medical)
    x, y = np.vstack([tune_x, med_x]), np.concatenate([tune_y, med_y])
    weights = np.concatenate([np.full(len(tune_y), len(med_y) / len(tune_y)), np.ones(len(med_y))])
    means, scales = x.mean(0), np.maximum(x.std(0), 1e-6)
    model = LogisticRegression(C=0.3, max_iter=2000).fit((x - means) / scales, y, sample_weight=weights)
    threshold = 0.5
    print("single signals, AUROC (sample tune, pubmedqa):")
    for i, name in enumerate(names):
        print(f"  {name:<16} {roc_auc_score(tune_y, tune_x[:, i]):.3f}  {roc_auc_score(med_y, med_x[:, i]):.3f}   weight {model.coef_[0][i]:+.3f}")
    folds = cross_val_predict(LogisticRegression(C=0.3, max_iter=2000), (med_x - means) / scales, med_y, cv=5, method="predict_proba")[:, 1]
    report("pubmedqa, five-fold", med_y, folds, threshold)
    report("pubmedqa, shipped model", med_y, model.predict_proba((med_x - means) / scales)[:, 1], threshold)
    report("sample, tune", tune_y, model.predict_proba((tune_x - means) / scales)[:, 1], threshold)
    report("sample, held", held_y, model.predict_proba((held_x - means) / scales)[:, 1], threshold)
    if write:
        table = {
            "threshold": threshold,
            "intercept": round(float(model.intercept_[0]), 5),
            "weights": {name: round(float(value), 5) for name, value in zip(names, model.coef_[0], strict=True)},
            "means": {name: round(float(value), 5) for name, value in zip(names, means, strict=True)},
            "scales": {name: round(float(value), 5) for name, value in zip(names, scales, strict=True)},
        }
        OUT.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), next((int(word) for word in sys.argv[2:] if word.isdigit()), 1000), "--write" in sys.argv)
