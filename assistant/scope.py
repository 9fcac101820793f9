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
    r"|publications|reports|abstracts|searches)\b",
    re.IGNORECASE,
)
_AIM = re.compile(
    r"\b(?:aims? (?:of|to|was|is)|the (?:aim|purpose|objective|goal|intent|hypothesis)|we (?:aimed|sought|hypothesi[sz]ed|set out|wanted)"
    r"|(?:study|work|trial|research) (?:aims|aimed|sought|set out)|to (?:determine|assess|evaluate|investigate|examine|see|gauge"
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
_WORKS = (
    r"(?:studies|trials|articles|papers|records|publications|reports|abstracts|reviews|results|hits|references|citations|titles|RCTs?|experiments"
    r"|documents|sources)"
)
#: What a search found are works, not what works found; nor is their quality a finding.
_BY_SEARCH = re.compile(
    r"\b(?:found|located|identified) (?:by|in|through|with) (?:the|a|an|its|their|our|this) (?:\w+ ){0,2}search(?:es)?\b"
    r"|\b(?:found|located|identified|yielded|returned|gave|produced|retrieved|arrived at) (?:no more than |only |a total of |about )?"
    rf"(?:\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (?:\w+ ){{0,3}}{_WORKS}\b(?! (?:that|which|in which|where|with))",
    re.IGNORECASE,
)
#: Words of comparison that compare no findings.
_NO_FINDING = re.compile(r"\b(?:higher|lower|better) (?=quality\b|date\b|time limit\b)", re.IGNORECASE)
#: Of what kind the works taken in were, and what a work says of itself.
_OF_WORKS = re.compile(
    rf"\b{_WORKS}\b[^.;]{{0,70}}\b(?:were|are|was|is) (?:\w+ly |all |laboratory |mainly )?(?:observational|preclinical|laboratory|open-label|cross-sectional"
    r"|retrospective|prospective|case (?:reports|series))\b"
    r"|\b(?:date|language|time) (?:limits?|restrictions?)\b|\bthe first (?:\w+ ){0,3}(?:review|meta-analysis)\b|\bthe first to (?:classify|bring|review)\b"
    r"|\b(?:claims?|intended|meant) to be exhaustive\b|\b(?:treated|dealt with|pointed out|a topic|topics|the subject|the question) (?:of|in|by) the "
    r"(?:\w+ ){0,2}(?:review|overview|paper)\b",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"\b(?:call(?:s|ed)? for|asks? for|recommend\w*|(?:is|are) (?:still )?(?:needed|required|called for|warranted)|(?:more|further"
    r"|future) (?:\w+ ){0,3}(?:research|trials|studies|work|evidence)\b|suggests? (?:charting|testing|studying))\b",
    re.IGNORECASE,
)


def tells_of_scope(text: str) -> bool:
    """Whether a sentence only says what a work was about or how it was done: its subject, searches, methods, the number of studies taken in."""
    text, searches = _BY_SEARCH.subn("", _NO_FINDING.sub("", text))
    found = _FOUND.search(text)
    if (searches or _AIM.search(text) or _OF_WORKS.search(text)) and not found:
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
