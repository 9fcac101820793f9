"""Named lists and saved searches: order, merged and withdrawn records, owners; and exports of them and of answers."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from corpus import Library, NotFoundError, Status, UsageError, parse_filter, schema
from corpus.exporting import export_from
from tests.corpus.making import put, review

pytestmark = pytest.mark.both_databases


@pytest.fixture
def filled(library: Library) -> Library:
    put(library, *(review(name, f"On {name}", year=year, authors=[name]) for name, year in (("mice", 2020), ("men", 2021), ("cats", None), ("dogs", 2019))))
    return library


def exported(library: Library, **given: object) -> list[str]:
    export = export_from(library, "csv", **given)  # type: ignore[arg-type]
    lines = "".join(export.chunks).split("\r\n")[1:-1]
    return [line.split(",")[0].removeprefix("On ") for line in lines] + export.notes


def test_a_list_keeps_the_order_of_adding_and_each_record_once(filled: Library) -> None:
    filled.lists.create("Mine")
    filled.lists.add("Mine", ["men", "mice", "men"])
    assert filled.lists.add("Mine", ["dogs", "mice"]).ids == ("men", "mice", "dogs")
    assert filled.lists.remove("Mine", ["mice", "nobody"]).ids == ("men", "dogs")
    assert filled.lists.add("Mine", ["mice"]).ids == ("men", "dogs", "mice")
    assert exported(filled, list_name="Mine") == ["men", "dogs", "mice"]
    assert exported(filled, list_name="Mine", sort="year") == ["men", "mice", "dogs"]
    filled.lists.delete("Mine")
    assert filled.lists.all() == []
    assert filled.count() == 4


def test_what_cannot_be_done_with_a_list_is_said(filled: Library) -> None:
    filled.lists.create("Mine")
    for wrong in ("Mine", " Mine ", "", " ", "x" * 101):
        with pytest.raises(UsageError):
            filled.lists.create(wrong)
    with pytest.raises(NotFoundError, match="There are: Mine"):
        filled.lists.get("Yours")
    with pytest.raises(NotFoundError, match="no record 'nobody'"):
        filled.lists.add("Mine", ["men", "nobody"])
    assert filled.lists.get("Mine").ids == ()
    filled.lists.create("New", ["year>=2020"])
    with pytest.raises(UsageError, match="saved search"):
        filled.lists.add("New", ["men"])


def test_merged_records_are_followed(filled: Library) -> None:
    filled.lists.create("Mine")
    filled.lists.add("Mine", ["men", "mice", "dogs"])
    with filled.change() as change:
        change.connection.execute(schema.review_alias.insert(), [{"alias": "men", "review_id": "dogs"}, {"alias": "older", "review_id": "men"}])
    assert filled.lists.get("Mine").ids == ("dogs", "mice")
    assert filled.lists.add("Mine", ["older"]).ids == ("dogs", "mice")
    assert filled.lists.remove("Mine", ["dogs"]).ids == ("mice",)


def test_withdrawn_records_stay_on_the_list_and_are_left_out_unless_asked_for(filled: Library) -> None:
    filled.lists.create("Mine")
    filled.lists.add("Mine", ["men", "mice"])
    filled.set_status("men", Status.WITHDRAWN)
    assert filled.lists.get("Mine").ids == ("men", "mice")
    assert exported(filled, list_name="Mine")[0] == "mice"
    assert "1 of the 2 records" in exported(filled, list_name="Mine")[1]
    both = parse_filter(["status=current|withdrawn"], filled.vocabulary)
    assert exported(filled, list_name="Mine", chosen=both) == ["men", "mice"]


def test_a_saved_search_is_what_its_filters_let_through_now(filled: Library) -> None:
    filled.lists.create("New", ["year>=2020"])
    assert exported(filled, list_name="New") == ["men", "mice", "1 records have no year and were left out."]
    put(filled, review("ants", "On ants", year=2025))
    assert exported(filled, list_name="New")[:3] == ["ants", "men", "mice"]
    narrower = parse_filter(["title~ants"], filled.vocabulary)
    assert exported(filled, list_name="New", chosen=narrower) == ["ants"]


def test_lists_belong_to_their_owners(filled: Library) -> None:
    filled.lists.create("Mine", owner="ann")
    filled.lists.create("Mine", owner="bob")
    filled.lists.add("Mine", ["men"], owner="ann")
    assert [each.ids for each in filled.lists.all("ann") + filled.lists.all("bob") + filled.lists.all()] == [("men",), ()]
    with pytest.raises(NotFoundError):
        filled.lists.get("Mine")


def test_lists_change_no_revision(filled: Library) -> None:
    before = filled.revision()
    filled.lists.create("Mine")
    filled.lists.add("Mine", ["men"])
    assert filled.revision() == before
    with filled._database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.record_list_item)).scalar_one() == 1


def test_an_answers_records_go_out_in_the_order_of_citation_whatever_their_status(filled: Library) -> None:
    filled.answers.save("a1", "?", 1, {"reviews": [{"key": 1, "id": "mice"}, {"key": 2, "id": "dogs"}, {"key": 3, "id": "men"}]})
    filled.set_status("dogs", Status.RETRACTED)
    assert exported(filled, answer_id="a1") == ["mice", "dogs", "men"]
    assert "[RETRACTED]" in "".join(export_from(filled, "bibliography", answer_id="a1").chunks)
    filled.answers.save("a2", "?", 1, {"reviews": [], "catalogue": {"ids": ["cats"]}})
    assert exported(filled, answer_id="a2") == ["cats"]
    filled.answers.save("a3", "?", 1, {"reviews": [], "catalogue": None})
    assert exported(filled, answer_id="a3") == ["The answer cites no record."]
    with pytest.raises(NotFoundError):
        exported(filled, answer_id="a4")


def test_deep_pages_are_those_of_the_whole_order(library: Library) -> None:
    put(library, *(review(f"r{number:04}", f"T{number % 7}", year=2000 + number % 3, authors=[f"A{number % 5}"]) for number in range(2_100)))
    everything = parse_filter([], library.vocabulary)
    for sort in ("year", "title", "-author", "added"):
        whole = library.catalogue.select(everything, sort=sort).ids
        assert library.catalogue.page(everything, sort=sort, start=2_050, size=30).ids == whole[2_050:2_080]


def test_counts_kept_from_before_a_change_are_not_given_after_it(filled: Library) -> None:
    everything = parse_filter([], filled.vocabulary)
    assert filled.catalogue.count(everything) == (4, 0)
    assert filled.catalogue.facet_counts(everything) == {}
    put(filled, review("ants", "On ants", facets={"topics": ["own word"]}))
    assert filled.catalogue.count(everything) == (5, 0)
    assert filled.catalogue.facet_counts(everything) == {"topics": [("own word", 1)]}


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("topics=depresion", "topics=depression"),
        ("topics=MDMA", "substances=MDMA"),
        ("topics=depressive disorders", "topics=depression"),
    ],
)
def test_an_unknown_value_is_answered_with_what_is_near_it(library: Library, asked: str, near: str) -> None:
    put(library, review("a", "A", facets={"topics": ["depression", "music"], "substances": ["MDMA"]}))
    (suggestion,) = library.catalogue.suggestions(parse_filter([asked], library.vocabulary), library.vocabulary)
    assert suggestion.near[0] == near
    assert str(suggestion).startswith("no record has topics=")


def test_a_known_value_needs_no_suggestion(library: Library) -> None:
    put(library, review("a", "A", facets={"topics": ["depression"]}))
    for asked in ("topics=Depression", "topics~zzz", "year=1800", "title=zzz"):
        assert library.catalogue.suggestions(parse_filter([asked], library.vocabulary), library.vocabulary) == []
    (suggestion,) = library.catalogue.suggestions(parse_filter(["topics=qqqqqq"], library.vocabulary), library.vocabulary)
    assert suggestion.near == ()


def test_a_list_is_renamed_and_reordered(filled: Library) -> None:
    filled.lists.create("Mine")
    filled.lists.create("Taken")
    filled.lists.add("Mine", ["men", "mice", "dogs", "cats"])
    with pytest.raises(UsageError, match="already"):
        filled.lists.rename("Mine", "Taken")
    assert filled.lists.rename("Mine", "Mine").name == "Mine"
    assert filled.lists.rename("Mine", " To  read ").ids == ("men", "mice", "dogs", "cats")
    assert filled.lists.move("To read", "cats", 1).ids == ("men", "cats", "mice", "dogs")
    assert filled.lists.move("To read", "men", 99).ids == ("cats", "mice", "dogs", "men")
    assert filled.lists.move("To read", "men", 0).ids == ("men", "cats", "mice", "dogs")
    assert filled.lists.holding("cats") == ["To read"]
    with pytest.raises(NotFoundError):
        filled.lists.move("To read", "nobody", 0)
    with filled.change() as change:
        change.connection.execute(schema.review_alias.insert(), [{"alias": "men", "review_id": "mice"}])
    assert filled.lists.move("To read", "mice", 2).ids == ("cats", "dogs", "mice")


def test_a_saved_search_with_words_is_what_the_search_finds(filled: Library) -> None:
    kept = filled.lists.create("Words", ["year>=2020"], words=" small  animals ")
    assert (kept.words, kept.is_search) == ("small animals", True)
    with pytest.raises(UsageError, match="saved search"):
        filled.lists.add("Words", ["men"])
    with pytest.raises(UsageError, match="search data"):
        exported(filled, list_name="Words")
    asked: list[object] = []

    def find(words: str, filters: object) -> list[str]:
        asked.append((words, filters))
        return ["cats", "mice"]

    assert exported(filled, list_name="Words", find=find) == ["cats", "mice"]
    assert asked == [("small animals", ["year>=2020"])]
