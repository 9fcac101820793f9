"""`ClaimChecker`: does this evidence bear this claim out? The way from two texts to a verdict, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import Support
from assistant.check import Verdict
from assistant.checking.faults import Findings, Rules
from assistant.checking.features import features
from assistant.checking.model import Model, shipped
from assistant.checking.pairing import Pair, Tables, pair_up, second_look, texts_of, word_likeness
from assistant.checking.reading import Reading, read
from assistant.checking.vectors import KeptVectors
from index.encoder import TextEncoder

#: What a rule leaves of a score: a little under the threshold, the order kept; half of that for a contradiction.
_UNDER, _SPREAD, _CONTRARY = 0.9, 0.09, 0.5
_NOTHING = "nothing to compare"


@dataclass(frozen=True)
class Compared:
    """All that was found for a pair, before it becomes a verdict."""

    pair: Pair
    features: dict[str, float]
    findings: Findings


class ClaimChecker:
    """Scores claims against evidence by words, figures, negation, direction, certainty and sentence vectors. Safe to use from several threads.

    Texts and vectors are kept, so that many claims share one evidence at little cost.
    """

    def __init__(self, encoder: TextEncoder, tables: Tables | None = None, model: Model | None = None) -> None:
        self._vectors = KeptVectors(encoder)
        self._tables = tables
        self._model = model

    def check(self, claim: str, evidence: Sequence[str]) -> list[Verdict]:
        """One verdict for the claim against each piece of evidence, in order."""
        return self.check_pairs([(claim, text) for text in evidence])

    def check_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """One verdict for each (claim, evidence), in order; all are encoded together, in two calls."""
        model = self._model or shipped()[1]
        return [_verdict(found, model) if found else Verdict(Support.UNSUPPORTED, 0.0, 0, 0, (_NOTHING,)) for found in self.compare(pairs)]

    def compare(self, pairs: Sequence[tuple[str, str]]) -> list[Compared | None]:
        """What each claim and its evidence have in common; None where either has no sentence."""
        tables = self._tables or shipped()[0]
        readings = [(read(claim), read(evidence)) for claim, evidence in pairs]
        wanted = [text for claim, evidence in readings if _comparable(claim, evidence) for text in _texts(claim, evidence)]
        vectors = self._vectors.of(wanted)
        made = [pair_up(claim, evidence, tables.rarity, vectors) if _comparable(claim, evidence) else None for claim, evidence in readings]
        vectors |= self._vectors.of(second_look([pair for pair in made if pair], tables))
        out: list[Compared | None] = []
        for pair in made:
            if pair is None:
                out.append(None)
                continue
            likeness = word_likeness(pair, tables, vectors)
            out.append(Compared(pair, features(pair, tables, vectors, likeness), Rules(pair, likeness).apply()))
        return out


def _comparable(claim: Reading, evidence: Reading) -> bool:
    return bool(claim.content and evidence.sentences)


def _texts(claim: Reading, evidence: Reading) -> list[str]:
    return [*texts_of(claim), *(sentence.text for sentence in evidence.sentences)]


def decide(findings: Findings, related: float, stance: float, model: Model) -> tuple[Support, float]:
    """From the two heads and the rules to a verdict and a score, 0..1."""
    score, limits = model.calibrated(related, stance), model.thresholds
    if findings.faults:
        support = Support.CONTRADICTED if findings.contrary else Support.UNSUPPORTED
        score = min(score, limits.supported * (_UNDER + _SPREAD * score)) * (_CONTRARY if findings.contrary else 1.0)
    elif findings.copy:
        support, score = Support.SUPPORTED, limits.supported + (1 - limits.supported) * score
    else:
        support = Support.SUPPORTED if score >= limits.supported else Support.UNSUPPORTED
    if support == Support.UNSUPPORTED and related >= limits.contradicted_related and stance <= limits.contradicted_stance:
        support = Support.CONTRADICTED
    return support, score


def _verdict(found: Compared, model: Model) -> Verdict:
    related, stance = model.probabilities(found.features)
    support, score = decide(found.findings, related, stance, model)
    reasons = list(found.findings.faults)
    if found.findings.missing_words:
        reasons.append("words not found: " + ", ".join(found.findings.missing_words))
    if support == Support.CONTRADICTED and not found.findings.contrary:
        reasons.append("it seems to say otherwise")
    elif support == Support.UNSUPPORTED and not reasons:
        reasons.append("too little in common")
    best = found.pair.best
    return Verdict(support, score, best.start, best.end, tuple(reasons))
