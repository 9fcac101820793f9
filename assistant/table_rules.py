"""Rules that find the cells of the evidence table in a sentence; each gives the span of its exact words, never a value of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

Span = tuple[int, int]

_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+"
_PEOPLE = r"(?:participants|patients|people|subjects|individuals|volunteers|adults|women|men|respondents|veterans|children|adolescents|persons)"
_N = re.compile(rf"\b[nN]\s?=\s?({_NUMBER})(?![\d.])")
_N_PEOPLE = re.compile(rf"(?<![\d.,])({_NUMBER})(?! ?%)(?: (?!of\b|studies\b|trials\b|and\b)[\w-]+){{0,2}} {_PEOPLE}\b")
_PEOPLE_NUMBERED = re.compile(rf"\b{_PEOPLE}\b[^.;]{{0,80}}? (?:numbered|totall?ed|counted) ({_NUMBER})\b")
_PART = re.compile(
    r"\b(?:of (?:the|those|these|that|which|them)|in (?:each|one)|per|only|at least|more than|over|under|up to|fewer than"
    r"|as many as)\s*$",
    re.IGNORECASE,
)

_DOSE_NUMBER = r"\d+(?:\.\d+)?"
_DOSE = re.compile(
    rf"(?<![\w.,/-])(?:<\s?)?{_DOSE_NUMBER}(?:\s?(?:mg/kg|mg|mcg|µg|μg|ug|g))?(?:\s?(?:-|–|to|and)\s?{_DOSE_NUMBER})?\s?(?:mg/kg|mcg/kg|µg/kg|μg/kg"
    rf"|mg|mcg|µg|μg|ug|g)\b"
    r"(?!\s?/\s?(?:d?l|ml|mol)|\s?=|\s?per d?l)"
)

_NAME = (
    r"(?:SMD|WMD|MD|RR|OR|HR|AOR|aOR|IRR|NNT|NNH|ES|(?:Hedges'?s?'? |Hedges’s? )?g|(?:Cohen'?s |Cohen’s )?d|[Rr]isk ratio|[Oo]dds ratio"
    r"|[Hh]azard ratio|[Rr]elative risk|[Rr]ate ratio"
    r"|(?:weighted |standardi[sz]ed )?mean differences?|(?:pooled )?effect size|risk difference)"
)
_VALUE = r"[-−–+]?\d+(?:\.\d+)?"
_INTERVAL = (
    r"(?:,? ?\(?(?<=[ (,])95 ?% ?(?:CI|confidence interval)(?: of| from)? [-−–]?\d+(?:\.\d+)?(?:-|–| to )[-−–]?\d+(?:\.\d+)?\)?"
    r"|\s?\((?:95 ?% ?(?:CI|CrI|confidence interval)[^()]{1,45}|[-−–]?\d+(?:\.\d+)? to [-−–]?\d+(?:\.\d+)?)\))"
)
_EFFECT = re.compile(
    rf"(?<![\w-]){_NAME}(?: values?)?(?:\s?\([A-Z]{{2,4}}\))?(?:\s?[=:,]\s?|\s(?:of|was|at|being|in [^.;()]{{3,60}}? (?:was|were) )\s?|\s(?:on"
    rf"|in) [^.;()]{{2,60}}? (?:was|of)\s|\s)(?:about |around |(?:as )?high as )?{_VALUE}"
    rf"(?:\s?(?:to|-|–)\s?[-−]?\d+(?:\.\d+)?)?(?: points)?(?!\s?%|[\d.]*\d)(?:{_INTERVAL})?"
)
_DIFFERENCE = re.compile(
    rf"(?<![\w.])(?:(?:by|of|was|is|stood at|lower by|higher by|to) )?(?P<value>[-−]?{_DOSE_NUMBER}(?:-| )(?:percentage )?(?:points?|mmHg|mm Hg|ms"
    rf"|days|beats per minute|bpm)\b{_INTERVAL}?)"
)
_SHARE = re.compile(rf"(?<![\w.])(?:about |around |at most |nearly |some )?{_DOSE_NUMBER}\s?(?:%|per cent)(?! ?(?:CI|CrI|confidence))(?:{_INTERVAL})?")
_I2 = re.compile(r"(?:I2|I²|I\^2|heterogeneity)\s?(?:=|of|was)?\s?$")

_NOUN = (
    r"(?:(?!(?:with|for|in|after|than|by|at|from|was|were|is|are|and their|compared|to|when|that|which|among|following|under|lost|improve|improves"
    r"|reduce|reduces|showed|during|within|because|so|into|whose)\b)[\w'’/-]+(?:\s"
    r"|(?=[.,;:()]|$)))"
)
_CHANGES = (
    r"(?:lower|higher|reduced|greater|increased|better|improved|worse|decreased|raised|smaller|larger|lessened|elevated|diminished|relieved"
    r"|lowered|enhanced|more frequent|less frequent)"
)
_BEGINS = (
    r"(?!(?:it|they|have|has|had|been|this|these|both|we|there|patients|participants|people|with|in|for|at|among|after|under|across|of|on|by"
    r"|when|the (?:review|authors|meta-analysis|trials|studies))\b)"
)
_FALLS = (
    r"(?:dropped|fell|rose|improved|increased|decreased|declined)(?= (?:by|with|in|after|from|to|when|over|for|strongly|significantly|steeply|at"
    r"|during)\b|[,.;])"
)
_SUBJECT = re.compile(
    rf"(?:^|, |; |\bthat ){_BEGINS}(?P<outcome>(?:(?:in|of|for) (?:{_NOUN})|{_NOUN}){{1,9}})"
    rf"(?:(?:was|were|is|are|had been|remained) (?:each |\w+ly |also |not |no |consistently ){{0,2}}{_CHANGES}|{_FALLS}|got better"
    rf"|(?:did not )?differ(?:ed)?(?! greatly)|showed no)\b",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    rf"\b(?:reduc(?:es?|ed|ing)|increas(?:es?|ed|ing)|improv(?:es?|ed|ing)|decreas(?:es?|ed|ing)|lower(?:s|ed|ing)|rais(?:es?|ed|ing)|reliev(?:es?|ed"
    rf"|ing)|prolong(?:s|ed)?)"
    rf" (?:the )?(?P<outcome>(?:{_NOUN}){{1,6}}(?:of (?:{_NOUN}){{1,3}})?)",
    re.IGNORECASE,
)
_NOMINAL = re.compile(
    rf"\b(?:reductions?|increases?|decreases?|improvements?|changes?|differences?|drop|rise|effects?(?: of [\w -]{{2,40}}?)? on|effects?"
    rf"|benefits?)\b(?: \w+ly)?"
    rf"(?: (?:in|for)|(?<= on)) (?:the )?(?!(?:short|long)(?:er)? term|some|most|others?|people|patients|adults|participants|studies|trials|cases"
    rf"|favou?r|\d)(?P<outcome>(?:{_NOUN}){{1,6}}(?:of (?:{_NOUN}){{1,3}})?)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?<!-)\b(?P<outcome>(?:(?:clinical|complete|serious|all-cause|treatment|suicidal|sustained) )?(?:remission|response|relapse|abstinence"
    r"|mortality|adverse events"
    r"|adverse reactions|side effects|suicidal ideation|suicidality|quality of life|survival|recurrence|blood pressure))\b(?!(?<=response) (?:to|among)\b)",
    re.IGNORECASE,
)

_NOTHING = re.compile(
    r"\b(?:no (?:\w+ ){0,3}(?:differences?|benefits?|effects?|associations?|superiority|change|advantage|increase|improvement|serious adverse events?)"
    r"|(?:did|was|were|does|do|is|are|has|had|have) not (?:\w+ ){0,4}?(?:differ\w*|superior|significant\w*|maintained|affected|improve\w*|reduce\w*"
    r"|increase\w*|associated|worse|better|made more \w+)"
    r"|not (?:significantly|meaningfully) (?:different|differ\w*|better|lower|higher)|no longer significant|(?:comparable|similar) (?:in|to|between)"
    r"|not superior"
    r"|unclear|inconclusive|inconsistent(?:ly)?|mixed (?:results|links|findings)|contradictory|varying results|(?:is|are|was|were|remains?) unknown"
    r"|(?:is|are|was|were) comparable)\b",
    re.IGNORECASE,
)
_SOMETHING = re.compile(
    rf"\b(?:(?:was|were|is|are|been) (?:each |\w+ly )?(?:{_CHANGES}|superior|linked|associated)|(?:significantly |strongly )?(?:{_CHANGES}"
    rf"|superior) (?:than|with|by|after|in|when|from|to)"
    r"|(?<!and )(?<!or )(?<!, )(?<!with )(?:clearly |significantly )?(?:reduced|increased|improved|lowered|raised|decreased|relieved"
    r"|favou?red) (?!by\b)|(?:dropped|fell|rose)(?! (?:under|into|out|from favou?r)\b)|got better"
    r"|linked with|associated with"
    r"|(?:significant|large|small|medium|moderate|positive) (?:\w+ ){0,2}(?:effects?|benefits?|change|advantage|differences?|reduction)"
    r"|difference in favou?r of)\b",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"\b(?:systematic review(?: and (?:network |multivariate |dose-response )?meta-analys[ei]s)?|umbrella review|scoping review|narrative review"
    r"|integrative review|network meta-analysis"
    r"|meta-analys[ei]s|meta-synthesis|overview of reviews|literature review|critical review|theory paper|randomi[sz]ed(?:,? (?:double-blind"
    r"|placebo-controlled|controlled|clinical|crossover))*"
    r" (?:trial|study)|cohort study|case-control study|case series|case report|cross-sectional (?:study|survey)|open-label (?:trial|study)"
    r"|pilot study|retrospective (?:study|analysis|review)"
    r"|prospective (?:study|cohort)|survey|mini review|perspective|protocol|(?!(?:this|the|a|an|our|peer|present|in|of|and|for|by|that|which|each"
    r"|other|earlier|later)\b)[a-z-]+ review|review)\b",
    re.IGNORECASE,
)


class Direction(StrEnum):
    """What a sentence says of a difference: that there is one, or that there is none or it is not clear."""

    FOUND = "found"
    NOT_FOUND = "not_found"


def find_n(text: str) -> Span | None:
    """How many people took part: "n = 858", "516 participants"; the largest where several are given, no share of a group."""
    found = [m.span(1) for pattern in (_N, _PEOPLE_NUMBERED) for m in pattern.finditer(text)]
    found += [m.span(1) for m in _N_PEOPLE.finditer(text) if not _PART.search(text[: m.start()])]
    return max(found, key=lambda span: int(text[slice(*span)].replace(",", "")), default=None)


def find_dose(text: str) -> Span | None:
    """The first dose or range of doses with its unit: "6 to 40 mg", "0.15 mg/kg and 7 mg/kg"."""
    match = _DOSE.search(text)
    return match.span() if match else None


def find_effect(text: str) -> Span | None:
    """The first effect size with its name and interval ("SMD of -0.24", "RR of 2.3-2.9"); else a difference in points; else a share."""
    match = _EFFECT.search(text)
    if match:
        unpaired = match[0].endswith(")") and match[0].count("(") < match[0].count(")")
        return match.start(), match.end() - unpaired
    difference = _DIFFERENCE.search(text)
    if difference:
        return difference.span("value")
    shares = [m for m in _SHARE.finditer(text) if not _I2.search(text[: m.start()])]
    return shares[0].span() if shares else None


def find_outcome(text: str) -> Span | None:
    """What was measured: the thing that was lower, reduced or different; else a named kind of outcome."""
    for pattern in (_SUBJECT, _OBJECT, _NOMINAL, _NAMED):
        match = pattern.search(text)
        if match:
            start, end = match.span("outcome")
            words = re.sub(r"(?:\s(?:and|or|but|as|while|on))*[\s,;.]*$", "", text[start:end])
            if len(words) > 3:
                return start, start + len(words)
    return None


def find_direction(text: str) -> tuple[Direction, Span] | None:
    """Whether the sentence reports a difference, and the words that say so. A denial goes before an assertion."""
    for direction, pattern in ((Direction.NOT_FOUND, _NOTHING), (Direction.FOUND, _SOMETHING)):
        match = pattern.search(text)
        if match:
            return direction, (match.start(), match.start() + len(match[0].rstrip()))
    return None


def find_kind(text: str) -> Span | None:
    """The first name of a design: "systematic review and meta-analysis", "randomised trial"; the longest that begins there."""
    match = _KIND.search(text)
    return match.span() if match else None


def find_name(text: str, names: Iterable[str]) -> Span | None:
    """The first of the names that stands in the text as whole words, the longest first where two begin together."""
    ordered = sorted({name for name in names if name}, key=lambda name: (-len(name), name))
    if not ordered:
        return None
    match = re.search(r"(?<![\w-])(?:" + "|".join(map(re.escape, ordered)) + r")(?!\w)", text, re.IGNORECASE)
    return match.span() if match else None


def numbers(text: str) -> list[float]:
    """Every number of a text, with its sign; for sorting."""
    return [float(match) for match in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", text)]
