"""The filter language: what it reads, what it refuses and how it helps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Filter, UsageError, default_vocabulary, parse_filter
from corpus.filters import FIELDS
from tests.corpus.making import nasty

VOCABULARY = default_vocabulary()


def read(*texts: str, facets: list[str] | None = None) -> Filter:
    return parse_filter(texts, VOCABULARY, facets or [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("year>=2020", "year>=2020"),
        ("  year  <=  1999 ", "year<=1999"),
        ("year=2018|2019| 2018", "year=2018|2019"),
        ("title~set and setting", "title~set and setting"),
        ("author=de Mendonça|Doe", "author=de Mendonça|Doe"),
        ("has=abstract|fulltext", "has=abstract|fulltext"),
        ("status!=retracted", "status!=retracted"),
        ("topics=TRD", "topics=treatment-resistant depression"),
        ("topics=aud|Alcoholism", "topics=alcohol use disorder"),
        ("facets.substances!=3,4-methylenedioxymethamphetamine", "substances!=MDMA"),
        ("topics=a=b", "topics=a=b"),
        ("topics~TRD", "topics~TRD"),
    ],
)
def test_what_is_read(text: str, said: str) -> None:
    assert read(text).as_list() == [said]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("yaer>=2020", "Did you mean 'year'"),
        ("substance=LSD", "Did you mean 'substances'"),
        ("zzz=1", "The fields are: year, status"),
        ("facets.zzz=1", "there is no field 'zzz'"),
        ("year", "cannot be read"),
        ("=2020", "cannot be read"),
        ("year>2020", "cannot be read"),
        ("year>=", "names no value"),
        ("topics=|", "names no value"),
        ("year>=soon", "'soon' is not a year"),
        ("year=2020|20200", "'20200' is not a year"),
        ("title>=a", "has no order"),
        ("topics<=a", "has no order"),
        ("status=gone", "current, withdrawn, retracted"),
        ("has=pictures", "abstract, summary"),
    ],
)
def test_what_is_refused_and_how_it_is_said(text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint.replace(".", r"\.")) as caught:
        read(text)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


@given(st.lists(st.one_of(nasty(), st.from_regex(r"(year|topics|status|has|author)(=|!=|>=|<=|~)[\w|]*", fullmatch=True)), max_size=3))
def test_anything_typed_is_read_or_refused_with_a_remedy_and_reading_it_again_gives_the_same(texts: list[str]) -> None:
    try:
        chosen = read(*texts)
    except UsageError as error:
        remedy = error.remedy
    else:
        remedy = "none needed" if read(*chosen.as_list()) == chosen else ""
    assert remedy


def test_blank_filters_are_none() -> None:
    assert read("", "  ") == Filter()


def test_the_order_of_conditions_does_not_change_the_canonical_form() -> None:
    assert read("year>=2020", "topics=TRD").canonical() == read("topics=treatment-resistant depression", "year>=2020").canonical()
    assert read("year>=2020").canonical() != read("year>=2021").canonical()


@pytest.mark.parametrize("name", ["setting", "study-type", "Länder", "risk of bias"])
def test_facets_of_the_librarys_own_can_be_asked_for_whatever_their_names(name: str) -> None:
    assert read(f"{name} != x", facets=[name]).as_list() == [f"{name}!=x"]


@pytest.mark.parametrize("field", FIELDS)
def test_a_facet_named_like_a_field_is_reached_with_its_prefix(field: str) -> None:
    assert read(f"facets.{field}=any", facets=[field]).conditions[0].field == f"facets.{field}"


def test_only_a_status_condition_names_the_status() -> None:
    assert read("status=retracted").names_status
    assert not read("year=2020", "facets.status=new", facets=["status"]).names_status
