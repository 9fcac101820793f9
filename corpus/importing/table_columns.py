"""What the columns of bibliographic tables are called, and what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from corpus.errors import UsageError

_HEADING = re.compile(r"^[A-Za-z][\w .,:/()&#*-]{0,60}$", re.ASCII)
#: Heading (lower case, letters and digits only) -> the name of the field, as `fields.assemble` knows it.
_COLUMNS = {
    heading: name
    for name, headings in {
        "title": "title articletitle documenttitle primarytitle ti publicationtitleoriginal papertitle studytitle",
        "author": "author authors authornames authorsfull authorfullnames authorlist au creators creator authorsnames bookauthors authorshipsauthordisplayname",
        "group-author": "groupauthors bookgroupauthors",
        "editor": "editor editors bookeditors",
        "translator": "translator translators",
        "series-editor": "serieseditor",
        "year": "year publicationyear py pubyear publishedyear yearofpublication yearpublished publishyear publicationdateyear",
        "month": "month publishedmonth publicationmonth",
        "day": "day publicationday",
        "date": "date publicationdate datepublished pubdate coverdate published publicationdateonline publicationdateprint dateofpublication",
        "journal": "journal publicationtitle sourcetitle journalname journaltitle source publication journalbook sourcename journalfullname "
        "containertitle secondarytitle booktitle periodical jf publicationname pubtitle primarylocationsourcedisplayname",
        "journal-short": "journalabbreviation abbreviatedsourcetitle journalabbreviatedtitle isoabbreviation jo journalisoabbreviation",
        "abstract": "abstract abstractnote abstracts abstracttext ab notesabstract summary",
        "doi": "doi digitalobjectidentifier doilink doiurl",
        "pmid": "pmid pubmedid pubmedpmid medlinepmid",
        "pmcid": "pmcid pmc pubmedcentralid",
        "url": "url urls link links sourceurl fulltexturl dimensionsurl weblink documenturl articleurl plink",
        "volume": "volume vol vl",
        "issue": "issue issuenumber number",
        "pages": "pages page pagination pagerange",
        "first-page": "pagestart startpage sp firstpage beginningpage",
        "last-page": "pageend endpage ep lastpage endingpage",
        "article-number": "artno articlenumber artnumber",
        "serial": "issn issns isbn isbns eissn printissn electronicissn issnisbn",
        "publisher": "publisher publishername",
        "place": "place publisherlocation publisherplace city placepublished",
        "language": "language languages languageoforiginaldocument la articlelanguage languageofarticle",
        "keywords": "keywords keyword authorkeywords indexkeywords manualtags automatictags tags meshterms meshheadings subjects emtreeheadings "
        "authorkeyword emtreedrugindextermsmajorfocus emtreemedicalindextermsmajorfocus emtreemedicalindexterms emtreedrugindexterms mesh kw "
        "keywordsplus subjectterms identifierkeywords",
        "type-of-work": "documenttype articletype publicationtype type dt genre doctype",
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
NOTHING: Mapping[str, str] = MappingProxyType({})
_FIELDS = "title authors year date journal abstract doi pmid url volume issue pages issn publisher language keywords type notes".split()
#: Embase's source: "Mind (2014) 3:3 (152-160). Date of Publication: …".
EMBASE_SOURCE = re.compile(r"^(?P<journal>[^()]+?) \((?P<year>\d{4})\)( (?P<volume>[\w-]+)(:(?P<issue>[^\s()]+))?)?( \((?P<pages>[^)]*)\))?(\.|$)")


def plain(heading: str) -> str:
    """A heading by its lower-case letters and digits alone: "Abstract Note", "abstract_note" and "AbstractNote" are one."""
    return re.sub(r"[^a-z0-9]", "", heading.lower())


def meaning(heading: str, told: Mapping[str, str] = NOTHING) -> str:
    """What a column holds, or "" where nobody knows. `told`: headings that the user named (`named_columns`)."""
    return told.get(_same(heading)) or (_COLUMNS.get(plain(heading), "") if _HEADING.match(heading.strip()) else "")


def named_columns(pairs: Iterable[str]) -> dict[str, str]:
    """What `--map "title=Article Title"` says: the meaning of each heading. Raises UsageError where a pair has no `=` or names no field."""
    told: dict[str, str] = {}
    for pair in pairs:
        field, sign, heading = pair.partition("=")
        if not sign or not heading.strip():
            raise UsageError("a column is named as FIELD=HEADING", where=f"--map {pair!r}", remedy='For instance: --map "title=Article Title"')
        name = _COLUMNS.get(plain(field))
        if not name:
            raise UsageError(f"there is no field {field.strip()!r}", where=f"--map {pair!r}", remedy=f"The fields are {', '.join(_FIELDS)}")
        told[_same(heading)] = name
    return told


def is_told(heading: str, told: Mapping[str, str]) -> bool:
    """Whether the user named this column."""
    return _same(heading) in told


def _same(heading: str) -> str:
    return " ".join(heading.strip('\ufeff "').split()).casefold()


def fits(name: str, heading: str, cell: str, headings: Iterable[str]) -> bool:
    """Whether a cell can be what its heading says: "Source" is a journal in Scopus, but a label in screening tools."""
    if name == "journal" and plain(heading) == "source":
        others = {plain(other) for other in headings}
        return "gsrank" in others or (bool(re.search(r"\s", cell)) and not others & {"journal", "publicationtitle", "sourcetitle"})
    return not (name == "pages" and not re.search(r"\d", cell) and re.search(r"[A-Z]{2,}", cell))
