"""Hashes of specs and configurations: the same decisions have the same hash, any other decision another."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from corpus import UsageError
from index import IndexSpec, SearchConfig

SPEC = IndexSpec(weights_sha256="w" * 64)
CONFIG = SearchConfig(spec=SPEC)
#: For every field a value that is not its default.
OTHER_SPEC: dict[str, Any] = {
    "model": "another",
    "weights_sha256": "v" * 64,
    "token_limit": 128,
    "passage_tokens": 100,
    "title_tokens": 10,
    "title_rule": "none",
    "splitter": "another-1",
    "fields": ("abstract",),
    "title_times": 1,
    "pooling": "cls",
}
OTHER_CONFIG: dict[str, Any] = {
    "dense_depth": 50,
    "candidates": 60,
    "fusion": "rrf",
    "rarity": 0.25,
    "rrf_k": 10,
    "dense_weight": 0.9,
    "lexical_weight": 0.1,
    "centring": 0.25,
    "neighbours": 3,
    "smoothing": 0.2,
    "reranker": "a-cross-encoder",
    "reranker_sha256": "r" * 64,
    "rerank_depth": 7,
    "rerank_weight": 0.75,
    "synonyms": 0.25,
}


def test_defaults_are_part_of_the_hash_whether_written_or_not() -> None:
    written = {name: field.default for name, field in IndexSpec.model_fields.items() if not field.is_required()}
    assert IndexSpec(weights_sha256="w" * 64, **written).hash == SPEC.hash
    written = {name: field.default for name, field in SearchConfig.model_fields.items() if not field.is_required()}
    assert SearchConfig(spec=SPEC, **written).hash == CONFIG.hash


@given(st.permutations(list(OTHER_CONFIG.items())), st.permutations(list(OTHER_SPEC.items())))
def test_the_order_of_keys_does_not_matter(config: list[tuple[str, Any]], spec: list[tuple[str, Any]]) -> None:
    shuffled = SearchConfig(spec=IndexSpec(**dict(spec)), **dict(config))
    assert shuffled.hash == SearchConfig(spec=IndexSpec(**OTHER_SPEC), **OTHER_CONFIG).hash


def test_every_single_decision_changes_the_hash() -> None:
    settable = [name for name in IndexSpec.model_fields if name not in ("analyser", "distance")]  # these have one value only
    assert sorted(OTHER_SPEC) == sorted(settable)
    assert sorted([*OTHER_CONFIG, "spec"]) == sorted(SearchConfig.model_fields)
    specs = [SPEC, *(SPEC.model_copy(update={name: value}) for name, value in OTHER_SPEC.items())]
    assert len({spec.hash for spec in specs}) == len({spec.folder for spec in specs}) == len(specs)
    configs = [CONFIG, *(CONFIG.model_copy(update={name: value}) for name, value in OTHER_CONFIG.items())]
    configs += [SearchConfig(spec=spec) for spec in specs[1:]]
    assert len({config.hash for config in configs}) == len(configs)


def test_query_time_decisions_leave_the_spec_and_so_the_built_index_alone() -> None:
    assert SearchConfig(spec=SPEC, **OTHER_CONFIG).spec.hash == SPEC.hash


def test_a_name_is_no_part_of_a_configuration() -> None:
    assert "name" not in SearchConfig.model_fields
    with pytest.raises(ValidationError, match="name"):
        SearchConfig.model_validate({"spec": SPEC, "name": "mine"})


def test_numbers_written_as_integer_or_as_text_are_the_same_decision() -> None:
    assert SearchConfig(spec=SPEC, dense_weight=1).hash == SearchConfig(spec=SPEC, dense_weight=1.0).hash == CONFIG.changed({"dense_weight": "1"}).hash


def test_a_stored_configuration_is_read_back_as_the_same() -> None:
    config = SearchConfig(spec=IndexSpec(**OTHER_SPEC), **OTHER_CONFIG)
    again = SearchConfig.model_validate(json.loads(config.model_dump_json()))
    assert (again, again.hash, again.spec.hash) == (config, config.hash, config.spec.hash)


def test_another_process_computes_the_same_hash() -> None:
    code = "from index import *; print(SearchConfig(spec=IndexSpec(weights_sha256='w' * 64)).hash)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == CONFIG.hash


def test_specs_and_configurations_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError):
        SPEC.token_limit = 3  # type: ignore[misc]
    with pytest.raises(ValidationError):
        CONFIG.dense_depth = 3  # type: ignore[misc]


def test_changed_takes_settings_of_both_and_gives_another_configuration() -> None:
    changed = CONFIG.changed({"dense_weight": "0.9", "title_rule": "none", "fields": "summary, abstract", "candidates": "7"})
    assert (changed.dense_weight, changed.candidates) == (0.9, 7)
    assert (changed.spec.title_rule, changed.spec.fields) == ("none", ("summary", "abstract"))
    assert CONFIG.hash == SearchConfig(spec=SPEC).hash != changed.hash
    assert CONFIG.changed({}) == CONFIG


@pytest.mark.parametrize("key", ["depth", "name", "spec", "", "dense_weight ", "spec.model", "DENSE_WEIGHT"])
def test_changed_refuses_a_setting_it_does_not_know_and_names_those_it_does(key: str) -> None:
    with pytest.raises(UsageError, match="no setting") as caught:
        CONFIG.changed({key: "1"})
    assert "dense_weight" in caught.value.remedy
    assert "title_rule" in caught.value.remedy


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dense_depth", "many"),
        ("dense_depth", "0"),
        ("candidates", "1000000"),
        ("lexical_weight", "-1"),
        ("lexical_weight", "nan"),
        ("lexical_weight", "inf"),
        ("smoothing", "1.5"),
        ("fusion", "best"),
        ("title_rule", "after"),
        ("token_limit", "3"),
        ("passage_tokens", ""),
    ],
)
def test_changed_refuses_a_value_that_makes_no_sense_and_names_the_setting(key: str, value: str) -> None:
    with pytest.raises(UsageError, match=key):
        CONFIG.changed({key: value})
