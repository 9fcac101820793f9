"""One revision for every transaction that changes something; every earlier state stays readable; nothing half-done is kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import ConflictError, FlorilegiumError, Library, NotFoundError, Review, Status, parse_filter
from tests.corpus.making import contents, opened, put, review, reviews

pytestmark = pytest.mark.both_databases

DOE = review("doe", "First title", summary="One.", facets={"topics": ["safety"]})


def test_an_empty_library_stands_at_revision_0_and_reading_changes_nothing(library: Library) -> None:
    assert (library.revision(), library.count(), library.batches(), library.catalogue.facet_names(), library.catalogue.year_range()) == (0, 0, [], [], None)
    assert library.integrity() == ""
    with library.change():
        pass
    assert library.revision() == 0


def test_a_transaction_is_one_revision_whatever_its_size(library: Library) -> None:
    assert put(library, *(review(f"r{number}") for number in range(1200))) == 1
    assert library.count() == 1200
    assert {revision for revision, _ in library.statuses().values()} == {1}


def test_saving_what_is_no_evidence_takes_no_revision(library: Library) -> None:
    put(library, DOE)
    library.answers.save("a1", "Why?", 1, {"text": "Because."})
    library.configs.save("plain", "abc", {"depth": 10})
    library.configs.promote("plain")
    assert library.revision() == 1
    assert library.edit("doe", {"summary": "One."}, base_revision=1).revision == 1
    assert library.set_status("doe", Status.CURRENT).revision == 1
    assert library.revision() == 1
    assert len(library.history("doe")) == 1


def test_an_edit_is_a_new_revision_and_the_former_one_stays_readable(library: Library) -> None:
    put(library, DOE)
    put(library, review("other"))
    edited = library.edit("doe", {"summary": "Two.", "findings": ["New."]}, base_revision=1, actor="ann")
    assert (edited.revision, library.revision()) == (3, 3)
    assert library.get("doe") == edited
    assert library.get("doe", 1).summary == library.get("doe", 2).summary == "One."
    assert library.get("doe", 2).revision == 1
    assert library.get("doe", 3).findings == ("New.",)
    assert [(version.revision, version.action, version.actor) for version in library.history("doe")] == [(3, "edit", "ann"), (1, "import", "local")]
    assert library.changed_since(1) == ["doe", "other"]
    assert library.changed_since(2) == ["doe"]


def test_an_edit_that_started_from_an_older_text_is_refused_and_nothing_is_lost(library: Library) -> None:
    put(library, DOE)
    library.edit("doe", {"summary": "Ann's."}, base_revision=1, actor="ann")
    with pytest.raises(ConflictError, match=r"revision 2 by ann \(summary\), after the revision 1 you.*history doe --diff 1 2"):
        library.edit("doe", {"summary": "Bob's."}, base_revision=1, actor="bob")
    assert (library.get("doe").summary, library.revision()) == ("Ann's.", 2)


@pytest.mark.parametrize("changes", [{"titel": "x"}, {"status": "gone"}, {"csl": {"issued": "soon"}}, {"id": "other-id"}, {"revision": 7}, {"summary": 3}])
def test_a_bad_edit_is_refused_in_one_line_and_nothing_is_kept(library: Library, changes: dict[str, object]) -> None:
    put(library, DOE)
    with pytest.raises(FlorilegiumError) as caught:
        library.edit("doe", changes, base_revision=1)
    assert caught.value.exit_code in (1, 2)
    assert "\n" not in str(caught.value)
    assert (library.revision(), library.get("doe")) == (1, DOE.model_copy(update={"revision": 1}))


def test_edited_facets_are_folded_into_the_vocabulary(library: Library) -> None:
    put(library, DOE)
    assert library.edit("doe", {"facets": {"topics": ["AUD", "own word"]}}, base_revision=1).facets == {"topics": ("alcohol use disorder", "own word")}
    assert library.select(parse_filter(["topics=AUD"], library.vocabulary)).ids == ["doe"]
    assert library.catalogue.facet_counts(parse_filter([], library.vocabulary)) == {"topics": [("alcohol use disorder", 1), ("own word", 1)]}


def test_a_record_is_withdrawn_retracted_and_brought_back_by_revisions_of_their_own(library: Library) -> None:
    put(library, DOE)
    for status in (Status.WITHDRAWN, Status.RETRACTED, Status.CURRENT):
        assert library.set_status("doe", status, actor="ann").status is status
    assert [version.action for version in library.history("doe")] == ["current", "retracted", "withdrawn", "import"]
    assert [library.get("doe", revision).status.value for revision in (1, 2, 3, 4)] == ["current", "withdrawn", "retracted", "current"]
    assert library.statuses() == {"doe": (4, "current")}


def test_a_withdrawn_record_is_found_only_by_asking_for_its_status(library: Library) -> None:
    put(library, DOE, review("roe"))
    library.set_status("doe", Status.WITHDRAWN)
    assert library.select(parse_filter([], library.vocabulary)).ids == ["roe"]
    assert set(library.select(parse_filter(["status=withdrawn|current"], library.vocabulary)).ids) == {"doe", "roe"}


def test_when_a_block_raises_nothing_of_it_is_kept(library: Library) -> None:
    put(library, DOE)
    before = contents(library)
    with pytest.raises(ZeroDivisionError), library.change() as change:  # noqa: PT012 - the failure must come after the writes
        change.put(review("new"), "import", new=True)
        change.put(change.one("doe").model_copy(update={"summary": "Gone."}), "edit")
        change.flush()
        raise ZeroDivisionError
    assert (contents(library), library.revision(), len(library.history("doe"))) == (before, 1, 1)
    assert put(library, review("next")) == 2


def test_a_record_before_its_time_is_not_found(library: Library) -> None:
    put(library, review("first"))
    put(library, DOE)
    with pytest.raises(NotFoundError, match="did not exist at revision 1"):
        library.get("doe", 1)


@settings(max_examples=10)
@given(st.lists(reviews(st.just("same")), min_size=1, max_size=4))
def test_every_version_comes_back_exactly_as_it_was_put(versions: list[Review]) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as library:
        for number, version in enumerate(versions):
            with library.change() as change:
                change.put(version, "import", new=not number)
        for revision, version in enumerate(versions, start=1):
            assert library.get("same", revision) == version.model_copy(update={"revision": revision})
        assert library.get("same") == library.get("same", len(versions))
