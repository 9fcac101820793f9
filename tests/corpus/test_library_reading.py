"""Reading many, missing and damaged things."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from corpus import ConflictError, Library, NotFoundError, UnavailableError, UsageError, parse_filter
from tests.corpus.making import ids, opened, put, review

pytestmark = pytest.mark.both_databases


def test_many_are_fetched_at_once_and_those_that_are_not_there_are_left_out(library: Library) -> None:
    put(library, *(review(f"r{number:04}") for number in range(1100)))
    asked = [f"r{number:04}" for number in range(1099, -1, -1)] + ["nobody", "r0000", ""]
    found = library.get_many(asked)
    assert set(found) == set(asked) - {"nobody", ""}
    assert all(key == record.id for key, record in found.items())
    assert library.get_many([]) == {}


def test_iterating_gives_all_by_id_or_those_asked_for_in_their_order(library: Library) -> None:
    put(library, *(review(name) for name in ("b", "c", "a")))
    assert ids(library.iterate()) == ["a", "b", "c"]
    assert ids(library.iterate(["c", "nobody", "a"])) == ["c", "a"]
    assert ids(library.iterate([])) == []


def test_a_missing_record_names_near_ones(library: Library) -> None:
    put(library, review("abdallah-2018-ketamine"), review("abbott-1999-mice"))
    with pytest.raises(NotFoundError, match=r"no record 'abdalla-2018-ketamine'.*Near it: abdallah-2018-ketamine"):
        library.get("abdalla-2018-ketamine")
    with pytest.raises(NotFoundError, match="Look it up"):
        library.get("%")
    with pytest.raises(NotFoundError):
        library.set_status("nobody", library.get("abbott-1999-mice").status)
    assert library.history("nobody") == []


def test_answers_are_kept_and_replaced_by_their_id(library: Library) -> None:
    library.answers.save("a1", "Why?", 0, {"outcome": "answered", "text": "שלום 😀"})
    library.answers.save("a1", "Why?", 0, {"outcome": "partly"})
    assert library.answers.get("a1") == {"outcome": "partly"}
    with pytest.raises(NotFoundError, match="'a2'"):
        library.answers.get("a2")


def test_a_named_configuration_never_changes_and_the_last_promoted_is_active(library: Library) -> None:
    assert library.configs.active() is None
    library.configs.save("one", "h1", {"depth": 1})
    library.configs.save("two", "h2", {"depth": 2})
    library.configs.save("one", "h1", {"depth": 1})
    with pytest.raises(ConflictError, match="'one'"):
        library.configs.save("one", "h3", {"depth": 3})
    library.configs.promote("two")
    library.configs.promote("one")
    assert library.configs.active() == "one"
    assert {name: saved.document for name, saved in library.configs.all().items()} == {"one": {"depth": 1}, "two": {"depth": 2}}
    with pytest.raises(NotFoundError, match="'three'"):
        library.configs.promote("three")


def test_a_library_keeps_its_name_and_another_has_another(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        uid = library.uid()
    (tmp_path / "other").mkdir()
    with opened(tmp_path, create=False) as again, opened(tmp_path / "other") as other:
        assert again.uid() == uid != other.uid()


def test_an_absent_library_is_refused_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no library"), opened(tmp_path, create=False):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["nonsense", "nosuchdatabase://host/x", "sqlite:////nowhere/at/all/library.sqlite"])
def test_an_address_that_leads_nowhere_is_one_line(url: str) -> None:
    with pytest.raises((UsageError, UnavailableError)) as caught:
        Library(url, create=True)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_said_to_be_damaged_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    path.write_bytes(b"not a database at all" * 400)
    with pytest.raises(UnavailableError, match=r"not a database.*library\.sqlite"), opened(tmp_path):
        pass
    assert path.read_bytes() == b"not a database at all" * 400


def test_a_stored_record_that_cannot_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        put(library, review("doe"), review("roe"))
        with sqlite3.connect(tmp_path / "library.sqlite") as raw:
            raw.execute("UPDATE review SET document = '{\"nonsense\": 1}' WHERE id = 'doe'")
        raw.close()
        assert library.get("roe").id == "roe"
        with pytest.raises(UnavailableError, match="cannot be read"):
            library.get("doe")


def test_text_of_every_kind_survives_the_database(library: Library) -> None:
    words = "😀 שלום \u2028 ' \" \\ %_ \x7f\x85 中文 é"
    put(library, review("doe", words, abstract=words, facets={"topics": [words]}, authors=[words]))
    kept = library.get("doe")
    assert kept.abstract == review("", abstract=words).abstract
    assert library.select(parse_filter([f"topics={kept.facets['topics'][0]}"], library.vocabulary)).ids == ["doe"]
