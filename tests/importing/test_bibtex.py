r"""BibTeX and BibLaTeX: macros, TeX, names, and syntax that BibTeX itself would refuse."""

from __future__ import annotations

import pytest

from corpus.importing import Draft, Rejected
from corpus.importing.tex import address, plain

from .reading import names, only, parse, reviews
from .samples import BIBTEX


def test_every_field_comes_to_its_place() -> None:
    first, second = reviews(BIBTEX, "bibtex")
    assert names(first) == [("Müller-Lyer", "Ana B."), ("van den Berg", "Jan")]
    assert first.authors_partial
    assert first.csl == {
        "type": "article-journal",
        "title": "Psilocybin for depression in later life: a trial",
        "container-title": "Journal of Later Life",
        "author": [{"family": "Müller-Lyer", "given": "Ana B."}, {"family": "van den Berg", "given": "Jan"}],
        "issued": {"date-parts": [[2021, 3, 15]]},
        "volume": "12",
        "issue": "4",
        "page": "101-110",
        "DOI": "10.1000/jll.2021.5",
        "citation-key": "muller2021",
    }
    assert first.abstract == "Background: sadness, in 50% of people, p < 0.05."
    assert (first.keywords, first.extra) == (("psilocybin", "depression"), {"file": [":home/jll.pdf:PDF"]})
    assert (second.title, second.year, names(second)) == ("Ketamine, sleep and mood", 2019, [("World Health Organization", "")])


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"{\"o} \'{\i} {\'\i} \'e \^{o} \~n \c{c} \v{s} \v s \H{o} \k{a} \r{a} \.{Z} \d{s} \=o \u{g} {\v{Z}}", "ö í í é ô ñ ç š š ő ą å Ż ṣ ō ğ Ž"),
        (r"{\O}stergaard \L{}ukasz {\ss} \ae{} \oe \aa ng {\i}", "Østergaard Łukasz ß æ œång ı"),
        (r"25\% of A\&B, \$5, \#1, a\_b, \{x\}", "25% of A&B, $5, #1, a_b, {x}"),
        (r"25% unescaped and ~50 kg, Fig.~3", "25% unescaped and ~50 kg, Fig. 3"),
        (r"$\alpha$-synuclein, p $<$ 0.05, H$_2$O, Ga$_{1-x}$As, 10$^{-6}$, $^{18}$F, 5$^{th}$", "α-synuclein, p < 0.05, H2O, Ga1-xAs, 10⁻⁶, ¹⁸F, 5th"),
        (r"it cost $5 or $6", "it cost $5 or $6"),
        (r"``quoted'' -- and --- so", "“quoted” – and — so"),
        (r"\textit{in vivo} {\em really} \emph{so} {\textless}b{\textgreater} \textsuperscript{2}", "in vivo really so <b> ²"),
        (r"\unknown{kept} C:\temp \ud", r"kept C:\temp \ud"),
        (r"x\textsubscript{2} \ldots{} \copyright\ \textasciitilde{} \textbackslash{}", "x2 … © ~ \\"),
        ("no tex at all", "no tex at all"),
        (r"{unbalanced \'", "unbalanced '"),
    ],
)
def test_tex_as_text(tex: str, text: str) -> None:
    assert plain(tex) == text


def test_addresses_keep_their_tildes() -> None:
    assert address(r"http://a.example/~doe/x{\_}y\%20z--1") == "http://a.example/~doe/x_y%20z--1"


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("{World Health Organization} and Doe, Jane", [("World Health Organization", ""), ("Doe", "Jane")]),
        ("Ludwig van Beethoven AND de la Cruz, Mar{\\'\\i}a", [("van Beethoven", "Ludwig"), ("de la Cruz", "María")]),
        ("King, Jr., Martin Luther", [("King", "Martin Luther")]),
        ("{van der} Berg, Jan and Barnes {and} Noble", [("van der Berg", "Jan"), ("Noble", "Barnes and")]),
        ("family=Simon, given=Jean, prefix=de and Smith, J.", [("de Simon", "Jean"), ("Smith", "J.")]),
        ("Jessica E Black\n   and J.~E. White", [("Black", "Jessica E"), ("White", "J. E.")]),
        ("{\\'A}lvarez, {\\O}.", [("Álvarez", "Ø.")]),
    ],
)
def test_names(author: str, expected: list[tuple[str, str]]) -> None:
    assert names(only(f"@article{{a, title={{T}}, author={{{author}}}}}", "bibtex")) == expected


