"""Text to vectors: onnxruntime gives what sentence-transformers gives, whatever stands beside a text, and the query path needs no torch."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import UnavailableError
from index import EmbeddingModel, Encoder, packaged_folder
from index.encoder import BULK, QueryEncoder, Tokens, Vectors

VARIED = (
    "",
    " ",
    "psilocybin",
    "How does ketamine relieve depression?",
    "g = 0.35, 95% CI 0.12–0.58, p < 0.05; N = 1,213",
    "3,4-methylenedioxymethamphetamine (MDMA)",
    "Übelkeit, fièvre, Ødegård",
    "中文没有空格。日本語も。",
    "👩‍🔬 😀 \u200b\u0301",
    "line\nbreak\ttab",
    "[CLS] [SEP] [UNK] [MASK]",
    "x" * 3_000,
    "A longer text about set and setting, with figures: n = 197. " * 60,
    "word " * 5_000,
)


@pytest.fixture(scope="module")
def query(encoder: Encoder) -> QueryEncoder:
    return encoder.query


def test_few_texts_by_onnxruntime_and_many_by_sentence_transformers_get_the_same_vectors(encoder: Encoder) -> None:
    fillers = [f"Trial {number} of {VARIED[number % len(VARIED)][:40]}" for number in range(BULK)]
    many, few = encoder.encode([*VARIED, *fillers]), encoder.encode([*VARIED, *fillers[:20]])
    assert many.shape == (len(VARIED) + BULK, 384)
    assert float((many[: len(few)] * few).sum(1).min()) > 0.9999


@settings(max_examples=8)
@given(st.lists(st.one_of(st.sampled_from(VARIED[:11]), st.text(max_size=40)), max_size=6))
def test_what_stands_beside_a_text_does_not_change_its_vector(query: QueryEncoder, texts: list[str]) -> None:
    alone = [query.encode([text])[0] for text in texts]
    together = query.encode([*texts, "a much longer text " * 12])
    backwards = query.encode(texts[::-1])[::-1]
    for i, vector in enumerate(alone):
        np.testing.assert_allclose(together[i], vector, atol=1e-5)
        np.testing.assert_allclose(backwards[i], vector, atol=1e-5)


def test_every_vector_has_length_one_and_no_hole(query: QueryEncoder) -> None:
    vectors = query.encode(VARIED)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_text_gives_no_row(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_what_lies_beyond_the_token_limit_has_no_say(query: QueryEncoder, embedding_model: EmbeddingModel) -> None:
    kept = "word " * (embedding_model.token_limit - 2)
    same, other = query.encode([kept, kept + "ketamine " * 500])
    np.testing.assert_allclose(same, other, atol=1e-5)


def test_likeness_of_meaning_is_seen(query: QueryEncoder) -> None:
    mood, low, tungsten = query.encode(["ketamine relieves depression", "an antidepressant effect of ketamine", "the boiling point of tungsten"])
    assert mood @ low > 0.7 > 0.3 > mood @ tungsten


def test_a_damaged_export_is_refused_removed_and_named(tmp_path: Path) -> None:
    model = EmbeddingModel(packaged_folder(), tmp_path)
    damaged = QueryEncoder(model)
    damaged.path.parent.mkdir(parents=True)
    damaged.path.write_bytes(b"no model at all")
    with pytest.raises(UnavailableError, match="damaged") as caught:
        damaged.encode(["anything"])
    assert str(damaged.path) in str(caught.value)
    assert caught.value.remedy
    assert not damaged.exported


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="weights are missing"):
        EmbeddingModel(tmp_path, tmp_path)


def test_the_hash_of_the_weights_is_remembered_and_a_damaged_note_of_it_is_made_anew(tmp_path: Path, embedding_model: EmbeddingModel) -> None:
    assert EmbeddingModel(packaged_folder(), tmp_path).sha256 == embedding_model.sha256
    (note,) = tmp_path.glob("weights-*.json")
    note.write_text("{")
    assert EmbeddingModel(packaged_folder(), tmp_path).sha256 == embedding_model.sha256
    assert embedding_model.sha256 in note.read_text()


COLD = """
import sys
from pathlib import Path
from corpus import Library
from index import Encoder
from tests.index.workbench import Bench, fill, invented
from index import EmbeddingModel, packaged_folder
folder, models = Path(sys.argv[1]), Path(sys.argv[2])
library = Library(f"sqlite:///{folder / 'library.sqlite'}", create=True)
bench = Bench(library, folder / "index", models, Encoder(EmbeddingModel(packaged_folder(), models)))
if sys.argv[3] == "sync":
    fill(library, [invented(number) for number in range(3)])
    assert bench.syncer.sync().embedded > 0
else:
    assert bench.searcher().search("ketamine for depression").hits
print(sorted({"torch", "transformers", "sentence_transformers", "gradio", "langchain", "langchain_core", "chromadb"} & set(sys.modules)))
"""


def test_neither_a_cold_search_nor_a_small_sync_imports_torch_and_a_search_no_chroma(tmp_path: Path, encoder: Encoder, models_folder: Path) -> None:
    for step, imported in (("sync", "['chromadb']"), ("search", "[]")):
        done = subprocess.run([sys.executable, "-c", COLD, tmp_path, models_folder, step], capture_output=True, text=True)
        assert (done.stdout.strip(), done.returncode) == (imported, 0), done.stderr


def test_word_pieces_carry_their_places_and_change_no_vector(query: QueryEncoder) -> None:
    texts = ["Psilocybin eased depression.", "ketamine", "A longer sentence about set and setting, so that the batch is padded.", ""]
    vectors, tokens = query.encode_tokens(texts)
    np.testing.assert_array_equal(vectors, query.encode(texts))
    for text, own in zip(texts, tokens, strict=True):
        assert len(own.spans) == len(own.vectors)
        assert "".join(text[start:end] for start, end in own.spans) == text.replace(" ", "")
        np.testing.assert_allclose(np.linalg.norm(own.vectors, axis=1), 1, atol=1e-5)


def test_what_is_remembered_is_not_encoded_again_and_gives_the_same_numbers(embedding_model: EmbeddingModel, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = Encoder(embedding_model)
    known, private = "Psilocybin eased depression.", "A private note on set and setting."
    asked: list[str] = []
    run = encoder.query.encode_tokens

    def counted(texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        asked.extend(texts)
        return run(texts)

    monkeypatch.setattr(encoder.query, "encode_tokens", counted)
    encoder.encode_tokens([private])
    first = encoder.encode_tokens([known, private, known], remember=True)
    again = encoder.encode_tokens([private, known], remember=True)
    assert asked == [private, known, private], "each is encoded once, but what was not to be remembered was not"
    np.testing.assert_array_equal(first[0][[1, 0]], again[0])
    for one, other in zip((first[1][1], first[1][0]), again[1], strict=True):
        np.testing.assert_array_equal(one.vectors, other.vectors)
        assert one.spans == other.spans
    plain = run([known])[1][0]
    np.testing.assert_allclose(again[1][1].vectors, plain.vectors, atol=2e-3)
