"""Trains the claim checker on the claim sets and rewrites its data files.

Usage: python benchmarks/train_checker.py SHARED [--cache FILE.npz]
SHARED holds claims/ (or data/claims/). Writes assistant/data/checker.json (coefficients, rarities, background, calibration, threshold)
and assistant/data/checker_words.npz (vectors of common words). Calibration and threshold come from scores held out by claim.
`benchmarks/bench_claims.py` measures what comes out. Deterministic on one machine.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from assistant.checking.checker import ClaimChecker, Compared, decide
from assistant.checking.model import COEFFICIENTS, WORDS, Head, Model, joined, tables_from
from assistant.checking.opposites import UNTURNED, turned
from assistant.checking.pairing import Tables
from assistant.checking.reading import read
from index import EmbeddingModel, Encoder, packaged_folder
from index.encoder import Tokens, Vectors
from ui.settings import load_settings

ABSTRACTS, RATIONALES, HEALTH = SETS = ("scifact_train_abstracts", "scifact_train_rationales", "healthver_dev")
RELATED = """cov_all cov_best cov_top2 cov_b cos_b cos_best cos_top2 cos_all c3_best c3_b c3_all c3_top2 c3_heads align_b lost_max rare3 rare3_b
    cov_subject cov_object bigram order_b precision_b num_lost num_has unknown_e len_evidence len_b len_claim sent_claim
    ctx_all ctx_best ctx_b ctx_top2 ctx_words ctx_words_b ctx_least ctx_least_b ctx_spread ctx_back""".split()
STANCE = """neg_differs neg_words dir_net dir_any dir_agree dir_against amount_product worth_product margin margin_all turn turn_cos neg_claim neg_b
    dir_claim unknown_e modal_b modal_over strong_claim modal_claim num_lost num_has null_claim null_b null_differs null_top2 chain_same chain_claim
    opposed opposed_any cov_b c3_best align_b len_b len_claim precision_b soft_b than than_b sent_claim
    ctx_turn_all ctx_turn_b ctx_turned_b""".split()
#: Made rows weigh less than real ones: parts of neutral abstracts, and claims turned round by rule.
CROPPED, TURNED = 0.1, 0.2
TREES = {"related": 120, "stance": 60}
RATE, DEPTH, LEAF, RIDGE = 0.06, 3, 20, 0.05
#: At most this share of contradicted rows may be called supported; the threshold is the lowest that keeps it, over held-out claims.
DANGER = 0.04
#: Below these the model alone says "contradicted". Set by hand: it is shown as "not supported", never as a finding.
CONTRADICTED = {"contradicted_related": 0.6, "contradicted_stance": 0.35}
#: Words seen this often get a stored vector, of this many numbers.
WORD_COUNT, WORD_SIZE = 3, 128

Row = dict[str, Any]


class RememberingEncoder:
    """The product's encoder with its vectors kept in memory and, when asked, in a file."""

    def __init__(self, cache: Path | None) -> None:
        self._encoder = Encoder(EmbeddingModel(packaged_folder(), load_settings().models))
        self._cache = cache
        self._rows: dict[str, Vectors] = {}
        self._tokens: dict[str, Tokens] = {}
        if cache and cache.exists():
            with np.load(cache, allow_pickle=False) as kept:
                self._rows = dict(zip(bytes(kept["texts"]).decode().split("\0"), kept["rows"], strict=True))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order."""
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if new:
            self._rows.update(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._rows[text] for text in texts]) if texts else np.zeros((0, 384), np.float32)

    def encode_tokens(self, texts: Sequence[str], *, remember: bool = True) -> tuple[Vectors, list[Tokens]]:
        """What `encode` gives, and each text's word pieces; these are kept in memory alone, with two bytes a number."""
        new = [text for text in dict.fromkeys(texts) if text not in self._tokens]
        if new:
            rows, tokens = self._encoder.encode_tokens(new)
            self._rows.update(zip(new, rows, strict=True))
            for text, own in zip(new, tokens, strict=True):
                self._tokens[text] = Tokens(own.vectors.astype(np.float16), own.spans)
        found = [self._tokens[text] for text in texts]
        return self.encode(texts), [Tokens(own.vectors.astype(np.float32), own.spans) for own in found]

    def save(self) -> None:
        """Write the file."""
        if self._cache:
            texts = np.frombuffer("\0".join(self._rows).encode(), dtype=np.uint8)
            np.savez(self._cache, texts=texts, rows=np.stack(list(self._rows.values())))


