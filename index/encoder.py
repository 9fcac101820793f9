"""Text to vectors: in bulk through sentence-transformers, for queries through the same weights in onnxruntime (no torch import)."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache

from corpus import UnavailableError
from index.weights import EmbeddingModel

#: Shape (n, dimension), float32, each row of length 1: the dot product of two rows is their cosine.
Vectors = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]

#: Fewer texts than this are encoded by onnxruntime: loading torch costs more than it saves.
BULK = 256
#: Bytes of sentences kept by their word pieces, about a hundred to the megabyte: readers ask about the same records again and again.
REMEMBERED = 64_000_000
_SPAN = 120  # bytes of a place in Python
_BATCH = 16
_GPU_BATCH = 512
#: The exported encoder must agree with sentence-transformers at least this well (cosine).
AGREEMENT = 0.9999
_PROBES = ("How does ketamine relieve depression?", "psilocybin", "A longer text about set and setting, with figures: n = 197, 95% CI 0.793 to 1.277. " * 20)


class TextEncoder(Protocol):
    """Anything that turns texts into unit vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text by its word pieces, each seen among the others: `vectors` are unit rows, `spans` where each piece stands in the text."""

    vectors: Vectors
    spans: tuple[tuple[int, int], ...]


class TokenEncoder(TextEncoder, Protocol):
    """A text encoder that also tells the vectors of the word pieces that a text's vector is made of."""

    def encode_tokens(self, texts: Sequence[str], *, remember: bool = False) -> tuple[Vectors, list[Tokens]]:
        """What `encode` gives, and each text's word pieces. `remember` what is made of them for the next time: for words of the collection alone."""
        ...


class QueryEncoder:
    """The embedding model run by onnxruntime. Exported once for a model (needs torch then), checked, and kept by the weights' hash."""

    def __init__(self, model: EmbeddingModel) -> None:
        self._model = model
        self.path = model.cache_folder / "onnx" / f"{model.sha256}{'' if model.pooling == 'mean' else '-' + model.pooling}-tokens.onnx"

    @property
    def exported(self) -> bool:
        """Whether the export exists, so that no torch import is needed."""
        return "_session" in self.__dict__ or self.path.is_file()  # looked for once: asking the disk lets other threads go first

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order. Texts beyond the model's token limit are cut, as the model itself does."""
        return self._in_batches(texts, lambda part: list(self._run(part, "vectors")[0]))

    def encode_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        """What `encode` gives, and each text's word pieces in their context, without the two that stand around every text."""
        tokens: dict[str, Tokens] = {}

        def run(part: list[str]) -> list[Vectors]:
            rows, pieces, encodings = self._run(part, "vectors", "tokens")
            for text, own, encoding in zip(part, pieces, encodings, strict=True):
                kept = [i for i, (start, end) in enumerate(encoding.offsets) if end > start and encoding.attention_mask[i]]
                unit = own[kept] / np.maximum(np.linalg.norm(own[kept], axis=1, keepdims=True), 1e-9)
                tokens[text] = Tokens(unit, tuple(encoding.offsets[i] for i in kept))
            return list(rows)

        rows = self._in_batches(texts, run)
        return rows, [tokens[text] for text in texts]

    def _in_batches(self, texts: Sequence[str], run: Callable[[list[str]], list[Vectors]]) -> Vectors:
        """Rows in order, made of texts of like length together."""
        if not texts:
            return np.zeros((0, self._model.dimension), dtype=np.float32)
        lengths = np.argsort([-len(text) for text in texts], kind="stable")
        rows: list[Any] = [None] * len(texts)
        for start in range(0, len(texts), _BATCH):
            part = lengths[start : start + _BATCH]
            for position, row in zip(part, run([texts[i] for i in part]), strict=True):
                rows[position] = row
        return np.stack(rows).astype(np.float32)

    def _run(self, texts: list[str], *outputs: str) -> list[Any]:
        """The outputs asked for, and last how the texts were cut into word pieces."""
        encodings = self._tokenizer.encode_batch(texts)
        ids = np.array([encoding.ids for encoding in encodings], dtype=np.int64)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        return [*self._session.run(list(outputs), {"input_ids": ids, "attention_mask": mask}), encodings]

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._model.folder / "tokenizer.json"))
        tokenizer.enable_truncation(self._model.token_limit)
        tokenizer.enable_padding()
        return tokenizer

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        if not self.exported:
            export(self._model, self.path)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises bare classes of its own
            self.path.unlink(missing_ok=True)
            raise UnavailableError("the exported query encoder is damaged and was removed", where=str(self.path), remedy="Run the command again") from error