@pytest.mark.parametrize(
    "text",
    [
        '@article{a, title = "The {"}quoted{"} part" , year = "2001"}', "@article(a, title={The {\"}quoted{\"} part}, year=2001)",
        "@ARTICLE {a b c,\n TITLE = {The \"quoted\" part},,\n Year=2001,,}", "@article{a,\n title={The \"quoted\" part}\n year=2001\n}",
        "@article{title={The \"quoted\" part}, year={2001}}", "@article{a, title={The \"quoted\" part}, year=2001\n\n",
        "text before\n@article{a, title={The \"quoted\" part}, year=2001}", '@string{y = 2001}@article{a, title="The "quoted" part", year=y}',
        "@article{a, title={The \"quoted\" part}, title={Another}, year=2001}",
    ],
)  # fmt: skip
def test_strange_syntax(text: str) -> None:
    review = only(text, "bibtex")
    assert (review.title, review.year) == ('The "quoted" part', 2001)


def test_doubled_keys_are_two_records_and_doubled_fields_lose_nothing() -> None:
    text = "@article{a, title={One}, note={1}, note={2}}\n@article{a, title={Two}}\n@article{, title={Three}}"
    one, two, three = reviews(text, "bibtex")
    assert ([one.title, two.title, three.title], one.extra) == (["One", "Two", "Three"], {"note": ["1", "2"]})


def test_an_entry_that_does_not_close_ends_where_the_next_begins() -> None:
    text = "@article{a,\n title={One,\n year=2001\n}\n\n@article{b,\n title={Two}}\n@article{c,\n title={Three},\n year=2003\n\n@book{d, title={Four}}"
    assert [(review.title.rstrip(","), review.year) for review in reviews(text, "bibtex")] == [("One", 2001), ("Two", None), ("Three", 2003), ("Four", None)]


def test_an_at_sign_inside_a_text_begins_nothing() -> None:
    review = only("@article{a, abstract={mail me@example.org\n@home, {so} to say}, title={T}}", "bibtex")
    assert (review.title, review.abstract) == ("T", "mail me@example.org\n@home, so to say")


def test_what_is_no_record() -> None:
    _, parsed = parse("@comment{x}\n@preamble{y}\n@article{a}\n@misc{b, title={T}}")
    assert parsed[0] == Rejected(1, 3, "the record is empty")
    assert isinstance(parsed[1], Draft)
    assert (parsed[1].record, parsed[1].line) == (2, 4)


def test_types_and_their_numbers() -> None:
    report = only("@techreport{a, title={T}, number={TR-5}, institution={MIT}, type={Technical Report}}", "bibtex")
    assert (report.csl["type"], report.csl["number"], report.csl["publisher"]) == ("report", "TR-5", "MIT")
    chapter = only("@incollection{a, title={T}, booktitle={B}, editor={Roe, R.}, series={S}}", "bibtex")
    assert (chapter.csl["type"], chapter.journal, chapter.csl["collection-title"]) == ("chapter", "B", "S")
    online = only("@online{a, title={T}, subtitle={S}, date={2020-03-04}, url={http://x.example/~a}, urldate={2021-01-02}}", "bibtex")
    assert (online.csl["type"], online.title, online.url) == ("webpage", "T: S", "http://x.example/~a")
    assert (online.csl["issued"], online.csl["accessed"]) == ({"date-parts": [[2020, 3, 4]]}, {"date-parts": [[2021, 1, 2]]})
    pubmed = only("@article{a, title={T}, eprint={31234567}, eprinttype={pubmed}}", "bibtex")
    assert pubmed.pmid == "31234567"


def test_keywords_by_semicolon_where_there_is_one() -> None:
    assert only("@article{a, title={T}, keywords={Medicine, Ayurvedic; sleep}}", "bibtex").keywords == ("Medicine, Ayurvedic", "sleep")
