"""The sample collection: only records, in the words of the vocabulary, and true to the facts it was made from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks.check_sample import figures, main
from corpus import Library, default_vocabulary, parse_filter
from corpus.importing import Draft, markdown
from corpus.text import fold
from tests.conftest import SAMPLE

FILES = sorted(SAMPLE.iterdir())
RECORDS = {path.stem: list(markdown.parse(path.read_text(encoding="utf-8"))) for path in FILES}


def test_the_folder_holds_120_records_each_in_a_file_of_its_name() -> None:
    assert len(FILES) == 120
    for path in FILES:
        (parsed,) = RECORDS[path.stem]
        assert isinstance(parsed, Draft), parsed
        assert (path.suffix, parsed.review.id) == (".md", path.stem)
        assert markdown.write(parsed.review) == path.read_text(encoding="utf-8")


def test_every_record_comes_in_under_its_own_id_and_untouched(sample_library: Library) -> None:
    assert sorted(sample_library.statuses()) == [path.stem for path in FILES]
    for record in sample_library.iterate():
        parsed = RECORDS[record.id][0]
        assert isinstance(parsed, Draft)
        assert record.model_dump(exclude={"revision", "source", "facets"}) == parsed.review.model_dump(exclude={"revision", "source", "facets"})
        assert {name: set(values) for name, values in parsed.review.facets.items()} == {name: set(values) for name, values in record.facets.items()}
        assert record.alternatives == record.extra == {}


def test_every_record_has_what_an_answer_is_made_of(sample_library: Library) -> None:
    for record in sample_library.iterate():
        assert record.title
        assert record.summary
        assert record.findings
        assert record.facets["kind"]
        assert not record.year or str(record.year) in record.summary
        assert all(text.rstrip("”)").endswith((".", "?", "!")) for _, text in record.evidence())
        assert not [name for name in record.authors if re.search(r"\bet al\b", f"{name.family} {name.given}")]


def test_every_facet_value_is_one_of_the_vocabulary_and_every_value_is_used(sample_library: Library) -> None:
    vocabulary = default_vocabulary()
    counts = sample_library.catalogue.facet_counts(parse_filter([], vocabulary))
    used = {facet: {value for value, _ in rows} for facet, rows in counts.items()}
    assert used == {facet: set(values) for facet, values in vocabulary.values.items()}
    assert 40 <= len(used["topics"]) <= 60


def test_synonyms_lead_to_values_that_exist_and_each_to_one() -> None:
    vocabulary = default_vocabulary()
    for facet, table in vocabulary.synonyms.items():
        assert set(table) <= set(vocabulary.values[facet])
        words = [fold(word) for value in vocabulary.values[facet] for word in vocabulary.spellings(facet, value)]
        assert len(words) == len(set(words)), f"a word of {facet} stands for two values"
        for value, others in table.items():
            assert {vocabulary.canonical(facet, word.upper()) for word in [value, *others]} == {value}


@pytest.mark.parametrize(
    ("word", "facet", "value"),
    [
        ("AUD", "topics", "alcohol use disorder"),
        ("TRD", "topics", "treatment-resistant depression"),
        ("3,4-methylenedioxymethamphetamine", "substances", "MDMA"),
        ("5-methoxy-N,N-dimethyltryptamine", "substances", "5-MeO-DMT"),
        ("magic mushrooms", "substances", "psilocybin"),
    ],
)
def test_words_that_readers_use_are_known(word: str, facet: str, value: str) -> None:
    assert default_vocabulary().canonical(facet, word) == value
    assert (facet, value) in default_vocabulary().facets_of(word)


def test_figures_are_numbers_in_digits_and_not_parts_of_names() -> None:
    texts = ["5-MeO-DMT, 2C-B and 5-HT2A: 12 mg over a 6-month phase 2b trial of 1,200 people", "p<0.001, 95%CI 0.79–1.2, AMSTAR-2"]
    assert figures(texts) == {"12", "6", "2", "1200", "0.001", "95", "0.79", "1.2"}


def test_no_figure_is_missing_and_none_is_new(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shared / "review_facts.jsonl") == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"facts": ["There were 4711 people."]}, "figures of the facts that are missing: 4711"),
        ({"facts": [], "limits": []}, "figures that the facts do not have: .*27"),
        ({"facts": [], "limits": []}, "figures in the summary that the facts do not have: .*27"),
        ({"year": 1871}, "year is 2022, in the facts 1871"),
        ({"doi": "10.1000/other"}, "in the facts '10.1000/other'"),
        ({"journal": None}, "journal is 'British Journal of Clinical Pharmacology', in the facts None"),
        ({"authors": ["Someone Else"]}, "the authors are Shamabadi"),
        ({"authors_partial": True}, "authors_partial is False"),
        ({"notice": "An erratum."}, "0 notices"),
        ({"title": "Another title"}, "nothing is made of 'Another title'"),
    ],
)
def test_the_check_sees_what_differs(shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, object], said: str) -> None:
    entries = [json.loads(line) for line in (shared / "review_facts.jsonl").read_text(encoding="utf-8").splitlines()]
    entries[1] |= changes
    (tmp_path / "facts.jsonl").write_text("\n".join(map(json.dumps, entries)))
    (tmp_path / "review_facts_notes.json").write_bytes((shared / "review_facts_notes.json").read_bytes())
    problems = main(tmp_path / "facts.jsonl")
    printed = capsys.readouterr().out
    assert re.search(said, printed), printed
    assert problems > 0
    assert f"{problems} problems" in printed
