"""corpus: what people made or decided.

Owns reviews with their revisions, answers, configurations and (as the program grows) notes, judgements and accounts. What is in here cannot
be rebuilt, so it is kept in transactions, by migrations. May import no other room.
"""

from corpus.anchor import Anchor, find_again
from corpus.catalogue import SORTS, Catalogue, Page, Selection
from corpus.change import Change
from corpus.diff import FieldDiff, Piece, diff_reviews, diff_texts
from corpus.errors import (
    ConflictError,
    FlorilegiumError,
    ForbiddenError,
    InputError,
    LockedError,
    NotFoundError,
    UnavailableError,
    UsageError,
)
from corpus.filters import Filter, parse_filter
from corpus.library import Library, Version
from corpus.lists import RecordList
from corpus.people import LOCAL, Role
from corpus.review import EVIDENCE_FIELDS, Name, Notice, Review, Source, Status
from corpus.standing import Standing, standings
from corpus.suggesting import Suggestion
from corpus.vocabulary import Vocabulary, default_vocabulary

__all__ = [
    "EVIDENCE_FIELDS",
    "LOCAL",
    "SORTS",
    "Anchor",
    "Catalogue",
    "Change",
    "ConflictError",
    "FieldDiff",
    "Filter",
    "FlorilegiumError",
    "ForbiddenError",
    "InputError",
    "Library",
    "LockedError",
    "Name",
    "NotFoundError",
    "Notice",
    "Page",
    "Piece",
    "RecordList",
    "Review",
    "Role",
    "Selection",
    "Source",
    "Standing",
    "Status",
    "Suggestion",
    "UnavailableError",
    "UsageError",
    "Version",
    "Vocabulary",
    "default_vocabulary",
    "diff_reviews",
    "diff_texts",
    "find_again",
    "parse_filter",
    "standings",
]
