"""What each tool calls a kind of work, and the CSL type for it."""

from __future__ import annotations

import re

#: RIS reference types (RefMan's, EndNote's, and those that Zotero and ProCite add).
RIS = {
    "ABST": "article-journal", "ADVS": "motion_picture", "AGGR": "dataset", "ANCIENT": "classic", "ART": "graphic", "BILL": "bill",
    "BLOG": "post-weblog", "BOOK": "book", "CASE": "legal_case", "CHAP": "chapter", "CHART": "graphic", "CLSWK": "classic",
    "COMP": "software", "CONF": "paper-conference", "CPAPER": "paper-conference", "CTLG": "book", "DATA": "dataset", "DBASE": "dataset",
    "DICT": "entry-dictionary", "EBOOK": "book", "ECHAP": "chapter", "EDBOOK": "book", "EJOUR": "article-journal", "ELEC": "webpage",
    "ENCYC": "entry-encyclopedia", "EQUA": "document", "FIGURE": "graphic", "GEN": "document", "GOVDOC": "report", "GRANT": "document",
    "GRNT": "document", "HEAR": "hearing", "ICOMM": "personal_communication", "INPR": "article-journal", "INTV": "interview",
    "JFULL": "article-journal", "JOUR": "article-journal", "LEGAL": "legal_case", "MANSCPT": "manuscript", "MAP": "map",
    "MGZN": "article-magazine", "MPCT": "motion_picture", "MULTI": "motion_picture", "MUSIC": "musical_score", "NEWS": "article-newspaper",
    "PAMP": "pamphlet", "PAT": "patent", "PCOMM": "personal_communication", "PODCST": "broadcast", "PRESS": "document",
    "PREPRINT": "article", "RPRT": "report", "SER": "book", "SLIDE": "speech", "SOUND": "song", "STAND": "standard", "STAT": "legislation",
    "STD": "standard", "THES": "thesis", "UNBILL": "bill", "UNPB": "manuscript", "UNPD": "manuscript", "VIDEO": "motion_picture",
    "WEB": "webpage",
}  # fmt: skip
_NAMED = {
    "journal article": "article-journal", "article": "article-journal", "journal": "article-journal",
    "electronic article": "article-journal", "article in press": "article-journal", "review": "article-journal",
    "journal, electronic": "article-journal", "electronic journal": "article-journal", "magazine article": "article-magazine",
    "newspaper article": "article-newspaper", "preprint": "article", "book": "book", "book whole": "book", "book, whole": "book",
    "whole book": "book",
    "edited book": "book", "book, edited": "book", "electronic book": "book", "ebook": "book", "serial": "book", "book section": "chapter",
    "book chapter": "chapter", "chapter": "chapter", "book, section": "chapter", "electronic book section": "chapter",
    "conference paper": "paper-conference", "conference proceedings": "paper-conference", "conference proceeding": "paper-conference",
    "proceedings paper": "paper-conference", "conference": "paper-conference", "meeting abstract": "paper-conference", "thesis": "thesis",
    "dissertation/thesis": "thesis", "dissertation": "thesis", "dissertation/thesis, unpublished": "thesis", "report": "report",
    "government document": "report", "grant": "document", "generic": "document", "unused": "document", "blog": "post-weblog",
    "web page": "webpage", "webpage": "webpage", "electronic source": "webpage", "online database": "dataset",
    "online multimedia": "motion_picture", "dataset": "dataset", "aggregated database": "dataset", "encyclopedia": "entry-encyclopedia",
    "dictionary": "entry-dictionary", "patent": "patent", "statute": "legislation", "bill": "bill", "bills/resolutions": "bill",
    "case": "legal_case", "case/court decisions": "legal_case", "hearing": "hearing", "legal rule or regulation": "legal_case",
    "laws/statutes": "legislation", "manuscript": "manuscript", "unpublished work": "manuscript", "unpublished material": "manuscript",
    "unpublished": "manuscript", "personal communication": "personal_communication", "film or broadcast": "motion_picture",
    "audiovisual material": "motion_picture", "video/ dvd": "motion_picture", "motion picture": "motion_picture", "music": "musical_score",
    "music score": "musical_score", "sound recording": "song", "podcast": "broadcast", "artwork": "graphic", "figure": "graphic",
    "chart or table": "graphic", "equation": "document", "map": "map", "standard": "standard", "pamphlet": "pamphlet",
    "computer program": "software", "ancient text": "classic", "classical work": "classic", "catalog": "book", "press release": "document",
    "monograph": "book", "abstract": "article-journal", "interview": "interview", "discussion forum": "post", "social media": "post",
    "multimedia": "motion_picture", "television episode": "broadcast", "letter": "article-journal", "editorial": "article-journal",
    "short survey": "article-journal", "note": "article-journal", "clinical trial": "article-journal",
}  # fmt: skip
#: BibTeX and BibLaTeX entry types, and what Mendeley writes.
BIBTEX = {
    "article": "article-journal", "book": "book", "mvbook": "book", "collection": "book", "mvcollection": "book", "booklet": "pamphlet",
    "bookinbook": "chapter", "inbook": "chapter", "incollection": "chapter", "suppbook": "chapter", "suppcollection": "chapter",
    "inreference": "entry-encyclopedia", "conference": "paper-conference", "inproceedings": "paper-conference", "proceedings": "book",
    "mvproceedings": "book", "manual": "report", "report": "report", "techreport": "report", "thesis": "thesis", "phdthesis": "thesis",
    "mastersthesis": "thesis", "bachelorsthesis": "thesis", "unpublished": "manuscript", "online": "webpage", "electronic": "webpage",
    "www": "webpage", "webpage": "webpage", "patent": "patent", "periodical": "periodical", "suppperiodical": "article-journal",
    "dataset": "dataset", "data": "dataset", "software": "software", "standard": "standard", "reference": "book", "mvreference": "book",
    "video": "motion_picture", "movie": "motion_picture", "film": "motion_picture", "audio": "song", "artwork": "graphic",
    "image": "graphic", "letter": "personal_communication", "jurisdiction": "legal_case", "legislation": "legislation", "misc": "document",
    "generic": "document", "other": "document", "preprint": "article", "monograph": "book",
}  # fmt: skip
#: Zotero's item types, in its RDF, CSV and JSON.
ZOTERO = {
    "annotation": "note", "artwork": "graphic", "attachment": "document", "audiorecording": "song", "bill": "bill",
    "blogpost": "post-weblog", "book": "book", "booksection": "chapter", "case": "legal_case", "computerprogram": "software",
    "conferencepaper": "paper-conference", "dataset": "dataset", "dictionaryentry": "entry-dictionary", "document": "document",
    "email": "personal_communication", "encyclopediaarticle": "entry-encyclopedia", "film": "motion_picture", "forumpost": "post",
    "hearing": "hearing", "instantmessage": "personal_communication", "interview": "interview", "journalarticle": "article-journal",
    "letter": "personal_communication", "magazinearticle": "article-magazine", "manuscript": "manuscript", "map": "map",
    "newspaperarticle": "article-newspaper", "note": "note", "patent": "patent", "podcast": "broadcast", "preprint": "article",
    "presentation": "speech", "radiobroadcast": "broadcast", "report": "report", "standard": "standard", "statute": "legislation",
    "thesis": "thesis", "tvbroadcast": "broadcast", "videorecording": "motion_picture", "webpage": "webpage",
}  # fmt: skip


def from_name(name: str, default: str = "document") -> str:
    """The CSL type for a kind of work as EndNote, RefWorks, BibTeX, Zotero or a table's column name it; `default` where it is not known."""
    plain = re.sub(r"[_\s]+", " ", name).strip().lower()
    joined = plain.replace(" ", "")
    for table, key in ((_NAMED, plain), (ZOTERO, joined), (BIBTEX, joined)):
        if key in table:
            return table[key]
    upper = name.strip().upper()
    if upper in RIS:
        return RIS[upper]
    return plain.replace(" ", "-") if plain.replace(" ", "-") in _CSL else default


_CSL = frozenset({*RIS.values(), *_NAMED.values(), *BIBTEX.values(), *ZOTERO.values()})
