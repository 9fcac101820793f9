"""Every record found is accounted for; what is there already is left alone; what is bad is told in one line and the rest goes in."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Library, UsageError, parse_filter
from corpus.importing import FileReport, ImportReport, import_files
from corpus.importing.intake import Upload, list_imports
from tests.corpus.making import contents, front, nasty, opened, put, review, write_files

GOOD = front(title="On mice", year=2001, authors=[{"family": "Doe"}], doi="10.1000/mice")
COUNTS = ("added", "updated", "unchanged", "duplicates")

LINES = st.one_of(
    st.builds(
        lambda doi, title, summary: json.dumps({"doi": doi, "title": title, "summary": summary}),
        st.sampled_from(["10.1000/a", "10.1000/b", "10.1000/c", ""]),
        st.sampled_from(["On mice", "On rats", ""]),
        st.sampled_from(["One thing.", "Another.", ""]),
    ),
    st.sampled_from(["", "  ", "{", "[]", "null", "{}", '{"title": 5}', '{"year": "2001"}', '{"notices": 3}', '{"status": "gone", "title": "x"}']),
    nasty(3).map(lambda text: text.replace("\n", " ")),
)
FILES = st.lists(st.lists(LINES, max_size=6), max_size=3)


def written(folder: str, files: list[list[str]]) -> list[Path]:
    return write_files(Path(folder) / "in", {f"{number}.jsonl": "\n".join(lines) for number, lines in enumerate(files)})


def assert_adds_up(report: ImportReport) -> None:
    for entry in report.files:
        assert entry.read == sum(getattr(entry, name) for name in COUNTS) + len(entry.skipped)
    table = report.as_dict()
    assert table["read"] == sum(table[name] for name in COUNTS) + table["skipped"]
    assert table["read"] == sum(entry["read"] for entry in table["files"])


@settings(max_examples=20)
@given(FILES)
def test_reports_add_up_and_a_second_import_finds_everything_there(files: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as library:
        paths = written(folder, files)
        first = import_files(library, paths)
        assert_adds_up(first)
        assert library.count() == first.total("added")
        assert [entry.path for entry in first.files] == [str(path) for path in paths]
        before, revision = contents(library), library.revision()
        assert revision == bool(library.count())
        second = import_files(library, paths)
        assert_adds_up(second)
        assert second.total("added") == second.total("updated") == 0
        assert [len(entry.skipped) for entry in second.files] == [len(entry.skipped) for entry in first.files]
        assert (contents(library), library.revision(), second.batch, len(list_imports(library))) == (before, revision, "", revision)


@settings(max_examples=20)
@given(FILES)
def test_a_dry_run_says_what_an_import_would_do_and_does_nothing(files: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as library:
        put(library, review("there", "On mice", doi="10.1000/a", summary="There."))
        paths = written(folder, files)
        before = contents(library)
        dry = import_files(library, paths, dry_run=True)
        assert (contents(library), library.revision(), list_imports(library), dry.batch) == (before, 1, [], "")
        real = import_files(library, paths)
        assert [entry.as_dict() for entry in real.files] == [entry.as_dict() for entry in dry.files]


def test_the_same_work_in_two_files_is_one_record_and_a_duplicate(library: Library, tmp_path: Path) -> None:
    files = {
        "a.md": GOOD,
        "b.jsonl": json.dumps({"title": "On Mice", "doi": "https://doi.org/10.1000/MICE", "abstract": "An abstract.", "keywords": ["AUD"]}),
        "c.jsonl": json.dumps({"title": "ON MICE!", "year": 2001, "authors": ["Doe, Jane"]}),
    }
    report = import_files(library, write_files(tmp_path / "in", files))
    assert [(entry.added, entry.duplicates) for entry in report.files] == [(1, 0), (0, 1), (0, 1)]
    kept = library.get("doe-2001-mice")
    assert (library.count(), library.revision(), len(library.history(kept.id))) == (1, 1, 1)
    assert (kept.abstract, kept.keywords, kept.facets) == ("An abstract.", ("AUD",), {"topics": ("alcohol use disorder",)})


def test_the_second_description_in_one_import_of_a_record_of_the_library_is_a_duplicate(library: Library, tmp_path: Path) -> None:
    import_files(library, write_files(tmp_path / "in", {"a.md": GOOD}))
    report = import_files(library, write_files(tmp_path / "in", {"a.md": GOOD, "b.md": GOOD, "c.md": GOOD.replace("doi:", "abstract: New.\ndoi:")}))
    assert [[getattr(entry, name) for name in COUNTS] for entry in report.files] == [[0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 1]]
    assert (library.count(), library.get("doe-2001-mice").abstract) == (1, "New.")


def test_what_a_new_file_adds_to_a_record_is_an_update_and_what_a_person_wrote_stays(library: Library, tmp_path: Path) -> None:
    import_files(library, write_files(tmp_path / "in", {"a.md": GOOD}))
    library.edit("doe-2001-mice", {"summary": "A person's."}, base_revision=1, actor="ann")
    report = import_files(library, write_files(tmp_path / "in", {"b.md": GOOD.replace("doi:", "abstract: New.\ndoi:")}), actor="bob")
    kept = library.get("doe-2001-mice")
    assert [report.total(name) for name in COUNTS] == [0, 1, 0, 0]
    assert (kept.summary, kept.abstract, kept.alternatives) == ("A person's.", "New.", {"summary": ["A summary of what was found."]})
    assert [version.actor for version in library.history(kept.id)] == ["bob", "ann", "local"]


BAD: dict[str, str | bytes] = {
    "empty.md": "",
    "blank.txt": " \n\t\n",
    "bytes.dat": bytes(range(256)),
    "prose.txt": "Just a letter to a friend, with no record in it.\n",
    "yaml.md": "---\ntitle: [unclosed\n---\n",
    "bomb.md": "---\na: &a [x]\nb: [*a, *a]\n---\n",
    "notice.md": "---\ntitle: x\nnotices: nobody\n---\n",
    "year.md": "---\ntitle: x\nyear: soon\n---\n",
    "cut.json": '[{"title": "On mice"',
    "deep.json": "[" * 100_000,
    "deep.jsonl": '{"title": ' + "[" * 100_000,
    "number.json": '[{"title": "x", "issued": 5, "author": 7, "date-parts": {}}, 3]',
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_in_one_line_and_the_good_one_beside_it_goes_in(library: Library, tmp_path: Path, name: str) -> None:
    report = import_files(library, write_files(tmp_path / "in", {name: BAD[name], "good.md": GOOD}))
    assert_adds_up(report)
    bad, good = report.files
    assert bad.skipped
    assert all(entry.reason and "\n" not in entry.reason for entry in bad.skipped)
    assert "\n" not in bad.error
    assert (good.added, good.error, report.wholly_good) == (1, "", False)
    assert library.get("doe-2001-mice").doi == "10.1000/mice"


def test_a_bad_record_is_told_with_its_number_and_line_and_the_others_go_in(library: Library, tmp_path: Path) -> None:
    text = GOOD + front(title="Bad", year="soon") + GOOD.replace("mice", "rats")
    entry = import_files(library, write_files(tmp_path / "in", {"a.md": text})).files[0]
    assert (entry.read, entry.added, entry.format) == (3, 2, "markdown")
    assert [(bad.record, bad.line) for bad in entry.skipped] == [(2, 1 + GOOD.count("\n"))]
    assert "'soon'" in entry.skipped[0].reason


def test_a_path_that_is_not_there_stops_the_import_before_it_begins(library: Library, tmp_path: Path) -> None:
    paths = write_files(tmp_path / "in", {"good.md": GOOD})
    with pytest.raises(UsageError, match="no such file"):
        import_files(library, [*paths, tmp_path / "absent.md"])
    assert library.count() == 0


def test_a_folder_is_searched_through_without_hidden_files(library: Library, tmp_path: Path) -> None:
    write_files(tmp_path / "in" / "deep" / "er", {"a.md": GOOD, ".hidden.md": GOOD.replace("mice", "rats")})
    report = import_files(library, [tmp_path / "in"])
    assert ([Path(entry.path).name for entry in report.files], report.total("added")) == (["a.md"], 1)


def test_what_a_browser_or_standard_input_sends_is_read_like_a_file(library: Library) -> None:
    seen: list[tuple[str, int]] = []
    report = import_files(library, [Upload("-", GOOD.encode("utf-16"))], progress=lambda name, count: seen.append((name, count)))
    assert (report.files[0].path, report.files[0].encoding, report.total("added"), seen) == ("-", "utf-16", 1, [("-", 1)])


def test_where_a_record_came_from_is_kept(library: Library, tmp_path: Path) -> None:
    import_files(library, write_files(tmp_path / "in", {"a.md": GOOD + GOOD.replace("mice", "rats")}))
    source = library.get("doe-2001-rats").source
    assert source is not None
    assert (source.format, source.path, source.record, source.raw) == ("markdown", "a.md", 2, GOOD.replace("mice", "rats"))


def test_facets_come_from_keywords_and_are_folded(library: Library, tmp_path: Path) -> None:
    text = front(title="A", keywords=["magic mushrooms", "TRD", "own word"], topics=["MDD", "odd"], setting=["clinic"])
    import_files(library, write_files(tmp_path / "in", {"a.md": text}))
    expected = {"topics": ["depression", "odd", "treatment-resistant depression"], "substances": ["psilocybin"], "setting": ["clinic"]}
    assert {name: sorted(values) for name, values in next(library.iterate()).facets.items()} == {name: sorted(values) for name, values in expected.items()}
    assert len(library.select(parse_filter(["topics=TRD", "substances=psilocin"], library.vocabulary)).ids) == 1


def test_imports_are_listed_newest_first(library: Library, tmp_path: Path) -> None:
    batches = [import_files(library, write_files(tmp_path / "in", {f"{name}.md": GOOD.replace("mice", name)}), actor=name).batch for name in ("mice", "rats")]
    listed = list_imports(library)
    assert [(row["batch"], row["actor"], row["added"], row["undone"]) for row in listed] == [
        (batches[1], "rats", 1, False),
        (batches[0], "mice", 1, False),
    ]


def test_a_file_report_prints_its_error_only_where_there_is_one() -> None:
    clean: dict[str, Any] = FileReport(path="a").as_dict()
    assert "error" not in clean
    assert {"path", "format", "encoding", "read", *COUNTS, "skipped"} == set(clean)
    assert FileReport(path="a", error="bad").as_dict()["error"] == "bad"
