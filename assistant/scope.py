"""Whether a sentence tells what was found, or only what a work was about, how it was done, or what should be done next."""

from __future__ import annotations

import re

_WORK = (
    r"(?:review|reviews|meta-analys[ei]s|overview|paper|article|authors|search|searches|survey|analys[ei]s|perspective|we"
    r"|(?:present|this|our) (?:study|work|trial))"
)
_HANDLES = (
    r"(?:aim(?:s|ed)?|asks?|asked|assess(?:es|ed)?|address(?:es|ed)?|arranged|brought|combined|compares?|compared|concern(?:s|ed)|conducted"
    r"|considers?|considered"
    r"|covers?|covered|deals?|dealt|describes?|described|discuss(?:es|ed)?|drew|draws|estimated|evaluated|evaluates|examines?|examined|explores?"
    r"|explored|focus(?:es|ed)"
    r"|gathered|gave|gives|goes|went|highlights?|identified|included|includes?|introduces?|introduced|investigates?|investigated|looks?|looked|makes"
    r"|measured|names|outlines?|outlined"
    r"|present(?:s|ed)?|provides?|ran|retained|retrieved|reviewed|reviews|screened|searched|served|sets?|sought|spanned|studied|summari[sz]e[sd]?"
    r"|surveyed|tested|took|used|uses"
    r"|was (?:based|dated|given|registered|limited)|were (?:based|given)|has (?:as its aim|the PROSPERO)|had to)"
)
_AS_SUBJECT = re.compile(
    rf"\b{_WORK}\b(?:(?!\b(?:found|concluded|showed|shows|reported|suggests?|see|sees|saw|advise|regard)\b)[^.;]){{0,110}}?\b{_HANDLES}\b", re.IGNORECASE
)
_WAS_HANDLED = re.compile(
    r"\b(?:was|were|are|is|been)\b(?: \w+ly)? (?:analy[sz]ed|assessed|brought together|collected|combined|compared with|considered in|covered"
    r"|discussed|dealt|determined|described in"
    r"|drawn from|eligible|enrolled|evaluated|examined|excluded|extracted|gathered|given a|identified|included|investigated|left out|measured"
    r"|obtained|part of"
    r"|performed|pooled|put against|quantified|randomly|recorded|recruited|registered|retained|reviewed|screened|searched|selected|studied|surveyed"
    r"|tested|the (?:question|subject|topics?|main outcomes?)"
    r"|used to|carried out|calculated|conducted)\b",
    re.IGNORECASE,
)
_COUNTS_WORKS = re.compile(
    r"\b(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?: [\w-]+){0,4} (?:studies|trials|articles|papers|records"
    r"|publications|reports|abstracts)\b",
    re.IGNORECASE,
)
_AIM = re.compile(
    r"\b(?:aims? (?:of|to|was|is)|the (?:aim|purpose|objective|goal)|to (?:determine|assess|evaluate|investigate|examine|see|gauge"
    r"|find out) (?:whether|if|the|how)|whether\b.{0,80}\b(?:was|were) (?:considered|examined|studied)"
    r"|inclusion criteria|databases?|pubmed|medline|embase|scopus|web of science|prospero|prisma|questionnaires? (?:was|were)|between (?:january"
    r"|february|march|april|may|june|july|august"
    r"|september|october|november|december|(?:19|20)\d\d))\b",
    re.IGNORECASE,
)
_FOUND = re.compile(
    r"\b(?:found|finding|showed|shown|reported|noting|noted|significant(?:ly)?|associated|linked|higher|lower|greater|better|worse|increased?"
    r"|decreased?|reduced?|improved?|remained|differ(?:ed|s)?|concluded|conclude[sd]?)\b",
    re.IGNORECASE,
)
#: What a search found are works, not what works found.
_BY_SEARCH = re.compile(r"\b(?:found|located|identified) (?:by|in|through|with) (?:the|a|an|its|their|our|this) (?:\w+ ){0,2}search(?:es)?\b", re.IGNORECASE)
_WANTED = re.compile(
    r"\b(?:call(?:s|ed)? for|asks? for|recommend\w*|(?:is|are) (?:still )?(?:needed|required|called for|warranted)|(?:more|further"
    r"|future) (?:\w+ ){0,3}(?:research|trials|studies|work|evidence)\b|suggests? (?:charting|testing|studying))\b",
    re.IGNORECASE,
)


def tells_of_scope(text: str) -> bool:
    """Whether a sentence only says what a work was about or how it was done: its subject, searches, methods, the number of studies taken in."""
    text = _BY_SEARCH.sub("", text)
    found = _FOUND.search(text)
    if _AIM.search(text) and not found:
        return True
    handled = _AS_SUBJECT.search(text) or _WAS_HANDLED.search(text)
    return bool((handled or _counted(text)) and not (found and not _counted(text) and found.start() > 15 and _reports_result(text)))


def tells_what_is_wanted(text: str) -> bool:
    """Whether a sentence says what should be done: recommendations, calls for research."""
    return bool(_WANTED.search(text))


def _counted(text: str) -> bool:
    """Numbers of studies with nothing said of what they found."""
    return bool(_COUNTS_WORKS.search(text)) and not _FOUND.search(text)


def _reports_result(text: str) -> bool:
    return bool(re.search(r"\b(?:found|showed|reported|noting|noted|concluded|significant(?:ly)?|than|associated|linked|p [<=])\b", text, re.IGNORECASE))
