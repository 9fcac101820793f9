"""`--engine ray`: bulk embedding by Ray Data actors. Splitting, hashing and storing stay the ones of the local engine; only vectors come from elsewhere.

Ray is an optional part (`pip install florilegium[ray]`). It starts on this machine alone, without dashboard and usage statistics, unless a
cluster is named in RAY_ADDRESS, Ray's own variable; every machine of one needs the embedding model's folder at the same place.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus import UnavailableError
from index.encoder import Vectors, bulk_vectors
from index.weights import EmbeddingModel

#: Passages handed to Ray in one go: enough for every worker to be busy most of the time, and what a killed sync loses at most.
RAY_CHUNK = 16_384
_BATCH = 128
_WORKERS = 2
#: Ray gives its parts 30 seconds to come up, which a busy machine with cold files may not keep; the second start finds them warm.
_STARTS = 2


class RayEncoder:
    """Encodes texts by `workers` actors, each of which loads the model once per call. Ray is started on first use and ends with `close`."""

    def __init__(self, model: EmbeddingModel, workers: int | None = None) -> None:
        """Raises UnavailableError where Ray is not installed."""
        if importlib.util.find_spec("ray") is None:
            raise UnavailableError("Ray is not installed", where="--engine ray", remedy="Run `pip install 'florilegium[ray]'`, or use --engine local")
        self._model = model
        self._workers = workers or max(_WORKERS, (os.cpu_count() or 1) // 4)
        self._started = False

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order. Raises UnavailableError where Ray cannot do it."""
        if not texts:
            return np.zeros((0, self._model.dimension), dtype=np.float32)
        ray = self._start()
        workers = min(self._workers, -(-len(texts) // _BATCH))
        longest_first = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        items = [{"row": i, "text": texts[i]} for i in longest_first]
        try:
            found = (
                ray.data.from_items(items, override_num_blocks=-(-len(items) // _BATCH))
                .map_batches(
                    _Embedder,
                    fn_constructor_args=[str(self._model.folder), str(self._model.cache_folder)],
                    batch_size=_BATCH,
                    compute=ray.data.ActorPoolStrategy(size=workers),
                    num_cpus=1,
                )
                .take_all()
            )
        except Exception as error:  # Ray's classes are many, and an actor's own error comes wrapped in them
            reason = " ".join(str(error).strip().splitlines()[-1:])[:300] or type(error).__name__
            raise UnavailableError(f"Ray could not embed: {reason}", where="--engine ray", remedy="Use --engine local") from error
        vectors = np.zeros((len(texts), self._model.dimension), dtype=np.float32)
        for entry in found:
            vectors[entry["row"]] = entry["vector"]
        return vectors

    def close(self) -> None:
        """End what was started."""
        if self._started:
            import ray

            ray.shutdown()
            self._started = False

    def _start(self) -> Any:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
        import logging

        import ray
        import ray.data

        if not ray.is_initialized():
            root = str(Path(__file__).resolve().parent.parent)
            settings: dict[str, Any] = {"include_dashboard": False, "log_to_driver": False, "logging_level": logging.ERROR}
            settings["runtime_env"] = {"env_vars": {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)}}
            if not os.environ.get("RAY_ADDRESS"):
                settings |= {"num_cpus": self._workers, "_node_ip_address": "127.0.0.1"}
            for left in reversed(range(_STARTS)):
                try:
                    ray.init(**settings)
                    break
                except Exception as error:
                    ray.shutdown()
                    if not left:
                        reason = " ".join(str(error).split())[:300]
                        raise UnavailableError(f"Ray cannot be started: {reason}", where="--engine ray", remedy="Use --engine local") from error
            self._started = True
        ray.data.DataContext.get_current().enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        return ray


class _Embedder:
    """An actor: the model, loaded once."""

    def __init__(self, folder: str, cache_folder: str) -> None:
        self._encode = bulk_vectors(EmbeddingModel(Path(folder), Path(cache_folder)))

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        return {"row": batch["row"], "vector": self._encode([str(text) for text in batch["text"]])}
