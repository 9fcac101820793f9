"""`Item`: a record under construction. Parsers name what they read; the first value of a field stands, and nothing that was read is lost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from corpus.identity import clean_doi, clean_pmid
from corpus.importing.dates import csl_date, date_parts, month_day
from corpus.importing.names import apart, person, without_et_al
from corpus.importing.own import PREFIX, read_mark, restored
from corpus.importing.parsing import Parsed, build
from corpus.importing.tagged import flow

_NOTHING = frozenset({"", "nan", "na", "n/a", "null", "none", "undefined", "-", "--"})
_FREE_TEXT = frozenset({"title", "container-title", "collection-title", "publisher", "note", "title-short", "original-title"})
_RESOLVED = re.compile(r"^https?://(?:dx\.|www\.)?doi\.org/(10\.\d{4,9}/\S+)", re.IGNORECASE)
_PUBMED = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed/(?:\?term=)?|pmid:?\s*)(\d{1,9})\b", re.IGNORECASE)
_PMC = re.compile(r"\bPMC ?(\d{2,9})\b", re.IGNORECASE)
_LONG_ISBN = re.compile(r"(?<!\d)97[89](?:[- ]?\d){10}(?!\d)")
_SERIAL_WORDS = frozenset("print electronic online linking issn isbn eissn e-issn p-issn p e hardcover paperback ebook pbk hbk".split())
_DOI_LENGTH = 300


class Item:
    """The bibliographic part, texts and leftovers of one record."""

    def __init__(self, kind: str = "article-journal") -> None:
        """`kind` is the CSL type."""
        self.csl: dict[str, Any] = {"type": kind}
        self.abstract = ""
        self.keywords: list[str] = []
        self.sections: list[tuple[str, str]] = []
        self.notices: list[dict[str, str]] = []
        self.types: list[str] = []
        self.extra: dict[str, list[str]] = {}
        self.partial = False
        self.mark: tuple[str, dict[str, Any]] | None = None  # what an export of ours says of the record
        self._seen: set[tuple[str, str]] = set()

    def keep(self, tag: str, *values: str) -> None:
        """Keep values for which there is no field under `extra`."""
        for value in values:
            value = value.strip()
            if value.startswith(PREFIX) and (mark := read_mark(value)):
                self.mark = mark
            elif re.search(r"\w", value) and self._is_new(f"extra {tag}", value):
                self.extra.setdefault(tag, []).append(value)

    def _is_new(self, place: str, value: str) -> bool:
        """Whether a value was not yet seen at a place."""
        seen = (place, value)
        if seen in self._seen:
            return False
        self._seen.add(seen)
        return True

    def put(self, key: str, value: str, tag: str = "") -> None:
        """Set a CSL variable of one line of text; a second, different value is kept under `tag`."""
        value = flow(value)
        if not value or (value.lower() in _NOTHING and key not in _FREE_TEXT):
            return
        held = self.csl.setdefault(key, value)
        if held != value:
            self.keep(tag or key, value)

    def name(self, text: str, role: str = "author", tag: str = "") -> None:
        """Add a person or body; "et al." says that some are missing."""
        text, cut = without_et_al(text)
        self.partial = self.partial or (cut and role == "author")
        for one in apart(text):
            self.person(person(one), role)

    def person(self, name: dict[str, str] | None, role: str = "author") -> None:
        """Add a name that is in its parts already."""
        if name:  # two authors may well have the same name
            self.csl.setdefault(role, []).append(name)

    def texts(self, paragraphs: str, tag: str) -> None:
        """Set the abstract; a second, different one is kept under `tag`."""
        text = paragraphs.strip()
        if not text:
            return
        if not self.abstract:
            self.abstract = text
        elif " ".join(text.split()) != " ".join(self.abstract.split()):
            self.keep(tag, text)

    def doi(self, text: str, tag: str = "DOI") -> bool:
        """Set the DOI if the text is one; any other text is kept under `tag`. Says whether it was one."""
        if text.strip().lower() in _NOTHING:
            return False
        whole = html.unescape(text.strip())
        found = clean_doi(unquote(whole) if "%2f" in whole.lower() else whole)
        if not found or len(found) > _DOI_LENGTH:
            self.keep(tag, text)
        elif self.csl.setdefault("DOI", found) != found:
            self.keep(tag, found)
        return bool(found)

    def pmid(self, text: str, tag: str = "PMID") -> None:
        """Set the PubMed identifier, or keep the text under `tag`."""
        found = clean_pmid(text)
        if not found or self.csl.setdefault("PMID", found) != found:
            self.keep(tag, text)

    def pmcid(self, text: str) -> None:
        """Set the PubMed Central identifier."""
        found = _PMC.search(text)
        if found:
            self.put("PMCID", f"PMC{found[1]}", "PMCID")
        else:
            self.keep("PMCID", text)

    def url(self, text: str, tag: str = "URL") -> None:
        """Set the address; a resolver's address gives the DOI, PubMed's the PMID."""
        for address in text.split("\n") if "\n" in text else [text]:
            self.mentions(address)
            self.put("URL", address, tag)

    def mentions(self, text: str) -> None:
        """Take DOI, PMID and PMCID from an address or a note that names them plainly."""
        resolved = _RESOLVED.match(text.strip())
        if resolved and "DOI" not in self.csl:
            self.doi(resolved[1])
        pubmed = _PUBMED.search(text)
        if pubmed and "PMID" not in self.csl:
            self.pmid(pubmed[1])

    def numbers(self, text: str, tag: str) -> None:
        """Set ISSN or ISBN, told by their length; further ones are kept under ISSN or ISBN, other text under `tag`."""
        pieces = _LONG_ISBN.findall(text)
        rest = _LONG_ISBN.sub(" ", text)
        pieces += [rest] if len(re.sub(r"[- ]", "", rest)) == 10 else re.split(r"[\s,;:()\[\]/]+", rest)
        strange = False
        for piece in filter(None, pieces):
            plain = re.sub(r"[-\u2010-\u2015 ]", "", piece).upper()
            if re.fullmatch(r"\d{7}[\dX]", plain):
                key, value = "ISSN", f"{plain[:4]}-{plain[4:]}"
            elif re.fullmatch(r"\d{9}[\dX]|\d{13}", plain):
                key, value = "ISBN", piece.strip()
            else:
                strange = strange or piece.lower().strip(".") not in _SERIAL_WORDS
                continue
            if self.csl.setdefault(key, value) != value:
                self.keep(key, value)
        if strange:
            self.keep(tag, text)

    def date(self, *texts: str, key: str = "issued", tag: str = "date") -> None:
        """Set a date from the first text with a year, made finer by the others where they agree with it."""
        found = [parts for parts in map(date_parts, texts) if parts]
        parts = found[0] if found else []
        for text in texts if parts else ():
            finer = date_parts(text) or [parts[0], *month_day(text)]
            if finer[: len(parts)] == parts and len(finer) > len(parts):
                parts = finer
        if parts:
            self.csl.setdefault(key, csl_date(parts))
        for text in texts:
            if not date_parts(text) and text.strip().lower() not in _NOTHING and not (parts and month_day(text)):
                self.keep(tag, text)

    def pages(self, first: str, last: str = "") -> None:
        """Set the pages from a range, or from first and last page."""
        first, last = (" ".join(part.split()) for part in (first, last))
        first, last = ("" if part.lower() in _NOTHING or re.match(r"no$|no\.? ?pagination", part, re.IGNORECASE) else part for part in (first, last))
        if last.lower() in ("specified", "") or last == first or re.search(rf"[-\u2013]\s*{re.escape(last)}$", first):
            last = ""
        joined = f"{first}-{last}" if first and last else first or last
        pages = re.sub(r"\s*(?:-{2,}|[\u2012-\u2015])\s*", "-", joined)
        self.put("page", re.sub(r"^(\w+)-\1$", r"\1", pages), "pages")

    def keyword(self, *texts: str) -> None:
        """Add keywords, each in one line."""
        for text in texts:
            word = flow(text)
            if word and self._is_new("keyword", word):
                self.keywords.append(word)

    def keyword_fields(self, fields: Iterable[str]) -> None:
        """Add keywords from repeatable fields: one a line; a single field may also hold them all, with semicolons between."""
        fields = [field for field in fields if field.strip()]
        for field in fields:
            self.keyword(*re.split(r"\n|;" if len(fields) == 1 else r"\n", field))

    def kinds(self, *texts: str) -> None:
        """Take publication types ("Systematic Review", "Preprint"); what the library's vocabulary knows of them becomes facets."""
        self.types.extend(text.strip() for text in texts if text.strip() and self._is_new("type", text.strip()))

    def notice(self, kind: str, text: str) -> None:
        """Add a publisher's notice: concern, erratum or retraction."""
        self.notices.append({"type": kind, "text": " ".join(text.split()) or kind})

    def parsed(self, record: int, line: int, raw: str) -> Parsed:
        """The finished record, or why it is none."""
        if "DOI" not in self.csl and isinstance(self.csl.get("URL"), str):
            self.mentions(self.csl["URL"])
        bare = not (self.csl.keys() - {"type", "id", "citation-key"} or self.abstract or self.keywords or self.sections)
        if bare and self.extra:  # what only `extra` holds would be invisible, and two such records would look the same
            self.csl["note"] = "; ".join(f"{tag}: {' | '.join(values)}" for tag, values in self.extra.items())
        fields = {
            "csl": self.csl,
            "abstract": self.abstract,
            "keywords": self.keywords,
            "sections": [text for _, text in self.sections],
            "section_titles": [title for title, _ in self.sections],
            "notices": tuple(self.notices),
            "types": self.types,
            "extra": self.extra,
            "authors_partial": self.partial or None,
        }
        return build(record, line, raw, **(restored(fields, *self.mark) if self.mark else fields))
