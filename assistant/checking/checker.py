"""`ClaimChecker`: does this evidence bear this claim out? The way from two texts to a verdict, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import Support
from assistant.check import Verdict
from assistant.checking.faults import Findings, Rules
from assistant.checking.features import features
from assistant.checking.model import Model, shipped
from assistant.checking.opposites import turned
from assistant.checking.pairing import Pair, Tables, pair_up, texts_of, unknown_words, word_likeness
from assistant.checking.reading import Reading, read
from assistant.checking.vectors import KeptVectors
from index.encoder import TokenEncoder, Tokens, Vectors

#: What a rule leaves of a score: a little under the threshold, the order kept; half of that for a contradiction.
_UNDER, _SPREAD, _CONTRARY = 0.9, 0.09, 0.5
_AT_ONCE = 128  # pairs looked at together: their word pieces stand in memory
_NOTHING = "nothing to compare"


@dataclass(frozen=True)
class Compared:
    """All that was found for a pair, before it becomes a verdict."""

    pair: Pair
    features: dict[str, float]
    findings: Findings


class ClaimChecker:
    """Scores claims against evidence by words, figures, negation, direction, certainty and vectors. Safe to use from several threads.

    The encoder remembers the evidence's sentences, so that many claims share one evidence at little cost.
    """

    def __init__(self, encoder: TokenEncoder, tables: Tables | None = None, model: Model | None = None) -> None:
        self._encoder = encoder
        self._words = KeptVectors(encoder)
        self._tables = tables
        self._model = model

    def check(self, claim: str, evidence: Sequence[str]) -> list[Verdict]:
        """One verdict for the claim against each piece of evidence, in order."""
        return self.check_pairs([(claim, text) for text in evidence])

    def check_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """One verdict for each (claim, evidence), in order."""
        model = self._model or shipped()[1]
        return [_verdict(found, model) if found else Verdict(Support.UNSUPPORTED, 0.0, 0, 0, (_NOTHING,)) for found in self.compare(pairs)]

    def compare(self, pairs: Sequence[tuple[str, str]]) -> list[Compared | None]:
        """What each claim and its evidence have in common; None where either has no sentence."""
        found: list[Compared | None] = []
        for start in range(0, len(pairs), _AT_ONCE):
            found += self._compare(pairs[start : start + _AT_ONCE])
        return found

    def _compare(self, pairs: Sequence[tuple[str, str]]) -> list[Compared | None]:
        tables = self._tables or shipped()[0]
        readings = [(read(claim), read(evidence)) for claim, evidence in pairs]
        sound = [_comparable(*both) for both in readings]
        kept = [both for both, yes in zip(readings, sound, strict=True) if yes]
        vectors: dict[str, Vectors] = {}
        tokens: dict[str, Tokens] = {}

        def encode(texts: Iterable[str], *, remember: bool = False) -> None:
            new = [text for text in dict.fromkeys(texts) if text not in vectors]
            rows, pieces = self._encoder.encode_tokens(new, remember=remember)
            vectors.update(zip(new, rows, strict=True))
            tokens.update(zip(new, pieces, strict=True))

        encode((sentence.text for _, evidence in kept for sentence in evidence.sentences), remember=True)
        encode(text for claim, _ in kept for text in texts_of(claim))
        made = [pair_up(claim, evidence, tables.rarity, vectors) for claim, evidence in kept]
        encode(turned(pair.best.text) for pair in made if pair.near)
        words = self._words.of([word for pair in made if pair.near for word in unknown_words(pair, tables)])
        found = iter([_compared(pair, tables, vectors, words, tokens) for pair in made])
        return [next(found) if yes else None for yes in sound]


def _compared(pair: Pair, tables: Tables, vectors: Mapping[str, Vectors], words: Mapping[str, Vectors], tokens: Mapping[str, Tokens]) -> Compared:
    likeness = word_likeness(pair, tables, words)
    return Compared(pair, features(pair, tables, vectors, likeness, tokens), Rules(pair, likeness).apply())


def _comparable(claim: Reading, evidence: Reading) -> bool:
    return bool(claim.content and evidence.sentences)


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
