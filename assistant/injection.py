"""Text of records that speaks to a language model instead of to a reader. It may be quoted like any other; a model is not given it."""

from __future__ import annotations

import re

_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_MARKERS = re.compile(
    r"<\|[^|<>]{0,40}\|>|\[/?\s?INST\s?\]|<</?\s?SYS\s?>>|</?s>|</?(?:system|user|assistant|evidence|instructions?|context"
    r"|think)>",
    re.IGNORECASE,
)
#: A key in any bracket, its letter Latin, Cyrillic, Greek or full width.
_KEY = re.compile(r"[\[(【［（〔]\s*[EeЕеΕεＥｅ]\s?(\d{1,3})\s*[\])】］）〕]")
_LABEL = re.compile(r"(?:^|[\s:;.])(?:question|answer|evidence|system|human|assistant|user|instruction|response|prompt)\s?:\s", re.IGNORECASE)
_COMMANDS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:above|previous|prior|instructions?|rules?|prompt)\b|\b(?:write|answer|say|reply|respond"
    r"|output)(?: only)?:"
    r"|\byou are (?:now )?(?:a|an|the)\b|\bas an ai\b|\bnew rules\b|not in evidence"
    r"|ignore[zr]?.{0,40}instructions|ignorier\w*.{0,40}anweisung|ignora\w*.{0,40}(?:instruc|istruz)|игнорир\w*.{0,40}(?:инструкц|указан)"
    r"|忽略.{0,12}(?:指示|指令)|無視して|무시하|تجاهل.{0,20}التعليمات",
    re.IGNORECASE,
)
_ACTIVE = re.compile(
    r"<\s*/?\s*(?:script|img|a|iframe|svg|style|object|form|input|link|meta)\b|javascript:|data:[\w/+.-]+[;,]|!?\[[^\]]*\]\([^)]*\)"
    r"|```",
    re.IGNORECASE,
)


def disarmed(text: str) -> str:
    """The text in one line for a prompt: no invisible characters, no markers of a chat template, no key that the program did not give."""
    text = _MARKERS.sub(" ", _INVISIBLE.sub("", text))
    return " ".join(_KEY.sub(r"E\1", text).split())


def speaks_to_a_model(text: str) -> bool:
    """Whether a text gives instructions, plays a role or forges what a prompt is made of."""
    plain = _INVISIBLE.sub("", text)
    return bool(plain != text.replace("\u00ad", "") or any(pattern.search(plain) for pattern in (_MARKERS, _KEY, _LABEL, _COMMANDS, _ACTIVE)))


def not_given_notice(count: int) -> str:
    """What the reader is told of sentences that a model was not given for that reason."""
    if not count:
        return ""
    what = "1 sentence that reads" if count == 1 else f"{count} sentences that read"
    return f"{what} like instructions to a language model {'was' if count == 1 else 'were'} not given to it."
