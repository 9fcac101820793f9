"""Small files as the tools write them, one fault or habit each, and what has to come of them."""

from __future__ import annotations

import json

import pytest

from corpus import Library
from corpus.errors import UsageError
from corpus.importing import Draft, Rejected, import_files
from corpus.importing.detect import detect
from corpus.importing.document import Document
from corpus.importing.intake import Upload
from corpus.importing.table import parse as parse_table
from corpus.importing.table_columns import named_columns

from .reading import names, only, parse, reviews

DOE_ROE = [("Doe", "Jane"), ("Roe", "Richard")]

#: Tool, its headings, a row; every row is the same article.
TABLES = {
    "scopus": (
        '"Authors","Author full names","Author(s) ID","Title","Year","Source title","Volume","Issue","Art. No.","Page start","Page end","DOI","Link",'
        '"Abstract","Author Keywords","PubMed ID","Document Type","Source","EID"',
        '"Doe J.; Roe R.","Doe, Jane (571); Roe, Richard (572)","571; 572","A trial","2021","Mind","5","2","","1","9","10.1000/x","https://s","Abs.",'
        '"k1; k2","31234567","Article","Scopus","2-s2.0-1"',
    ),
    "web of science": (
        "Publication Type\tAuthors\tBook Authors\tAuthor Full Names\tGroup Authors\tArticle Title\tSource Title\tDocument Type\tAuthor Keywords\tAbstract\t"
        "Publication Date\tPublication Year\tVolume\tIssue\tStart Page\tEnd Page\tDOI\tUT (Unique WOS ID)\tPubmed Id",
        "J\tDoe, J; Roe, R\t\tDoe, Jane; Roe, Richard\t\tA trial\tMind\tArticle\tk1; k2\tAbs.\tMAR 15\t2021\t5\t2\t1\t9\t10.1000/x\tWOS:1\t31234567",
    ),
    "embase": (
        '"Title","Author Names","Source","Source title","Publication Year","Volume","Issue","First Page","Last Page","Date of Publication","Abstract",'
        '"Author Keywords","Medline PMID","PUI","DOI"',
        '"A trial","Doe J., Roe R.","Mind (2021) 5:2 (1-9)","Mind","2021","5","2","1","9","15 Mar 2021","Abs.","k1, k2","31234567","L2","10.1000/x"',
    ),
    "rayyan": (
        "key,title,year,month,day,journal,issn,volume,issue,pages,authors,abstract,notes,doi,keywords,pubmed_id,pmc_id",
        'r1,A trial,2021,3,15,Mind,1234-5678,5,2,1-9,"Doe, Jane and Roe, Richard",Abs.,n,10.1000/x,"k1,k2",31234567,PMC12',
    ),
    "asreview": (
        "record_id,title,abstract,authors,keywords,year,journal,volume,issue,pages,doi,pmid,included",
        "0,A trial,Abs.,\"['Doe, Jane', 'Roe, Richard']\",\"['k1', 'k2']\",2021.0,Mind,5,2,1-9,https://doi.org/10.1000/x,31234567,1",
    ),
    "covidence": (
        "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Covidence #,Study,Tags,PMID",
        'A trial,"Doe, Jane; Roe, Richard",Abs.,2021,Mar,Mind,5,2,1-9,,10.1000/x,#34,Doe 2021,k1; k2,31234567',
    ),
    "zotero": (
        '"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI","Abstract Note","Date","Pages","Issue","Volume","Manual Tags",'
        '"Automatic Tags","Extra"',
        '"A","journalArticle","2021","Doe, Jane; Roe, Richard","A trial","Mind","10.1000/x","Abs.","2021-03-15","1-9","2","5","k1","k2","PMID: 31234567"',
    ),
    "mendeley": (
        "Title,Authors,Publication,Year,Volume,Issue,Pages,DOI,Abstract,Keywords,PMID",
        'A trial,"Jane Doe, Richard Roe",Mind,2021,5,2,1-9,10.1000/x,Abs.,"k1,k2",31234567',
    ),
    "proquest": (
        "Title,Abstract,Authors,issn,issue,pages,pubtitle,year,DocumentURL,subjectTerms,volume,digitalObjectIdentifier,PMID",
        'A trial,Abs.,"Doe, Jane; Roe, Richard",,2,1-9,Mind,2021,http://p,"k1; k2",5,10.1000/x,31234567',
    ),
    "publish or perish": (
        "Cites,Authors,Title,Year,Source,ArticleURL,GSRank,Type,DOI,Volume,Issue,StartPage,EndPage,Abstract,Keywords,PMID",
        '5,"Jane Doe, Richard Roe",A trial,2021,Mind,http://p,1,,10.1000/x,5,2,1,9,Abs.,k1; k2,31234567',
    ),
}  # fmt: skip


