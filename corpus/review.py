"""`Review`: one curated record, with its bibliographic part as a CSL-JSON item (https://docs.citationstyles.org, schema 1.0.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator

from corpus.errors import NotFoundError
from corpus.text import normalise, normalise_deep

#: The fields that hold text a citation may rest on, in reading order. Those of `LIST_FIELDS` are addressed as `name[i]`.
EVIDENCE_FIELDS = ("summary", "abstract", "findings", "limits", "sections")
LIST_FIELDS = frozenset({"findings", "limits", "sections"})
_FIELD = re.compile(r"^(?P<name>[a-z_]+)(?:\[(?P<index>\d+)\])?$")


class Status(StrEnum):
    """Where a record stands. Only a current record is evidence."""

    CURRENT = "current"
    WITHDRAWN = "withdrawn"
    RETRACTED = "retracted"


class Name(NamedTuple):
    """A person's name in two parts; `given` may be empty (a group, or a name written in one piece)."""

    family: str
    given: str = ""


class Notice(BaseModel):
    """What a publisher said about a paper after it appeared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["concern", "erratum", "retraction"]
    text: str
    date: str | None = None


class Source(BaseModel):
    """Where a record came from: enough to show the librarian the line it stood on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str
    path: str = ""
    record: int | None = None
    raw: str = ""


