"""How alike two records are: evidence for and against one work, field by field, and what follows from it.

The evidence is added up in bits, as in Fellegi and Sunter's theory of record linkage (1969): each field that agrees speaks for one work, each
that differs against it, and an absent one says nothing. Beside it stand objections: a pair that one is raised against is never merged without
a person, however much agrees. The weights are reasoned, and were corrected on two labelled sets; decision 7 has what they reach there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from corpus.duplicates.traits import Traits

_SAME, _DOUBT = 12.0, 5.0  # bits
_ALIKE, _NEAR, _RELATED, _UNLIKE = 0.96, 0.9, 0.75, 0.6  # titles, 0..1
_NOT = frozenset({"not", "no", "non", "without", "never"})
_PLACE = {"volume": (2.5, -3.0), "issue": (0.5, -0.5), "page": (4.0, -4.0)}


class Verdict(StrEnum):
    """What two records are to each other."""

    SAME = "same"
    DOUBT = "in doubt"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found about two records.

    `fields` has the bits of evidence of every field that both have (above 0: it agrees); `objections` why they are not merged unasked.
    """

    verdict: Verdict
    fields: dict[str, float]
    objections: tuple[str, ...] = ()

    @property
    def bits(self) -> float:
        """The evidence in all."""
        return sum(self.fields.values())

    @property
    def score(self) -> float:
        """How much speaks for one work, 0..1, higher is surer; at least 0.9 for `same`, below 0.9 for all others. An order, no probability."""
        score = 1 / (1 + math.exp(-(self.bits - 8) / 1.8))
        return round(score if self.verdict is Verdict.SAME else min(score, 0.89), 3)

    @property
    def agree(self) -> list[str]:
        """The fields that speak for one work."""
        return [name for name, bits in self.fields.items() if bits > 0]

    @property
    def differ(self) -> list[str]:
        """The fields that speak against it."""
        return [name for name, bits in self.fields.items() if bits < 0]


def compare(a: Traits, b: Traits, *, by_key: bool = False) -> Comparison:
    """Compare two records. `by_key`: their identity (`corpus.identity`) is the same, so that only what contradicts it is asked for."""
    likeness = _title_likeness(a, b)
    fields = _evidence(a, b, likeness)
    bits = sum(fields.values())
    retold = fields.get("title", 0.0) >= 6 and fields.get("authors", 0.0) >= 4 and fields.get("year", 0.0) >= 0  # a meeting's abstract and its paper
    unlike = bits < _DOUBT and not retold
    if unlike and not by_key:  # most pairs: what else stands against them is not asked
        return Comparison(Verdict.DIFFERENT, {name: round(value, 1) for name, value in fields.items()})
    objections = _contradictions(a, b, fields, likeness) if by_key else _objections(a, b, fields, likeness)
    if unlike and objections:
        verdict = Verdict.DIFFERENT
    elif objections or (bits < _SAME and not by_key):
        verdict = Verdict.DOUBT
    else:
        verdict = Verdict.SAME
    return Comparison(verdict, {name: round(value, 1) for name, value in fields.items()}, tuple(objections))


def _evidence(a: Traits, b: Traits, likeness: float | None) -> dict[str, float]:
    found: dict[str, float | None] = {
        "doi": _identifier(a.dois, b.dois, likeness, against=-7.0),
        "pmid": _identifier({a.pmid} - {""}, {b.pmid} - {""}, likeness, against=-8.0),
        "title": _title(a, b, likeness) if likeness is not None else None,
        "authors": _authors(a, b),
        "year": {0: 1.5, 1: 0.0, 2: -2.0}.get(abs(a.year - b.year), -4.0) if a.year and b.year else None,
        "journal": _journal(a, b),
    }
    for name, (good, bad) in _PLACE.items():
        x, y = getattr(a, name), getattr(b, name)
        found[name] = (good if x == y else bad) if x and y else None
    found["abstract"] = _abstract(a, b)
    return {name: value for name, value in found.items() if value is not None}


