"""`FlorilegiumRetriever`: the finding as a LangChain retriever. Importing it imports langchain-core, so no command does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field


class SearchData(Protocol):
    """What a retriever asks of a home's search data; `search` gives what `search --json` prints."""

    def search(self, query: str, k: int, filters: Sequence[str], config: str | None) -> dict[str, Any]:
        """Ranked reviews."""
        ...


class FlorilegiumRetriever(BaseRetriever):
    """Finds records for a query; a document is a record's best passage, word for word.

    `k` is how many records, `filters` are written as for `--filter`, `config` names a configuration (else the active one). A document's
    metadata: `review_id`, `field`, `start`, `end`, `revision` (`record[field][start:end]` is its text at that revision), `title`, `year`,
    `rank`, `score`, `legs` (each leg's rank and score), `notices`, `config` and `config_hash`. Safe to use from several threads.
    """

    data: Any = Field(exclude=True, repr=False, description="A SearchData: what `open_home` gives")
    k: int = Field(default=10, ge=1, le=1000)
    filters: tuple[str, ...] = ()
    config: str | None = None

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None) -> list[Document]:
        data: SearchData = self.data
        found = data.search(query, self.k if k is None else k, self.filters, self.config)
        return [_document(hit) for hit in found["hits"]]


_KEPT = ("review_id", "field", "start", "end", "revision", "title", "year", "rank", "score", "legs", "notices", "config", "config_hash")


def _document(hit: dict[str, Any]) -> Document:
    return Document(page_content=hit["text"], id=f"{hit['review_id']}#{hit['field']}:{hit['start']}-{hit['end']}", metadata={name: hit[name] for name in _KEPT})
