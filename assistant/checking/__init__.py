"""assistant.checking: whether a piece of evidence bears a claim out, by rules and a small trained model. No language model.

text -> `reading` (words, figures, stance) -> `pairing` (alignment, vectors) -> `features` -> `model`, with `faults` on top -> `Verdict`.
May import `index.encoder`, `index.segment` and the assistant's own value types.
"""

from assistant.checking.checker import ClaimChecker

__all__ = ["ClaimChecker"]
