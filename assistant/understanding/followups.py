"""Follow-up questions made stand-alone by rules: pronouns and ellipsis are resolved against the last question's terms and the cited records.

A question that stands alone is returned as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.evidence import telling_words
from assistant.understanding.terms import Mention, Terms

How = Literal["typed", "rules", "model", "reader"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a follow-up may refer to: the last question, stand-alone, and whose the records cited in its answer were."""

    question: str
    cited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """A stand-alone question and who made it so."""

    question: str
    how: How = "typed"


_LEAD = re.compile(
    r"^(?:and|but|or|so|ok(?:ay)?|then|also|now|plus|well|yes|no|thanks|thank you|great|interesting)\b[\s,.:;!-]*(?:then\b[\s,]*)?", re.IGNORECASE
)
_SAME = re.compile(r"^(?:does|do|is|are|was|were|has|have|can) (.+?) (?:(?:do |work )?the same|so|too|as well|also|similar(?:ly)?)\s*\?*$", re.IGNORECASE)
_AGAINST = re.compile(r"^(?:(?:when )?compared (?:to|with)|versus|vs\.?|than)\s+", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:(?:what|how) about|what of|same (?:question )?(?:for|with)|the same (?:for|with))\s+", re.IGNORECASE)
_BARE = re.compile(
    r"^(why|how|when|where|since when|in whom|for whom|how so|how come|why not|why is that|how is that|how does that work)\s*\?*$", re.IGNORECASE
)
_MORE = re.compile(
    r"^(?:(?:tell|show|give) me more|more(?: details?| on that| about that)?|go on|anything else|what else|else|details?"
    r"|explain(?: that| this| it)?)(?: please)?\W*$",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|does|did|would|can|could|might|may) it (?:true|possible|known|likely|clear|safe|legal|better|worth|enough|common"
    r"|take|make sense|matter|ok|okay"
    r"|dangerous|risky|necessary|ethical)\b(?:[^?]*\b(?:that|to|for|if|when|whether|with)\b)|\bhow long (?:does|do|will"
    r"|would) it take\b(?=[^?]*\b(?:for|to|until|before)\b)"
    r"|\bit (?:is|was|has been) (?:said|claimed|known|true|possible|often)\b",
    re.IGNORECASE,
)
_THEM = re.compile(
    r"\b(?:which|how many|how much|any|some|most|all|none|one|many|few|several|each|both|either|what share) of (?:them|these"
    r"|those)\b(?!\s+\w+s\b(?! (?:were|was|are|had|have|did|do)))",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(it|its|itself|they|them|their|theirs|this|that|these|those|he|she|his|her|the former|the latter)\b(?!\s+(?:collection"
    r"|library|database|site|page)\b)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:that|those|these)\b(?=\s+(?:who|which|with|without|of|in|on|taking|having|treated|suffering|are|were|have|had|can|could|may|might|would|will)\b)",
    re.IGNORECASE,
)
_BEFORE_PRONOUN = frozenset(
    "is are was were does do did can could will would has have may might should how why of with from by for about after before than and or in on to".split()
)
_PERSONS = frozenset("they them their he she his her".split())
_SOMEBODY = re.compile(
    r"\b(?:people|patients|someone|somebody|anyone|users|volunteers|participants|adults|children|clinicians|therapists|researchers)\b", re.IGNORECASE
)
#: A thing spoken of as known: "does the effect persist?".
_THE = re.compile(
    r"\bthe (effects?|benefits?|improvements?|treatment|risks?|results?|evidence|difference|changes?|response|relief|trials?|studies|harms?"
    r"|side effects?)\b(?! (?:of|from|on|in|with|for|between)\b)",
    re.IGNORECASE,
)
_NOUN_AFTER = re.compile(
    r"^\s+(?!(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|may|might|should|work|works|last|lasts|mean|means"
    r"|help|helps|really|also|still|only|ever|long|safe|better|worse|in|on|for|with|at|by|to|of|and|or|than|compare|compared|happen"
    r"|happens|known|true|so|as|when|if|after|before|during)\b)([a-z-]+)",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(r"^(?:do|does|did|is|are|was|were|can|could|will|would|has|have|had|should|may|might)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|do|does|did|has|have|had|can|could|will|would|may|might|should|must|work|works|help|helps|cause"
    r"|causes|reduce|reduces|last|lasts|show|shows|tell|list|give|name"
    r"|explain|compare|describe|summari[sz]e|affect|affects|act|acts|improve|improves|happen|happens|know|known|say|says|mean|means|find|found|use|used)\b",
    re.IGNORECASE,
)
#: Telling words that say nothing of what a question is about.
_COMMON = re.compile(
    r"^(?:help\w*|work\w*|act|acts|affect\w*|effects?|effective\w*|reduc\w+|improv\w+|increas\w+|decreas\w+|chang\w+|caus\w+|eas\w+|large|big|role|roles|better|worse|best|safe\w*|risks?|good|bad"
    r"|compar\w+|interact\w*|treat\w*|therap\w+|assisted|say|know\w*|quit|shape\w*|rais\w+|look\w*|name\w*|long|first|new\w*|happen\w*|dangerous|evidence)$",
    re.IGNORECASE,
)
_GROUP = re.compile(r"^(?:for|in|with|among|during|after|before|on|at|by|from|against|within|under|without|to|of)\b", re.IGNORECASE)
_PEOPLE = re.compile(
    r"\b(?:people|adults|adolescents|teenagers|children|patients|women|men|veterans|elderly|volunteers|students|users|clinicians"
    r"|therapists|humans|animals|rats|mice|participants|teens|kids|seniors)\b",
    re.IGNORECASE,
)


def resolve(question: str, last: Turn | None, terms: Terms) -> Resolved:
    """The question as it would be asked alone. Without a last question, or without anything that refers back, it is left as typed."""
    if last is None:
        return Resolved(question)
    core = _LEAD.sub("", question).strip() or question
    led = core != question.strip()
    made = _referring(core, last, terms, led=led)
    return Resolved(question) if made is None else Resolved(_tidy(made), "rules")


def _referring(core: str, last: Turn, terms: Terms, *, led: bool) -> str | None:
    subject = _Subject(last, terms)
    if match := _BARE.match(core):
        return _asked_of(match[1], last.question)
    if _MORE.match(core):
        return f"What else is known about {subject.whole}?"
    if match := _AGAINST.match(core):
        return f"{last.question.rstrip(' ?.')}, compared with {core[match.end() :].rstrip(' ?.')}?"
    if (match := _SAME.match(core)) and terms.find(match[1]) and not _PRONOUN.search(match[1]):
        return _in_the_place(match[1].removesuffix(" do"), last, terms, subject)
    if match := _ABOUT.match(core):
        return _in_the_place(core[match.end() :], last, terms, subject)
    here = terms.find(core)
    if match := _THEM.search(core):
        things = f"{match[0].rsplit(' ', 1)[0]} the reviews on {subject.whole}"
        return core[: match.start()] + things + core[match.end() :]
    spot = _back_reference(core, here, terms, subject)
    if (not spot and not _VERB.search(core)) or (
        _GROUP.match(core) and len(core.split()) <= 6 and not re.search(r"\b(?:which|what|whom)\b.*\b(?:is|are|was|were|do|does|did)\b", core)
    ):
        fragment = len(core.split()) <= 6
        if fragment and (led or not _alone(core, here)):
            return _in_the_place(core, last, terms, subject) if _GROUP.match(core) or here else f"{core.rstrip(' ?.')} of {subject.whole}?"
        return None
    if spot:
        return _without_pronoun(core, spot, here, subject, terms)
    if (
        re.match(r"^which (?!of\b)(?:is|are|was|were|works?|lasts?|has|have|does|do|helps?|costs?|one|ones)\b", core, re.IGNORECASE)
        and len(subject.things) > 1
        and not here
    ):
        return re.sub(r"^which(?: ones?)?", f"Which of {subject.thing}", core, flags=re.IGNORECASE)
    if not here and (known := _THE.search(core)):
        return f"{core[: known.end()]} of {subject.whole}{core[known.end() :]}"
    if led and not here and not _own_topic(core):
        return f"{core.rstrip(' ?.')} ({subject.whole})?"
    if re.match(r"^(?:which|what|how many|how much|who|any)\b", core, re.IGNORECASE) and not here and len(telling_words(core)) <= 3:
        return f"{core.rstrip(' ?.')} with {subject.whole}?" if _elliptic(core) else None
    return None


class _Subject:
    """What the last question was about: the thing it asked of, and under what circumstances."""

    def __init__(self, last: Turn, terms: Terms) -> None:
        self.mentions = _distinct(terms.find(last.question))
        facets = {mention.facet for mention in self.mentions}
        self.facet = min(facets, key=terms.size, default="")
        things = [mention.written for mention in self.mentions if mention.facet == self.facet]
        others = [mention.written for mention in self.mentions if mention.facet != self.facet]
        extra = _phrases(last.question, terms.find(last.question))
        self.things = things
        self.thing = _and([*things, *extra][: len(things) or 3]) or last.question.rstrip(" ?.")
        self.others = _and(others)
        whole = _and([*dict.fromkeys([self.thing, *(extra if things else ())])])
        self.whole = f"{whole} in {self.others}" if self.others else whole
        people = _PEOPLE.findall(last.question)
        self.people = people[-1] if people else ""


def _back_reference(core: str, here: Sequence[Mention], terms: Terms, subject: _Subject) -> re.Match[str] | None:
    """The pronoun that refers to the last question, or None where the question says itself what it means."""
    if _EXPLETIVE.search(core):
        return None
    for match in _PRONOUN.finditer(core):
        word, before = match[0].lower(), core[: match.start()]
        earlier = before.split()[-1].lower() if before.strip() else ""
        if word in ("that", "those", "these") and earlier and earlier not in _BEFORE_PRONOUN and (word == "that" or _RELATIVE.match(core, match.start())):
            continue  # "people that …", "the evidence that …", "those with …"
        if word == "that" and not earlier and _NOUN_AFTER.match(core[match.end() :]) is None and not _VERB.match(core[match.end() :].lstrip()):
            continue
        own = [mention for mention in here if mention.end <= match.start()]
        if own and not (subject.facet and all(mention.facet != subject.facet for mention in here)):
            continue
        if word in _PERSONS and not own and _SOMEBODY.search(before):
            continue
        return match
    return None


def _without_pronoun(core: str, spot: re.Match[str], here: Sequence[Mention], subject: _Subject, terms: Terms) -> str:
    word, after = spot[0].lower(), core[spot.end() :]
    thing = subject.thing
    if word in _PERSONS and subject.people and not (subject.mentions and " and " in subject.thing):
        thing = subject.people
    noun = _NOUN_AFTER.match(after) if word in ("this", "that", "these", "those") else None
    if noun:  # "this effect", "these trials": the noun stays, and is told of what
        end = spot.end() + noun.end()
        return f"{core[: spot.start()]}the {noun[1]} of {subject.whole}{core[end:]}"
    if word in ("its", "their", "theirs", "his", "her"):
        thing += "'s" if not thing.endswith("s") else "'"
    rest = core[: spot.start()] + thing + after
    if re.search(r"\b(?:last|lasts|fade|fades|persist|persists|wear off|wears off)\b", after, re.IGNORECASE) and word in ("it", "this", "that", "they"):
        return core[: spot.start()] + f"the effect{'s' if word == 'they' else ''} of {subject.whole.replace(' in ', ' on ')}" + after
    said = [mention for mention in here if mention.facet != subject.facet]
    if subject.others and not said and len(telling_words(core)) <= 2 and subject.others not in rest:
        rest = f"{rest.rstrip(' ?.')} in {subject.others}?"
    return rest


def _in_the_place(fragment: str, last: Turn, terms: Terms, subject: _Subject) -> str:
    """The last question with what the fragment names in the place of the same kind of thing, or with the fragment added."""
    bare = _GROUP.sub("", fragment).strip(" ?.,")
    named = terms.find(bare)
    for mention in named:
        old = [other for other in terms.find(last.question) if other.facet == mention.facet]
        if old and mention.value not in [other.value for other in old]:
            if re.sub(r"^(?:an?|the|with|only)\s+", "", bare, flags=re.IGNORECASE).casefold() != mention.written.casefold():
                break  # more than the term itself: it is added, not put in the place
            out = last.question
            for other in reversed(old[1:]):
                joined = re.search(r"(?:,|\s+(?:and|or))\s*$", out[: other.start])
                out = (out[: joined.start()] if joined else out[: other.start]) + out[other.end :]
            return out[: old[0].start] + bare + out[old[0].end :]
    group = _GROUP.match(fragment)
    people = _PEOPLE.search(fragment)
    old_people = _PEOPLE.search(last.question)
    if people and old_people and not group:
        return last.question[: old_people.start()] + bare + last.question[old_people.end() :]
    if named and not group and not people:  # "What about side effects?": another side of the same thing
        return f"{_capital(bare)} of {subject.thing}?" if subject.facet not in {m.facet for m in named} else f"{last.question.rstrip(' ?.')}, {bare}?"
    if not group and not people:
        return f"{last.question.rstrip(' ?.')}, and what about {bare}?"
    return f"{last.question.rstrip(' ?.')} {group[0].lower() if group else 'in'} {bare}?"


def _asked_of(word: str, question: str) -> str:
    """ "Why?" of the last question."""
    word = "why not" if word.lower() == "why not" else word.split()[0].lower() if word.lower().startswith(("why", "how")) else word.lower()
    if _AUXILIARY.match(question) and word != "why not":
        return f"{word.capitalize()} {question[0].lower()}{question[1:]}"
    return f"{word.capitalize()}, asked of this: {question}"


def _alone(core: str, here: Sequence[Mention]) -> bool:
    """Whether a phrase without a verb is a search of its own: two terms of the collection, or three telling words."""
    return not _GROUP.match(core) and (len({mention.value for mention in here}) >= 2 or len(telling_words(core)) >= 3)


def _own_topic(core: str) -> bool:
    return len(telling_words(core)) >= 4


def _elliptic(core: str) -> bool:
    """Whether a question without a term of the collection can only be meant of the last one: "How many patients were there?"."""
    return bool(
        re.search(
            r"\b(?:trials?|studies|patients|participants|people|reviews?|doses?|sessions?|effects?|risks?|evidence|results?|remission"
            r"|response|relapse|side)\b",
            core,
            re.IGNORECASE,
        )
    )


def _phrases(text: str, mentions: Sequence[Mention]) -> list[str]:
    """What a question speaks of beside the collection's terms: its other telling words, those that stand together joined."""
    found: list[tuple[int, int]] = []
    for match in re.finditer(r"[^\W_]+(?:[-'’][^\W_]+)*", text):
        start, end = match.span()
        if any(mention.start < end and start < mention.end for mention in mentions) or _COMMON.search(match[0]) or not telling_words(match[0]):
            continue
        if found and text[found[-1][1] : start] == " ":
            start = found.pop()[0]
        found.append((start, end))
    return [text[start:end] for start, end in found]


def _distinct(mentions: Sequence[Mention]) -> list[Mention]:
    seen: dict[str, Mention] = {}
    for mention in mentions:
        seen.setdefault(mention.value, mention)
    return list(seen.values())


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tidy(text: str) -> str:
    text = re.sub(r"\s+([?.,;:])", r"\1", " ".join(text.split()))
    text = re.sub(r"\b(in|for|with|of|on) (in|for|with|of|on|among|after|during) ", r"\2 ", text)
    return _capital(text if text.endswith("?") else text.rstrip(" .") + "?")
