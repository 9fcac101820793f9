"""Hand-made minimal pairs, and findings of the sample collection turned round by rule: what is turned is never shown as supported."""

import json
import random
import re
from itertools import pairwise
from pathlib import Path

import pytest

from assistant import ClaimChecker, Support
from assistant.checking.opposites import UNTURNED, turned

PAIRS = [json.loads(line) for line in (Path(__file__).parent / "pairs.jsonl").read_text(encoding="utf-8").splitlines()]
SWAPS = {
    "psilocybin": "ketamine",
    "ketamine": "ibogaine",
    "lsd": "psilocybin",
    "mdma": "ketamine",
    "ayahuasca": "ibogaine",
    "esketamine": "psilocybin",
    "psychedelics": "benzodiazepines",
    "depression": "anxiety",
    "anxiety": "insomnia",
    "cannabis": "alcohol",
}


def test_minimal_pairs(checker: ClaimChecker) -> None:
    verdicts = checker.check_pairs([(pair["claim"], pair["evidence"]) for pair in PAIRS])
    shown = [verdict.support == Support.SUPPORTED for verdict in verdicts]
    right = [is_shown == (pair["want"] == "supported") for pair, is_shown in zip(PAIRS, shown, strict=True)]
    dangerous = [pair for pair, is_shown in zip(PAIRS, shown, strict=True) if is_shown and pair["want"] != "supported"]
    assert dangerous == []
    assert sum(right) / len(PAIRS) >= 0.93


def swapped(text: str) -> str | None:
    for word, other in SWAPS.items():
        if re.search(rf"\b{word}\b", text, re.I) and not re.search(rf"\b{other}\b", text, re.I):
            return re.sub(rf"\b{word}\b", other, text, flags=re.I)
    return None


def other_figure(text: str) -> str | None:
    found = re.search(r"(?<![\w.-])\d+(?:\.\d+)?(?![\w-])", text)
    if not found:
        return None
    value = found.group()
    return text[: found.start()] + (f"{float(value) + 7:g}" if "." in value else str(int(value) + 7)) + text[found.end() :]


def denied(text: str) -> str | None:
    out, count = re.subn(r"\b(was|were|is|are|can|could|did|has|have)\b", r"\1 not", text, count=1)
    return out if count and not re.search(r"\b(?:not|no|without)\b", text) else None


def direction_turned(text: str) -> str | None:
    out = turned(text)
    return None if out.startswith(UNTURNED) else out


@pytest.mark.parametrize("turn", [swapped, other_figure, denied, direction_turned])
def test_a_finding_turned_by_rule_is_never_supported(turn: object, checker: ClaimChecker, findings: list[str]) -> None:
    assert callable(turn)
    pairs = [(made, text) for text in findings if (made := turn(text)) and made != text]
    pairs = random.Random(3).sample(pairs, min(80, len(pairs)))
    assert len(pairs) > 30
    wrong = [pair for pair, verdict in zip(pairs, checker.check_pairs(pairs), strict=True) if verdict.support == Support.SUPPORTED]
    assert wrong == []


def test_a_finding_itself_is_supported_and_another_is_not(checker: ClaimChecker, findings: list[str]) -> None:
    chosen = random.Random(4).sample(findings, 60)
    same = [verdict.support == Support.SUPPORTED for verdict in checker.check_pairs([(text, text) for text in chosen])]
    other = [verdict.support == Support.SUPPORTED for verdict in checker.check_pairs(list(pairwise(chosen)))]
    assert all(same)
    assert sum(other) <= 1


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("Psilocybin reduced depression scores in 90 patients.", "90"),
        ("Psilocybin did not reduce depression scores in 53 patients.", "negated"),
        ("Psilocybin increased depression scores in 53 patients.", "direction"),
        ("Ketamine reduced depression scores in 53 patients.", "Ketamine"),
    ],
)
def test_reasons_name_what_was_turned(checker: ClaimChecker, claim: str, reason: str) -> None:
    (verdict,) = checker.check(claim, ["Psilocybin reduced depression scores in 53 patients."])
    assert verdict.support != Support.SUPPORTED
    assert reason in " ".join(verdict.reasons)


def test_a_contradiction_is_a_verdict_of_its_own(checker: ClaimChecker) -> None:
    (verdict,) = checker.check("Psilocybin increased anxiety.", ["Psilocybin reduced anxiety."])
    assert verdict.support == Support.CONTRADICTED
    assert verdict.score < 0.5