def _identifier(a: set[str] | frozenset[str], b: set[str] | frozenset[str], likeness: float | None, *, against: float) -> float | None:
    """Abstracts of one supplement share its DOI, so that it says little where the titles are unlike."""
    if not a or not b:
        return None
    if not a & b:
        return against
    return 3.0 if likeness is not None and likeness < _UNLIKE else 10.0


def _title_likeness(a: Traits, b: Traits) -> float | None:
    """How alike the titles are, 0..1."""
    if not a.title or not b.title:
        return None
    return 1.0 if a.compact == b.compact else max(fuzz.ratio(a.compact, b.compact), fuzz.token_sort_ratio(a.title, b.title)) / 100


def _title(a: Traits, b: Traits, likeness: float) -> float:
    if a.generic or b.generic:
        return 1.5 if likeness >= _ALIKE else -3.0
    if likeness >= _ALIKE:
        bits = 8.0 if likeness == 1 else 6.5
    elif likeness >= _NEAR:
        bits = 4.5
    elif _begins(a, b):
        bits = 4.0
    elif likeness >= 0.8:
        bits = 1.0
    else:
        return -2 - 10 * (0.8 - likeness)
    return bits * min(1.0, min(a.telling, b.telling) / 5)


def _begins(a: Traits, b: Traits) -> bool:
    """Whether one title is the beginning of the other: cut, or without its subtitle."""
    short, long = sorted((a.compact, b.compact), key=len)
    return len(short) >= 30 and long.startswith(short)


def _authors(a: Traits, b: Traits) -> float | None:
    if not a.families or not b.families:
        return None
    few, many = sorted((a.families, b.families), key=len)
    share = sum(any(_one_name(name, other) for other in many) for name in few) / len(few)
    if _one_name(a.families[0], b.families[0]):
        if a.initials[0] and b.initials[0] and a.initials[0] != b.initials[0] and share < 1:
            return 1.0
        return 4.0 if share >= 0.6 else 2.0
    if share >= 0.6:
        return 1.5  # another order, or the first one left out
    return -1.0 if share else -5.0


def _one_name(a: str, b: str) -> bool:
    return a == b or fuzz.ratio(a, b) >= 85 or (min(len(a), len(b)) >= 4 and (a in b or b in a))


def _journal(a: Traits, b: Traits) -> float | None:
    if a.serials & b.serials:
        return 2.0
    if not a.journal or not b.journal:
        return None
    short, long = sorted((a.journal, b.journal), key=lambda words: sum(map(len, words)))
    rest = iter(long)
    abbreviated = all(any(word[0] == part[0] and (word.startswith(part) or part.startswith(word)) for word in rest) for part in short)
    acronym = len(short) == 1 and short[0] == "".join(word[0] for word in long)
    return 2.0 if abbreviated or acronym or fuzz.ratio(" ".join(short), " ".join(long)) >= 90 else -3.0


def _abstract(a: Traits, b: Traits) -> float | None:
    length = min(len(a.abstract), len(b.abstract), 600)
    if length < 100:
        return None
    one, other = a.abstract[:length], b.abstract[:length]
    likeness = fuzz.ratio(one, other, score_cutoff=55)
    if likeness <= 90:  # the costlier measure, which looks over another order of the sentences
        likeness = max(likeness, fuzz.token_sort_ratio(one, other, score_cutoff=55))
    if likeness > 75:
        return 6.0 if likeness > 90 else 4.0
    return 0.0 if likeness > 55 else -3.0


