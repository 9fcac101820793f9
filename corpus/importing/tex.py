"""TeX in bibliographies as plain text: accents, letters, symbols, simple formulas. What is not understood stays as it is; nothing is dropped.

(pylatexenc takes an unescaped `%` for a comment and loses the rest of the abstract; latexcodec too.)
"""

from __future__ import annotations

import re
import unicodedata

_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307", '"': "\u0308", "r": "\u030a",
    "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328", "b": "\u0331", "t": "\u0361",
}  # fmt: skip
_LETTERS = {
    "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "SS": "ẞ", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "i": "ı", "j": "ȷ",
}  # fmt: skip
_SYMBOLS = {
    "S": "§", "P": "¶", "dag": "†", "ddag": "‡", "copyright": "©", "pounds": "£", "euro": "€", "texteuro": "€", "textendash": "–", "textemdash": "—",
    "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”", "textquotesingle": "'", "textquotedbl": '"',
    "guillemotleft": "«", "guillemotright": "»", "guilsinglleft": "‹", "guilsinglright": "›", "quotedblbase": "„", "quotesinglbase": "‚",
    "textless": "<", "textgreater": ">", "textbar": "|", "textbackslash": "\ue012", "textasciitilde": "\ue013", "textasciicircum": "^",
    "textunderscore": "_", "textbraceleft": "\ue010", "textbraceright": "\ue011", "lbrace": "\ue010", "rbrace": "\ue011", "textdollar": "$",
    "textregistered": "®", "texttrademark": "™", "textcopyright": "©", "textdegree": "°", "degree": "°", "textmu": "µ", "textpm": "±",
    "texttimes": "×", "textperiodcentered": "·", "textbullet": "•", "textellipsis": "…", "ldots": "…", "dots": "…", "cdots": "⋯", "textnumero": "№",
    "textordfeminine": "ª", "textordmasculine": "º", "textexclamdown": "¡", "textquestiondown": "¿", "textonehalf": "½", "textonequarter": "¼",
    "textsterling": "£", "textyen": "¥", "textsection": "§", "pm": "±", "mp": "∓", "times": "×", "div": "÷", "cdot": "·", "leq": "≤", "le": "≤",
    "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "sim": "∼", "simeq": "≃", "equiv": "≡", "propto": "∝", "infty": "∞", "ll": "≪",
    "gg": "≫", "rightarrow": "→", "to": "→", "leftarrow": "←", "leftrightarrow": "↔", "Rightarrow": "⇒", "uparrow": "↑", "downarrow": "↓",
    "in": "∈", "subset": "⊂", "cup": "∪", "cap": "∩", "forall": "∀", "exists": "∃", "partial": "∂", "nabla": "∇", "sum": "∑", "prod": "∏", "int": "∫",
    "sqrt": "√", "circ": "∘", "ast": "∗", "star": "⋆", "prime": "′", "ell": "ℓ", "hbar": "ℏ", "angle": "∠", "perp": "⊥", "parallel": "∥", "lt": "<",
    "gt": ">", "slash": "/", "langle": "⟨", "rangle": "⟩", "quad": " ", "qquad": " ", "space": " ",
    "varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ", "varsigma": "ς", "TeX": "TeX", "LaTeX": "LaTeX",
}  # fmt: skip
_GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega".split()
for _name in _GREEK:
    for _written, _case in ((_name, "SMALL"), (_name.capitalize(), "CAPITAL")):
        _spelt = "LAMDA" if _name == "lambda" else _name.upper()
        _SYMBOLS.setdefault(_written, unicodedata.lookup(f"GREEK {_case} LETTER {_spelt}"))
        _SYMBOLS.setdefault(f"text{_written}", _SYMBOLS[_written])
