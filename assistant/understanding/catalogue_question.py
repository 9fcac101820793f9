"""Counting, listing and "newest" questions, read against the collection's own terms: form, filter, and what was not understood."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.understanding.terms import Mention, Terms, pieces
from corpus.text import fold
from index.lexical import STOP_WORDS

Asked = Literal["count", "list", "newest", "oldest", "who"]

_NOUN = (
    r"(?:reviews?|papers?|articles?|records?|publications?|documents?|entries|entry|items?|references?|titles?"
    r"|(?:meta[- ]?)?analys[ei]s|overviews?)"
)
#: Facets whose values say what a document is.
_KINDS = frozenset("kind type publication_type document_type publication_status characteristics design study_design".split())
_HEDGE = r"(?:please |can you |could you |would you |i want to |i would like to |i'd like to |i want you to |help me )*"
_COUNT = re.compile(rf"^{_HEDGE}(?:how many|count|(?:what is |what's |tell me |give me )?(?:the )?(?:total )?(?:number|count) of)\b", re.IGNORECASE)
_LIST = re.compile(
    rf"^{_HEDGE}(?:list|show|show me|give me|give|name|enumerate|display|find|find me|get me|see|print|return|i need|are there"
    rf"|is there|do you have|have you got|does (?:the|this|your) (?:collection|library)"
    r" (?:have|hold|contain|include)|which|what|any|all)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(r"\b(?:(newest|latest|most recent|last published|most recently published)|(oldest|earliest|first(?: published)?))\b", re.IGNORECASE)
_WHO = re.compile(
    rf"^{_HEDGE}(?:who (?:wrote|writes|has written|have written|published|has published|authored|reviewed|has reviewed|(?:is|are|was"
    rf"|were) the (?:first |lead )?authors? of)"
    r"|(?:which|what) (?:authors?|researchers?|groups?) (?:wrote|write|has written|have written|published|have published|reviewed|have reviewed))\b",
    re.IGNORECASE,
)
#: After "which reviews …": what asks for a property that the catalogue has.
_CATALOGUE_VERB = re.compile(
    r"^(?:that |which )?(?:(?:have|has|having) (?:an? |the )?(?:full|abstract|summar|findings|limits)"
    r"|cover|covers|covered|are about|is about|deal|deals|dealt|discuss|discusses|address|addresses|concern"
    r"|concerns|look|looks|focus|focuses|consider|considers|treat|are there|is there|are|exist"
    r"|do you (?:have|hold)|does|appeared|were|was|came|come|have been|has been|about|on|of|by|from|in|since|before|after|between"
    r"|mention|mentions|examine|examines|investigate|investigates|with|published|include|includes)\b",
    re.IGNORECASE,
)
#: What asks for findings: such a question belongs to the evidence, whatever its form.
_FINDING = re.compile(
    r"\b(?:found|find|finds|show|shows|showed|shown|report|reports|reported|support|supports|supported|suggest|suggests|suggested"
    r"|conclude|concludes|concluded|recommend|recommends|recommended"
    r"|say|says|said|claim|claims|prove|proves|disagree|agree|compare[ds]?|warn|warns|criticis\w+|criticiz\w+|better|worse|best"
    r"|worst|most|safe|safer|safest|effective|work|works|reduce[sd]?|improve[sd]?|cause[sd]?|why|how (?!many))\b",
    re.IGNORECASE,
)
#: Counts of what stands inside the records: not the catalogue's.
_INSIDE = re.compile(
    r"\bhow many (?:\w+ ){0,3}?(?:participants|patients|people|subjects|adults|children|women|men|veterans|trials|studies|rcts"
    r"|sessions|doses|days|weeks|months|hours|minutes|years|mg|milligrams|volunteers|animals|rats|mice|deaths|cases"
    r"|arms|sites|countries|databases|receptors|infusions|times|percent|responders|users|events)\b"
    rf"|\bhow many (?:\w+ ){{0,4}}{_NOUN} (?:did|does|do|had|has|was|were|is|are)\b[^?]*\b(?:includ\w*|analys\w*|pool\w*|identif\w*"
    rf"|screen\w*|search\w*|draw\w*|rest\w*|cover)\b(?: (?:in|by)\b[^?]*)?\s*\??$"
    rf"|\bnumber of (?:participants|patients|people|trials|studies|sessions|doses|deaths|cases)\b",
    re.IGNORECASE,
)
_YEAR = r"((?:19|20)\d\d)"
_BETWEEN = re.compile(
    rf"\b(?:published |appeared |from |between |in |dated |of |for )*(?:the years |the period )?{_YEAR}\s*(?:-|–|—|to|and|until|till"
    rf"|through|up to)\s*{_YEAR}\b",
    re.IGNORECASE,
)
_SINCE = re.compile(
    rf"\b(?:since|starting in|starting from|no earlier than|not before|beginning in)\s+(?:the year )?{_YEAR}\b",
    re.IGNORECASE,
)
_FROM_ON = re.compile(
    rf"\b(?:from\s+)?{_YEAR}\s+(?:on\b|forward|to (?:now|today|date)|or (?:later|newer|after)|and (?:later|newer|after)|onwards?)\b", re.IGNORECASE
)
_AFTER = re.compile(rf"\b(?:after|later than|newer than|more recent than|past)\s+(?:the year )?{_YEAR}\b", re.IGNORECASE)
_BEFORE = re.compile(rf"\b(?:before|earlier than|older than|prior to)\s+(?:the year )?{_YEAR}\b", re.IGNORECASE)
_UNTIL = re.compile(
    rf"\b(?:until|till|up to|through|no later than|by the end of|not after)\s+(?:the year )?{_YEAR}\b|\b{_YEAR}\s+(?:or|and) (?:earlier|older|before)\b",
    re.IGNORECASE,
)
_IN = re.compile(rf"\b(?:(?:published|appeared|came out|written|dated|released)\s+)?(?:in|from|of|during|dated|for)?\s*(?:the year )?{_YEAR}\b", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:in|over|during|within|from|of)?\s*(?:the )?(?:last|past|previous)\s+(\d{1,2}|two|three|four|five|six|seven|eight|nine"
    r"|ten)\s+years\b|\b(?:in |over |during |from )?(?:the )?(?:last|past) decade\b|\b(this|last) year\b",
    re.IGNORECASE,
)
_NUMBERS = dict(zip("two three four five six seven eight nine ten".split(), range(2, 11), strict=True))
_BY = re.compile(
    r"\b(?:by|from the group of|authored by|written by|co-?authored by|with author|author(?:ed)?(?: is)?)\s+((?:(?:van|von|de|der"
    r"|den|dos|da|la|le|O')\s*)*[A-Z][\w'’.-]+(?:\s+(?:(?:van|von|de|der|den|dos|da)\s+)*[A-Z][\w'’.-]+){0,2})(?:\s+et al\.?)?"
)
_STATUS = re.compile(r"\b(retracted|withdrawn)\b", re.IGNORECASE)
_HAS = re.compile(r"\b(?:with|having|have|has)\s+(?:an?\s+|the\s+)?(full[- ]?texts?|abstracts?|summar(?:y|ies)|findings|limits)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|except|excluding|without|other than|but not|apart from|besides|no)\b[^,;?]{0,24}$", re.IGNORECASE)
#: Words that ask and bind but narrow nothing.
_FORM = frozenset(
    """
    list lists show give name enumerate display find get see print return count number total amount many much tell need want like please collection
    library database corpus here there exist exists existing available have has had hold holds held contain contains include includes included cover
    covers covered covering discuss discusses discussing address addresses addressing concern concerns concerning about deal deals dealing dealt with
    look looks looking focus focuses focused focusing consider considers examine examines examining investigate investigates mention mentions
    mentioning treat regarding related relating relevant topic topics subject subjects published publish publishes appeared appear written write
    writes wrote authored author authors come came out were was are is be been being do does did you your we our i me my us could can would will know
    known all any every each some both also or and the a an of on in for to from by at into between within since until before after during over per as
    that which what who whom whose when where how these those this it its they them their either newest latest recent recently last oldest earliest
    first most year years ever so far currently now today yet everything anything something got cited using use uses specifically only just really
    exactly altogether overall different various one ones together there's what's top best help catalogue catalog bibliography reference title titles
    entry entries item items document documents record records paper papers article articles work works publication publications review reviews
    reviewed reviewing report reports overview overviews researchers researcher groups group scientists scientist people articles' study-level whole
    entire complete
    """.split()
)
#: Words that name what a review is generally about; the catalogue has no term for them, and they are told rather than used.
_WEAK = frozenset(
    """
    treatment treatments treat treating therapy therapies therapeutic effect effects efficacy effectiveness role roles use uses impact potential research
    evidence disorder disorders clinical patients drug drugs medicine medical assisted based science scientific literature
    """.split()
)


@dataclass(frozen=True)
class CatalogueQuestion:
    """A question that the catalogue can answer. `filters` are as people write them; `unknown` are words that no term, author or title explains.

    `told` says what was read how; `sure` is False where the question may as well ask for findings.
    """

    asked: Asked
    filters: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    sure: bool = True


def read_catalogue_question(
    question: str, terms: Terms, count: Callable[[Sequence[str]], int], known: Callable[[str], bool], this_year: int | None = None
) -> CatalogueQuestion | None:
    """The question as a query of the catalogue, or None where it is none.

    `count` says how many records a filter lets through, `known` whether the collection's texts have a word.
    """
    form = _form(question, terms)
    if form is None:
        return None
    asked, sure = form
    taken = _Taken(question)
    filters = _years(taken, this_year or datetime.date.today().year)
    filters += _authors(taken)
    filters += _plain(taken)
    filters += _facets(taken, terms)
    told: list[str] = []
    unknown: list[str] = []
    texts_only = False
    for phrase in taken.rest():
        if all(_FINDING.search(word) for word in phrase.split()):
            sure = False
            told.append(f"The catalogue cannot judge “{phrase}”; it was left out of the filter.")
        elif all(word in _WEAK for word in fold(phrase).split()):
            told.append(f"“{phrase}” narrows nothing here; it was left out of the filter.")
        elif count([f"title~{phrase}"]):
            filters.append(f"title~{phrase}")
            told.append(f"“{phrase}” is no term of this collection's vocabulary; records with it in their title are meant.")
        else:
            unknown.append(phrase)
            texts_only = texts_only or all(known(stem) for stem, _, _ in pieces(phrase))
    if asked == "who" and not filters and not unknown:
        return None
    if (
        asked in ("list", "who")
        and not filters
        and not unknown
        and not re.search(r"\b(?:all|every|list|do you have|are there|collection|library)\b", question, re.IGNORECASE)
    ):
        return None
    return CatalogueQuestion(asked, tuple(dict.fromkeys(filters)), tuple(unknown), tuple(told), sure and not texts_only)


def _form(question: str, terms: Terms) -> tuple[Asked, bool] | None:
    """What is asked of the catalogue, and whether that is certain."""
    kind = _kind(question, terms)
    if _INSIDE.search(question.replace(kind[0], "documents") if kind else question):
        return None
    noun = re.search(rf"\b{_NOUN}\b", question, re.IGNORECASE) or kind
    if _WHO.match(question):
        on = re.search(r"\b(?:about|on|of)\b", question, re.IGNORECASE)
        return ("who", True) if on or noun else None
    if not noun:
        return None
    if order := _newest(question, noun):
        return order
    if _COUNT.match(question):
        return "count", not _FINDING.search(question[noun.end() :])
    if _headline(question, noun, terms):
        return "list", True
    if not _LIST.match(question) or not _names_documents(question, noun):
        return None
    after = question[noun.end() :].strip(" ?.,:")
    if re.match(r"(?:which|what)\b", question, re.IGNORECASE):
        if re.match(r"(?:what|which) is\b", question, re.IGNORECASE) and not re.search(r"[^i]s$", noun[0], re.IGNORECASE):
            return None  # one thing, and what it is: "What is the REBUS hypothesis?"
        if re.match(r"(?:what|which) (?:do|does|did|is|are|was|were|has|have|can)\b", question, re.IGNORECASE) and not re.match(
            r"(?:what|which) (?:are|is) (?:the|all|your)\b", question, re.IGNORECASE
        ):
            return None
        if after and not _CATALOGUE_VERB.match(after):
            return ("list", False) if _FINDING.search(after) else None
    return "list", not _FINDING.search(after)


def _headline(question: str, noun: re.Match[str], terms: Terms) -> bool:
    """Whether it is a bare list's heading: "Systematic reviews of ketamine since 2020"."""
    before = question[: noun.start()].strip()
    own = [mention for mention in terms.find(question) if mention.facet in _KINDS and mention.start == 0]
    after = re.match(r"\s+(?:on|about|of|by|from|since|published|in|that (?:cover|deal)|covering|before|after|between)\b", question[noun.end() :])
    return bool(after and noun[0].endswith("s") and (not before or (own and own[0].end >= len(before)))) and not _FINDING.search(question)


