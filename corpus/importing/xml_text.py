"""The text of an XML element as a reader would type it: inline mark-up undone, exponents raised, formulas in one line."""

from __future__ import annotations

import re
from collections.abc import Collection
from xml.etree.ElementTree import Element

from corpus.importing.tex import RAISED

_FORMULAS = frozenset({"math", "inline-formula", "disp-formula"})
_UNSEEN = frozenset({"annotation", "annotation-xml", "tex-math"})


def text_of(element: Element | None, skip: Collection[str] = ()) -> str:
    """The text in one line; elements named in `skip` are left out."""
    return " ".join(_inline(element, skip).split()) if element is not None else ""


def lines_of(element: Element | None) -> str:
    """The text with its line breaks (EndNote writes them as carriage returns)."""
    if element is None:
        return ""
    text = _inline(element, ()).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def found(element: Element, path: str) -> str:
    """The text of the first element at a path, or ""."""
    return text_of(element.find(path))


def _inline(element: Element, skip: Collection[str]) -> str:
    if element.tag in skip or element.tag in _UNSEEN:
        return ""
    if element.tag == "math":
        return _formula(element)
    parts = [element.text or ""]
    for child in element:
        tail = child.tail or ""
        text = _inline(child, skip) if isinstance(child.tag, str) else ""
        if child.tag in _FORMULAS:  # tools set them without a space between, as they would stand in print
            text = f" {text}" if re.match(r"\s*[.,;:)\]]", tail) else f" {text} "
        parts += [text, tail]
    text = "".join(parts)
    face = element.get("face", "")
    return raised(text) if element.tag == "sup" or "superscript" in face else text


def raised(text: str) -> str:
    """Exponents and charges as raised characters, so that 10 to the 6th does not read 106; other text as it is."""
    plain = text.strip().replace("\u2212", "-").replace("\u2013", "-")
    return plain.translate(RAISED) if plain and all(ord(char) in RAISED for char in plain) else text


def _formula(element: Element) -> str:
    """A MathML element in one line."""
    if element.tag in _UNSEEN:
        return ""
    parts = [part for part in (_formula(child) for child in element if isinstance(child.tag, str)) if part]
    own = (element.text or "").strip()
    match element.tag:
        case "mfrac" if len(parts) == 2:
            return "/".join(part if re.fullmatch(r"\w+", part) else f"({part})" for part in parts)
        case "msup" if len(parts) == 2:
            high = raised(parts[1])
            return parts[0] + (high if high != parts[1] else f"^{_grouped(parts[1])}")
        case "msub" if len(parts) == 2:
            return f"{parts[0]}_{_grouped(parts[1])}"
        case "msubsup" | "munderover" if len(parts) == 3:
            return f"{parts[0]}_{_grouped(parts[1])}^{_grouped(parts[2])}"
        case "msqrt":
            return f"√({''.join(parts)})"
        case "mroot" if len(parts) == 2:
            return f"{parts[1]}√({parts[0]})"
        case "mfenced":
            mark = element.get("separators", ",").strip()[:1]
            return element.get("open", "(") + (f"{mark} " if mark else "").join(parts) + element.get("close", ")")
        case "mtr" | "matrixrow":
            return " ".join(parts)
        case "mtable" | "matrix":
            return f"[{'; '.join(parts)}]"
    tail = "".join((child.tail or "").strip() for child in element)
    return own + "".join(parts) + tail


def _grouped(text: str) -> str:
    return text if len(text) == 1 or text.isalnum() else f"({text})"
