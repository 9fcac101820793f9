"""Questions that ask for medical advice or a dose: they get what the reviews report, a plain note, and the harms that a cited record names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.evidence import EvidenceSentence
from corpus import Review
from index.segment import sentence_spans

ADVICE_NOTE = (
    "This is what the reviews report, not medical advice: they describe groups of people in studies. "
    "Talk to a doctor or pharmacist before you start, stop, combine or dose anything."
)
_OWN = r"(?:my (?:\w+ )?(?:son|daughter|wife|husband|partner|mother|father|mum|mom|dad|friend|brother|sister|child|kid|patient|gran\w*|boyfriend|girlfriend))"
_WHO = rf"(?:i|we|you|one|someone|somebody|{_OWN})"
_TAKE = (
    r"(?:take|taking|use|using|try|trying|stop|stopping|quit|mix|mixing|combine|combining|start|starting|drive|driving|drink"
    r"|drinking|eat|dose|microdose|taper|inject|snort|smoke|swallow|come off|switch|skip|increase|reduce|double|redose|do)"
)
_ADVICE = re.compile(
    rf"\b(?:should|can|could|may|must) (?:an? |the )?(?:\w+ )?(?:person|patient|patients|people|adult|child|teenager|woman|man)"
    rf" (?:with|on|who|taking)\b[^?]{{0,40}}?\b(?:be given|receive|get|have|{_TAKE})\b|"
    rf"\b(?:should|can|could|may|shall|must|do|would|will|am|are|is) (?:{_WHO}|it (?:be )?(?:safe|ok|okay|fine|alright|all right"
    rf"|dangerous|risky|harmful|bad|wise|good)"
    rf"(?: for {_WHO}| for me| for us)? to {_TAKE})\b(?! (?:know|find|say|tell|show|explain|have (?:any )?(?:reviews|records|papers)|see|list|give))"
    rf"|\b(?:safe|ok|okay|fine|dangerous|risky|wise|legal) (?:for (?:me|us|{_OWN}))\b"
    rf"|\b(?:safe|ok|okay|fine|dangerous|risky) to {_TAKE}\b"
    rf"|\bhow (?:much|many|often|long|do|can|should|would|soon)\b[^?]{{0,60}}\b(?:should|can|could|do|must|would|may|to"
    rf"|shall) (?:{_WHO} )?(?:safely )?{_TAKE}\b"
    r"|\b(?:how much|what amount|what quantity|how many (?:mg|milligrams?|grams?|g|micrograms?|ug|µg|tabs?|drops?|mushrooms?|pills?"
    r"|hits?|capsules?))\b[^?]{0,50}\b(?:need|enough|for a|to feel|is safe|too much|beginner|first time|trip)\b"
    r"|\b(?:how many (?:mg|milligrams?|grams?|micrograms?|ug|µg|tabs?|drops?|mushrooms?|pills?|hits?|capsules?))\b"
    r"|\b(?:recommended|right|correct|safe|safest|best|ideal|proper|starting|maximum|appropriate|optimal|usual|normal|lethal"
    r"|effective) (?:\w+ )?(?:dose|dosage|dosing|amount)\b"
    r"|\b(?:what|which) (?:dose|dosage|amount|quantity)\b[^?]*\b(?:should|do you recommend|is (?:right|best|safe|recommended)"
    r"|for (?:me|my|a beginner)|would you|to take|can i)\b"
    r"|\b(?:dose|dosage) (?:for (?:me|a beginner|my)|should|recommendations?|guide|advice)\b"
    r"|\b(?:i am|i'm|i’m|i have|i've|i’ve|i was|i take|i feel|i suffer|i want to|i'd like to|i plan to|my (?:doctor|psychiatrist|gp"
    r"|therapist|ssris?|antidepressants?|medication|meds|depression|anxiety|ptsd|ocd|blood pressure|heart|pain|prescription|dose"
    r"|trip))\b"
    r"|\b(?:advise|advice for|recommend (?:for |to )?(?:me|my)|do you recommend|would you recommend|help me (?:choose|decide|dose))\b"
    rf"|\b(?:suitable|right|good|better|best) for (?:me|us|{_OWN})\b",
    re.IGNORECASE,
)
#: What no one person asks for himself: a look at how a study was done, or at what the collection holds.
_RESEARCH = re.compile(
    r"\b(?:should|can|could|may|do|would|are) (?:we|you|one) (?:expect|conclude|trust|generali[sz]e|distinguish|measure|explain"
    r"|compare|interpret|say|tell|find|show|have|list|give|cover|hold|know|assume|rely)\b"
    r"|\b(?:was|were|is|are|been) (?:used|given|tested|studied|reported|compared|administered) in\b",
    re.IGNORECASE,
)
#: "How do I …" asks for advice only where it is about what one takes, or about body and mind: not how to undo a commit.
_HOW_TO = re.compile(r"\bhow (?:do|can|could|would|should) (?:i|we|you|one)\b", re.IGNORECASE)
_BODY_AND_MIND = re.compile(
    r"\b(?:tak(?:e|ing)|taper\w*|inject\w*|snort\w*|smok(?:e|ing)|swallow\w*|\w*dos(?:e|es|ing|age)|drink\w*|come off|drugs?|medic\w+|meds|pills?"
    r"|tablets?|\w*therap\w+|treat\w*|symptoms?|pains?|mood|sleep\w*|anxi\w+|\w*depress\w+|addict\w*|withdraw\w*|crav\w+|health\w*|doctor"
    r"|psychiatrist|trips?|tripping|side effects?|saf(?:e|ely|er|ety)|mg|µg|ug|ssris?|relaps\w*|cope|brain|panic\w*|suicid\w*|ptsd|ocd|sick|ill|illness"
    r"|disorders?|feel|feeling|quit|sober|psychedelics?)\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"\b(?:i|me|my|i'm|i’m|i've|i’ve|we)\b", re.IGNORECASE)

_NAMED = re.compile(
    r"\b(?:adverse|side[- ]effects?|unwanted effects?|harms?|toxicity|tolerab\w*|safety|unsafe|serious events?|contraindicat\w*)\b", re.IGNORECASE
)
_KINDS = re.compile(
    r"\b(?:nausea|vomit\w*|headaches?|dizz\w*|dissociat\w*|hypertensi\w*|blood pressure|heart rate|arrhythmi\w*|QT\w*|psychos[ie]s"
    r"|psychotic|mania|manic|seizures?"
    r"|suicid\w*|deaths?|died|fatal\w*|panic|flashbacks?|HPPD|bladder|urinary|liver|abuse|dependence|serotonin (?:syndrome"
    r"|toxicity)|sedation|confusion|fatigue)\b",
    re.IGNORECASE,
)


def asks_for_advice(question: str) -> bool:
    """Whether a question asks what somebody should do or take, rather than what is known."""
    if not _ADVICE.search(question):
        return False
    if _HOW_TO.search(question) and not _BODY_AND_MIND.search(question):
        return False
    return not _RESEARCH.search(question) or bool(_PERSONAL.search(question) and not re.search(r"\bwe\b", question, re.IGNORECASE))


def names_harm(text: str) -> bool:
    """Whether a sentence speaks of adverse events."""
    return bool(_NAMED.search(text))


def harm_sentence(reviews: Iterable[Review]) -> EvidenceSentence | None:
    """The sentence on adverse events of a cited record that says most about them, or None where no record has one."""
    best: tuple[int, EvidenceSentence] | None = None
    for review in reviews:
        for field, text in review.evidence():
            for start, end in sentence_spans(text):
                said = text[start:end]
                if names_harm(said) and len(said) >= 25:
                    weight = 2 * len(set(map(str.lower, _KINDS.findall(said)))) + bool(re.search(r"\d", said)) + (not field.startswith("limits"))
                    if best is None or weight > best[0]:
                        best = weight, EvidenceSentence(review, field, start, end, said, 0.0, 0)
    return best[1] if best else None
