"""A cross-encoder for natural language inference that already lies on this disk: premise and hypothesis read together. Nothing is ever downloaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus import UnavailableError

#: Shape (n, 3): probabilities of entailment, neutral and contradiction; each row sums to 1.
Inferences = npt.NDArray[np.float64]
#: What the labels are called in a model's config.json, by how their names begin; "supports", "refutes" and "not enough info" are fact checking's words.
_NAMES = (("entail", "support", "true"), ("neutral", "not enough", "not_enough", "nei", "unknown"), ("contra", "refut", "false"))
_BATCH = 16
_REMEDY = "Name the folder of a cross-encoder in Hugging Face's layout, whose config.json has the labels entailment, neutral and contradiction"


class InferenceModel:
    """Runs the model in `folder`, loaded on first use. Raises UnavailableError where there is none, or its labels are not those of inference."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()
        if not (self.folder / "config.json").is_file():
            raise UnavailableError("there is no cross-encoder here", where=str(self.folder), remedy=_REMEDY)

    def infer(self, pairs: Sequence[tuple[str, str]]) -> Inferences:
        """Probabilities for each (premise, hypothesis), in order. What is longer than the model reads is cut at its end."""
        if not pairs:
            return np.zeros((0, 3))
        try:
            logits = self._model.predict([list(pair) for pair in pairs], batch_size=_BATCH, show_progress_bar=False, activation_fn=_identity())
        except (OSError, ValueError, RuntimeError, IndexError) as error:
            reason = " ".join(str(error).split())[:200]
            raise UnavailableError(f"the cross-encoder cannot be run: {reason}", where=str(self.folder), remedy=_REMEDY) from error
        chosen = np.asarray(logits, dtype=np.float64).reshape(len(pairs), -1)[:, self._columns]
        powers = np.exp(chosen - chosen.max(axis=1, keepdims=True))
        shares: Inferences = powers / powers.sum(axis=1, keepdims=True)
        return shares

    @cached_property
    def _model(self) -> Any:
        from sentence_transformers import CrossEncoder
        from transformers.utils import logging as chatter

        chatter.disable_progress_bar()
        try:
            return CrossEncoder(str(self.folder), local_files_only=True)
        except (OSError, ValueError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise UnavailableError(f"the cross-encoder cannot be loaded: {reason}", where=str(self.folder), remedy=_REMEDY) from error

    @cached_property
    def _columns(self) -> list[int]:
        """Where entailment, neutral and contradiction stand among the model's outputs."""
        labels: Mapping[Any, str] = self._model.model.config.id2label
        found = []
        for names in _NAMES:
            places = [int(place) for place, label in labels.items() if label.strip().lower().startswith(names)]
            if len(places) != 1:
                raise UnavailableError(f"the labels of the cross-encoder are {', '.join(labels.values())}", where=str(self.folder), remedy=_REMEDY)
            found += places
        return found


def _identity() -> Any:
    from torch.nn import Identity

    return Identity()
