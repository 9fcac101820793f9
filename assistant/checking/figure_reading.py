"""Finding the figures of a sentence, in digits and in words, each with what it counts."""

from __future__ import annotations

import re

from assistant.checking.figures import Figure
from assistant.checking.lexicon import FRACTION, SCALE, TIMES, UNITS
from assistant.checking.words import WORD, name_of, stem

_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_FRACTION_WORDS = re.compile(
    rf"\b(?:(?P<top>a|an|{_ONES})[ -])?(?P<bottom>half|halves|thirds?|quarters?|fourths?|fifths?|tenths?)\b"
    r"(?! (?:line|trial|study|day|week|dose|year|place|phase|time|person))",
    re.I,
)
_RATIO_WORDS = re.compile(rf"\b(?P<a>{_ONES}) (?:in|of|out of) (?P<b>{_ONES}|ten|twenty)\b", re.I)
_COUNT_WORDS = re.compile(
    rf"\b(?P<word>(?:{_TENS})[ -](?:{_ONES})|{'|'.join(sorted(UNITS, key=len, reverse=True))}|twice|doubl(?:e[sd]?|ing)|tripled?)\b"
    r"(?:[ -](?P<scale>hundred|thousand|million)\b)?",
    re.I,
)
_DIGITS = re.compile(
    r"(?<![\w.])(?<![A-Za-z]-)(?P<sign>[-+]?)(?P<value>\d{1,3}(?:[, ]\d{3})+(?!\d)(?:\.\d+)?|\d*\.\d+|\d+)"
    r"(?:\s?(?P<scale>million|billion|thousand|hundred)\b)?"
    r"(?![A-Za-z]*\d)(?!-?[A-Za-z]+\d)(?!-[A-Z]{2})"
    r"(?P<tail>\s?%|\s?percent(?:age)?\b(?!age points)|\s?per ?cent\b|[ -]?[A-Za-zµ°]+(?:/[A-Za-z]+)?)?",
    re.I | re.ASCII,
)
_OUT_OF = re.compile(
    r"(?<![\d.])(\d{1,3}(?:,\d{3})+|\d+)\s*(?:/|of|out of|of the|in)\s*(?:the |a total of )?(\d{1,3}(?:,\d{3})+|\d+)(?![\d.]*\s?%)(?!\d)(?!\.\d)",
    re.I | re.ASCII,
)
_RANGE = re.compile(r"\s?(?:-|to|and|or)\s?")
_PERCENT_AFTER = re.compile(r"\s?per ?cent|\s?%")
_N_BEFORE = re.compile(r"\b(?:n|N|k)\s*=\s*$")
_P_BEFORE = re.compile(r"\b[pP](?:\s*-?\s*value)?s?\s*(?:=|<|>|≤|≥|of)\s*$")
_EFFECT_BEFORE = re.compile(
    r"(?:\b(?:g|d|r|R2|SMD|WMD|MD|OR|RR|HR|AOR|aOR|aHR|IRR|NNT|NNH|AUC|I2|(?:odds|risk|hazard|rate) ratio|relative risk|effect size|hedges'? g"
    r"|cohen'?s? d|standardi[sz]ed mean difference|mean difference)(?:\s*\([A-Z]+\))?\s*(?:=|of|was|:|,)?\s*)$",
    re.I,
)
_DOSE = re.compile(r"^(?:mg|ug|mcg|g|kg|ml|l|dl|ng|pg|iu|mmol|nmol|umol|mm|cm|nm|um|mg/kg|ug/kg|mcg/kg|g/kg|mg/ml|mg/dl|g/l|mg/day|mg/d|ng/ml|kcal)$", re.I)
_PEOPLE = frozenset(map(name_of, "patient participant subject people person adult child individual volunteer woman man case control veteran".split()))
_STUDIES = frozenset(map(name_of, "study trial rct review article paper publication report meta".split()))
_TIME = frozenset("year month week day hour minute second".split())
_SHORT_TIME = {"yr": "year", "h": "hour", "hr": "hour", "min": "minute", "wk": "week"}
#: How far before and after a number the words that say what it counts are looked for, in code points.
_BEFORE, _AFTER = 40, 48

_Span = tuple[int, int]


def read_figures(text: str) -> list[Figure]:
    """Every figure of a plain sentence, in the order they stand; "two thirds", "half", "twelve", "9 of 12" included."""
    out: list[Figure] = []
    taken: list[_Span] = []
    _fractions(text, out, taken)
    _shares(text, out, taken)
    _counts_in_words(text, out, taken)
    _digits(text, out, taken)
    return sorted(out, key=lambda figure: figure.start)


