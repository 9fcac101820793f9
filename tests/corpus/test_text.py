"""Text is brought to one form once, and offsets count code points after it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text import fold, normalise, normalise_deep, slug, words_of
from tests.corpus.making import nasty

ANY = st.one_of(nasty(), st.text(st.characters(codec=None, exclude_categories=())))


@given(ANY)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(ANY)
def test_normal_text_is_nfc_with_line_feeds_and_can_be_written_as_utf8(text: str) -> None:
    made = normalise(text)
    assert unicodedata.is_normalized("NFC", made)
    assert not set(made) & {"\r", "\x00", "\x0b", "\x1b", "\ufeff"}
    assert made.encode("utf-8").decode("utf-8") == made


@pytest.mark.parametrize(
    ("raw", "made"),
    [
        ("e\u0301", "é"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("\ufeffAbstract", "Abstract"),
        ("bell\x07, tab\t", "bell, tab\t"),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("e\x00\u0301", "é"),
        ("emoji 😀 stay", "emoji 😀 stay"),
    ],
)
def test_what_normalising_changes(raw: str, made: str) -> None:
    assert normalise(raw) == made


def test_every_string_of_a_nested_value_is_normalised_and_all_else_kept() -> None:
    raw = {"e\u0301": ["a\r\nb", {"x": ("e\u0301", 3, None, 1.5, True)}]}
    assert normalise_deep(raw) == {"é": ["a\nb", {"x": ["é", 3, None, 1.5, True]}]}


@given(ANY)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY)
def test_folding_does_not_see_composition(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("one", "other"), [("Søren ŁUKASZ", "soren lukasz"), ("Weiß", "WEISS"), ("Carhart‐Harris", "carhart‐harris"), ("Ærø", "aero"), ("ﬁnding", "FINDING")]
)
def test_names_that_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_words_keep_letters_of_every_script() -> None:
    assert words_of("N,N-Dimethyl—Größe: 中文, Привет!") == ["n", "n", "dimethyl", "grosse", "中文", "привет"]


@given(ANY, ANY, ANY)
def test_slugs_are_safe_in_addresses_and_file_names(author: str, year: str, title: str) -> None:
    made = slug(author, year, title)
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not made.startswith("-")
    assert not made.endswith("-")
    assert len(made) <= 80


def test_a_slug_takes_the_telling_words_of_the_title() -> None:
    assert slug("de Mendonça Lima", "2021", "The use of ketamine and esketamine for depression") == "de-mendonca-lima-2021-use-ketamine-esketamine"
