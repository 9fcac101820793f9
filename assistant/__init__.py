"""assistant: the way from a question to a checked answer.

Knows evidence and language models; no screen and no SQL. May import `index` and `corpus`.
"""

from assistant.abstention import LabelledQuestion, abstention_report, outcome_of
from assistant.answer import SHOWN, Answer, CatalogueAnswer, Citation, Outcome, ReviewRef, Sentence, Support, Understanding
from assistant.assistant import Assistant, Prepared, Request, Writer, clean_question
from assistant.check import Checker, Verdict
from assistant.checking import ClaimChecker, InferenceChecker, JudgeChecker
from assistant.models import OpenedModel
from assistant.run import DEADLINES, Event, LateError, Run, StoppedError
from assistant.understanding import Turn

__all__ = [
    "DEADLINES",
    "SHOWN",
    "Answer",
    "Assistant",
    "CatalogueAnswer",
    "Checker",
    "Citation",
    "ClaimChecker",
    "Event",
    "InferenceChecker",
    "JudgeChecker",
    "LabelledQuestion",
    "LateError",
    "OpenedModel",
    "Outcome",
    "Prepared",
    "Request",
    "ReviewRef",
    "Run",
    "Sentence",
    "StoppedError",
    "Support",
    "Turn",
    "Understanding",
    "Verdict",
    "Writer",
    "abstention_report",
    "clean_question",
    "outcome_of",
]