#: Commands that only say how their argument looks.
_LOOKS = frozenset(
    """em emph it itshape textit bf bfseries textbf sc scshape textsc rm textrm sf textsf tt texttt sl textsl up textup md textmd normalfont
    textnormal mbox hbox text mathrm mathit mathbf mathsf mathcal mathbb mathnormal operatorname ensuremath uppercase lowercase MakeUppercase
    MakeLowercase protect url nolinkurl path small large Large footnotesize scriptsize left right boldsymbol bm noopsort nobreak displaystyle
    textstyle relax enquote mkbibquote mkbibemph""".split()
)
#: What can be raised without mark-up: an exponent must not become part of its number.
RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_PLAIN = re.compile(r"[\\{}$~]|--|``|''")
_MATH = re.compile(r"(?<!\\)\$\$?([^$]{1,300}?)(?<!\\)\$\$?")
_FORMULA = re.compile(r"[\\^_{}=<>]|^[A-Za-z]$|^[\d\W]*[A-Za-z]?[\d\W]*$")
_SCRIPT = re.compile(r"([\^_])(?:\{([^{}]*)\}|(\\[A-Za-z]+|[^\s\\{}]))")
_WORDED_SCRIPT = re.compile(r"\\text(super|sub)script\s*\{([^{}]*)\}")
_ACCENT = re.compile(
    r"\\(?:([`'^\"~=.])\s*|([ckbdHvurt])(?:\s+|(?=\{)|(?=\\[ij]\b)))"
    r"(?:\{\s*(?:\\([ij])|([^\W_]{1,2}))\s*(?:\{\})?\s*\}|\\([ij])(?![A-Za-z])(?:\{\})?|([^\W_]))"
)
_BARE_ACCENT = re.compile(r"\\([`'^\"~=.])\{\s*\}")
_COMMAND = re.compile(r"\\(?:([A-Za-z]+)(\{\}|[ \t]*\n?[ \t]*)|([\s\S])|$)")
_HIDDEN = re.compile(r"\\[vh]?phantom\s*(?:\{[^{}]*\}|\\?.)|\\href\s*\{(?:[^{}]|\\[{}])*\}")
_ESCAPED = {"{": "\ue010", "}": "\ue011", "~": "\ue013", **dict.fromkeys("-/@!", ""), **dict.fromkeys("\\,;: \n", " ")}
_BACK = str.maketrans({"\ue010": "{", "\ue011": "}", "\ue012": "\\", "\ue013": "~"})


def plain(text: str) -> str:
    """The text that TeX would print."""
    return without_braces(decoded(text)) if _PLAIN.search(text) else text


def decoded(text: str) -> str:
    """The text with commands resolved and grouping braces still there; give it to `without_braces` in the end."""
    text = _HIDDEN.sub("", text)
    text = _MATH.sub(_formula, text)
    text = _WORDED_SCRIPT.sub(lambda match: _script("^" if match[1] == "super" else "_", match[2], worded=True), text)
    text = _BARE_ACCENT.sub(lambda match: "\ue013" if match[1] == "~" else match[1], text)
    text = _ACCENT.sub(_accented, text)
    text = _COMMAND.sub(_command, text)
    text = re.sub(r"(?<=[^\s{(\[])~(?=[^\s})\]])", " ", text)
    text = text.replace("---", "—").replace("--", "–")
    return re.sub(r"``", "“", re.sub(r"''", "”", text))


def without_braces(text: str) -> str:
    """The text without grouping braces; those that were written as text are kept."""
    return unicodedata.normalize("NFC", text.replace("{", "").replace("}", "").translate(_BACK))


def address(text: str) -> str:
    """A URL, DOI or path, in which `~` and `--` are themselves and only escapes are undone."""
    text = re.sub(r"\{?\\(?:textasciitilde|~)\s*(?:\{\})?\}?", "~", text)
    return re.sub(r"\\([_&%#$~{}-])|[{}]", lambda match: match[1] or "", text).strip()


def _formula(match: re.Match[str]) -> str:
    inside = match[1]
    if not _FORMULA.search(inside.strip()) or re.match(r"[\d.,]+(\s|$)", inside):
        return match[0].replace("$", "\\$")
    return _SCRIPT.sub(lambda script: _script(script[1], script[2] if script[2] is not None else script[3], worded=not script.start()), inside) + "{}"


def _script(sign: str, text: str, *, worded: bool = False) -> str:
    stripped = text.strip().replace("\u2212", "-")
    if sign == "^" and stripped and all(ord(char) in RAISED for char in stripped):
        return stripped.translate(RAISED)
    plain = worded or stripped.isdecimal() if sign == "_" else worded or (stripped.isalpha() and len(stripped) > 1)  # H2O, 5th
    return text if plain else f"{sign}{{{text}}}"


def _accented(match: re.Match[str]) -> str:
    mark = _COMBINING[match[1] or match[2]]
    letters = match[3] or match[4] or match[5] or match[6]
    return unicodedata.normalize("NFC", letters[0] + mark) + letters[1:]


def _command(match: re.Match[str]) -> str:
    name, gap, symbol = match[1], match[2], match[3]
    if name is None:
        return _ESCAPED.get(symbol, symbol) if symbol and not symbol.isalnum() else match[0]
    if name in _LETTERS:
        return _LETTERS[name]
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    if name in _LOOKS:
        return ""
    follows = match.string[match.end() : match.end() + 1]
    return "" if follows == "{" and gap != "{}" else match[0]
