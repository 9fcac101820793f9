"""Measures: those of ir_measures on the files written from here to 1e-9, between 0 and 1, and fair to queries without results."""

from __future__ import annotations

import random
from pathlib import Path

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import UsageError
from index.lab import DEFAULT_MEASURES, mean_interval, measure, parse_measures, read_run, read_set, run_text

ALL = parse_measures(f"{DEFAULT_MEASURES} Bpref infAP Rprec Success@5 RR@10 AP(rel=2)@100 nDCG@1000")
_IDS = st.sampled_from([f"d{i}" for i in range(12)])
_JUDGED = st.dictionaries(st.sampled_from(["q1", "q2", "q3"]), st.dictionaries(_IDS, st.integers(0, 4), min_size=1), min_size=1)
_FOUND = st.dictionaries(st.sampled_from(["q1", "q2", "q3", "q9"]), st.lists(_IDS, unique=True))


def scored(rankings: dict[str, list[str]]) -> dict[str, list[tuple[str, float]]]:
    return {query: [(document, 1.0 / place) for place, document in enumerate(found, 1)] for query, found in rankings.items()}


@given(_JUDGED, _FOUND)
def test_between_nought_and_one_over_every_judged_query(judged: dict[str, dict[str, int]], found: dict[str, list[str]]) -> None:
    measured = measure(scored(found), judged, ALL)
    assert list(measured.per_query) == list(judged)
    for query, row in measured.per_query.items():
        assert list(row) == ALL
        assert all(0 <= value <= 1 + 1e-12 for value in row.values())
        if not found.get(query):
            assert not any(row.values())
    for name, mean in measured.means.items():
        assert mean == pytest.approx(sum(measured.values(name)) / len(judged))


@given(_JUDGED)
def test_a_perfect_ranking_gives_one(judged: dict[str, dict[str, int]]) -> None:
    judged = {query: grades | {"d99": 3} for query, grades in judged.items()}
    perfect = {query: sorted((d for d in grades if grades[d]), key=lambda d: -grades[d]) for query, grades in judged.items()}
    measured = measure(scored(perfect), judged, ["nDCG@10", "AP", "RR", "R@100", "Judged@10", "Rprec"])
    for name, mean in measured.means.items():
        assert mean == pytest.approx(1), name


@pytest.mark.parametrize("seed", range(3))
def test_equal_to_ir_measures_on_the_files_written_here(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    documents = [f"doc{i}" for i in range(400)]
    judged = {f"q{i}": {d: chance.choice([0, 0, 1, 2, 4]) for d in chance.sample(documents, 30)} for i in range(40)}
    rankings = {
        query: [(d, chance.choice([0.5, 0.25, chance.random() * 1e-9])) for d in chance.sample(documents, chance.choice([0, 3, 150]))] for query in judged
    }
    rankings = {query: sorted(found, key=lambda pair: -pair[1]) for query, found in rankings.items()}
    run, qrels = tmp_path / "a.run", tmp_path / "a.qrels"
    run.write_text(run_text(rankings, "a"))
    qrels.write_text("".join(f"{query} 0 {d} {grade}\n" for query, grades in judged.items() for d, grade in grades.items()))
    measured = measure(rankings, judged, ALL)
    names = [ir_measures.parse_measure(name) for name in ALL]
    reference = ir_measures.calc(names, list(ir_measures.read_trec_qrels(str(qrels))), list(ir_measures.read_trec_run(str(run))))
    for one, value in reference.aggregated.items():
        assert measured.means[str(one)] == pytest.approx(value, abs=1e-9), one
    for metric in reference.per_query:
        assert measured.per_query[metric.query_id][str(metric.measure)] == pytest.approx(metric.value, abs=1e-9)


@pytest.mark.parametrize("name", ["cranfield", "cisi", "med"])
def test_equal_to_ir_measures_on_collections_as_they_are(tmp_path: Path, shared: Path, name: str) -> None:
    """Rankings drawn half from the judged documents, measured from the set's own qrels file."""
    folder, chance, run = shared / "retrieval" / name, random.Random(name), tmp_path / "a.run"
    chosen = read_set(folder)
    documents = [review.id for review in chosen.collection.iterate()]
    rankings = {}
    for query in chosen.queries:
        found = list(dict.fromkeys([*chance.sample(documents, 300), *chosen.judgements.get(query, ())]))
        chance.shuffle(found)
        rankings[query] = sorted(((document, chance.choice([0.1, chance.random()])) for document in found), key=lambda pair: -pair[1])
    run.write_text(run_text(rankings, "a"))
    rows = [line.split("\t") for line in (folder / "qrels.tsv").read_text().splitlines()[1:]]
    qrels = [ir_measures.Qrel(query, document, int(grade)) for query, document, grade in rows]
    measured = measure(read_run(run), chosen.judgements, ALL)
    names = [ir_measures.parse_measure(one) for one in ALL]
    for one, value in ir_measures.calc_aggregate(names, qrels, list(ir_measures.read_trec_run(str(run)))).items():
        assert measured.means[str(one)] == pytest.approx(value, abs=1e-9), one
    assert chosen.unknown_queries == chosen.unknown_documents == 0


def test_names_as_ir_measures_writes_them() -> None:
    assert parse_measures("nDCG@10,R@100  AP(rel=2)@100\nnDCG@10") == ["nDCG@10", "R@100", "AP(rel=2)@100"]


@pytest.mark.parametrize("text", ["Foo@10", "nDCG@ten", "nDCG@", "", "  ", "__import__('os')", "P", "P@0@1", "AP@10 Nonsense"])
def test_unknown_measures_are_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_measures(text)
    assert "nDCG@10, AP" in caught.value.remedy


def test_the_interval_holds_the_mean_and_is_repeatable() -> None:
    values = [0.0, 0.2, 0.4, 0.9, 1.0, 0.3]
    low, high = mean_interval(values)
    assert 0 <= low < sum(values) / len(values) < high <= 1
    assert mean_interval(values) == (low, high)
    assert mean_interval([0.5] * 7) == (0.5, 0.5)


def test_the_interval_is_scipys() -> None:
    from scipy.stats import bootstrap

    chance = random.Random(1)
    values = [chance.random() for _ in range(60)]
    reference = bootstrap((values,), lambda x, axis: x.mean(axis=axis), method="percentile", n_resamples=10_000, rng=1).confidence_interval
    assert mean_interval(values) == pytest.approx((reference.low, reference.high), abs=0.01)
