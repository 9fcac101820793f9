"""What two descriptions of a work are compared by: title, people, place and text of a record, brought to forms that tools do not differ in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.review import Review
from corpus.text import fold, words_of

_TAG = re.compile(r"</?[a-z]{1,6}(?:\s[^>]*)?>", re.IGNORECASE)
_CITED = re.compile(r"[(\[](?:vol|volume|doi|[a-z .]+, )[^()\[\]]*\d{4}[^()\[\]]*[)\]]\s*\.?$", re.IGNORECASE)
#: Notes that a database puts behind a title, not part of it.
_ADDED = re.compile(
    r"[(\[]\s*(?:(?:article )?in )?(?:provisional abstract|structured abstract|abstract|english|german|french|spanish|chinese|japanese|russian|italian"
    r"|portuguese|dutch|polish|korean|turkish|translated|see comments?)[^()\[\]]{0,30}[)\]]\s*\.?$",
    re.IGNORECASE,
)
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda",
    "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_SPELT = re.compile(f"[{''.join(_GREEK)}]")
#: Words that make a paper one about another paper. What they are found as -> the kind of notice they make it.
_NOTICES = (
    ("correction", r"^(?:publisher |author )?(?:correction|corrigend(?:um|a)|errat(?:um|a)|addendum|corrected)\b"),
    ("correction", r"[:(\[] ?(?:erratum|corrigendum|correction)\b"),
    ("retraction", r"^(?:retraction|retracted|withdrawn|withdrawal|notice of retraction|expression of concern)\b|[:(\[] ?(?:retraction|retracted)\b"),
    ("reply", r"\b(?:authors?|the) (?:reply|response)\b|^(?:re|reply|response|in reply|in response)\b(?: to\b|:|$)"),
    ("reply", r"[:(\[] ?(?:reply|response)(?: to\b|[)\]]|$)"),
    ("comment", r"^(?:comments?|commentary|invited commentary|editorial comment|letter)\b(?: on\b| to\b|:|$)"),
    ("comment", r"[:(\[] ?(?:comments?|commentary|letter)\b(?! of)"),
    ("editorial", r"^(?:editorial|foreword|preface|introduction)\s*:"),
    ("protocol", r"\bprotocol\b"),
)
_NOTICE = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _NOTICES)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_COUNTED = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
#: What journals put before a title of their short papers; other tools leave it out.
_RUBRIC = re.compile(
    r"^(?:(?:short|brief|rapid|original|review|research|case)[ -](?:report|communication|article|paper|research)s?\s*[:.]"
    r"|(?:review|original investigation)\s*:)\s*",
    re.IGNORECASE,
)
#: Titles that say nothing of the paper: many papers of one journal, and of one author, have them.
_GENERIC = re.compile(
    r"(?:(?:the )?authors?s? (?:reply|response)|reply|response|in reply|letters?(?: to the editors?)?|editorials?|introduction|foreword|preface"
    r"|comments?|commentary|abstracts?|err?at(?:um|a)|corrigend(?:um|a)|corrections?|news|obituary|book reviews?"
    r"|in this issue|contents|index|untitled|no title(?: available)?"
    r"|case report|discussion|conclusions?|summary|reviews?|poster(?: session)?s?|editors? (?:note|choice|comment)|correspondence|invited commentary)"
)
_SMALL = frozenset("a an and the of for in on to with from by as at is are or its de la le les der die das und et el en".split())
_PARTICLES = frozenset("de da do dos das del della di du la le van von der den ter ten af av al el bin ibn st".split())
_SERIES = re.compile(r"\b(?:part|volume|vol|chapter|study|section|report|paper|series|no|number|phase|type|stage)\s+([ivx]+|[a-h]|\w+)\b")
_PAGE = re.compile(r"([a-z]*)0*(\d+)")
_LEAD = re.compile(r"^(?:abstract|background|objectives?|introduction|aims?|purpose|context|importance|summary|rationale)\b[\s:.-]*(?:of review\b[\s:.-]*)?")


@dataclass(frozen=True, slots=True)
class Traits:
    """A record as it is compared. Texts are folded; `None` and empties are unknown."""

    title: str  # its words, one space between them
    compact: str  # its letters and digits alone
    notice: str  # "correction", "reply", … where the title says it is about another paper
    numbers: tuple[str, ...]  # every number of the title, in order; those of parts among them
    generic: bool  # "Editorial", "Reply": a title that many papers have
    families: tuple[str, ...]
    initials: tuple[str, ...]
    year: int | None
    journal: tuple[str, ...]
    serials: frozenset[str]
    volume: str
    issue: str
    page: str
    abstract: str
    doi: str
    dois: frozenset[str]
    pmid: str
    kind: str
    preprint: bool

    @property
    def telling(self) -> int:
        """How many words of the title say what it is about."""
        return len({word for word in self.title.split() if word not in _SMALL and len(word) > 2})


#: The traits last asked for, by the address of what they were taken from: an import asks for those of a record at each step of its way.
_recent: dict[int, tuple[Review, Traits]] = {}
_KEPT = 1200


def traits_of(review: Review) -> Traits:
    """What `review` is compared by."""
    of, traits = _recent.get(id(review.csl), (None, None))
    if of is not None and traits is not None and of.csl is review.csl and all(getattr(of, name) == getattr(review, name) for name in _ELSE):
        return traits
    traits = _taken_from(review)
    if len(_recent) >= _KEPT:
        _recent.clear()
    _recent[id(review.csl)] = (review, traits)
    return traits


_ELSE = ("abstract", "facets", "alternatives")  # what is compared besides the bibliographic part


def _taken_from(review: Review) -> Traits:
    csl = review.csl
    raw = _TAG.sub("", review.title).strip()
    bare = _CITED.sub("", raw.strip("[] ."))
    folded = _spelt(_RUBRIC.sub("", _ADDED.sub("", bare)))
    words = words_of(folded)
    families, initials = _people(review)
    journal = _words_of_journal(review.journal)
    abstract = _LEAD.sub("", " ".join(words_of(_spelt(_TAG.sub(" ", review.abstract[:900])))))
    text = f"{review.journal} {csl.get('publisher') or ''} {' '.join(review.facets.get('publication_status', ()))}".lower()
    pages = str(csl.get("page") or "")
    return Traits(
        title=" ".join(words),
        compact="".join(words),
        notice=next((name for name, pattern in _NOTICE if pattern.search(raw)), ""),
        numbers=_numbers(" ".join(words)),
        generic=bool(_GENERIC.fullmatch(" ".join(words))),
        families=families,
        initials=initials,
        year=review.year,
        journal=journal,
        serials=frozenset(re.findall(r"\d{4}-?\d{3}[\dx]\b", str(csl.get("ISSN") or "").lower().replace("-", ""))),
        volume=_plain(csl.get("volume")),
        issue=_plain(csl.get("issue")),
        page=_first_page(pages),
        abstract=abstract[:600],
        doi=review.doi,
        dois=frozenset(text.lower() for text in (review.doi, *review.alternatives.get("DOI", ())) if text),
        pmid=review.pmid,
        kind=str(csl.get("type") or ""),
        preprint=bool(re.search(r"preprint|\b(?:bio|med|psy|chem)?r?xiv\b|research square|ssrn", text)),
    )


def _spelt(text: str) -> str:
    folded = fold(text)
    return folded if folded.isascii() else _SPELT.sub(lambda letter: _GREEK[letter[0]], folded)


def _numbers(title: str) -> tuple[str, ...]:
    found = re.findall(r"\d+", title)
    for match in _SERIES.finditer(title):
        mark = match[1]
        value = _ROMAN.get(mark) or _COUNTED.get(mark) or (mark if len(mark) == 1 else None)
        if value and not mark.isdigit():
            found.append(str(value))
    last = title.rsplit(" ", 1)[-1]
    if last in _ROMAN and last != "i" and not _SERIES.search(title):
        found.append(str(_ROMAN[last]))
    return ("".join(found),) if found else ()


def _people(review: Review) -> tuple[tuple[str, ...], tuple[str, ...]]:
    families, initials = [], []
    for name in review.authors:
        words = words_of(name.family)
        given = words_of(name.given)
        if not given and len(words) > 1 and len(words[-1]) <= 3:  # "Smith JA" in one piece
            words, given = words[:-1], words[-1:]
        core = [word for word in words if word not in _PARTICLES and word not in ("jr", "sr", "iii")] or words
        if core:
            families.append("".join(core))
            initials.append(given[0][0] if given else "")
    return tuple(families), tuple(initials)


def _words_of_journal(text: str) -> tuple[str, ...]:
    text = re.split(r"\. Conference|: official|: the official|: journal of|=| / |\(", fold(text).replace("&", " and "), maxsplit=1)[0]
    return tuple(word for word in words_of(text) if word not in _SMALL)


def _plain(value: object) -> str:
    match = re.search(r"[a-z]*\d+", str(value or "").lower())
    return match[0].lstrip("0") if match else ""


def _first_page(pages: str) -> str:
    match = _PAGE.search(fold(pages))
    return f"{match[1]}{match[2]}" if match else ""
