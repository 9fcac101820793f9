"""Checkers by larger models, behind the protocol of `assistant.check`: a cross-encoder for inference, and a chat model as judge.

Neither has the last word on figures: a claim with a number that its evidence lacks is never supported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from assistant.answer import Support
from assistant.check import Verdict
from assistant.checking.figures import borne_out
from assistant.checking.reading import Reading, read
from assistant.prompts import JUDGE, judge_message
from corpus import FlorilegiumError, UnavailableError
from index.cross_encoder import Inferences

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

#: The least probability at which the cross-encoder's word is taken.
_SURE = 0.5
#: What a figure that is not there leaves of a score.
_LEFT = 0.4
#: A judge gives no probability: the score says only which verdict it was.
_SCORES = {Support.SUPPORTED: 0.9, Support.UNSUPPORTED: 0.3, Support.CONTRADICTED: 0.05}
_WORD = re.compile(r"(SUPPORTED|CONTRADICTED|UNSUPPORTED)(?:[ \t]+\[?S?(\d{1,4})\]?)?[ \t]*\.?", re.ASCII)
_NOTHING = Verdict(Support.UNSUPPORTED, 0.0, 0, 0, ("nothing to compare",))


class Infers(Protocol):
    """What `index.cross_encoder.InferenceModel` does."""

    def infer(self, pairs: Sequence[tuple[str, str]]) -> Inferences:
        """Probabilities of entailment, neutral and contradiction for each (premise, hypothesis)."""
        ...


class InferenceChecker:
    """Asks a cross-encoder whether the evidence, whole and sentence by sentence, entails the claim. Safe to use from several threads.

    The score is the greatest probability of entailment, less the greatest of contradiction where that is the greater: a long text is weighed by its
    parts, as in SummaC (Laban et al., TACL 2022).
    """

    def __init__(self, model: Infers) -> None:
        self._model = model

    def check(self, claim: str, evidence: Sequence[str]) -> list[Verdict]:
        """One verdict for the claim against each piece of evidence, in order."""
        return self.check_pairs([(claim, text) for text in evidence])

    def check_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """One verdict for each (claim, evidence), in order; all are read in one call."""
        readings = [(read(claim), read(evidence)) for claim, evidence in pairs]
        asked: list[tuple[str, str]] = []
        places = []
        for (_, evidence), (claim_text, evidence_text) in zip(readings, pairs, strict=True):
            texts = [evidence_text[s.start : s.end] for s in evidence.sentences] + ([evidence_text] if len(evidence.sentences) > 1 else [])
            places.append(slice(len(asked), len(asked) + len(texts)))
            asked += [(text, claim_text) for text in texts]
        found = self._model.infer(asked)
        return [_inferred(claim, evidence, found[place]) for (claim, evidence), place in zip(readings, places, strict=True)]


def _inferred(claim: Reading, evidence: Reading, found: Inferences) -> Verdict:
    if not claim.sentences or not len(found):
        return _NOTHING
    entailed, against = float(found[:, 0].max()), float(found[:, 2].max())
    contrary = against >= _SURE and against > entailed
    column = 2 if contrary else 0
    best = evidence.sentences[int(np.argmax(found[: len(evidence.sentences), column]))]
    score = entailed * (1.0 - against) if contrary else entailed
    support = Support.CONTRADICTED if contrary else Support.SUPPORTED if entailed >= _SURE else Support.UNSUPPORTED
    reasons = ("the model reads it as saying otherwise",) if contrary else () if support == Support.SUPPORTED else ("the model does not find it there",)
    return _with_figures(Verdict(support, score, best.start, best.end, reasons), claim, evidence)


class JudgeChecker:
    """Asks a chat model for its verdict, one claim at a time; anything but the words asked for counts as unsupported.

    `open_model` gives the chat model; it is called for each claim, since an embedded one may have been restarted. A server that fails is an error, since a
    verdict that nobody gave would look like one.
    """

    def __init__(self, open_model: Callable[[], BaseChatModel]) -> None:
        self._open = open_model

    def check(self, claim: str, evidence: Sequence[str]) -> list[Verdict]:
        """One verdict for the claim against each piece of evidence, in order. Raises UnavailableError where the model fails."""
        return self.check_pairs([(claim, text) for text in evidence])

    def check_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """One verdict for each (claim, evidence), in order."""
        return [self._judge(claim, evidence) for claim, evidence in pairs]

    def _judge(self, claim_text: str, evidence_text: str) -> Verdict:
        claim, evidence = read(claim_text), read(evidence_text)
        if not claim.sentences or not evidence.sentences:
            return _NOTHING
        message = judge_message(claim_text, [evidence_text[s.start : s.end] for s in evidence.sentences])
        try:
            said = self._open().invoke([("system", JUDGE), ("user", message)])
        except FlorilegiumError:
            raise
        except Exception as error:  # every provider raises its own classes
            reason = str(error).splitlines()[0][:200] if str(error) else "no reason given"
            raise UnavailableError(f"the judging model did not answer: {type(error).__name__}: {reason}") from error
        support, number = parse_judgement(said.text if isinstance(said.text, str) else str(said.text()))
        best = evidence.sentences[number - 1 if number and number <= len(evidence.sentences) else 0]
        if support is None:
            return Verdict(Support.UNSUPPORTED, 0.0, best.start, best.end, ("the model gave no clear verdict",))
        reasons = () if support == Support.SUPPORTED else (f"the model calls it {support.value}",)
        return _with_figures(Verdict(support, _SCORES[support], best.start, best.end, reasons), claim, evidence)


def parse_judgement(text: str) -> tuple[Support | None, int]:
    """The verdict and the number of the sentence it rests on (0: none named). None for anything but the one line that was asked for."""
    match = _WORD.fullmatch(text.strip())
    return (Support(match[1].lower()), int(match[2] or 0)) if match else (None, 0)


def _with_figures(verdict: Verdict, claim: Reading, evidence: Reading) -> Verdict:
    absent = [figure.text for figure in claim.figures if not borne_out(figure, evidence.figures)]
    if not absent or verdict.support == Support.CONTRADICTED:
        return verdict
    reasons = ("number not in the evidence: " + ", ".join(absent), *verdict.reasons)
    return Verdict(Support.UNSUPPORTED, _LEFT * verdict.score, verdict.start, verdict.end, reasons)
