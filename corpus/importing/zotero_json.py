"""One item of Zotero's own JSON (its web API, Better BibTeX)."""

from __future__ import annotations

from typing import Any

from corpus.importing.fields import Named, assemble
from corpus.importing.gather import Item
from corpus.importing.item_types import from_name

_NAMES = {
    "title": "title", "caseName": "title", "nameOfAct": "title", "subject": "title", "date": "year", "dateDecided": "year",
    "issueDate": "year", "dateEnacted": "year", "abstractNote": "abstract", "publicationTitle": "journal", "bookTitle": "journal",
    "proceedingsTitle": "proceedings", "encyclopediaTitle": "journal", "dictionaryTitle": "journal", "websiteTitle": "journal",
    "blogTitle": "journal", "conferenceName": "secondary-title", "journalAbbreviation": "journal-short", "volume": "volume",
    "issue": "issue", "pages": "pages", "DOI": "doi", "ISSN": "serial", "ISBN": "serial", "url": "url", "language": "language",
    "publisher": "publisher", "university": "publisher", "institution": "publisher", "place": "place", "edition": "edition",
    "series": "series", "seriesTitle": "series", "seriesNumber": "series-number", "shortTitle": "short-title", "accessDate": "accessed",
    "libraryCatalog": "database", "callNumber": "call-number", "extra": "note", "PMID": "pmid", "PMCID": "pmcid",
    "numberOfVolumes": "volumes", "thesisType": "genre", "reportType": "genre", "reportNumber": "number", "patentNumber": "number",
    "rights": "rights", "citationKey": "citation-key",
}  # fmt: skip
_ROLES = {
    "editor": "editor", "seriesEditor": "collection-editor", "translator": "translator", "contributor": "contributor",
    "bookAuthor": "container-author",
}  # fmt: skip
_ASIDE = frozenset("itemType creators tags key version itemKey itemID libraryID collections relations seeAlso notes attachments".split())


def read(table: dict[str, Any]) -> Item:
    """The record of an item."""
    named = [Named(_NAMES.get(key, ""), key, str(value)) for key, value in table.items() if key not in _ASIDE and isinstance(value, str | int)]
    item = assemble(from_name(str(table["itemType"])), named)
    for creator in table.get("creators") or []:
        if isinstance(creator, dict):
            family, given = str(creator.get("lastName") or creator.get("name") or "").strip(), str(creator.get("firstName") or "").strip()
            name = {"family": family, "given": given} if family and given else {"literal": family or given}
            item.person(name if family or given else None, _ROLES.get(str(creator.get("creatorType")), "author"))
    for tag in table.get("tags") or []:
        item.keyword(str(tag.get("tag") or "") if isinstance(tag, dict) else str(tag))
    for note in table.get("notes") or []:
        item.keep("notes", str(note.get("note") or "") if isinstance(note, dict) else str(note))
    for attachment in table.get("attachments") or []:
        if isinstance(attachment, dict):
            item.keep("attachments", str(attachment.get("path") or attachment.get("url") or ""))
    return item
