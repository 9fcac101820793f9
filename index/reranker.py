"""Optional reranking by a cross-encoder that already lies on this disk: it reads query and passage together. Nothing is ever downloaded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from corpus import UnavailableError
from index.candidates import Scored
from index.fusion import Scores, standardised
from index.spec import SearchConfig
from index.weights import weights_hash

#: What a SearchConfig says of which reranker it is.
RERANKER_SETTINGS = ("reranker", "reranker_sha256")
_BATCH = 16
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_REMEDY = "Name the folder of a cross-encoder in Hugging Face's layout; nothing is downloaded"


class Reranker(Protocol):
    """Anything that says how well passages answer a query."""

    def score(self, query: str, texts: Sequence[str]) -> Scores:
        """One number a text, in order; higher is better, comparable within one query only."""
        ...


class CrossEncoderReranker:
    """A cross-encoder run by sentence-transformers, loaded on first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def score(self, query: str, texts: Sequence[str]) -> Scores:
        """One number a text, in order. Raises UnavailableError where the model cannot be run."""
        if not texts:
            return np.zeros(0)
        try:
            found = self._model.predict([(query, text) for text in texts], batch_size=_BATCH, show_progress_bar=False)
        except (OSError, ValueError, RuntimeError, IndexError) as error:
            reason = " ".join(str(error).split())[:200]
            raise UnavailableError(f"the reranker cannot be run: {reason}", where=str(self.folder), remedy=_REMEDY) from error
        return np.asarray(found, dtype=np.float64).reshape(len(texts), -1)[:, -1]

    @cached_property
    def _model(self) -> Any:
        from sentence_transformers import CrossEncoder
        from transformers.utils import logging as chatter

        chatter.disable_progress_bar()
        return CrossEncoder(str(self.folder), local_files_only=True)


def find_reranker(name: str, models_folder: Path) -> Path:
    """The folder of a cross-encoder: given by path, lying in the models folder, or by its hub name in the local cache.

    Raises UnavailableError; nothing is ever fetched.
    """
    places = [Path(name).expanduser().absolute(), models_folder / name]
    if _HUB_NAME.fullmatch(name):
        from huggingface_hub import try_to_load_from_cache

        held = try_to_load_from_cache(name, "config.json")
        places += [Path(held).parent] if isinstance(held, str) else []
    for place in places:
        if (place / "config.json").is_file():
            return place
    raise UnavailableError(f"there is no reranker {name!r} on this machine", where=str(places[0]), remedy=_REMEDY)


def reranker_hash(folder: Path, cache_folder: Path) -> str:
    """sha256 of its weights and settings. Raises UnavailableError where there are no weights."""
    files = sorted([*folder.glob("*.safetensors"), *folder.glob("pytorch_model*.bin")])
    if not files:
        raise UnavailableError("the reranker's weights are missing", where=str(folder), remedy=_REMEDY)
    return hashlib.sha256("".join(weights_hash(file, cache_folder) for file in [*files, folder / "config.json"]).encode()).hexdigest()


def open_reranker(config: SearchConfig, folders: Mapping[str, str], cache_folder: Path) -> Reranker | None:
    """The reranker of a configuration, or None where it has none. Raises UnavailableError where it is gone or another."""
    if not config.reranker:
        return None
    folder = Path(folders.get("reranker", ""))
    if not (folder / "config.json").is_file():
        raise UnavailableError(f"the reranker {config.reranker!r} is missing", where=str(folder), remedy="Put it back, or use another configuration")
    if reranker_hash(folder, cache_folder) != config.reranker_sha256:
        message = f"the reranker {config.reranker!r} has been exchanged for another"
        raise UnavailableError(message, where=str(folder), remedy="Put the former files back, or create a configuration for these")
    return CrossEncoderReranker(folder)


def reranked(scored: Scored, config: SearchConfig, first: Sequence[int], words: Scores) -> Scored:
    """The candidates with those at positions `first` ordered anew among themselves; `words` are the reranker's scores of these.

    All others stay behind them, in their order.
    """
    if not len(first):
        return scored
    chosen = list(first)
    mixed = (1.0 - config.rerank_weight) * standardised(scored.final[chosen]) + config.rerank_weight * standardised(words)
    others = np.delete(scored.final, chosen)
    final, leg = scored.final.copy(), np.full(len(scored.ids), np.nan)
    final[chosen] = mixed - min(0.0, float(mixed.min() - others.max() - 1e-3)) if others.size else mixed
    leg[chosen] = words
    return replace(scored, final=final.round(6), reranked=leg)
