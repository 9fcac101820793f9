"""Names in CSL parts, lists of names, dates: the small readings that every importer uses."""

from __future__ import annotations

import pytest

from corpus.importing.dates import date_parts
from corpus.importing.names import read_names, split_people, without_et_al


@pytest.mark.parametrize(
    ("text", "family", "given"),
    [
        ("Liu R.", "Liu", "R."), ("Adler D.G.", "Adler", "D.G."), ("Alceste F", "Alceste", "F"), ("van Raaij MJ", "van Raaij", "MJ"),
        ("Smith, John", "Smith", "John"), ("King, Jr., Martin Luther", "King", "Martin Luther"), ("King, Martin Luther, Jr.", "King", "Martin Luther"),
        ("Jessica E Black", "Black", "Jessica E"), ("R. L. Whistler", "Whistler", "R. L."), ("Ludwig van Beethoven", "van Beethoven", "Ludwig"),
        ("Smith JA Jr", "Smith", "JA"), ("van de Schoot, Rens", "van de Schoot", "Rens"), ("LI X", "LI", "X"), ("Church GM", "Church", "GM"),
        ("S. Bank", "Bank", "S."), ("Bank, Sandra", "Bank", "Sandra"), ("  Doe ,  Jane  ", "Doe", "Jane"), ("Lewis G. F.", "Lewis", "G. F."),
        ("Núñez-O'Neill, Á.", "Núñez-O'Neill", "Á."),
    ],
)  # fmt: skip
def test_people(text: str, family: str, given: str) -> None:
    ((name,), partial) = read_names([text])
    assert (name["family"], name["given"], partial) == (family, given, False)


@pytest.mark.parametrize(
    "text", ["World Health Organization", "UK ECT Review Group", "National Institute of Mental Health, Bethesda", "GRADE Working Group", "Plato", "WHO"]
)
def test_bodies_and_single_words_stay_in_one_piece(text: str) -> None:
    assert read_names([text, text + ","])[0][0] == {"literal": text}


@pytest.mark.parametrize("text", ["et al.", "et al", "[et al.]", "others", "and others", "Et Al.", "…", "et. al."])
def test_others_are_no_name(text: str) -> None:
    assert read_names([text]) == ([], True)


@pytest.mark.parametrize("text", ["Doe, J., et al.", "Doe, J. et al", "Doe, J. and others", "Doe, J. ...", "Doe, J. [et al.]"])
def test_others_behind_a_name(text: str) -> None:
    assert without_et_al(text)[1]
    assert read_names([text])[0][0]["family"] == "Doe"


def test_names_that_only_look_like_it() -> None:
    assert read_names(["Alet, Al", "Doe, Ethan"]) == ([{"family": "Alet", "given": "Al"}, {"family": "Doe", "given": "Ethan"}], False)


@pytest.mark.parametrize(
    ("cell", "families"),
    [
        ("Adeli K.Lewis G. F.", ["Adeli", "Lewis"]), ("Mori Y.van der Berg A. B.O'Brien C.", ["Mori", "van der Berg", "O'Brien"]),
        ("R. L. Whistler and W. C. Lake", ["Whistler", "Lake"]), ("E. C. Padilla, P. Brevis and E. Vivaldi", ["Padilla", "Brevis", "Vivaldi"]),
        ("Smith A, Doe B.", ["Smith", "Doe"]), ("Smith, J., Doe, A.", ["Smith", "Doe"]), ("Smith, John", ["Smith"]),
        ("John Smith, Jane Doe", ["Smith", "Doe"]), ("Rotter, Carina; Whittaker, Danielle", ["Rotter", "Whittaker"]),
        ("van den Berg, Jan", ["van den Berg"]), ("K.L. Smith", ["Smith"]), ("A. Smith, Jr. and B. Jones", ["Smith", "Jones"]),
        ("Doe J\nRoe R", ["Doe", "Roe"]), ("Müller, A. und Groß, B.", ["Müller", "Groß"]), ("Smith, John and Doe, Jane", ["Smith", "Doe"]),
    ],
)  # fmt: skip
def test_lists_of_names(cell: str, families: list[str]) -> None:
    assert [name["family"] for name in read_names(split_people(cell))[0]] == families


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2019", [2019]), ("2019///", [2019]), ("2019/10//undefined", [2019, 10]), ("2012/07/03", [2012, 7, 3]), ("2008-02", [2008, 2]),
        ("1996 Jul 9", [1996, 7, 9]), ("9 July 1996", [1996, 7, 9]), ("July 9th, 1996", [1996, 7, 9]), ("2011 Jan-Feb", [2011, 1]),
        ("MAR 15 2019", [2019, 3, 15]),
        ("20190128", [2019, 1, 28]), ("2019-13-01", [2019]), ("2019-02-40", [2019, 2]), ("Spring 2010", [2010]), ("c1999", [1999]),
        ("2019-01-01T10:00:00Z", [2019, 1, 1]),
        ("10 15", []), ("0000", []), ("in press", []), ("3021", []), ("März 2004", [2004, 3]), ("Nov. 2001", [2001, 11]),
    ],
)  # fmt: skip
def test_dates(text: str, parts: list[int]) -> None:
    assert date_parts(text) == parts
