"""index: what machines derived, and finding with it.

Owns passages, vectors, postings, the manifest that says from what they were made, and the search over them. Deleting a home's index folder
and syncing again loses nothing. May import `corpus`, and no other room.
"""

from index.encoder import Encoder, TextEncoder, Vectors
from index.lock import OwnerLock
from index.passages import Passage, PassageSplitter
from index.searcher import Hit, LegScore, Searcher, SearchResult, Span
from index.segment import sentence_spans
from index.spec import IndexSpec, SearchConfig
from index.standing import Standing
from index.store import BuiltIndex, IndexHome
from index.sync import Differences, Syncer, SyncReport
from index.weights import EmbeddingModel, packaged_folder

__all__ = [
    "BuiltIndex",
    "Differences",
    "EmbeddingModel",
    "Encoder",
    "Hit",
    "IndexHome",
    "IndexSpec",
    "LegScore",
    "OwnerLock",
    "Passage",
    "PassageSplitter",
    "SearchConfig",
    "SearchResult",
    "Searcher",
    "Span",
    "Standing",
    "SyncReport",
    "Syncer",
    "TextEncoder",
    "Vectors",
    "packaged_folder",
    "sentence_spans",
]
