"""assistant.checking: whether a piece of evidence bears a claim out, by rules and a small trained model.

text -> `reading` (words, figures, stance) -> `pairing` (alignment, vectors) -> `features` -> `model`, with `faults` on top -> `Verdict`.
`other` has two checkers by larger models. May import `index.encoder`, `index.cross_encoder`, `index.segment` and the assistant's own value types.
"""

from assistant.checking.checker import ClaimChecker
from assistant.checking.other import InferenceChecker, JudgeChecker

__all__ = ["ClaimChecker", "InferenceChecker", "JudgeChecker"]
