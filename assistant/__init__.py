"""assistant: the way from a question to a checked answer.

Knows evidence and language models; no screen and no SQL. May import `index` and `corpus`.
"""

from assistant.answer import SHOWN, Answer, CatalogueAnswer, Citation, Outcome, ReviewRef, Sentence, Support
from assistant.assistant import Assistant, Prepared, clean_question
from assistant.check import Checker, Verdict
from assistant.checking import ClaimChecker

__all__ = [
    "SHOWN",
    "Answer",
    "Assistant",
    "CatalogueAnswer",
    "Checker",
    "Citation",
    "ClaimChecker",
    "OpenedModel",
    "Outcome",
    "Prepared",
    "ReviewRef",
    "Sentence",
    "Support",
    "Verdict",
    "clean_question",
]
from assistant.models import OpenedModel
