"""On the shared claim sets: no worse than the research this came from, and the sums hold."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from assistant import ClaimChecker, Support

#: AUROC of the research code with the coefficients it shipped, on the rows taken below (both trained on these sets: a check of the port, no estimate).
RESEARCH = {"scifact_train_rationales": 0.7807, "healthver_dev": 0.7861}


def rows_of(shared: Path, name: str) -> list[dict[str, str]]:
    rows = [json.loads(line) for line in (shared / "claims" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    if name.startswith("scifact"):
        rows = [row for row in rows if row["label_std"] != "NEUTRAL"]  # those are whole abstracts: slow, and told by their length
    return rows[::14]


def auroc(rows: Sequence[dict[str, str]], scores: Sequence[float]) -> float:
    return float(roc_auc_score([row["label_std"] == "SUPPORT" for row in rows], scores))


def test_as_good_as_the_research(shared: Path, checker: ClaimChecker) -> None:
    reached = {}
    for name in RESEARCH:
        rows = rows_of(shared, name)
        verdicts = checker.check_pairs([(row["claim"], row["evidence"]) for row in rows])
        reached[name] = auroc(rows, [verdict.score for verdict in verdicts])
        shown = {row["label_std"] for row, verdict in zip(rows, verdicts, strict=True) if verdict.support == Support.SUPPORTED}
        assert "SUPPORT" in shown
        wrong = [verdict.support == Support.SUPPORTED for row, verdict in zip(rows, verdicts, strict=True) if row["label_std"] == "CONTRADICT"]
        assert np.mean(wrong) <= 0.1
    assert np.mean(list(reached.values())) >= np.mean(list(RESEARCH.values())) - 0.005, reached