def load_sets(shared: Path) -> dict[str, list[Row]]:
    folder = next(path for path in (shared / "claims", shared / "data" / "claims", shared) if (path / f"{HEALTH}.jsonl").is_file())
    return {name: [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()] for name in SETS}


def rarity_spec(rows: Iterable[Row], top: float = 9.0) -> dict[str, Any]:
    """Inverse document frequencies in tenths, the unit being a sentence; stems seen once are left to the default."""
    counts: Counter[str] = Counter()
    texts = {row["evidence"] for row in rows} | {row["claim"] for row in rows}
    sentences = [sentence for text in sorted(texts) for sentence in read(text).sentences]
    for sentence in sentences:
        counts.update({word.stem for word in sentence.content})
    total = len(sentences)
    table = {stem: round(10 * min(top, math.log(total / n))) for stem, n in sorted(counts.items()) if n >= 2}
    return {"unseen": round(10 * min(top, math.log(total))), "table": table}


def background_spec(kinds: Iterable[Sequence[Row]], encoder: RememberingEncoder, axes: int = 3) -> dict[str, Any]:
    """The mean and first directions of claims and evidence sentences, without labels; each kind of set weighs the same, claims and evidence too."""
    means, parts = [], []
    for rows in kinds:
        claims = sorted({read(row["claim"]).text for row in rows})
        texts = sorted({sentence.text for row in rows for sentence in read(row["evidence"]).sentences})
        z, w = encoder.encode(claims + texts), np.r_[np.full(len(claims), 0.5 / len(claims)), np.full(len(texts), 0.5 / len(texts))]
        means.append(w @ z)
        parts.append((z - means[-1]) * np.sqrt(w)[:, None])
    directions = np.linalg.svd(np.vstack(parts), full_matrices=False)[2]
    return {"mean": np.mean(means, axis=0).round(4).tolist(), "axes": directions[:axes].round(4).tolist()}


def word_table(rows: Iterable[Row], encoder: RememberingEncoder) -> dict[str, Any]:
    """Vectors of common words, their mean taken out, in their directions of most spread, one byte a number."""
    counts: Counter[str] = Counter()
    for text in sorted({row["evidence"] for row in rows} | {row["claim"] for row in rows}):
        counts.update(word.norm for word in read(text).content)
    words = sorted(counts)
    vectors = encoder.encode(words)
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:WORD_SIZE]
    kept = [i for i, word in enumerate(words) if counts[word] >= WORD_COUNT]
    part = centred[kept] @ axes.T
    rows8 = np.round(part * 127 / np.abs(part).max(axis=1, keepdims=True)).astype(np.int8)
    names = np.frombuffer("\n".join(words[i] for i in kept).encode(), dtype=np.uint8)
    return {"words": names, "rows": rows8, "mean": mean.astype(np.float32), "axes": axes.astype(np.float32)}


@dataclass
class Table:
    """Features of rows; `made` says whether a row is real ("row") or made from one, `number` is its row in its set."""

    found: list[Compared]
    names: list[str]
    x: np.ndarray
    set: np.ndarray
    number: np.ndarray
    made: np.ndarray
    label: np.ndarray

    def columns(self, wanted: Sequence[str]) -> np.ndarray:
        """The values of some features, in the order asked for."""
        return self.x[:, [self.names.index(name) for name in wanted]]


def make_table(sets: dict[str, list[Row]], encoder: RememberingEncoder, tables: Tables) -> Table:
    entries = []
    rng = random.Random(0)  # noqa: S311 - a fixed choice of rows, no secret
    for name in SETS:
        for number, row in enumerate(sets[name]):
            entries.append((name, number, "row", row["claim"], row["evidence"], row["label_std"]))
            if row["label_std"] == "SUPPORT" and not turned(row["claim"]).startswith(UNTURNED):
                entries.append((name, number, "turned", turned(row["claim"]), row["evidence"], "CONTRADICT"))
            if row["label_std"] == "NEUTRAL" and name != HEALTH:
                parts = [sentence.text for sentence in read(row["evidence"]).sentences]
                if name == RATIONALES:  # never trained on: the same set with short neutral evidence
                    entries.append((name, number, "short", row["claim"], rng.choice(parts), "NEUTRAL"))
                elif len(parts) > 1:  # a part of it does not bear the claim out either
                    order = np.argsort(-(encoder.encode(parts) @ encoder.encode([row["claim"]])[0]))
                    for text in (parts[order[0]], " ".join(parts[j] for j in sorted(order[:2])), rng.choice(parts)):
                        entries.append((name, number, "cropped", row["claim"], text, "NEUTRAL"))
    compared = ClaimChecker(encoder, tables).compare([(entry[3], entry[4]) for entry in entries])
    kept = [(entry, found) for entry, found in zip(entries, compared, strict=True) if found]
    names = list(kept[0][1].features)
    x = np.array([[found.features[name] for name in names] for _, found in kept])
    columns = [np.array([entry[i] for entry, _ in kept]) for i in (0, 1, 2, 5)]
    return Table([found for _, found in kept], names, x, *columns)


