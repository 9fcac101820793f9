"""People's names as tools write them, brought into CSL parts. "et al." is not a name: it says that some are missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_PARTICLES = frozenset("van von der den de del della di da dos du la le ter ten al el bin ibn af av zu zur".split())
_SUFFIX = re.compile(r"^(jr|sr|[IVX]{2,4}|IV|2nd|3rd|4th)\.?$", re.IGNORECASE)
_NAME_AND_INITIALS = re.compile(r"(?:[^\W\d_][\w.'\u2019\u2010-]*\s+){1,4}[A-Z](?:[.\s-]?[A-Z]){0,3}\.?")
_INITIALS = re.compile(r"[A-Z](?:[.\s-]{0,2}[A-Z]){0,3}\.?")
_ET_AL = re.compile(r"(?:^|[\s,;&]+|\band\s+)[\[(]?(?:et\.?\s+al\b\.?|et\s+alii\b|and\s+others\b|\u2026|\.\.\.)[\])]?[\s.,;]*$", re.IGNORECASE)
_OTHERS = re.compile(r"^(others|\(?et[ .]al\.?\)?)$", re.IGNORECASE)
_BODY = re.compile(
    r"\b(academy|agency|alliance|association|authority|board|bureau|cent(?:re|er)s?|church|clinic|collaborat(?:ion|ive|ors)|college|commission|committee|"
    r"company|conference|consortium|corporation|council|department|faculty|federation|force|foundation|forum|group|hospital|initiative|institut\w*|"
    r"investigators|laborator(?:y|ies)|league|library|ministry|museum|nations|network|office|organi[sz]ations?|panel|partnership|press|program(?:me)?|"
    r"project|registry|school|service|society|study|task|team|trialists|trust|union|universit\w*|working|inc|ltd|llc|gmbh|bank)\b",
    re.IGNORECASE,
)


def split_name(text: str) -> dict[str, str]:
    """A person's name as one piece of text, in CSL parts: "Family, Given", "Given van Family", "Family GF"; one word stays a literal."""
    text = " ".join(text.split()).strip(" ;")
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1:
        return _without_comma(parts[0])
    if not any(parts[1:]):  # EndNote writes a body's name with a comma after it
        return {"literal": parts[0]} if " " in parts[0] else {"family": parts[0]}
    if len(parts) == 3 and _SUFFIX.match(parts[1]):
        return _named(parts[0], parts[2], parts[1])
    if len(parts) == 3 and _SUFFIX.match(parts[2]):
        return _named(parts[0], parts[1], parts[2])
    if len(parts) == 2 and _SUFFIX.match(parts[1]) and " " in parts[0]:
        return {**_without_comma(parts[0]), "suffix": parts[1]}
    return _named(parts[0], ", ".join(part for part in parts[1:] if part))


def person(text: str) -> dict[str, str] | None:
    """A name that may be a body's ("World Health Organization"), which stays in one piece; None where there is none."""
    text = " ".join(text.split()).strip(" ;")
    if not re.search(r"\w", text):
        return None
    first = text.split(",")[0]
    words = first.split(" ")
    named_by_initials = (_is_initials(words[0]) and "." in words[0]) or (len(words) == 2 and _is_initials(words[1]))
    if text.count(",") > 3 or (len(words) > 1 and not named_by_initials and _BODY.search(first)):
        return {"literal": text.rstrip(" ,")}
    return split_name(text)


def read_names(texts: Iterable[str]) -> tuple[list[dict[str, str]], bool]:
    """(names in order, whether some are missing) of texts that hold a name each."""
    names: list[dict[str, str]] = []
    partial = False
    for text in texts:
        text, cut = without_et_al(text)
        partial = partial or cut
        name = person(text)
        if name:
            names.append(name)
    return names, partial


def listed_names(value: Any) -> tuple[list[dict[str, str]], bool]:
    """`read_names` for a list of names, in their CSL parts or as people write them, and for one text that holds them all."""
    names: list[dict[str, str]] = []
    partial = False
    for entry in value if isinstance(value, list | tuple) else split_people(str(value)):
        found, cut = ([entry], False) if isinstance(entry, dict) else read_names([str(entry)])
        names += [{key: text for key, text in name.items() if text} for name in found]
        partial = partial or cut
    return names, partial


def without_et_al(text: str) -> tuple[str, bool]:
    """The text without a closing "et al.", "and others" or the like, and whether there was one."""
    text = text.strip()
    if _OTHERS.match(text):
        return "", True
    match = _ET_AL.search(text, max(0, len(text) - 40))
    return (text[: match.start()].rstrip(" ,;"), True) if match else (text, False)


