"""Text as the library keeps it: NFC, line feeds, no control characters. Done once, at import; offsets count code points after it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_SMALL_WORDS = frozenset("a an and the of for in on to with from by as at is are or der die das le la les el los".split())
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def normalise(text: str) -> str:
    """Return `text` in NFC with LF line ends, without control characters; lone surrogates become U+FFFD."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _SURROGATE.sub("\ufffd", text)
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))


def normalise_deep(value: Any) -> Any:
    """`normalise` for every string inside a JSON-like value."""
    if isinstance(value, str):
        return normalise(value)
    if isinstance(value, dict):
        return {normalise(str(key)): normalise_deep(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [normalise_deep(item) for item in value]
    return value


def fold(text: str) -> str:
    """Lower case without accents: the form in which names and titles are compared."""
    if text.isascii():
        return text.lower()
    text = _BEYOND_ASCII.sub(_without_accents, unicodedata.normalize("NFKD", text)).casefold()
    return text if text.isascii() else _BEYOND_ASCII.sub(lambda run: run[0].translate(_UNDECOMPOSED), text)


def _without_accents(run: re.Match[str]) -> str:
    return "".join(char for char in run[0] if not unicodedata.combining(char))


def words_of(text: str) -> list[str]:
    """The folded words of `text`, in order. Letters of any script are kept."""
    return re.findall(r"\w+", fold(text))


def slug(*parts: str, title_words: int = 3) -> str:
    """Join parts to an address-safe ASCII slug; of the last part only its first `title_words` telling words are used."""
    *heads, title = parts
    pieces = [_NOT_WORD.sub("-", fold(head)).strip("-") for head in heads]
    telling = [word for word in _NOT_WORD.split(fold(title)) if word and word not in _SMALL_WORDS]
    return "-".join(piece for piece in [*pieces, *telling[:title_words]] if piece)[:80].strip("-")
