"""One small, handwritten file of every format, each with the two same articles where the format allows; and what stands in them."""

from __future__ import annotations

TITLE = "Psilocybin for depression in later life: a trial"
SECOND = "Ketamine, sleep and mood"

RIS = """TY  - JOUR
AU  - Müller-Lyer, Ana B.
AU  - van den Berg, Jan
TI  - Psilocybin for depression in later life: a trial
JO  - Journal of Later Life
PY  - 2021
DA  - 2021/03/15
VL  - 12
IS  - 4
SP  - 101
EP  - 110
SN  - 1234-5678
DO  - https://doi.org/10.1000/JLL.2021.5
KW  - psilocybin
KW  - depression
LA  - English
PB  - Later Press
AB  - Background: sadness.
XX  - something nobody knows
ER  -

TY  - BOOK
A1  - World Health Organization
T1  - Ketamine, sleep and mood
Y1  - 2019//
PB  - WHO Press
CY  - Geneva
SN  - 978-92-4-000000-1
ER  -
"""

ENW = """%0 Journal Article
%A Müller-Lyer, Ana B.
%A van den Berg, Jan
%T Psilocybin for depression in later life: a trial
%J Journal of Later Life
%D 2021
%V 12
%N 4
%P 101-110
%@ 1234-5678
%R 10.1000/jll.2021.5
%K psilocybin
depression
%X Background: sadness.

A second paragraph.
%Z a note

%0 Book
%A World Health Organization,
%T Ketamine, sleep and mood
%D 2019
%I WHO Press
"""

NBIB = """PMID- 31234567
OWN - NLM
TI  - Psilocybin for depression in later life: a
      trial
AB  - Background: sadness.
FAU - Müller-Lyer, Ana B
AU  - Muller-Lyer AB
FAU - van den Berg, Jan
AU  - van den Berg J
CN  - Later Life Group
LA  - eng
PT  - Journal Article
PT  - Systematic Review
DP  - 2021 Mar 15
TA  - J Later Life
JT  - Journal of later life
VI  - 12
IP  - 4
PG  - 101-10
IS  - 1234-5678 (Electronic)
IS  - 8765-4321 (Linking)
MH  - Depression/*drug therapy
OT  - psilocybin
PMC - PMC7654321
AID - 10.1000/jll.2021.5 [doi]
AID - S1234(21)5 [pii]
RIN - J Later Life. 2022;13(1):5. PMID: 35000000

PMID- 31234568
TI  - Ketamine, sleep and mood
FAU - Doe, Jane
DP  - 2019 Winter
JT  - Sleep
"""

WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Muller-Lyer, AB
   van den Berg, J
AF Müller-Lyer, Ana B.
   van den Berg, Jan
TI Psilocybin for depression in later life: a
   trial
SO JOURNAL OF LATER LIFE
LA English
DT Article
DE psilocybin; later life
ID DEPRESSION; RANDOMIZED
   TRIAL
AB Background: sadness.
C1 [Muller-Lyer, Ana B.] Univ A.
SN 1234-5678
EI 8765-4321
PD MAR 15
PY 2021
VL 12
IS 4
BP 101
EP 110
DI 10.1000/jll.2021.5
UT WOS:000000000000001
PM 31234567
ER

PT B
AU Doe, J
TI Ketamine, sleep and mood
PY 2019
ER

EF
"""

OVID = """<1. >
VN  - Ovid Technologies
DB  - PsycINFO
AN  - 2021-12345-001
TI  - Psilocybin for depression in later life: a trial. [References].
AU  - Müller-Lyer, Ana B
AU  - van den Berg, Jan
SO  - Journal of Later Life. Vol.12(4), Mar 2021, pp. 101-110.
IS  - 1234-5678
LG  - English
AB  - Background: sadness.
DO  - http://dx.doi.org/10.1000/jll.2021.5
ID  - psilocybin, later life
MH  - *Depression
YR  - 2021

<2. >
VN  - Ovid Technologies
TI  - Ketamine, sleep and mood
AU  - Doe, Jane
YR  - 2019
"""

OVID_LABELLED = """<1>
Unique Identifier
  31234567
Title
  Psilocybin for depression in later life: a trial.[Article]
Author
  Muller-Lyer, Ana B. MD, PhD 1;  van den Berg, Jan 2
Source
  Journal of Later Life. 12(4):101-110, March 2021.
Status
  In print