@pytest.mark.parametrize("tool", TABLES)
def test_one_article_in_the_table_of_each_tool(tool: str) -> None:
    heading, row = TABLES[tool]
    review = only(f"\ufeff{heading}\r\n{row}\r\n", "tsv" if "\t" in heading else "csv")
    people = [("Doe", "J."), ("Roe", "R.")] if tool == "embase" else DOE_ROE
    assert (review.title, names(review), review.year, review.journal) == ("A trial", people, 2021, "Mind")
    assert (review.doi, review.pmid, review.abstract, review.keywords) == ("10.1000/x", "31234567", "Abs.", ("k1", "k2"))
    assert (review.csl["volume"], review.csl["issue"], review.csl["page"]) == ("5", "2", "1-9")
    assert review.csl["type"] == "article-journal"
    if tool in ("rayyan", "zotero", "web of science"):
        assert review.csl["issued"] == {"date-parts": [[2021, 3, 15]]}


def test_pubmed_s_table_with_a_group_behind_the_people() -> None:
    text = 'PMID,Title,Authors,Citation,Journal/Book,Publication Year,DOI\n5,T,"Doe J, van der Berg JP, O\'Neil KM; Trial Group.",c,Mind,2001,10.1000/x\n'
    assert names(only(text, "csv")) == [("Doe", "J"), ("van der Berg", "JP"), ("O'Neil", "KM"), ("Trial Group", "")]


def test_quotes_behind_backslashes() -> None:
    text = 'title,abstract,year\n"A \\"q\\" b, c","x",2021\n"C\nD","z \\"y",2020\n'
    first, second = reviews(text, "csv")
    assert (first.title, first.abstract, first.year) == ('A "q" b, c', "x", 2021)
    assert (second.title, second.abstract, second.year) == ("C D", 'z "y', 2020)
    kept = only('title,path,year\n"A ""q"" b","C:\\x",2021\n', "csv")
    assert (kept.title, kept.extra) == ('A "q" b', {"path": ["C:\\x"]})


TOLD = named_columns(["title=Titel", "authors=Autor", "Year = jahr", "journal=Zeitschrift"])
GERMAN = "Titel;Autor;Jahr;Zeitschrift;Quelle\nA trial;Doe, Jane;2021;Mind;x\n"


def test_columns_that_the_user_names() -> None:
    document = Document(GERMAN.encode(), TOLD)
    assert detect(document) == "csv"
    (draft,) = parse_table(document.lines(), TOLD)
    assert isinstance(draft, Draft)
    assert (draft.review.title, names(draft.review), draft.review.year, draft.review.journal) == ("A trial", [("Doe", "Jane")], 2021, "Mind")
    assert draft.review.extra == {"Quelle": ["x"]}


def test_a_named_column_takes_the_place_of_a_known_one() -> None:
    (draft,) = parse_table(["Title,Article heading,Year", "row 1,A trial,2021"], named_columns(["title=article heading"]))
    assert isinstance(draft, Draft)
    assert (draft.review.title, draft.review.extra) == ("A trial", {"Title": ["row 1"]})


