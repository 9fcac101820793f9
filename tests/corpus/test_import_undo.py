"""An import batch can be taken back; what people did afterwards stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import Library, NotFoundError, Status, parse_filter
from corpus.importing import import_files, undo_import
from corpus.importing.intake import list_imports
from tests.corpus.making import contents, front, put, review, write_files

pytestmark = pytest.mark.both_databases

OLD = review("doe-2001-mice", "On mice", year=2001, authors=["Doe"], doi="10.1000/mice")


def file(folder: Path, *names: str, summary: str = "A summary of what was found.") -> list[Path]:
    """A file with a record for each name."""
    records = [front(title=f"On {name}", year=2001, authors=[{"family": "Doe"}], doi=f"10.1000/{name}", summary=summary) for name in names]
    return write_files(folder, {"-".join(names) + ".md": "".join(records)})


def current(library: Library) -> list[str]:
    return sorted(library.select(parse_filter([], library.vocabulary)).ids)


def test_what_an_import_added_is_withdrawn_and_what_it_changed_is_as_before(library: Library, tmp_path: Path) -> None:
    put(library, OLD)
    before = library.get(OLD.id)
    batch = import_files(library, file(tmp_path, "mice", "rats", "cats")).batch
    assert (library.get(OLD.id).summary, current(library)) == ("A summary of what was found.", ["doe-2001-cats", "doe-2001-mice", "doe-2001-rats"])
    assert undo_import(library, batch, actor="ann") == []
    assert (current(library), library.count(), library.revision()) == ([OLD.id], 3, 3)
    assert library.get(OLD.id) == before.model_copy(update={"revision": 3})
    assert library.get("doe-2001-rats").status is Status.WITHDRAWN
    assert [(version.action, version.actor) for version in library.history("doe-2001-rats")] == [("undo-import", "ann"), ("import", "local")]
    assert library.get("doe-2001-rats", 2).status is Status.CURRENT
    assert [entry["undone"] for entry in list_imports(library)] == [True]


def test_records_changed_since_are_left_alone_and_named(library: Library, tmp_path: Path) -> None:
    batch = import_files(library, file(tmp_path, "mice", "rats", "cats")).batch
    library.edit("doe-2001-mice", {"summary": "Better."}, base_revision=1)
    library.set_status("doe-2001-rats", Status.RETRACTED)
    assert sorted(undo_import(library, batch)) == ["doe-2001-mice", "doe-2001-rats"]
    assert (library.get("doe-2001-mice").summary, library.get("doe-2001-rats").status) == ("Better.", Status.RETRACTED)
    assert current(library) == ["doe-2001-mice"]


def test_an_undo_that_changes_no_record_takes_no_revision(library: Library, tmp_path: Path) -> None:
    batch = import_files(library, file(tmp_path, "mice")).batch
    library.edit("doe-2001-mice", {"summary": "Better."}, base_revision=1)
    before = contents(library)
    assert undo_import(library, batch) == ["doe-2001-mice"]
    assert (library.revision(), contents(library)) == (2, before)


def test_an_import_is_undone_once_and_an_unknown_one_never(library: Library, tmp_path: Path) -> None:
    batch = import_files(library, file(tmp_path, "mice")).batch
    undo_import(library, batch)
    for name in (batch, "2000-01-01-abcdef", ""):
        with pytest.raises(NotFoundError, match=r"to undo.*import --list"):
            undo_import(library, name)
    assert library.revision() == 2


def test_the_later_of_two_imports_is_undone_before_the_earlier(library: Library, tmp_path: Path) -> None:
    first = import_files(library, file(tmp_path, "mice")).batch
    second = import_files(library, file(tmp_path, "mice", "rats", summary="Another summary.")).batch
    assert undo_import(library, first) == ["doe-2001-mice"]
    assert undo_import(library, second) == []
    assert library.get("doe-2001-mice").alternatives == {}
    assert current(library) == ["doe-2001-mice"]


def test_a_mended_file_takes_the_place_of_what_was_undone(library: Library, tmp_path: Path) -> None:
    undo_import(library, import_files(library, file(tmp_path, "mice", "rats", summary="Wrong.")).batch)
    report = import_files(library, file(tmp_path, "rats", "mice", summary="Right."))
    assert [report.total(name) for name in ("added", "updated", "unchanged", "duplicates")] == [2, 0, 0, 0]
    assert current(library) == ["doe-2001-mice", "doe-2001-rats"]
    kept = library.get("doe-2001-mice")
    assert (kept.summary, kept.alternatives, kept.revision) == ("Right.", {}, 3)
    assert undo_import(library, report.batch) == []
    assert (current(library), library.count(), library.get("doe-2001-mice", 3).summary) == ([], 2, "Right.")


def test_the_same_file_again_brings_back_what_was_undone(library: Library, tmp_path: Path) -> None:
    paths = file(tmp_path, "mice")
    first = import_files(library, paths).batch
    before = contents(library)
    undo_import(library, first)
    import_files(library, [*paths, *file(tmp_path / "again", "mice")])
    assert contents(library) == before


def test_a_record_that_a_person_withdrew_stays_withdrawn_when_it_is_imported_again(library: Library, tmp_path: Path) -> None:
    paths = file(tmp_path, "mice")
    import_files(library, paths)
    library.set_status("doe-2001-mice", Status.WITHDRAWN)
    report = import_files(library, paths)
    assert (report.total("unchanged"), current(library), library.revision()) == (1, [], 2)


def test_a_record_that_a_person_withdrew_stays_theirs_through_an_undone_update(library: Library, tmp_path: Path) -> None:
    put(library, OLD.model_copy(update={"summary": "A person's."}))
    library.set_status(OLD.id, Status.WITHDRAWN)
    for _ in range(2):
        undo_import(library, import_files(library, file(tmp_path, "mice", summary="Another.")).batch)
    kept = library.get(OLD.id)
    assert (kept.summary, kept.alternatives, kept.status) == ("A person's.", {}, Status.WITHDRAWN)