def _free(span: _Span, taken: list[_Span]) -> bool:
    return all(span[1] <= a or span[0] >= b for a, b in taken)


def _fractions(text: str, out: list[Figure], taken: list[_Span]) -> None:
    for m in _FRACTION_WORDS.finditer(text):
        bottom, top = m["bottom"].lower(), (m["top"] or "").lower()
        if bottom.startswith(("third", "fourth", "fifth", "tenth")) and not top:
            continue  # "the third week"
        out.append(Figure(UNITS.get(top, 1) / FRACTION[bottom], "percent", 2, m.start(), m.end(), m.group()))
        taken.append(m.span())


def _shares(text: str, out: list[Figure], taken: list[_Span]) -> None:
    for m in _OUT_OF.finditer(text):
        a, b = float(m[1].replace(",", "")), float(m[2].replace(",", ""))
        if 0 < a < b and not 1900 <= b <= 2099:  # "in 2019" is a year
            out.append(Figure(a / b, "derived", 4, m.start(), m.end(), m.group()))
    for m in _RATIO_WORDS.finditer(text):
        low, high = UNITS[m["a"].lower()], UNITS[m["b"].lower()]
        if 0 < low < high:
            out.append(Figure(low / high, "derived", 4, m.start(), m.end(), m.group()))
            taken.append(m.span())


def _counts_in_words(text: str, out: list[Figure], taken: list[_Span]) -> None:
    for m in _COUNT_WORDS.finditer(text):
        if not _free(m.span(), taken):
            continue
        word = m["word"].lower()
        taken.append(m.span())
        if word in TIMES:
            out.append(Figure(TIMES[word], "fold", 0, m.start(), m.end(), m.group()))
        elif word != "one" or m["scale"]:  # "one of the" is hardly ever a figure
            value = float(sum(UNITS[part] for part in re.split("[ -]", word))) * SCALE.get((m["scale"] or "").lower(), 1.0)
            after = text[m.end() : m.end() + _AFTER]
            percent = _PERCENT_AFTER.match(after)
            kind = "percent" if percent else _kind(text[max(0, m.start() - _BEFORE) : m.start()], "", value, after.lstrip(" -"))
            out.append(Figure(value / 100 if percent else value, kind, 2 if percent else 0, m.start(), m.end(), m.group()))


def _digits(text: str, out: list[Figure], taken: list[_Span]) -> None:
    found = [m for m in _DIGITS.finditer(text) if _free(m.span("value"), taken)]
    for i, m in enumerate(found):
        digits = m["value"].replace(",", "").replace(" ", "")
        places = len(digits.partition(".")[2])
        value = float(digits) * SCALE.get((m["scale"] or "").lower(), 1.0)
        before = text[max(0, m.start() - _BEFORE) : m.start()]
        kind = _kind(before, m["tail"] or "", value, text[m.end() : m.end() + _AFTER])
        if kind == "count" and i + 1 < len(found):  # 20-30 %, 10 to 12 weeks: a range shares its unit
            after = found[i + 1]
            if _RANGE.fullmatch(text[m.end("value") : after.start("value")]):
                kind = _kind("", after["tail"] or "", value, text[after.end() : after.end() + _AFTER])
        if kind == "percent":
            value, places = value / 100, places + 2
        out.append(Figure(value, kind, places, m.start("value"), m.end("value"), text[m.start("value") : m.end()].strip(), m["sign"] == "-"))


def _kind(before: str, tail: str, value: float, after: str) -> str:
    tail = tail.strip(" -").lower()
    if tail.startswith(("%", "per")) and tail != "per":
        return "percent"
    for pattern, kind in ((_P_BEFORE, "p"), (_N_BEFORE, "n"), (_EFFECT_BEFORE, "effect")):
        if pattern.search(before):
            return kind
    if tail and _DOSE.match(tail):
        return "dose:" + tail.replace("mcg", "ug")
    words = [stem(word.lower()) for word in WORD.findall((tail + after)[:_AFTER])[:3]]
    words = [_SHORT_TIME.get(word, word) for word in words]
    if words and words[0] in _TIME:
        return "time:" + words[0]
    if words and words[0] in ("fold", "time"):
        return "fold"
    if 1900 <= value <= 2099 and value == int(value) and not tail:
        return "year"
    for word in map(name_of, words):
        if word in _PEOPLE:
            return "n"
        if word in _STUDIES:
            return "count:study"
    return "count"
