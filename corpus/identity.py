"""When two records are the same work: DOI, else PMID, else normalised title + year + first author where all three are there."""

from __future__ import annotations

import hashlib
import json
import re
from urllib.parse import unquote

from corpus.review import EVIDENCE_FIELDS, Review
from corpus.text import fold, slug, words_of

_DOI = re.compile(r"(?:^[\s<(\[{\"']*|doi[:\s]*|doi\.org/|doi/(?:abs/|full/|e?pdf/)?)(10\.\d{4,9}/\S+)", re.IGNORECASE)
_QUERY = re.compile(r"\?\w+=.*$")
_TAIL = " .,;\"'<>"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_PMID = re.compile(r"(?:^|pmid:?\s*|pubmed[^\d\s]*[/=])0*([1-9]\d{0,8})(?:/|\.0)?(?:\s*\[pmid\])?$", re.IGNORECASE)


def clean_doi(text: str) -> str:
    """The DOI in `text` (bare, with `doi:`, or an address), lower case and without a resolver; "" where there is none."""
    text = unquote(text) if "%2f" in text.lower() else text
    match = _DOI.search(text.strip())
    if not match:
        return ""
    doi = _QUERY.sub("", match[1]).lower().rstrip(_TAIL)
    while doi[-1:] in _BRACKETS and doi.count(doi[-1]) > doi.count(_BRACKETS[doi[-1]]):
        doi = doi[:-1].rstrip(_TAIL)
    return "" if doi.endswith("/") else doi


def clean_pmid(text: str) -> str:
    """The PubMed identifier in `text` (bare, with `PMID:`, or an address) as digits; "" where there is none."""
    match = _PMID.search(text.strip())
    return match[1] if match else ""


def work_key(review: Review) -> str | None:
    """A key that two records share when title, year and first author agree.

    Where one of the three is missing and no DOI or PMID stands in, the key is that of the whole content, so that only an exact repeat is the
    same; None where DOI or PMID decide.
    """
    if review.title and review.year and review.authors:
        text = "|".join([" ".join(words_of(review.title)), str(review.year), fold(review.authors[0].family)])
        return _digest(text)
    if review.doi or review.pmid:
        return None
    content = review.model_dump(mode="json", include={"csl", "keywords", *EVIDENCE_FIELDS})
    return "c" + _digest(json.dumps(content, ensure_ascii=False, sort_keys=True))[:39]


def base_id(review: Review) -> str:
    """The id a record gets when nobody has it yet: slug of first author, year and first title words; deterministic."""
    first = review.authors[0].family if review.authors else ""
    made = slug(first, str(review.year or ""), review.title)
    if made and not made.isdigit():
        return made
    return "record-" + _digest("\x1f".join([review.title, review.doi, review.pmid, *(text for _, text in review.evidence())]))[:10]


def _digest(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
