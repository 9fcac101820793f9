"""Passages: nothing of a field is lost, nothing is over the model's limit, sentences stay whole, ids say what they are of."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from corpus import Review
from index import EmbeddingModel, IndexSpec, Passage, PassageSplitter, packaged_folder, sentence_spans
from tests.index.workbench import invented

MODEL = EmbeddingModel(packaged_folder(), Path("nothing is kept here"))
ENORMOUS = "pneumono" * 2_000
PIECES = (
    "Ketamine acts fast. ", "p < 0.05. ", "Smith et al. say so. ", "unbelievablyelongatedterminology ", "antidepressant", "x1y2z3", "word ", "1.5", ";", "—",
    "中文没有空格。", "日本語", "한국어", "😀", "👩‍🔬", "e\u0301\u0327", "\u0301", "ﷺ", "ß", "İ", "\n\n", "\n", "\t", "\u00a0", "\u0085", "\u2028", "\u200b",
    "[SEP]", "[UNK]",
)  # fmt: skip
long_text = st.lists(st.tuples(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), st.integers(1, 40)), max_size=12).map(
    lambda parts: "".join(piece * times for piece, times in parts)
)


@cache
def parts(**changes: Any) -> tuple[PassageSplitter, Tokenizer, int]:
    """A splitter, the model's tokenizer without truncation, and the limit that every embedded text must keep."""
    tokenizer = Tokenizer.from_file(str(MODEL.folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    spec = IndexSpec(**{"weights_sha256": "any", "token_limit": MODEL.token_limit, **changes})
    return PassageSplitter(spec, MODEL), tokenizer, spec.token_limit


def review(title: str, abstract: str, **fields: Any) -> Review:
    return Review.model_validate({"id": "r", "csl": {"title": title}, "abstract": abstract, **fields})


SPECS: list[dict[str, Any]] = [
    {},
    {"passage_tokens": 256},
    {"token_limit": 16},
    {"token_limit": 24, "passage_tokens": 8},
    {"title_rule": "none", "passage_tokens": 300},
]


@settings(max_examples=60)
@given(long_text, st.one_of(st.text(max_size=30), long_text), st.sampled_from(SPECS))
@example(ENORMOUS, "A title", {})
@example("a " + ENORMOUS + " b", ENORMOUS, {"token_limit": 16})
@example("中" * 3_000, "题" * 200, {"passage_tokens": 256})
@example("e\u0301" * 2_000, "😀" * 300, {"token_limit": 16})
@example("word.Next" * 300, "A.B" * 80, {"passage_tokens": 256})
@example("한국어" * 90, "0국한", {"token_limit": 16})
@example("a" * 99 + "." * 500, "", {"token_limit": 16})
def test_a_field_is_given_back_and_no_passage_is_over_the_limit(text: str, title: str, changes: dict[str, Any]) -> None:
    splitter, tokenizer, limit = parts(**changes)
    whole = review(title, text)
    at = 0
    for passage in splitter.split(whole):
        if passage.field == "title":
            assert not whole.abstract.strip()
            continue
        assert whole.abstract[at : passage.start].strip() == ""
        assert passage.text == whole.abstract[passage.start : passage.end] == whole.field_text(passage.field)[passage.start : passage.end]
        assert passage.text == passage.text.strip() != ""
        assert passage.embedded.endswith(passage.text)
        assert len(tokenizer.encode(passage.embedded, add_special_tokens=True).ids) <= limit
        at = passage.end
    assert whole.abstract[at:].strip() == "" or not whole.abstract.strip()


@settings(max_examples=40)
@given(long_text, st.integers(8, 60))
def test_a_passage_ends_inside_a_sentence_only_if_that_sentence_alone_is_too_long(text: str, passage_tokens: int) -> None:
    splitter, tokenizer, _ = parts(passage_tokens=passage_tokens, title_rule="none")
    whole = review("", text)
    passages = splitter.split(whole)
    for start, end in sentence_spans(whole.abstract):
        if len(tokenizer.encode(whole.abstract[start:end], add_special_tokens=False).ids) <= passage_tokens:
            assert any(passage.start <= start and end <= passage.end for passage in passages)


def test_passages_are_filled_with_as_many_sentences_as_fit() -> None:
    splitter, tokenizer, _ = parts(title_rule="none")
    text = " ".join(f"Trial {number} found a change of mood in {number} adults." for number in range(60))
    passages = splitter.split(review("", text))
    counts = [len(tokenizer.encode(passage.text, add_special_tokens=False).ids) for passage in passages]
    assert all(165 <= count <= 180 for count in counts[:-1])


def test_an_over_long_sentence_is_cut_between_words() -> None:
    splitter, _, _ = parts()
    text = " ".join(f"word{number}" for number in range(1_000))
    passages = splitter.split(review("A title", text))
    assert len(passages) > 10
    assert [word for passage in passages for word in passage.text.split()] == text.split()


def test_every_field_is_split_and_none_is_mixed_with_another() -> None:
    splitter, _, _ = parts()
    whole = review("T", "An abstract.", summary="A summary.", findings=["First.", "Second."], limits=["Small."], sections=["", "Full text here. " * 100])
    fields = [passage.field for passage in splitter.split(whole)]
    assert list(dict.fromkeys(fields)) == ["summary", "abstract", "findings[0]", "findings[1]", "limits[0]", "sections[1]"]
    only_abstract, _, _ = parts(fields=("abstract",))
    assert {passage.field for passage in only_abstract.split(whole)} == {"abstract"}


@pytest.mark.parametrize("title", ["Ketamine for depression", "One. Two. Three.", "x" * 5_000, "long title " * 300])
def test_a_record_with_nothing_but_a_title_is_found_by_it(title: str) -> None:
    splitter, tokenizer, limit = parts()
    (passage,) = splitter.split(review(title, ""))
    assert (passage.field, passage.embedded) == ("title", passage.text)
    assert title[passage.start : passage.end] == passage.text != ""
    assert len(tokenizer.encode(passage.embedded).ids) <= limit


@pytest.mark.parametrize("title", ["", " ", "\n\t "])
def test_a_record_without_any_words_has_no_passage(title: str) -> None:
    assert parts()[0].split(review(title, "")) == []


def test_a_title_of_white_space_is_not_put_before_the_text() -> None:
    (passage,) = parts()[0].split(review("  ", "An abstract."))
    assert passage.embedded == "An abstract."


def test_the_title_stands_before_each_passage_and_a_long_one_is_cut_at_a_word() -> None:
    splitter, tokenizer, _ = parts()
    short, long = review("Ketamine for depression", "One. " * 400), review("psychopharmacological treatment " * 40, "One.")
    assert {passage.embedded.split("\n")[0] for passage in splitter.split(short)} == {"Ketamine for depression"}
    before = splitter.title_before(long)
    assert long.title.startswith(before + " ")
    assert 50 <= len(tokenizer.encode(before, add_special_tokens=False).ids) <= 60


def ids(passages: list[Passage]) -> list[str]:
    return [passage.id for passage in passages]


def test_the_same_input_has_the_same_ids_and_each_only_once() -> None:
    passages = [passage for number in range(30) for passage in parts()[0].split(invented(number, sentences=30))]
    spec = IndexSpec(weights_sha256="any")
    again = [passage for number in range(30) for passage in PassageSplitter(spec, MODEL).split(invented(number, sentences=30))]
    assert passages == again
    assert len(set(ids(passages))) == len(passages) > 100


def test_another_title_text_record_or_spec_has_other_ids() -> None:
    splitter, _, _ = parts()
    base = review("A title", "An abstract.")
    (kept,) = ids(splitter.split(base))
    changed = [review("Another title", "An abstract."), review("A title", "An abstract!"), base.model_copy(update={"id": "s"})]
    others = [*(ids(splitter.split(each))[0] for each in changed), ids(parts(passage_tokens=100)[0].split(base))[0]]
    assert len({kept, *others}) == 5


def test_equal_texts_share_a_text_hash_and_different_ones_do_not() -> None:
    splitter, _, _ = parts()
    first, second = splitter.split(review("A title", "", findings=["Same words.", "Same words."]))
    (third,) = splitter.split(review("Another title", "", findings=["Same words."]))
    assert first.text_hash == second.text_hash != third.text_hash
    assert first.id != second.id
