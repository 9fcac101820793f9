"""`IndexSpec` (what needs rebuilding) and `SearchConfig` (what is decided at query time), both immutable and hashed."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus import UsageError
from index import segment


class IndexSpec(BaseModel):
    """Everything that decides what stands in an index. Two configurations with equal specs share one built index.

    `token_limit` is the embedding model's own (MiniLM cuts at 256 word pieces, silently); `passage_tokens` bounds a passage together with
    the title put before it, `title_tokens` that title; `title_times` is how often the title stands in a review's lexical document.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = "all-MiniLM-L6-v2"
    weights_sha256: str
    pooling: Literal["mean", "cls"] = "mean"
    token_limit: int = Field(default=256, ge=16)
    passage_tokens: int = Field(default=180, ge=8)
    title_tokens: int = Field(default=60, ge=0)
    title_rule: Literal["before", "none"] = "before"
    splitter: str = segment.VERSION
    fields: tuple[str, ...] = ("summary", "abstract", "findings", "limits", "sections")
    analyser: Literal["english-1"] = "english-1"
    title_times: int = Field(default=2, ge=0, le=10)
    distance: Literal["cosine"] = "cosine"

    @property
    def hash(self) -> str:
        """sha256 of the canonical JSON with all defaults filled in."""
        return _digest(self.model_dump(mode="json"))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages (ISO 639-1) in which questions are handled: those of the analyser's stems and the embedding model's training."""
        return ("en",)

    @property
    def folder(self) -> str:
        """A short name for this index's folder and collections."""
        return self.hash[:16]


class SearchConfig(BaseModel):
    """An IndexSpec and every decision made at query time. The name is a label outside the hash.

    Each leg proposes reviews: the dense leg those of its `dense_depth` nearest passages, at most `candidates`; the lexical leg its first
    `candidates`. Every proposed review is then scored exactly by both. `dense_weight` and `lexical_weight` weigh the z-scores (or, with
    `fusion` "rrf", the reciprocal ranks); `rarity` is the power of its idf by which a query's term weighs more than BM25 gives it; `centring`
    is the share of the collection's mean vector taken out before cosines; `smoothing` is the share of a review's score that its `neighbours`
    nearest candidates give; `synonyms` is what the lexical leg gives for a word's other spellings in the vocabulary, beside 1 for the word
    itself. Measured in docs/decisions/0003, 0008 and 0011.

    With a `reranker` (a cross-encoder's name, its weights by hash) the first `rerank_depth` reviews are ordered anew by their z-scores before
    and by the cross-encoder's, the latter weighing `rerank_weight`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    spec: IndexSpec
    dense_depth: int = Field(default=200, ge=1, le=2000)
    candidates: int = Field(default=100, ge=1, le=1000)
    fusion: Literal["zscore", "rrf"] = "zscore"
    rrf_k: int = Field(default=60, ge=1)
    dense_weight: float = Field(default=0.55, ge=0)
    lexical_weight: float = Field(default=0.45, ge=0)
    rarity: float = Field(default=0.5, ge=0, le=2)
    centring: float = Field(default=0.5, ge=0, le=1)
    neighbours: int = Field(default=10, ge=0, le=100)
    smoothing: float = Field(default=0.5, ge=0, le=1)
    synonyms: float = Field(default=0.5, ge=0, le=1)
    reranker: str = ""
    reranker_sha256: str = ""
    rerank_depth: int = Field(default=30, ge=1, le=1000)
    rerank_weight: float = Field(default=0.5, ge=0, le=1)

    @property
    def hash(self) -> str:
        """sha256 of the canonical JSON, with the spec's hash in the spec's place."""
        return _digest({**self.model_dump(mode="json"), "spec": self.spec.hash})

    def changed(self, settings: dict[str, str]) -> SearchConfig:
        """A configuration with some settings changed, as `config create --set key=value` gives them. Raises UsageError."""
        spec_fields = IndexSpec.model_fields
        table: dict[str, Any] = self.model_dump()
        for key, value in settings.items():
            if key in spec_fields:
                table["spec"][key] = [part.strip() for part in value.split(",")] if key == "fields" else value
            elif key in SearchConfig.model_fields and key != "spec":
                table[key] = value
            else:
                known = ", ".join([*(name for name in SearchConfig.model_fields if name != "spec"), *spec_fields])
                raise UsageError(f"there is no setting {key!r}", remedy=f"The settings are: {known}")
        try:
            return SearchConfig.model_validate(table)
        except ValidationError as error:
            first = error.errors()[0]
            raise UsageError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", remedy="Give another value") from error


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
