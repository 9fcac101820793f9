"""Which encoding the bytes of a file are in.

A byte order mark decides; else zero bytes tell UTF-16; else it is UTF-8 if it is valid as that, or nearly all of it is. Of what remains, a
declaration in the file is believed, and after it the shape of the text: in exports most bytes are ASCII, and detectors that look for rare letters
take a few French accents for Chinese (charset-normalizer does), so an East Asian encoding is believed only where its characters are common ones
and stand beside each other, not inside Latin words. Windows-1252 is what is left.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from typing import BinaryIO, NamedTuple


class Encoding(NamedTuple):
    """An encoding as reports name it, and what Python needs to read it."""

    name: str
    codec: str
    errors: str = "replace"


_BOMS = (
    (codecs.BOM_UTF8, Encoding("utf-8-sig", "utf-8-sig")),
    (codecs.BOM_UTF32_LE, Encoding("utf-32", "utf-32")),
    (codecs.BOM_UTF32_BE, Encoding("utf-32", "utf-32")),
    (codecs.BOM_UTF16_LE, Encoding("utf-16", "utf-16")),
    (codecs.BOM_UTF16_BE, Encoding("utf-16", "utf-16")),
)
_MIXED = "florilegium-windows-1252"
_BLOCK = 1 << 20
_SAMPLE = 4 << 20
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_DECLARED = re.compile(rb"^%\s*Encoding:\s*([\w-]+)|^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)", re.IGNORECASE | re.MULTILINE)
_LATIN = frozenset("iso-8859-1 iso8859-1 latin1 latin-1 ascii us-ascii cp1252 windows-1252 utf-8 utf8 utf-16 utf16".split())
_IN_WORD = re.compile(rb"(?<=[A-Za-z])[\x80-\xff](?=[a-z])")
_MAC_VOWELS = frozenset(b"\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x95\x97\x98\x99\x9d\x9f")
_POLISH = re.compile(rb"(?<=[a-z])[\x9f\xb3\xb9\xbc\xbf](?=[a-z])|(?<![A-Za-z0-9])[\xa3\xaf](?=[a-z])")
#: The letters that make up most of a text in an alphabet, by encoding.
_ALPHABETS = {"windows-1251": "оеаинтсрвл", "koi8-r": "оеаинтсрвл", "windows-1253": "αοιετσνηυρ"}


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error(_MIXED, _as_windows_1252)


def detect_encoding(stream: BinaryIO) -> Encoding:
    """The encoding of what `stream` holds; it is read to its end in blocks, and left where it was."""
    start = stream.tell()
    try:
        return _detect(stream)
    finally:
        stream.seek(start)


def decode(data: bytes) -> tuple[str, str]:
    """(text, name of the encoding) of bytes."""
    found = detect_encoding(io.BytesIO(data))
    return data.decode(found.codec, errors=found.errors), found.name


def _detect(stream: BinaryIO) -> Encoding:
    start = stream.tell()
    head = stream.read(_BLOCK)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    wide = _utf16(head)
    if wide:
        return wide
    stream.seek(start)
    if _is_utf8(stream):
        return Encoding("utf-8", "utf-8")
    stream.seek(start)
    valid = high = 0
    while block := stream.read(_BLOCK):
        valid += sum(map(len, _UTF8.findall(block)))
        high += len(_HIGH.findall(block))
    if valid >= 0.9 * high:
        return Encoding("utf-8 with windows-1252", "utf-8", _MIXED)
    stream.seek(start)
    return _legacy(stream.read(_SAMPLE))


def _telling(sample: bytes) -> bytes:
    """The lines that have more than ASCII: only they say anything."""
    return b"\n".join(line for line in re.split(rb"[\r\n]+", sample) if not line.isascii())[:_BLOCK]


def _utf16(head: bytes) -> Encoding | None:
    sample = head[: 1 << 16]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if even + odd <= len(sample) // 50 or min(even, odd) > max(even, odd) // 10:
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    return Encoding(name, name)


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        while block := stream.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _legacy(sample: bytes) -> Encoding:
    declared = _DECLARED.search(sample[:2000])
    if declared:
        name = (declared[1] or declared[2]).decode("ascii").lower()
        if name not in _LATIN:
            try:
                return Encoding(name, codecs.lookup(name).name)
            except LookupError:
                pass
    sample = _telling(sample)
    for name, codec, likely in (
        ("shift_jis", "cp932", _is_japanese),
        ("euc-jp", "euc_jp", _is_japanese),
        ("euc-kr", "cp949", _is_korean),
        ("gbk", "gb18030", _is_gb),
        ("big5", "cp950", _is_big5),
    ):
        text = _decoded(sample, codec)
        if text is not None and _stands_alone(text) and likely(text):
            return Encoding(name, codec)
    return _single_byte(sample)


def _decoded(sample: bytes, codec: str) -> str | None:
    """The text, or None where more than a rare byte is not of that encoding (the sample may end within a character)."""
    text = sample.decode(codec, errors="replace")
    return text if text.count("\ufffd") <= 1 + len(_HIGH.findall(sample)) // 500 else None


def _stands_alone(text: str) -> bool:
    """Whether the characters beyond ASCII stand beside each other instead of inside words of Latin letters, as misread accents do."""
    wide = list(re.finditer(r"[\u1100-\uffef]+", text))
    inside = sum(bool(re.search(r"[a-z]", text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1])) for match in wide)
    return bool(wide) and inside <= len(wide) // 5 and sum(len(match[0]) for match in wide) >= 2 * len(wide)


def _share(text: str, pattern: str) -> float:
    wide = re.findall(r"[^\x00-\x7f]", text)
    return len(re.findall(pattern, text)) / max(len(wide), 1)


def _is_japanese(text: str) -> bool:
    return _share(text, "[\u3041-\u3096\u30a1-\u30fc]") >= 0.15 and _share(text, "[\u3001-\u30fc\u4e00-\u9fff]") >= 0.9


def _is_korean(text: str) -> bool:
    return _share(text, "[\uac00-\ud7a3]") >= 0.9


def _is_gb(text: str) -> bool:
    pairs = re.findall(rb"[\x80-\xff][\x40-\xff]", text.encode("gb18030", errors="ignore"))
    common: int = sum(0xB0 <= pair[0] <= 0xD7 and pair[1] >= 0xA1 for pair in pairs)  # the 3,755 everyday characters of GB 2312
    return common >= 0.7 * len(pairs)


def _is_big5(text: str) -> bool:
    pairs = re.findall(rb"[\x80-\xff][\x40-\xff]", text.encode("cp950", errors="ignore"))
    common: int = sum(0xA4 <= pair[0] <= 0xC6 for pair in pairs)  # the 5,401 everyday characters of Big5
    return common >= 0.7 * len(pairs)


def _single_byte(sample: bytes) -> Encoding:
    words = re.findall(rb"(?<![A-Za-z\x80-\xff])[\x80-\xff]{3,}(?![A-Za-z\x80-\xff])", sample)
    if sum(map(len, words)) >= 0.6 * len(_HIGH.findall(sample)):
        letters = b"".join(words)

        def likeness(name: str) -> float:
            counts = Counter(letters.decode(name, errors="replace"))
            return sum(counts[letter] for letter in _ALPHABETS[name]) / max(len(letters), 1)

        best = max(_ALPHABETS, key=likeness)
        if likeness(best) >= 0.4:
            return Encoding(best, best)
    inside = Counter(b"".join(_IN_WORD.findall(sample)))
    total = inside.total()
    if total and sum(inside[byte] for byte in _MAC_VOWELS) > total // 2:
        return Encoding("mac-roman", "mac_roman")
    if len(_POLISH.findall(sample)) > total // 5:
        return Encoding("windows-1250", "cp1250")
    return Encoding("windows-1252", "cp1252")