class Review(BaseModel):
    """One curated record. Immutable; an edit is a new value, stored as a new revision.

    `id` and `revision` are given by the library ("" and 0 before). `facets` maps a vocabulary to its values; `alternatives`
    keeps what another source said differently; `extra` keeps source tags nobody knew what to do with. `other_sources` are those of the records
    that were merged into this one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = ""
    revision: int = 0
    status: Status = Status.CURRENT
    notices: tuple[Notice, ...] = ()
    csl: dict[str, Any] = Field(default_factory=dict)
    authors_partial: bool = False
    summary: str = ""
    abstract: str = ""
    findings: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    section_titles: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    facets: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    access: Literal["open", "members", "snippet"] = "open"
    extra: dict[str, list[str]] = Field(default_factory=dict)
    alternatives: dict[str, list[str]] = Field(default_factory=dict)
    source: Source | None = None
    other_sources: tuple[Source, ...] = ()

    @field_validator("csl", mode="after")
    @classmethod
    def _check_csl(cls, value: dict[str, Any]) -> dict[str, Any]:
        names = value.get("author") or []
        if not isinstance(names, list) or not all(isinstance(name, dict) for name in names):
            raise ValueError("`author` is no list of names")
        if not isinstance(value.get("issued") or {}, dict):
            raise ValueError("`issued` is no CSL date")
        return value

    @field_validator("csl", "extra", "alternatives", mode="before")
    @classmethod
    def _clean_mapping(cls, value: Any) -> Any:
        return normalise_deep(value)

    @field_validator("summary", "abstract", mode="before")
    @classmethod
    def _clean_text(cls, value: Any) -> Any:
        return normalise(value).strip() if isinstance(value, str) else value

    @field_validator("findings", "limits", "keywords", mode="before")
    @classmethod
    def _clean_texts(cls, value: Any) -> Any:
        return tuple(text for text in _texts(value) if text)

    @field_validator("sections", "section_titles", mode="before")
    @classmethod
    def _clean_sections(cls, value: Any) -> Any:
        return _texts(value)

    @field_validator("facets", mode="before")
    @classmethod
    def _clean_facets(cls, value: Any) -> Any:
        facets = {normalise(str(name)): tuple(text for text in dict.fromkeys(_texts(items)) if text) for name, items in dict(value).items()}
        return {name: values for name, values in facets.items() if values}

    @property
    def title(self) -> str:
        """The title, or "" where the record has none."""
        return str(self.csl.get("title") or "")

    @property
    def authors(self) -> tuple[Name, ...]:
        """The authors in order; "et al." is never one of them (`authors_partial` says that some are not known)."""
        return tuple(_name(parts) for parts in self.csl.get("author") or [])

    @property
    def year(self) -> int | None:
        """The year of publication, or None."""
        match (self.csl.get("issued") or {}).get("date-parts"):
            case [[year, *_], *_] if re.fullmatch(r"-?\d+", str(year)):
                return int(year) or None
        return None

    @property
    def journal(self) -> str:
        """The journal or book it appeared in, or ""."""
        return str(self.csl.get("container-title") or "")

    @property
    def doi(self) -> str:
        """The DOI, lower case and without a resolver, or ""."""
        return str(self.csl.get("DOI") or "")

    @property
    def pmid(self) -> str:
        """The PubMed identifier, or ""."""
        return str(self.csl.get("PMID") or "")

    @property
    def url(self) -> str:
        """The address given with the record, or ""."""
        return str(self.csl.get("URL") or "")

    def byline(self) -> str:
        """The authors as a reader cites them: "Abdallah et al.", "Metaxa & Clarke", or "" where none is known."""
        families = [name.family for name in self.authors if name.family]
        if not families:
            return ""
        if len(families) > 2 or (self.authors_partial and families):
            return f"{families[0]} et al."
        return " & ".join(families)

    def short_title(self, length: int = 60) -> str:
        """The title cut at a word, for places where the byline is not known."""
        if len(self.title) <= length:
            return self.title or self.id
        return self.title[:length].rsplit(" ", 1)[0].rstrip(" ,:;") + " …"

    def label(self) -> str:
        """Whose it is, in a few words: byline (or short title) and year."""
        who = self.byline() or self.short_title()
        return f"{who}, {self.year}" if self.year else who

    def evidence(self) -> Iterator[tuple[str, str]]:
        """Every field a citation may rest on, as (field address, text); empty ones are left out."""
        for name in EVIDENCE_FIELDS:
            value = getattr(self, name)
            if name in LIST_FIELDS:
                yield from ((f"{name}[{i}]", text) for i, text in enumerate(value) if text)
            elif value:
                yield name, value

    def field_text(self, field: str) -> str:
        """The text at a field address: `summary`, `abstract`, `title`, `findings[3]`, `sections[2]`, ….

        Raises NotFoundError where the record has no such field.
        """
        match = _FIELD.match(field)
        name, index = (match["name"], match["index"]) if match else ("", None)
        if name in LIST_FIELDS and index is not None:
            values = getattr(self, name)
            if int(index) < len(values):
                return str(values[int(index)])
        elif name in ("summary", "abstract", "title") and index is None:
            return str(getattr(self, name))
        raise NotFoundError(f"the record has no field {field!r}", where=self.id)

    def public(self) -> dict[str, Any]:
        """The record as `show --json` prints it (DESIGN section 8)."""
        return {
            "id": self.id,
            "revision": self.revision,
            "status": self.status.value,
            "notices": [notice.model_dump() for notice in self.notices],
            "title": self.title,
            "authors": [name._asdict() for name in self.authors],
            "authors_partial": self.authors_partial,
            "year": self.year,
            "journal": self.journal,
            "doi": self.doi,
            "pmid": self.pmid,
            "url": self.url,
            "summary": self.summary,
            "abstract": self.abstract,
            "findings": list(self.findings),
            "limits": list(self.limits),
            "sections": list(self.sections),
            "section_titles": list(self.section_titles),
            "keywords": list(self.keywords),
            "facets": {name: list(values) for name, values in self.facets.items()},
            "access": self.access,
            "extra": self.extra,
            "alternatives": self.alternatives,
            "csl": self.csl,
        }


def _texts(value: Any) -> tuple[str, ...]:
    """The cleaned texts of a list; a single text is a list of one."""
    items = [value] if isinstance(value, str) else value or ()
    return tuple(normalise(str(item)).strip() for item in items if item is not None)


def _name(parts: dict[str, Any]) -> Name:
    """A CSL name in two parts, its particles where they are read: "van der Meer", "Ludwig van"."""

    def joined(*keys: str) -> str:
        return " ".join(str(parts[key]) for key in keys if parts.get(key))

    return Name(joined("non-dropping-particle", "family") or joined("literal"), joined("given", "dropping-particle"))
