"""Figures over labelled questions, held against scikit-learn, and what a line of a file may be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_score, recall_score, roc_auc_score

from assistant import LabelledQuestion, abstention_report


def result(answerable: bool, confidence: float, kind: str = "", **sentences: int) -> dict[str, object]:
    outcome = "answered" if confidence >= 0.5 else "not_in_corpus"
    head = LabelledQuestion("Is it so?", answerable, (), kind).as_dict()
    return {**head, "outcome": outcome, "confidence": confidence, "sentences": sentences, "draft": {}, "seconds": 0.1}


rows = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.2, 0.4, 0.5, 0.7, 1.0])), min_size=1, max_size=30)


@settings(max_examples=40, deadline=None)
@given(rows)
def test_figures_equal_those_of_scikit_learn(given_rows: list[tuple[bool, float]]) -> None:
    report = abstention_report([result(*row) for row in given_rows], resamples=20)["abstention"]
    truth, abstained = np.array([not answerable for answerable, _ in given_rows]), np.array([confidence < 0.5 for _, confidence in given_rows])
    confidence = [confidence for _, confidence in given_rows]
    wanted = {
        "precision": precision_score(truth, abstained) if abstained.any() else None,
        "recall": recall_score(truth, abstained) if truth.any() else None,
        "auroc": roc_auc_score(~truth, confidence) if 0 < truth.sum() < len(truth) else None,
    }
    for name, value in wanted.items():
        found = report[name]
        assert found["value"] == (None if value is None else pytest.approx(value, abs=1e-4))
        if value is not None:
            low, high = found["interval"]
            assert 0 <= low <= high <= 1


def test_shares_kinds_and_calibration() -> None:
    results = [result(True, 0.9, "plain", verbatim=3), result(False, 0.8, "near miss", verbatim=1), result(False, 0.1, "near miss")]
    report = abstention_report(results)
    assert (report["questions"], report["answerable"], report["abstained"]) == (3, 1, 1)
    assert report["sentences"] == {"number": 4, "shares": {"verbatim": 1.0}}
    assert report["kinds"]["near miss"] == {"questions": 2, "answerable": 0, "abstained": 1, "right": 1}
    assert report["calibration"][0] == {"from": 0.1, "questions": 1, "confidence": 0.1, "answerable": 0.0}
    assert abstention_report(results) == report  # resampling has a fixed seed


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"answerable": True}, '"question" is missing'),
        ({"question": 3, "answerable": True}, '"question" is not a text'),
        ({"question": "Is it?", "answerable": 1}, '"answerable" is not true or false'),
        ({"question": "Is it?", "answerable": True, "without": "x"}, '"without" is not a list'),
        ({"question": "Is it?", "answerable": True, "kind": 3}, '"kind" is not a text'),
        ({"question": "  ", "answerable": True}, "the question is empty"),
        ({"question": "x" * 3_000, "answerable": True}, "2,000 is the most"),
    ],
)
def test_a_bad_line_says_what_is_wrong(line: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        LabelledQuestion.from_dict(line)


def test_a_good_line_comes_back_as_it_was() -> None:
    line = {"question": "Is it  so?", "answerable": False, "without": ["a", "a", "b"], "kind": "near miss", "more": 1}
    assert LabelledQuestion.from_dict(line) == LabelledQuestion("Is it so?", False, ("a", "b"), "near miss")