class BulkEncoder:
    """The embedding model run by sentence-transformers: sorted by length, small batches.

    With a GPU (`torch.cuda.is_available()`): bfloat16 and large batches. That path is written from the libraries' documents and not measured.
    """

    def __init__(self, model: EmbeddingModel) -> None:
        self._model = model

    @cached_property
    def transformer(self) -> Any:
        """The model as sentence-transformers loads it, on the first use."""
        import torch

        return _load(self._model, gpu=torch.cuda.is_available())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order."""
        gpu = self.transformer.device.type == "cuda"
        vectors = self.transformer.encode(
            list(texts), batch_size=_GPU_BATCH if gpu else _BATCH, show_progress_bar=False, normalize_embeddings=True, convert_to_numpy=True
        )
        vectors = np.asarray(vectors, dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True) if gpu else vectors  # bfloat16 has lengths of 1 within a hundredth only


def bulk_vectors(model: EmbeddingModel) -> Callable[[Sequence[str]], Vectors]:
    """The bulk side alone, as a worker of another engine needs it."""
    return BulkEncoder(model).encode


class Encoder:
    """Encodes few texts by onnxruntime and many by sentence-transformers; both give the same vectors."""

    def __init__(self, model: EmbeddingModel) -> None:
        self.query = QueryEncoder(model)
        self._bulk = BulkEncoder(model)
        self._remembered: LRUCache[str, tuple[Vectors, Tokens]] = LRUCache(REMEMBERED, getsizeof=_size)
        self._guard = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order."""
        few = len(texts) < BULK and self.query.exported
        return self.query.encode(texts) if few else self._bulk.encode(texts)

    def encode_tokens(self, texts: Sequence[str], *, remember: bool = False) -> tuple[Vectors, list[Tokens]]:
        """See TokenEncoder. What is remembered has two bytes a number, whether it is new or not, so that the same texts always give the same numbers."""
        if not remember or not texts:
            return self.query.encode_tokens(texts)
        with self._guard:
            found = {text: self._remembered[text] for text in dict.fromkeys(texts) if text in self._remembered}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        for text, row, own in zip(new, *self.query.encode_tokens(new), strict=True):
            found[text] = row.copy(), Tokens(own.vectors.astype(np.float16), own.spans)
        with self._guard:
            self._remembered.update({text: found[text] for text in new})
        rows, tokens = zip(*(found[text] for text in texts), strict=True)
        return np.stack(rows), [Tokens(own.vectors.astype(np.float32), own.spans) for own in tokens]


def _size(known: tuple[Vectors, Tokens]) -> int:
    """About how many bytes a remembered text takes."""
    row, own = known
    return row.nbytes + own.vectors.nbytes + _SPAN * len(own.spans)


def _load(model: EmbeddingModel, *, gpu: bool) -> Any:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as chatter

    chatter.disable_progress_bar()  # loading the weights takes a second, and its bar would stand among our own
    arguments = {"dtype": torch.bfloat16} if gpu else {}
    return SentenceTransformer(str(model.folder), device="cuda" if gpu else "cpu", local_files_only=True, model_kwargs=arguments)


def export(model: EmbeddingModel, path: Path) -> None:
    """Write the model as ONNX (pooling and normalising included; the vectors of word pieces too) and check it against sentence-transformers.

    Raises UnavailableError when the two disagree.
    """
    import logging
    import warnings

    import torch

    transformer = _load(model, gpu=False)  # never the rounded weights that a GPU works with
    body = transformer[0].auto_model.eval()

    class Pooled(torch.nn.Module):  # type: ignore[misc]  # torch ships no types mypy accepts here
        def __init__(self) -> None:
            super().__init__()
            self.body = body

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            hidden = self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            if model.pooling == "cls":
                return torch.nn.functional.normalize(hidden[:, 0], dim=1), hidden
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1), hidden

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        unchecked = Path(folder) / path.name
        sample = torch.ones((2, 8), dtype=torch.int64)
        axes = {"input_ids": {0: "batch", 1: "tokens"}, "attention_mask": {0: "batch", 1: "tokens"}}
        axes |= {"vectors": {0: "batch"}, "tokens": {0: "batch", 1: "tokens"}}
        names = {"input_names": ["input_ids", "attention_mask"], "output_names": ["vectors", "tokens"], "dynamic_axes": axes}
        torch.onnx.export(Pooled(), (sample, sample), str(unchecked), opset_version=17, dynamo=False, **names)
        candidate = QueryEncoder(model)
        candidate.path = unchecked
        reference = transformer.encode(list(_PROBES), normalize_embeddings=True, show_progress_bar=False)
        agreement = float((candidate.encode(_PROBES) * reference).sum(1).min())
        if agreement < AGREEMENT:
            raise UnavailableError(f"the exported query encoder disagrees with the model (cosine {agreement:.6f})", where=str(path))
        os.replace(unchecked, path)