def apart(text: str) -> list[str]:
    """The names in a field that should hold one: joined by `;`, or a list whose initials leave no doubt ("Doe J, Roe R", "Doe, J., Roe, R. & Poe, A.")."""
    if ";" in text:
        return [name for part in text.split(";") for name in apart(part)]
    if "," not in text and "&" not in text:
        return [text]
    parts = [part for part in re.split(r"\s*,\s*(?:(?:and|&)\s+)?|\s+&\s+", text.strip(" ,")) if part]
    if len(parts) > 1 and all(_NAME_AND_INITIALS.fullmatch(part) for part in parts):
        return parts
    if len(parts) > 3 and len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) for part in parts[1::2]) and not any(map(_INITIALS.fullmatch, parts[::2])):
        return [f"{family}, {given}" for family, given in zip(parts[0::2], parts[1::2], strict=True)]
    return [text]


def split_people(text: str) -> list[str]:
    """The names in a table's cell that holds them all, however they are joined: by `;`, lines, `|`, "and", commas, or nothing but initials' dots."""
    text = "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())
    for joint in (";", "\n", "|", "//"):
        if joint in text.strip(" ;|\n"):
            text = re.sub(r"(?<=[a-z]{3})\.$", "", text)  # the full stop that closes PubMed's list
            return [name.strip() for part in text.split(joint) if part.strip() for name in apart(part)]
    glued = re.split(r"(?<=[A-Z]\.)(?=[^\W\d_]['\u2019]?[^\W\d_.])", text)
    if len(glued) > 1 and "," not in text:
        return glued
    pieces = [piece for piece in re.split(r"\s+(?:and|&|und|et(?! al))\s+", text) if piece.strip()]
    return [name for piece in pieces for name in _by_commas(piece)]


def _by_commas(text: str) -> list[str]:
    text = text.strip(" ,")
    if text.endswith(".") and not re.search(r"[A-Z]\.", text[:-1]):
        text = text[:-1]  # the full stop that closes PubMed's list
    parts: list[str] = []
    for part in filter(None, map(str.strip, text.split(","))):
        if parts and _SUFFIX.match(part):
            parts[-1] += f", {part}"
        else:
            parts.append(part)
    if len(parts) < 2:
        return parts
    if all(" " in part for part in parts):  # "van den Berg, Jan Peter" is one name, "Jan Peter, Piet Hein" two
        return [", ".join(parts)] if len(parts) == 2 and parts[0].split(" ")[0].lower() in _PARTICLES else parts
    if len(parts) % 2 == 0 and all(_is_given(part) for part in parts[1::2]):
        return [f"{family}, {given}" for family, given in zip(parts[0::2], parts[1::2], strict=True)]
    if len(parts) == 2:
        return [", ".join(parts)]
    return parts


def _is_given(text: str) -> bool:
    return bool(re.fullmatch(r"(?:[A-Z]\.?[-\s]?){1,4}|[A-Z][\w'\u2019-]+(?: (?:[A-Z]\.?\s?)+)?", text))


def _is_initials(word: str) -> bool:
    letters = re.sub(r"[.\-\u2010'\u2019]", "", word)
    return 0 < len(letters) <= (4 if "." in word else 3) and letters.isalpha() and letters.isupper()


def _without_comma(text: str) -> dict[str, str]:
    parts = text.split(" ")
    suffix = parts.pop() if len(parts) > 2 and _SUFFIX.match(parts[-1]) else ""
    if len(parts) == 1:
        return {"literal": text}
    if _is_initials(parts[-1]) and not (_is_initials(parts[0]) and len(parts[0].replace(".", "")) <= len(parts[-1].replace(".", ""))):
        at = next((i for i in range(1, len(parts)) if all(_is_initials(part) for part in parts[i:])), len(parts) - 1)
        return _named(" ".join(parts[:at]), " ".join(parts[at:]), suffix)
    at = len(parts) - 1
    while at > 1 and parts[at - 1].lower() in _PARTICLES and parts[at - 1][0].islower():
        at -= 1
    return _named(" ".join(parts[at:]), " ".join(parts[:at]), suffix)


def _named(family: str, given: str, suffix: str = "") -> dict[str, str]:
    if not family:
        return {"literal": given}
    return {key: value for key, value in (("family", family), ("given", given), ("suffix", suffix)) if value}