def _newest(question: str, noun: re.Match[str]) -> tuple[Asked, bool] | None:
    """Whether the newest or oldest record is asked for, and not what it says."""
    order = _ORDER.search(question, 0, noun.start())
    if not order or len(question[order.end() : noun.start()].split()) > 4 or re.match(r"what (?:does|do|did)\b", question, re.IGNORECASE):
        return None
    after = question[noun.end() :]
    if re.search(r"\b(?:findings?|results?|conclu\w+|evidence)\b", question, re.IGNORECASE) or re.match(
        r"(?:does|do|did|is|are|was|were)\b", question, re.IGNORECASE
    ):
        return None
    return ("newest" if order[1] else "oldest"), not _FINDING.search(after)


def _kind(question: str, terms: Terms) -> re.Match[str] | None:
    """A kind of document by the collection's own name ("preprints"), where one stands near the front."""
    mention = next((mention for mention in terms.find(question) if mention.facet in _KINDS), None)
    return re.compile(re.escape(mention.written)).search(question) if mention and len(question[: mention.start].split()) <= 5 else None


def _names_documents(question: str, noun: re.Match[str]) -> bool:
    """Whether the document word is what is listed: near the front, before any preposition but "of" ("a list of reviews")."""
    before = question[: noun.start()]
    return not re.search(
        r"\b(?:about|on|for|in|with|from|by|according to|between|do|does|did|say|says)\b\s+(?!the collection|this collection|your)", before[3:], re.IGNORECASE
    ) or bool(re.match(r"(?:do you have|does (?:the|this|your) (?:collection|library))\b", question, re.IGNORECASE))