DOI Number
  10.1000/jll.2021.5
Abstract
  Background: sadness.
"""

REFWORKS = """RT Journal Article
SR Electronic
ID 17
A1 Müller-Lyer,Ana B.
A1 van den Berg,Jan
T1 Psilocybin for depression in later life: a trial
JF Journal of Later Life
YR 2021
FD 15 March
VO 12
IS 4
SP 101
OP 110
K1 psilocybin
K1 depression
AB Background: sadness.
IN fact, this line goes on with the abstract.
SN 1234-5678
DO 10.1000/jll.2021.5
LK http://example.org/5

RT Book, Whole
A1 Doe,Jane
T1 Ketamine, sleep and mood
YR 2019
"""

BIBTEX = r"""% a comment, 50% of them
@string{jll = "Journal of " # {Later Life}}
@article{muller2021,
  author = {M{\"u}ller-Lyer, Ana B. and van den Berg, Jan and others},
  title = {{Psilocybin} for depression in later life: a trial},
  journal = jll,
  year = 2021, month = mar, day = 15,
  volume = 12, number = {4}, pages = {101--110},
  doi = {10.1000/jll.2021.5},
  keywords = {psilocybin, depression},
  abstract = {Background: sadness, in 50% of people, p $<$ 0.05.},
  file = {:home/jll.pdf:PDF}
}

@book(who2019,
  author = "{World Health Organization}",
  title = "Ketamine, sleep and mood",
  publisher = {WHO Press},
  year = "2019"
)
@comment{jabref-meta: databaseType:bibtex;}
"""

PUBMED_XML = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">
<PubmedArticleSet>
<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">31234567</PMID>
<Article><Journal><ISSN IssnType="Electronic">1234-5678</ISSN><JournalIssue><Volume>12</Volume><Issue>4</Issue>
<PubDate><Year>2021</Year><Month>Mar</Month><Day>15</Day></PubDate></JournalIssue>
<Title>Journal of later life</Title><ISOAbbreviation>J Later Life</ISOAbbreviation></Journal>
<ArticleTitle><i>Psilocybin</i> for depression in later life: a trial.</ArticleTitle>
<Pagination><MedlinePgn>101-10</MedlinePgn></Pagination>
<ELocationID EIdType="doi" ValidYN="Y">10.1000/jll.2021.5</ELocationID>
<Abstract><AbstractText Label="BACKGROUND">Sadness &amp; 5-HT<sub>2A</sub>, 10<sup>6</sup> cells.</AbstractText>
<AbstractText Label="METHODS">We used <mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mfrac><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mfrac>
</mml:math>.</AbstractText></Abstract>
<AuthorList CompleteYN="N"><Author><LastName>Müller-Lyer</LastName><ForeName>Ana B</ForeName><Initials>AB</Initials></Author>
<Author><LastName>King</LastName><ForeName>Martin</ForeName><Suffix>Jr</Suffix></Author>
<Author><CollectiveName>Later Life Group</CollectiveName></Author></AuthorList>
<Language>eng</Language><PublicationTypeList><PublicationType>Meta-Analysis</PublicationType></PublicationTypeList></Article>
<MeshHeadingList><MeshHeading><DescriptorName>Depression</DescriptorName><QualifierName>drug therapy</QualifierName></MeshHeading></MeshHeadingList>
<CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"><RefSource>J Later Life. 2022;1:2</RefSource></CommentsCorrections>
</CommentsCorrectionsList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pmc">PMC7654321</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.9999/not.this</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData>
</PubmedArticle>
<PubmedBookArticle><BookDocument><PMID Version="1">21413195</PMID><Book><Publisher><PublisherName>WHO Press</PublisherName></Publisher>
<BookTitle>Ketamine, sleep and mood</BookTitle><PubDate><Year>2019</Year></PubDate></Book></BookDocument></PubmedBookArticle>
</PubmedArticleSet>
"""

ENDNOTE_XML = """<?xml version="1.0" encoding="UTF-8" ?><xml><records>
<record><database name="a.enl">a.enl</database><source-app name="EndNote" version="20.0">EndNote</source-app><rec-number>7</rec-number>
<ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Müller-Lyer, Ana B.</style></author><author>van den Berg, Jan</author></authors></contributors>
<titles><title><style face="normal">Psilocybin for </style><style face="italic">depression</style><style face="normal"> in later life: a trial</style></title>
<secondary-title>Journal of Later Life</secondary-title></titles>
<periodical><full-title>J Later Life</full-title></periodical>
<pages>101-110</pages><volume>12</volume><number>4</number><keywords><keyword>psilocybin</keyword><keyword>depression</keyword></keywords>
<dates><year>2021</year><pub-dates><date>Mar 15</date></pub-dates></dates><isbn>1234-5678 (Print)&#xD;8765-4321</isbn>
<accession-num>31234567</accession-num><electronic-resource-num>10.1000/jll.2021.5</electronic-resource-num>
<abstract>Background: sadness.&#xD;Methods: a trial &lt; 5.</abstract><notes>a note</notes><caption>Duplicate</caption>
<urls><related-urls><url>http://example.org/5</url></related-urls><pdf-urls><url>internal-pdf://5.pdf</url></pdf-urls></urls>
<remote-database-provider>NLM</remote-database-provider></record>
<record><ref-type name="Book">6</ref-type><contributors><authors><author>World Health Organization,</author></authors></contributors>
<titles><title>Ketamine, sleep and mood</title></titles><dates><year>2019</year></dates></record>
</records></xml>
"""

ZOTERO_RDF = """<rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:dcterms="http://purl.org/dc/terms/" xmlns:bib="http://purl.org/net/biblio#" xmlns:foaf="http://xmlns.com/foaf/0.1/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:link="http://purl.org/rss/1.0/modules/link/"
 xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/">
    <bib:Article rdf:about="http://example.org/5">
        <z:itemType>journalArticle</z:itemType>
        <dcterms:isPartOf rdf:resource="urn:issn:1234-5678"/>
        <bib:authors><rdf:Seq>
            <rdf:li><foaf:Person><foaf:surname>Müller-Lyer</foaf:surname><foaf:givenName>Ana B.</foaf:givenName></foaf:Person></rdf:li>
            <rdf:li><foaf:Person><foaf:surname>Later Life Group</foaf:surname></foaf:Person></rdf:li>
        </rdf:Seq></bib:authors>
        <dcterms:isReferencedBy rdf:resource="#item_9"/>
        <link:link rdf:resource="#item_8"/>
        <dc:subject>psilocybin</dc:subject>
        <dc:subject><z:AutomaticTag><rdf:value>depression</rdf:value></z:AutomaticTag></dc:subject>
        <dc:title>Psilocybin for depression in later life: a trial</dc:title>
        <dcterms:abstract>Background: sadness.</dcterms:abstract>
        <dc:date>2021-03-15</dc:date>
        <z:language>en</z:language>
        <bib:pages>101-110</bib:pages>
        <dc:identifier><dcterms:URI><rdf:value>http://example.org/5</rdf:value></dcterms:URI></dc:identifier>
    </bib:Article>
    <bib:Journal rdf:about="urn:issn:1234-5678">
        <prism:volume>12</prism:volume><prism:number>4</prism:number><dc:title>Journal of Later Life</dc:title>
        <dc:identifier>DOI 10.1000/jll.2021.5</dc:identifier><dcterms:alternative>J Later Life</dcterms:alternative>
        <dc:identifier>ISSN 1234-5678</dc:identifier>
    </bib:Journal>
    <bib:Memo rdf:about="#item_9"><rdf:value>&lt;p&gt;my note&lt;/p&gt;</rdf:value></bib:Memo>
    <z:Attachment rdf:about="#item_8"><z:itemType>attachment</z:itemType><dc:title>Full text</dc:title>
        <rdf:resource rdf:resource="files/8/jll.pdf"/></z:Attachment>
    <bib:Book rdf:about="urn:isbn:978-92-4-000000-1">
        <z:itemType>book</z:itemType><dc:title>Ketamine, sleep and mood</dc:title><dc:date>2019</dc:date>
        <dc:identifier>ISBN 978-92-4-000000-1</dc:identifier>
    </bib:Book>
</rdf:RDF>
"""

JATS = """<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD v1.0 20120330//EN" "JATS-archivearticle1.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="research-article" xml:lang="en"><front>
<journal-meta><journal-id journal-id-type="nlm-ta">J Later Life</journal-id><journal-title-group><journal-title>Journal of Later Life</journal-title>
</journal-title-group><issn pub-type="epub">1234-5678</issn><publisher><publisher-name>Later Press</publisher-name></publisher></journal-meta>
<article-meta><article-id pub-id-type="pmid">31234567</article-id><article-id pub-id-type="pmc">7654321</article-id>
<article-id pub-id-type="doi">10.1000/JLL.2021.5</article-id>
<title-group><article-title>Psilocybin for depression in later life: a trial<xref ref-type="fn" rid="f1">*</xref></article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Müller-Lyer</surname><given-names>Ana B</given-names></name><xref ref-type="aff" rid="a1">1</xref>
</contrib><contrib contrib-type="author"><collab>Later Life Group</collab></contrib>
<contrib contrib-type="editor"><name><surname>Boss</surname><given-names>E</given-names></name></contrib></contrib-group>
<pub-date pub-type="epub"><year>2020</year></pub-date><pub-date pub-type="ppub"><month>3</month><year>2021</year></pub-date>
<volume>12</volume><issue>4</issue><fpage>101</fpage><lpage>110</lpage>
<abstract><sec><title>Background</title><p>Sadness.</p></sec><sec><title>Results</title><p>Less of it.</p></sec></abstract>
<kwd-group><kwd>psilocybin</kwd><kwd>depression</kwd></kwd-group></article-meta></front>
<body><sec><title>Introduction</title><p>Sadness is common [<xref ref-type="bibr" rid="b1">1</xref>, <xref ref-type="bibr" rid="b2">2</xref>] and old
(Doe <xref ref-type="bibr" rid="b3">2016</xref>).<sup><xref ref-type="bibr" rid="b1">1</xref></sup></p></sec>
<sec><title>Methods</title><sec><title>People</title><p>We asked 10<sup>3</sup> people:<list><list-item><p>old ones</p></list-item></list></p>
<table-wrap><table><tr><td>not this</td></tr></table></table-wrap></sec></sec></body>
<back><ref-list><ref id="b1"><mixed-citation>Nobody cites this</mixed-citation></ref></ref-list></back></article>
"""

CSV = """\ufeff"Key","Item Type","Publication Year","Author","Title","Publication Title","ISSN","DOI","Abstract Note","Date","Pages","Issue","Volume",\
"Extra","Manual Tags"
"AB","journalArticle","2021","Müller-Lyer, Ana B.; van den Berg, Jan","Psilocybin for depression in later life: a trial","Journal of Later Life","1234-5678",\
"10.1000/jll.2021.5","Background: sadness.

Methods: ""a trial"", said we.","2021-03-15","101-110","4","12","PMID: 31234567","psilocybin; depression"
"CD","book","2019","World Health Organization","Ketamine, sleep and mood","","","","","2019","","","","",""
"""

TSV = (
    "PT\tAU\tAF\tTI\tSO\tAB\tPY\tVL\tIS\tBP\tEP\tDI\tDE\n"
    "J\tMuller-Lyer, AB; van den Berg, J\tMüller-Lyer, Ana B.; van den Berg, Jan\tPsilocybin for depression in later life: a trial\t"
    "JOURNAL OF LATER LIFE\tBackground: sadness.\t2021\t12\t4\t101\t110\t10.1000/jll.2021.5\tpsilocybin; depression\n"
)

CSL_JSON = """[
 {"id": "muller", "type": "article-journal", "title": "Psilocybin for depression in later life: a trial", "container-title": "Journal of Later Life",
  "author": [{"family": "Müller-Lyer", "given": "Ana B."}, {"family": "Berg", "non-dropping-particle": "van den", "given": "Jan"}],
  "issued": {"date-parts": [["2021", 3, "15"]]}, "DOI": "10.1000/JLL.2021.5", "PMID": "31234567", "volume": 12, "issue": "4", "page": "101-110",
  "ISSN": "1234-5678", "abstract": "Background: sadness.", "keyword": "psilocybin, depression", "custom": {"a": 1}},
 {"id": "who", "type": "book", "title": "Ketamine, sleep and mood", "author": [{"literal": "World Health Organization"}], "issued": {"raw": "May 2019"}}
]
"""

#: Format -> a file of it.
ALL = {
    "ris": RIS, "enw": ENW, "nbib": NBIB, "wos": WOS, "ovid": OVID, "refworks": REFWORKS, "bibtex": BIBTEX, "pubmed-xml": PUBMED_XML,
    "endnote-xml": ENDNOTE_XML, "zotero-rdf": ZOTERO_RDF, "jats": JATS, "csv": CSV, "tsv": TSV, "csl-json": CSL_JSON,
}  # fmt: skip
