"""Measures the claim checker: `python benchmarks/bench_claims.py [SHARED] [--cache FILE.npz] [--ablate] [--strict] [--plot]`.

SHARED (default: ../shared) holds claims/ or data/claims/. AUROC is of SUPPORT against the rest unless said; every figure is of rows whose
document, claim and topic, or set, was not in training; models are trained anew here, with the recipe of `train_checker.py`. Baselines come from
the same run. "Supported although contradicted" counts verdicts as shipped, rules included. With --plot a calibration plot goes to docs/figures.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score
from train_checker import (
    ABSTRACTS,
    HEALTH,
    RATIONALES,
    SETS,
    RememberingEncoder,
    Table,
    calibrate,
    fit,
    folds,
    held_out,
    kind_weights,
    label_free,
    load_sets,
    logits,
    make_table,
    real_rows,
    sigmoid,
    verdicts,
)

from assistant.checking.model import Model, joined, tables_from
from corpus import InputError

ROOT = Path(__file__).parent.parent
#: Folds 0 and 1 were chosen by (see `train_checker.py`): these only measure.
SEEDS = (2, 3)
BLOCKS = {
    "lengths": "len_evidence len_b len_claim sent_claim",
    "cosines, background out": "c3_best c3_b c3_all c3_top2 c3_heads",
    "soft alignment": "align_b",
    "plain cosines": "cos_b cos_best cos_top2 cos_all",
    "word coverage": "cov_all cov_best cov_top2 cov_b cov_subject cov_object rare3 rare3_b lost_max bigram order_b precision_b",
    "turned claims": "margin margin_all turn turn_cos",
    "direction": "dir_net dir_any dir_agree dir_against amount_product worth_product dir_claim chain_same chain_claim",
    "negation and null results": "neg_differs neg_words neg_claim neg_b null_claim null_b null_differs null_top2",
    "opposites": "opposed opposed_any",
    "figures": "num_lost num_has",
    "certainty": "modal_b modal_over modal_claim soft_b strong_claim unknown_e",
}


def chance(run: np.ndarray) -> np.ndarray:
    """P(related) and P(same stance) joined as the product joins them."""
    score: np.ndarray = joined(sigmoid(run[:, 0]), sigmoid(run[:, 1]))
    return score


def per_set(table: Table, score: np.ndarray, *, stance: bool = False) -> list[float]:
    """AUROC in each set; `stance`: SUPPORT against CONTRADICT alone."""
    out = []
    for name in SETS:
        m = (table.set == name) & (table.made == "row")
        if stance:
            m &= table.label != "NEUTRAL"
        out.append(float(roc_auc_score(table.label[m] == "SUPPORT", score[m])))
    return out


def line(title: str, values: Sequence[float]) -> None:
    print(f"{title:<58}" + "".join(f"{value:>11.3f}" for value in values) + f"{np.mean(values):>11.3f}", flush=True)


def mean_of(table: Table, runs: Sequence[np.ndarray]) -> list[float]:
    return list(np.mean([per_set(table, chance(run)) for run in runs], axis=0))


def baselines(table: Table) -> None:
    for title, name in (
        ("baseline: best-sentence cosine", "cos_best"),
        ("baseline: rarity-weighted coverage, whole evidence", "cov_all"),
        ("baseline: rarity-weighted coverage, best sentence", "cov_best"),
    ):
        line(title, per_set(table, table.columns([name])[:, 0]))


def across(sets: dict[str, list[Any]], encoder: RememberingEncoder) -> list[float]:
    """Trained on one kind of set, tables without labels included, tested on the other."""
    values = []
    for trained, tested in (((HEALTH,), (ABSTRACTS, RATIONALES)), ((ABSTRACTS, RATIONALES), (HEALTH,))):
        spec, words = label_free([row for name in trained for row in sets[name]], [sets[trained[0]]], encoder)
        table = make_table(sets, encoder, tables_from(spec, words))
        specs = fit(table, np.isin(table.set, trained))
        for name in tested:
            m = (table.set == name) & (table.made == "row")
            values.append(float(roc_auc_score(table.label[m] == "SUPPORT", chance(logits(specs, table, m)))))
    return values


def strict(sets: dict[str, list[Any]], encoder: RememberingEncoder, table: Table) -> list[float]:
    """By claim, the tables without labels too made anew from the training part of each fold."""
    fold = folds(table, sets, "claim", 0)
    result = np.zeros((len(fold), 2))
    of = {name: dict(zip(table.number[table.set == name].tolist(), fold[table.set == name].tolist(), strict=True)) for name in SETS}
    for k in range(5):
        part = {name: [row for number, row in enumerate(sets[name]) if of[name].get(number) != k] for name in SETS}
        spec, words = label_free([row for name in SETS for row in part[name]], [part[ABSTRACTS], part[HEALTH]], encoder)
        made = make_table(sets, encoder, tables_from(spec, words))
        result[fold == k] = logits(fit(made, fold != k), made, fold == k)
    return per_set(table, chance(result))


def danger(table: Table, word: np.ndarray) -> None:
    print("\nverdicts as shipped, held out by claim, share of the rows of a label:")
    for name in SETS:
        for label in ("SUPPORT", "CONTRADICT", "NEUTRAL"):
            m = (table.set == name) & (table.made == "row") & (table.label == label)
            shares = "  ".join(f"{verdict} {np.mean(word[m] == verdict):.3f}" for verdict in ("supported", "contradicted", "unsupported"))
            print(f"  {name:<26}{label:<12}{shares}  (n = {m.sum()})")
    real = real_rows(table)
    shown = real & (word == "supported")
    parts = ", ".join(f"{label} {np.mean(table.label[shown] == label):.3f}" for label in ("SUPPORT", "CONTRADICT", "NEUTRAL"))
    wrong, all_wrong = (shown & (table.label == "CONTRADICT")).sum(), (real & (table.label == "CONTRADICT")).sum()
    print(f"  of those called supported: {parts} (n = {shown.sum()})")
    print(f"  contradicted rows called supported: {wrong} of {all_wrong} ({wrong / all_wrong:.3f})")


def calibration(table: Table, score: np.ndarray, title: str) -> list[tuple[float, float]]:
    """Prints the bins and the expected calibration error; returns mean score and share supported of each bin."""
    real, w, y = real_rows(table), kind_weights(table), table.label == "SUPPORT"
    print(f"\ncalibration ({title}; each kind of set weighs the same): share of rows, mean score, share supported")
    points, error = [], 0.0
    for low in np.arange(0, 1, 0.1):
        m = real & (score >= low) & (score < low + 0.1 + (1e-9 if low > 0.85 else 0))
        if m.any():
            share, mean, right = float(w[m].sum() / w[real].sum()), float(np.average(score[m], weights=w[m])), float(np.average(y[m], weights=w[m]))
            error += share * abs(mean - right)
            points.append((mean, right))
            print(f"  {low:.1f}  {share:.3f}  {mean:.3f}  {right:.3f}")
    print(f"  ECE {error:.3f}")
    return points


def plot(points: Sequence[tuple[float, float]]) -> None:
    try:
        import matplotlib
    except ImportError:
        print("matplotlib is not installed: no plot")
        return
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "claim_calibration"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(4, 4))
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1)
    axes.plot(*zip(*points, strict=True), marker="o")
    axes.set(xlabel="score", ylabel="share supported", title="Claim checker, held out by claim")
    path = ROOT / "docs" / "figures" / "claim_calibration.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    print(f"plot: {path}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, nargs="?", default=ROOT.parent / "shared")
    parser.add_argument("--cache", type=Path, help="keep vectors in this file, for the next run")
    parser.add_argument("--ablate", action="store_true", help="leave out each group of features in turn")
    parser.add_argument("--strict", action="store_true", help="make rarity, background and word vectors anew in each fold")
    parser.add_argument("--plot", action="store_true", help="write docs/figures/claim_calibration.svg")
    given = parser.parse_args()
    if not given.shared.is_dir():
        raise InputError("there is no shared data here", where=str(given.shared), remedy="Name the folder")
    began = time.monotonic()
    sets, encoder = load_sets(given.shared), RememberingEncoder(given.cache)
    spec, words = label_free([row for name in SETS for row in sets[name]], [sets[ABSTRACTS], sets[HEALTH]], encoder)
    table = make_table(sets, encoder, tables_from(spec, words))
    print(f"{'AUROC, SUPPORT against the rest':<58}{'abstracts':>11}{'rationales':>11}{'HealthVer':>11}{'mean':>11}")
    baselines(table)
    runs: list[np.ndarray] = []
    for by, words_by in (("document", "document"), ("claim", "claim and topic")):
        for pooled in (False, True):
            runs = [held_out(table, sets, by, seed, pooled=pooled) for seed in SEEDS]
            line(f"five-fold by {words_by}, {'one model for all sets' if pooled else 'within each set'}", mean_of(table, runs))
            plain = [sigmoid(run[:, 0]) * sigmoid(run[:, 1]) for run in runs]
            line("   both probabilities simply multiplied", list(np.mean([per_set(table, product) for product in plain], axis=0)))
            line("   SUPPORT against CONTRADICT", list(np.mean([per_set(table, run[:, 1], stance=True) for run in runs], axis=0)))
    m = (table.set == RATIONALES) & ((table.made == "short") | ((table.made == "row") & (table.label != "NEUTRAL")))
    short = np.mean([roc_auc_score(table.label[m] == "SUPPORT", chance(run)[m]) for run in runs])
    print(f"   rationales, their neutral evidence cut to one sentence: {short:.3f}")
    if given.strict:
        line("   same, tables without labels made in each fold", strict(sets, encoder, table))
    line("across: HealthVer -> SciFact (two), SciFact -> HealthVer", across(sets, encoder))
    if given.ablate:
        for title, names in BLOCKS.items():
            line(f"   by claim, one model, without {title}", per_set(table, chance(held_out(table, sets, "claim", 0, drop=frozenset(names.split())))))
    model = Model.from_spec({**calibrate(table, runs), **fit(table, np.ones(len(table.set), dtype=bool))})
    word, score = verdicts(table, runs, model)
    line("by claim, one model, score as shipped with the rules", per_set(table, score))
    danger(table, word)
    bare = [replace(found, findings=replace(found.findings, faults=(), contrary=(), copy=False)) for found in table.found]
    calibration(table, verdicts(replace(table, found=bare), runs, model)[1], "the model alone")
    points = calibration(table, score, "as shipped, rules included")
    encoder.save()
    if given.plot:
        plot(points)
    print(f"\nthreshold {model.thresholds.supported:.2f}; {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
