"""Phrases that deny, hedge or take away: the patterns behind `polarity`."""

from __future__ import annotations

import re

#: Words that deny.
NEGATION = re.compile(
    r"\b(?:n['o]t|no|never|without|neither|nor|cannot|none|lack(?:s|ed|ing)?|fail(?:s|ed|ure)? to|absence|absent|unlikely|hardly|barely|"
    r"unable|unaffected|unchanged|rather than|instead of|little evidence|unclear|unknown|inconclusive|insufficient|isn't|doesn't|don't|"
    r"didn't|wasn't|aren't|can't|won't|hasn't|haven't|couldn't|wouldn't|nothing|nobody)\b(?!\s+only\b)",
    re.I,
)
#: "May": a finding that is not stated as one.
MODAL = re.compile(
    r"\b(?:may|might|could|possibl[ey]|perhaps|potential(?:ly)?|probabl[ey]|can potentially|(?:appear|seem)(?:s|ed)? to|appears|presumably|"
    r"conceivabl[ey]|suspected|hypothe[sz]i[sz]ed|promising|preliminary)\b",
    re.I,
)
#: Weaker signs of the same.
SOFT = re.compile(
    r"\b(?:suggest(?:s|ed|ing)?|likely|indicat(?:e|es|ed|ing)|tend(?:s|ed)? to|propose[sd]?|feasible|should|would)\b",
    re.I,
)
#: The evidence says that it does not know.
UNKNOWN = re.compile(
    r"\b(?:unclear|unknown|uncertain|not (?:yet )?(?:known|clear|established|understood)|no (?:specific |effective |approved |known |clear |"
    r"strong |direct |current )*(?:evidence|treatments?|therap(?:y|ies)|vaccines?|drugs?|medications?|cure)|remains? (?:to be|unclear|"
    r"unknown|controversial|elusive|unavailable)|insufficient|inconclusive|controversial|further (?:research|studies|study)|more (?:research|"
    r"studies))\b",
    re.I,
)
#: Claims without exception.
STRONG = re.compile(
    r"\b(?:always|never|all|every|only|cures?|cured|proven|definitely|certainly|will|must|completely|entirely|100|guarantee[sd]?|impossible|"
    r"any)\b",
    re.I,
)
#: Null results: no difference, no effect.
NULL = re.compile(
    r"\b(?:no (?:\w+ ){0,2}(?:differences?|effects?|associations?|changes?|benefits?|improvements?|impact|influence|correlations?|"
    r"relationships?|increase|decrease|reduction|role|advantage|link|evidence)|(?:not|n't) (?:\w+ ){0,2}(?:differ|different|affect|alter|"
    r"change|changed|influence|associated|correlated?|related|superior|improve|improved|reduce|reduced|increase|increased|decrease|decreased|"
    r"significant|significantly|effective|linked|better)|(?:similar|comparable|identical|equivalent) (?:to|in|between|across|among|rates?|"
    r"levels?|effects?|outcomes?)|unaffected|unchanged|independent(?:ly)? of|regardless of|irrespective)\b",
    re.I,
)
#: Words that take away, for parity: "loss of an inhibitor" is a gain.
MINUS = re.compile(
    r"\b(?:deficien\w*|depriv\w*|deplet\w*|loss|lacks?|lacking|absence|delet\w*|knock-?(?:out|down)|silenc\w*|inhibit\w*|antagonis\w*|"
    r"block\w*|protect\w*|prevent\w*|reduc\w*|decreas\w*|lower\w*|suppress\w*|attenuat\w*|diminish\w*|declin\w*|impair\w*|inactivat\w*|"
    r"negative\w*|down-?regulat\w*|fewer|less|worse\w*|without|not|no|never|cannot|fail\w*|null|alleviat\w*|mitigat\w*|rescue\w*|restor\w*|"
    r"abolish\w*|ablat\w*|insensitiv\w*|resist\w*|limit\w*|slow\w*|harm\w*|damag\w*)\b",
    re.I,
)
#: Comparisons.
THAN = re.compile(
    r"\b(?:than|versus|vs|compared (?:with|to)|relative to)\b",
    re.I,
)
#: Where the two sides of a comparison part.
SIDES = re.compile(
    r"\b(?:than|versus|vs|compared (?:with|to)|relative to|(?:superior|inferior|preferable) to|outperform\w*|exceed\w*|surpass\w*|"
    r"precede\w*)\b",
    re.I,
)
#: Ends of the names of drugs and classes, and names without such an end: what may never stand for another.
SUBSTANCE = re.compile(
    r"(?:amine|etamin|ocybin|ocin|azepam|azolam|oxetine|opram|aline|azine|idone|apine|itriptyline|iptyline|mycin|cillin|statin|sartan|"
    r"prazole|olol|mab|vir|caine|idol|done|phine|orphan|oxone|lamide|gine|gaine|caline|quine|vastatin|formin|tide|lithium|profen|azepine|"
    r"phetamine)s?$|^(?:lsd|mdma|dmt|lithium|ketamin\w*|esketamin\w*|psilocyb\w*|psilocin|ayahuasca|mescalin\w*|ibogain\w*|placebo|alcohol|"
    r"cannabi\w*|nicotin\w*|opioid\w*|ssri|snri|morphin\w*|aspirin|ibuprofen|insulin|vitamin|caffeine|psychedelic\w*|benzodiazepin\w*|"
    r"barbiturat\w*|cocaine|heroin|thc|cbd)$",
)
