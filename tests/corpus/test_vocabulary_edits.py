"""The librarian's vocabulary: every change one revision, the records' facets go with it, no word ever means two values of a facet."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import FlorilegiumError, Library, NotFoundError, UsageError, Vocabulary, default_vocabulary, parse_filter
from corpus.importing import import_files
from corpus.importing.intake import Upload
from corpus.text import fold
from corpus.unknown_words import unknown_words
from corpus.vocabulary_edits import add_synonyms, add_value, merge_values, read_table, remove_synonyms, remove_value, rename_value
from corpus.vocabulary_store import apply_to_keywords, change_vocabulary, version, versions
from tests.corpus.making import front, opened, put, review

pytestmark = pytest.mark.both_databases

SMALL = Vocabulary.from_dict({"topics": {"depression": ("MDD",), "anxiety": (), "OCD": ()}, "substances": {"ketamine": ("K",)}})


def facets(library: Library, review_id: str = "doe") -> dict[str, tuple[str, ...]]:
    return library.get(review_id).facets


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda v: add_value(v, "topics", "sleep", ["insomnia"]), {"depression": ("MDD",), "anxiety": (), "OCD": (), "sleep": ("insomnia",)}),
        (lambda v: rename_value(v, "topics", "MDD", "Depressive disorders"), {"Depressive disorders": ("depression", "MDD"), "anxiety": (), "OCD": ()}),
        (lambda v: rename_value(v, "topics", "depression", "Depression"), {"Depression": ("MDD",), "anxiety": (), "OCD": ()}),
        (lambda v: merge_values(v, "topics", "OCD", "anxiety"), {"depression": ("MDD",), "anxiety": ("OCD",)}),
        (lambda v: merge_values(v, "topics", "depression", "anxiety"), {"anxiety": ("depression", "MDD"), "OCD": ()}),
        (lambda v: remove_value(v, "topics", "depression"), {"anxiety": (), "OCD": ()}),
        (lambda v: add_synonyms(v, "topics", "anxiety", ["GAD", "gad", "worry"]), {"depression": ("MDD",), "anxiety": ("GAD", "worry"), "OCD": ()}),
        (lambda v: remove_synonyms(v, "topics", "depression", ["mdd"]), {"depression": (), "anxiety": (), "OCD": ()}),
    ],
)
def test_a_change_gives(edit: Callable[[Vocabulary], Vocabulary], expected: dict[str, tuple[str, ...]]) -> None:
    assert edit(SMALL).as_dict() == {"topics": expected, "substances": {"ketamine": ("K",)}}


@pytest.mark.parametrize(
    "edit",
    [
        lambda v: add_value(v, "topics", "mdd"),
        lambda v: add_value(v, "topics", " "),
        lambda v: add_value(v, "topics", "sleep", ["ANXIETY"]),
        lambda v: rename_value(v, "topics", "depression", "anxiety"),
        lambda v: rename_value(v, "topics", "none", "some"),
        lambda v: merge_values(v, "topics", "MDD", "depression"),
        lambda v: merge_values(v, "topic", "a", "b"),
        lambda v: remove_value(v, "topics", "sleep"),
        lambda v: add_synonyms(v, "topics", "anxiety", ["MDD"]),
        lambda v: remove_synonyms(v, "topics", "anxiety", ["MDD"]),
    ],
)
def test_a_change_that_would_give_a_word_two_meanings_or_names_nothing_is_refused(edit: Callable[[Vocabulary], Vocabulary]) -> None:
    with pytest.raises(UsageError):
        edit(SMALL)


@pytest.mark.parametrize(
    "table", [None, [], {"topics": "x"}, {"topics": {"a": {"b": "c"}}}, {"topics": {"a": ["B"], "b": []}}, {"": ["a"]}, {"topics": [["x"]]}]
)
def test_what_is_no_vocabulary_is_refused(table: object) -> None:
    with pytest.raises(UsageError):
        read_table(table)


def test_a_vocabulary_goes_out_as_yaml_and_comes_back() -> None:
    table = {facet: {value: list(words) for value, words in values.items()} for facet, values in default_vocabulary().as_dict().items()}
    assert read_table(yaml.safe_load(yaml.safe_dump(table, sort_keys=False))).as_dict() == default_vocabulary().as_dict()


def test_a_new_library_has_the_shipped_vocabulary_and_keeps_its_own_from_then_on(library: Library) -> None:
    assert library.vocabulary == default_vocabulary()
    assert library.vocabulary is library.vocabulary
    put(library, review("doe", "T", facets={"topics": ["depression"]}))
    done = change_vocabulary(library, lambda v: rename_value(v, "topics", "depression", "depressive disorders"), "rename", actor="ann")
    assert (done.revision, done.records, library.revision()) == (2, ["doe"], 2)
    assert facets(library) == {"topics": ("depressive disorders",)}
    assert library.history("doe")[0][:3] == (2, "vocabulary", "ann")
    assert library.select(parse_filter(["topics=MDD"], library.vocabulary)).ids == ["doe"]
    assert [(entry.revision, entry.action, entry.actor) for entry in versions(library)] == [(2, "rename", "ann"), (0, "shipped", "florilegium")]
    assert version(library, 1) == default_vocabulary()
    with pytest.raises(NotFoundError):
        version(library, -1)


def test_a_rename_taken_back_takes_the_records_back_too(library: Library) -> None:
    put(library, review("doe", "T", facets={"topics": ["depression"]}))
    change_vocabulary(library, lambda v: rename_value(v, "topics", "depression", "low mood"), "rename")
    former = version(library, 1)
    assert change_vocabulary(library, lambda _: former, "revert").records == ["doe"]
    assert (facets(library), library.vocabulary) == ({"topics": ("depression",)}, default_vocabulary())


def test_nothing_changed_takes_no_revision_and_a_refused_change_keeps_nothing(library: Library) -> None:
    put(library, review("doe", "T", facets={"topics": ["depression"]}))
    assert change_vocabulary(library, lambda v: v, "nothing").revision == 1
    with pytest.raises(UsageError):
        change_vocabulary(library, lambda v: add_value(v, "topics", "MDD"), "add")
    assert (library.revision(), library.vocabulary) == (1, default_vocabulary())


def test_a_word_learned_is_understood_in_records_that_have_it_already(library: Library) -> None:
    put(library, review("doe", "T", facets={"topics": ["melancholia", "depression", "own"]}), review("roe", "T", facets={"topics": ["own"]}))
    done = change_vocabulary(library, lambda v: add_synonyms(v, "topics", "depression", ["Melancholia"]), "words")
    assert (done.records, facets(library)) == (["doe"], {"topics": ("depression", "own")})
    assert library.get("roe").revision == 1


def test_imports_and_edits_use_the_vocabulary_of_the_library(library: Library) -> None:
    change_vocabulary(library, lambda v: add_value(add_value(v, "topics", "jet lag", ["circadian"]), "kind", "living review"), "add")
    nbib = "PMID- 1\nTI  - A title\nPT  - Living Review\nOT  - Circadian\n"
    report = import_files(library, [Upload("a.nbib", nbib.encode()), Upload("b.md", front(id="doe", title="B", topics=["circadian"]).encode())])
    assert report.total("added") == 2
    assert library.select(parse_filter(["topics=jet lag"], library.vocabulary)).left_out == 0
    assert {tuple(sorted(record.facets.items())) for record in library.iterate()} == {
        (("kind", ("living review",)), ("topics", ("jet lag",))), (("topics", ("jet lag",)),),
    }  # fmt: skip


def test_another_open_library_sees_the_change(tmp_path: Path) -> None:
    with opened(tmp_path) as one, opened(tmp_path) as other:
        assert other.vocabulary.canonical("topics", "worry") is None
        change_vocabulary(one, lambda v: add_synonyms(v, "topics", "anxiety", ["worry"]), "words")
        assert other.vocabulary.canonical("topics", "worry") == "anxiety"


def test_unknown_words_are_listed_with_the_nearest_value_and_nothing_is_applied(library: Library) -> None:
    put(
        library,
        review("a", "T", facets={"topics": ["eating disorder risks", "anxieties"]}, keywords=["Disorders, Alcohol Use", "zebra"]),
        review("b", "T", facets={"topics": ["anxieties"], "own": ["x"]}, keywords=["zebra", "depression"]),
    )
    found = {(entry.where, entry.word): (entry.records, entry.facet, entry.value) for entry in unknown_words(library)}
    assert found == {
        ("topics", "anxieties"): (2, "topics", "anxiety"),
        ("keywords", "zebra"): (2, "", ""),
        ("topics", "eating disorder risks"): (1, "topics", "eating disorders"),
        ("keywords", "Disorders, Alcohol Use"): (1, "topics", "alcohol use disorder"),
    }
    assert [entry.word for entry in unknown_words(library, at_least=2)] == ["zebra", "anxieties"]
    assert library.revision() == 1


def test_keywords_are_read_anew_on_request(library: Library) -> None:
    put(library, review("a", "T", keywords=["worry"]), review("b", "T"))
    change_vocabulary(library, lambda v: add_synonyms(v, "topics", "anxiety", ["worry"]), "words")
    assert facets(library, "a") == {}
    assert apply_to_keywords(library) == ["a"]
    assert facets(library, "a") == {"topics": ("anxiety",)}
    assert apply_to_keywords(library) == []


WORDS = st.sampled_from(["depression", "MDD", "anxiety", "OCD", "sleep", "Sleep", "worry", "é", "E"])
EDITS = st.one_of(
    st.tuples(st.just(add_value), WORDS),
    st.tuples(st.just(rename_value), WORDS, WORDS),
    st.tuples(st.just(merge_values), WORDS, WORDS),
    st.tuples(st.just(remove_value), WORDS),
    st.tuples(st.just(add_synonyms), WORDS, st.lists(WORDS, max_size=2)),
    st.tuples(st.just(remove_synonyms), WORDS, st.lists(WORDS, max_size=1)),
)


@settings(max_examples=20)
@given(st.lists(EDITS, max_size=8), st.lists(WORDS, min_size=1, max_size=4, unique=True))
def test_after_any_sequence_of_changes_records_have_the_values_that_their_words_stand_for(edits: list[tuple], words: list[str]) -> None:  # type: ignore[type-arg]
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as library:
        change_vocabulary(library, lambda _: SMALL, "start")
        put(library, review("doe", "T", facets=SMALL.map_facets({"topics": words})))
        model, held = SMALL, facets(library)["topics"]
        for function, *rest in edits:
            try:
                model = function(model, "topics", *rest)
            except FlorilegiumError:
                with pytest.raises(FlorilegiumError):
                    change_vocabulary(library, lambda v, f=function, r=rest: f(v, "topics", *r), "refused")  # type: ignore[misc]
                continue
            change_vocabulary(library, lambda v, f=function, r=rest: f(v, "topics", *r), "change")  # type: ignore[misc]
            held = model.map_facets({"topics": held})["topics"]
            assert library.vocabulary == model
            assert facets(library)["topics"] == held
            spellings = [fold(word) for value in model.values["topics"] for word in model.spellings("topics", value)]
            assert len(spellings) == len(set(spellings))
        assert len(versions(library)) <= library.revision() + 1