def row_weights(table: Table, mask: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Both classes weigh the same within SciFact and within HealthVer, so that no set is told by its share of a label."""
    w = np.ones(mask.sum())
    w[table.made[mask] == "cropped"] = CROPPED
    w[table.made[mask] == "turned"] = TURNED
    for health in (False, True):
        for value in (False, True):
            m = ((table.set[mask] == HEALTH) == health) & (y[mask] == value)
            if m.any():
                w[m] *= 500 / w[m].sum()
    return w * mask.sum() / w.sum()


def fit_head(x: np.ndarray, y: np.ndarray, w: np.ndarray, names: list[str], trees: int) -> dict[str, Any]:
    scaler = StandardScaler().fit(x)
    linear = LogisticRegression(C=RIDGE, max_iter=3000).fit(scaler.transform(x), y, sample_weight=w)
    forest = GradientBoostingClassifier(
        n_estimators=trees, max_depth=DEPTH, learning_rate=RATE, subsample=0.5, max_features=0.3, min_samples_leaf=LEAF, random_state=0
    ).fit(x, y, sample_weight=w)
    prior = float(np.average(y, weights=w))
    return {
        "features": names,
        "mean": scaler.mean_.round(5).tolist(),
        "scale": scaler.scale_.round(5).tolist(),
        "coef": linear.coef_[0].round(5).tolist(),
        "intercept": round(float(linear.intercept_[0]), 5),
        "depth": DEPTH,
        "base": round(math.log(prior / (1 - prior)), 5),
        "trees": [_tree(row[0].tree_) for row in forest.estimators_],
    }


def _tree(tree: Any) -> dict[str, list[Any]]:
    return {
        "feature": [int(f) if f >= 0 else -1 for f in tree.feature],
        "threshold": [float(np.float32(v)) if f >= 0 else 0.0 for f, v in zip(tree.feature, tree.threshold, strict=True)],
        "left": [max(int(v), 0) for v in tree.children_left],
        "right": [max(int(v), 0) for v in tree.children_right],
        "value": [round(RATE * float(v), 5) if f < 0 else 0.0 for f, v in zip(tree.feature, tree.value[:, 0, 0], strict=True)],
    }


def fit(table: Table, part: np.ndarray, drop: frozenset[str] = frozenset()) -> dict[str, dict[str, Any]]:
    """Both heads, trained on a part of the table."""
    part = part & (table.made != "short")
    if (table.set[part] == ABSTRACTS).any() and (table.set[part] == RATIONALES).any():  # their neutral rows are the abstracts' over again
        part = part & ~((table.set == RATIONALES) & (table.label == "NEUTRAL"))
    tasks = {
        "related": (RELATED, part & (table.made != "turned"), table.label != "NEUTRAL"),
        "stance": (STANCE, part & (table.label != "NEUTRAL"), table.label == "SUPPORT"),
    }
    specs = {}
    for head, (wanted, mask, y) in tasks.items():
        names = [name for name in wanted if name not in drop]
        specs[head] = fit_head(table.columns(names)[mask], y[mask], row_weights(table, mask, y), names, TREES[head])
    return specs


def logits(specs: dict[str, dict[str, Any]], table: Table, mask: np.ndarray) -> np.ndarray:
    heads = [Head(specs[name]) for name in ("related", "stance")]
    return np.array([[head(table.found[i].features) for head in heads] for i in np.flatnonzero(mask)])


def groups(sets: dict[str, list[Row]], by: str) -> dict[str, list[str]]:
    """Group of each row: its document; or (stricter) all that a document or a claim joins, and the topic for HealthVer."""
    parent: dict[str, str] = {}

    def root(x: str) -> str:
        parent.setdefault(x, x)
        while parent[x] != x:
            x = parent[x]
        return x

    if by == "claim":
        for name in (ABSTRACTS, RATIONALES):
            for row in sets[name]:
                parent[root(f"c{row['claim_id']}")] = root(f"d{row['doc_id']}")
    return {
        name: [root(f"d{row['doc_id']}") if name != HEALTH else (f"t{row['topic']}" if by == "claim" else row["evidence"]) for row in sets[name]]
        for name in SETS
    }


def folds(table: Table, sets: dict[str, list[Row]], by: str, seed: int, only: Sequence[str] = SETS) -> np.ndarray:
    """Fold 0..4 of each row by its group, -1 for rows of other sets."""
    of_row = groups(sets, by)
    names = sorted({group for name in only for group in of_row[name]})
    random.Random(seed).shuffle(names)  # noqa: S311 - folds, no secret
    fold = {group: i % 5 for i, group in enumerate(names)}
    return np.array([fold[of_row[s][i]] if s in only else -1 for s, i in zip(table.set, table.number, strict=True)])


def held_out(table: Table, sets: dict[str, list[Row]], by: str, seed: int, *, pooled: bool = True, drop: frozenset[str] = frozenset()) -> np.ndarray:
    """Logits of both heads for every row from a model that saw nothing of its group; one model for all sets, or one a set."""
    result = np.zeros((len(table.set), 2))
    for only in [SETS] if pooled else [(name,) for name in SETS]:
        fold = folds(table, sets, by, seed, only)
        for k in range(5):
            result[fold == k] = logits(fit(table, (fold >= 0) & (fold != k), drop), table, fold == k)
    return result


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def real_rows(table: Table) -> np.ndarray:
    """Rows that count in tests over all sets: no made ones, none twice."""
    return (table.made == "row") & ~((table.set == RATIONALES) & (table.label == "NEUTRAL"))


def kind_weights(table: Table) -> np.ndarray:
    """Weights that let SciFact and HealthVer count the same."""
    real, w = real_rows(table), np.zeros(len(table.set))
    for health in (False, True):
        m = real & ((table.set == HEALTH) == health)
        w[m] = 1000 / m.sum()
    return w


def calibrate(table: Table, runs: Sequence[np.ndarray]) -> dict[str, Any]:
    """Platt scaling of both probabilities joined, and the threshold, from held-out logits."""
    real, w, y = real_rows(table), kind_weights(table), table.label == "SUPPORT"
    raw = np.clip(np.mean([joined(sigmoid(run[:, 0]), sigmoid(run[:, 1])) for run in runs], axis=0), 1e-6, 1 - 1e-6)
    z = np.log(raw / (1 - raw))
    platt = LogisticRegression(C=1e6).fit(z[real, None], y[real], sample_weight=w[real])
    slope, offset = round(float(platt.coef_[0, 0]), 4), round(float(platt.intercept_[0]), 4)
    p = sigmoid(slope * z + offset)
    faulty = np.array([bool(found.findings.faults) for found in table.found])
    contra = table.label == "CONTRADICT"
    at = next(t for t in np.arange(0.4, 1.0, 0.01) if (real & ~faulty & contra & (p >= t)).sum() <= DANGER * (real & contra).sum())
    return {"calibration": {"slope": slope, "offset": offset}, "thresholds": {"supported": round(float(at), 2), **CONTRADICTED}}


def verdicts(table: Table, runs: Sequence[np.ndarray], model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Verdict and score of each row as shipped, rules included, from held-out logits."""
    related, stance = (sigmoid(np.mean([run[:, i] for run in runs], axis=0)) for i in (0, 1))
    out = [decide(found.findings, float(r), float(s), model) for found, r, s in zip(table.found, related, stance, strict=True)]
    return np.array([support.value for support, _ in out]), np.array([score for _, score in out])


def label_free(rows: Sequence[Row], kinds: Sequence[Sequence[Row]], encoder: RememberingEncoder) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is made without labels: rarity and background; vectors of words."""
    return {"rarity": rarity_spec(rows), "background": background_spec(kinds, encoder)}, word_table(rows, encoder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    sets, encoder = load_sets(given.shared), RememberingEncoder(given.cache)
    rows = [row for name in SETS for row in sets[name]]
    spec, words = label_free(rows, [sets[ABSTRACTS], sets[HEALTH]], encoder)
    table = make_table(sets, encoder, tables_from(spec, words))
    encoder.save()
    runs = [held_out(table, sets, "claim", seed) for seed in (0, 1)]
    spec = {"version": 1, "trained_on": list(SETS), **spec, **calibrate(table, runs), **fit(table, np.ones(len(table.set), dtype=bool))}
    COEFFICIENTS.write_text(json.dumps(spec, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    np.savez_compressed(WORDS, **words)
    for path in (COEFFICIENTS, WORDS):
        print(f"{path.name}: {path.stat().st_size // 1024} kB")
    print(f"threshold {spec['thresholds']['supported']}, calibration {spec['calibration']}, {len(spec['rarity']['table'])} stems, {len(words['rows'])} words")


if __name__ == "__main__":
    main()