def test_a_table_without_a_known_title_names_its_columns(library: Library) -> None:
    found = import_files(library, [Upload("a.csv", GERMAN.encode()), Upload("b.csv", b'Paper name,authors,year\nA trial,"Doe, J",2021\n')])
    refused, read = found.files
    assert refused.error.startswith("no column is known to hold titles; the columns are Titel, Autor, Jahr, Zeitschrift, Quelle. To name the one")
    assert (read.added, read.note.split(". ")[0]) == (1, "no column is known to hold titles; the columns are Paper name, authors, year")
    named = import_files(library, [Upload("a.csv", GERMAN.encode())], columns=TOLD)
    assert (named.files[0].added, named.files[0].note) == (1, "")


@pytest.mark.parametrize("text", ["Dear reader,\nthis is prose, with commas.\n", "a,b,c\n1,2,3\n", "1\t2\t3\n", "x;y\n"])
def test_what_is_no_table_is_not_taken_for_one_with_strange_columns(library: Library, text: str) -> None:
    (entry,) = import_files(library, [Upload("x.txt", text.encode())]).files
    assert "no format Florilegium knows" in entry.error


@pytest.mark.parametrize(("pair", "message"), [("title", "FIELD=HEADING"), ("title=", "FIELD=HEADING"), ("colour=Farbe", "no field 'colour'")])
def test_a_column_named_wrongly(pair: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        named_columns([pair])


RIS_HABITS = {
    "one space": "TY - JOUR\nTI - A trial\nAU - Doe, Jane\nAU - Roe, Richard\nPY - 2021\nDO - 10.1000/x\nER -\n",
    "no space after the dash": "TY  -JOUR\nTI  -A trial\nAU  -Doe, Jane\nAU  -Roe, Richard\nPY  -2021\nDO  -10.1000/x\nER  -\n",
    "no-break spaces": "TY  - JOUR\nTI  - A trial\nAU  - Doe, Jane\nAU  - Roe, Richard\nPY  - 2021\nDO  - 10.1000/x\nER  - \n".replace("  -", "\u00a0\u00a0-"),
    "tabs": "TY\t-\tJOUR\nTI\t-\tA trial\nAU\t-\tDoe, Jane\nAU\t-\tRoe, Richard\nPY\t-\t2021\nDO\t-\t10.1000/x\nER\t-\n",
    "all authors in one field": "TY  - JOUR\nTI  - A trial\nAU  - Doe, Jane; Roe, Richard\nPY  - 2021\nDO  - 10.1000/x\nER  - \n",
    "carriage returns": "TY  - JOUR\rTI  - A trial\rAU  - Doe, Jane\rAU  - Roe, Richard\rPY  - 2021\rDO  - 10.1000/x\rER  - \r",
    "mixed line ends": "TY  - JOUR\r\nTI  - A trial\nAU  - Doe, Jane\rAU  - Roe, Richard\r\r\nPY  - 2021\nDO  - 10.1000/x\r\nER  - \n",
    "a title in two lines": "TY  - JOUR\nTI  - A\ntrial\nAU  - Doe, Jane\nAU  - Roe, Richard\nPY  - 2021\nDO  - 10.1000/x\n",
    "proquest": (
        "TY  - JOUR\nT1  - A trial\nAN  - 123; 456\nAU  - Doe, Jane\nAU  - Roe, Richard\nJF  - Mind\nY1  - 2021/03/15/\nPY  - 2021\nDA  - 2021 Mar 15\n"
        "DO  - http://dx.doi.org/10.1000/x\nN1  - Last updated - 2021\nER  - \n"
    ),
    "ovid": "TY  - JOUR\nID  - 17\nT1  - A trial\nA1  - Doe, Jane\nA1  - Roe, Richard\nY1  - 2021//\nN2  - Abs\nM3  - https://dx.doi.org/10.1000/x\nER  - \n",
    "refman": "TY  - JOUR\nID  - 17\nT1  - A trial\nA1  - Doe,Jane\nA1  - Roe,Richard\nY1  - 2021/03/15\nRP  - NOT IN FILE\nM3  - 10.1000/x\nER  - \n",
}  # fmt: skip


@pytest.mark.parametrize("habit", RIS_HABITS)
@pytest.mark.parametrize("around", ["", "Provider: X\nContent: text/plain\n\n1.\n"])
def test_ris_as_tools_write_it(habit: str, around: str) -> None:
    text = RIS_HABITS[habit]
    review, again = reviews(around + text + "\n" + text, "ris")
    assert (review.title, names(review), review.year, review.doi) == ("A trial", DOE_ROE, 2021, "10.1000/x")
    assert again.csl == review.csl


@pytest.mark.parametrize(
    ("field", "pmid"),
    [
        ("AN  - 31234567\nDB  - Ovid MEDLINE(R)", "31234567"), ("N1  - PMID: 31234567", "31234567"), ("ID  - pmid:31234567", "31234567"),
        ("U1  - 31234567[pmid]", "31234567"), ("UR  - https://pubmed.ncbi.nlm.nih.gov/31234567/", "31234567"), ("PM  - 31234567", "31234567"),
        ("ID  - 31234567", ""), ("AN  - 2003456\nDB  - Embase\nDB  - Medline", ""),
    ],
)  # fmt: skip
def test_where_ris_says_the_pmid(field: str, pmid: str) -> None:
    assert only(f"TY  - JOUR\nTI  - T\n{field}\nER  - \n", "ris").pmid == pmid


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("Doe J, Roe R, Poe A", [("Doe", "J"), ("Roe", "R"), ("Poe", "A")]), ("Doe, J., Roe, R. & Poe, A.", [("Doe", "J."), ("Roe", "R."), ("Poe", "A.")]),
        ("Doe, Jane, Jr", [("Doe", "Jane")]), ("van den Berg, Jan", [("van den Berg", "Jan")]), ("Smith, J. R.", [("Smith", "J. R.")]),
        ("Institute for Sleep, Dreams, Rest, Mood", [("Institute for Sleep, Dreams, Rest, Mood", "")]), ("García, A, B", [("García", "A, B")]),
        ("Doe J., Roe R.J.", [("Doe", "J."), ("Roe", "R.J.")]), ("R&D Group", [("R&D Group", "")]),
    ],
)  # fmt: skip
def test_fields_that_hold_one_name_or_many(told: str, expected: list[tuple[str, str]]) -> None:
    assert names(only(f"TY  - JOUR\nTI  - T\nAU  - {told}\nER  - \n", "ris")) == expected


