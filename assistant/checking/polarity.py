"""What a sentence denies, which way it points, and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.checking.lexicon import GENERIC
from assistant.checking.opposites import DIRECTION
from assistant.checking.words import Word, stem

NEGATION = re.compile(
    r"\b(?:n['o]t|no|never|without|neither|nor|cannot|none|lack(?:s|ed|ing)?|fail(?:s|ed|ure)? to|absence|absent|unlikely|hardly|barely|unable|unaffected|unchanged|"
    r"rather than|instead of|little evidence|unclear|unknown|inconclusive|insufficient|isn't|doesn't|don't|didn't|wasn't|aren't|can't|won't|hasn't|haven't|couldn't|wouldn't|nothing|nobody)\b(?!\s+only\b)", re.I)
MODAL = re.compile(r"\b(?:may|might|could|possibl[ey]|perhaps|potential(?:ly)?|probabl[ey]|can potentially|(?:appear|seem)(?:s|ed)? to|appears|presumably|conceivabl[ey]|suspected|hypothe[sz]i[sz]ed|promising|preliminary)\b", re.I)
SOFT = re.compile(r"\b(?:suggest(?:s|ed|ing)?|likely|indicat(?:e|es|ed|ing)|tend(?:s|ed)? to|propose[sd]?|feasible|should|would)\b", re.I)
UNKNOWN = re.compile(r"\b(?:unclear|unknown|uncertain|not (?:yet )?(?:known|clear|established|understood)|no (?:specific |effective |approved |known |clear |strong |direct |current )*(?:evidence|treatments?|therap(?:y|ies)|vaccines?|drugs?|medications?|cure)|remains? (?:to be|unclear|unknown|controversial|elusive|unavailable)|insufficient|inconclusive|controversial|further (?:research|studies|study)|more (?:research|studies))\b", re.I)
STRONG = re.compile(r"\b(?:always|never|all|every|only|cures?|cured|proven|definitely|certainly|will|must|completely|entirely|100|guarantee[sd]?|impossible|any)\b", re.I)
NULL = re.compile(
    r"\b(?:no (?:\w+ ){0,2}(?:differences?|effects?|associations?|changes?|benefits?|improvements?|impact|influence|correlations?|relationships?|increase|decrease|reduction|role|advantage|link|evidence)|"
    r"(?:not|n't) (?:\w+ ){0,2}(?:differ|different|affect|alter|change|changed|influence|associated|correlated?|related|superior|improve|improved|reduce|reduced|increase|increased|decrease|decreased|significant|significantly|effective|linked|better)|"
    r"(?:similar|comparable|identical|equivalent) (?:to|in|between|across|among|rates?|levels?|effects?|outcomes?)|unaffected|unchanged|independent(?:ly)? of|regardless of|irrespective)\b", re.I)
MINUS = re.compile(r"\b(?:deficien\w*|depriv\w*|deplet\w*|loss|lacks?|lacking|absence|delet\w*|knock-?(?:out|down)|silenc\w*|inhibit\w*|antagonis\w*|block\w*|protect\w*|prevent\w*|reduc\w*|decreas\w*|lower\w*|"
    r"suppress\w*|attenuat\w*|diminish\w*|declin\w*|impair\w*|inactivat\w*|negative\w*|down-?regulat\w*|fewer|less|worse\w*|without|not|no|never|cannot|fail\w*|null|alleviat\w*|mitigat\w*|rescue\w*|restor\w*|abolish\w*|ablat\w*|insensitiv\w*|resist\w*|limit\w*|slow\w*|harm\w*|damag\w*)\b", re.I)
THAN = re.compile(r"\b(?:than|versus|vs|compared (?:with|to)|relative to)\b", re.I)
_CLAUSE = re.compile(r"[;:,()]|\b(?:but|however|although|though|whereas|while|and|which|because|despite)\b", re.I)
_PARTS = re.compile(r";|,?\s*\b(?:whereas|while|but|although|though|however)\b|, and\b", re.I)
#: A negation reaches this many words at most, to the end of its clause.
_REACH = 8
#: Words this far from a word of direction are what it speaks of.
_NEAR = 6


@dataclass(frozen=True, slots=True)
class Turn:
    """A word of direction: its axis, its sign here (+1 or -1, negation counted), and the stems of the telling words near it."""

    axis: str
    sign: int
    near: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stance:
    """How a sentence says what it says. `minus` counts words that take away, for parity: "loss of an inhibitor" is a gain."""

    turns: tuple[Turn, ...]
    negations: int
    modal: bool
    soft: bool
    unknown: bool
    strong: bool
    null: bool
    minus: int


def stance_of(text: str, words: Sequence[Word]) -> Stance:
    """The stance of a plain sentence whose words have been marked by `negated`."""
    return Stance(
        turns=_turns(words),
        negations=len(NEGATION.findall(text)),
        modal=bool(MODAL.search(text)),
        soft=bool(SOFT.search(text)),
        unknown=bool(UNKNOWN.search(text)),
        strong=bool(STRONG.search(text)),
        null=bool(NULL.search(text)),
        minus=len(MINUS.findall(text)),
    )


def negated(text: str, words: list[Word]) -> list[Word]:
    """The words, those in the reach of a negation marked; a second negation takes the mark away."""
    marks = list(NEGATION.finditer(text))
    if not marks:
        return words
    breaks = [m.start() for m in _CLAUSE.finditer(text)]
    flags = [False] * len(words)
    for mark in marks:
        stop = min((b for b in breaks if b > mark.end() + 1), default=len(text))  # "could not, in this account, be revised": past the comma
        reached = [i for i, w in enumerate(words) if mark.end() <= w.start < stop][:_REACH]
        for i in reached:
            flags[i] = not flags[i]
    return [replace(w, negated=True) if flag else w for w, flag in zip(words, flags, strict=True)]


def direction(word: Word) -> tuple[str, int] | None:
    """Axis and sign of a word of direction as it stands, negation not counted; None for any other word."""
    return DIRECTION.get(stem(word.norm))


def _turns(words: Sequence[Word]) -> tuple[Turn, ...]:
    signs = [direction(w) for w in words]
    out = []
    for i, (word, found) in enumerate(zip(words, signs, strict=True)):
        if found is None:
            continue
        axis, sign = found
        following = signs[i + 1] if i + 1 < len(words) else None
        if word.norm in ("more", "less", "most", "least") and following is not None:  # "less effective" points one way, not two
            if word.norm in ("less", "least"):
                out.append(Turn(following[0], -following[1] * (-1 if word.negated else 1), frozenset()))
            continue
        around = range(max(0, i - _NEAR), min(len(words), i + 1 + _NEAR))
        near = frozenset(words[j].stem for j in around if j != i and words[j].content and words[j].norm not in GENERIC and signs[j] is None)
        out.append(Turn(axis, -sign if word.negated else sign, near))
    return tuple(out)


def shared_part(text: str, words: Sequence[Word], stems: frozenset[str]) -> str:
    """The part of a sentence that holds nearly all of the given stems it has, if one part does; else the whole."""
    cuts = [0, *(m.start() for m in _PARTS.finditer(text)), len(text)]
    shared = [w for w in words if w.stem in stems]
    all_stems = {w.stem for w in shared}
    for a, b in zip(cuts, cuts[1:], strict=False):
        if shared and len({w.stem for w in shared if a <= w.start < b}) >= 0.9 * len(all_stems):
            return text[a:b]
    return text
