"""PubMed XML: articles, books and chapters, with mark-up and formulas inside titles and abstracts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from corpus.importing.gather import Item
from corpus.importing.medline import E_NUMBER, NOTICES, full_range, linked_notice, publication_types
from corpus.importing.parsing import Parsed
from corpus.importing.xml_records import read_each
from corpus.importing.xml_text import found, text_of

_TAGS = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation")


def parse(chunks: Iterable[str]) -> Iterator[Parsed]:
    """Read every article and book."""
    yield from read_each(chunks, _TAGS, _read)


def _read(element: Element) -> Item:
    citation = element if element.tag == "MedlineCitation" else element.find("MedlineCitation")
    if citation is not None:
        item = _article(citation)
    else:
        book = element.find("BookDocument")
        item = _book(book) if book is not None else Item()
    for identifier in element.findall("./PubmedData/ArticleIdList/ArticleId") + element.findall("./PubmedBookData/ArticleIdList/ArticleId"):
        _identifier(item, identifier.get("IdType", ""), text_of(identifier))
    return item


def _article(citation: Element) -> Item:
    item = Item("article-journal")
    article = citation.find("Article")
    item.pmid(found(citation, "PMID"))
    if article is None:
        return item
    _title(item, article)
    _people(item, article)
    journal = article.find("Journal")
    if journal is not None:
        item.put("container-title", found(journal, "Title"))
        item.put("container-title-short", found(journal, "ISOAbbreviation") or found(citation, "MedlineJournalInfo/MedlineTA"))
        item.put("volume", found(journal, "JournalIssue/Volume"))
        item.put("issue", found(journal, "JournalIssue/Issue"))
        item.numbers(found(journal, "ISSN"), "ISSN")
        _date(item, journal.find("JournalIssue/PubDate"))
    item.put("container-title", found(citation, "MedlineJournalInfo/MedlineTA"), "MedlineTA")
    _date(item, article.find("ArticleDate"))
    for linking in citation.findall("MedlineJournalInfo/ISSNLinking"):
        item.numbers(text_of(linking), "ISSN")
    _texts(item, article)
    for other in citation.findall("OtherAbstract"):
        _texts(item, citation, "OtherAbstract") if not item.abstract else item.keep("OtherAbstract", text_of(other))
    _subjects(item, citation)
    publication_types(item, (text_of(entry) for entry in article.findall("PublicationTypeList/PublicationType")), tag="PublicationType")
    for link in citation.findall("CommentsCorrectionsList/CommentsCorrections"):
        code, source = link.get("RefType", ""), found(link, "RefSource")
        if code in NOTICES:
            linked_notice(item, code, source)
        elif code != "Cites":
            item.keep(code or "CommentsCorrections", source)
    places = {"Affiliation": "AuthorList/Author/AffiliationInfo/Affiliation", "Grant": "GrantList/Grant", "DataBank": "DataBankList/DataBank"}
    for tag, path in places.items():
        item.keep(tag, *dict.fromkeys(text_of(entry) for entry in article.findall(path)))
    item.keep("Chemical", *(found(entry, "NameOfSubstance") for entry in citation.findall("ChemicalList/Chemical")))
    item.keep("ConflictOfInterest", found(citation, "CoiStatement"))
    return item


def _book(document: Element) -> Item:
    book = document.find("Book")
    title = found(document, "ArticleTitle")
    item = Item("chapter" if title else "book")
    item.pmid(found(document, "PMID"))
    _title(item, document)
    _people(item, document)
    if book is not None:
        if title:
            item.put("container-title", found(book, "BookTitle"))
        else:
            item.put("title", found(book, "BookTitle"))
        _people(item, book, authors=not title or "author" not in item.csl)
        item.put("publisher", found(book, "Publisher/PublisherName"))
        item.put("publisher-place", found(book, "Publisher/PublisherLocation"))
        item.put("collection-title", found(book, "CollectionTitle"))
        item.put("volume", found(book, "Volume"))
        item.put("edition", found(book, "Edition"))
        item.put("number", found(book, "ReportNumber"))
        for isbn in book.findall("Isbn"):
            item.numbers(text_of(isbn), "ISBN")
        _date(item, book.find("PubDate"))
        _locations(item, book)
    _date(item, document.find("ContributionDate"))
    _texts(item, document)
    _subjects(item, document)
    publication_types(item, (text_of(entry) for entry in document.findall("PublicationType")), tag="PublicationType")
    for identifier in document.findall("ArticleIdList/ArticleId"):
        _identifier(item, identifier.get("IdType", ""), text_of(identifier))
    return item


def _title(item: Item, element: Element) -> None:
    title = found(element, "ArticleTitle")
    if title.endswith(".") and not re.search(r"(\.|\.[A-Za-z])\.$", title):
        title = title[:-1]  # NLM ends every title so; "U.S." has it anyway
    original = found(element, "VernacularTitle")
    item.put("title", original if not title or title.strip("[].").lower() == "not available" else title)
    item.put("original-title", original)
    item.put("language", found(element, "Language"))
    item.keep("Language", *(text_of(entry) for entry in element.findall("Language")[1:]))


def _people(item: Item, element: Element, *, authors: bool = True) -> None:
    for group in element.findall("AuthorList"):
        role = "editor" if group.get("Type") == "editors" else "author"
        if role == "author" and not authors:
            continue
        item.partial = item.partial or (role == "author" and group.get("CompleteYN") == "N")
        for author in group.findall("Author"):
            body, family = found(author, "CollectiveName"), found(author, "LastName")
            given = found(author, "ForeName") or found(author, "Initials")
            if body:
                item.person({"literal": body}, role)
            elif family or given:
                parts = {"family": family, "given": given, "suffix": found(author, "Suffix")} if family else {"literal": given}
                item.person({key: value for key, value in parts.items() if value}, role)
            for identifier in author.findall("Identifier"):
                item.keep(identifier.get("Source", "Identifier"), f"{text_of(identifier)} {family}".strip())


def _date(item: Item, element: Element | None) -> None:
    if element is None or "issued" in item.csl:
        return
    parts = [found(element, part) for part in ("Year", "Month", "Day")]
    text = ("-" if parts[1].isdecimal() else " ").join(part for part in parts if part) or found(element, "MedlineDate")
    if text:
        item.date(text, tag="PubDate")
    item.keep("Season", found(element, "Season"))


def _texts(item: Item, element: Element, name: str = "Abstract") -> None:
    for abstract in element.findall(name):
        paragraphs = []
        for part in abstract.findall("AbstractText"):
            label = part.get("Label", "")
            text = text_of(part)
            if text:
                paragraphs.append(f"{label}: {text}" if label and label.upper() != "UNLABELLED" else text)
        item.texts("\n".join(paragraphs), name)
        item.keep("Copyright", found(abstract, "CopyrightInformation"))
    _locations(item, element)
    pages = found(element, "Pagination/MedlinePgn")
    start, end = found(element, "Pagination/StartPage"), found(element, "Pagination/EndPage")
    item.pages(full_range(pages or "-".join(part for part in (start, end) if part)))
    number = found(element, "ELocationID[@EIdType='pii']")
    if "page" not in item.csl and E_NUMBER.match(number):
        item.pages(number)


def _locations(item: Item, element: Element) -> None:
    for place in sorted(element.findall("ELocationID"), key=lambda place: place.get("ValidYN") == "N"):
        _identifier(item, place.get("EIdType", ""), text_of(place))


def _identifier(item: Item, kind: str, value: str) -> None:
    if kind == "doi":
        item.doi(value)
    elif kind == "pmc":
        item.pmcid(value if value.upper().startswith("PMC") else f"PMC{value}")
    elif kind == "pubmed":
        item.pmid(value)
    else:
        item.keep(kind or "id", value)


def _subjects(item: Item, element: Element) -> None:
    for heading in element.findall("MeshHeadingList/MeshHeading"):
        name = found(heading, "DescriptorName")
        item.keyword(name)
        item.keep("MeSH", *(f"{name}/{text_of(qualifier)}" for qualifier in heading.findall("QualifierName")))
    for keyword in element.findall("KeywordList/Keyword"):
        item.keyword(text_of(keyword))
