"""What PubMed's two formats (nbib and XML) share: publication types, page ranges, notices of retraction and erratum."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.importing.gather import Item

_TYPES = {"preprint": "article", "book": "book", "books and book chapters": "chapter", "dataset": "dataset", "newspaper article": "article-newspaper"}
#: A publisher's number that stands for pages: `e42692`, `1042`.
E_NUMBER = re.compile(r"^[A-Za-z]{0,4}\d{1,8}$")
#: What a link to another publication says of this one. (That this one corrects another says nothing against it.)
NOTICES = {
    "RIN": ("retraction", "Retraction in"), "RetractionIn": ("retraction", "Retraction in"), "EIN": ("erratum", "Erratum in"),
    "ErratumIn": ("erratum", "Erratum in"), "CRI": ("erratum", "Corrected and republished in"),
    "CorrectedandRepublishedIn": ("erratum", "Corrected and republished in"), "RPI": ("erratum", "Corrected and republished in"),
    "RepublishedIn": ("erratum", "Corrected and republished in"), "ECI": ("concern", "Expression of concern in"),
    "ExpressionOfConcernIn": ("concern", "Expression of concern in"),
}  # fmt: skip


def full_range(pages: str) -> str:
    """Page ranges with the repeated digits that Medline leaves out put back: "6913-7" is "6913-6917"."""

    def whole(match: re.Match[str]) -> str:
        first, last = match[1], match[2]
        return f"{first}-{first[: len(first) - len(last)] + last}" if len(last) < len(first) else match[0]

    return re.sub(r"(?<![\w-])(\d+)-(\d+)(?![\w-])", whole, pages)


def publication_types(item: Item, types: Iterable[str], *, tag: str = "PT") -> None:
    """Take publication types: the kind of review as facets, all of them under `tag`; a retracted publication gets its notice."""
    for text in types:
        name = text.strip()
        item.keep(tag, name)
        item.kinds(name)
        kind = _TYPES.get(name.lower())
        if kind and item.csl["type"] == "article-journal":
            item.csl["type"] = kind
        if name.lower() == "retracted publication" and not any(notice["type"] == "retraction" for notice in item.notices):
            item.notice("retraction", "Retracted publication")


def linked_notice(item: Item, code: str, text: str) -> None:
    """Take a notice about this publication from a link to the one that gives it."""
    kind, words = NOTICES[code]
    item.notices = [notice for notice in item.notices if notice["text"] != "Retracted publication" or kind != "retraction"]
    item.notice(kind, f"{words} {text}")
