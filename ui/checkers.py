"""Which checker is used: the program's own small one, a cross-encoder given by path, or a chat model as judge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import UsageError

if TYPE_CHECKING:
    from assistant import Checker, OpenedModel
    from index.encoder import TokenEncoder

_REMEDY = "Write small, nli:FOLDER, judge:MODEL, or judge for the model in force"


def open_checker(name: str, encoder: TokenEncoder, open_model: Callable[[str], OpenedModel], model: str) -> Checker:
    """The checker called `name`; nothing of it is loaded before its first use.

    `open_model` opens the judge by its name; `model` is the one in force, for plain "judge". Raises UsageError for another name and for a judge that is too
    weak, UnavailableError where the cross-encoder is not there.
    """
    from assistant import ClaimChecker, InferenceChecker, JudgeChecker

    kind, _, rest = name.partition(":")
    if name in ("", "small"):
        return ClaimChecker(encoder)
    if kind == "nli" and rest:
        from index.cross_encoder import InferenceModel

        return InferenceChecker(InferenceModel(Path(rest)))
    if kind == "judge":
        judge = strong_model(rest or model)
        return JudgeChecker(lambda: open_model(judge).model())
    raise UsageError(f"there is no checker {name!r}", remedy=_REMEDY)


def strong_model(name: str) -> str:
    """The name of a model that may judge. Raises UsageError for none, and for the embedded one: it is too small to be relied on."""
    from assistant.models import parse_model_name

    if name in ("", "quotes", "embedded"):
        reason = "the embedded model is too small to judge" if name == "embedded" else "no language model is named that could judge"
        raise UsageError(reason, where="judge", remedy="Name a stronger one: judge:openai:NAME, judge:anthropic:NAME, judge:ollama:NAME, or judge:URL")
    parse_model_name(name)
    return name
