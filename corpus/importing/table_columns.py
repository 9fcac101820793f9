"""What the columns of bibliographic tables are called, and what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

_HEADING = re.compile(r"^[A-Za-z][\w .,:/()&#*-]{0,60}$", re.ASCII)
#: Heading (lower case, letters and digits only) -> the name of the field, as `fields.assemble` knows it.
_COLUMNS = {
    heading: name
    for name, headings in {
        "title": "title articletitle documenttitle primarytitle ti publicationtitleoriginal papertitle studytitle",
        "author": "author authors authornames authorsfull authorfullnames authorlist au creators creator authorsnames",
        "editor": "editor editors",
        "translator": "translator translators",
        "series-editor": "serieseditor",
        "year": "year publicationyear py pubyear publishedyear yearofpublication yearpublished publishyear publicationdateyear",
        "date": "date publicationdate datepublished pubdate coverdate published publicationdateonline publicationdateprint",
        "journal": "journal publicationtitle sourcetitle journalname journaltitle source publication journalbook sourcename journalfullname "
        "containertitle secondarytitle booktitle periodical jf publicationname",
        "journal-short": "journalabbreviation abbreviatedsourcetitle journalabbreviatedtitle isoabbreviation jo",
        "abstract": "abstract abstractnote abstracts abstracttext ab notesabstract summary",
        "doi": "doi digitalobjectidentifier doilink doiurl",
        "pmid": "pmid pubmedid pubmedpmid medlinepmid",
        "pmcid": "pmcid pmc pubmedcentralid",
        "url": "url urls link links sourceurl fulltexturl dimensionsurl weblink",
        "volume": "volume vol vl",
        "issue": "issue issuenumber number",
        "pages": "pages page pagination pagerange",
        "first-page": "pagestart startpage sp firstpage beginningpage",
        "last-page": "pageend endpage ep lastpage endingpage",
        "article-number": "artno articlenumber artnumber",
        "serial": "issn issns isbn isbns eissn printissn electronicissn issnisbn",
        "publisher": "publisher publishername",
        "place": "place publisherlocation publisherplace city placepublished",
        "language": "language languages languageoforiginaldocument la articlelanguage",
        "keywords": "keywords keyword authorkeywords indexkeywords manualtags automatictags tags meshterms meshheadings subjects emtreeheadings "
        "authorkeyword emtreedrugindextermsmajorfocus emtreemedicalindextermsmajorfocus emtreemedicalindexterms emtreedrugindexterms mesh kw",
        "type-of-work": "documenttype articletype publicationtype type dt genre",
        "item-type": "itemtype referencetype reftype entrytype",
        "edition": "edition",
        "short-title": "shorttitle",
        "series": "series seriestitle",
        "series-number": "seriesnumber",
        "volumes": "numberofvolumes",
        "accessed": "accessdate accessed dateaccessed",
        "database": "database db sourcedatabase librarycatalog databasename",
        "accession": "accessionnumber",
        "call-number": "callnumber",
        "note": "notes note extra comments",
        "event": "conferencename meetingname conferencetitle event",
        "rights": "rights",
        "citation-key": "citationkey citekey bibtexkey",
    }.items()
    for heading in headings.split()
}
#: Embase's source: "Mind (2014) 3:3 (152-160). Date of Publication: …".
EMBASE_SOURCE = re.compile(r"^(?P<journal>[^()]+?) \((?P<year>\d{4})\)( (?P<volume>[\w-]+)(:(?P<issue>[^\s()]+))?)?( \((?P<pages>[^)]*)\))?(\.|$)")


def plain(heading: str) -> str:
    """A heading by its lower-case letters and digits alone: "Abstract Note", "abstract_note" and "AbstractNote" are one."""
    return re.sub(r"[^a-z0-9]", "", heading.lower())


def meaning(heading: str) -> str:
    """What a column holds, or "" where nobody knows."""
    return _COLUMNS.get(plain(heading), "") if _HEADING.match(heading.strip()) else ""


def fits(name: str, heading: str, cell: str, headings: Iterable[str]) -> bool:
    """Whether a cell can be what its heading says: "Source" is a journal in Scopus, but a label in screening tools."""
    if name == "journal" and plain(heading) == "source":
        return bool(re.search(r"\s", cell)) and not {plain(other) for other in headings} & {"journal", "publicationtitle", "sourcetitle"}
    return not (name == "pages" and not re.search(r"\d", cell) and re.search(r"[A-Z]{2,}", cell))