def test_tagged_files_with_small_faults() -> None:
    assert only("%0\tJournal Article\n%T\tA trial\n%A\tDoe, Jane\n", "enw").title == "A trial"
    first, second = reviews("FN ISI Export Format\nVR 1.0\nPT J\nAU Doe, J\nTI A\nPT S\nTI B\nSO Proceedings of Mind\nCT Mind\nEF\n", "wos")
    assert (first.title, second.title, second.journal, second.csl["type"]) == ("A", "B", "Proceedings of Mind", "paper-conference")
    assert only("RT Journal\nA1 Doe,Jane\nT1 A\nPMID 31234567\nPMCID PMC12\n", "refworks").pmid == "31234567"
    old = "UI  - 98765432\nTI  - A\nAU  - Doe J\nDP  - 1998\n\nUI  - 98765433\nTI  - B\nDP  - 1997\n"
    assert [(review.title, review.year, review.pmid) for review in reviews(old, "nbib")] == [("A", 1998, "98765432"), ("B", 1997, "98765433")]
    page = only("<pre>\nPMID- 1\nTI  - A\nAU  - Doe J\n</pre>\n", "nbib")
    assert names(page) == [("Doe", "J")]
    ovid = only("<1>\nVN  - Ovid Technologies\nDB  - Embase\nPM  - 31234568 [http://p]\nTI  - B\nSO  - Brain. 7 (1) (pp 10-19), 2020.\n", "ovid")
    assert (ovid.pmid, ovid.csl["page"]) == ("31234568", "10-19")
    labelled = only("<1>\nAuthors\n  Doe, Jane. Roe, Richard.\nTitle\n  A trial.\nSource\n  Mind. Vol 5(2), Mar 2021, pp. 1-9\n", "ovid")
    assert (names(labelled), labelled.csl["page"]) == (DOE_ROE, "1-9")