class _Taken:
    """The question's text, with what has been read taken out."""

    def __init__(self, question: str) -> None:
        self.text = question
        self._left = list(question)

    @property
    def left(self) -> str:
        return "".join(self._left)

    def take(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        found = list(pattern.finditer(self.left))
        for match in found:
            self.blank(match.start(), match.end())
        return found

    def blank(self, start: int, end: int) -> None:
        self._left[start:end] = "\0" * (end - start)

    def rest(self) -> list[str]:
        """The runs of words that are left and mean something, in order."""
        left = re.sub(_NOUN_WORDS, lambda match: "\0" * len(match[0]), self.left)
        phrases: list[list[str]] = [[]]
        for piece in re.findall(r"\0+|[^\W_]+(?:[-'’][^\W_]+)*|[^\w\s]", left):
            folded = fold(piece)
            if piece[0] == "\0" or folded in _FORM or folded in STOP_WORDS or not piece[0].isalnum() or folded.isdigit() or len(folded) < 2:
                if phrases[-1]:
                    phrases.append([])
            else:
                phrases[-1].append(piece)
        return [" ".join(words) for words in phrases if words]


_NOUN_WORDS = re.compile(rf"\b{_NOUN}\b", re.IGNORECASE)


def _years(taken: _Taken, this_year: int) -> list[str]:
    filters: list[str] = []
    for match in taken.take(_BETWEEN):
        low, high = sorted((match[1], match[2]))
        filters += [f"year>={low}", f"year<={high}"]
    filters += [f"year>={match[1]}" for pattern in (_SINCE, _FROM_ON) for match in taken.take(pattern)]
    filters += [f"year>={int(match[1]) + 1}" for match in taken.take(_AFTER)]
    filters += [f"year<={int(match[1]) - 1}" for match in taken.take(_BEFORE)]
    filters += [f"year<={match[1] or match[2]}" for match in taken.take(_UNTIL)]
    years = [match[1] for match in taken.take(_IN)]
    filters += [f"year={'|'.join(dict.fromkeys(years))}"] if years else []
    for match in taken.take(_RELATIVE):
        if match[2]:
            filters.append(f"year={this_year - (match[2].lower() == 'last')}")
        else:
            span = 10 if not match[1] else _NUMBERS.get(match[1].lower()) or int(match[1])
            filters.append(f"year>={this_year - span}")
    return filters


def _authors(taken: _Taken) -> list[str]:
    return [f"author~{match[1].split()[-1].strip(chr(46))}" for match in taken.take(_BY)]


def _plain(taken: _Taken) -> list[str]:
    filters = [f"status={match[1].lower()}" for match in taken.take(_STATUS)]
    for match in taken.take(_HAS):
        word = match[1].lower()
        name = "fulltext" if word.startswith("full") else "abstract" if word.startswith("abs") else "summary" if word.startswith("sum") else word
        filters.append(f"has={name}")
    return filters


def _facets(taken: _Taken, terms: Terms) -> list[str]:
    """Terms as filters: "or" joins values of one facet, anything else narrows; after "not", "without", … a term is shut out."""
    filters: list[str] = []
    open_: tuple[Mention, list[str]] | None = None
    for mention in terms.find(taken.left):
        between = taken.left[open_[0].end : mention.start] if open_ else ""
        if open_ and open_[0].facet == mention.facet and re.fullmatch(r"[\s,]*(?:and/or|or)\s+(?:an?\s+|the\s+)?", between, re.IGNORECASE):
            open_[1].append(mention.value)
            filters[-1] = f"{_name(mention.facet)}={'|'.join(dict.fromkeys(open_[1]))}"
        else:
            shut = bool(_NOT.search(taken.text[: mention.start]))
            filters.append(f"{_name(mention.facet)}{'!=' if shut else '='}{mention.value}")
        open_ = mention, (open_[1] if open_ and "|" in filters[-1] else [mention.value])
    for mention in terms.find(taken.left):
        taken.blank(mention.start, mention.end)
    return filters


def _name(facet: str) -> str:
    """A facet as a filter names it: plain unless a field of every record has that name."""
    return f"facets.{facet}" if facet in ("year", "status", "journal", "has", "title", "author", "id", "doi", "pmid") else facet
