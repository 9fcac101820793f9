"""What filters let through, compared with a plain Python reading of the same rules over a varied library."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Library, Review, Status, default_vocabulary, parse_filter
from corpus.identity import clean_doi
from corpus.text import fold
from tests.corpus.making import put, review
from tests.postgres import Postgres

FAMILIES = ["Müller", "O'Callaghan", "de Mendonça Lima", "MÜLLER", "Doe", "100%", "Å_b"]
TITLES = ["Ketamine for pain", "KETAMINE for Pain", "Étude de la kétamine", "100% of trials", "On LSD_25", "中文", ""]
KEYWORDS = ["Ketamine", "Dépression", "two  words", "one\nline", "100%", "a|b"]
JOURNALS = ["Économie", "économie", "Lancet", "The Lancet", "50% off", ""]
TOPICS = ["depression", "Ärger", "ärger", "safety", "odd_value", "100%", "PTSD"]
YEARS = [None, None, 1999, 2018, 2019, 2020, 2021]
FIELDS = ["year", "status", "journal", "has", "title", "author", "keyword", "any", "id", "doi", "pmid", "topics", "setting", "facets.status"]
ASKED = {
    "year": ["1999", "2018", "2019", "2020", "2022", "0"],
    "status": [status.value for status in Status],
    "journal": [*JOURNALS, "LANCET", "ÉCO", "economie", "%", "nce"],
    "has": ["abstract", "summary", "findings", "limits", "fulltext"],
    "title": [*TITLES, "ketamine", "etude", "%", "_", "LSD-25"],
    "author": [*FAMILIES, "muller", "callaghan", "ann", "%", "_"],
    "keyword": ["KETAMINE", "depression", "press", "two words", "one line", "line", "%", "b"],
    "any": ["ketamine", "depression", "lancet", "muller", "%", "_", "words"],
    "id": ["r7", "R7", "r1", "r1%", "nobody"],
    "doi": ["10.1000/X3", "https://doi.org/10.1000/X7", "10.1000", "%", "/x"],
    "pmid": ["5", "55", "15"],
    "topics": [*TOPICS, "MDD", "adverse events", "posttraumatic stress disorder", "ÄRGER", "arger", "ress", "%", "_"],
    "setting": ["clinic", "CLINIC", "home"],
    "facets.status": ["draft", "current"],
}


def _record(number: int, pick: random.Random) -> Review:
    facets = {
        "topics": pick.sample(TOPICS, pick.randint(0, 3)),
        "setting": pick.sample(["Clinic", "home"], pick.randint(0, 1)),
        "status": pick.sample(["draft"], pick.randint(0, 1)),
    }
    return review(
        f"r{number}",
        pick.choice(TITLES),
        year=pick.choice(YEARS),
        authors=pick.sample(FAMILIES, pick.randint(0, 2)),
        journal=pick.choice(JOURNALS),
        doi=pick.choice(["", f"10.1000/x{number}"]),
        pmid=pick.choice(["", str(number * 5)]),
        keywords=pick.sample(KEYWORDS, pick.randint(0, 2)),
        status=pick.choice([*["current"] * 4, "withdrawn", "retracted"]),
        summary=pick.choice(["", "Sum."]),
        abstract=pick.choice(["", "Abs."]),
        findings=pick.choice([[], ["F."]]),
        sections=pick.choice([[], [""], ["Text."]]),
        facets=facets,
    )


RECORDS = [_record(number, random.Random(number)) for number in range(90)]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def varied(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('varied') / 'library.sqlite'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.url(server.template)
    library = Library(url, create=True)
    put(library, *RECORDS)
    yield library
    library.close()


def texts_of(record: Review, field: str) -> list[str]:
    """What a record holds under a field, in the form it is compared in."""
    if field == "has":
        names = {"abstract": record.abstract, "summary": record.summary, "findings": record.findings, "limits": record.limits}
        return [name for name, value in {**names, "fulltext": any(record.sections)}.items() if value]
    if field == "title":
        return [fold(record.title)]
    if field == "author":
        return [fold(name.family) for name in record.authors]
    if field == "keyword":
        return [" ".join(fold(word).split()) for word in record.keywords]
    if field == "any":
        return [text for name in ("title", "author", "journal", "keyword") for text in texts_of(record, name)]
    if field in ("journal", "id", "doi", "pmid", "status", "year"):
        value = getattr(record, field)
        return [fold(str(value))] if value else []
    return [fold(value) for value in record.facets.get(field.removeprefix("facets."), ())]


def holds(record: Review, field: str, op: str, values: list[str]) -> bool:
    if field == "year" and op != "~":
        numbers = [int(value) for value in values]
        year = record.year
        if year is None:
            return False
        return {"=": year in numbers, "!=": year not in numbers, ">=": year >= min(numbers), "<=": year <= max(numbers)}[op]
    texts = texts_of(record, field)
    if field in ("topics", "setting") and op != "~":
        values = [default_vocabulary().canonical(field, value) or value for value in values]
    if field == "doi" and op != "~":
        values = [clean_doi(value) or value for value in values]
    values = [fold(value) for value in values]
    within = op == "~" or field in ("author", "any")
    found = any(value in text if within else value == text for value in values for text in texts)
    return not found if op == "!=" else found


@st.composite
def conditions(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    field = draw(st.sampled_from(FIELDS))
    ops = ["=", "!="] if field in ("status", "has") else ["=", "!=", "~", *([">=", "<="] if field == "year" else [])]
    return field, draw(st.sampled_from(ops)), draw(st.lists(st.sampled_from([v for v in ASKED[field] if v]), min_size=1, max_size=3, unique=True))


def passing(chosen: list[tuple[str, str, list[str]]]) -> list[Review]:
    named = any(field == "status" for field, _, _ in chosen)
    return [record for record in RECORDS if (named or record.status is Status.CURRENT) and all(holds(record, *condition) for condition in chosen)]


@given(st.lists(conditions(), max_size=3))
def test_a_filter_lets_through_what_its_words_say_newest_first_and_counts_what_has_no_year(varied: Library, chosen: list[tuple[str, str, list[str]]]) -> None:
    parsed = parse_filter([f"{field} {op} {'|'.join(values)}" for field, op, values in chosen], varied.vocabulary, varied.catalogue.facet_names())
    expected = sorted(passing(chosen), key=lambda record: (record.year is None, -(record.year or 0), fold(record.title), record.id))
    found = varied.select(parsed)
    assert found.ids == [record.id for record in expected]
    others = [condition for condition in chosen if condition[0] != "year"]
    undecided = [record for record in passing(others) if record.year is None] if len(others) < len(chosen) else []
    assert found.left_out == len(undecided)


def in_order(records: list[Review], sort: str) -> list[Review]:
    """Records in an order of the catalogue: what lacks the value last, ties by year (newest first), title and id."""
    name, back = sort.removeprefix("-"), sort.startswith("-")
    records = sorted(records, key=lambda record: (record.year is None, -(record.year or 0), fold(record.title), record.id))
    if name == "added":
        return sorted(records, key=RECORDS.index, reverse=not back)
    value = {
        "year": lambda record: record.year,
        "title": lambda record: fold(record.title),
        "author": lambda record: fold(record.authors[0].family) if record.authors else "",
    }[name]
    held = sorted((record for record in records if value(record)), key=value, reverse=back if name != "year" else not back)
    return held + [record for record in records if not value(record)]


@given(st.lists(conditions(), max_size=2), st.sampled_from(["year", "-year", "title", "-title", "author", "-author", "added", "-added"]), st.integers(1, 40))
def test_pages_hold_what_the_filter_lets_through_in_the_order_asked_for(
    varied: Library, chosen: list[tuple[str, str, list[str]]], sort: str, size: int
) -> None:
    parsed = parse_filter([f"{field}{op}{'|'.join(values)}" for field, op, values in chosen], varied.vocabulary, varied.catalogue.facet_names())
    expected = [record.id for record in in_order(passing(chosen), sort)]
    pages = [varied.catalogue.page(parsed, sort=sort, start=start, size=size) for start in range(0, len(expected) + 1, size)]
    assert [review_id for page in pages for review_id in page.ids] == expected
    assert {page.total for page in pages} == {varied.catalogue.count(parsed)[0]} == {len(expected)}
    assert {page.left_out for page in pages} == {varied.select(parsed).left_out}


@given(st.lists(conditions(), max_size=2))
def test_facet_counts_are_those_of_the_records_let_through(varied: Library, chosen: list[tuple[str, str, list[str]]]) -> None:
    parsed = parse_filter([f"{field}{op}{'|'.join(values)}" for field, op, values in chosen], varied.vocabulary, varied.catalogue.facet_names())
    expected: dict[str, Counter[str]] = {}
    for record in passing(chosen):
        for facet, values in record.facets.items():
            expected.setdefault(facet, Counter()).update(values)
    counts = varied.catalogue.facet_counts(parsed)
    assert {facet: dict(rows) for facet, rows in counts.items()} == {facet: dict(counter) for facet, counter in expected.items()}
    for rows in counts.values():
        assert rows == sorted(rows, key=lambda row: (-row[1], row[0]))


def test_the_range_of_years_is_that_of_current_records(varied: Library) -> None:
    years = [record.year for record in RECORDS if record.year and record.status is Status.CURRENT]
    assert varied.catalogue.year_range() == (min(years), max(years))


def test_thousands_of_values_make_no_difference(varied: Library) -> None:
    wanted = parse_filter([f"id={'|'.join(f'r{number}' for number in range(5000))}", "status!=withdrawn|retracted"], varied.vocabulary)
    assert set(varied.select(wanted).ids) == {record.id for record in passing([])}