def test_bibtex_without_a_comma_after_the_key_and_scopus_own_fields() -> None:
    first, second = reviews("@article{x3 title={No comma}, year={2015}}\n@article{s, title={S}, author_keywords={k1; k2}, art_number={e1}}", "bibtex")
    assert (first.title, first.year, first.csl["citation-key"]) == ("No comma", 2015, "x3")
    assert (second.keywords, second.csl["page"]) == (("k1", "k2"), "e1")


CROSSREF = {
    "indexed": {"date-parts": [[2022]]}, "DOI": "10.1000/X", "type": "journal-article", "title": ["A trial <i>of</i> &amp; with"], "subtitle": ["Sub"],
    "author": [{"given": "Jane", "family": "Doe", "sequence": "first"}, {"name": "Trial Group"}], "container-title": ["Mind"],
    "abstract": "<jats:title>Abstract</jats:title><jats:sec><jats:title>Background</jats:title><jats:p>A &lt; b.</jats:p></jats:sec><jats:sec>"
    "<jats:title>Methods</jats:title><jats:p>C<jats:sub>2</jats:sub>.</jats:p></jats:sec>", "issued": {"date-parts": [[None]]},
    "published-online": {"date-parts": [[2021, 3]]}, "ISSN": ["1234-5678"], "reference": [{"key": "1", "DOI": "10.9/z"}],
}  # fmt: skip


@pytest.mark.parametrize(
    "envelope",
    [
        CROSSREF, [CROSSREF], {"status": "ok", "message-type": "work", "message": CROSSREF},
        {"status": "ok", "message-type": "work-list", "message": {"facets": {}, "total-results": 1, "items": [CROSSREF], "items-per-page": 20}},
    ],
)  # fmt: skip
@pytest.mark.parametrize("indent", [None, 1])
def test_crossref_works(envelope: object, indent: int | None) -> None:
    review = only(json.dumps(envelope, indent=indent), "csl-json")
    assert (review.title, review.year, review.journal, review.doi) == ("A trial of & with: Sub", 2021, "Mind", "10.1000/x")
    assert (names(review), review.csl["type"]) == ([("Doe", "Jane"), ("Trial Group", "")], "article-journal")
    assert review.abstract == "Background: A < b.\nMethods: C2."


@pytest.mark.parametrize("indent", [None, 1])
def test_json_of_zotero_s_web_api_and_items_under_their_keys(indent: int | None) -> None:
    data = {"itemType": "journalArticle", "title": "A", "creators": [{"creatorType": "author", "firstName": "Jane", "lastName": "Doe"}], "date": "2021-03-15"}
    items = [{"key": "A", "version": 1, "library": {"id": 1}, "data": data}, {"key": "B", "data": {"itemType": "attachment", "title": "a.pdf"}}]
    review = only(json.dumps(items, indent=indent), "csl-json")
    assert (review.title, names(review), review.year) == ("A", [("Doe", "Jane")], 2021)
    keyed = {"a": {"id": "a", "type": "book", "title": "A"}, "b": {"type": "chapter", "title": "B"}}
    assert [review.title for review in reviews(json.dumps(keyed, indent=indent), "csl-json")] == ["A", "B"]


def test_markdown_of_other_programs() -> None:
    front = "title: Sleep: a review\nauthor:\n- Doe, Jane\n- name: Richard Roe\ndate: 2021-03-15\nDOI: 10.1000/x\ntags: [k1, k2]\n"
    text = f"---\n{front}---\n\nA word.\n\n## Methods\n\nWe slept.\n"
    review = only(text, "markdown")
    assert (review.title, names(review), review.year, review.doi) == ("Sleep: a review", DOE_ROE, 2021, "10.1000/x")
    assert (review.keywords, review.section_titles, review.sections) == (("k1", "k2"), ("", "Methods"), ("A word.", "We slept."))
    assert review.csl["issued"] == {"date-parts": [[2021, 3, 15]]}