def _objections(a: Traits, b: Traits, fields: dict[str, float], likeness: float | None) -> list[str]:
    """What stands against merging two records unasked, in words."""
    against = {name for name, bits in fields.items() if bits < 0}
    named = fields.get("doi", 0) > 3 or fields.get("pmid", 0) > 3
    found = [f"another {name.upper()}" for name in ("doi", "pmid") if name in against]
    if a.notice != b.notice:
        found.append(f"one is a {a.notice or b.notice}" if not (a.notice and b.notice) else f"a {a.notice} and a {b.notice}")
    if a.numbers != b.numbers and not (named and _begins(a, b)):
        found.append("other numbers in the title")
    if likeness is not None and likeness < 1 and _other_words(a, b):
        found.append("other words in the title")
    if likeness is not None and likeness < (_RELATED if named else _NEAR) and not (named and _begins(a, b)):
        found.append("another title")
    if a.generic or b.generic:
        found.append("a title that many have")
    if a.preprint != b.preprint:
        found.append("one is a preprint")
    if a.kind != b.kind and "thesis" in (a.kind, b.kind):
        found.append("one is a thesis")
    if "authors" in against or (fields.get("authors", 4.0) < 2 and not named):
        found.append("other authors")
    if "page" in against and not (fields.get("doi", 0) > 3 and fields.get("title") == 8 and "abstract" not in against and fields.get("authors", 0) >= 4):
        found.append("another page")
    if "journal" in against and not named:
        found.append("another journal")
    if "volume" in against and fields.get("page", 0) <= 0 and not named:
        found.append("another volume")
    if fields.get("year", 0) < (-2 if named else 0):
        found.append("another year")
    return found


def _other_words(a: Traits, b: Traits) -> bool:
    """Whether one title has other words in the place of some of the other's ("male" for "female"), spelling apart, or a "not" more."""
    mine, theirs = a.title.split(), b.title.split()
    left = [word for word in mine if word not in set(theirs)]
    right = [word for word in theirs if word not in set(mine)]
    if _NOT & {*left, *right}:
        return True
    if not left or not right or "".join(left) == "".join(right):
        return False
    return any(not any(_one_word(word, other) for other in right) for word in left) and any(not any(_one_word(word, other) for other in left) for word in right)


def _one_word(a: str, b: str) -> bool:
    """Whether two words differ by spelling: one letter in four or more, two where the beginning is the same, or one is in the other joined up."""
    distance = Levenshtein.distance(a, b, score_cutoff=2)
    if min(len(a), len(b)) >= 4 and (distance <= 1 or (distance == 2 and a[:5] == b[:5])):
        return True
    return len(a) > 1 and len(b) > 1 and (a.startswith(b) or b.startswith(a))


def _contradictions(a: Traits, b: Traits, fields: dict[str, float], likeness: float | None) -> list[str]:
    """What contradicts a shared identity: DOI, PMID, or title with year and first author."""
    against = {name for name, bits in fields.items() if bits < 0}
    unlike = {name for name in ("authors", "page", "abstract", "journal", "volume") if name in against}
    if (a.doi and a.doi == b.doi) or (a.pmid and a.pmid == b.pmid):
        other_title = likeness is not None and likeness < _RELATED and not _begins(a, b)
        if fields.get("authors", 4.0) < 2:
            unlike.add("authors")
        if likeness is not None and likeness < 1 and {"page"} <= unlike and a.page[:1] == b.page[:1]:
            other_title = other_title or fields.get("abstract", 0.0) < 6
        own_notice = bool(a.notice or b.notice) and a.notice != b.notice and likeness is not None and likeness < 1
        if other_title and unlike & {"authors", "page", "abstract"}:
            return ["another title", *(f"another {name}" for name in sorted(unlike))]
        if own_notice and unlike:
            return [f"one is a {a.notice or b.notice}"]
        return []
    found = [f"another {name}" for name in ("journal", "volume", "page") if name in against]
    if a.preprint != b.preprint:
        return ["one is a preprint"]
    if a.generic:
        known = fields.get("page", 0) > 0 or fields.get("abstract", 0) > 0
        return found or ([] if known else ["a title that many have"])
    return found if len(found) >= 2 or ("page" in against and fields.get("abstract", 0) <= 0) else []