def test_pubmed_chapter_s_editors_and_the_doi_that_holds() -> None:
    person = "<Author><LastName>{}</LastName><ForeName>Jane</ForeName></Author>"
    chapter = (
        f"<PubmedBookArticle><BookDocument><PMID>3</PMID><Book><BookTitle>Bk</BookTitle><AuthorList Type='editors'>{person.format('Ed')}</AuthorList></Book>"
        f"<ArticleTitle>Ch</ArticleTitle><AuthorList Type='authors'>{person.format('Doe')}</AuthorList></BookDocument></PubmedBookArticle>"
    )
    article = (
        "<PubmedArticle><MedlineCitation><PMID>4</PMID><Article><ArticleTitle>A</ArticleTitle><ELocationID EIdType='doi' ValidYN='N'>10.1000/bad</ELocationID>"
        "<ELocationID EIdType='doi' ValidYN='Y'>10.1000/good</ELocationID></Article></MedlineCitation></PubmedArticle>"
    )
    first, second = reviews(f"<PubmedArticleSet>{chapter}{article}</PubmedArticleSet>", "pubmed-xml")
    assert (names(first), first.csl["editor"], first.journal) == ([("Doe", "Jane")], [{"family": "Ed", "given": "Jane"}], "Bk")
    assert second.doi == "10.1000/good"


#: An element of each XML format, and where in it text stands.
XML = {
    "pubmed-xml": "<PubmedArticle><MedlineCitation><Article><ArticleTitle>{}</ArticleTitle></Article></MedlineCitation></PubmedArticle>",
    "endnote-xml": "<xml><records><record><ref-type name='Book'>6</ref-type><titles><title>{}</title></titles></record></records></xml>",
    "jats": "<article><front><article-meta><title-group><article-title>{}</article-title></title-group></article-meta></front><body/></article>",
    "zotero-rdf": "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:bib='http://purl.org/net/biblio#' "
    "xmlns:dc='http://purl.org/dc/elements/1.1/'><bib:Book rdf:about='#1'><dc:title>{}</dc:title></bib:Book></rdf:RDF>",
}  # fmt: skip
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 50 + '"><!ENTITY c "' + "&b;" * 50 + '"><!ENTITY d "' + "&c;" * 50 + '">]>'
OUTSIDE = '<!DOCTYPE x SYSTEM "file:///etc/hostname" [<!ENTITY % e SYSTEM "file:///etc/passwd"> %e;]>'


@pytest.mark.parametrize("kind", XML)
@pytest.mark.parametrize("prolog", [LAUGHS, OUTSIDE, LAUGHS.replace("ENTITY", "ENTITY\n "), "<?xml version='1.0' encoding='UTF-16'?>" + LAUGHS])
def test_bombs_of_entities_are_refused_in_each_xml_format(kind: str, prolog: str) -> None:
    encoding = "utf-16" if "UTF-16" in prolog else "utf-8"
    found, parsed = parse((prolog + XML[kind].format("&d;")).encode(encoding))
    assert (found, parsed) == (kind, [Rejected(0, 1, "the file declares XML entities, which are refused")])


@pytest.mark.parametrize("kind", XML)
@pytest.mark.parametrize("depth", [200, 5_000, 50_000])
def test_deep_nesting_ends_in_a_record_or_a_reason(kind: str, depth: int) -> None:
    found, (entry,) = parse(XML[kind].format("<i>" * depth + "deep" + "</i>" * depth))
    assert found == kind
    assert entry.review.title == "deep" if isinstance(entry, Draft) else entry.reason
    assert isinstance(entry, Draft) or depth > 200
